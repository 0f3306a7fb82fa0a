package storetest

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

func open(t *testing.T, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func scan[T any](t *testing.T, db *sql.DB, query string, args ...any) T {
	t.Helper()
	var v T
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// run makes a migration out of statements and counts how often it ran.
func run(driver string, times *atomic.Int32, statements ...string) func(context.Context, string) error {
	return func(ctx context.Context, dsn string) error {
		times.Add(1)
		db, err := sql.Open(driver, dsn)
		if err != nil {
			return err
		}
		defer db.Close()
		for _, s := range statements {
			if _, err := db.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestEachPostgresTestHasItsOwnCloneOfOneTemplate(t *testing.T) {
	var times atomic.Int32
	key := t.Name() + time.Now().String() // a template of this run alone
	migrate := run("pgx", &times, `CREATE TABLE visits (n int)`)
	for range 2 {
		_, app := Postgres(t, key, migrate)
		db := open(t, "pgx", app)
		if _, err := db.Exec(`INSERT INTO visits VALUES (1)`); err != nil {
			t.Fatal(err)
		}
		if got := scan[int](t, db, `SELECT count(*) FROM visits`); got != 1 {
			t.Errorf("rows = %d, want 1: the databases are shared", got)
		}
	}
	if times.Load() != 1 {
		t.Errorf("migrated %d times, want 1", times.Load())
	}
}

func TestConcurrentPostgresTestsMigrateOnce(t *testing.T) {
	var times atomic.Int32
	key := t.Name() + time.Now().String()
	migrate := run("pgx", &times, `CREATE TABLE visits (n int)`)
	t.Run("six", func(t *testing.T) {
		for n := range 6 {
			t.Run(strconv.Itoa(n), func(t *testing.T) {
				t.Parallel()
				_, app := Postgres(t, key, migrate)
				if _, err := open(t, "pgx", app).Exec(`INSERT INTO visits VALUES (1)`); err != nil {
					t.Error(err)
				}
			})
		}
	})
	if times.Load() != 1 {
		t.Errorf("migrated %d times, want 1", times.Load())
	}
}

func TestTheProgramsRoleIsBoundByRowLevelSecurityAndOwnsNothing(t *testing.T) {
	var times atomic.Int32
	owner, app := Postgres(t, t.Name(), run("pgx", &times,
		`CREATE TABLE notes (id bigserial, practice text)`,
		`ALTER TABLE notes ENABLE ROW LEVEL SECURITY`,
		`ALTER TABLE notes FORCE ROW LEVEL SECURITY`,
		`CREATE POLICY own ON notes USING (practice = current_setting('rapport.practice', true))`,
		`CREATE TABLE ledger (n int)`,
		`REVOKE UPDATE, DELETE ON ledger FROM rapport_app`))
	for _, dsn := range []string{owner, app} {
		db := open(t, "pgx", dsn+"&options=-c%20rapport.practice%3Da")
		if _, err := db.Exec(`INSERT INTO notes (practice) VALUES ('a')`); err != nil {
			t.Errorf("own row: %v", err)
		}
		if _, err := db.Exec(`INSERT INTO notes (practice) VALUES ('b')`); err == nil {
			t.Error("a row of another practice was accepted")
		}
		if scan[bool](t, db, `SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user`) {
			t.Error("the role is above row-level security")
		}
	}
	db := open(t, "pgx", app)
	for _, refused := range []string{`CREATE TABLE mine (n int)`, `DROP TABLE notes`, `DELETE FROM ledger`} {
		if _, err := db.Exec(refused); err == nil {
			t.Errorf("the program's role may %s", refused)
		}
	}
}

func TestPostgresDropsTheDatabaseAfterTheTest(t *testing.T) {
	var times atomic.Int32
	var name string
	t.Run("inner", func(t *testing.T) {
		_, app := Postgres(t, "empty", run("pgx", &times))
		name = scan[string](t, open(t, "pgx", app), `SELECT current_database()`)
	})
	c, err := theCluster()
	if err != nil {
		t.Fatal(err)
	}
	if scan[bool](t, c.admin, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, name) {
		t.Errorf("%s is still there", name)
	}
}

func TestTheClusterIsReachedOverItsSocketOnly(t *testing.T) {
	c, err := theCluster()
	if err != nil {
		t.Fatal(err)
	}
	if got := scan[string](t, c.admin, `SHOW listen_addresses`); got != "" {
		t.Errorf("listen_addresses = %q, want none", got)
	}
	info, err := os.Stat(c.socket)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("mode = %o, want 700", info.Mode().Perm())
	}
}

func TestAnOwnClusterGoesWhenItsTestBinaryEnds(t *testing.T) {
	script, err := findScript()
	if err != nil {
		t.Fatal(err)
	}
	for name, end := range map[string]func(*exec.Cmd, func() error) error{
		"pipe closed": func(_ *exec.Cmd, closePipe func() error) error { return closePipe() },
		"killed":      func(c *exec.Cmd, _ func() error) error { return c.Process.Kill() },
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(script, "sh", "-c", `head -n 2 "$RAPPORT_TEST_PG/data/postmaster.pid"; exec cat`)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var pid int
			var data string
			if _, err := fmt.Fscan(bufio.NewReader(out), &pid, &data); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(filepath.Dir(data)) }) // a killed script cannot
			if err := end(cmd, in.Close); err != nil {
				t.Fatal(err)
			}
			cmd.Wait()
			in.Close()
			for stop := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				state, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
				if err != nil || strings.Contains(string(state), "State:\tZ") {
					return
				}
				if time.Now().After(stop) {
					t.Fatalf("the server (process %d) still runs", pid)
				}
			}
		})
	}
}

func TestEachSQLiteTestHasItsOwnCopyOfOneTemplate(t *testing.T) {
	var times atomic.Int32
	migrate := run("sqlite", &times, `PRAGMA journal_mode = wal`, `CREATE TABLE visits (n int)`)
	for range 2 {
		db := open(t, "sqlite", "file:"+SQLite(t, t.Name(), migrate))
		if _, err := db.Exec(`INSERT INTO visits VALUES (1)`); err != nil {
			t.Fatal(err)
		}
		if got := scan[int](t, db, `SELECT count(*) FROM visits`); got != 1 {
			t.Errorf("rows = %d, want 1: the files are shared", got)
		}
	}
	if times.Load() != 1 {
		t.Errorf("migrated %d times, want 1", times.Load())
	}
}

func TestSQLiteRefusesATemplateThatIsStillOpen(t *testing.T) {
	_, err := migrated(t.TempDir()+"/t.db", func(_ context.Context, path string) error {
		db := open(t, "sqlite", "file:"+path)
		_, err := db.Exec(`PRAGMA journal_mode = wal; CREATE TABLE visits (n int)`)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "close the database") {
		t.Errorf("err = %v, want the advice to close the database", err)
	}
}

func BenchmarkPostgres(b *testing.B) {
	var times atomic.Int32
	migrate := run("pgx", &times, `CREATE TABLE visits (n int)`)
	for b.Loop() {
		Postgres(b, "benchmark", migrate)
	}
}
