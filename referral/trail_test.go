package referral_test

import (
	"context"
	"testing"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
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
