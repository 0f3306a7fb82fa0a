package main

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"rapport/migrations"
)

// olderVersion is before report clocks could ring more than once.
const olderVersion = 18

// older is the demo year as an older version of the program kept it: its
// schema, and the year's rows as far as that had columns for them.
func older(t *testing.T, year string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "older.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, migrations.Files("sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), olderVersion); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"PRAGMA foreign_keys = OFF", "ATTACH '" + filepath.Join(year, "rapport.db") + "' AS year"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	guards := names(t, db, "SELECT sql FROM main.sqlite_schema WHERE type = 'trigger'")
	for _, g := range names(t, db, "SELECT name FROM main.sqlite_schema WHERE type = 'trigger'") {
		if _, err := db.Exec("DROP TRIGGER main." + g); err != nil {
			t.Fatal(err)
		}
	}
	defer func() {
		for _, g := range guards {
			if _, err := db.Exec(g); err != nil {
				t.Error(err)
			}
		}
	}()
	for _, table := range names(t, db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'goose_%' AND name NOT LIKE 'sqlite_%' AND name <> 'open_items' AND sql NOT LIKE 'CREATE VIRTUAL%'") {
		both := strings.Join(names(t, db, "SELECT '\"' || name || '\"' FROM pragma_table_info('"+table+"') WHERE name IN (SELECT name FROM pragma_table_info('"+table+"', 'year'))"), ", ")
		if both == "" {
			continue
		}
		if _, err := db.Exec("DELETE FROM main." + table + "; INSERT INTO main." + table + " (" + both + ") SELECT " + both + " FROM year." + table); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	return path
}

func names(t *testing.T, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestABackupOfAnOlderVersionIsBroughtUpAndVerified: restored by this program,
// it has today's schema and the year's records; the backup stays as it was.
func TestABackupOfAnOlderVersionIsBroughtUpAndVerified(t *testing.T) {
	year := copyOfYear(t)
	backup, dir := older(t, year), t.TempDir()
	if err := copyFile(filepath.Join(year, "secret.json"), filepath.Join(dir, "secret.json")); err != nil {
		t.Fatal(err)
	}
	if status, said := command(t, "", "restore", "--data-dir", dir, backup); status != 0 || !strings.Contains(said, "restored and verified") {
		t.Fatalf("%d %s", status, said)
	}
	if status, said := command(t, "", "verify", "--data-dir", dir); status != 0 || !strings.Contains(said, "everything fits") {
		t.Errorf("%d %s", status, said)
	}
	before, after := countsOf(t, year), countsOf(t, dir)
	before["audit_events"]++ // that the messages which were on their way wait for a person now
	for table, n := range before {
		if after[table] != n && table != "open_items" { // the server's next pass fills the lists
			t.Errorf("%s: %d rows of %d", table, after[table], n)
		}
	}
	for path, behind := range map[string]bool{backup: true, filepath.Join(dir, "rapport.db"): false} {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if got, err := migrations.Pending(context.Background(), db, "sqlite"); err != nil || got != behind {
			t.Errorf("%s is behind: %v, %v", filepath.Base(path), got, err)
		}
	}
}
