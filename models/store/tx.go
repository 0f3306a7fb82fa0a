package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"rapport/models"
	"rapport/models/fault"
)

// Tx queries. It carries the caller, the practice it may see, and one time for
// every row it writes.
type Tx struct {
	g        *gorm.DB
	in       *sql.Tx // nil: outside a transaction
	db       *DB
	ctx      context.Context
	by       models.Actor
	practice models.PracticeID
	now      time.Time
	trail    []models.AuditEvent
	home     *practiceRow        // read once, see Practice
	holders  []models.PracticeID // read once, see PracticesOf
	rings    ringing             // report clocks to set before the commit
	told     []models.Disclosure // gate decisions, each with its event on the trail
}

type inTx struct{}

// ErrNested is a programming mistake: with one writer it would hang.
var ErrNested = errors.New("store: a transaction was opened inside a transaction")

// Read is for what needs no audit: lists of names, the directory, settings. It
// neither blocks nor is blocked, and cannot write.
func (d *DB) Read(ctx context.Context, by models.Actor, f func(context.Context, *Tx) error) error {
	o := &sql.TxOptions{ReadOnly: true}
	if d.pg {
		o.Isolation = sql.LevelRepeatableRead
	}
	return d.timed(ctx, d.once(ctx, d.ro, o, by, f))
}

// Glance runs one statement on tables that no practice owns, without the
// round trips of a transaction: who made this request.
func (d *DB) Glance(ctx context.Context, by models.Actor, f func(context.Context, *Tx) error) error {
	if ctx.Value(inTx{}) != nil {
		return ErrNested
	}
	ctx = context.WithValue(ctx, inTx{}, true)
	g := d.ro.Session(&gorm.Session{NewDB: true, Context: ctx})
	if d.pg {
		return d.timed(ctx, d.answering(ctx, func(conn *sql.Conn) error {
			g := over(ctx, g, &native{ConnPool: conn, conn: conn, saying: &d.saying})
			if err := f(ctx, &Tx{g: g, db: d, ctx: ctx, by: by, now: d.cfg.Now()}); err != nil {
				return err
			}
			return conn.Close()
		}))
	}
	return d.timed(ctx, f(ctx, &Tx{g: g, db: d, ctx: ctx, by: by, now: d.cfg.Now()}))
}

// Write is serializable on both engines and repeated after lost races until
// the request's deadline; the closure has no effect outside the transaction.
func (d *DB) Write(ctx context.Context, by models.Actor, f func(context.Context, *Tx) error) error {
	return d.write(ctx, sql.LevelSerializable, by, f)
}

// WriteLocked runs READ COMMITTED on PostgreSQL: the verb first locks the rows
// it decides on (a series, a release) and then reads them fresh. Counting
// verbs and audited reads use it.
func (d *DB) WriteLocked(ctx context.Context, by models.Actor, f func(context.Context, *Tx) error) error {
	return d.write(ctx, sql.LevelReadCommitted, by, f)
}

func (d *DB) write(ctx context.Context, level sql.IsolationLevel, by models.Actor, f func(context.Context, *Tx) error) error {
	var o *sql.TxOptions
	if d.pg {
		o = &sql.TxOptions{Isolation: level}
	}
	for try := 1; ; try++ {
		err := d.once(ctx, d.rw, o, by, f)
		if !retryable(err) || ctx.Err() != nil || try >= 200 {
			return d.timed(ctx, err)
		}
		wait := time.Duration(min(try, 20)) * time.Millisecond
		wait += time.Duration(d.cfg.Now().UnixMicro()%997) * 5 * time.Microsecond // spreads the racers
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// timed turns a lost deadline or lock into a refusal that may be repeated.
func (d *DB) timed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	if ctx.Err() != nil || waited(err) || retryable(err) || gone(err) {
		return fault.New(fault.Unavailable, "busy", "The server is too busy to finish this now. Send it again with the same Idempotency-Key; it is done once at most.").Because(err)
	}
	return err
}

// once runs one transaction. A channel serves who waits in the order they came;
// database/sql gives a free connection to any of them, so that with one writer
// a few would wait many times as long as the others.
func (d *DB) once(ctx context.Context, g *gorm.DB, o *sql.TxOptions, by models.Actor, f func(context.Context, *Tx) error) error {
	if ctx.Value(inTx{}) != nil {
		return ErrNested
	}
	ctx = context.WithValue(ctx, inTx{}, true)
	if g == d.rw && d.turn != nil {
		select {
		case d.turn <- struct{}{}:
			defer func() { <-d.turn }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := vouched(by, by.PracticeID); err != nil {
		return err
	}
	return d.transact(ctx, by.PracticeID, g, o, func(g *gorm.DB, in *sql.Tx) error {
		tx := &Tx{g: g, in: in, db: d, ctx: ctx, by: by, now: d.cfg.Now()}
		if d.pg && literal(string(by.PracticeID)) {
			tx.practice = by.PracticeID // see conn.BeginTx
		} else if err := tx.Enter(by.PracticeID); err != nil {
			return err
		}
		if err := f(ctx, tx); err != nil {
			return err
		}
		if err := tx.setClocks(); err != nil {
			return err
		}
		return tx.appendTrail()
	})
}

func opts(o *sql.TxOptions) []*sql.TxOptions {
	if o == nil {
		return nil
	}
	return []*sql.TxOptions{o}
}

// Enter scopes the transaction to a practice: after the actor's own at the
// start, an outsider's verb enters the practice that a grant or link names.
func (t *Tx) Enter(p models.PracticeID) error {
	if t.practice == p {
		return nil
	}
	if err := vouched(t.by, p); err != nil {
		return err
	}
	if err := t.setClocks(); err != nil {
		return err
	}
	t.practice = p
	if !t.db.pg {
		return nil
	}
	return t.g.Exec("SELECT set_config('app.practice', ?, true)", string(p)).Error
}

// vouched refuses a practice that does not vouch for who acts.
func vouched(by models.Actor, p models.PracticeID) error {
	if len(by.VouchedBy) > 0 && p != "" && p != models.NetworkPractice && !slices.Contains(by.VouchedBy, p) {
		return fault.Missing("practice")
	}
	return nil
}

// Now is the one time of this transaction, UTC in microseconds.
func (t *Tx) Now() time.Time { return t.now }

// Moment is the time now, not at the start: for what waited for a lock.
func (t *Tx) Moment() time.Time { return t.db.cfg.Now() }

// NewID is a fresh UUIDv7.
func (t *Tx) NewID() string { return t.db.cfg.NewID() }

// By is who acts.
func (t *Tx) By() models.Actor { return t.by }

// PracticeID is the practice the transaction is in.
func (t *Tx) PracticeID() models.PracticeID { return t.practice }

// Enqueue asks for work after the commit; a rollback leaves no job.
func (t *Tx) Enqueue(job models.Job, runAt time.Time) error {
	if t.db.queue == nil {
		return errors.New("store: no queue is set")
	}
	if t.in == nil {
		return errors.New("store: Enqueue outside a transaction")
	}
	return t.db.queue.Insert(t.ctx, t.in, job, runAt)
}

// scoped is the practice isolation: every query on a table that a practice
// owns begins here.
func scoped[T any](t *Tx) rows[T] {
	return table[T](t).Where("practice_id = ?", string(t.practice))
}

// shared begins a query on a table that no practice owns.
func shared[T any](t *Tx) rows[T] { return table[T](t) }

// locking is the clause that holds a row until the commit; SQLite has one
// writer and drops it.
func (t *Tx) forUpdate(sql string) string {
	if t.db.pg {
		return sql + " FOR UPDATE"
	}
	return sql
}

// forNoKeyUpdate holds a row against others who ask the same, and lets rows
// that refer to it come and go.
func (t *Tx) forNoKeyUpdate(sql string) string {
	if t.db.pg {
		return sql + " FOR NO KEY UPDATE"
	}
	return sql
}
