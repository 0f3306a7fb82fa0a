package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"rapport/models"
)

// native is the connection of one transaction on PostgreSQL. Statements of
// GORM's making go through it to the driver itself: database/sql would start a
// goroutine for each answer and copy each value through one of its own types,
// a quarter of what a list costs.
type native struct {
	gorm.ConnPool // the transaction, or the bare connection
	conn          *sql.Conn
	saying        *gorm.Config // makes statements without running them
	reading       bool
	last          *statement // goes out with the commit
}

// errReading is a programming mistake: database/sql would wait for itself.
var errReading = errors.New("store: a statement inside the reading of another")

// ExecContext runs a statement that answers no rows.
func (n *native) ExecContext(ctx context.Context, query string, args ...any) (done sql.Result, err error) {
	err = n.with(func(c *pgx.Conn) error {
		tag, err := c.Exec(ctx, query, args...)
		done = driver.RowsAffected(tag.RowsAffected())
		return err
	})
	return done, err
}

// each runs a query and hands its rows to read, one after the other, with the
// columns' names for the first. No other statement may run in between.
func (n *native) each(ctx context.Context, query string, args []any, begin func(columns []string) error, read func(scanner) error) error {
	return n.with(func(c *pgx.Conn) error {
		found, err := c.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		defer found.Close()
		var columns []string
		for _, f := range found.FieldDescriptions() {
			columns = append(columns, f.Name)
		}
		return walk(found, columns, begin, read)
	})
}

func (n *native) with(f func(*pgx.Conn) error) error {
	if n.reading {
		return errReading
	}
	n.reading = true
	defer func() { n.reading = false }()
	driver := func(c any) error { return f(c.(*conn).Conn.Conn()) }
	return n.conn.Raw(driver)
}

// scanner is one row of an answer of either engine.
type scanner interface{ Scan(to ...any) error }

// answered is what a query found, of either engine.
type answered interface {
	scanner
	Next() bool
	Err() error
}

// walk names the columns, then hands over one row after the other.
func walk(a answered, columns []string, begin func([]string) error, read func(scanner) error) error {
	if begin != nil {
		if err := begin(columns); err != nil {
			return err
		}
	}
	for a.Next() {
		if err := read(a); err != nil {
			return err
		}
	}
	return a.Err()
}

// transact runs f in one transaction, on PostgreSQL inside a practice; an error
// or a panic undoes it.
func (d *DB) transact(ctx context.Context, p models.PracticeID, g *gorm.DB, o *sql.TxOptions, f func(*gorm.DB, *sql.Tx) error) error {
	if !d.pg {
		return g.WithContext(ctx).Transaction(func(g *gorm.DB) error {
			return f(g.Session(&gorm.Session{NewDB: true}), g.Statement.ConnPool.(*sql.Tx))
		}, opts(o)...)
	}
	held, tx, err := d.begin(openingIn(ctx, p), o)
	if err != nil {
		return err
	}
	defer held.Close()
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	n := &native{ConnPool: tx, conn: held, saying: &d.saying}
	if err := f(over(ctx, g, n), tx); err != nil {
		return err
	}
	if n.last != nil {
		if err := held.Raw(func(c any) error { c.(*conn).last = n.last; return nil }); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// begin takes a connection that answers: after the database was restarted the
// pool holds some that it has hung up on, and a transaction that has not begun
// has done nothing.
func (d *DB) begin(ctx context.Context, o *sql.TxOptions) (conn *sql.Conn, tx *sql.Tx, err error) {
	err = d.answering(ctx, func(c *sql.Conn) error {
		conn = c
		tx, err = c.BeginTx(ctx, o)
		return err
	})
	return conn, tx, err
}

// answering runs f on one connection after the other until one is not dead.
// What fails closes its connection, what succeeds keeps it.
func (d *DB) answering(ctx context.Context, f func(*sql.Conn) error) error {
	for try := 0; ; try++ {
		conn, err := d.Pool().Conn(ctx)
		if err != nil {
			return err
		}
		if err = keptIf(conn, f); err == nil || !gone(err) || ctx.Err() != nil || try > pooled {
			return err
		}
	}
}

func keptIf(conn *sql.Conn, f func(*sql.Conn) error) (err error) {
	kept := false
	defer func() {
		if !kept {
			_ = conn.Close()
		}
	}()
	err = f(conn)
	kept = err == nil
	return err
}

// over is GORM on one connection.
func over(ctx context.Context, g *gorm.DB, pool gorm.ConnPool) *gorm.DB {
	g = g.Session(&gorm.Session{NewDB: true, Context: ctx})
	g.Statement.ConnPool = pool
	return g
}

// eachOf runs the query that g was given and hands over its rows.
func eachOf(g *gorm.DB, begin func(columns []string) error, read func(scanner) error) error {
	if n, ok := g.Statement.ConnPool.(*native); ok {
		said, err := n.said(g)
		if err != nil {
			return err
		}
		return g.AddError(n.each(g.Statement.Context, said.sql, said.args, begin, read))
	}
	found, err := g.Rows()
	if err != nil {
		return err
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		return err
	}
	return walk(found, columns, begin, read)
}

// said is the statement that GORM would run.
func (n *native) said(g *gorm.DB) (statement, error) {
	said := &gorm.DB{Config: n.saying, Statement: g.Statement, Error: g.Error}
	said.Statement.DB = said
	if said = said.Callback().Row().Execute(said); said.Error != nil {
		return statement{}, said.Error
	}
	return statement{sql: said.Statement.SQL.String(), args: said.Statement.Vars}, nil
}
