package store_test

import (
	"testing"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// TestEveryKindOfRecordIsNamedByOneStatement that both engines take, whichever
// kinds a page of the trail happens to hold, alone or together.
func TestEveryKindOfRecordIsNamedByOneStatement(t *testing.T) {
	kinds := []string{"booking", "change_request", "client", "contact", "delivery", "disclosure", "document_request", "invitation", "link", "message", "office_staff", "packet",
		"practice", "prescription", "promise", "provider", "referral", "referral_out_draft", "relationship", "release", "report", "session", "user"}
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		w.Write(func(tx *store.Tx) error {
			var all []models.TrailLine
			for _, kind := range kinds {
				l := models.TrailLine{AuditEvent: models.AuditEvent{Principal: "link:" + tx.NewID(), ObjectKind: kind, ObjectID: tx.NewID()}}
				if kind == "provider" {
					l.ObjectID = string(w.Provider.ID)
				}
				alone := []models.TrailLine{l}
				if err := tx.NameRecords(alone); err != nil {
					t.Errorf("%s: %v", kind, err)
				}
				if (kind == "provider") != (alone[0].Record.Name == w.Provider.DisplayName()) {
					t.Errorf("%s is %+v", kind, alone[0].Record)
				}
				all = append(all, l)
			}
			all = append(all, models.TrailLine{AuditEvent: models.AuditEvent{Principal: w.Owner.Principal(), ObjectKind: "practice"}})
			if err := tx.NameRecords(all); err != nil {
				return err
			}
			if got := all[len(all)-1].Roles; len(got) != 2 {
				t.Errorf("the owner acts as %v", got)
			}
			return nil
		})
	})
}
