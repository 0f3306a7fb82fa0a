package store_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// BenchmarkFigureWorklistSQLite is the CPU time of a page of fifty of a
// worklist, in a practice with 100,000 open things, over that of the bare query.
func BenchmarkFigureWorklistSQLite(b *testing.B) { benchWorklist(b, "sqlite") }

// BenchmarkFigureWorklistPostgres is the same with the backends' time.
func BenchmarkFigureWorklistPostgres(b *testing.B) { benchWorklist(b, "postgres") }

const manyOpen = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000),
	k AS (SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS r FROM clients WHERE practice_id = 'PRACTICE')
	INSERT INTO open_items (practice_id, kind, object_id, worklist, side, from_on, until_on, clock, clock_on, action, client_id, provider_id, since)
	SELECT 'PRACTICE', 'promise', 'open-' || CAST(100000 + i AS TEXT), CASE i % 4 WHEN 0 THEN 'referrals' WHEN 1 THEN 'reports_due' ELSE 'promises' END,
	CASE i % 2 WHEN 0 THEN 'us' ELSE 'them' END, '', '9999-12-31', 'promise', '2026-' || CAST(10 + i % 3 AS TEXT) || '-' || CAST(10 + i % 20 AS TEXT), 'keep',
	k.id, 'PROVIDER', 'SINCE' FROM n JOIN k ON k.r = i % 100`

func benchWorklist(b *testing.B, engine string) {
	const pages, rounds = 40, 15
	w := storetest.NewWorld(b, engine)
	for range 100 {
		w.Client("Ana", "Silva")
	}
	in, err := w.OwnerDB.Begin()
	if err != nil {
		b.Fatal(err)
	}
	if engine == "postgres" {
		if _, err := in.Exec("SELECT set_config('app.practice', $1, true)", string(w.Practice.ID)); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := in.Exec(strings.NewReplacer("PRACTICE", string(w.Practice.ID), "PROVIDER", string(w.Provider.ID), "SINCE", w.Clock.Now().Format(time.RFC3339)).Replace(manyOpen)); err != nil {
		b.Fatal(err)
	}
	if err := in.Commit(); err != nil {
		b.Fatal(err)
	}
	if _, err := w.OwnerDB.Exec("ANALYZE"); err != nil {
		b.Fatal(err)
	}
	ctx, got := context.Background(), 0
	page := func() {
		if err := w.DB.Read(ctx, w.Owner, func(_ context.Context, tx *store.Tx) error {
			l, err := tx.OpenLines(store.OpenFilter{Worklist: models.ListPromises}, "2026-11-20", models.Page{Limit: 50})
			got = len(l.Items)
			return err
		}); err != nil || got != 50 {
			b.Fatal(got, err)
		}
	}
	var ratios []float64
	for round := range rounds + 1 {
		served := spent(w, func() {
			for range pages {
				page()
			}
		})
		bare := spent(w, func() {
			for range pages {
				bareWorklist(b, w)
			}
		})
		if round > 0 {
			ratios = append(ratios, float64(served)/float64(bare))
		}
	}
	storetest.Figure(b, storetest.Median(ratios), "CPU-ratio", 1.8)
}

func spent(w *storetest.World, f func()) time.Duration {
	before := w.CPU()
	f()
	return w.CPU() - before
}

const bareOpen = `SELECT i.kind, i.object_id, i.worklist, i.side, i.from_on, i.until_on, i.clock, i.clock_on, i.action, i.client_id, i.provider_id, i.since,
	c.given, c.family, p.given, p.family, p.credentials, o.current_id
	FROM open_items i LEFT JOIN clients c ON c.practice_id = i.practice_id AND c.id = i.client_id LEFT JOIN providers p ON p.id = i.provider_id
	LEFT JOIN order_series o ON o.practice_id = i.practice_id AND o.id = i.object_id
	WHERE i.practice_id = $1 AND i.from_on <= $2 AND i.until_on >= $3 AND i.worklist = $4
	ORDER BY i.clock_on, i.object_id, i.kind LIMIT $5`

// bareWorklist asks the same of the database, with the same parameters, in a transaction that names the
// practice, and reads the rows.
func bareWorklist(b *testing.B, w *storetest.World) {
	tx, err := w.DB.Pool().BeginTx(context.Background(), &sql.TxOptions{ReadOnly: w.DB.Engine() == "postgres"})
	if err != nil {
		b.Fatal(err)
	}
	defer tx.Rollback()
	if w.DB.Engine() == "postgres" {
		if _, err := tx.Exec("SELECT set_config('app.practice', $1, true)", string(w.Practice.ID)); err != nil {
			b.Fatal(err)
		}
	}
	rows, err := tx.Query(bareOpen, string(w.Practice.ID), "2026-11-20", "2026-11-20", "promises", 51)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var text [17]sql.NullString
		var since time.Time
		to := []any{}
		for i := range text {
			if i == 11 {
				to = append(to, &since)
			}
			to = append(to, &text[i])
		}
		if err := rows.Scan(to...); err != nil {
			b.Fatal(err)
		}
	}
	if n != 51 {
		b.Fatal(n, rows.Err())
	}
}
