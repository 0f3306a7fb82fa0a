package store_test

import (
	"context"
	"sync"
	"testing"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

func TestConcurrentVerbsBeginOneRelationship(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		ids := make([]models.RelationshipID, 8)
		var wg sync.WaitGroup
		for i := range ids {
			begin := w.DB.Write
			if i%2 == 1 {
				begin = w.DB.WriteLocked
			}
			wg.Go(func() {
				err := begin(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error {
					r, err := tx.EnsureRelationship(w.Provider.ID)
					ids[i] = r.ID
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, id := range ids {
			if id == "" || id != ids[0] {
				t.Fatalf("relationships %v, want one", ids)
			}
		}
	})
}

func TestRelationshipBelongsToItsPractice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		var mine models.Relationship
		w.Write(func(tx *store.Tx) (err error) { mine, err = tx.EnsureRelationship(w.Provider.ID); return err })
		if mine.ProviderID != w.Provider.ID || mine.PracticeID != w.Practice.ID || mine.Version != 1 {
			t.Errorf("%+v", mine)
		}
		err := w.DB.Read(context.Background(), w.Stranger, func(_ context.Context, tx *store.Tx) error {
			if _, err := tx.Relationship(mine.ID); err == nil {
				t.Error("another practice reads it")
			}
			_, err := tx.RelationshipWith(w.Provider.ID)
			if err == nil {
				t.Error("another practice has it")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
