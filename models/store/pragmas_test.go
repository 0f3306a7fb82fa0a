package store

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"
)

// TestSQLiteConnectionsAreAsDurableAsTheyAreOpened reads back what each pool's
// connections really do; a pragma that is misspelt in a DSN is not an error.
func TestSQLiteConnectionsAreAsDurableAsTheyAreOpened(t *testing.T) {
	d, err := Open(Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "a #path?.db"), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	readers, err := d.ro.DB()
	if err != nil {
		t.Fatal(err)
	}
	for _, pool := range []struct {
		name  string
		of    *sql.DB
		query string
	}{{"writer", d.Pool(), "0"}, {"reader", readers, "1"}} {
		for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "10000",
			"recursive_triggers": "1", "trusted_schema": "0", "query_only": pool.query} {
			var got string
			if err := pool.of.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s is %q, want %q (%v)", pool.name, pragma, got, want, err)
			}
		}
	}
	if _, err := readers.Exec("CREATE TABLE t (a)"); err == nil {
		t.Error("a reader wrote")
	}
}
