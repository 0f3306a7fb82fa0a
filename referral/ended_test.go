package referral

import (
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store"
)

// TestAWishNamesNobodyAfterTheReleaseEnded: a provider's wish for a document
// ends with the release like their order does, in lists, in answers given once
// more, and for new wishes.
func TestAWishNamesNobodyAfterTheReleaseEnded(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.granted()
		release := c.signed(t, everything)
		asked := models.RequestDraft{ClientID: c.client.ID, Kind: "session_notes", Note: "Before the 20th, please."}
		again := models.WithIdempotency(c.ctx, models.Idempotency{Route: "POST /api/v1/document-requests", Key: "k", BodySHA256: "b"})
		first, err := c.net.AskForDocument(again, c.Doctor, asked)
		if err != nil || first.Client.Family == "" {
			t.Fatalf("%+v, %v", first, err)
		}
		taken, err := c.net.AskForDocument(c.ctx, c.Doctor, models.RequestDraft{ClientID: c.client.ID, Kind: "order_status"})
		if err != nil {
			t.Fatal(err)
		}
		c.revoke(t, release)
		if _, err := c.net.DeclineDocument(c.ctx, c.Therapist, first.ID, "The client said no."); err != nil {
			t.Fatal(err)
		}
		list := func(by models.Actor, s models.RequestState) []models.RequestLine {
			l, err := c.net.DocumentRequests(c.ctx, by, s, models.Page{Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			return l.Items
		}
		seen := list(c.Doctor, "")
		replayed, err := c.net.AskForDocument(again, c.Doctor, asked)
		if err != nil {
			t.Fatal(err)
		}
		withdrawn, err := c.net.WithdrawDocument(c.ctx, c.Doctor, taken.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(seen) != 2 {
			t.Fatalf("%d wishes", len(seen))
		}
		for _, l := range append(seen, replayed, withdrawn) {
			if !l.Ended || l.Client.String() != "" || l.Reason != "" || l.State == models.RequestDeclined || l.ID == first.ID && l.Note != asked.Note {
				t.Errorf("after the release ended they read %+v", l)
			}
		}
		if n := len(list(c.Doctor, models.RequestDeclined)); n != 0 {
			t.Errorf("the filter tells that %d were declined", n)
		}
		if l := list(c.Desk, models.RequestDeclined); len(l) != 1 || l[0].Client.Family == "" || l[0].Ended {
			t.Errorf("the practice reads %+v", l)
		}
		_, err = c.net.WithdrawDocument(c.ctx, c.Doctor, first.ID)
		code(t, err, "release.ended")
		_, err = c.net.WithdrawDocument(models.WithIfMatch(c.ctx, 1), c.Doctor, first.ID) // the version that they still see
		code(t, err, "release.ended")
		_, err = c.net.AskForDocument(c.ctx, c.Doctor, asked)
		code(t, err, "release.ended")
		c.Write(func(tx *store.Tx) error {
			news := models.Message{Kind: models.MessageDocumentNews, ObjectKind: "document_request", ObjectID: string(first.ID), ClientID: c.client.ID, ProviderID: c.Provider.ID}
			code(t, requestMayGo(c.net, c.ctx, tx, news), "release.ended") // no mail says that it was declined
			return nil
		})
	})
}

func TestADraftReferralNamesNobodyAfterTheReleaseEnded(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.Write(func(tx *store.Tx) error { return tx.GrantOnce("client", string(c.client.ID), c.Provider.ID) })
		release := c.signed(t, everything)
		outline := models.ReferralOutline{ClientID: c.client.ID, Reason: "Numb fingers since Monday."}
		draft, err := c.net.Refer(c.ctx, c.Doctor, outline)
		if err != nil || draft.Client.Family == "" {
			t.Fatalf("%+v, %v", draft, err)
		}
		c.revoke(t, release)
		seen, err := c.net.Referral(c.ctx, c.Doctor, draft.ID)
		if err != nil {
			t.Fatal(err)
		}
		l, err := c.net.Referrals(c.ctx, c.Doctor, ReferralQuery{}, models.Page{Limit: 10})
		if err != nil || len(l.Items) != 1 {
			t.Fatalf("%+v, %v", l, err)
		}
		for _, v := range append(l.Items, seen) {
			if !v.Ended || v.Client.String() != "" || v.Born != "" || v.State != models.ReferralDraft || !strings.HasPrefix(v.Reason, "Numb") {
				t.Errorf("after the release ended they read %+v", v)
			}
		}
		_, err = c.net.Refer(c.ctx, c.Doctor, outline)
		code(t, err, "release.ended")
	})
}

// TestTheGateKnowsWhoeverWasMergedByTheirOldRecord: an id that somebody kept
// from before a merge asks for the same person as the one that stayed.
func TestTheGateKnowsWhoeverWasMergedByTheirOldRecord(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		old := d.twin(t)
		d.signed(t)
		ask := d.letter()
		ask.ProviderID = old.ID
		code(t, d.told(d.ctx, ask, d.Therapist), "release_required")
		if _, err := d.net.MergeProviders(d.ctx, d.Owner, old.ID, d.Provider.ID); err != nil {
			t.Fatal(err)
		}
		if err := d.told(d.ctx, ask, d.Therapist); err != nil {
			t.Errorf("by the old record: %v", err)
		}
		for _, own := range []models.Ask{{ProviderID: old.ID, Prescriber: d.Provider.ID}, {ProviderID: d.Provider.ID, Prescriber: old.ID}, {ProviderID: old.ID, Prescriber: old.ID}} {
			own.ClientID, own.Categories, own.Purpose = d.client.ID, []models.Category{models.CategoryPrescriptionStatus}, models.PurposeCoordination
			if err := d.told(d.ctx, own, d.Therapist); err != nil {
				t.Errorf("their own order by the old record: %v", err)
			}
		}
	})
}
