package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"rapport/models/store"
	"rapport/models/store/storetest"
)

// TestConcurrentWritersAreServedInTurn: with database/sql's own choice among
// those who wait, one in ten would be passed by twice as many as there are.
func TestConcurrentWritersAreServedInTurn(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	const writers, each = 16, 25
	var mu sync.Mutex
	var served, passed int
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				mu.Lock()
				came := served
				mu.Unlock()
				err := w.DB.Write(context.Background(), w.Therapist, func(context.Context, *store.Tx) error {
					mu.Lock()
					defer mu.Unlock()
					if served-came > 2*writers {
						passed++
					}
					served++
					time.Sleep(200 * time.Microsecond) // so that all others stand in line
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if served != writers*each || passed > writers*each/100 {
		t.Errorf("%d of %d writers were passed by more than %d others", passed, served, 2*writers)
	}
}

func TestAWriterInLineEndsWithItsRequest(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	w.Write(func(*store.Tx) error {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := w.DB.Write(ctx, w.Therapist, func(context.Context, *store.Tx) error { return nil }); err == nil {
			t.Error("a cancelled request was served")
		}
		return nil
	})
}
