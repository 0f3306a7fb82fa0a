package referral_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
	"rapport/referral"
)

func TestAnOpenNoteChangesAndASignedOneDoesNot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		s := c.must(c.visit())
		plan, minutes, seven := models.SOAP{Plan: "two more weeks"}, 25, 7.0
		readings := []models.Reading{{Instrument: "nprs", Value: &seven, Taken: "before"}}
		saw := func(version int) context.Context { return models.WithIfMatch(background, version) }
		changed, err := c.net.ChangeNote(saw(1), c.Therapist, s.ID, referral.NoteDraft{SOAP: &plan, Minutes: &minutes, Readings: &readings})
		if err != nil || changed.SOAP != plan || changed.Minutes != 25 || changed.Version != 2 || len(changed.Techniques) != 1 {
			t.Fatalf("got %+v, %v", changed, err)
		}
		if _, err := c.net.ChangeNote(saw(1), c.Therapist, s.ID, referral.NoteDraft{SOAP: &plan}); !errors.Is(err, fault.Stale) {
			t.Errorf("an old version was changed: %v", err)
		}
		long, foot := 60, []models.RegionSide{{Region: "foot", Side: "left"}}
		if _, err := c.net.ChangeNote(saw(2), c.Therapist, s.ID, referral.NoteDraft{Minutes: &long, Regions: &foot}); codesOf(err) != "scope_violation scope.region scope.minutes" {
			t.Errorf("edited out of the scope: %s", codesOf(err))
		}
		if _, err := c.net.SignSession(background, c.Owner, s.ID); codesOf(err) != "session.not_yours" {
			t.Errorf("somebody else signed: %v", err)
		}
		signed, err := c.net.SignSession(background, c.Therapist, s.ID)
		if err != nil || signed.State != models.NoteSigned || len(signed.ContentSHA256) != 64 || signed.SignedBy != c.Therapist.UserID {
			t.Fatalf("got %+v, %v", signed, err)
		}
		read, err := c.net.Session(background, c.Owner, s.ID)
		if err != nil || read.ContentHash() != signed.ContentSHA256 || *read.Readings[0].Value != 7 {
			t.Errorf("read again: %+v, %v", read, err)
		}
		if _, err := c.net.ChangeNote(saw(3), c.Therapist, s.ID, referral.NoteDraft{SOAP: &plan}); fault.CodeOf(err) != "session.signed" {
			t.Errorf("a signed note changed: %v", err)
		}
		if _, err := c.net.SignSession(background, c.Therapist, s.ID); fault.CodeOf(err) != "session.signed" {
			t.Errorf("signed twice: %v", err)
		}
	})
}

func TestAnEmptyNoteIsNotSigned(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		s := c.must(c.visit(func(d *models.SessionDraft) { d.SOAP = models.SOAP{Plan: " \n"} }))
		if _, err := c.net.SignSession(background, c.Therapist, s.ID); codesOf(err) != "note.empty note.empty" {
			t.Errorf("got %s", codesOf(err))
		}
	})
}

func TestOfTwoConcurrentTabsOneSigns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		id := c.must(c.visit()).ID
		won, _, lost := rush(8, func(int) (models.Session, error) { return c.net.SignSession(background, c.Therapist, id) })
		if len(won) != 1 || len(lost) != 7 {
			t.Errorf("%d signed, %d lost", len(won), len(lost))
		}
		for _, err := range lost {
			if !errors.Is(err, fault.Conflict) && !errors.Is(err, fault.Stale) {
				t.Errorf("a loser heard %v", err)
			}
		}
	})
}

func TestAddendaStandBesideASignedNote(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		s := c.must(c.visit())
		if _, err := c.net.AddAddendum(background, c.Therapist, s.ID, "later"); fault.CodeOf(err) != "session.open" {
			t.Errorf("on an open note: %v", err)
		}
		signed, err := c.net.SignSession(background, c.Therapist, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"", "  ", strings.Repeat("x", 5001)} {
			if _, err := c.net.AddAddendum(background, c.Therapist, s.ID, text); !errors.Is(err, fault.Invalid) {
				t.Errorf("%d characters: %v", len(text), err)
			}
		}
		for _, text := range []string{"client phoned: better", "second remark"} {
			c.Clock.Advance(time.Hour)
			if _, err := c.net.AddAddendum(background, c.Owner, s.ID, text); err != nil {
				t.Fatal(err)
			}
		}
		got, err := c.net.Session(background, c.Therapist, s.ID)
		if err != nil || len(got.Addenda) != 2 || got.Addenda[0].Text != "client phoned: better" || got.Addenda[1].Author != "Olga Müller" ||
			!got.Addenda[1].At.Equal(c.Clock.Now()) || got.ContentSHA256 != signed.ContentSHA256 {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

func TestAVoidGivesTheVisitBackAndKeepsTheNumber(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w, func(p *models.Prescription) { p.Content.Scope.SessionsTotal = 1 })
		s := c.must(c.visit())
		other := w.Person("mia@ballard.example", "Mia", models.RoleGrant{Role: models.Therapist, PracticeID: w.Practice.ID})
		if _, err := c.net.VoidSession(background, other, s.ID, "no"); codesOf(err) != "session.not_yours" {
			t.Errorf("another therapist: %v", err)
		}
		if _, err := c.net.VoidSession(background, c.Therapist, s.ID, " "); !errors.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		report := c.quote(s)
		void, err := c.net.VoidSession(background, c.Owner, s.ID, "wrong client")
		if err != nil || void.State != models.NoteVoid || void.VisitNumber != 1 || void.VisitRank != 0 || void.Visits.Left != 1 || void.VoidReason != "wrong client" {
			t.Errorf("got %+v, %v", void, err)
		}
		w.Write(func(tx *store.Tx) error {
			r, err := tx.Report(report)
			if err != nil || r.Status != models.ReportNeedsRevision {
				t.Errorf("the report that quoted it: %s, %v", r.Status, err)
			}
			return nil
		})
		if _, err := c.net.VoidSession(background, c.Owner, s.ID, "again"); fault.CodeOf(err) != "session.void" {
			t.Errorf("voided twice: %v", err)
		}
		if again := c.must(c.visit()); again.VisitNumber != 2 || again.VisitRank != 1 || again.Visits.Used != 1 {
			t.Errorf("a completed order is active again: %+v", again)
		}
	})
}

// quote signs a report that quotes a session.
func (c *clinic) quote(s models.Session) models.ReportID {
	c.T.Helper()
	r := models.Report{ID: models.ReportID(c.NewID()), PracticeID: c.Practice.ID, ClientID: s.ClientID, PrescriptionID: s.PrescriptionID, SeriesID: s.SeriesID,
		ProviderID: c.Provider.ID, Kind: models.ReportProgress, Status: models.ReportDraft, From: "2026-03-01", To: "2026-03-31", Revision: 1,
		CreatedBy: c.Therapist.UserID, CreatedAt: c.Clock.Now()}
	c.Write(func(tx *store.Tx) error {
		if err := tx.AddReport(r); err != nil {
			return err
		}
		d, err := tx.AddDocument(r.ClientID, "report", "application/pdf", []byte("%PDF"))
		if err != nil {
			return err
		}
		at := tx.Now()
		r.Status, r.DocumentID, r.SHA256, r.SignedAt, r.SignedBy, r.SessionIDs = models.ReportSigned, d.ID, d.SHA256, &at, r.CreatedBy, []models.SessionID{s.ID}
		return tx.UpdateReport(r, 1)
	})
	return r.ID
}

func TestTheInboxNeedsSixStatementsAtMost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w, free(100))
		fill := func(n int) {
			for range n {
				c.must(c.visit())
				c.book(c.place(1))
			}
		}
		lists := map[string]func(){
			"inbox": func() {
				if _, err := c.net.Sessions(background, c.Therapist, referral.SessionFilter{}, models.Page{Limit: 50}); err != nil {
					t.Fatal(err)
				}
			},
			"diary": func() {
				if _, err := c.net.Bookings(background, c.Desk, referral.BookingFilter{}, models.Page{Limit: 50}); err != nil {
					t.Fatal(err)
				}
			},
			"measures": func() {
				if _, err := c.net.Measures(background, c.Therapist, c.client.ID, ""); err != nil {
					t.Fatal(err)
				}
			},
		}
		fill(1)
		one := map[string]int{}
		for name, list := range lists {
			one[name] = w.Statements(list)
		}
		fill(49)
		for name, list := range lists {
			if n := w.Statements(list); n != one[name] || n > 6 || n < 2 {
				t.Errorf("%s: %d statements for one row, %d for fifty", name, one[name], n)
			}
		}
	})
}

func TestMeasuresShowTheChangeSinceTheFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		for _, v := range []float64{8, 7, 3} {
			c.must(c.visit(func(d *models.SessionDraft) {
				d.Readings = []models.Reading{{Instrument: "nprs", Value: &v, Taken: "before", Region: "neck", Side: "left"}}
			}))
			c.nextWeek()
		}
		got, err := c.net.Measures(background, c.Therapist, c.client.ID, "nprs")
		if err != nil || len(got) != 3 {
			t.Fatalf("got %+v, %v", got, err)
		}
		if got[0].Change != nil || got[1].Change.Delta != -1 || got[1].Change.Direction != models.TrendBetter || *got[1].Change.BeyondMCID ||
			got[2].Change.Delta != -5 || !*got[2].Change.BeyondMDC || !*got[2].Change.BeyondMCID || !got[2].Change.Real {
			t.Errorf("got %+v, %+v, %+v", got[0].Change, got[1].Change, got[2].Change)
		}
		if _, err := c.net.Measures(background, c.Therapist, c.client.ID, "mood"); fault.CodeOf(err) != "measure.instrument" {
			t.Errorf("unknown instrument: %v", err)
		}
		if _, err := c.net.Measures(background, c.Desk, c.client.ID, ""); !errors.Is(err, fault.Forbidden) {
			t.Errorf("front desk: %v", err)
		}
	})
}

func TestWarningsGoOutOnceForEachVersion(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		c.must(c.visit())
		if got := mailed(w, models.MessageOrderEnding); got != "" {
			t.Errorf("three left: %q", got)
		}
		c.nextWeek()
		c.must(c.visit())
		const both = "jose@ballard.example olga@ballard.example"
		if got := mailed(w, models.MessageOrderEnding); got != both {
			t.Errorf("two left: %q", got)
		}
		c.nextWeek()
		c.must(c.visit())
		pass := func() {
			t.Helper()
			if err := c.net.RunPasses(background); err != nil {
				t.Fatal(err)
			}
		}
		pass()
		if got := mailed(w, models.MessageOrderEnding); got != both {
			t.Errorf("one left: %q", got)
		}
		c.Clock.Set(time.Date(2026, 4, 24, 20, 0, 0, 0, time.UTC)) // seven days before the end
		pass()
		pass()
		if got := mailed(w, models.MessageOrderEnding); got != both+" "+both {
			t.Errorf("seven days left: %q", got)
		}
	})
}

func TestABookingOutlivesTheVersionItWasMadeUnder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		b := c.book(c.place(0))
		old := c.order
		next := old
		next.ID, next.Version, next.Replaces = models.PrescriptionID(c.NewID()), 2, old.ID
		c.setStatus(models.OrderSuperseded)
		w.Write(func(tx *store.Tx) error {
			if err := tx.AddPrescription(next); err != nil {
				return err
			}
			s, err := tx.Series(old.SeriesID)
			if err != nil {
				return err
			}
			s.CurrentID = next.ID
			return tx.SetSeries(s)
		})
		if _, err := c.net.StartBooking(background, c.Therapist, b.ID, models.SessionDraft{}); err != nil {
			t.Errorf("start: %s", codesOf(err))
		}
		done := func(d *models.SessionDraft) { d.BookingID = b.ID }
		_, err := c.record(c.visit(done))
		f, _ := fault.As(err)
		if codesOf(err) != "scope_violation order.not_active" || f.Refs["current_prescription_id"] != string(next.ID) {
			t.Errorf("posted to the old version: %s %+v", codesOf(err), f)
		}
		c.order = next
		if s := c.must(c.visit(done)); s.PrescriptionID != next.ID || s.VisitNumber != 1 {
			t.Errorf("got %+v", s)
		}
	})
}

func TestAnOpeningBalanceCountsInEveryFigure(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w, func(p *models.Prescription) { p.Opening = &models.Opening{Used: 3, AsOf: "2026-03-01"} })
		s := c.must(c.visit())
		if s.VisitRank != 4 || *s.Visits != (models.Visits{Allowed: 4, Used: 4, Limited: true, Opening: 3}) {
			t.Errorf("got rank %d, %+v", s.VisitRank, s.Visits)
		}
		l, err := c.net.Sessions(background, c.Therapist, referral.SessionFilter{PrescriptionID: c.order.ID}, models.Page{Limit: 5})
		if err != nil || len(l.Items) != 1 || l.Items[0].VisitRank != 4 {
			t.Errorf("inbox: %+v, %v", l, err)
		}
		c.nextWeek()
		if _, err := c.record(c.visit()); codesOf(err) != "scope_violation order.exhausted" {
			t.Errorf("got %s", codesOf(err))
		}
	})
}
