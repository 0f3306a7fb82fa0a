package store_test

import (
	"context"
	"testing"
	"time"

	"rapport/models/store"
	"rapport/models/store/storetest"
)

// BenchmarkFigureVerifySQLite is the CPU time in which the trail is walked from
// its start to its head, for 100,000 events.
func BenchmarkFigureVerifySQLite(b *testing.B) { benchVerify(b, "sqlite") }

// BenchmarkFigureVerifyPostgres is the same with the backends' time.
func BenchmarkFigureVerifyPostgres(b *testing.B) { benchVerify(b, "postgres") }

func benchVerify(b *testing.B, engine string) {
	const events, each = 100_000, 1000
	w := storetest.NewWorld(b, engine)
	for range events / each {
		w.Write(func(tx *store.Tx) error {
			for range each {
				tx.Log("session.list", "session", "", "", "")
			}
			return nil
		})
	}
	var rounds []time.Duration
	for range 5 {
		var c store.Checked
		before := w.CPU()
		err := w.DB.Read(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error { return tx.VerifyTrail(&c) })
		if err != nil || len(c.Broken) != 0 || c.Events < events {
			b.Fatalf("%+v, %v", c, err)
		}
		rounds = append(rounds, (w.CPU()-before)*events/time.Duration(c.Events))
	}
	storetest.Figure(b, storetest.Median(rounds).Seconds(), "s-per-100k", 1)
}
