package store_test

import (
	"database/sql"
	"strings"
	"testing"

	"rapport/models/store/storetest"
)

// refusedIn runs one statement in practice A and wants a trigger to refuse it.
func refusedIn(t *testing.T, f *filler, before []string, statement string) {
	t.Helper()
	f.in("A", false, func(tx *sql.Tx) {
		for _, b := range before {
			if _, err := tx.Exec(b); err != nil {
				t.Errorf("%s: %v", b, err)
				return
			}
		}
		_, err := tx.Exec(statement)
		if err == nil {
			t.Errorf("%v then %s: done, want it refused", before, statement)
		} else if e := err.Error(); !strings.Contains(e, "append-only") && !strings.Contains(e, "frozen") && !strings.Contains(e, "kept") {
			t.Errorf("%v then %s: %v, want a trigger's refusal", before, statement, err)
		}
	})
}

// replaceRow is SQLite's way to delete in silence: without recursive_triggers
// the deletion inside INSERT OR REPLACE fires no trigger.
func replaceRow(name string) string {
	return "INSERT OR REPLACE INTO " + name + " SELECT * FROM " + name + " WHERE practice_id = 'A'"
}

// TestWhatIsAppendOnlyCannotBeChangedOrDeleted asks the triggers themselves, as
// the program's role and past the store.
func TestWhatIsAppendOnlyCannotBeChangedOrDeleted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f := newFiller(t, w)
		f.fill()
		for _, name := range []string{"documents", "addenda", "delivery_events", "disclosures", "audit_events"} {
			refusedIn(t, f, nil, "UPDATE "+name+" SET practice_id = practice_id")
			refusedIn(t, f, nil, "DELETE FROM "+name)
			if f.engine == "sqlite" {
				refusedIn(t, f, nil, replaceRow(name))
				continue
			}
			f.in("A", false, func(tx *sql.Tx) {
				if _, err := tx.Exec("TRUNCATE " + name + " CASCADE"); err == nil {
					t.Errorf("%s: the program's role could truncate it", name)
				}
			})
		}
	})
}

// TestASignedRowIsFrozen: after the signature neither content nor row can be
// changed, deleted or replaced; before it both can.
func TestASignedRowIsFrozen(t *testing.T) {
	signed := []struct {
		table   string
		sign    string
		columns []string
	}{
		{"prescriptions", "status = 'submitted'", []string{"content", "content_sha256", "signature", "version"}},
		{"sessions", "state = 'signed'", []string{"note", "regions", "minutes", "techniques", "started_at", "content_sha256", "visit_number"}},
		{"reports", "status = 'signed'", []string{"document_id", "sha256", "narrative", "categories"}},
		{"releases", "status = 'active'", []string{"categories", "purpose", "expires_on", "expiry_event", "signature", "document_id"}},
	}
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f := newFiller(t, w)
		f.fill()
		for _, s := range signed {
			sign := "UPDATE " + s.table + " SET " + s.sign + " WHERE practice_id = 'A'"
			for _, col := range s.columns {
				change := "UPDATE " + s.table + " SET " + col + " = "
				switch fam := f.tables[s.table].Columns[col]; {
				case strings.HasPrefix(fam, "integer"):
					change += col + " + 40"
				case strings.HasPrefix(fam, "time"):
					change += "'2020-01-01 00:00:00'"
				case col == "document_id":
					change += "CASE id WHEN 'x' THEN 'y' ELSE 'x' END"
				case strings.HasPrefix(fam, "bytes") && f.engine == "postgres":
					change += "'\\x00'"
				default:
					change += "'changed'"
				}
				change += " WHERE practice_id = 'A'"
				f.in("A", false, func(tx *sql.Tx) {
					if _, err := tx.Exec(change); err != nil {
						t.Errorf("before the signature, %s: %v", change, err)
					}
				})
				refusedIn(t, f, []string{sign}, change)
			}
			// a row that nothing points at, so that the refusal is the trigger's
			lone := f.lone(s.table, "A", "w", 7)
			if s.table == "reports" || s.table == "releases" {
				lone["document_id"] = "x"
			}
			f.in("A", true, func(tx *sql.Tx) {
				if err := f.insert(tx, s.table, lone); err != nil {
					t.Errorf("%s: %v", s.table, err)
				}
			})
			refusedIn(t, f, []string{sign}, "DELETE FROM "+s.table+" WHERE id = 'w'")
			if f.engine == "sqlite" {
				refusedIn(t, f, []string{sign}, replaceRow(s.table))
			}
		}
		refusedIn(t, f, []string{"UPDATE releases SET status = 'active'", "UPDATE releases SET status = 'revoked'"}, "UPDATE releases SET status = 'active'")
	})
}
