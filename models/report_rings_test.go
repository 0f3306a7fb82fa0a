package models_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"rapport/models"
)

// TestAnOrderRingsOnTheFirstDayItsClockOwesAReport compares the day that is
// stored with what the clock says on each day of a year.
func TestAnOrderRingsOnTheFirstDayItsClockOwesAReport(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	rang := 0
	for n := range 3000 {
		p := models.Prescription{Status: models.OrderActive, Content: models.OrderContent{ValidFrom: "2026-01-01",
			ValidUntil: models.Date("2026-02-01").AddDays(r.IntN(90)), Expiry: models.Strict, Clock: models.ClockIssued}}
		if r.IntN(8) == 0 {
			p.Status = models.OrderRevoked
		}
		if r.IntN(3) == 0 {
			p.Content.ReportEvery = models.ReportEvery{Sessions: r.IntN(4), Days: 10 * r.IntN(3)}
		}
		var visits []models.Visit
		day := models.Date("2026-01-02")
		for range 1 + r.IntN(8) {
			visits = append(visits, models.Visit{On: day, At: day.Time(time.UTC).Add(10 * time.Hour)})
			day = day.AddDays(1 + r.IntN(12))
		}
		s := models.Series{Allowed: len(visits) + r.IntN(3), Used: len(visits)}
		var sent *time.Time
		if r.IntN(2) == 0 {
			at := visits[r.IntN(len(visits))].At.Add(time.Hour)
			sent = &at
		}
		discharged := sent != nil && r.IntN(4) == 0
		settings := models.DefaultSettings()
		ring := p.Rings(s, visits, sent, discharged, settings)
		last := visits[len(visits)-1].On
		if ring.On != "" {
			rang++
			if ring.Due.After(ring.On) || ring.Until != last.AddMonths(models.ClockMonths) {
				t.Fatalf("case %d: %+v", n, ring)
			}
		}
		for d := last; d.Before(last.AddDays(360)); d = d.AddDays(1) {
			owed := p.ClockFacts(s, visits, sent, discharged, settings, d).Due(d).Owed()
			rings := ring.On != "" && !ring.On.After(d)
			// A discharge report that went out silences an order that ended later; the list leaves it out.
			if owed != rings && !(discharged && rings) {
				t.Fatalf("case %d on %s: owed %v, rings on %q; %+v", n, d, owed, ring.On, p.ClockFacts(s, visits, sent, discharged, settings, d))
			}
		}
	}
	if rang < 1000 {
		t.Errorf("only %d of the orders ever rang", rang)
	}
}
