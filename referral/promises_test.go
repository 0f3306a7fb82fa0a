package referral

import (
	"slices"
	"sync"
	"testing"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

func (c *clinic) owed(t *testing.T) map[string]models.PromiseLine {
	t.Helper()
	l, err := c.net.Promises(c.ctx, c.Desk, PromiseQuery{}, models.Page{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]models.PromiseLine{}
	for _, p := range l.Items {
		out[p.What] = p
	}
	return out
}

// granted lets the prescriber's id find the practice, as submitting does.
func (c *clinic) granted() {
	c.Write(func(tx *store.Tx) error { return tx.GrantOnce("prescription", string(c.order.ID), c.Provider.ID) })
}

func TestPromisesAreKeptByWhatWasSentOrSaid(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		id := c.related(t)
		c.granted()
		for _, d := range []models.PromiseDraft{{What: "the report", Kind: models.PromiseReport, ClientID: c.client.ID}, {What: "a call", Kind: models.PromiseCall},
			{What: "flowers"}, {What: "their letter", Kind: models.PromiseLetter, OwedBy: models.OwedByThem}} {
			d.RelationshipID, d.DueOn = id, "2026-03-10"
			if d.OwedBy == "" {
				d.OwedBy = models.OwedByUs
			}
			if _, err := c.net.Promise(c.ctx, c.Desk, d); err != nil {
				t.Fatal(err)
			}
		}
		asked, err := c.net.AskForDocument(c.ctx, c.Doctor, models.RequestDraft{ClientID: c.client.ID, Kind: "progress_report", Note: "Before the 20th, please."})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = c.net.PromiseReport(c.ctx, c.Therapist, c.order.ID, "", "the clock's"); err != nil {
			t.Fatal(err)
		}
		_, err = c.net.PromiseReport(c.ctx, c.Therapist, c.order.ID, "", "")
		code(t, err, "promise.open")
		c.contact(t, id, models.ContactDraft{Channel: models.ContactCall, Outcome: models.ReachedStaff})
		c.contact(t, id, models.ContactDraft{Channel: models.ContactFax, Outcome: models.Received})
		c.signed(t, everything)
		sent := c.send(t, c.written(t).ID, models.ByPortal)
		if got := c.owed(t)["the report"].State; got != models.PromiseLate {
			t.Errorf("before the mail left the report is %s, want late", got)
		}
		c.work(t)
		owed := c.owed(t)
		for what, want := range map[string][2]string{"the report": {"kept", "delivery"}, "the clock's": {"kept", "delivery"}, "a call": {"kept", "contact"}, "flowers": {"late", ""},
			"their letter": {"kept", "contact"}, "They asked for a document": {"kept", "delivery"}} {
			if p := owed[what]; [2]string{string(p.State), p.KeptKind} != want {
				t.Errorf("%s: %s by %q, want %v", what, p.State, p.KeptKind, want)
			}
		}
		if p := owed["the report"]; p.KeptID != string(sent.ID) || p.InTime() {
			t.Errorf("%+v", p.Promise)
		}
		l, err := c.net.DocumentRequests(c.ctx, c.Doctor, "", models.Page{Limit: 10})
		if err != nil || len(l.Items) != 1 || l.Items[0].ID != asked.ID || l.Items[0].State != models.RequestSent || l.Items[0].AnsweredID != string(sent.ID) ||
			l.Items[0].Practice != c.Practice.Name || l.Items[0].Note != "Before the 20th, please." {
			t.Errorf("%+v, %v", l.Items, err)
		}
	})
}

// TestAReferralMakesAPromiseThatItsEndKeeps: with whom, about whom and by when
// follow from it, and one is open at a time.
func TestAReferralMakesAPromiseThatItsEndKeeps(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, of(models.CategoryReferral, models.CategoryDemographics))
		r, err := c.net.Refer(c.ctx, c.Desk, models.ReferralOutline{Direction: models.Outbound, ClientID: c.client.ID, ProviderID: c.Provider.ID, Reason: "Numb fingers."})
		if err != nil {
			t.Fatal(err)
		}
		if r, err = c.net.ActOnReferral(c.ctx, c.Desk, r.ID, ReferralStep{ReferralAct: models.ReferralAct{Action: models.ActSend}, Confirm: true}); err != nil {
			t.Fatal(err)
		}
		findings := models.PromiseDraft{OwedBy: models.OwedByThem, Kind: models.PromiseReport, What: "Their findings"}
		p, err := c.net.PromiseOnReferral(c.ctx, c.Desk, r.ID, findings)
		if err != nil || p.ClientID != c.client.ID || p.ProviderID != c.Provider.ID || p.DueOn != r.DueOn || p.SourceKind != "referral" || p.SourceID != string(r.ID) {
			t.Fatalf("%+v, %v, the referral's day is %s", p.Promise, err, r.DueOn)
		}
		_, err = c.net.PromiseOnReferral(c.ctx, c.Desk, r.ID, findings)
		code(t, err, "promise.open")
		_, err = c.net.PromiseOnReferral(c.ctx, c.Stranger, r.ID, findings)
		code(t, err, "not_found")
		_, err = c.net.PromiseOnReferral(c.ctx, c.Doctor, r.ID, findings)
		code(t, err, "role.not_allowed")
		_, err = c.net.PromiseOnReferral(c.ctx, c.Desk, r.ID, models.PromiseDraft{})
		if got := violations(err); !slices.Equal(got, []string{"promise.owed_by", "promise.what"}) {
			t.Errorf("got %q", got)
		}
		for _, a := range []models.ReferralAct{{Action: models.ActAccept}, {Action: models.ActOutcome, Note: "Carpal tunnel."}} {
			if got := c.owed(t)["Their findings"].State; got != models.PromiseOpen {
				t.Errorf("before %s it is %s", a.Action, got)
			}
			if _, err := c.net.ActOnReferral(c.ctx, c.Doctor, r.ID, ReferralStep{ReferralAct: a}); err != nil {
				t.Fatal(err)
			}
		}
		if p := c.owed(t)["Their findings"]; p.State != models.PromiseKept || p.KeptKind != "referral" || p.KeptID != string(r.ID) {
			t.Errorf("after the outcome %+v", p.Promise)
		}
	})
}

func TestWhatIsOwedForAReferralEndsWithIt(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.introduced(t)
		c.signed(t, of(models.CategoryReferral, models.CategoryDemographics))
		r, err := c.net.Refer(c.ctx, c.Desk, models.ReferralOutline{Direction: models.Outbound, ClientID: c.client.ID, ProviderID: c.Provider.ID, Reason: "Numb fingers."})
		if err != nil {
			t.Fatal(err)
		}
		thanks, packet := models.PromiseDraft{OwedBy: models.OwedByUs, Kind: models.PromiseLetter, What: "A thank-you letter"},
			models.PromiseDraft{OwedBy: models.OwedByUs, Kind: models.PromisePacket, What: "Our packet"}
		theirs := models.PromiseDraft{OwedBy: models.OwedByThem, Kind: models.PromiseLetter, What: "Their letter"}
		for _, d := range []models.PromiseDraft{thanks, packet, theirs} {
			if _, err := c.net.PromiseOnReferral(c.ctx, c.Desk, r.ID, d); err != nil {
				t.Fatalf("%s: %v", d.What, err)
			}
			_, err := c.net.PromiseOnReferral(c.ctx, c.Desk, r.ID, d)
			code(t, err, "promise.open")
		}
		if _, err := c.net.SendPacket(c.ctx, c.Desk, r.RelationshipID, models.ContactLetter); err != nil {
			t.Fatal(err)
		}
		if got := c.owed(t)["Our packet"]; got.State != models.PromiseKept {
			t.Errorf("a packet that went out keeps what was promised about a client too: %+v", got.Promise)
		}
		if _, err := c.net.ActOnReferral(c.ctx, c.Desk, r.ID, ReferralStep{ReferralAct: models.ReferralAct{Action: models.ActSend}, Confirm: true}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.net.ActOnReferral(c.ctx, c.Doctor, r.ID, ReferralStep{ReferralAct: models.ReferralAct{Action: models.ActDecline, Reason: "not_my_field"}}); err != nil {
			t.Fatal(err)
		}
		for _, what := range []string{"A thank-you letter", "Their letter"} {
			if got := c.owed(t)[what]; got.State != models.PromiseReleased || got.Reason != "The referral is declined." {
				t.Errorf("%s: %+v", what, got.Promise)
			}
		}
		_, err = c.net.PromiseOnReferral(c.ctx, c.Desk, r.ID, thanks)
		code(t, err, "promise.referral_ended")
	})
}

func TestConcurrentEndsOfAPromiseCountOnce(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		id := c.related(t)
		p, err := c.net.Promise(c.ctx, c.Desk, models.PromiseDraft{RelationshipID: id, OwedBy: models.OwedByUs, Kind: models.PromiseCall, What: "a call", DueOn: "2026-03-10"})
		if err != nil {
			t.Fatal(err)
		}
		codes := make([]string, 6)
		var wg sync.WaitGroup
		for i := range codes {
			wg.Go(func() {
				var err error
				switch i % 3 {
				case 0:
					_, err = c.net.KeepPromise(c.ctx, c.Desk, p.ID)
				case 1:
					_, err = c.net.ReleasePromise(c.ctx, c.Desk, p.ID, "They moved.")
				default:
					_, err = c.net.LogContact(c.ctx, c.Desk, id, models.ContactDraft{Channel: models.ContactCall, Outcome: models.ReachedStaff})
					if err == nil {
						return
					}
				}
				codes[i] = "done"
				if err != nil {
					codes[i] = fault.CodeOf(err)
				}
			})
		}
		wg.Wait()
		ended := c.owed(t)["a call"]
		if n := len(slices.DeleteFunc(slices.Clone(codes), func(s string) bool { return s != "done" })); ended.Version != 2 || n > 1 || n == 0 && ended.KeptKind != "contact" {
			t.Errorf("ended %d times by hand, version %d, by %q: %q", n, ended.Version, ended.KeptKind, codes)
		}
	})
}

func TestADocumentRequestIsDeclinedWithAReasonOrWithdrawn(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.granted()
		ask := func(kind string) models.RequestLine {
			r, err := c.net.AskForDocument(c.ctx, c.Doctor, models.RequestDraft{ClientID: c.client.ID, Kind: kind})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		_, err := c.net.AskForDocument(c.ctx, c.Doctor2, models.RequestDraft{ClientID: c.client.ID, Kind: "session_notes"})
		code(t, err, "not_found")
		_, err = c.net.AskForDocument(c.ctx, c.Desk, models.RequestDraft{ClientID: c.client.ID, Kind: "session_notes"})
		code(t, err, "role.not_allowed")
		_, err = c.net.AskForDocument(c.ctx, c.Doctor, models.RequestDraft{ClientID: c.client.ID, Kind: "x-ray", WantedBy: "2020-01-01"})
		if got := violations(err); !slices.Equal(got, []string{"request.kind", "request.wanted_by"}) {
			t.Errorf("got %q", got)
		}
		r := ask("session_notes")
		_, err = c.net.DeclineDocument(c.ctx, c.Therapist, r.ID, " ")
		code(t, err, "validation")
		_, err = c.net.DeclineDocument(c.ctx, c.Stranger, r.ID, "No.")
		code(t, err, "not_found")
		if r, err = c.net.DeclineDocument(c.ctx, c.Therapist, r.ID, "The client did not release the notes."); err != nil || r.State != models.RequestDeclined {
			t.Errorf("%+v, %v", r, err)
		}
		_, err = c.net.WithdrawDocument(c.ctx, c.Doctor, r.ID)
		code(t, err, "request.settled")
		r = ask("order_status")
		_, err = c.net.WithdrawDocument(c.ctx, c.Doctor2, r.ID)
		code(t, err, "not_found")
		if r, err = c.net.WithdrawDocument(c.ctx, c.Doctor, r.ID); err != nil || r.State != models.RequestWithdrawn {
			t.Errorf("%+v, %v", r, err)
		}
		l, err := c.net.Promises(c.ctx, c.Desk, PromiseQuery{State: models.PromiseReleased}, models.Page{Limit: 10})
		if err != nil || len(l.Items) != 2 {
			t.Errorf("%d promises released, %v", len(l.Items), err)
		}
	})
}
