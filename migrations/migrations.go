// Package migrations holds the schema as forward-only SQL in pairs, one
// directory for each engine, and the job tables of River. It applies both once
// however many servers start.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed sqlite/*.sql postgres/*.sql
var files embed.FS

// Files returns the migrations of an engine, "sqlite" or "postgres".
func Files(engine string) fs.FS {
	sub, err := fs.Sub(files, engine)
	if err != nil {
		panic(err) // both directories are embedded
	}
	return sub
}

// SQLite migrates a file database. SQLite has no session lock, so a lock on
// path+".lock" makes concurrent starts wait for each other.
func SQLite(ctx context.Context, db *sql.DB, path string) error {
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("migration lock: %w", err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("migration lock: %w", err)
	}
	if err := up(ctx, goose.DialectSQLite3, db, "sqlite"); err != nil {
		return err
	}
	return jobsUp(ctx, db, "sqlite")
}

// Postgres migrates over a direct connection (not through a pooler: the lock
// belongs to the session).
func Postgres(ctx context.Context, db *sql.DB) error {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	if err := up(ctx, goose.DialectPostgres, db, "postgres", goose.WithSessionLocker(locker)); err != nil {
		return err
	}
	return lockedJobsUp(ctx, db)
}

func up(ctx context.Context, dialect goose.Dialect, db *sql.DB, engine string, opts ...goose.ProviderOption) error {
	p, err := goose.NewProvider(dialect, db, Files(engine), opts...)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// Pending says whether the database is behind these migrations. It only looks: a
// database without the table of versions is behind, and stays without it.
func Pending(ctx context.Context, db *sql.DB, engine string) (bool, error) {
	dialect := goose.DialectSQLite3
	if engine == "postgres" {
		dialect = goose.DialectPostgres
	}
	begun, err := versioned(ctx, dialect, db)
	if err != nil || !begun {
		return !begun, err
	}
	p, err := goose.NewProvider(dialect, db, Files(engine))
	if err != nil {
		return false, err
	}
	if pending, err := p.HasPending(ctx); pending || err != nil {
		return pending, err
	}
	return jobsPending(ctx, db, engine)
}

// versioned says whether the table of versions is there; goose would make it.
// SQLite is always migrated before it is asked.
func versioned(ctx context.Context, dialect goose.Dialect, db *sql.DB) (bool, error) {
	s, err := database.NewStore(dialect, goose.DefaultTablename)
	if err != nil {
		return false, err
	}
	e, ok := s.(database.StoreExtender)
	if !ok || dialect == goose.DialectSQLite3 {
		return true, nil
	}
	return e.TableExists(ctx, db)
}
