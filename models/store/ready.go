package store

import "context"

// Ready says that the database takes a write: on SQLite the writer's lock is
// taken and given back, on PostgreSQL a transaction id is drawn.
func (d *DB) Ready(ctx context.Context) error {
	if d.pg {
		return d.rw.WithContext(ctx).Exec("SELECT txid_current()").Error
	}
	return d.rw.WithContext(ctx).Exec("UPDATE practices SET version = version WHERE id = ''").Error
}
