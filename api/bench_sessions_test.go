package api_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"rapport/models/store"
	"rapport/models/store/storetest"
)

// statement is what PostgreSQL was asked.
type statement struct {
	sql  string
	args []any
}

// tape keeps statements while it runs.
type tape struct {
	mu      sync.Mutex
	running bool
	all     []statement
}

// record keeps the values that arguments stand for, so that a replay does not
// pay for making them. What the server sends in one go, a bare client sends
// one statement after the other.
func (t *tape) record(c *store.Config) {
	c.Trace = func(sql string, args []any) {
		t.mu.Lock()
		defer t.mu.Unlock()
		if !t.running {
			return
		}
		if begin, enter, both := strings.Cut(sql, "; "); both && strings.HasPrefix(begin, "begin") {
			t.all = append(t.all, statement{sql: begin}, statement{sql: enter})
			return
		}
		s := statement{sql: sql, args: slices.Clone(args)}
		for i, a := range s.args {
			if v, ok := a.(driver.Valuer); ok {
				s.args[i], _ = v.Value()
			}
		}
		t.all = append(t.all, s)
	}
}

// take returns what was asked while f ran.
func (t *tape) take(f func()) []statement {
	t.mu.Lock()
	t.all, t.running = nil, true
	t.mu.Unlock()
	f()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running = false
	return t.all
}

// replay asks the same natively, and reads every row.
func replay(b *testing.B, on *pgx.Conn, statements []statement) {
	b.Helper()
	for _, s := range statements {
		rows, err := on.Query(context.Background(), s.sql, s.args...)
		if err != nil {
			b.Fatalf("%s: %v", s.sql, err)
		}
		for rows.Next() {
			if _, err := rows.Values(); err != nil {
				b.Fatal(err)
			}
		}
		if err := rows.Err(); err != nil {
			b.Fatalf("%s: %v", s.sql, err)
		}
	}
}

func natively(b *testing.B, w *storetest.World) *pgx.Conn {
	b.Helper()
	c, err := pgx.Connect(context.Background(), w.URL())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close(context.Background()) })
	return c
}

const (
	rounds   = 5
	perRound = 200
)

func (p *busy) visits(b *testing.B, round int) [][]byte {
	b.Helper()
	out := make([][]byte, perRound)
	for i := range out {
		out[i] = p.visit(b, i, fmt.Sprintf("r%d-%d", round, i))
	}
	return out
}

// BenchmarkFigureRecordSession is the CPU time of recording sessions through
// the API, with sign-in, scope lock, audit, sealing and Idempotency-Key, over
// that of the same statements asked natively, committed one by one. The server
// and the replay work on twins of a database; the third one is where the
// statements were learnt.
func BenchmarkFigureRecordSession(b *testing.B) {
	var t tape
	learnt, served, native := newBusy(b, "postgres", perRound, t.record), newBusy(b, "postgres", perRound, unwatched), newBusy(b, "postgres", perRound)
	teacher, line, conn := learnt.dial(b), served.dial(b), natively(b, native.World)
	var ratios, slower []float64
	var statements int
	for round := range rounds + 1 {
		asked := t.take(func() { teacher.all(b, learnt.visits(b, round), 201) })
		requests := served.visits(b, round)
		cpu, wall := spends(served.World, func() { line.all(b, requests, 201) })
		bareCPU, bare := spends(native.World, func() { replay(b, conn, asked) })
		if round == 0 {
			continue // warms caches and connections
		}
		statements = len(asked) / perRound
		ratios, slower = append(ratios, float64(cpu)/float64(bareCPU)), append(slower, float64(wall)/float64(bare))
		b.Logf("round %d: %d statements; CPU %v of %v, time %v of %v each", round, statements, cpu/perRound, bareCPU/perRound, wall/perRound, bare/perRound)
	}
	b.ReportMetric(storetest.Median(slower), "time-ratio")
	b.ReportMetric(float64(statements), "statements")
	storetest.Figure(b, storetest.Median(ratios), "CPU-ratio", 2.5)
}

// BenchmarkFigureOneWriter is how evenly SQLite's one writer serves sixteen
// clients that record sessions at once: the slowest hundredth over the median.
func BenchmarkFigureOneWriter(b *testing.B) {
	const clients, each = 16, 40
	p := newBusy(b, "sqlite", clients*8)
	var ratios []float64
	for round := range rounds + 1 {
		var mu sync.Mutex
		var took []time.Duration
		var wg sync.WaitGroup
		for c := range clients {
			l := p.dial(b)
			var requests [][]byte
			for i := range each {
				requests = append(requests, p.visit(b, c*8+i%8, fmt.Sprintf("%d-%d-%d", round, c, i)))
			}
			wg.Go(func() {
				for _, r := range requests {
					start := time.Now()
					if _, err := l.send(r, 201); err != nil {
						b.Error(err)
						return
					}
					mu.Lock()
					took = append(took, time.Since(start))
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if round == 0 || b.Failed() {
			continue
		}
		slices.Sort(took)
		p50, p99 := took[len(took)/2], took[len(took)*99/100]
		ratios = append(ratios, float64(p99)/float64(p50))
		b.Logf("round %d: %d requests, p50 %v, p99 %v, slowest %v", round, len(took), p50, p99, took[len(took)-1])
	}
	storetest.Figure(b, storetest.Median(ratios), "p99/p50", 5)
}
