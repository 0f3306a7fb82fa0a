package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

func addLink(w *storetest.World, object string) (models.LinkID, string) {
	id, token := models.LinkID(w.NewID()), models.Token([]byte(w.NewID()))
	w.Write(func(tx *store.Tx) error {
		return tx.AddLink(models.Link{ID: id, TokenHash: models.HashToken(token), Kind: models.LinkReport, ObjectID: object, ProviderID: w.Provider.ID, Email: "linh@greenlake.example"})
	})
	return id, token
}

// follow looks a token up as somebody unknown does.
func follow(w *storetest.World, token string, kind models.LinkKind) (l models.Link, err error) {
	err = w.DB.Write(context.Background(), models.Anonymous("", ""), func(_ context.Context, tx *store.Tx) (err error) {
		l, err = tx.LinkByToken(token, kind)
		return err
	})
	return l, err
}

func TestALinkIsFoundByItsTokenAndKindOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		id, token := addLink(w, "report-1")
		l, err := follow(w, token, models.LinkReport)
		if err != nil || l.ID != id || l.PracticeID != w.Practice.ID || l.TriesLeft != 5 || !l.ExpiresAt.Equal(storetest.Start.AddDate(0, 0, 14)) {
			t.Errorf("got %+v, %v", l, err)
		}
		if l.TokenHash == token {
			t.Error("the token itself is stored")
		}
		for _, x := range []struct {
			token string
			kind  models.LinkKind
		}{{token, models.LinkSign}, {token + "x", models.LinkReport}, {"", models.LinkReport}, {models.HashToken(token), models.LinkReport}} {
			if _, err := follow(w, x.token, x.kind); !errors.Is(err, fault.NotFound) {
				t.Errorf("%q as %s: %v, want not found", x.token, x.kind, err)
			}
		}
		w.Clock.Advance(14 * 24 * time.Hour)
		if _, err := follow(w, token, models.LinkReport); !errors.Is(err, fault.Gone) {
			t.Errorf("after 14 days: %v, want gone", err)
		}
	})
}

func TestALinkIsUsedOnceByConcurrentHands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		id, token := addLink(w, "report-1")
		var mu sync.Mutex
		var wg sync.WaitGroup
		won, gone := 0, 0
		for range 8 {
			wg.Go(func() {
				err := w.DB.Write(context.Background(), models.Anonymous("", ""), func(_ context.Context, tx *store.Tx) error { return tx.UseLink(id) })
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				}
				if errors.Is(err, fault.Gone) {
					gone++
				}
			})
		}
		wg.Wait()
		if won != 1 || gone != 7 {
			t.Errorf("%d won and %d were refused, want 1 and 7", won, gone)
		}
		if _, err := follow(w, token, models.LinkReport); !errors.Is(err, fault.Gone) {
			t.Errorf("a used link: %v, want gone", err)
		}
	})
}

func TestALinkEndsAfterFiveTries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		id, token := addLink(w, "report-1")
		for range models.LinkTries {
			if _, err := follow(w, token, models.LinkReport); err != nil {
				t.Fatal(err)
			}
			w.Write(func(tx *store.Tx) error { return tx.SpendTry(id) })
		}
		if _, err := follow(w, token, models.LinkReport); !errors.Is(err, fault.Gone) {
			t.Errorf("after five tries: %v, want gone", err)
		}
		err := w.DB.Write(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error { return tx.SpendTry(id) })
		if !errors.Is(err, fault.Gone) {
			t.Errorf("sixth try: %v, want gone", err)
		}
	})
}

func TestClosingLinksEndsThoseOfOneObjectAndPractice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		_, a := addLink(w, "report-1")
		_, b := addLink(w, "report-1")
		_, other := addLink(w, "report-2")
		if err := w.DB.Write(context.Background(), w.Stranger, func(_ context.Context, tx *store.Tx) error { return tx.CloseLinks("report-2") }); err != nil {
			t.Fatal(err)
		}
		w.Write(func(tx *store.Tx) error { return tx.CloseLinks("report-1") })
		for token, gone := range map[string]bool{a: true, b: true, other: false} {
			if _, err := follow(w, token, models.LinkReport); errors.Is(err, fault.Gone) != gone {
				t.Errorf("%v, want gone %v", err, gone)
			}
		}
	})
}

func TestThePassClosesExpiredLinksAndMayRunTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		old, _ := addLink(w, "report-1")
		w.Clock.Advance(10 * 24 * time.Hour)
		young, _ := addLink(w, "report-1")
		w.Clock.Advance(4 * 24 * time.Hour)
		for range 2 {
			w.Write(func(tx *store.Tx) error { return tx.CloseExpiredLinks() })
		}
		w.Write(func(tx *store.Tx) error {
			o, err := tx.Link(old)
			if err != nil || o.ClosedAt == nil || !o.ClosedAt.Equal(o.ExpiresAt) {
				t.Errorf("old link %+v, %v", o, err)
			}
			y, err := tx.Link(young)
			if err != nil || y.ClosedAt != nil {
				t.Errorf("young link %+v, %v", y, err)
			}
			return nil
		})
	})
}
