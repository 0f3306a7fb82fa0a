package models_test

import (
	"slices"
	"testing"
	"time"

	"rapport/models"
)

func TestOfficesAreRankedByWhyTheyAreCalled(t *testing.T) {
	now := time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)
	home := models.Address{City: "Seattle", State: "WA", PostalCode: "98107"}
	past, soon := now.Add(-time.Hour), now.Add(time.Hour)
	fact := func(office, city string, change func(*models.OutreachFacts)) models.OutreachFacts {
		f := models.OutreachFacts{}
		f.ID, f.Office = models.RelationshipID("r-"+office), models.Office{ID: models.OfficeID(office), Address: models.Address{City: city, State: "WA"}}
		change(&f)
		return f
	}
	facts := []models.OutreachFacts{
		fact("cold", "Tacoma", func(*models.OutreachFacts) {}),
		fact("near", "seattle", func(*models.OutreachFacts) {}),
		fact("known", "Tacoma", func(f *models.OutreachFacts) { f.FirstContactAt, f.Overdue = &past, 0.5 }),
		fact("shared", "Tacoma", func(f *models.OutreachFacts) { f.Shared = 1 }),
		fact("overdue", "Tacoma", func(f *models.OutreachFacts) { f.Shared, f.Overdue = 1, 2 }),
		fact("rests", "Tacoma", func(f *models.OutreachFacts) { f.Shared, f.LastReachedAt, f.DaysSince = 3, &past, 2 }),
		fact("waits", "Tacoma", func(f *models.OutreachFacts) { f.CallBackAt, f.LastReachedAt, f.DaysSince = &past, &past, 1 }),
		fact("later", "Tacoma", func(f *models.OutreachFacts) { f.CallBackAt = &soon }),
		fact("shared", "Tacoma", func(f *models.OutreachFacts) { f.Shared = 2 }),
	}
	var got []string
	for _, c := range models.WhomToCall(facts, home, now) {
		got = append(got, string(c.Office.ID)+" "+string(c.Reason))
	}
	want := []string{"waits call_back_due", "overdue shared_clients", "shared shared_clients", "known known_or_near", "near known_or_near", "cold cold", "later cold"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheFunnelCountsEachOfficeOnceAtItsFurthestStage(t *testing.T) {
	at, yes := time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC), true
	fact := func(office string, reached bool, c models.Checklist, referred int) models.OutreachFacts {
		f := models.OutreachFacts{Referred: referred}
		f.Office.ID, f.Checklist = models.OfficeID(office), c
		if reached {
			f.LastReachedAt = &at
		}
		return f
	}
	got := models.Funnel([]models.OutreachFacts{fact("a", false, models.Checklist{}, 0), fact("a", true, models.Checklist{}, 0),
		fact("b", true, models.Checklist{Introduced: &yes}, 0), fact("c", true, models.Checklist{PacketSentOn: "2026-03-01"}, 0), fact("d", false, models.Checklist{}, 1),
		fact("e", false, models.Checklist{}, 2), fact("f", false, models.Checklist{}, 0)})
	for i, s := range models.Stages() {
		if got[i].Stage != s || got[i].Offices != 1 {
			t.Errorf("%s: %+v, want one office", s, got[i])
		}
	}
}
