package models_test

import (
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

func TestSessionDraftIsCheckedForItsForm(t *testing.T) {
	now := at("2026-03-10")
	seven := 7.0
	for _, c := range []struct {
		name   string
		change func(*models.SessionDraft)
		want   string
	}{
		{"as it should be", func(*models.SessionDraft) {}, ""},
		{"a phone's clock four minutes ahead", func(d *models.SessionDraft) { d.StartedAt = now.Add(4 * time.Minute) }, ""},
		{"the future", func(d *models.SessionDraft) { d.StartedAt = now.Add(6 * time.Minute) }, "started_at.future"},
		{"before the client was born", func(d *models.SessionDraft) { d.StartedAt = at("1984-05-16") }, "started_at.impossible"},
		{"no time", func(d *models.SessionDraft) { d.StartedAt = time.Time{} }, "started_at.impossible"},
		{"more than a working day", func(d *models.SessionDraft) { d.Minutes = 481 }, "minutes.range"},
		{"negative minutes", func(d *models.SessionDraft) { d.Minutes = -1 }, "minutes.range"},
		{"a side is missing", func(d *models.SessionDraft) { d.Regions = []models.RegionSide{{Region: "neck"}} }, "region.side_required"},
		{"unknown words", func(d *models.SessionDraft) {
			d.Regions, d.Techniques, d.PrecautionsRead = []models.RegionSide{{Region: "tail"}}, []models.Technique{"hugs"}, []models.Precaution{"no_fun"}
		}, "region.unknown technique.unknown precaution.unknown"},
		{"an impossible score", func(d *models.SessionDraft) {
			eleven := 11.0
			d.Readings = []models.Reading{{Instrument: "nprs", Value: &seven, Taken: "before"}, {Instrument: "nprs", Value: &eleven, Taken: "after"}}
		}, "measure.range"},
		{"deviation without a reason", func(d *models.SessionDraft) { d.Deviation, d.DeviationReason = true, "  " }, "deviation.reason_required"},
		{"deviation from nothing", func(d *models.SessionDraft) { d.Deviation, d.DeviationReason, d.PrescriptionID = true, "cramp", "" }, "deviation.needs_prescription"},
		{"endless text", func(d *models.SessionDraft) { d.SOAP.Plan = strings.Repeat("ß", 20001) }, "note.text"},
	} {
		d := neckSession("2026-03-10")
		c.change(&d)
		var l fault.List
		d.Check(now, seattle, "1984-05-17", &l)
		if got := reasons(l.Items()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestACompletedSessionNeedsMinutesAndARegion(t *testing.T) {
	var l fault.List
	models.SessionDraft{}.Missing(&l)
	if got := reasons(l.Items()); got != "minutes.range region.required" {
		t.Errorf("got %q", got)
	}
}

func TestBookingsLieAhead(t *testing.T) {
	now := at("2026-03-10")
	for _, c := range []struct {
		name string
		at   time.Time
		want string
	}{
		{"this morning still counts as today", now.Add(-6 * time.Hour), ""}, {"yesterday", now.AddDate(0, 0, -1), "starts_at.past"},
		{"in two years", now.AddDate(2, 0, 0), ""}, {"later", now.AddDate(2, 0, 1), "starts_at.too_far"}, {"no time", time.Time{}, "starts_at.past"},
	} {
		var l fault.List
		models.BookingDraft{StartsAt: c.at, Minutes: 30}.Check(now, seattle, &l)
		if got := reasons(l.Items()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestBookingMovesByTheTable(t *testing.T) {
	all := []models.BookingState{models.BookingBooked, models.BookingStarted, models.BookingCompleted, models.BookingCancelled, models.BookingNoShow}
	want := map[models.BookingState]string{models.BookingBooked: "started completed cancelled no_show", models.BookingStarted: "completed cancelled no_show"}
	for _, from := range all {
		var moves []string
		for _, to := range all {
			if err := (models.Booking{State: from}).Move(to); err == nil {
				moves = append(moves, string(to))
			} else if fault.CodeOf(err) != "booking.closed" {
				t.Errorf("%s to %s: %v", from, to, err)
			}
		}
		if got := strings.Join(moves, " "); got != want[from] {
			t.Errorf("from %s: got %q, want %q", from, got, want[from])
		}
	}
}

func TestContentHashCoversEveryWordOfTheNote(t *testing.T) {
	v, one := 4.0, 1
	note := func() models.Session {
		return models.Session{ID: "s1", ClientID: "ana", PrescriptionID: "rx-1", TherapistID: "jose", Kind: models.Prescribed, VisitNumber: 3, StartedAt: at("2026-03-10"),
			LocalDate: "2026-03-10", Minutes: 30, Regions: []models.RegionSide{{Region: "neck", Side: "left"}}, Techniques: []models.Technique{"swedish"},
			PrecautionsRead: []models.Precaution{"no_heat"}, Screening: models.Screening{Reviewed: true}, SOAP: models.SOAP{Subjective: "s"},
			Response: "r", AskDoctor: "a", DeviationReason: "d", Violations: []string{"scope.minutes"}, ScopeSnapshot: &models.Scope{MinutesPerSession: 30},
			Readings: []models.Reading{{Instrument: "nprs", Value: &v, Answers: []*int{&one, nil}, Taken: "before"}}}
	}
	seen := map[string]bool{note().ContentHash(): true}
	for i, change := range []func(*models.Session){
		func(s *models.Session) { s.ID = "s2" }, func(s *models.Session) { s.ClientID = "ben" }, func(s *models.Session) { s.PrescriptionID = "" },
		func(s *models.Session) { s.TherapistID = "olga" }, func(s *models.Session) { s.Kind = models.Deviation }, func(s *models.Session) { s.VisitNumber = 4 },
		func(s *models.Session) { s.StartedAt = s.StartedAt.Add(time.Microsecond) }, func(s *models.Session) { s.Minutes = 29 },
		func(s *models.Session) { s.Regions[0].Side = "right" }, func(s *models.Session) { s.Techniques = nil }, func(s *models.Session) { s.PrecautionsRead = nil },
		func(s *models.Session) { s.Screening.Findings = []models.Finding{{Key: "fever"}} }, func(s *models.Session) { s.SOAP.Plan = "p" },
		func(s *models.Session) { s.Response = "" }, func(s *models.Session) { s.AskDoctor = "" }, func(s *models.Session) { s.DeviationReason = "" },
		func(s *models.Session) { s.Violations = nil }, func(s *models.Session) { s.ScopeSnapshot.MinutesPerSession = 60 },
		func(s *models.Session) { w := 5.0; s.Readings[0].Value = &w },
	} {
		s := note()
		change(&s)
		if h := s.ContentHash(); seen[h] {
			t.Errorf("change %d does not change the hash", i)
		} else {
			seen[h] = true
		}
	}
	a, b := note(), note()
	a.Techniques, b.Techniques = nil, []models.Technique{}
	a.StartedAt = a.StartedAt.In(time.UTC)
	if a.ContentHash() != b.ContentHash() {
		t.Error("no list, an empty list, and another zone's clock change the hash")
	}
}
