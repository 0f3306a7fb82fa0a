package store_test

import (
	"bytes"
	"context"
	"testing"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

func TestWhoSentAClientIsSealedAndOpensAfterTheKeysWereRotated(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		const words = "Her sister Dolores, at church"
		c := models.Client{ID: models.ClientID(w.NewID()), Name: models.PersonName{Given: "Ana", Family: "Silva"}, BirthDate: "1980-05-01",
			ReferredBy: words, State: models.ClientActive, CreatedAt: w.Clock.Now()}
		nobody := c
		nobody.ID, nobody.ReferredBy = models.ClientID(w.NewID()), ""
		w.Write(func(tx *store.Tx) error {
			if err := tx.AddClient(nobody); err != nil {
				return err
			}
			return tx.AddClient(c)
		})
		behind, err := w.OwnerDB.Begin()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = behind.Rollback() }()
		if w.DB.Engine() == "postgres" {
			if _, err := behind.Exec("SELECT set_config('app.practice', $1, true)", string(w.Practice.ID)); err != nil {
				t.Fatal(err)
			}
		}
		var kept []byte
		if err := behind.QueryRow("SELECT referred_by FROM clients WHERE referred_by IS NOT NULL").Scan(&kept); err != nil || len(kept) == 0 || bytes.Contains(kept, []byte("Dolores")) {
			t.Errorf("stored as %q, %v", kept, err)
		}
		if err := behind.Rollback(); err != nil {
			t.Fatal(err)
		}
		read := func(want string) {
			t.Helper()
			w.Write(func(tx *store.Tx) error {
				one, err := tx.Client(c.ID)
				if err != nil || one.ReferredBy != want {
					t.Errorf("read %q, %v, want %q", one.ReferredBy, err, want)
				}
				l, err := tx.Clients("silva", models.Page{Limit: 10})
				if len(l.Items) != 2 || l.Items[0].ReferredBy+l.Items[1].ReferredBy != want {
					t.Errorf("listed %+v", l.Items)
				}
				return err
			})
		}
		read(words)
		to, err := w.Master().Rotated()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.DB.RotateKeys(context.Background(), to); err != nil {
			t.Fatal(err)
		}
		read(words)
		c.ReferredBy = "Nobody, after all"
		w.Write(func(tx *store.Tx) error { return tx.UpdateClient(c, 1) })
		read("Nobody, after all")
	})
}
