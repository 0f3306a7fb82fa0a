package referral

import (
	"fmt"
	"testing"
	"time"

	"rapport/models"
)

func TestTheReportClockFollowsWhatWasSent(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		clock := func() string {
			t.Helper()
			l, err := c.net.ReportClock(c.ctx, c.Therapist, c.client.ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(l) == 0 {
				return "none"
			}
			return fmt.Sprintf("%s %s %s %s %d", l[0].Kind, l[0].State, l[0].Reason, l[0].DueOn, l[0].Sessions)
		}
		want := func(s string) {
			t.Helper()
			if got := clock(); got != s {
				t.Errorf("clock %q, want %q", got, s)
			}
		}
		want("none")
		c.session(t, "2026-03-09", 24)
		want("initial due first_visit 2026-03-09 1")
		first := c.report(t, func(o *models.ReportOutline) { o.Kind = models.ReportInitial })
		if _, err := c.net.SignReport(c.ctx, c.Therapist, first.ID); err != nil {
			t.Fatal(err)
		}
		c.send(t, first.ID, models.ByPortal)
		want("initial due first_visit 2026-03-09 1") // signed and queued is not sent
		c.work(t)
		want("progress idle   0")
		for i := range 5 {
			c.session(t, models.Date("2026-03-11").AddDays(2*i), 20)
		}
		want("progress running days 2026-04-10 5")
		c.session(t, "2026-03-21", 12)
		want("progress due sessions 2026-03-21 6")
		all, err := c.net.ReportClocks(c.ctx, c.Therapist, models.Page{Limit: 10})
		if err != nil || len(all.Items) != 1 || all.Items[0].Client.Family != "Silva" || all.Items[0].Recipient != "Linh Nguyễn, DC" {
			t.Errorf("due in the practice: %+v, %v", all, err)
		}
		c.Clock.Advance(24 * time.Hour)
		want("progress overdue sessions 2026-03-21 6")
		next := c.report(t)
		if next.From != "2026-03-10" || next.To != "2026-03-22" {
			t.Errorf("the next report covers %s to %s", next.From, next.To)
		}
		if _, err := c.net.SignReport(c.ctx, c.Therapist, next.ID); err != nil {
			t.Fatal(err)
		}
		c.send(t, next.ID, models.ByPortal)
		c.work(t)
		want("progress idle   0")
		c.Clock.Set(models.Date("2026-07-01").Time(c.Practice.Location()))
		want("discharge overdue end_of_order 2026-06-30 0")
	})
}
