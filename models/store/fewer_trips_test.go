package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// TestATrailThatCannotBeWrittenUndoesTheRest: on PostgreSQL the trail travels
// with the commit, and its failure still leaves nothing.
func TestATrailThatCannotBeWrittenUndoesTheRest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		refuse := `CREATE TRIGGER no_more BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'no more'); END`
		if w.DB.Engine() == "postgres" {
			refuse = `CREATE FUNCTION no_more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no more'; END $$;
				CREATE TRIGGER no_more BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION no_more()`
		}
		if _, err := w.OwnerDB.Exec(refuse); err != nil {
			t.Fatal(err)
		}
		add := func(log bool) error {
			return w.DB.WriteLocked(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error {
				if log {
					tx.Log("provider.create", "provider", w.NewID(), "", "")
				}
				return tx.AddProvider(models.Provider{ID: models.ProviderID(w.NewID()), Name: models.PersonName{Family: "Gone"}, CreatedAt: tx.Now()})
			})
		}
		for range 40 { // every connection, should one be left inside its transaction
			if err := add(true); err == nil {
				t.Fatal("committed without its event on the trail")
			}
		}
		var left int
		if err := w.OwnerDB.QueryRow("SELECT COUNT(*) FROM providers WHERE family = 'Gone'").Scan(&left); err != nil || left != 0 {
			t.Errorf("%d rows stayed, %v", left, err)
		}
		if n := w.DB.Pool().Stats().InUse; n != 0 {
			t.Errorf("%d connections are still in use", n)
		}
		if err := add(false); err != nil {
			t.Errorf("afterwards, without an event: %v", err)
		}
	})
}

// TestTransactionsOpenInsideTheirPractice: in the statement that begins them,
// and the next one on that connection is outside again.
func TestTransactionsOpenInsideTheirPractice(t *testing.T) {
	w := storetest.NewWorld(t, "postgres")
	var said []string
	db := w.Open(func(c *store.Config) {
		c.Trace = func(sql string, _ []any) { said = append(said, sql) }
	})
	db.Pool().SetMaxOpenConns(1)
	in := func() (practice string) {
		t.Helper()
		if err := db.Pool().QueryRow("SELECT COALESCE(current_setting('app.practice', true), '')").Scan(&practice); err != nil {
			t.Fatal(err)
		}
		return practice
	}
	for _, by := range []models.Actor{w.Owner, models.System(w.Practice.ID), models.System("")} {
		said = nil
		err := db.WriteLocked(context.Background(), by, func(_ context.Context, tx *store.Tx) error {
			if tx.PracticeID() != by.PracticeID {
				t.Errorf("in %q, want %q", tx.PracticeID(), by.PracticeID)
			}
			_, err := tx.PracticeIDs()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		want := "begin isolation level read committed"
		if by.PracticeID != "" {
			want += "; set local app.practice = '" + string(by.PracticeID) + "'"
		}
		if said[0] != want || slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, "set_config") }) {
			t.Errorf("asked %q", said)
		}
		if p := in(); p != "" {
			t.Errorf("the next is still in %q", p)
		}
	}
}

// TestAPracticeIsNeverPartOfAStatement unless it is made of what ids are made of.
func TestAPracticeIsNeverPartOfAStatement(t *testing.T) {
	w := storetest.NewWorld(t, "postgres")
	for _, id := range []models.PracticeID{"'", "x'; DROP TABLE audit_events; --", `\`, "\x00", "é", "a b"} {
		said := ""
		db := w.Open(func(c *store.Config) { c.Trace = func(sql string, _ []any) { said += sql + "\n" } })
		by := w.Owner
		by.PracticeID = id
		err := db.Read(context.Background(), by, func(_ context.Context, tx *store.Tx) error {
			_, err := tx.Clients("", models.Page{Limit: 5})
			return err
		})
		if strings.Contains(said, string(id)) && id != "'" || !strings.Contains(said, "set_config('app.practice', $1, true)") {
			t.Errorf("%q: %v, asked %s", id, err, said)
		}
	}
}
