package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// template is one migrated SQLite file, held in memory so that nothing is left
// behind when the test binary ends.
type template struct {
	once  sync.Once
	bytes []byte
	err   error
}

var templates sync.Map // key to *template

// SQLite returns the path of a fresh SQLite file in a directory of the test's
// own: a copy of one that migrate filled, once per key and test binary. migrate
// must close what it opens.
func SQLite(t testing.TB, key string, migrate func(ctx context.Context, path string) error) string {
	t.Helper()
	held, _ := templates.LoadOrStore(key, &template{})
	one := held.(*template)
	one.once.Do(func() {
		one.err = errors.New("the migration ended its test") // until it returns
		one.bytes, one.err = migrated(filepath.Join(t.TempDir(), "template.db"), migrate)
	})
	if one.err != nil {
		t.Fatalf("migrate the template: %v", one.err)
	}
	path := filepath.Join(t.TempDir(), "rapport.db")
	if err := os.WriteFile(path, one.bytes, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// migrated returns the bytes of a migrated file. A write-ahead log beside it
// would mean that they are not the whole database.
func migrated(path string, migrate func(context.Context, string) error) ([]byte, error) {
	if err := migrate(context.Background(), path); err != nil {
		return nil, err
	}
	log, err := os.Stat(path + "-wal")
	if err == nil && log.Size() > 0 {
		return nil, fmt.Errorf("a write-ahead log of %d bytes is left: close the database at the end of the migration", log.Size())
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return os.ReadFile(path)
}
