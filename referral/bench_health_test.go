package referral_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store/storetest"
	"rapport/referral"
)

// history is a practice's past as a benchmark needs it, written by the
// shortest way that leaves the rows the verbs would.
type history struct {
	*storetest.World
	*rand.Rand
	in     *sql.Tx
	reader *sql.DB // its backend is counted; that of OwnerDB counts the others
	client models.Client
	lots   map[string][]any
}

func (h *history) insert(table, columns string, values ...any) {
	key := table + " (" + columns + ")"
	h.lots[key] = append(h.lots[key], values...)
	if len(h.lots[key]) >= 100*len(values) {
		h.write(key, len(values))
	}
}

func (h *history) write(key string, width int) {
	args := h.lots[key]
	h.lots[key] = nil
	var statement strings.Builder
	statement.WriteString("INSERT INTO " + key + " VALUES ")
	for i := range args {
		switch {
		case i == 0:
			statement.WriteString("(")
		case i%width == 0:
			statement.WriteString("),(")
		default:
			statement.WriteString(",")
		}
		if h.DB.Engine() == "postgres" {
			fmt.Fprintf(&statement, "$%d", i+1)
		} else {
			statement.WriteString("?")
		}
	}
	if _, err := h.in.Exec(statement.String()+")", args...); err != nil {
		h.T.Fatal(err)
	}
}

func (h *history) flush() {
	for key, args := range h.lots {
		if len(args) > 0 {
			h.write(key, strings.Count(key, ",")+1)
		}
	}
}

// begin opens a transaction that the practice's rows are seen in.
func (h *history) begin(b *testing.B, on *sql.DB) *sql.Tx {
	b.Helper()
	in, err := on.Begin()
	if err == nil && h.DB.Engine() == "postgres" {
		_, err = in.Exec("SELECT set_config('app.practice', $1, true)", string(h.Practice.ID))
	}
	if err != nil {
		b.Fatal(err)
	}
	return in
}

// moment is an instant as the program writes it.
func (h *history) moment(t time.Time) any {
	if h.DB.Engine() == "sqlite" {
		return t.UTC().Format("2006-01-02 15:04:05.999999999-07:00")
	}
	return t
}

// live writes n events over a year and a half between the practice and some
// providers: half of them referrals, the rest contacts and promises.
func (h *history) live(b *testing.B, relationships, n int) {
	b.Helper()
	h.in = h.begin(b, h.OwnerDB)
	now, practice := h.moment(h.Clock.Now()), string(h.Practice.ID)
	ids := make([]string, relationships)
	for i := range ids {
		provider := h.NewID()
		ids[i] = h.NewID()
		h.insert("providers", "id, given, family, folded, credentials, npi, taxonomy, email, phone, licence, created_at, version",
			provider, "Given", "Family", "family given", "", nil, "111N00000X", "", "", "{}", now, 1)
		h.flush()
		h.insert("relationships", "practice_id, id, provider_id, tier, wanted_interval_days, preferred_channel, accepting, checklist, created_at, version",
			practice, ids[i], provider, "", 60, "", "yes", "{}", now, 1)
	}
	h.flush()
	for i := range n {
		id := ids[h.IntN(relationships)]
		happened := h.Clock.Now().Add(-time.Duration(h.Int64N(int64(540 * 24 * time.Hour)))).Truncate(time.Microsecond)
		at := h.moment(happened)
		switch i % 10 {
		case 0, 1, 2:
			h.insert("contacts", "practice_id, id, relationship_id, at, channel, direction, outcome, checklist, breach, created_by, created_at",
				practice, h.NewID(), id, at, "call", "out", "reached_staff", "{}", false, "u", at)
		case 3, 4:
			due := models.DateOf(happened, time.UTC)
			h.insert("promises", "practice_id, id, relationship_id, owed_by, kind, due_on, state, source_kind, kept_kind, kept_on, created_by, created_at, version",
				practice, h.NewID(), id, "us", "packet", string(due), "kept", "", "", string(due.AddDays(h.IntN(4)-2)), "u", at, 1)
		default:
			direction := "inbound"
			if h.IntN(3) == 0 {
				direction = "outbound"
			}
			h.insert("referrals", "practice_id, id, direction, client_id, provider_id, relationship_id, reason, priority, state, business_status, attempts, first_of_provider, sent_at, outcome_at, seen_at, created_by, created_at, version",
				practice, h.NewID(), direction, string(h.client.ID), string(h.Provider.ID), id, []byte("sealed"), "routine", "completed", "7.0", 0, false, at, at, at, "u", at, 1)
		}
	}
	h.flush()
	err := h.in.Commit()
	if err != nil {
		b.Fatal(err)
	}
	analyse := "ANALYZE"
	if h.DB.Engine() == "postgres" {
		analyse = "VACUUM ANALYZE"
	}
	if _, err := h.OwnerDB.Exec(analyse); err != nil {
		b.Fatal(err)
	}
}

// bare are the counts of the same events that anybody would ask for, one
// statement a table.
func (h *history) bare(b *testing.B) {
	b.Helper()
	now := h.Clock.Now()
	in := h.begin(b, h.reader)
	defer in.Rollback()
	args := func(ago ...int) (out []any) {
		for _, days := range ago {
			out = append(out, h.moment(now.AddDate(0, 0, -days)))
		}
		return append(out, string(h.Practice.ID))
	}
	ask := func(query string, width int, args []any) {
		if h.DB.Engine() == "postgres" {
			for i := range args {
				query = strings.Replace(query, "?", fmt.Sprintf("$%d", i+1), 1)
			}
		}
		rows, err := in.Query(query, args...)
		if err != nil {
			b.Fatal(err)
		}
		defer rows.Close()
		into := make([]any, width)
		for i := range into {
			into[i] = new(any)
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				b.Fatal(err)
			}
		}
		if err := rows.Err(); err != nil {
			b.Fatal(err)
		}
	}
	ask(`SELECT relationship_id, direction, COUNT(*), COUNT(*) FILTER (WHERE sent_at >= ?), COUNT(*) FILTER (WHERE sent_at >= ?), COUNT(*) FILTER (WHERE sent_at >= ? AND sent_at < ?),
		COUNT(*) FILTER (WHERE sent_at >= ? AND sent_at < ? AND outcome_at IS NOT NULL AND seen_at IS NOT NULL), MIN(sent_at), MAX(sent_at)
		FROM referrals WHERE practice_id = ? GROUP BY relationship_id, direction`, 9, args(365, 90, 360, 90, 365, 30))
	ask(`SELECT relationship_id, COUNT(*), MAX(at) FROM contacts WHERE practice_id = ? GROUP BY relationship_id`, 3, []any{string(h.Practice.ID)})
	ask(`SELECT relationship_id, owed_by, COUNT(*), COUNT(*) FILTER (WHERE kept_on <= due_on) FROM promises WHERE practice_id = ? GROUP BY relationship_id, owed_by`, 4,
		[]any{string(h.Practice.ID)})
}

// compared is the CPU time of the health of all relationships, and of the bare counts.
func (h *history) compared(b *testing.B, n *referral.Network) (health, bare time.Duration) {
	b.Helper()
	var ours, theirs []time.Duration
	h.bare(b)
	for range 7 {
		start := h.CPU()
		all, err := n.Standings(context.Background(), h.Owner)
		if err != nil || len(all) == 0 {
			b.Fatalf("%d, %v", len(all), err)
		}
		middle := h.CPU()
		h.bare(b)
		ours, theirs = append(ours, middle-start), append(theirs, h.CPU()-middle)
	}
	return storetest.Median(ours), storetest.Median(theirs)
}

func benchHealth(b *testing.B, engine string) {
	const relationships, events = 500, 200_000
	var took [2]time.Duration
	for i, n := range []int{events / 10, events} {
		w := storetest.NewWorld(b, engine)
		h := &history{World: w, Rand: rand.New(rand.NewPCG(1, 2)), client: w.Client("Ada", "Byron"), lots: map[string][]any{}}
		h.live(b, relationships, n)
		h.reader = h.OwnerDB
		if engine == "postgres" {
			var err error
			if h.reader, err = sql.Open("pgx", w.URL()); err != nil {
				b.Fatal(err)
			}
			defer h.reader.Close()
			// A parallel worker takes its time with it when it ends.
			if _, err := h.OwnerDB.Exec("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET max_parallel_workers_per_gather = 0', current_database()); END $$"); err != nil {
				b.Fatal(err)
			}
			w.DB = w.Open()
		}
		health, bare := h.compared(b, referral.New(w.DB, nil, nil, referral.Config{Now: w.Clock.Now}))
		b.Logf("%s, %d events: health %s, bare %s", engine, n, health, bare)
		if took[i] = health; n == events {
			b.ReportMetric(float64(health)/float64(time.Millisecond), "cpu-ms")
			storetest.Figure(b, float64(health)/float64(bare), "x-bare", 1.3)
		}
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "x-for-10x-of-at-most-10")
}

// BenchmarkFigureHealthSQLite and its sister judge 500 relationships over
// 200,000 events, and over a tenth of them.
func BenchmarkFigureHealthSQLite(b *testing.B)   { benchHealth(b, "sqlite") }
func BenchmarkFigureHealthPostgres(b *testing.B) { benchHealth(b, "postgres") }
