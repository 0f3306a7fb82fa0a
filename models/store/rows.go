package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// rows is a query on the table of T. It has the shape of GORM's generic
// handle (a context for each statement, errors returned, no Save, no chain
// that outlives its use) without that handle's cost: over our thirty tables
// it takes the compiler 40 seconds, this one does not show. What it asks for
// is kept: a read is written from it, the rest is told to GORM at once, which
// copies its statement at each step that is not the last.
type rows[T any] struct{ *query }

// query is rows without its type: the compiler writes down a generic type's
// code once for each table, and into each of its callers where it may.
type query struct {
	t       *Tx
	columns []string // none: all
	wheres  []condition
	orders  []string
	most    int    // -1: all
	lock    string // UPDATE or SHARE
}

type condition struct {
	sql  string
	args []any
}

// table begins a query without conditions.
func table[T any](t *Tx) rows[T] { return rows[T]{begun(t)} }

//go:noinline
func begun(t *Tx) *query { return &query{t: t, most: -1} }

// on is the query as GORM knows it: a fresh statement.
//
//go:noinline
func (q *query) on(ctx context.Context, of any) *gorm.DB {
	g := q.t.g
	if ctx != g.Statement.Context {
		g = g.Session(&gorm.Session{NewDB: true, Context: ctx})
	}
	g = g.Model(of)
	if len(q.columns) > 0 {
		g = g.Select(q.columns)
	}
	for _, w := range q.wheres {
		g = g.Where(w.sql, w.args...)
	}
	for _, by := range q.orders {
		g = g.Order(by)
	}
	if q.most >= 0 {
		g = g.Limit(q.most)
	}
	if q.lock != "" {
		g = g.Clauses(clause.Locking{Strength: q.lock})
	}
	return g
}

// reads writes the query as one SELECT on a table.
func (q *query) reads(table string) (text string, args []any) {
	var b strings.Builder
	b.Grow(512)
	b.WriteString("SELECT ")
	if len(q.columns) == 0 {
		b.WriteByte('*')
	}
	for i, c := range q.columns {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quoted(c))
	}
	b.WriteString(" FROM " + quoted(table))
	for i, w := range q.wheres {
		b.WriteString([2]string{" WHERE (", " AND ("}[min(i, 1)])
		b.WriteString(w.sql)
		b.WriteByte(')')
		args = append(args, w.args...)
	}
	for i, by := range q.orders {
		b.WriteString([2]string{" ORDER BY ", ","}[min(i, 1)])
		b.WriteString(by)
	}
	if q.most >= 0 {
		b.WriteString(" LIMIT ?")
		args = append(args, q.most)
	}
	if q.lock != "" && q.t.db.pg { // SQLite has one writer
		b.WriteString(" FOR " + q.lock)
	}
	return b.String(), args
}

// quoted keeps a name from being read as a word of SQL; an expression stays.
func quoted(name string) string {
	if strings.ContainsAny(name, " (*\".,") {
		return name
	}
	return `"` + name + `"`
}

// each reads one row after the other into v, a row of the table, and says so.
//
//go:noinline
func (q *query) each(ctx context.Context, v any, read func()) error {
	named, ok := v.(interface{ TableName() string })
	if !ok || ctx != q.t.ctx {
		return eachRow(q.on(ctx, v), v, read)
	}
	text, args := q.reads(named.TableName())
	return q.t.askedInto(v, read, text, args)
}

func (q *query) changed(change func(*query)) *query {
	c := *q // a kept query never gathers what a later one adds
	c.wheres, c.orders = slices.Clip(c.wheres), slices.Clip(c.orders)
	change(&c)
	return &c
}

//go:noinline
func (q *query) selected(column string, more []any) *query {
	return q.changed(func(q *query) {
		q.columns = make([]string, 1, 1+len(more))
		q.columns[0] = column
		for _, c := range more {
			q.columns = append(q.columns, c.(string))
		}
	})
}

//go:noinline
func (q *query) where(sql string, args []any) *query {
	if sql == "" || strings.Count(sql, "?") != len(args) {
		panic("store: this condition has other places than values: " + sql)
	}
	return q.changed(func(q *query) { q.wheres = append(q.wheres, condition{sql, args}) })
}

//go:noinline
func (q *query) ordered(by string) *query {
	if by == "" {
		panic("store: an order by nothing")
	}
	return q.changed(func(q *query) { q.orders = append(q.orders, by) })
}

//go:noinline
func (q *query) limited(n int) *query { return q.changed(func(q *query) { q.most = n }) }

//go:noinline
func (q *query) locked(strength string) *query {
	return q.changed(func(q *query) { q.lock = strength })
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
	v, err := rows[T]{r.limited(1)}.Find(ctx)
	if err != nil || len(v) == 0 {
		var none T
		return none, cmp.Or(err, gorm.ErrRecordNotFound)
	}
	return v[0], nil
}

// Find reads all rows that fit; none is no error.
func (r rows[T]) Find(ctx context.Context) ([]T, error) {
	return gather[T](func(v any, read func()) error { return r.each(ctx, v, read) })
}

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
