package referral_test

import (
	"bytes"
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
	"rapport/referral"
)

func TestAReplayIsOnTheTrailAndEndsWithTheRole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		ctx := models.WithIdempotency(background, models.Idempotency{Route: "POST /api/v1/sessions", Key: "k1", BodySHA256: "b"})
		d := c.visit()
		first, err := c.net.RecordSession(ctx, c.Therapist, d)
		if err != nil {
			t.Fatal(err)
		}
		again, err := c.net.RecordSession(ctx, c.Therapist, d)
		if err != nil || again.ID != first.ID {
			t.Fatalf("again %s, %v, want %s", again.ID, err, first.ID)
		}
		w.Write(func(tx *store.Tx) error {
			all, err := tx.Audit(0, 1000)
			n := 0
			for _, e := range all {
				if e.Action == "idempotency.replay" && e.ObjectID == string(first.ID) && e.ClientID == d.ClientID && e.Principal == c.Therapist.Principal() {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%d replays of the session on the trail, want 1", n)
			}
			return err
		})
		demoted := c.Therapist
		demoted.Roles = []models.Role{models.FrontDesk}
		_, err = c.net.RecordSession(ctx, demoted, d)
		if fault.CodeOf(err) != "role.not_allowed" {
			t.Errorf("after the demotion: %v", err)
		}
	})
}

func TestAReplayShowsAnOutsiderNoMoreThanTheGateDoesNow(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		draft := o.writes(o.neckOnly())
		key := func(route string) models.Idempotency {
			return models.Idempotency{Route: route, Key: "k1", BodySHA256: "b"}
		}
		submit := models.WithIdempotency(o.ctx, key("POST submit"))
		sent := models.Submission{Signature: typed("Linh Nguyễn")}
		must(o.t2(o.net.SubmitPrescription(submit, o.Doctor, draft.ID, sent)))
		p := must(o.t2(o.net.AcceptPrescription(o.ctx, o.Therapist, draft.ID, models.Acceptance{})))
		ask := legsToo()
		ask.ShareWords = true
		c := o.asks(p.ID, ask)
		decide := models.WithIdempotency(o.ctx, key("POST decision"))
		no := models.Decision{Reason: "Neck first."}
		first := must2(o.net.DecideChange(decide, o.Doctor, c.Request.ID, no))(t)
		again := must2(o.net.DecideChange(decide, o.Doctor, c.Request.ID, no))(t)
		if first.Request.Words == "" || again.Request.Words != first.Request.Words || again.Order.Visits != first.Order.Visits {
			t.Errorf("first %+v\nagain %+v", first.Request, again.Request)
		}
		o.ended(p.ClientID)
		frozen := must2(o.net.DecideChange(decide, o.Doctor, c.Request.ID, no))(t)
		if frozen.Request.Words != "" || frozen.Request.ExplanationGiven != "" || !frozen.Order.Ended || frozen.Order.Visits != (models.Visits{}) {
			t.Errorf("after the revocation a replay shows %+v", frozen)
		}
		if v := must(o.t2(o.net.SubmitPrescription(submit, o.Doctor, draft.ID, sent))); !v.Ended || v.Until != "" {
			t.Errorf("after the revocation a replay shows the order %+v", v)
		}
	})
}

func TestAfterTheReleaseEndedRequestsAreListedWithoutWords(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		o.takes(p.SeriesID, 2)
		ask := legsToo()
		ask.ShareWords = true
		c := o.asks(p.ID, ask)
		list := func() models.ChangeRequest {
			l := must2(o.net.ChangeRequests(o.ctx, o.Doctor, referral.ChangeQuery{}, models.Page{Limit: 10}))(t)
			if len(l.Items) != 1 {
				t.Fatalf("%d requests, want 1", len(l.Items))
			}
			return l.Items[0]
		}
		if got := list(); got.Words == "" || got.ExplanationGiven == "" {
			t.Errorf("with nothing ended: %+v", got)
		}
		before := must2(o.net.FaxBackForm(o.ctx, o.Therapist, c.Request.ID))(t)
		o.ended(p.ClientID)
		if got := list(); got.Words != "" || got.ExplanationGiven != "" || got.Status != models.ChangeSent {
			t.Errorf("after the release ended: %+v", got)
		}
		after := must2(o.net.FaxBackForm(o.ctx, o.Therapist, c.Request.ID))(t)
		if was, is := formText(t, before.Bytes), formText(t, after.Bytes); !strings.Contains(was, "2 left") || !strings.Contains(was, "Client says") || !strings.Contains(is, "4 visits") || strings.Contains(is, "Client says") || strings.Contains(is, " left") || strings.Contains(is, "used") {
			t.Errorf("the form says\n%s\nand after the release ended\n%s", was, is)
		}
		must2(o.net.WithdrawChange(o.ctx, o.Therapist, c.Request.ID))(t)
		if got := list(); got.Status != models.ChangeSent || got.DecidedAt != nil {
			t.Errorf("what the practice did later: %+v", got)
		}
	})
}

// formText reads the words of a PDF.
func formText(t *testing.T, pdf []byte) string {
	t.Helper()
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	b, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(b)), " ")
}

func TestAStatusFilterTellsNothingAndWritesNothing(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		o.asks(p.ID, legsToo())
		entries := func() (n int) {
			o.Write(func(tx *store.Tx) error {
				all, err := tx.Disclosures(p.ClientID, 0, time.Time{}, 100)
				n = len(all)
				return err
			})
			return n
		}
		orders := func(s models.PrescriptionStatus) int {
			return len(must2(o.net.Prescriptions(o.ctx, o.Doctor, referral.OrderQuery{Status: s}, models.Page{Limit: 10}))(t).Items)
		}
		changes := func(s models.ChangeStatus) int {
			return len(must2(o.net.ChangeRequests(o.ctx, o.Doctor, referral.ChangeQuery{Status: s}, models.Page{Limit: 10}))(t).Items)
		}
		before := entries()
		if n := orders(models.OrderCompleted); n != 0 || entries() != before {
			t.Errorf("%d orders, %d new entries in the ledger, want none", n, entries()-before)
		}
		if a, c := orders(models.OrderActive), changes(models.ChangeSent); a != 1 || c != 1 || entries() != before+2 {
			t.Errorf("%d orders, %d requests, %d new entries, want 1, 1 and 2", a, c, entries()-before)
		}
		o.ended(p.ClientID)
		before = entries()
		if a, c := orders(models.OrderActive), changes(models.ChangeSent); a != 0 || c != 0 || entries() != before {
			t.Errorf("after the release ended a filter finds %d orders, %d requests; %d new entries", a, c, entries()-before)
		}
		if a, c := orders(""), changes(""); a != 1 || c != 1 {
			t.Errorf("without a filter %d orders and %d requests, want 1 and 1", a, c)
		}
	})
}

func TestASuspendedPracticeLeavesTheInboxReadable(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		o.asks(p.ID, legsToo())
		o.Write(func(tx *store.Tx) error { _, err := tx.SetSuspended(o.Practice.ID, true); return err })
		orders, err := o.net.Prescriptions(o.ctx, o.Doctor, referral.OrderQuery{}, models.Page{Limit: 10})
		if err != nil || len(orders.Items) != 0 {
			t.Errorf("%d orders, %v", len(orders.Items), err)
		}
		changes, err := o.net.ChangeRequests(o.ctx, o.Doctor, referral.ChangeQuery{}, models.Page{Limit: 10})
		if err != nil || len(changes.Items) != 0 {
			t.Errorf("%d requests, %v", len(changes.Items), err)
		}
		reports, err := o.net.Reports(o.ctx, o.Doctor, referral.ReportQuery{}, models.Page{Limit: 10})
		if err != nil || len(reports.Items) != 0 {
			t.Errorf("%d reports, %v", len(reports.Items), err)
		}
		_, err = o.net.Prescription(o.ctx, o.Doctor, p.ID)
		refusedWith(t, err, fault.NotFound, "not_found")
	})
}

func TestAMailAboutAWithdrawnRequestDoesNotLeave(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		d := legsToo()
		d.Channel = models.ByLink
		c := o.asks(p.ID, d)
		may := func(kind models.MessageKind) error {
			return o.DB.WriteLocked(o.ctx, models.System(o.Practice.ID), func(ctx context.Context, tx *store.Tx) error {
				return o.net.MayStillSend(ctx, tx, models.Message{Kind: kind, ObjectKind: "change_request", ObjectID: string(c.Request.ID), ClientID: p.ClientID, ProviderID: o.Provider.ID})
			})
		}
		if err := may(models.MessageChangeLink); err != nil {
			t.Errorf("while it waits: %v", err)
		}
		must2(o.net.WithdrawChange(o.ctx, o.Therapist, c.Request.ID))(t)
		for _, kind := range []models.MessageKind{models.MessageChangeLink, models.MessageChangeNotice} {
			refusedWith(t, may(kind), fault.Conflict, "change.status")
		}
		if err := may(models.MessageChangeDecided); err != nil {
			t.Errorf("what was decided is told: %v", err)
		}
	})
}
