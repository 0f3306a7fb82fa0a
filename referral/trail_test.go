package referral_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
	"rapport/referral"
)

// trail reads a practice's audit trail and checks its chain.
func trail(t *testing.T, w *storetest.World, p models.PracticeID) []models.AuditEvent {
	t.Helper()
	var events []models.AuditEvent
	err := w.DB.Read(context.Background(), models.System(p), func(_ context.Context, tx *store.Tx) (err error) {
		events, err = tx.Audit(0, 1000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if broken := models.VerifyChain(0, "", events); broken != 0 {
		t.Errorf("the trail is broken at %d", broken)
	}
	return events
}

func TestWordsInPlaceOfAnIDAreNotKeptOnTheTrail(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		const words = "Silva torn knee"
		now := o.Clock.Now()
		_, session := o.net.RecordSession(o.ctx, o.Therapist, models.SessionDraft{ClientID: p.ClientID, PrescriptionID: words})
		_, booking := o.net.Book(o.ctx, o.Therapist, models.BookingDraft{ClientID: p.ClientID, PrescriptionID: words, StartsAt: now})
		_, measures := o.net.Measures(o.ctx, o.Therapist, p.ClientID, words)
		_, scan := o.net.Attachment(o.ctx, o.Owner, p.ID, words)
		_, list := o.net.Prescriptions(o.ctx, o.Owner, referral.OrderQuery{ClientID: words}, models.Page{Limit: 5})
		for name, err := range map[string]error{"session": session, "booking": booking, "measures": measures, "scan": scan} {
			if err == nil {
				t.Errorf("%s: not refused", name)
			}
		}
		if list != nil {
			t.Errorf("list: %v", list)
		}
		seen := map[string]bool{}
		for _, e := range trail(t, o.World, o.Practice.ID) {
			seen[e.Action] = true
			if strings.Contains(fmt.Sprint(e), "Silva") {
				t.Errorf("the trail holds %+v", e)
			}
		}
		for _, action := range []string{"session.record", "booking.add", "measures.read", "prescription.read_scan", "prescription.list"} {
			if !seen[action] {
				t.Errorf("no %s on the trail", action)
			}
		}
	})
}
