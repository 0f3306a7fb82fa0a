package migrations_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"sync"
	"testing"

	"rapport/migrations"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

func TestConcurrentMigrationsAreHarmlessAndMakeTheJobTables(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		ctx := context.Background()
		pending, err := migrations.Pending(ctx, w.OwnerDB, w.DB.Engine())
		if pending || err != nil {
			t.Fatalf("a migrated database is pending: %v, %v", pending, err)
		}
		if _, err := w.OwnerDB.Exec("DELETE FROM river_migration WHERE version = 6"); err != nil {
			t.Fatal(err)
		}
		if pending, err := migrations.Pending(ctx, w.OwnerDB, w.DB.Engine()); !pending || err != nil {
			t.Errorf("without the job tables it is not pending: %v, %v", pending, err)
		}
	})
	fresh := filepath.Join(t.TempDir(), "fresh.db")
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			d, err := store.Open(store.Config{URL: "sqlite:" + fresh})
			if err == nil {
				defer d.Close()
				err = migrations.SQLite(context.Background(), d.Pool(), fresh)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	dsn, _ := storetest.Postgres(t, "empty", func(context.Context, string) error { return nil })
	for range 3 {
		wg.Go(func() {
			db, err := sql.Open("pgx", dsn)
			if err == nil {
				defer db.Close()
				err = migrations.Postgres(context.Background(), db)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestTheProgramsRoleMayUseTheJobTables(t *testing.T) {
	w := storetest.NewWorld(t, "postgres")
	for _, q := range []string{"SELECT count(*) FROM river_job", "SELECT nextval('river_job_id_seq')", "DELETE FROM river_leader", "UPDATE river_queue SET name = name"} {
		if _, err := w.DB.Pool().Exec(q); err != nil {
			t.Errorf("%s: %v", q, err)
		}
	}
}
