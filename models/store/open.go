// Package store is the only place that knows SQL. A DB opens transactions and
// cannot query; a Tx queries and cannot open one. Every query on a table that
// a practice owns goes through scoped.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"rapport/models"
	"rapport/models/store/seal"
)

// Config is what a DB is made of; time, ids and secrets are handed in.
type Config struct {
	URL    string // sqlite:/path/to/file or postgres://…
	Now    func() time.Time
	NewID  func() string // UUIDv7
	Master *seal.Master
	Log    *slog.Logger
	// Watch is told of each statement, without its values, for tests that count
	// them and look for the practice in each.
	Watch func(sql string)
	// AllowSuperuser is for migrations and tests of them only: a superuser
	// passes row-level security by.
	AllowSuperuser bool
	// Patient is for commands that migrate, import, verify and copy: PostgreSQL
	// then lets a statement run for minutes, which nobody waits for at a page.
	Patient bool
	// Trace sees each statement before PostgreSQL does; it is for counting and
	// measuring only, because arguments hold what clients told. Nil costs nothing.
	Trace func(sql string, args []any)
}

// DB opens transactions. It has no queries.
type DB struct {
	rw, ro *gorm.DB
	cfg    Config
	pg     bool
	path   string // of the SQLite file
	keys   keyring
	zones  zonebook
	queue  Queue
	saying gorm.Config   // see native
	turn   chan struct{} // SQLite's writers stand in line for it
}

// Queue inserts jobs into the transaction that asks for them.
type Queue interface {
	Insert(ctx context.Context, tx *sql.Tx, job models.Job, runAt time.Time) error
}

// Open connects; it does not migrate.
func Open(cfg Config) (*DB, error) {
	now := cfg.Now
	cfg.Now = func() time.Time { return now().UTC().Truncate(time.Microsecond) }
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	d := &DB{cfg: cfg}
	d.keys.init()
	switch {
	case strings.HasPrefix(cfg.URL, "postgres://"), strings.HasPrefix(cfg.URL, "postgresql://"):
		return d, d.openPostgres()
	case strings.HasPrefix(cfg.URL, "sqlite:"):
		d.path = strings.TrimPrefix(cfg.URL, "sqlite:")
		return d, d.openSQLite()
	}
	return nil, errors.New("the database URL starts with sqlite: or postgres://")
}

func (d *DB) gormConfig() *gorm.Config {
	return &gorm.Config{TranslateError: true, SkipDefaultTransaction: true, NowFunc: d.cfg.Now,
		DisableAutomaticPing: true, Logger: logger.Discard}
}

// sqliteDSN: full durability, one immediate writer, UTC text times. Path
// characters that end a DSN are escaped, so that a path is never a pragma.
func sqliteDSN(path, extra string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=recursive_triggers(1)&_pragma=trusted_schema(0)&_timezone=UTC&_time_format=sqlite&_dqs=0" + extra
}

func (d *DB) openSQLite() error {
	open := func(extra string, conns int) (*gorm.DB, error) {
		pool, err := sql.Open("sqlite", sqliteDSN(d.path, extra))
		if err != nil {
			return nil, err
		}
		pool.SetMaxOpenConns(conns)
		pool.SetMaxIdleConns(conns)
		return d.watched(gorm.Open(liteDialect{&sqlite.Dialector{Conn: pool}}, d.gormConfig()))
	}
	d.turn = make(chan struct{}, 1)
	var err error
	if d.rw, err = open("&_txlock=immediate", 1); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	d.ro, err = open("&_pragma=query_only(1)&_pragma=cache_size(-32768)", 4) // a search reads here and there in a large directory
	return err
}

// pooled is how many connections to PostgreSQL are kept.
const pooled = 16

func (d *DB) openPostgres() error {
	c, err := pgx.ParseConfig(d.cfg.URL)
	if err != nil {
		return errors.New("the PostgreSQL URL cannot be read") // the text could hold the password
	}
	for k, v := range d.runtime() {
		if _, set := c.RuntimeParams[k]; !set {
			c.RuntimeParams[k] = v
		}
	}
	if d.cfg.Trace != nil {
		c.Tracer = tracer(d.cfg.Trace)
	}
	pool := sql.OpenDB(fewerTrips{stdlib.GetConnector(*c, stdlib.OptionAfterConnect(func(_ context.Context, conn *pgx.Conn) error {
		conn.TypeMap().RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID,
			Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
		return nil
	}))})
	pool.SetMaxOpenConns(pooled)
	pool.SetMaxIdleConns(pooled)
	d.pg = true
	g, err := d.watched(gorm.Open(postgres.New(postgres.Config{Conn: pool}), d.gormConfig()))
	if err != nil {
		return err
	}
	d.rw, d.ro, d.saying = g, g, *g.Config
	d.saying.DryRun = true
	return nil
}

// runtime is how long PostgreSQL bears with us, in milliseconds, where the URL
// does not say otherwise. What takes longer while people wait is given up and
// answered 503 busy: one slow statement must not hold the connections of all.
func (d *DB) runtime() map[string]string {
	if d.cfg.Patient {
		return map[string]string{"statement_timeout": "1800000", "lock_timeout": "60000", "idle_in_transaction_session_timeout": "300000", "timezone": "UTC"}
	}
	return map[string]string{"statement_timeout": "5000", "lock_timeout": "3000", "idle_in_transaction_session_timeout": "10000", "timezone": "UTC"}
}

type tracer func(sql string, args []any)

func (t tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	t(q.SQL, q.Args)
	return ctx
}

func (tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (t tracer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, b pgx.TraceBatchStartData) context.Context {
	for _, q := range b.Batch.QueuedQueries {
		t(q.SQL, q.Arguments)
	}
	return ctx
}

func (tracer) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

func (tracer) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// CheckRole refuses a PostgreSQL role that row-level security does not bind.
func (d *DB) CheckRole(ctx context.Context) error {
	if !d.pg || d.cfg.AllowSuperuser {
		return nil
	}
	var free bool
	if err := d.rw.WithContext(ctx).Raw("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").Scan(&free).Error; err != nil {
		return err
	}
	if free {
		return errors.New("this PostgreSQL role is a superuser or bypasses row-level security; use an ordinary role")
	}
	return nil
}

// Engine is "sqlite" or "postgres".
func (d *DB) Engine() string {
	if d.pg {
		return "postgres"
	}
	return "sqlite"
}

// Path is the SQLite file; empty on PostgreSQL.
func (d *DB) Path() string { return d.path }

// Pool is the writing connection pool, for migrations, jobs and backup only.
func (d *DB) Pool() *sql.DB {
	s, _ := d.rw.DB()
	return s
}

// SetQueue hands in where jobs go; before it, Enqueue fails.
func (d *DB) SetQueue(q Queue) { d.queue = q }

// Close ends both pools.
func (d *DB) Close() error {
	w, _ := d.rw.DB()
	r, _ := d.ro.DB()
	if w == r {
		return w.Close()
	}
	return errors.Join(r.Close(), w.Close())
}
