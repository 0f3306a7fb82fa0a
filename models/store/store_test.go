package store_test

import (
	"context"
	"errors"
	"testing"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

func TestClientRoundTripAndStaleUpdate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := w.Client("Zoë", "Đặng")
		w.Write(func(tx *store.Tx) error {
			got, err := tx.Client(c.ID)
			if err != nil || got != c {
				t.Errorf("got %+v, %v, want %+v", got, err, c)
			}
			l, err := tx.Clients("dang", models.Page{Limit: 10})
			if err != nil || len(l.Items) != 1 {
				t.Errorf("search without accents: %v, %v", l, err)
			}
			return tx.UpdateClient(c, 1)
		})
		err := w.DB.Write(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error { return tx.UpdateClient(c, 1) })
		if !errors.Is(err, fault.Stale) {
			t.Errorf("second update of version 1: %v, want stale", err)
		}
	})
}

func TestAnotherPracticesClientIsNotFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := w.Client("Ana", "Silva")
		err := w.DB.Read(context.Background(), w.Stranger, func(_ context.Context, tx *store.Tx) error { _, err := tx.Client(c.ID); return err })
		if !errors.Is(err, fault.NotFound) {
			t.Errorf("got %v, want not found", err)
		}
	})
}

func TestTheTrailIsChainedAndAppendOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		for range 3 {
			w.Write(func(tx *store.Tx) error { tx.Log("test.done", "thing", "1", "", ""); return nil })
		}
		w.Write(func(tx *store.Tx) error {
			events, err := tx.Audit(0, 100)
			if err != nil || len(events) != 3 || models.VerifyChain(0, "", events) != 0 {
				t.Errorf("trail %v, %v", events, err)
			}
			events[1].Action = "forged"
			if models.VerifyChain(0, "", events) != 2 {
				t.Error("a forged event was not found")
			}
			return nil
		})
		if _, err := w.OwnerDB.Exec("UPDATE audit_events SET action = 'forged'"); err == nil && w.DB.Engine() == "sqlite" {
			t.Error("the trail could be changed")
		}
	})
}

func TestDocumentsComeBackWholeAndSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := w.Client("Ana", "Silva")
		var d models.Document
		w.Write(func(tx *store.Tx) (err error) {
			d, err = tx.AddDocument(c.ID, "scan", "application/pdf", []byte("%PDF secret words"))
			return err
		})
		w.Write(func(tx *store.Tx) error {
			got, err := tx.Document(d.ID)
			if err != nil || string(got.Bytes) != "%PDF secret words" {
				t.Errorf("got %q, %v", got.Bytes, err)
			}
			return nil
		})
	})
}
