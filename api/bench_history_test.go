package api_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/seal"
	"rapport/models/store/storetest"
)

// past writes signed sessions of forty visits for each client straight into
// the tables, the notes sealed as the store seals them, and a release that
// covers the prescriber.
func (p *busy) past(b *testing.B, visits int) {
	b.Helper()
	ctx := context.Background()
	on := natively(b, p.World)
	var wrapped []byte
	p.must(on.Exec(ctx, "SELECT set_config('app.practice', $1, false)", string(p.Practice.ID)))
	if err := on.QueryRow(ctx, "SELECT wrapped FROM practice_keys WHERE practice_id = $1", string(p.Practice.ID)).Scan(&wrapped); err != nil {
		b.Fatal(err)
	}
	keys, err := seal.Unwrap(p.Master(), wrapped, string(p.Practice.ID))
	if err != nil {
		b.Fatal(err)
	}
	for i, c := range p.clients {
		p.history(b, on, keys, i, visits)
		p.release(c.ID)
	}
	p.must(p.OwnerDB.Exec("ANALYZE")) // as their owner: for anybody else it passes the tables by
}

func (p *busy) must(_ any, err error) {
	p.T.Helper()
	if err != nil {
		p.T.Fatal(err)
	}
}

const insertPast = `INSERT INTO sessions (practice_id, id, client_id, prescription_id, series_id, therapist_id, kind, state, visit_number, started_at, local_date,
	minutes, regions, techniques, precautions, note, violations, scope_snapshot, signed_at, signed_by, content_sha256, created_by, created_at, version)
	SELECT $1, u.id, $2, $3, $4, $5, 'prescribed', 'signed', u.visit, u.started, u.day, 30, $6, $7, $8, u.note, 'null', $9, u.started, $5, u.hash, $5, u.started, 2
	FROM unnest($10::text[], $11::bigint[], $12::timestamptz[], $13::text[], $14::bytea[], $15::text[]) AS u (id, visit, started, day, note, hash)`

func (p *busy) history(b *testing.B, on *pgx.Conn, keys *seal.Keys, i, visits int) {
	b.Helper()
	text := func(v any) string { t, err := json.Marshal(v); p.must(nil, err); return string(t) }
	order := p.orders[i]
	scope := order.Content.Scope
	s := models.Session{ClientID: order.ClientID, PrescriptionID: order.ID, SeriesID: order.SeriesID, TherapistID: p.Therapist.UserID, Kind: models.Prescribed,
		State: models.NoteSigned, Minutes: 30, Regions: scope.Regions[:1], Techniques: []models.Technique{"swedish"}, PrecautionsRead: scope.Precautions,
		Screening: models.Screening{Reviewed: true}, ScopeSnapshot: &scope, SOAP: models.SOAP{Subjective: "Stiff after a long drive; sleeps badly on the left side.",
			Objective: "Upper trapezius taut on both sides.", Assessment: "Pain eased within the session.", Plan: "Again next week."}}
	note := text(map[string]any{"screening": s.Screening, "soap": s.SOAP})
	var ids, days, hashes []string
	var numbers []int
	var times []time.Time
	var notes [][]byte
	for n := range visits {
		s.ID, s.VisitNumber = models.SessionID(p.NewID()), n+1
		s.StartedAt = storetest.Start.Add(time.Duration(i+n*len(p.clients)-visits*len(p.clients)) * time.Minute)
		s.LocalDate = models.DateOf(s.StartedAt, p.Practice.Location())
		sealed, err := keys.Seal([]byte(note), string(p.Practice.ID), "sessions", string(s.ID), "note")
		p.must(nil, err)
		ids, numbers, times, days = append(ids, string(s.ID)), append(numbers, s.VisitNumber), append(times, s.StartedAt), append(days, string(s.LocalDate))
		notes, hashes = append(notes, sealed), append(hashes, s.ContentHash())
	}
	p.must(on.Exec(context.Background(), insertPast, string(p.Practice.ID), string(s.ClientID), string(s.PrescriptionID), string(s.SeriesID), string(s.TherapistID),
		text(s.Regions), text(s.Techniques), text(s.PrecautionsRead), text(s.ScopeSnapshot), ids, numbers, times, days, notes, hashes))
	p.must(on.Exec(context.Background(), "UPDATE order_series SET used = $1, last_number = $1 WHERE id = $2", visits, string(s.SeriesID)))
}

func (p *busy) release(client models.ClientID) {
	p.T.Helper()
	p.Write(func(tx *store.Tx) error {
		return tx.AddRelease(models.Release{ID: models.ReleaseID(p.NewID()), PracticeID: p.Practice.ID, ClientID: client, Status: models.ReleaseDraft,
			Recipients: []models.Recipient{{ProviderID: p.Provider.ID}}, Categories: []models.Category{models.CategorySessionNotes, models.CategoryProgressReport},
			Purpose: models.PurposeCoordination, ExpiresOn: "2027-03-02", FormVersion: "1", CreatedBy: p.Therapist.UserID, CreatedAt: p.Clock.Now()})
	})
}

// BenchmarkFigureInbox is the CPU time of the newest 50 among 100,000 sessions
// through the API over that of the bare queries.
func BenchmarkFigureInbox(b *testing.B) {
	reads(b, 2500, func(*busy, int) []string { return []string{"/api/v1/sessions?limit=50"} })
}

// BenchmarkFigureClient is the same for one client whole: releases, orders and
// forty sessions.
func BenchmarkFigureClient(b *testing.B) {
	reads(b, 100, func(p *busy, i int) []string {
		c := string(p.clients[i%len(p.clients)].ID)
		return []string{"/api/v1/releases?client_id=" + c, "/api/v1/prescriptions?client_id=" + c, "/api/v1/sessions?client_id=" + c}
	})
}

// reads compares answers to GET with what the server asked PostgreSQL for
// them, once learnt and then asked natively on a twin of the database. Rounds
// are short and many, so that what else the machine does meets both alike.
func reads(b *testing.B, clients int, paths func(p *busy, i int) []string) {
	const visits, times, rounds = 40, 12, 40
	var t tape
	learnt, served, native := newBusy(b, "postgres", clients, t.record), newBusy(b, "postgres", clients, unwatched), newBusy(b, "postgres", clients)
	for _, p := range []*busy{learnt, served, native} {
		p.past(b, visits)
	}
	conn := natively(b, native.World)
	requests := func(p *busy) (out [][]byte) {
		for i := range times {
			for _, path := range paths(p, i) {
				out = append(out, p.request("GET", path, nil))
			}
		}
		return out
	}
	var ratios []float64
	most := 0
	for round := range rounds + 1 {
		teacher := learnt.dial(b)
		var asked []statement
		for _, r := range requests(learnt) {
			one := t.take(func() { teacher.all(b, [][]byte{r}, 200) })
			most = max(most, counted(one))
			asked = append(asked, one...)
		}
		line, all := served.dial(b), requests(served) // only now: the server hangs up on who is silent
		cpu, wall := spends(served.World, func() { line.all(b, all, 200) })
		bareCPU, bare := spends(native.World, func() { replay(b, conn, asked) })
		if round == 0 {
			continue
		}
		ratios = append(ratios, float64(cpu)/float64(bareCPU))
		b.Logf("round %d: CPU %v of %v, time %v of %v each", round, cpu/times, bareCPU/times, wall/times, bare/times)
	}
	b.ReportMetric(float64(most), "statements")
	storetest.Figure(b, storetest.Median(ratios), "CPU-ratio", 1.8)
}

// counted leaves out what opens, scopes and ends a transaction.
func counted(all []statement) (n int) {
	for _, s := range all {
		opens := func(with string) bool { return strings.HasPrefix(s.sql, with) }
		if !slices.ContainsFunc([]string{"begin", "set local app.practice", "SELECT set_config('app.practice'", "commit", "rollback"}, opens) {
			n++
		}
	}
	return n
}
