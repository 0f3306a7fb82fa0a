package models_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"rapport/models"
)

// TestAnOrderRingsOnTheDaysOnWhichItsClockOwesAReport compares the days that
// are stored with what the clock says on each day of a year and a half.
func TestAnOrderRingsOnTheDaysOnWhichItsClockOwesAReport(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	rings, kinds := map[int]int{}, map[models.ReportKind]int{}
	for n := range 3000 {
		p := models.Prescription{Status: models.OrderActive, Content: models.OrderContent{ValidFrom: "2026-01-01",
			ValidUntil: models.Date("2026-02-01").AddDays(r.IntN(90)), Expiry: models.Strict, Clock: models.ClockIssued}}
		if r.IntN(8) == 0 {
			p.Status = models.OrderRevoked
		}
		if r.IntN(8) == 0 {
			p.Status = models.OrderSuspended
		}
		if r.IntN(8) == 0 {
			p.Verbal = &models.VerbalOrder{CountersignBy: models.Date("2026-01-15").AddDays(r.IntN(90))}
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
		all := p.Rings(s, visits, sent, discharged, settings)
		rings[len(all)]++
		for _, ring := range all {
			kinds[ring.Kind]++
		}
		last := visits[len(visits)-1].On
		for d := last; d.Before(last.AddDays(540)); d = d.AddDays(1) {
			c := p.ClockFacts(s, visits, sent, discharged, settings, d).Due(d)
			var standing []models.ClockRing
			for _, ring := range all {
				if !ring.On.After(d) && !ring.Until.Before(d) {
					standing = append(standing, ring)
				}
			}
			owed := c.Owed() && !d.After(last.AddMonths(models.ClockMonths))
			if owed != (len(standing) == 1) || len(standing) > 1 || owed && (standing[0].Due != c.DueOn || standing[0].Kind != c.Kind) {
				t.Fatalf("case %d on %s: the clock says %+v, the rings %+v", n, d, c, all)
			}
		}
	}
	if rings[0] < 50 || rings[1] < 500 || rings[2] < 400 || rings[3] < 100 || kinds[models.ReportDischarge] < 500 || kinds[models.ReportProgress] < 300 {
		t.Errorf("the orders rang %v times, for %v", rings, kinds)
	}
}
