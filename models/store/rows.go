package store

import (
	"cmp"
	"context"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// rows is a query on the table of T. It has the shape of GORM's generic
// handle (a context for each statement, errors returned, no Save, no chain
// that outlives its use) without that handle's cost: over our thirty tables
// it takes the compiler 40 seconds, this one does not show. What it asks for
// is kept and told to GORM at the end, at once: GORM copies its statement at
// each step that is not the last.
type rows[T any] struct{ *query }

// query is rows without its type: the compiler writes down a generic type's
// code once for each table, and into each of its callers where it may.
type query struct {
	g     *gorm.DB
	steps []step
}

type step func(*gorm.DB) *gorm.DB

// table begins a query without conditions.
func table[T any](t *Tx) rows[T] { return rows[T]{begun(t)} }

//go:noinline
func begun(t *Tx) *query { return &query{g: t.g} }

// with is the query with one more step; a kept query never gathers what a
// later one adds.
func (q *query) with(s step) *query { return &query{q.g, append(slices.Clip(q.steps), s)} }

// on is the query as GORM knows it: a fresh statement that took the steps.
//
//go:noinline
func (q *query) on(ctx context.Context, of any) *gorm.DB {
	g := q.g
	if ctx != g.Statement.Context {
		g = g.Session(&gorm.Session{NewDB: true, Context: ctx})
	}
	g = g.Model(of)
	for _, s := range q.steps {
		g = s(g)
	}
	return g
}

//go:noinline
func (q *query) selected(columns string, args []any) *query {
	return q.with(func(g *gorm.DB) *gorm.DB { return g.Select(columns, args...) })
}

//go:noinline
func (q *query) where(condition string, args []any) *query {
	return q.with(func(g *gorm.DB) *gorm.DB { return g.Where(condition, args...) })
}

//go:noinline
func (q *query) ordered(by string) *query {
	return q.with(func(g *gorm.DB) *gorm.DB { return g.Order(by) })
}

//go:noinline
func (q *query) limited(n int) *query {
	return q.with(func(g *gorm.DB) *gorm.DB { return g.Limit(n) })
}

//go:noinline
func (q *query) locked(strength string) *query {
	return q.with(func(g *gorm.DB) *gorm.DB { return g.Clauses(clause.Locking{Strength: strength}) })
}

// Select names the columns of a read or of an update.
func (r rows[T]) Select(query string, args ...any) rows[T] { return rows[T]{r.selected(query, args)} }

// Where adds a condition; all of them hold.
func (r rows[T]) Where(query string, args ...any) rows[T] { return rows[T]{r.where(query, args)} }

// Order adds an order.
func (r rows[T]) Order(value string) rows[T] { return rows[T]{r.ordered(value)} }

// Limit ends the answer after n rows.
func (r rows[T]) Limit(n int) rows[T] { return rows[T]{r.limited(n)} }

// ForUpdate holds the rows until the commit; SQLite has one writer and leaves it out.
func (r rows[T]) ForUpdate() rows[T] { return rows[T]{r.locked("UPDATE")} }

// ForShare keeps the rows from being changed until the commit.
func (r rows[T]) ForShare() rows[T] { return rows[T]{r.locked("SHARE")} }

// Take reads one row; none is gorm.ErrRecordNotFound.
func (r rows[T]) Take(ctx context.Context) (T, error) {
	v, err := gather[T](r.on(ctx, new(T)).Limit(1))
	if err != nil || len(v) == 0 {
		var none T
		return none, cmp.Or(err, gorm.ErrRecordNotFound)
	}
	return v[0], nil
}

// Find reads all rows that fit; none is no error.
func (r rows[T]) Find(ctx context.Context) ([]T, error) { return gather[T](r.on(ctx, new(T))) }

// Count counts the rows that fit.
func (r rows[T]) Count(ctx context.Context, column string) (int64, error) {
	var n int64
	err := r.on(ctx, new(T)).Select(column).Count(&n).Error
	return n, err
}

// Create inserts one row.
func (r rows[T]) Create(ctx context.Context, v *T) error { return r.on(ctx, new(T)).Create(v).Error }

// CreateInBatches inserts many rows, n at a time.
func (r rows[T]) CreateInBatches(ctx context.Context, v *[]T, n int) error {
	return r.on(ctx, new(T)).CreateInBatches(v, n).Error
}

// Update sets one column and says how many rows it met.
func (r rows[T]) Update(ctx context.Context, column string, v any) (int, error) {
	done := r.on(ctx, new(T)).Update(column, v)
	return int(done.RowsAffected), done.Error
}

// Updates sets the selected columns, zero values too, and says how many rows it met.
func (r rows[T]) Updates(ctx context.Context, v T) (int, error) {
	done := r.on(ctx, new(T)).Updates(v)
	return int(done.RowsAffected), done.Error
}

// Delete removes the rows that fit and says how many; without a condition it is refused.
func (r rows[T]) Delete(ctx context.Context) (int, error) {
	done := r.on(ctx, new(T)).Delete(new(T))
	return int(done.RowsAffected), done.Error
}
