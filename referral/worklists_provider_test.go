package referral

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/models"
)

// toRead is what the doctor's worklist of reports says.
func (c *clinic) toRead(t *testing.T, by models.Actor) string {
	t.Helper()
	l, err := c.net.Worklist(c.ctx, by, WorklistQuery{Name: models.ListReportsToRead}, models.Page{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.net.Worklist(c.ctx, by, WorklistQuery{}, models.Page{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	counts, err := c.net.Worklists(c.ctx, by)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, line := range l.Items {
		out = append(out, fmt.Sprintf("%s %s of %s from %s: %s by %s, %d left, %s", line.Kind, line.Side, line.Client.Family, line.Practice, line.Action, line.ClockOn, line.Left, line.LinkID))
	}
	n := 0
	for _, line := range all.Items {
		if line.Worklist == models.ListReportsToRead {
			n++
		}
	}
	for _, w := range counts {
		if w.Name == models.ListReportsToRead && (w.Them != len(out) || w.Us != 0) || n != len(out) {
			t.Errorf("%d in the list, %d in all, counted %+v", len(out), n, w)
		}
	}
	return strings.Join(out, "; ")
}

func (c *clinic) listedInLedger(t *testing.T) (n int) {
	t.Helper()
	for _, d := range c.log(t, models.DisclosuresFull) {
		if d.ObjectKind == "report" && d.Channel == "portal" {
			if strings.HasPrefix(d.Description, "Listed") && !slices.Equal(d.Categories, []models.Category{models.CategoryProgressReport}) {
				t.Errorf("the list is said to tell %v", d.Categories)
			}
			n++
		}
	}
	return n
}

func TestAReportWaitsForItsReaderUntilTheyOpenIt(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		if got := c.toRead(t, c.Doctor); got != "" {
			t.Errorf("before anything was sent: %s", got)
		}
		r := c.written(t) // signed on Monday 2026-03-23
		c.send(t, r.ID, models.ByPortal)
		c.work(t)
		told := c.listedInLedger(t)
		want := fmt.Sprintf("report them of Silva from %s: read by 2026-03-30, 7 left, %s", c.Practice.Name, r.ID)
		if got := c.toRead(t, c.Doctor); got != want {
			t.Errorf("sent: %q, want %q", got, want)
		}
		if n := c.listedInLedger(t); n != told+2 { // by its list and by the whole; a count names nobody
			t.Errorf("%d lines in the ledger, %d before", n, told)
		}
		c.send(t, r.ID, models.ByPortal)
		if got := c.toRead(t, c.Doctor); got != want {
			t.Errorf("sent twice: %q, want %q", got, want)
		}
		if got := c.toRead(t, c.Doctor2); got != "" {
			t.Errorf("another provider reads %q", got)
		}
		_, err := c.net.Worklist(c.ctx, c.Therapist, WorklistQuery{Name: models.ListReportsToRead}, models.Page{Limit: 10})
		code(t, err, "not_found")
		c.Clock.Advance(8 * 24 * time.Hour)
		if got := c.toRead(t, c.Doctor); got != strings.Replace(want, "7 left", "-1 left", 1) {
			t.Errorf("a day late: %q", got)
		}
		if _, err := c.net.Report(c.ctx, c.Doctor, r.ID); err != nil {
			t.Fatal(err)
		}
		if got := c.toRead(t, c.Doctor); got != "" {
			t.Errorf("opened: %q", got)
		}
	})
}

func TestAReportWhoseReleaseEndedWaitsForNobody(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		release := c.signed(t, everything)
		r := c.written(t)
		c.send(t, r.ID, models.ByPortal)
		c.work(t)
		c.Clock.Advance(time.Minute)
		c.revoke(t, release)
		told := c.listedInLedger(t)
		if got := c.toRead(t, c.Doctor); got != "" {
			t.Errorf("after the revocation: %q", got)
		}
		if n := c.listedInLedger(t); n != told {
			t.Errorf("%d lines in the ledger, %d before", n, told)
		}
	})
}

// TestAReportThatWaitsIsToldOnceOnAPage: the list of reports leaves out what
// the worklist beside it has told already.
func TestAReportThatWaitsIsToldOnceOnAPage(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		r := c.written(t)
		c.send(t, r.ID, models.ByPortal)
		c.work(t)
		told := c.listedInLedger(t)
		for _, x := range []struct {
			q           ReportQuery
			shown, told int
		}{{ReportQuery{But: []models.ReportID{r.ID}}, 0, 0}, {ReportQuery{ClientID: "0196e000-ffff-7000-8000-00000000dead"}, 0, 0}, {ReportQuery{ClientID: c.client.ID}, 1, 1}} {
			l, err := c.net.Reports(c.ctx, c.Doctor, x.q, models.Page{Limit: 10})
			if n := c.listedInLedger(t) - told; err != nil || len(l.Items) != x.shown || n != x.told {
				t.Errorf("%+v: %d shown, %d told, %v", x.q, len(l.Items), n, err)
			}
		}
	})
}
