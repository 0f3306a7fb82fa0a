package migrations

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"slices"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// JobsVersion is the version of the job tables, which River brings along.
const JobsVersion = 6

func jobs(db *sql.DB, engine string) (*rivermigrate.Migrator[*sql.Tx], error) {
	var driver riverdriver.Driver[*sql.Tx] = riversqlite.New(db)
	if engine == "postgres" {
		driver = riverdatabasesql.New(db)
	}
	return rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
}

// jobsUp makes the job tables; the caller holds the migration lock.
func jobsUp(ctx context.Context, db *sql.DB, engine string) error {
	pending, err := jobsPending(ctx, db, engine)
	if err != nil || !pending {
		return err
	}
	m, err := jobs(db, engine)
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: JobsVersion})
	return err
}

func jobsPending(ctx context.Context, db *sql.DB, engine string) (bool, error) {
	m, err := jobs(db, engine)
	if err != nil {
		return false, err
	}
	done, err := m.ExistingVersions(ctx)
	return !slices.ContainsFunc(done, func(v rivermigrate.Migration) bool { return v.Version == JobsVersion }), err
}

// jobsLock is the advisory lock under which one of several servers migrates.
const jobsLock = 0x7261_7070_6f72_74 // "rapport"

// lockedJobsUp waits for other servers that migrate the same database.
func lockedJobsUp(ctx context.Context, db *sql.DB) (err error) {
	on, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer on.Close()
	if _, err := on.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(jobsLock)); err != nil {
		return err
	}
	defer func() {
		_, e := on.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(jobsLock))
		err = errors.Join(err, e)
	}()
	return jobsUp(ctx, db, "postgres")
}
