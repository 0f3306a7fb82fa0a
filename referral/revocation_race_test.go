package referral

import (
	"context"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// tellAs asks the gate in a verb of one of both kinds.
func (d *desk) tellAs(serializable bool) error {
	open := locked[bool]
	if serializable {
		open = decide[bool]
	}
	_, err := open(d.ctx, d.net, d.Therapist, func(_ context.Context, tx *store.Tx) (bool, error) {
		v, err := d.net.tell(tx, d.letter(), about{ObjectKind: "report", ObjectID: "rep", Description: "Progress report", Channel: "portal"})
		if err != nil {
			return false, err
		}
		return true, v.Refusal(false)
	})
	return err
}

// TestConcurrentRevocationsAreFollowedByNoDisclosure races a revocation with
// readers, round after round. The trail's numbers are the one order of both.
func TestConcurrentRevocationsAreFollowedByNoDisclosure(t *testing.T) {
	const rounds, readers = 25, 6
	eachDesk(t, func(t *testing.T, d *desk) {
		yes, no := 0, 0
		for round := range rounds {
			r := d.signed(t)
			var wg sync.WaitGroup
			start := make(chan bool)
			answers := make([]error, readers)
			for i := range readers {
				wg.Go(func() {
					<-start
					time.Sleep(time.Duration(i*round%7) * 300 * time.Microsecond)
					answers[i] = d.tellAs(i%3 == 0)
				})
			}
			var revoked error
			wg.Go(func() {
				<-start
				time.Sleep(time.Duration(round%5) * 500 * time.Microsecond)
				_, revoked = d.net.RevokeRelease(d.ctx, d.Owner, r.ID, models.RevocationDraft{Channel: "letter"})
			})
			close(start)
			wg.Wait()
			if revoked != nil {
				t.Fatal(revoked)
			}
			for _, err := range answers {
				switch {
				case err == nil:
					yes++
				case fault.CodeOf(err) == "release_required":
					no++
				default:
					t.Errorf("got %v", err)
				}
			}
		}
		if yes == 0 || no == 0 {
			t.Errorf("%d told and %d refused: the race was never close", yes, no)
		}
		d.checkOrder(t, yes)
	})
}

// checkOrder compares the ledger with the revocations on the trail.
func (d *desk) checkOrder(t *testing.T, told int) {
	t.Helper()
	d.Write(func(tx *store.Tx) error {
		revokedAt := map[models.ReleaseID]int64{}
		for after := int64(0); ; {
			events, err := tx.Audit(after, 500)
			if err != nil {
				return err
			}
			for _, e := range events {
				if e.Action == "release.revoke" && e.Outcome == "done" {
					revokedAt[models.ReleaseID(e.ObjectID)] = e.Seq
				}
				after = e.Seq
			}
			if len(events) < 500 {
				break
			}
		}
		ledger, err := tx.Disclosures(d.client.ID, 0, time.Time{}, 10000)
		allowed := 0
		for _, x := range ledger {
			if !x.Allowed {
				continue
			}
			allowed++
			if x.Seq > revokedAt[x.ReleaseID] {
				t.Errorf("disclosure %d came after revocation %d of its release", x.Seq, revokedAt[x.ReleaseID])
			}
		}
		if allowed != told {
			t.Errorf("%d allowed on record, %d were told", allowed, told)
		}
		return err
	})
}
