package referral

import (
	"context"
	"errors"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/stillreferring"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

func TestReferrerHistoriesCountEachPracticesReferrersByItsOwnDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := New(w.DB, nil, nil, Config{Now: w.Clock.Now})
		client := w.Client("Ana", "Silva")
		refer := func(at time.Time, d models.Direction, state models.ReferralState) {
			t.Helper()
			w.Write(func(tx *store.Tx) error {
				r, err := tx.EnsureRelationship(w.Provider.ID)
				if err != nil {
					return err
				}
				return tx.AddReferral(models.Referral{ID: models.ReferralID(w.NewID()), Direction: d, ClientID: client.ID, ProviderID: w.Provider.ID, RelationshipID: r.ID,
					Reason: "Neck", Priority: models.Routine, State: state, CreatedBy: w.Therapist.UserID, CreatedAt: at, Version: 1})
			})
		}
		monday := time.Date(2026, 1, 5, 20, 0, 0, 0, time.UTC) // noon in Seattle
		refer(monday, models.Inbound, models.ReferralReceived)
		refer(monday.Add(11*time.Hour), models.Inbound, models.ReferralReceived) // the same day there, the next in UTC
		refer(monday.AddDate(0, 0, 14), models.Inbound, models.ReferralDeclined)
		refer(monday.AddDate(0, 0, 21), models.Inbound, models.ReferralEnteredInError)
		refer(monday.AddDate(0, 0, 28), models.Inbound, models.ReferralDraft)
		refer(monday.AddDate(0, 0, 35), models.Outbound, models.ReferralReceived)
		got, err := n.ReferrerHistories(context.Background(), models.System(""))
		if err != nil {
			t.Fatal(err)
		}
		if want := (stillreferring.History{Repeats: 1, Recency: 2, Age: 8}); len(got) != 1 || got[0] != want { // it is 2026-03-02
			t.Errorf("got %+v, want %+v", got, want)
		}
		if _, err := n.ReferrerHistories(context.Background(), w.Owner); !errors.Is(err, fault.Forbidden) {
			t.Errorf("an owner reads them: %v", err)
		}
	})
}
