package referral

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store"
)

// behind gives a connection that neither fences nor row-level security bind,
// as somebody with the disk or the superuser's password has it.
func (c *clinic) behind(t *testing.T) *sql.Conn {
	t.Helper()
	pool, fences := c.OwnerDB, "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'"
	if c.DB.Engine() == "postgres" {
		admin, err := sql.Open("pgx", strings.Replace(c.URL(), "rapport_app@", "postgres@", 1))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { admin.Close() })
		pool, fences = admin, "SELECT 'SET session_replication_role = replica'"
	}
	conn, err := pool.Conn(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	for _, down := range column[string](t, conn, fences) {
		runs(t, conn, down)
	}
	return conn
}

func runs(t *testing.T, on *sql.Conn, statement string, args ...any) {
	t.Helper()
	if _, err := on.ExecContext(context.Background(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func column[T any](t *testing.T, on *sql.Conn, query string, args ...any) (all []T) {
	t.Helper()
	rows, err := on.QueryContext(context.Background(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// verified is what rapport verify finds in the practice: "check row".
func (c *clinic) verified(t *testing.T) (found []string) {
	t.Helper()
	err := c.DB.Read(c.ctx, models.System(c.Practice.ID), func(_ context.Context, tx *store.Tx) error {
		var sum store.Checked
		for _, check := range []func(*store.Checked) error{tx.VerifyTrail, tx.VerifyDisclosures, tx.VerifyDocuments, tx.VerifyReferences, tx.VerifyPrescriptions, tx.VerifyNotes, tx.VerifyVisits} {
			if err := check(&sum); err != nil {
				return err
			}
		}
		for _, b := range sum.Broken {
			found = append(found, b.Check+" "+b.Row)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// eventful is a clinic with two orders, notes, documents, disclosures and
// decisions, and a trail over all of them.
func (c *clinic) eventful(t *testing.T) {
	t.Helper()
	c.more(t, "Boyd", "2026-03-03")
	c.signed(t, everything)
	id := c.written(t).ID
	c.send(t, id, models.ByLink)
	c.send(t, id, models.ByPortal)
	if found := c.verified(t); len(found) > 0 {
		t.Fatalf("untouched: %v", found)
	}
}

func TestVerifyNamesTheFirstBrokenRowOfEveryKind(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.eventful(t)
		restore := c.Image()
		look := c.behind(t)
		first := func(query string) string {
			t.Helper()
			got := column[string](t, look, query, string(c.Practice.ID))
			if len(got) < 2 {
				t.Fatalf("%s: %v, want two rows at least, so that the first is told from others", query, got)
			}
			return got[0]
		}
		document := first("SELECT id FROM documents WHERE practice_id = $1 ORDER BY id")
		order := first("SELECT id FROM prescriptions WHERE practice_id = $1 ORDER BY id")
		note := first("SELECT id FROM sessions WHERE practice_id = $1 ORDER BY id")
		series := first("SELECT id FROM order_series WHERE practice_id = $1 AND used > 0 ORDER BY id")
		told := first("SELECT CAST(seq AS TEXT) FROM disclosures WHERE practice_id = $1 ORDER BY seq")
		trail := column[int64](t, look, "SELECT seq FROM audit_events WHERE practice_id = $1 ORDER BY seq", string(c.Practice.ID))
		if len(trail) < 8 {
			t.Fatalf("a trail of %d events", len(trail))
		}
		end := trail[len(trail)-1]
		for _, x := range []struct{ what, sql, want string }{
			{"an event changed", "UPDATE audit_events SET outcome = 'forged' WHERE practice_id = $1 AND seq IN (3, 5)", "audit audit_events seq 3"},
			{"an event deleted", "DELETE FROM audit_events WHERE practice_id = $1 AND seq = 4", "audit audit_events seq 4"},
			{"an event inserted", fmt.Sprintf(`INSERT INTO audit_events SELECT practice_id, %d, at, principal, 'forged', object_kind, object_id, client_id, outcome, detail, hash, hash
				FROM audit_events WHERE practice_id = $1 AND seq = %d`, end+1, end), fmt.Sprintf("audit audit_events seq %d", end+1)},
			{"two events exchanged", "UPDATE audit_events SET seq = CASE seq WHEN 2 THEN 1000003 ELSE 1000002 END WHERE practice_id = $1 AND seq IN (2, 3);" +
				"UPDATE audit_events SET seq = seq - 1000000 WHERE practice_id = $1 AND seq > 1000000", "audit audit_events seq 2"},
			{"the tail cut off", fmt.Sprintf("DELETE FROM audit_events WHERE practice_id = $1 AND seq > %d", end-2), fmt.Sprintf("audit audit_events seq %d", end-1)},
			{"the whole trail taken", "DELETE FROM audit_events WHERE practice_id = $1", "audit audit_events seq 1"},
			{"documents changed", "UPDATE documents SET sealed = substr(sealed, 2) WHERE practice_id = $1", "documents documents id " + document},
			{"a document's hash changed", "UPDATE documents SET sha256 = 'aa' WHERE practice_id = $1", "documents documents id " + document},
			{"orders changed", "UPDATE prescriptions SET content = substr(content, 2) WHERE practice_id = $1", "prescriptions prescriptions id " + order},
			{"an order's hash changed", "UPDATE prescriptions SET content_sha256 = 'aa' WHERE practice_id = $1", "prescriptions prescriptions id " + order},
			{"notes changed", "UPDATE sessions SET note = substr(note, 2) WHERE practice_id = $1", "notes sessions id " + note},
			{"counters changed", "UPDATE order_series SET used = used - 1 WHERE practice_id = $1 AND used > 0", "visits order_series id " + series},
			{"visits renumbered", "UPDATE sessions SET visit_number = visit_number + 100 WHERE practice_id = $1", "visits order_series id " + series},
			{"decisions changed", "UPDATE disclosures SET allowed = NOT allowed WHERE practice_id = $1", "disclosures disclosures seq " + told},
			{"disclosures changed", "UPDATE disclosures SET description = 'nothing' WHERE practice_id = $1", "disclosures disclosures seq " + told},
			{"the first disclosure deleted and the others changed", "UPDATE disclosures SET description = 'nothing' WHERE practice_id = $1;DELETE FROM disclosures WHERE practice_id = $1 AND seq = " + told,
				"disclosures disclosures seq " + told},
		} {
			on := c.behind(t)
			for _, statement := range strings.Split(x.sql, ";") {
				runs(t, on, statement, string(c.Practice.ID))
			}
			on.Close()
			if found := c.verified(t); len(found) == 0 || !strings.Contains(" "+strings.Join(found, ", ")+",", " "+x.want+",") {
				t.Errorf("%s: %v, want %s", x.what, found, x.want)
			}
			restore()
		}
		if found := c.verified(t); len(found) > 0 {
			t.Errorf("put back: %v", found)
		}
	})
}

// TestSealedColumnsOfTwoRowsAreNotExchanged: each ciphertext is genuine and
// stands in the wrong row.
func TestSealedColumnsOfTwoRowsAreNotExchanged(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.eventful(t)
		restore := c.Image()
		for _, x := range []struct {
			table, column, check string
			read                 func(tx *store.Tx, id string) error
		}{
			{"documents", "sealed", "documents", func(tx *store.Tx, id string) error { _, err := tx.Document(models.DocumentID(id)); return err }},
			{"prescriptions", "content", "prescriptions", func(tx *store.Tx, id string) error { _, err := tx.Prescription(models.PrescriptionID(id)); return err }},
			{"sessions", "note", "notes", func(tx *store.Tx, id string) error { _, err := tx.Session(models.SessionID(id)); return err }},
		} {
			on := c.behind(t)
			ids := column[string](t, on, "SELECT id FROM "+x.table+" WHERE practice_id = $1 ORDER BY id", string(c.Practice.ID))
			sealed := column[[]byte](t, on, "SELECT "+x.column+" FROM "+x.table+" WHERE practice_id = $1 ORDER BY id", string(c.Practice.ID))
			for i := range 2 {
				runs(t, on, "UPDATE "+x.table+" SET "+x.column+" = $1 WHERE id = $2", sealed[1-i], ids[i])
			}
			on.Close()
			for _, id := range ids[:2] {
				if err := c.DB.Read(c.ctx, c.Therapist, func(_ context.Context, tx *store.Tx) error { return x.read(tx, id) }); err == nil {
					t.Errorf("%s.%s of another row was read", x.table, x.column)
				}
			}
			if found := c.verified(t); len(found) != 1 || found[0] != x.check+" "+x.table+" id "+ids[0] {
				t.Errorf("%s.%s: verify finds %v, want id %s", x.table, x.column, found, ids[0])
			}
			restore()
		}
	})
}

// TestSealedWordsAreNotInTheTables reads every column of every row as bytes.
func TestSealedWordsAreNotInTheTables(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.eventful(t)
		on := c.behind(t)
		names := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
		if c.DB.Engine() == "postgres" {
			names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
		}
		var all bytes.Buffer
		for _, table := range column[string](t, on, names) {
			rows, err := on.QueryContext(c.ctx, `SELECT * FROM "`+table+`"`)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			columns, err := rows.Columns()
			if err != nil {
				t.Fatal(err)
			}
			cells, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range cells {
				into[i] = &cells[i]
			}
			for rows.Next() {
				if err := rows.Scan(into...); err != nil {
					t.Fatal(err)
				}
				for _, cell := range cells {
					if b, ok := cell.([]byte); ok {
						all.Write(b)
					} else {
						fmt.Fprint(&all, cell)
					}
					all.WriteByte('\n')
				}
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
		}
		for _, words := range []string{"Stiff after driving", "Tender trapezius", "Turning is easier", "Continue as ordered", "M54.2", "%PDF-1"} {
			if bytes.Contains(all.Bytes(), []byte(words)) {
				t.Errorf("%q stands in the tables in clear", words)
			}
		}
		if !bytes.Contains(all.Bytes(), []byte("Nguyễn")) {
			t.Error("names are not there at all: this test looks in the wrong place")
		}
	})
}
