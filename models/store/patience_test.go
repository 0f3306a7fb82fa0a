package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// TestPostgreSQLBearsWithAServerForSecondsAndWithACommandForMinutes reads what
// the database itself says of each connection.
func TestPostgreSQLBearsWithAServerForSecondsAndWithACommandForMinutes(t *testing.T) {
	w := storetest.NewWorld(t, "postgres")
	for _, c := range []struct {
		patient               bool
		statement, lock, idle string
	}{{false, "5s", "3s", "10s"}, {true, "30min", "1min", "5min"}} {
		db := w.Open(func(cfg *store.Config) { cfg.Patient = c.patient })
		for name, want := range map[string]string{"statement_timeout": c.statement, "lock_timeout": c.lock, "idle_in_transaction_session_timeout": c.idle} {
			var got string
			if err := db.Pool().QueryRow("SHOW " + name).Scan(&got); err != nil || got != want {
				t.Errorf("patient %v: %s is %s, want %s (%v)", c.patient, name, got, want, err)
			}
		}
	}
}

// TestASlowStatementIsGivenUpAndLeavesNothing holds a table until the statement
// of a verb is given up: the caller gets a refusal to repeat, and no row stays.
func TestASlowStatementIsGivenUpAndLeavesNothing(t *testing.T) {
	w := storetest.NewWorld(t, "postgres")
	held, err := w.OwnerDB.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer held.Rollback()
	if _, err := held.Exec("LOCK TABLE clients IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	err = w.DB.WriteLocked(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error {
		tx.Log("client.add", "client", "", "", "")
		if err := tx.AddProvider(models.Provider{ID: "0196e000-0000-7000-8000-0000000000aa", Name: models.PersonName{Family: "Slow"}, CreatedAt: tx.Now()}); err != nil {
			return err
		}
		return tx.AddClient(models.Client{ID: "c", PracticeID: w.Practice.ID, Name: models.PersonName{Family: "Slow"}, BirthDate: "1980-01-01", State: models.ClientActive, CreatedAt: tx.Now()})
	})
	if f, ok := fault.As(err); !ok || f.Kind != fault.Unavailable || f.Code != "busy" || time.Since(begun) > 20*time.Second {
		t.Errorf("%v after %s", err, time.Since(begun))
	}
	err = w.DB.Read(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error {
		if _, err := tx.Provider("0196e000-0000-7000-8000-0000000000aa"); !errors.Is(err, fault.NotFound) {
			t.Errorf("a row stayed: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
