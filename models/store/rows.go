package store

import (
	"cmp"
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// rows is a query on the table of T. It has the shape of GORM's generic
// handle (a context for each statement, errors returned, no Save, no chain
// that outlives its use) without that handle's cost: over our thirty tables
// it takes the compiler 40 seconds, this one does not show.
type rows[T any] struct{ g *gorm.DB }

// table begins a query without conditions; each step works on a copy, so that
// a kept query never gathers what a later one adds.
func table[T any](t *Tx) rows[T] {
	return rows[T]{t.g.Session(&gorm.Session{NewDB: true}).Model(new(T)).Session(&gorm.Session{})}
}

func (r rows[T]) with(g *gorm.DB) rows[T] { return rows[T]{g.Session(&gorm.Session{})} }

// Select names the columns of a read or of an update.
func (r rows[T]) Select(query string, args ...any) rows[T] { return r.with(r.g.Select(query, args...)) }

// Where adds a condition; all of them hold.
func (r rows[T]) Where(query string, args ...any) rows[T] { return r.with(r.g.Where(query, args...)) }

// Order adds an order.
func (r rows[T]) Order(value string) rows[T] { return r.with(r.g.Order(value)) }

// Limit ends the answer after n rows.
func (r rows[T]) Limit(n int) rows[T] { return r.with(r.g.Limit(n)) }

// ForUpdate holds the rows until the commit; SQLite has one writer and leaves it out.
func (r rows[T]) ForUpdate() rows[T] { return r.with(r.g.Clauses(clause.Locking{Strength: "UPDATE"})) }

// ForShare keeps the rows from being changed until the commit.
func (r rows[T]) ForShare() rows[T] { return r.with(r.g.Clauses(clause.Locking{Strength: "SHARE"})) }

// Take reads one row; none is gorm.ErrRecordNotFound.
func (r rows[T]) Take(ctx context.Context) (T, error) {
	v, err := gather[T](r.g.WithContext(ctx).Limit(1))
	if err != nil || len(v) == 0 {
		var none T
		return none, cmp.Or(err, gorm.ErrRecordNotFound)
	}
	return v[0], nil
}

// Find reads all rows that fit; none is no error.
func (r rows[T]) Find(ctx context.Context) ([]T, error) { return gather[T](r.g.WithContext(ctx)) }

// Count counts the rows that fit.
func (r rows[T]) Count(ctx context.Context, column string) (int64, error) {
	var n int64
	err := r.g.WithContext(ctx).Select(column).Count(&n).Error
	return n, err
}

// Create inserts one row.
func (r rows[T]) Create(ctx context.Context, v *T) error { return r.g.WithContext(ctx).Create(v).Error }

// CreateInBatches inserts many rows, n at a time.
func (r rows[T]) CreateInBatches(ctx context.Context, v *[]T, n int) error {
	return r.g.WithContext(ctx).CreateInBatches(v, n).Error
}

// Update sets one column and says how many rows it met.
func (r rows[T]) Update(ctx context.Context, column string, v any) (int, error) {
	done := r.g.WithContext(ctx).Update(column, v)
	return int(done.RowsAffected), done.Error
}

// Updates sets the selected columns, zero values too, and says how many rows it met.
func (r rows[T]) Updates(ctx context.Context, v T) (int, error) {
	done := r.g.WithContext(ctx).Updates(v)
	return int(done.RowsAffected), done.Error
}

// Delete removes the rows that fit and says how many; without a condition it is refused.
func (r rows[T]) Delete(ctx context.Context) (int, error) {
	done := r.g.WithContext(ctx).Delete(new(T))
	return int(done.RowsAffected), done.Error
}
