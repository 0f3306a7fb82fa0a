package referral_test

import (
	"sync"
	"testing"

	"rapport/models"
	"rapport/models/store"
	"rapport/referral"
)

// owes writes down what a provider promised about a client.
func (l *loop) owes(c models.ClientID, kinds ...models.PromiseKind) {
	l.t.Helper()
	var with models.Relationship
	l.Write(func(tx *store.Tx) (err error) { with, err = tx.EnsureRelationship(l.Provider.ID); return err })
	for _, k := range kinds {
		must2(l.net.Promise(l.ctx, l.Desk, models.PromiseDraft{RelationshipID: with.ID, ClientID: c, OwedBy: models.OwedByThem, Kind: k, What: string(k), DueOn: "2026-12-01"}))(l.t)
	}
}

// kept lists what they owe about a client: by which thing it was kept, empty while open.
func (l *loop) kept(c models.ClientID) map[models.PromiseKind]string {
	l.t.Helper()
	out := map[models.PromiseKind]string{}
	for _, p := range must2(l.net.Promises(l.ctx, l.Desk, referral.PromiseQuery{OwedBy: models.OwedByThem, ClientID: c}, models.Page{Limit: 50}))(l.t).Items {
		out[p.Kind] = p.KeptKind
	}
	return out
}

// TestWhatTheyPromisedIsKeptByWhatArrives: an order, a referral, an answer or
// findings from their side keep what matches, and nothing else; their words on
// the phone are a call.
func TestWhatTheyPromisedIsKeptByWhatArrives(t *testing.T) {
	all := []models.PromiseKind{models.PromiseReport, models.PromisePacket, models.PromiseLetter, models.PromiseCall, models.PromiseDocument, models.PromiseOther}
	for name, c := range map[string]struct {
		arrives func(l *loop) models.ClientID // prepares, promises, and lets it arrive
		want    map[models.PromiseKind]string
	}{
		"an order": {func(l *loop) models.ClientID {
			d := l.writes(l.neckOnly())
			l.owes(d.ClientID, all...)
			must(l.t2(l.net.SubmitPrescription(l.ctx, l.Doctor, d.ID, models.Submission{Signature: typed("Linh Nguyễn")})))
			return d.ClientID
		}, map[models.PromiseKind]string{models.PromiseDocument: "prescription", models.PromiseLetter: "prescription"}},
		"an answer": {func(l *loop) models.ClientID {
			p := l.accepted()
			c := l.asks(p.ID, legsToo())
			l.owes(p.ClientID, all...)
			must2(l.net.DecideChange(l.ctx, l.Doctor, c.Request.ID, models.Decision{Reason: "Neck first."}))(l.t)
			return p.ClientID
		}, map[models.PromiseKind]string{models.PromiseDocument: "change_request", models.PromiseLetter: "change_request"}},
		"an answer on the phone": {func(l *loop) models.ClientID {
			r := l.outgoing()
			l.owes(l.client.ID, all...)
			l.acts(l.Desk, r, act(models.ActAccept, func(s *step) { s.SaidBy = "Robin, front desk" }))
			return l.client.ID
		}, map[models.PromiseKind]string{models.PromiseCall: "referral"}},
		"findings": {func(l *loop) models.ClientID {
			r := l.outgoing()
			l.acts(l.Doctor, r, act(models.ActAccept))
			l.owes(l.client.ID, all...)
			l.acts(l.Doctor, r, act(models.ActOutcome, noted))
			return l.client.ID
		}, map[models.PromiseKind]string{models.PromiseReport: "referral", models.PromiseDocument: "referral", models.PromiseLetter: "referral"}},
		"what we do ourselves": {func(l *loop) models.ClientID {
			l.owes(l.client.ID, all...)
			l.outgoing()
			return l.client.ID
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			eachLoop(t, func(t *testing.T, l *loop) {
				l.t = t
				other := l.Client("Bo", "Li")
				l.owes(other.ID, models.PromiseDocument)
				for k, by := range l.kept(c.arrives(l)) {
					if by != c.want[k] {
						t.Errorf("%s is kept by %q, want %q", k, by, c.want[k])
					}
				}
				if by := l.kept(other.ID)[models.PromiseDocument]; by != "" {
					t.Errorf("a promise about somebody else is kept by %q", by)
				}
			})
		})
	}
}

// outgoing is a referral that went out.
func (l *loop) outgoing() models.ReferralID {
	l.t.Helper()
	l.released(l.Provider.ID, models.CategoryReferral)
	r := l.refers(l.Desk, l.outline(models.Outbound))
	l.acts(l.Desk, r.ID, act(models.ActSend))
	return r.ID
}

// TestConcurrentArrivalsKeepAPromiseOnce: of two things that come at the same
// moment one keeps it, and both arrive.
func TestConcurrentArrivalsKeepAPromiseOnce(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		var ids []models.ReferralID
		for range 5 {
			ids = append(ids, l.outgoing())
		}
		l.owes(l.client.ID, models.PromiseDocument)
		l.owes("", models.PromiseLetter)
		errs := make([]error, len(ids))
		var wg sync.WaitGroup
		for i, id := range ids {
			wg.Go(func() { _, errs[i] = l.tries(l.Doctor, id, act(models.ActAccept)) })
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
		owed := must2(l.net.Promises(l.ctx, l.Desk, referral.PromiseQuery{OwedBy: models.OwedByThem}, models.Page{Limit: 50}))(t).Items
		if len(owed) != 2 {
			t.Fatalf("%d promises", len(owed))
		}
		for _, p := range owed {
			if p.State != models.PromiseKept || p.Version != 2 || p.KeptKind != "referral" {
				t.Errorf("%s: %s by %q, version %d", p.What, p.State, p.KeptKind, p.Version)
			}
		}
		if n := l.count("SELECT COUNT(*) FROM audit_events WHERE action = 'promise.keep'"); n != 2 {
			t.Errorf("%d times kept on the trail", n)
		}
	})
}
