package models_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

func TestZIPCodesHavePlacesAndDistances(t *testing.T) {
	for _, c := range []struct {
		from, to string
		miles    float64 // on the sphere
	}{{"98107", "98102", 3.3}, {"98107", "99201", 231}, {"10001", "10002", 2.5}, {"98107-1234", "98107", 0}} {
		from, ok := models.LookupZIP(c.from)
		to, ok2 := models.LookupZIP(c.to)
		if got := models.MilesOf((models.Around{Spot: from}).Distance2(to)); !ok || !ok2 || math.Abs(got-c.miles) > 0.5+c.miles/50 {
			t.Errorf("%s to %s is %.1f miles, got %.1f", c.from, c.to, c.miles, got)
		}
	}
	for _, unknown := range []string{"", "1234", "9810x", "99999"} {
		if _, ok := models.LookupZIP(unknown); ok {
			t.Errorf("%q has a place", unknown)
		}
	}
	at, _ := models.LookupZIP("98107")
	zips := (models.Around{Spot: at, Miles: 5}).ZIPs()
	if len(zips) < 10 || zips[0].ZIP != "98107" || !slices.IsSortedFunc(zips, func(a, b models.NearZIP) int { return int(math.Copysign(1, a.Distance2-b.Distance2)) }) {
		t.Errorf("got %v", zips)
	}
}

func TestEveryTaxonomyHasTheDisciplineThatPeopleMean(t *testing.T) {
	for code, want := range map[string]string{"111NX0800X": "chiropractic", "225700000X": "massage", "225100000X": "physical_therapy", "207Q00000X": "primary_care",
		"207RR0500X": "rheumatology", "208100000X": "rehabilitation", "363LF0000X": "advanced_practice", "207ZP0101X": "physician", "": "", "343900000X": ""} {
		if d, _ := models.DisciplineOf(code); d.Key != want {
			t.Errorf("%s is %q, want %q", code, d.Key, want)
		}
	}
	for _, word := range []string{"chiropractor", "Chiropractic", "massage_therapist"} {
		if _, ok := models.LookupDiscipline(word); !ok {
			t.Errorf("%s is not understood", word)
		}
	}
}

func TestOfficeHoursAreOfTheOfficesOwnZone(t *testing.T) {
	o := models.Office{Name: "O", TimeZone: "America/Los_Angeles", Hours: []models.OpenHours{{Day: "monday", From: "08:30", Until: "12:00"}, {Day: "monday", From: "13:00", Until: "17:00"}}}
	for at, want := range map[string]bool{"2026-03-02T16:30:00Z": true, "2026-03-02T16:29:00Z": false, "2026-03-02T20:30:00Z": false, "2026-03-03T00:59:00Z": true, "2026-03-03T17:00:00Z": false} {
		when, _ := time.Parse(time.RFC3339, at)
		if open, known := o.OpenAt(when); open != want || !known {
			t.Errorf("%s: open %v, known %v", at, open, known)
		}
	}
	if _, known := (models.Office{Hours: o.Hours}).OpenAt(time.Time{}); known {
		t.Error("hours without a zone say nothing")
	}
	bad := models.ProviderDraft{Name: models.PersonName{Given: "A", Family: "B"}, Accepting: "maybe", Office: &models.Office{Name: "O", TimeZone: "Mars", Email: "x",
		Hours: []models.OpenHours{{Day: "noday", From: "08:00", Until: "09:00"}, {Day: "friday", From: "9:00", Until: "10:00"}, {Day: "friday", From: "12:00", Until: "11:00"}, {Day: "sunday", From: "08:00", Until: "12:00"}, {Day: "sunday", From: "11:59", Until: "13:00"}}}}
	f, _ := fault.As(bad.Validate())
	var codes []string
	for _, v := range f.Violations {
		codes = append(codes, v.Code)
	}
	for _, want := range []string{"accepting.unknown", "time_zone.unknown", "email.invalid", "hours.day", "hours.time", "hours.overlap"} {
		if !slices.Contains(codes, want) {
			t.Errorf("%s is missing in %v", want, codes)
		}
	}
}

func TestARecordIsStaleAfterHalfAYear(t *testing.T) {
	for on, want := range map[models.Date]bool{"": true, "2026-03-01": false, "2025-09-03": false, "2025-09-02": true} {
		if got := (models.Provider{VerifiedOn: on}).StaleOn("2026-03-02"); got != want {
			t.Errorf("checked on %q: stale %v", on, got)
		}
	}
}
