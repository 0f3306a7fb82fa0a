package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"rapport/models"
)

// fewerTrips opens connections whose transactions cost two round trips less.
type fewerTrips struct{ driver.Connector }

func (f fewerTrips) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := f.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c.(*stdlib.Conn)}, nil
}

// conn is a connection to PostgreSQL. A transaction of the store's begins and
// is scoped to its practice in one round trip, and what it writes last travels
// with the commit.
type conn struct {
	*stdlib.Conn
	last *statement
}

// statement is one as the driver gets it.
type statement struct {
	sql  string
	args []any
}

type openIn struct{}

// openingIn says which practice a transaction begun with this context is in.
func openingIn(ctx context.Context, p models.PracticeID) context.Context {
	return context.WithValue(ctx, openIn{}, p)
}

// literal says whether a text can stand between quotes as it is.
func literal(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	}) < 0
}

// BeginTx begins as the driver would, and enters the practice of openingIn.
func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	p, ours := ctx.Value(openIn{}).(models.PracticeID)
	if !ours {
		return c.Conn.BeginTx(ctx, o)
	}
	begin, known := beginnings[o]
	if !known {
		return nil, errBeginning
	}
	if c.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	if p != "" && literal(string(p)) { // else Enter does it, as an argument
		begin += "; set local app.practice = '" + string(p) + "'"
	}
	c.last = nil
	tx, err := c.Conn.Conn().BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
	if err != nil {
		return nil, err
	}
	return transaction{ctx: ctx, on: c, tx: tx}, nil
}

// errBeginning is a programming mistake.
var errBeginning = errors.New("store: a transaction of a kind that beginnings has not")

// beginnings are the transactions that the store opens.
var beginnings = map[driver.TxOptions]string{
	{Isolation: driver.IsolationLevel(sql.LevelReadCommitted)}:                  "begin isolation level read committed",
	{Isolation: driver.IsolationLevel(sql.LevelSerializable)}:                   "begin isolation level serializable",
	{Isolation: driver.IsolationLevel(sql.LevelRepeatableRead), ReadOnly: true}: "begin isolation level repeatable read read only",
}

// transaction ends what conn began.
type transaction struct {
	ctx context.Context
	on  *conn
	tx  pgx.Tx
}

// Commit sends the last statement and the commit together. The server skips
// the commit when the statement fails.
func (t transaction) Commit() error {
	last := t.on.last
	t.on.last = nil
	if last == nil {
		return t.tx.Commit(t.ctx)
	}
	var both pgx.Batch
	both.Queue(last.sql, last.args...)
	both.Queue("commit")
	answers := t.on.Conn.Conn().SendBatch(t.ctx, &both)
	_, err := answers.Exec()
	ended := ""
	if err == nil {
		tag, failed := answers.Exec()
		ended, err = tag.String(), failed
	}
	if closed := answers.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil && t.on.Conn.Conn().PgConn().TxStatus() != 'I':
		_ = t.tx.Rollback(t.ctx) // there is an error to return already
	case err == nil && ended == "ROLLBACK":
		err = pgx.ErrTxCommitRollback
	}
	return err
}

// Rollback undoes it all.
func (t transaction) Rollback() error {
	t.on.last = nil
	return t.tx.Rollback(t.ctx)
}
