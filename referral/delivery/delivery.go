// Package delivery does what verbs promised: it sends messages and runs the
// periodic passes, as River jobs that were inserted in the verbs' own
// transactions. A mail is claimed by a committed write before it leaves and
// settled by another one after, so that it is never sent twice: what nobody can
// know goes to a person.
package delivery

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"rapport/models"
	"rapport/models/store"
)

// Network is what the work asks back of the verbs.
type Network interface {
	// MayStillSend asks the gate again, in the claiming transaction. A refusal
	// stops the message with the refusal's code; Internal and Unavailable
	// faults, and errors without a kind, are tried again later.
	MayStillSend(ctx context.Context, tx *store.Tx, m models.Message) error
	// MessageSettled lets the object move along with its message: sent, failed,
	// uncertain or stopped, and queued again when a person said so.
	MessageSettled(ctx context.Context, tx *store.Tx, m models.Message) error
	// RunPasses does everything that time brings; it may run twice.
	RunPasses(ctx context.Context) error
}

// Sender hands one mail over. A nil error means that the next server took it;
// a *models.SendError says what else happened; any other error counts as
// models.SendLater.
type Sender interface {
	Send(ctx context.Context, m models.Mail) error
}

// Config is what a Delivery is wired with.
type Config struct {
	DB        *store.DB
	Network   Network
	Sender    Sender
	PublicURL string // links begin with it, without a slash at the end
	Now       func() time.Time
	Random    io.Reader // tokens of links
	Log       *slog.Logger
	PassEvery time.Duration // a minute when zero
	Workers   int           // at once; 4 when zero
}

// How long things may take. A job that a dead process left behind is taken up
// again once no living one could still be at it.
const (
	sendWithin   = 30 * time.Second
	settleWithin = 15 * time.Second
	jobWithin    = time.Minute
	rescueAfter  = 2 * time.Minute
	pollEvery    = 250 * time.Millisecond
)

// maxAttempts with backoff gives a broken mail server about half a day.
const maxAttempts = 20

// backoff is the pause after the n-th failed attempt: 15 seconds, doubling, an
// hour at most.
func backoff(n int) time.Duration {
	if n > 8 {
		return time.Hour
	}
	return min(15*time.Second<<max(n-1, 0), time.Hour)
}

// Delivery inserts, works and schedules jobs. It implements store.Queue.
type Delivery struct {
	cfg    Config
	driver riverdriver.Driver[*sql.Tx]
	client *river.Client[*sql.Tx]
}

// New wires a Delivery; nothing runs before Start. Without a Network and a
// Sender it can only insert, which is all that a command line needs.
func New(cfg Config) (*Delivery, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.PassEvery == 0 {
		cfg.PassEvery = time.Minute
	}
	if cfg.Workers == 0 {
		cfg.Workers = 4
	}
	d := &Delivery{cfg: cfg, driver: riversqlite.New(cfg.DB.Pool())}
	if cfg.DB.Engine() == "postgres" {
		d.driver = riverdatabasesql.New(cfg.DB.Pool())
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &worker{d: d}); err != nil {
		return nil, err
	}
	var err error
	d.client, err = river.NewClient(d.driver, &river.Config{
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: cfg.Workers}},
		FetchPollInterval:    pollEvery,
		JobTimeout:           jobWithin,
		RescueStuckJobsAfter: rescueAfter,
		MaxAttempts:          maxAttempts,
		Workers:              workers,
		Logger:               slog.New(warnings{cfg.Log.Handler()}).With("part", "jobs"),
		ReindexerSchedule:    never{}, // the program's role does not own the tables
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(cfg.PassEvery),
			func() (river.JobArgs, *river.InsertOpts) { return pass(), passOpts() }, &river.PeriodicJobOpts{RunOnStart: true})},
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return d, nil
}

// Start begins to work jobs until Stop; ctx covers the start only.
func (d *Delivery) Start(ctx context.Context) error {
	if d.cfg.Network == nil || d.cfg.Sender == nil {
		return errors.New("delivery: without a network and a sender nothing can be worked")
	}
	return d.client.Start(context.WithoutCancel(ctx))
}

// Stop takes no new jobs and waits for those at work. When ctx ends first they
// are cancelled: a mail on its way is settled, or goes to a person.
func (d *Delivery) Stop(ctx context.Context) error {
	err := d.client.Stop(ctx)
	if err == nil || ctx.Err() == nil {
		return err
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
	defer cancel()
	return d.client.StopAndCancel(hard)
}

// args is the one kind of River job: ids only.
type args struct{ models.Job }

// Kind names the jobs in River's table.
func (args) Kind() string { return "rapport" }

func pass() args { return args{models.Job{Kind: store.JobPass}} }

// passOpts: one pass waits or runs at a time; a failed one is not repeated,
// because the next comes by itself.
func passOpts() *river.InsertOpts {
	return &river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled}}}
}

// Insert puts a job into the caller's transaction; of passes, at most one
// waits. Messages guard themselves by their state.
func (d *Delivery) Insert(ctx context.Context, tx *sql.Tx, job models.Job, runAt time.Time) error {
	opts := &river.InsertOpts{}
	if job.Kind == store.JobPass {
		opts = passOpts()
	}
	opts.ScheduledAt = runAt
	_, err := d.client.InsertTx(ctx, tx, args{job}, opts)
	return err
}

// never is a schedule that does not come.
type never struct{}

func (never) Next(now time.Time) time.Time { return now.AddDate(100, 0, 0) }

// warnings keeps River's diary out of ours: what goes wrong is enough.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}
func (w warnings) WithAttrs(a []slog.Attr) slog.Handler { return warnings{w.Handler.WithAttrs(a)} }
func (w warnings) WithGroup(name string) slog.Handler   { return warnings{w.Handler.WithGroup(name)} }
