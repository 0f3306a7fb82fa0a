package models_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

var seattle = zone("America/Los_Angeles")

func zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// at is noon of a day in Seattle.
func at(day models.Date) time.Time { return day.Time(seattle).Add(12 * time.Hour) }

// neckOrder: neck and both shoulders, 30 minutes, once a calendar week, four
// visits in March 2026; it is Tuesday 2026-03-10.
func neckOrder() models.OrderFacts {
	return models.OrderFacts{At: models.AtCompletion, Zone: seattle, Today: "2026-03-10", Screening: models.Contraindications(),
		Series: models.Series{Allowed: 4, CurrentID: "rx-1"},
		Order: models.Prescription{ID: "rx-1", ClientID: "ana", Status: models.OrderActive, Content: models.OrderContent{
			ValidFrom: "2026-03-02", ValidUntil: "2026-03-31", Clock: models.ClockIssued, Expiry: models.Strict,
			Scope: models.Scope{Regions: []models.RegionSide{{Region: "neck"}, {Region: "shoulder", Side: models.SideLeft}}, UnsidedCoversBoth: true,
				MinutesPerSession: 30, SessionsTotal: 4, Frequency: &models.Frequency{Sessions: 1, Per: models.PerWeek, Window: models.Calendar},
				Techniques: &models.TechniqueRule{Except: []models.Technique{"cupping"}}, Precautions: []models.Precaution{"no_heat", "no_prone"}}}}}
}

func neckSession(day models.Date) models.SessionDraft {
	return models.SessionDraft{ClientID: "ana", PrescriptionID: "rx-1", StartedAt: at(day), Minutes: 30, Regions: []models.RegionSide{{Region: "neck", Side: models.SideLeft}},
		Techniques: []models.Technique{"swedish"}, PrecautionsRead: []models.Precaution{"no_heat", "no_prone"}, Screening: models.Screening{Reviewed: true}}
}

func TestAdmitLetsASessionInsideTheOrderThrough(t *testing.T) {
	a := models.Admit(neckSession("2026-03-10"), neckOrder())
	if !a.Admitted() || a.Earliest == nil || *a.Earliest != "2026-03-10" {
		t.Errorf("got %+v", a)
	}
}

func TestAdmitRefusesByCode(t *testing.T) {
	type facts = models.OrderFacts
	type draft = models.SessionDraft
	for _, c := range []struct {
		name   string
		change func(*draft, *facts)
		want   string
	}{
		{"order.other_client alone, nothing of the other's order", func(d *draft, f *facts) { d.ClientID, d.Minutes = "ben", 90 }, "order.other_client"},
		{"draft", func(_ *draft, f *facts) { f.Order.Status = models.OrderDraft }, "order.not_active"},
		{"submitted", func(_ *draft, f *facts) { f.Order.Status = models.OrderSubmitted }, "order.not_active"},
		{"declined", func(_ *draft, f *facts) { f.Order.Status = models.OrderDeclined }, "order.not_active"},
		{"suspended", func(_ *draft, f *facts) { f.Order.Status = models.OrderSuspended }, "order.not_active"},
		{"revoked", func(_ *draft, f *facts) { f.Order.Status = models.OrderRevoked }, "order.not_active"},
		{"in error", func(_ *draft, f *facts) { f.Order.Status = models.OrderEnteredInError }, "order.not_active"},
		{"superseded, old scope not judged", func(d *draft, f *facts) {
			f.Order.Status, f.Series.CurrentID, d.Minutes = models.OrderSuperseded, "rx-2", 90
		}, "order.not_active"},
		{"verbal on day 15", func(_ *draft, f *facts) { f.Order.Verbal = &models.VerbalOrder{CountersignBy: "2026-03-09"} }, "order.not_active"},
		{"verbal on day 14", func(_ *draft, f *facts) { f.Order.Verbal = &models.VerbalOrder{CountersignBy: "2026-03-10"} }, ""},
		{"before the window", func(d *draft, _ *facts) { d.StartedAt = at("2026-03-01") }, "order.not_started"},
		{"first day", func(d *draft, _ *facts) { d.StartedAt = at("2026-03-02") }, ""},
		{"last minute of the last day in Seattle", func(d *draft, _ *facts) { d.StartedAt = time.Date(2026, 4, 1, 6, 59, 0, 0, time.UTC) }, ""},
		{"first minute after it", func(d *draft, _ *facts) { d.StartedAt = time.Date(2026, 4, 1, 7, 0, 0, 0, time.UTC) }, "order.expired"},
		{"all used", func(_ *draft, f *facts) { f.Series.Used = 4 }, "order.exhausted"},
		{"opening balance and used", func(_ *draft, f *facts) { f.Series.OpeningUsed, f.Series.Used = 3, 1 }, "order.exhausted"},
		{"all used or booked, at booking", func(_ *draft, f *facts) {
			f.At, f.Series.Used, f.Booked = models.AtBooking, 2, []models.Date{"2026-03-17", "2026-03-24"}
		}, "order.exhausted"},
		{"all booked, at completion", func(_ *draft, f *facts) { f.Series.Used, f.Booked = 2, []models.Date{"2026-03-17", "2026-03-24"} }, ""},
		{"one left, at booking", func(_ *draft, f *facts) {
			f.At, f.Series.Used, f.Booked = models.AtBooking, 2, []models.Date{"2026-03-17"}
		}, ""},
		{"region", func(d *draft, _ *facts) {
			d.Regions = []models.RegionSide{{Region: "neck", Side: models.SideBoth}, {Region: "foot", Side: models.SideRight}}
		}, "scope.region"},
		{"neck does not cover shoulder's other side", func(d *draft, _ *facts) {
			d.Regions = []models.RegionSide{{Region: "shoulder", Side: models.SideRight}}
		}, "scope.side"},
		{"one side ordered, both worked", func(d *draft, _ *facts) { d.Regions = []models.RegionSide{{Region: "shoulder", Side: models.SideBoth}} }, "scope.side"},
		{"unsided does not cover a side", func(_ *draft, f *facts) { f.Order.Content.Scope.UnsidedCoversBoth = false }, "scope.side"},
		{"too long", func(d *draft, _ *facts) { d.Minutes = 31 }, "scope.minutes"},
		{"shorter is fine", func(d *draft, _ *facts) { d.Minutes = 10 }, ""},
		{"excluded technique", func(d *draft, _ *facts) { d.Techniques = []models.Technique{"swedish", "cupping"} }, "scope.technique"},
		{"not in the allow-list", func(d *draft, f *facts) {
			f.Order.Content.Scope.Techniques = &models.TechniqueRule{Only: []models.Technique{"traction"}}
		}, "scope.technique"},
		{"no rule on techniques", func(d *draft, f *facts) {
			f.Order.Content.Scope.Techniques = nil
			d.Techniques = []models.Technique{"cupping"}
		}, ""},
		{"second in the week", func(_ *draft, f *facts) { f.Done = []models.Date{"2026-03-15"} }, "frequency.period"},
		{"open booking in the week", func(_ *draft, f *facts) { f.Booked = []models.Date{"2026-03-09"} }, "frequency.period"},
		{"Sunday before", func(_ *draft, f *facts) { f.Done = []models.Date{"2026-03-08"} }, ""},
		{"one precaution open", func(d *draft, _ *facts) { d.PrecautionsRead = d.PrecautionsRead[:1] }, "precaution.unacknowledged"},
		{"both open", func(d *draft, _ *facts) { d.PrecautionsRead = nil }, "precaution.unacknowledged precaution.unacknowledged"},
		{"not asked at booking", func(d *draft, f *facts) { f.At, d.PrecautionsRead = models.AtBooking, nil }, ""},
		{"not asked at a start without check", func(d *draft, f *facts) {
			f.At, d.PrecautionsRead, d.Screening = models.AtStart, nil, models.Screening{}
		}, ""},
		{"asked at a start with check", func(d *draft, f *facts) { f.At, d.PrecautionsRead = models.AtStart, nil }, "precaution.unacknowledged precaution.unacknowledged"},
		{"licence lapsed", func(_ *draft, f *facts) { f.EnforceLicence, f.Licence.ExpiresOn = true, "2026-03-09" }, "licence.lapsed"},
		{"licence lapsed, practice does not enforce", func(_ *draft, f *facts) { f.Licence.ExpiresOn = "2026-03-09" }, ""},
		{"licence on its last day", func(_ *draft, f *facts) { f.EnforceLicence, f.Licence.ExpiresOn = true, "2026-03-10" }, ""},
		{"local finding in the region", func(d *draft, _ *facts) {
			d.Screening.Findings = []models.Finding{{Key: "open_wound", Region: "neck", Side: models.SideLeft}}
		}, "safety.local"},
		{"everything at once", func(d *draft, f *facts) {
			f.Order.Status, f.Series.Used, f.Done = models.OrderSuspended, 4, []models.Date{"2026-04-07"}
			f.EnforceLicence, f.Licence.ExpiresOn = true, "2026-01-01"
			d.StartedAt, d.Minutes, d.PrecautionsRead = at("2026-04-10"), 60, []models.Precaution{"no_heat"}
			d.Regions = []models.RegionSide{{Region: "foot", Side: models.SideLeft}, {Region: "shoulder", Side: models.SideRight}}
			d.Techniques = []models.Technique{"cupping"}
		}, "order.not_active order.exhausted scope.region scope.side scope.minutes scope.technique precaution.unacknowledged order.expired frequency.period licence.lapsed"},
	} {
		d, f := neckSession("2026-03-10"), neckOrder()
		c.change(&d, &f)
		a := models.Admit(d, f)
		if got := reasons(a.Violations); got != c.want || len(a.Stop) != 0 {
			t.Errorf("%s: got %q, stop %v, want %q", c.name, got, a.Stop, c.want)
		}
		if a.Admitted() != (c.want == "" && len(a.Incomplete) == 0) {
			t.Errorf("%s: admitted %v", c.name, a.Admitted())
		}
		for _, v := range a.Violations {
			if v.Message == "" || v.Code != "order.other_client" && v.Allowed == nil && v.Code != "safety.local" {
				t.Errorf("%s: %s does not say what would be allowed", c.name, v.Code)
			}
		}
	}
}

func TestASupersededOrderNamesTheCurrentOne(t *testing.T) {
	f := neckOrder()
	f.Order.Status, f.Series.CurrentID = models.OrderSuperseded, "rx-2"
	v := models.Admit(neckSession("2026-03-10"), f).Violations
	if len(v) != 1 || v[0].Allowed != models.PrescriptionID("rx-2") {
		t.Errorf("got %+v", v)
	}
}

func TestRedFlagsStopTheSessionWhateverElseIsWrong(t *testing.T) {
	d, f := neckSession("2026-03-10"), neckOrder()
	d.Minutes, d.Screening.Findings = 90, []models.Finding{{Key: "cauda_equina"}, {Key: "fever"}}
	a := models.Admit(d, f)
	if len(a.Stop) != 2 || a.Stop[0].Key != "cauda_equina" || a.Admitted() || a.Earliest != nil {
		t.Errorf("got %+v", a)
	}
	if v := a.Stop[0].Violation(); v.Code != "safety.red_flag" || !strings.Contains(v.Message, "emergency services") {
		t.Errorf("an emergency reads %+v", v)
	}
}

func TestAnUnansweredScreeningIsIncomplete(t *testing.T) {
	d, f := neckSession("2026-03-10"), neckOrder()
	d.Screening = models.Screening{}
	if a := models.Admit(d, f); reasons(a.Incomplete) != "screening.unanswered" || a.Admitted() {
		t.Errorf("prescribed: %+v", a)
	}
	self := models.SelfPayFacts{At: models.AtCompletion, Zone: seattle, Screening: models.Contraindications()}
	if a := models.AdmitSelfPay(d, self); reasons(a.Incomplete) != "screening.unanswered" || a.Admitted() {
		t.Errorf("self-pay: %+v", a)
	}
}

func TestSelfPayNeedsEveryActiveOrdersLeave(t *testing.T) {
	yes, no := models.Prescription{ID: "yes"}, models.Prescription{ID: "no"}
	yes.Content.Scope.SelfPayAllowed = true
	for _, c := range []struct {
		name   string
		active []models.Prescription
		want   string
	}{{"no order", nil, ""}, {"allowed", []models.Prescription{yes}, ""}, {"silent means no", []models.Prescription{no}, "self_pay.not_allowed"},
		{"one of two", []models.Prescription{yes, no}, "self_pay.not_allowed"}} {
		a := models.AdmitSelfPay(neckSession("2026-03-10"), models.SelfPayFacts{At: models.AtCompletion, Zone: seattle, Active: c.active, Screening: models.Contraindications()})
		if got := reasons(a.Violations); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestEarliestDateOfAnOrder(t *testing.T) {
	type facts = models.OrderFacts
	for _, c := range []struct {
		name   string
		on     models.Date
		change func(*models.SessionDraft, *facts)
		want   models.Date
	}{
		{"admissible today", "2026-03-10", func(*models.SessionDraft, *facts) {}, "2026-03-10"},
		{"asked for a past day", "2026-03-03", func(*models.SessionDraft, *facts) {}, "2026-03-10"},
		{"week is used", "2026-03-10", func(_ *models.SessionDraft, f *facts) { f.Done = []models.Date{"2026-03-09"} }, "2026-03-16"},
		{"next week is booked too", "2026-03-10", func(_ *models.SessionDraft, f *facts) {
			f.Done, f.Booked = []models.Date{"2026-03-09"}, []models.Date{"2026-03-20"}
		}, "2026-03-23"},
		{"all weeks are taken", "2026-03-10", func(_ *models.SessionDraft, f *facts) {
			f.Done, f.Booked, f.Series.Unlimited = []models.Date{"2026-03-09"}, []models.Date{"2026-03-20", "2026-03-23", "2026-03-30"}, true
		}, ""},
		{"not begun", "2026-03-01", func(_ *models.SessionDraft, f *facts) { f.Today = "2026-02-20" }, "2026-03-02"},
		{"ended", "2026-04-02", func(_ *models.SessionDraft, f *facts) {}, ""},
		{"slid", "2026-04-02", func(_ *models.SessionDraft, f *facts) {
			f.Order.Content.Expiry, f.First = models.Sliding, "2026-03-12"
		}, "2026-04-02"},
		{"no date gives a visit back", "2026-03-10", func(_ *models.SessionDraft, f *facts) { f.Series.Used = 4 }, ""},
		{"no date widens the scope", "2026-03-10", func(d *models.SessionDraft, _ *facts) { d.Minutes = 60 }, ""},
		{"the licence ends before the week does", "2026-03-10", func(_ *models.SessionDraft, f *facts) {
			f.Done, f.EnforceLicence, f.Licence.ExpiresOn = []models.Date{"2026-03-09"}, true, "2026-03-15"
		}, ""},
	} {
		d, f := neckSession(c.on), neckOrder()
		c.change(&d, &f)
		a := models.Admit(d, f)
		var got models.Date
		if a.Earliest != nil {
			got = *a.Earliest
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q (%s)", c.name, got, c.want, reasons(a.Violations))
		}
	}
}

func TestFrequencyRefusalNamesTheEarliestDay(t *testing.T) {
	d, f := neckSession("2026-03-10"), neckOrder()
	f.Done, d.Minutes = []models.Date{"2026-03-09"}, 60
	a := models.Admit(d, f)
	i := slices.IndexFunc(a.Violations, func(v fault.Violation) bool { return v.Code == "frequency.period" })
	if i < 0 {
		t.Fatalf("got %s", reasons(a.Violations))
	}
	allowed, ok := a.Violations[i].Allowed.(models.FrequencyAllowed)
	if !ok || allowed.EarliestDate == nil || *allowed.EarliestDate != "2026-03-16" || !strings.Contains(a.Violations[i].Message, "Mon, Mar 16, 2026") {
		t.Errorf("got %+v", a.Violations[i])
	}
}

func TestTheDayOfASessionIsThePracticesDay(t *testing.T) {
	for _, c := range []struct {
		name string
		zone string
		at   time.Time
		want models.Date
	}{
		{"late evening in Seattle is tomorrow in UTC", "America/Los_Angeles", time.Date(2026, 3, 9, 5, 30, 0, 0, time.UTC), "2026-03-08"},
		{"the hour that the clocks skip", "America/Los_Angeles", time.Date(2026, 3, 8, 10, 0, 0, 0, time.UTC), "2026-03-08"},
		{"midnight that does not exist", "America/Santiago", time.Date(2026, 9, 6, 4, 0, 0, 0, time.UTC), "2026-09-06"},
		{"the second one o'clock", "America/Los_Angeles", time.Date(2026, 11, 1, 9, 30, 0, 0, time.UTC), "2026-11-01"},
		{"a day ahead", "Pacific/Kiritimati", time.Date(2026, 12, 31, 10, 0, 0, 0, time.UTC), "2027-01-01"},
	} {
		f := neckOrder()
		f.Zone, f.Today, f.Order.Content.ValidFrom, f.Order.Content.ValidUntil = zone(c.zone), c.want, c.want, c.want
		d := neckSession(c.want)
		d.StartedAt = c.at
		if a := models.Admit(d, f); !a.Admitted() {
			t.Errorf("%s: got %s", c.name, reasons(a.Violations))
		}
	}
}

// reasons are the codes in their order.
func reasons(list []fault.Violation) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = v.Code
	}
	return strings.Join(out, " ")
}
