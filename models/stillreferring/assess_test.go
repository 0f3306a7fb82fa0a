package stillreferring

import (
	"testing"

	"pgregory.net/rapid"

	"rapport/models"
)

func TestAssessTellsWhoFellSilent(t *testing.T) {
	day := func(n int) models.Date { return models.Date("2026-01-01").AddDays(n) }
	on := func(ns ...int) (all []models.Date) {
		for _, n := range ns {
			all = append(all, day(n))
		}
		return all
	}
	tests := []struct {
		name         string
		days         []models.Date
		today        models.Date
		class        Class
		count, limit int
		shown        bool
	}{
		{"never", nil, day(0), Never, 0, 0, false},
		{"only later", on(5), day(0), Never, 0, 0, false},
		{"once, two years ago", on(0), day(730), OneTime, 1, 0, false},
		{"twice on one day", on(0, 0), day(300), OneTime, 1, 0, false},
		{"twice, at the limit of six weeks", on(0, 7), day(49), Referring, 2, 42, false},
		{"twice, a day past it", on(0, 7), day(50), Silent, 2, 42, false},
		{"every thirty days, at twice the gap", on(60, 0, 30, 90), day(150), Referring, 4, 60, true},
		{"a day past twice the gap", on(0, 30, 60, 90), day(151), Silent, 4, 60, true},
		{"median of an even number of gaps", on(0, 10, 110), day(200), Referring, 3, 110, true},
		{"one long pause does not count", on(0, 30, 60, 90, 400), day(430), Referring, 5, 60, true},
	}
	for _, test := range tests {
		a := Assess(test.days, test.today, published)
		if a.Class != test.class || a.Referrals != test.count || a.LimitDays != test.limit || (a.Alive != nil) != test.shown || (a.Band != nil) != test.shown {
			t.Errorf("%s: %+v", test.name, a)
		}
	}
}

func TestHistoryCountsTheReferralsOfADayOnce(t *testing.T) {
	got := HistoryOf([]models.Date{"2026-01-15", "2026-01-01", "2026-01-15", "2027-01-01"}, "2026-01-29")
	if want := (History{1, 2, 4}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestBandHoldsTheChanceAndNarrowsWithReferrals(t *testing.T) {
	few, many := History{2, 8, 12}, History{40, 160, 163}
	for _, h := range []History{few, many} {
		b, alive := published.Band(h), published.Alive(h)
		if !(b[0] <= alive && alive <= b[1]) {
			t.Errorf("%v: %v is outside %v", h, alive, b)
		}
	}
	if b, c := published.Band(few), published.Band(many); b[1]-b[0] <= c[1]-c[0] {
		t.Errorf("%v for a few, %v for many", b, c)
	}
}

func TestBandStaysInOrderAndBetweenNothingAndOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyParameters(t)
		h := History{Repeats: float64(rapid.IntRange(1, 200).Draw(t, "repeats")), Recency: rapid.Float64Range(0.2, 300).Draw(t, "recency")}
		h.Age = h.Recency + rapid.Float64Range(0, 300).Draw(t, "since")
		if b := p.Band(h); !(0 <= b[0] && b[0] <= b[1] && b[1] <= 1) {
			t.Fatalf("%+v %v: %v", p, h, b)
		}
	})
}
