package referral

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store"
)

// more adds an order with one signed session of a day for a client of its own.
func (c *clinic) more(t *testing.T, family string, day models.Date) models.Prescription {
	t.Helper()
	order, client := c.order, c.Client("Ben", family)
	order.ID, order.SeriesID, order.ClientID = models.PrescriptionID(c.NewID()), models.SeriesID(c.NewID()), client.ID
	c.Write(func(tx *store.Tx) error {
		if err := tx.AddSeries(models.Series{ID: order.SeriesID, ClientID: client.ID, CurrentID: order.ID, Allowed: 12}); err != nil {
			return err
		}
		return tx.AddPrescription(order)
	})
	c.session(t, day, 20, func(s *models.Session) {
		s.ClientID, s.PrescriptionID, s.SeriesID = client.ID, order.ID, order.SeriesID
	})
	return order
}

func TestReportClocksTakeAsManyStatementsForFiftyOrdersAsForOne(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		ask := func(want int) (n int) {
			t.Helper()
			n = c.Statements(func() {
				l, err := c.net.ReportClocks(c.ctx, c.Therapist, models.Page{Limit: 50})
				if err != nil || len(l.Items) != want || l.NextCursor != "" {
					t.Errorf("%d owed, next %q, %v, want %d", len(l.Items), l.NextCursor, err, want)
				}
			})
			return n
		}
		c.session(t, "2026-03-09", 24)
		one := ask(1)
		for i := range 49 {
			c.more(t, fmt.Sprintf("Ito %02d", i), models.Date("2026-03-10").AddDays(i%3))
		}
		c.Clock.Set(models.Date("2026-03-13").Time(c.Practice.Location()))
		fifty := ask(50)
		// the practice, the page with the standing, the visits; then the trail,
		// which takes SQLite three.
		if one != fifty || fifty > 6 {
			t.Errorf("%d statements for one order, %d for fifty", one, fifty)
		}
		if n := c.Statements(func() {
			if s, err := c.net.ReportStanding(c.ctx, c.Therapist); err != nil || s.Owed != 50 {
				t.Errorf("standing %+v, %v", s, err)
			}
		}); n > 3 {
			t.Errorf("%d statements for the standing", n)
		}
	})
}

func TestReportClocksComeInPagesWhichMissNoneAndRepeatNone(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		for i := range 7 {
			c.more(t, fmt.Sprintf("Ito %d", i), models.Date("2026-03-15").AddDays(-i/2))
		}
		c.Clock.Set(models.Date("2026-03-16").Time(c.Practice.Location()))
		var names []string
		for page := (models.Page{Limit: 3}); ; {
			l, err := c.net.ReportClocks(c.ctx, c.Therapist, page)
			if err != nil || len(l.Items) > 3 {
				t.Fatalf("%d in a page of three, %v", len(l.Items), err)
			}
			for _, line := range l.Items {
				names = append(names, strings.TrimPrefix(line.Client.Family, "Ito "))
			}
			if l.NextCursor == "" {
				break
			}
			page.Cursor = l.NextCursor
		}
		if got := strings.Join(names, ""); got != "6452301" { // by the day, then in the order they were written
			t.Errorf("the order is %s", got)
		}
	})
}

func TestTheStandingCountsWhatIsOwedAndWhatWentOutInTime(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		standing := func(want string) {
			t.Helper()
			s, err := c.net.ReportStanding(c.ctx, c.Therapist)
			if got := fmt.Sprintf("owed %d overdue %d sent %d on time %d", s.Owed, s.Overdue, s.Sent, s.OnTime); err != nil || got != want {
				t.Errorf("%s, %v, want %s", got, err, want)
			}
		}
		tell := func(kind models.ReportKind) {
			t.Helper()
			r := c.report(t, func(o *models.ReportOutline) { o.Kind = kind })
			if _, err := c.net.SignReport(c.ctx, c.Therapist, r.ID); err != nil {
				t.Fatal(err)
			}
			c.send(t, r.ID, models.ByPortal)
			c.work(t)
		}
		standing("owed 0 overdue 0 sent 0 on time 0")
		c.session(t, "2026-03-09", 24)
		standing("owed 1 overdue 0 sent 0 on time 0")
		tell(models.ReportInitial) // on the day
		standing("owed 0 overdue 0 sent 1 on time 1")
		for i := range 6 {
			c.session(t, models.Date("2026-03-11").AddDays(2*i), 20)
		}
		c.Clock.Advance(24 * time.Hour)
		standing("owed 1 overdue 1 sent 1 on time 1")
		tell(models.ReportProgress) // a day late
		standing("owed 0 overdue 0 sent 2 on time 1")
		s := c.session(t, "2026-03-25", 20)
		standing("owed 0 overdue 0 sent 2 on time 1")
		c.Clock.Set(models.Date("2026-04-25").Time(c.Practice.Location()))
		standing("owed 1 overdue 1 sent 2 on time 1")
		if _, err := c.net.VoidSession(c.ctx, c.Owner, s.ID, "wrong client"); err != nil {
			t.Fatal(err)
		}
		standing("owed 0 overdue 0 sent 2 on time 1") // nothing was done since the last report
		c.Clock.Set(models.Date("2026-07-01").Time(c.Practice.Location()))
		standing("owed 1 overdue 1 sent 2 on time 1") // the order ended
		c.Clock.Set(models.Date("2027-04-01").Time(c.Practice.Location()))
		standing("owed 0 overdue 0 sent 0 on time 0") // a year later nobody is asked any more
	})
}

func TestAnotherClockOfThePracticeMovesEveryOrderThatHasNoneOfItsOwn(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		c.session(t, "2026-03-09", 24)
		r := c.report(t, func(o *models.ReportOutline) { o.Kind = models.ReportInitial })
		if _, err := c.net.SignReport(c.ctx, c.Therapist, r.ID); err != nil {
			t.Fatal(err)
		}
		c.send(t, r.ID, models.ByPortal)
		c.work(t)
		c.session(t, "2026-03-11", 20)
		owed := func(want int) {
			t.Helper()
			l, err := c.net.ReportClocks(c.ctx, c.Therapist, models.Page{Limit: 10})
			if err != nil || len(l.Items) != want {
				t.Errorf("%d owed, %v, want %d", len(l.Items), err, want)
			}
		}
		owed(0)
		if _, err := c.net.ChangePractice(models.WithIfMatch(c.ctx, 1), c.Owner, models.PracticeChange{Settings: &models.SettingsChange{ReportEvery: &models.ReportEvery{Sessions: 1}}}); err != nil {
			t.Fatal(err)
		}
		owed(1)
	})
}

func TestAPhonedOrderThatNobodyCountersignedStillOwesItsLastReport(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		phoned := c.order
		phoned.ID, phoned.SeriesID, phoned.Source = models.PrescriptionID(c.NewID()), models.SeriesID(c.NewID()), models.FromVerbal
		phoned.Content.ValidUntil = "2026-04-15"
		phoned.Verbal = &models.VerbalOrder{GivenBy: "Dr. Nguyễn", TakenBy: c.Therapist.UserID, TakenAt: c.Clock.Now(), ReadBack: true, CountersignBy: "2026-03-16"}
		phoned.ContentSHA256 = phoned.Content.SHA256()
		c.Write(func(tx *store.Tx) error {
			if err := tx.AddSeries(models.Series{ID: phoned.SeriesID, ClientID: phoned.ClientID, CurrentID: phoned.ID, Allowed: 12}); err != nil {
				return err
			}
			return tx.AddPrescription(phoned)
		})
		on := func(day models.Date, want string) {
			t.Helper()
			c.Clock.Set(day.Time(c.Practice.Location()).Add(12 * time.Hour))
			l, err := c.net.ReportClocks(c.ctx, c.Therapist, models.Page{Limit: 10})
			got := "none"
			for _, line := range l.Items {
				got = fmt.Sprintf("%s %s %s", line.Kind, line.State, line.DueOn)
			}
			w, werr := c.net.Worklist(c.ctx, c.Therapist, WorklistQuery{Name: models.ListReportsDue}, models.Page{Limit: 10})
			listed := "none"
			for _, line := range w.Items {
				listed = fmt.Sprintf("%s %s", line.Clock, line.ClockOn)
			}
			if err != nil || werr != nil || got != want || (got == "none") != (listed == "none") {
				t.Errorf("on %s: %s, in the worklist %s, want %s, %v, %v", day, got, listed, want, err, werr)
			}
		}
		c.session(t, "2026-03-09", 24, func(s *models.Session) { s.PrescriptionID, s.SeriesID = phoned.ID, phoned.SeriesID })
		first := c.report(t, func(o *models.ReportOutline) { o.Kind, o.PrescriptionID = models.ReportInitial, phoned.ID })
		if _, err := c.net.SignReport(c.ctx, c.Therapist, first.ID); err != nil {
			t.Fatal(err)
		}
		c.send(t, first.ID, models.ByPortal)
		c.work(t)
		on("2026-03-16", "none") // its last day to be countersigned
		on("2026-03-17", "none")
		if err := c.net.RunPasses(c.ctx); err != nil {
			t.Fatal(err)
		}
		if p, err := c.net.Prescription(c.ctx, c.Therapist, phoned.ID); err != nil || p.Status != models.OrderSuspended {
			t.Fatalf("on day 15 %+v, %v", p.Prescription, err)
		}
		on("2026-04-15", "none") // it may be countersigned until its last day
		on("2026-04-16", "discharge overdue 2026-04-15")
	})
}
