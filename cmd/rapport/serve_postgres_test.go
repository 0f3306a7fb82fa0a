package main

import (
	"context"
	"database/sql"
	"io"
	"net/http"
	"strings"
	"testing"

	"rapport/models/store/storetest"
)

// empty is a database that nobody has migrated, as its owner, as the program's
// own role and as the superuser.
func empty(t *testing.T) (owner, app, super string) {
	t.Helper()
	owner, app = storetest.Postgres(t, "empty", func(context.Context, string) error { return nil })
	return owner, app, strings.Replace(owner, "rapport_owner@", "postgres@", 1)
}

func tablesAt(t *testing.T, url string) (n int) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// served starts a server and asks whether it is ready; it says why not.
func (s serving) served(t *testing.T) (text string, err error) {
	t.Helper()
	s.DataDir, s.Addr = t.TempDir(), "127.0.0.1:0"
	if s, err = s.fill(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	srv, err := s.start(ctx, newLog(io.Discard), false)
	if err != nil {
		return "", err
	}
	done := make(chan error, 1)
	go func() { done <- srv.run(ctx) }()
	res, err := http.Get("http://" + srv.ln.Addr().String() + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	stop()
	if e := <-done; e != nil {
		t.Errorf("stopping: %v", e)
	}
	return string(b), err
}

// TestServeLeavesMigratingToTheOwner: without --migrate a server on PostgreSQL
// changes no schema, and it never runs with a role that row-level security does
// not bind.
func TestServeLeavesMigratingToTheOwner(t *testing.T) {
	owner, app, super := empty(t)
	if _, err := (serving{settings: settings{DatabaseURL: app}}).served(t); err == nil || !strings.Contains(err.Error(), "run rapport migrate as the owner") {
		t.Errorf("on an empty database: %v", err)
	}
	if n := tablesAt(t, owner); n != 0 {
		t.Errorf("serving made %d tables", n)
	}
	t.Setenv("RAPPORT_MIGRATE_DATABASE_URL", owner)
	for range 2 {
		if status, said := command(t, "", "migrate", "--data-dir", t.TempDir(), "--database-url", app); status != 0 || said != "the schema is current\n" {
			t.Fatalf("migrate: %d %s", status, said)
		}
	}
	if text, err := (serving{settings: settings{DatabaseURL: app}}).served(t); err != nil || text != "ready\n" {
		t.Errorf("as the program's role: %q, %v", text, err)
	}
	for _, bypass := range []string{"SUPERUSER", "BYPASSRLS"} {
		role := "rapport_" + strings.ToLower(bypass)
		statement(t, super, "CREATE ROLE "+role+" LOGIN "+bypass+" IN ROLE rapport_app")
		t.Cleanup(func() { statement(t, super, "DROP ROLE "+role) })
		free := strings.Replace(owner, "rapport_owner@", role+"@", 1)
		if _, err := (serving{settings: settings{DatabaseURL: free}}).served(t); err == nil || !strings.Contains(err.Error(), "use an ordinary role") {
			t.Errorf("with %s: %v", bypass, err)
		}
	}
}

func TestServeMigratesWhenItIsAskedTo(t *testing.T) {
	owner, app, _ := empty(t)
	if text, err := (serving{settings: settings{DatabaseURL: app}, Migrate: true, MigrateDatabaseURL: owner}).served(t); err != nil || text != "ready\n" {
		t.Errorf("%q, %v", text, err)
	}
}
