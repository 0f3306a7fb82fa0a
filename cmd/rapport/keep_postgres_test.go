package main

import (
	"context"
	"database/sql"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/migrations"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// TestAPostgresDumpRestoresWhole does what docs/operate.md says: dump as the
// superuser, restore into a new database of the same owner, verify as the
// program's own role, and count.
func TestAPostgresDumpRestoresWhole(t *testing.T) {
	dir, dump := t.TempDir(), filepath.Join(t.TempDir(), "rapport.dump")
	owner, app := storetest.Postgres(t, "dump", func(ctx context.Context, url string) error {
		db, err := sql.Open("pgx", url)
		if err != nil {
			return err
		}
		defer db.Close()
		return migrations.Postgres(ctx, db)
	})
	before := demoYearOn(t, app, filepath.Join(dir, "secret.json"))
	super := strings.Replace(owner, "rapport_owner@", "postgres@", 1)
	name, _, _ := strings.Cut(owner[strings.LastIndex(owner, "/")+1:], "?")
	at := func(url string) string { return strings.Replace(url, "/"+name+"?", "/"+name+"_restored?", 1) }
	statement(t, super, "CREATE DATABASE "+name+"_restored OWNER rapport_owner")
	t.Cleanup(func() { statement(t, super, "DROP DATABASE "+name+"_restored WITH (FORCE)") })
	for _, c := range []*exec.Cmd{exec.Command("pg_dump", "--format=custom", "--file="+dump, super), exec.Command("pg_restore", "--dbname="+at(super), dump)} {
		if said, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", c.Args, err, said)
		}
	}
	if after := countsAt(t, at(app), filepath.Join(dir, "secret.json")); !maps.Equal(after, before) || after["sessions"] == 0 || after["documents"] == 0 {
		t.Errorf("got %v, want %v", after, before)
	}
	t.Setenv("RAPPORT_DATABASE_URL", at(app))
	if status, said := command(t, "", "verify", "--data-dir", dir); status != 0 || !strings.Contains(said, "everything fits") {
		t.Errorf("%d %s", status, said)
	}
	if err := os.Remove(filepath.Join(dir, "secret.json")); err != nil {
		t.Fatal(err)
	}
	if status, said := command(t, "", "verify", "--data-dir", dir); status == 0 || !strings.Contains(said, "there is no master key") {
		t.Errorf("without the key: %d %s", status, said)
	}
}

// demoYearOn lives the demo year on a database and counts its rows.
func demoYearOn(t *testing.T, url, secret string) map[string]int64 {
	t.Helper()
	master, err := madeSecret(secret)
	if err != nil {
		t.Fatal(err)
	}
	s := newSeeder(t.Context(), time.Now())
	db, err := store.Open(store.Config{URL: url, Now: s.now, NewID: newID, Master: master})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := s.fill(db, "http://127.0.0.1:8080"); err != nil {
		t.Fatal(err)
	}
	counts, err := db.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

func countsAt(t *testing.T, url, secret string) map[string]int64 {
	t.Helper()
	db, err := settings{DatabaseURL: url, SecretFile: secret}.open(nil, false)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	counts, err := db.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

func statement(t *testing.T, url, sqlText string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), sqlText); err != nil {
		t.Errorf("%s: %v", sqlText, err)
	}
}
