package models_test

import (
	"testing"

	"rapport/models"
)

func TestPaceSaysHowMuchOfTheFrequencyIsUsedAndWhenTheNextFits(t *testing.T) {
	twice := models.Frequency{Sessions: 2, Per: models.PerWeek, Window: models.Calendar}
	rolling := models.Frequency{Sessions: 2, Per: models.PerWeek, Window: models.Rolling}
	for _, c := range []struct {
		name         string
		freq         models.Frequency
		done, booked []models.Date
		taken        int
		next         models.Date
	}{
		{"nothing yet", twice, nil, nil, 0, "2026-03-05"},
		{"one is left", twice, []models.Date{"2026-03-02"}, nil, 1, "2026-03-05"},
		{"used up until Monday", twice, []models.Date{"2026-03-02", "2026-03-04"}, nil, 2, "2026-03-09"},
		{"a booking counts", twice, []models.Date{"2026-03-02"}, []models.Date{"2026-03-08"}, 2, "2026-03-09"},
		{"last week does not", twice, []models.Date{"2026-02-28", "2026-03-01"}, nil, 0, "2026-03-05"},
		{"a rolling week looks back", rolling, []models.Date{"2026-02-28", "2026-03-01"}, nil, 2, "2026-03-07"},
		{"none before the order ends", twice, []models.Date{"2026-03-02", "2026-03-04"}, []models.Date{"2026-03-09", "2026-03-10"}, 2, ""},
	} {
		f := neckOrder()
		f.Today, f.Order.Content.ValidFrom, f.Order.Content.ValidUntil = "2026-03-05", "2026-02-01", "2026-03-15"
		f.Order.Content.Clock, f.Order.Content.Scope.Frequency, f.Done, f.Booked = models.ClockIssued, &c.freq, c.done, c.booked
		if got := f.Pace(); got == nil || got.Taken != c.taken || got.Next != c.next {
			t.Errorf("%s: got %+v, want %d and next %s", c.name, got, c.taken, c.next)
		}
	}
	f := neckOrder()
	f.Order.Content.Scope.Frequency = nil
	if got := f.Pace(); got != nil {
		t.Errorf("an order without a frequency has the pace %+v", got)
	}
}
