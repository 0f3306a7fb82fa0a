package referral_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

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
