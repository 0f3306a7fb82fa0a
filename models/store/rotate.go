package store

import (
	"context"
	"database/sql"
	"errors"

	"rapport/models"
	"rapport/models/store/seal"
)

// RotateKeys gives every practice a new primary key and wraps its keyset by
// the new master. What was sealed before still opens. The caller has written
// the new master (which still unwraps the old) to the secret file first, so
// that a crash in between loses nothing.
func (d *DB) RotateKeys(ctx context.Context, to *seal.Master) (practices int, err error) {
	var ids []models.PracticeID
	err = d.Read(ctx, models.System(""), func(_ context.Context, tx *Tx) (err error) { ids, err = tx.PracticeIDs(); return err })
	for _, id := range ids {
		if err != nil {
			return practices, err
		}
		err = d.Write(ctx, models.System(id), func(_ context.Context, tx *Tx) error { return tx.rotate(to) })
		practices++
	}
	return practices, err
}

func (t *Tx) rotate(to *seal.Master) error {
	r, err := scoped[practiceKeyRow](t).Select("practice_id", "id", "wrapped").Order("created_at").Take(t.ctx)
	if err != nil {
		return missing(err, "practice key")
	}
	k, err := seal.Unwrap(to, r.Wrapped, string(t.practice))
	if err != nil {
		return err
	}
	if k, err = k.Rotated(); err != nil {
		return err
	}
	w, err := k.Wrap(to, string(t.practice))
	if err != nil {
		return err
	}
	rows, err := scoped[practiceKeyRow](t).Where("id = ?", r.ID).Select("wrapped", "master_id", "rotated_at").
		Updates(t.ctx, practiceKeyRow{Wrapped: w, MasterID: to.ID(), RotatedAt: t.now})
	t.Log("keys.rotate", "practice", string(t.practice), "", "master "+to.ID())
	t.db.keys.put(t.practice, k)
	return one(rows, err, "practice key")
}

// Copy writes a consistent copy of a SQLite database while it is in use.
func (d *DB) Copy(ctx context.Context, to string) error {
	if d.pg {
		return errors.New("PostgreSQL is backed up with its own tools; see docs/operate.md")
	}
	own, err := sql.Open("sqlite", sqliteDSN(d.path, "")) // the readers are query-only and the writer is in use
	if err != nil {
		return err
	}
	defer own.Close()
	_, err = own.ExecContext(ctx, "VACUUM INTO ?", to)
	return err
}

// CheckFile runs SQLite's own integrity and foreign key checks.
func (d *DB) CheckFile(ctx context.Context) error {
	var s string
	if err := d.ro.WithContext(ctx).Raw("PRAGMA integrity_check(1)").Scan(&s).Error; err != nil {
		return err
	}
	if s != "ok" {
		return errors.New("the database file is damaged: " + s)
	}
	return nil
}

// InUse says whether a practice has ever been made here. Without tables none has.
func (d *DB) InUse(ctx context.Context) (bool, error) {
	there := "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'practices'"
	if d.pg {
		there = "SELECT COUNT(*) FROM pg_tables WHERE tablename = 'practices'"
	}
	var n int64
	if err := d.ro.WithContext(ctx).Raw(there).Scan(&n).Error; err != nil || n == 0 {
		return false, err
	}
	var ids []models.PracticeID
	err := d.Read(ctx, models.System(""), func(_ context.Context, tx *Tx) (err error) { ids, err = tx.PracticeIDs(); return err })
	return len(ids) > 0, err
}

// Counts gives the number of rows of the tables that matter, over all
// practices, for the proof that a restore is whole.
func (d *DB) Counts(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	err := d.Read(ctx, models.System(""), func(_ context.Context, tx *Tx) error {
		ids, err := tx.PracticeIDs()
		if err != nil {
			return err
		}
		for _, table := range []string{"practices", "users", "providers"} {
			if err := tx.count(out, table, ""); err != nil {
				return err
			}
		}
		for _, id := range ids {
			if err := tx.Enter(id); err != nil {
				return err
			}
			for _, table := range []string{"clients", "releases", "prescriptions", "sessions", "measures", "reports", "deliveries", "documents", "disclosures", "audit_events"} {
				if err := tx.count(out, table, id); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return out, err
}

func (t *Tx) count(out map[string]int64, table string, practice models.PracticeID) error {
	q := t.g.Table(table)
	if practice != "" {
		q = q.Where("practice_id = ?", string(practice))
	}
	var n int64
	err := q.Count(&n).Error
	out[table] += n
	return err
}
