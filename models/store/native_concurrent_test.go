package store_test

import (
	"context"
	"testing"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// TestConcurrentCancelsLeaveNothing: a transaction whose request goes away in
// between writes nothing, and gives its connection back.
func TestConcurrentCancelsLeaveNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		for range 40 {
			ctx, cancel := context.WithCancel(context.Background())
			begun, ended := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(ended)
				<-begun
				cancel()
			}()
			err := w.DB.WriteLocked(ctx, w.Owner, func(_ context.Context, tx *store.Tx) (last error) {
				for k := range 30 {
					if k == 3 {
						close(begun)
					}
					last = tx.AddProvider(models.Provider{ID: models.ProviderID(w.NewID()), Name: models.PersonName{Family: "Gone"}, CreatedAt: tx.Now()})
					_, _ = tx.PracticeIDs()
				}
				<-ended
				return last
			})
			if err == nil {
				t.Fatal("a transaction was committed after its request was gone")
			}
		}
		var left int
		if err := w.OwnerDB.QueryRow("SELECT COUNT(*) FROM providers WHERE family = 'Gone'").Scan(&left); err != nil || left != 0 {
			t.Errorf("%d rows stayed, %v", left, err)
		}
		for range 200 { // every connection, should one be lost
			if err := w.DB.Read(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error { _, err := tx.PracticeIDs(); return err }); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.DB.Pool().Stats().InUse; n != 0 {
			t.Errorf("%d connections are still in use", n)
		}
	})
}

// TestPostgresThatHungUpIsAskedAgain: after the database closed all its
// connections, what begins anew works, and what was under way is told as busy.
func TestPostgresThatHungUpIsAskedAgain(t *testing.T) {
	w := storetest.NewWorld(t, "postgres")
	ctx, other := context.Background(), w.Open()
	hangUp := func() {
		if _, err := other.Pool().Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"); err != nil {
			t.Fatal(err)
		}
	}
	for name, f := range map[string]func() error{
		"glance": func() error {
			return w.DB.Glance(ctx, models.System(""), func(_ context.Context, tx *store.Tx) error { _, err := tx.PracticeIDs(); return err })
		},
		"read": func() error {
			return w.DB.Read(ctx, w.Owner, func(_ context.Context, tx *store.Tx) error { _, err := tx.PracticeIDs(); return err })
		},
		"write": func() error {
			return w.DB.Write(ctx, w.Owner, func(_ context.Context, tx *store.Tx) error { _, err := tx.PracticeIDs(); return err })
		},
	} {
		if err := f(); err != nil {
			t.Fatal(name, err)
		}
		hangUp()
		if err := f(); err != nil {
			t.Errorf("%s after the database hung up: %v", name, err)
		}
	}
	err := w.DB.Write(ctx, w.Owner, func(_ context.Context, tx *store.Tx) error {
		hangUp()
		_, err := tx.PracticeIDs()
		return err
	})
	if fault.CodeOf(err) != "busy" {
		t.Errorf("cut in the middle: %v", err)
	}
}
