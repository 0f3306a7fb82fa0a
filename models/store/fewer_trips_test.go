package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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

// TestAPracticeIsNeverPartOfAStatement unless it is made of what ids are made
// of; and what it writes stands on the trail all the same.
func TestAPracticeIsNeverPartOfAStatement(t *testing.T) {
	w := storetest.NewWorld(t, "postgres")
	for _, id := range []models.PracticeID{"'", "x'; DROP TABLE audit_events; --", `\`, "é", "a b", "a_b"} {
		said := ""
		db := w.Open(func(c *store.Config) { c.Trace = func(sql string, _ []any) { said += sql + "\n" } })
		if _, err := w.OwnerDB.Exec("INSERT INTO practices (id, name, time_zone, address, phone, fax, email, mode, settings, suspended, created_at, version) SELECT $1, name, time_zone, address, phone, fax, email, mode, settings, suspended, created_at, version FROM practices WHERE id = $2",
			string(id), string(w.Practice.ID)); err != nil {
			t.Fatal(err)
		}
		by := w.Owner
		by.PracticeID = id
		for n := int64(1); n <= 2; n++ {
			err := db.WriteLocked(context.Background(), by, func(_ context.Context, tx *store.Tx) error {
				tx.Log("client.list", "practice", "", "", "")
				return nil
			})
			var events, head int64
			in, _ := w.OwnerDB.Begin()
			_, _ = in.Exec("SELECT set_config('app.practice', $1, true)", string(id))
			seen := in.QueryRow("SELECT (SELECT COUNT(*) FROM audit_events WHERE practice_id = $1), (SELECT seq FROM audit_heads WHERE practice_id = $1)", string(id)).Scan(&events, &head)
			_ = in.Rollback()
			if err != nil || seen != nil || events != n || head != n {
				t.Errorf("%q: %v, %v: %d events, head at %d, want %d", id, err, seen, events, head, n)
			}
		}
		if strings.Contains(said, string(id)) && id != "'" && id != "a_b" || !strings.Contains(said, "set_config('app.practice', $1, true)") {
			t.Errorf("%q: asked %s", id, said)
		}
	}
}

// TestConcurrentRacesLostAtTheCommitAreRunAgain: the loser of a serializable
// race learns it from the message that carries its trail and its commit.
func TestConcurrentRacesLostAtTheCommitAreRunAgain(t *testing.T) {
	w := storetest.NewWorld(t, "postgres")
	var both, done sync.WaitGroup
	both.Add(2)
	var tries atomic.Int32
	for k := range 2 {
		done.Go(func() {
			first := true
			err := w.DB.Write(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error {
				tries.Add(1)
				have, err := tx.Clients("", models.Page{Limit: 50})
				if err != nil {
					return err
				}
				if first {
					first = false
					both.Done()
					both.Wait()
				}
				id := w.NewID()
				tx.Log("client.create", "client", id, models.ClientID(id), "")
				return tx.AddClient(models.Client{ID: models.ClientID(id), PracticeID: w.Practice.ID, Name: models.PersonName{Given: fmt.Sprint(len(have.Items)), Family: "Race"},
					BirthDate: models.Date(fmt.Sprintf("1990-01-0%d", k+1)), State: models.ClientActive, CreatedAt: tx.Now()})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	in, err := w.OwnerDB.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Rollback()
	if _, err := in.Exec("SELECT set_config('app.practice', $1, true)", string(w.Practice.ID)); err != nil {
		t.Fatal(err)
	}
	var names string
	if err := in.QueryRow("SELECT string_agg(given, ',' ORDER BY given) FROM clients WHERE family = 'Race'").Scan(&names); err != nil || names != "0,1" || tries.Load() < 3 {
		t.Errorf("they counted %q, %v, in %d tries: one of them has to see the other", names, err, tries.Load())
	}
	var events int
	if err := in.QueryRow("SELECT COUNT(*) FROM audit_events WHERE action = 'client.create'").Scan(&events); err != nil || events != 2 {
		t.Errorf("%d events, %v", events, err)
	}
}
