package models_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/models"
)

func TestFrequencyCountsBySpan(t *testing.T) {
	f := func(n int, per models.Period, w models.Window) models.Frequency {
		return models.Frequency{Sessions: n, Per: per, Window: w}
	}
	for _, c := range []struct {
		name   string
		f      models.Frequency
		day    models.Date
		others []models.Date
		want   bool
	}{
		{"day, same day", f(1, models.PerDay, models.Calendar), "2026-03-10", []models.Date{"2026-03-10"}, false},
		{"day, next day", f(1, models.PerDay, models.Calendar), "2026-03-10", []models.Date{"2026-03-11"}, true},
		{"rolling day is that day", f(1, models.PerDay, models.Rolling), "2026-03-10", []models.Date{"2026-03-10"}, false},
		{"week over the turn of the year", f(1, models.PerWeek, models.Calendar), "2027-01-01", []models.Date{"2026-12-28"}, false},
		{"Sunday and Monday are two weeks", f(1, models.PerWeek, models.Calendar), "2026-03-16", []models.Date{"2026-03-15"}, true},
		{"rolling week, six days later", f(1, models.PerWeek, models.Rolling), "2026-03-16", []models.Date{"2026-03-10"}, false},
		{"rolling week, seven days later", f(1, models.PerWeek, models.Rolling), "2026-03-17", []models.Date{"2026-03-10"}, true},
		{"rolling week, written down late before a later one", f(1, models.PerWeek, models.Rolling), "2026-03-10", []models.Date{"2026-03-16"}, false},
		{"rolling week of two, between", f(2, models.PerWeek, models.Rolling), "2026-03-12", []models.Date{"2026-03-09", "2026-03-15"}, false},
		{"rolling week of two, spread", f(2, models.PerWeek, models.Rolling), "2026-03-12", []models.Date{"2026-03-08", "2026-03-16"}, true},
		{"month, leap day", f(2, models.PerMonth, models.Calendar), "2028-02-29", []models.Date{"2028-02-01", "2028-02-15"}, false},
		{"month, next month", f(2, models.PerMonth, models.Calendar), "2028-03-01", []models.Date{"2028-02-28", "2028-02-29"}, true},
		{"rolling month over February", f(1, models.PerMonth, models.Rolling), "2026-03-01", []models.Date{"2026-01-31"}, false},
		{"rolling month, 30 days later", f(1, models.PerMonth, models.Rolling), "2026-03-02", []models.Date{"2026-01-31"}, true},
		{"two on one day of three a week", f(3, models.PerWeek, models.Calendar), "2026-03-10", []models.Date{"2026-03-10", "2026-03-11"}, true},
	} {
		if got := c.f.Allows(c.day, c.others); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

// oracle counts without any cleverness: it lists every span that holds day,
// one calendar day after the other, with times instead of Date.
func oracle(f models.Frequency, day models.Date, others []models.Date) bool {
	parse := func(d models.Date) time.Time { v, _ := time.Parse(time.DateOnly, string(d)); return v }
	d := parse(day)
	count := func(in func(time.Time) bool) bool {
		n := 1
		for _, o := range others {
			if in(parse(o)) {
				n++
			}
		}
		return n <= f.Sessions
	}
	if f.Window == models.Calendar {
		return count(func(o time.Time) bool {
			switch f.Per {
			case models.PerDay:
				return o.Equal(d)
			case models.PerWeek:
				y1, w1 := o.ISOWeek()
				y2, w2 := d.ISOWeek()
				return y1 == y2 && w1 == w2
			}
			return o.Year() == d.Year() && o.Month() == d.Month()
		})
	}
	length := map[models.Period]int{models.PerDay: 1, models.PerWeek: 7, models.PerMonth: 30}[f.Per]
	for back := 0; back < length; back++ {
		start := d.AddDate(0, 0, -back)
		if !count(func(o time.Time) bool { return !o.Before(start) && o.Before(start.AddDate(0, 0, length)) }) {
			return false
		}
	}
	return true
}

func drawDays(t *rapid.T, base models.Date, label string) []models.Date {
	offsets := rapid.SliceOfN(rapid.IntRange(-45, 75), 0, 12).Draw(t, label)
	days := make([]models.Date, len(offsets))
	for i, n := range offsets {
		days[i] = base.AddDays(n)
	}
	return days
}

func drawFrequency(t *rapid.T) models.Frequency {
	return models.Frequency{Sessions: rapid.IntRange(1, 4).Draw(t, "sessions"),
		Per:    rapid.SampledFrom([]models.Period{models.PerDay, models.PerWeek, models.PerMonth}).Draw(t, "per"),
		Window: rapid.SampledFrom([]models.Window{models.Calendar, models.Rolling}).Draw(t, "window")}
}

// bases lie around year ends, a leap day and both changes of the clocks.
var bases = []models.Date{"2026-12-31", "2027-12-28", "2028-02-28", "2026-03-08", "2026-11-01", "2100-02-28"}

func TestFrequencyAgreesWithCountingByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.SampledFrom(bases).Draw(t, "base")
		f, others := drawFrequency(t), drawDays(t, base, "others")
		day := base.AddDays(rapid.IntRange(-40, 40).Draw(t, "day"))
		if got, want := f.Allows(day, others), oracle(f, day, others); got != want {
			t.Fatalf("%s on %s beside %v: got %v, want %v", f, day, others, got, want)
		}
	})
}

func TestEarliestDateAgreesWithTryingEveryDay(t *testing.T) {
	zones := []string{"America/Los_Angeles", "America/Santiago", "Pacific/Kiritimati", "Asia/Kathmandu", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.SampledFrom(bases).Draw(t, "base")
		f := neckOrder()
		f.Zone = zone(rapid.SampledFrom(zones).Draw(t, "zone"))
		f.Order.Content.ValidFrom, f.Order.Content.ValidUntil = base, base.AddDays(rapid.IntRange(0, 60).Draw(t, "length"))
		f.Order.ReceivedOn = base.AddDays(rapid.IntRange(-5, 5).Draw(t, "received"))
		f.Order.Content.Clock = rapid.SampledFrom([]models.Clock{models.ClockIssued, models.ClockReceived, models.ClockFirstSession}).Draw(t, "clock")
		if f.Order.Content.Clock != models.ClockFirstSession && rapid.Bool().Draw(t, "sliding") {
			f.Order.Content.Expiry = models.Sliding
		}
		freq := drawFrequency(t)
		f.Order.Content.Scope.Frequency, f.Series.Unlimited = &freq, true
		f.Done, f.Booked = drawDays(t, base, "done"), drawDays(t, base, "booked")
		for _, d := range f.Done {
			if f.First.IsZero() || d.Before(f.First) {
				f.First = d
			}
		}
		f.Today = base.AddDays(rapid.IntRange(-20, 90).Draw(t, "today"))
		on := base.AddDays(rapid.IntRange(-20, 90).Draw(t, "on"))
		draft := neckSession(on)
		draft.StartedAt = on.Time(f.Zone).Add(time.Hour)
		got := models.Admit(draft, f).Earliest

		var want *models.Date
		for day, last := max(on, f.Today), base.AddDays(400); want == nil && day < last; day = day.AddDays(1) {
			draft.StartedAt = day.Time(f.Zone).Add(time.Hour)
			if models.Admit(draft, f).Admitted() {
				want = &day
			}
		}
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Fatalf("on %s, today %s: got %v, want %v (%+v)", on, f.Today, show(got), show(want), f.Order.Content)
		}
	})
}

func show(d *models.Date) models.Date {
	if d == nil {
		return "none"
	}
	return *d
}
