package storetest

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
)

// Image keeps the database as it is now and returns what brings it back, under
// running servers: their open connections stay.
func (w *World) Image() (restore func()) {
	w.T.Helper()
	if w.DB.Engine() == "postgres" {
		return w.imagePostgres()
	}
	image := filepath.Join(w.T.TempDir(), "image.db")
	if _, err := w.DB.Pool().Exec("VACUUM INTO '" + image + "'"); err != nil {
		w.T.Fatal(err)
	}
	return func() {
		w.T.Helper()
		conn, err := w.DB.Pool().Conn(context.Background())
		if err != nil {
			w.T.Fatal(err)
		}
		defer conn.Close()
		if err := conn.Raw(func(c any) error {
			b, err := c.(interface {
				NewRestore(string) (*sqlite.Backup, error)
			}).NewRestore(image)
			if err != nil {
				return err
			}
			if _, err := b.Step(-1); err != nil {
				return err
			}
			return b.Finish()
		}); err != nil {
			w.T.Fatal(err)
		}
	}
}

// imagePostgres copies each table into a schema of its own. The administrator
// brings back the rows of those that changed since: neither triggers nor
// row-level security bind that role.
func (w *World) imagePostgres() (restore func()) {
	admin, err := sql.Open("pgx", strings.Replace(w.appURL, appRole+"@", "postgres@", 1))
	if err != nil {
		w.T.Fatal(err)
	}
	admin.SetMaxOpenConns(1)
	w.T.Cleanup(func() { admin.Close() })
	for _, s := range []string{`CREATE SCHEMA image`, `CREATE TABLE image.kept AS SELECT pg_current_xact_id()::text::bigint AS since`, `
		DO $$ DECLARE t text; body text := 'SET LOCAL session_replication_role = replica;'; BEGIN
			FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename LOOP
				EXECUTE format('CREATE TABLE image.%1$I AS TABLE public.%1$I', t);
				body := body || format('IF EXISTS (SELECT 1 FROM public.%1$I, image.kept WHERE %1$I.xmin::text::bigint > kept.since)
					OR (SELECT count(*) FROM public.%1$I) <> (SELECT count(*) FROM image.%1$I)
					THEN DELETE FROM public.%1$I; INSERT INTO public.%1$I SELECT * FROM image.%1$I; END IF;', t);
			END LOOP;
			body := body || 'UPDATE image.kept SET since = pg_current_xact_id()::text::bigint;';
			EXECUTE format('CREATE PROCEDURE image.restore() LANGUAGE plpgsql AS %L', 'BEGIN ' || body || ' END');
		END $$`} {
		if _, err := admin.Exec(s); err != nil {
			w.T.Fatal(err)
		}
	}
	return func() {
		w.T.Helper()
		if _, err := admin.Exec("CALL image.restore()"); err != nil {
			w.T.Fatal(err)
		}
	}
}
