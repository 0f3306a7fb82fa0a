package models_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/models"
)

const placingDay = models.Date("2026-03-16")

// placed is what a line of the table says about a thing, as words.
type placed map[string]string

func (p placed) has(key string) bool        { _, ok := p[key]; return ok }
func (p placed) day(key string) models.Date { return models.Date(p[key]) }
func (p placed) made(key string) time.Time {
	return models.Date(p[key]).Time(time.UTC).Add(18 * time.Hour)
}
func (p placed) number(key string) (n int) {
	if _, err := fmt.Sscan(p[key], &n); err != nil {
		panic(key + ": " + p[key])
	}
	return n
}

func placedFrom(words string) placed {
	p := placed{"created": "2026-01-05", "until": "2026-12-31", "left": "9"}
	for _, w := range strings.Fields(words) {
		key, value, _ := strings.Cut(w, "=")
		p[key] = value
	}
	return p
}

func (p placed) order(state string) (models.Prescription, models.Series) {
	o := models.Prescription{ID: "o", SeriesID: "o", Status: models.PrescriptionStatus(state), Source: models.FromPortal, CreatedAt: p.made("created"),
		StatusBy: models.Party(p["by"]), Content: models.OrderContent{ValidFrom: "2025-01-05", ValidUntil: p.day("until"), Clock: models.ClockIssued, Expiry: models.Strict}}
	if p.has("issued") {
		o.IssuedOn = p.day("issued")
	}
	if p.has("source") {
		o.Source = models.OrderSource(p["source"])
	}
	if p.has("countersign") {
		o.Verbal = &models.VerbalOrder{CountersignBy: p.day("countersign")}
	}
	if p.has("countersigned") {
		o.Countersigned = &models.Signature{}
	}
	if p.has("clock") { // 60 days from the first session on
		o.Content.Clock, o.Content.ValidFrom = models.ClockFirstSession, o.Content.ValidUntil.AddDays(-60)
	}
	if p.has("every") {
		o.Content.ReportEvery = models.ReportEvery{Sessions: p.number("every")}
	}
	return o, models.Series{ID: "o", Unlimited: p.has("unlimited"), Allowed: 10, Used: 10 - p.number("left")}
}

// rings are the facts of each ring of an order's report clock.
func (p placed) rings(state string, settings models.PracticeSettings) (out []models.OpenFacts) {
	o, s := p.order(state)
	var visits []models.Visit
	for _, day := range strings.FieldsFunc(p["visits"], func(r rune) bool { return r == '+' }) {
		visits = append(visits, models.Visit{On: models.Date(day), At: models.Date(day).Time(time.UTC).Add(10 * time.Hour)})
	}
	var sent *time.Time
	if p.has("sent") {
		at := p.made("sent")
		sent = &at
	}
	for n, ring := range o.Rings(s, visits, sent, p.has("discharged"), settings) {
		out = append(out, models.OpenFacts{Report: &models.ReportOwing{Order: o, Nth: n, Ring: ring, Since: visits[0].At}})
	}
	return out
}

func (p placed) facts(t *testing.T, kind models.OpenKind, state string, settings models.PracticeSettings) []models.OpenFacts {
	switch kind {
	case models.OpenOrder:
		o, s := p.order(state)
		return []models.OpenFacts{{Order: &models.OrderStanding{Order: o, Series: s, First: p.day("first"), Renewed: p.has("renewed")}}}
	case models.OpenReferral:
		r := models.Referral{ID: "r", State: models.ReferralState(state), Direction: models.Inbound, DueOn: p.day("due"), CreatedAt: p.made("created")}
		if p.has("outbound") {
			r.Direction = models.Outbound
		}
		if at := p.made("created"); p.has("seen") {
			r.SeenAt = &at
		}
		return []models.OpenFacts{{Referral: &models.ReferralStanding{Referral: r, Theirs: p.has("theirs")}}}
	case models.OpenChange:
		return []models.OpenFacts{{Change: &models.ChangeRequest{ID: "c", Status: models.ChangeStatus(state), LapsesOn: p.day("lapses"), CreatedAt: p.made("created")}}}
	case models.OpenRelease:
		r := models.Release{ID: "l", Status: models.ReleaseStatus(state), EventOccurred: p.day("event")}
		if p["until"] != "2026-12-31" {
			r.ExpiresOn = p.day("until")
		}
		return []models.OpenFacts{{Release: &models.ReleaseStanding{Release: r, Replaced: p.has("replaced")}}}
	case models.OpenPromise:
		return []models.OpenFacts{{Promise: &models.PromiseStanding{Promise: models.Promise{ID: "p", State: models.PromiseState(state), OwedBy: models.OwedBy(p["owed"]), Kind: models.PromiseKind(p["kind"]), DueOn: p.day("due")}}}}
	case models.OpenReport:
		return p.rings(state, settings)
	}
	t.Fatalf("no kind %q", kind)
	return nil
}

func TestEachThingStandsWhereTheTableSays(t *testing.T) {
	f, err := os.Open("testdata/worklist_places.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := csv.NewReader(f)
	in.Comment, in.FieldsPerRecord = '#', -1
	lines, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	settings := models.DefaultSettings() // two visits or seven days left; a report every six visits or 30 days
	said := map[string]bool{}
	for _, line := range lines[1:] {
		kind, state := models.OpenKind(line[1]), line[2]
		said[line[1]+" "+state], said[line[4]] = true, true
		got := []string{}
		for _, facts := range placedFrom(line[3]).facts(t, kind, state, settings) {
			i, ok := facts.Place(settings)
			if !ok || !i.StandsOn(placingDay) {
				continue
			}
			if i.Kind != kind || i.ObjectID == "" {
				t.Errorf("%s: placed as %s %q", line[0], i.Kind, i.ObjectID)
			}
			got = append(got, string(i.Worklist), string(i.Side), i.Clock, string(i.ClockOn), fmt.Sprint(i.DaysLeft(placingDay)), i.Action)
		}
		want := line[4:]
		if want[0] == "-" {
			want = nil
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: stands in %v, the table says %v", line[0], got, want)
		}
	}
	for _, w := range models.Worklists() {
		if !said[string(w)] {
			t.Errorf("the table has no line for the worklist %s", w)
		}
	}
	for _, s := range everyState() {
		if !said[s] {
			t.Errorf("the table has no line for %s", s)
		}
	}
}

// everyState are the stored states of each kind.
func everyState() (out []string) {
	add := func(kind models.OpenKind, states ...string) {
		for _, s := range states {
			out = append(out, string(kind)+" "+s)
		}
	}
	add(models.OpenOrder, "draft", "submitted", "active", "suspended", "declined", "superseded", "revoked", "entered_in_error")
	add(models.OpenReferral, "draft", "received", "accepted", "declined", "active", "scheduled", "no_show", "appointment_cancelled", "visit_done",
		"cancellation_requested", "cancelled", "completed", "expired", "entered_in_error")
	add(models.OpenChange, "drafted", "sent", "seen", "approved", "declined", "lapsed", "withdrawn", "explained")
	add(models.OpenRelease, "draft", "active", "revoked", "declined")
	add(models.OpenPromise, "open", "kept", "released")
	add(models.OpenReport, "active", "revoked", "entered_in_error")
	return out
}
