package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

type worker struct {
	river.WorkerDefaults[args]
	d *Delivery
}

// Work is one attempt.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) error {
	return w.d.work(ctx, job.Args.Job, job.Attempt >= job.MaxAttempts)
}

// NextRetry is when a failed attempt is repeated.
func (w *worker) NextRetry(job *river.Job[args]) time.Time {
	return w.d.cfg.Now().Add(backoff(job.Attempt))
}

// work does one job. Its error becomes part of River's table and log: it holds
// codes, and causes only of our own store.
func (d *Delivery) work(ctx context.Context, job models.Job, last bool) (err error) {
	defer func() {
		if r := recover(); r != nil {
			// the value of a panic can hold data; its place cannot
			d.cfg.Log.Error("job panicked", "kind", job.Kind, "id", job.ObjectID, "stack", string(debug.Stack()))
			err = errors.New("panic")
		}
	}()
	switch job.Kind {
	case store.JobMessage:
		return d.message(ctx, job.PracticeID, models.MessageID(job.ObjectID), last)
	case store.JobPass:
		if err := d.cfg.Network.RunPasses(ctx); err != nil {
			d.cfg.Log.Error("pass failed", "code", fault.CodeOf(err), "cause", fault.Scrub(err))
			return errors.New(fault.CodeOf(err))
		}
		return nil
	}
	return fmt.Errorf("no work for kind %q", job.Kind)
}

// Drain works every job that is due by the configured clock, one after the
// other, and says how many attempts it made. What fails is due again when the
// clock has moved on; what a dead process left is due two minutes after. It is
// for tests and for commands that wait; do not mix it with Start.
func (d *Delivery) Drain(ctx context.Context) (int, error) {
	attempts := 0
	for {
		jobs, err := d.due(ctx)
		if err != nil || len(jobs) == 0 {
			return attempts, err
		}
		for _, j := range jobs {
			attempts++
			if err := d.attempt(ctx, j); err != nil {
				return attempts, err
			}
		}
	}
}

func (d *Delivery) due(ctx context.Context) ([]*rivertype.JobRow, error) {
	exec := d.driver.GetExecutor()
	now := d.cfg.Now().UTC().Add(time.Millisecond) // River's texts of full seconds sort after their own instant on SQLite
	stuck, err := exec.JobGetStuck(ctx, &riverdriver.JobGetStuckParams{Max: 100, StuckHorizon: now.Add(-rescueAfter)})
	if err != nil {
		return nil, err
	}
	for _, j := range stuck {
		if err := d.set(ctx, riverdriver.JobSetStateErrorAvailable(j.ID, d.cfg.Now().UTC(), attemptError(now, j.Attempt, "abandoned"), nil)); err != nil {
			return nil, err
		}
	}
	if _, err := exec.JobSchedule(ctx, &riverdriver.JobScheduleParams{Max: 100, Now: &now}); err != nil {
		return nil, err
	}
	return exec.JobGetAvailable(ctx, &riverdriver.JobGetAvailableParams{ClientID: "drain", MaxAttemptedBy: 10, MaxToLock: 1, Now: &now, Queue: river.QueueDefault})
}

func (d *Delivery) attempt(ctx context.Context, j *rivertype.JobRow) error {
	var a args
	if err := json.Unmarshal(j.EncodedArgs, &a); err != nil {
		return err
	}
	last := j.Attempt >= j.MaxAttempts
	err := d.work(ctx, a.Job, last)
	now := d.cfg.Now().UTC()
	switch {
	case err == nil:
		return d.set(ctx, riverdriver.JobSetStateCompleted(j.ID, now, nil))
	case last:
		return d.set(ctx, riverdriver.JobSetStateDiscarded(j.ID, now, attemptError(now, j.Attempt, err.Error()), nil))
	}
	return d.set(ctx, riverdriver.JobSetStateErrorRetryable(j.ID, now.Add(backoff(j.Attempt)), attemptError(now, j.Attempt, err.Error()), nil))
}

func attemptError(at time.Time, attempt int, text string) []byte {
	b, _ := json.Marshal(rivertype.AttemptError{At: at, Attempt: attempt, Error: text})
	return b
}

func (d *Delivery) set(ctx context.Context, p *riverdriver.JobSetStateIfRunningParams) error {
	now := d.cfg.Now().UTC()
	_, err := d.driver.GetExecutor().JobSetStateIfRunningMany(ctx, &riverdriver.JobSetStateIfRunningManyParams{ID: []int64{p.ID}, Attempt: []*int{p.Attempt},
		ErrData: [][]byte{p.ErrData}, FinalizedAt: []*time.Time{p.FinalizedAt}, MetadataDoMerge: []bool{p.MetadataDoMerge}, MetadataUpdates: [][]byte{p.MetadataUpdates},
		Now: &now, ScheduledAt: []*time.Time{p.ScheduledAt}, State: []rivertype.JobState{p.State}})
	return err
}
