package main

import (
	"context"
	"database/sql"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
	"rapport/referral"
)

// tables counts the rows of every table of a SQLite file in one transaction.
func tables(t *testing.T, path string) map[string]int64 {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	rows, err := tx.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'river%'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		names = append(names, n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	for _, n := range names {
		var count int64
		if err := tx.QueryRow(`SELECT COUNT(*) FROM "` + n + `"`).Scan(&count); err != nil {
			t.Fatal(err)
		}
		out[n] = count
	}
	return out
}

// recording keeps sessions coming until it is stopped; after each it reads
// every table, so that a backup is one of those moments or none.
type recording struct {
	mu      sync.Mutex
	moments []map[string]int64
	stop    chan struct{}
	ended   chan error
}

func record(t *testing.T, w *storetest.World, path string) *recording {
	r := &recording{moments: []map[string]int64{tables(t, path)}, stop: make(chan struct{}), ended: make(chan error, 1)}
	net := referral.New(w.DB, nil, nil, referral.Config{Now: w.Clock.Now})
	p := models.Prescription{ID: models.PrescriptionID(w.NewID()), PracticeID: w.Practice.ID, SeriesID: models.SeriesID(w.NewID()), Version: 1, ClientID: w.Client("Ana", "Silva").ID,
		PrescriberID: w.Provider.ID, Status: models.OrderActive, Source: models.FromPortal, CreatedBy: w.Doctor.UserID, CreatedAt: w.Clock.Now(), IssuedOn: "2026-03-02",
		Content: models.OrderContent{Scope: models.Scope{Regions: []models.RegionSide{{Region: "neck", Side: models.SideBoth}}, MinutesPerSession: 30, SessionsTotal: 10000},
			ValidFrom: "2026-03-02", ValidUntil: "2026-05-01", Clock: models.ClockIssued, Expiry: models.Strict}}
	p.ContentSHA256 = p.Content.SHA256()
	w.Write(func(tx *store.Tx) error {
		if err := tx.AddSeries(models.Series{ID: p.SeriesID, ClientID: p.ClientID, CurrentID: p.ID, Allowed: 10000}); err != nil {
			return err
		}
		return tx.AddPrescription(p)
	})
	go func() {
		for {
			select {
			case <-r.stop:
				r.ended <- nil
				return
			default:
			}
			_, err := net.RecordSession(context.Background(), w.Therapist, models.SessionDraft{ClientID: p.ClientID, PrescriptionID: p.ID, StartedAt: w.Clock.Now().Add(-time.Hour), Minutes: 30,
				Regions: p.Content.Scope.Regions, Techniques: []models.Technique{"swedish"}, Screening: models.Screening{Reviewed: true},
				SOAP: models.SOAP{Subjective: "stiff neck", Objective: "o", Assessment: "a", Plan: "p"}})
			if err != nil {
				r.ended <- err
				return
			}
			now := tables(t, path)
			r.mu.Lock()
			r.moments = append(r.moments, now)
			r.mu.Unlock()
		}
	}()
	return r
}

// more waits until as many sessions again have been recorded.
func (r *recording) more(t *testing.T, n int) {
	t.Helper()
	count := func() int { r.mu.Lock(); defer r.mu.Unlock(); return len(r.moments) }
	for want, end := count()+n, time.Now().Add(time.Minute); count() < want; time.Sleep(time.Millisecond) {
		if time.Now().After(end) || len(r.ended) > 0 {
			t.Fatalf("the recording stands still at %d", count())
		}
	}
}

func TestABackupTakenUnderAServerAndConcurrentSessionsIsOneMoment(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	dir, path := t.TempDir(), strings.TrimPrefix(w.URL(), "sqlite:")
	key, err := w.Master().Bytes()
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "secret.json"), key, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := serving{settings: settings{DataDir: dir, DatabaseURL: w.URL()}, Addr: "127.0.0.1:0"}.fill()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	srv, err := s.start(ctx, newLog(io.Discard), false)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.run(ctx) }()
	r := record(t, w, path)
	for round := range 3 {
		r.more(t, 3)
		copied, other := filepath.Join(t.TempDir(), "backup.db"), t.TempDir()
		if status, said := command(t, "", "backup", "--data-dir", dir, "--database-url", w.URL(), copied); status != 0 {
			t.Fatal(said)
		}
		r.more(t, 3)
		if err := copyFile(filepath.Join(dir, "secret.json"), filepath.Join(other, "secret.json")); err != nil {
			t.Fatal(err)
		}
		if status, said := command(t, "", "restore", "--data-dir", other, copied); status != 0 || !strings.Contains(said, "restored and verified") {
			t.Fatalf("round %d: %d %s", round, status, said)
		}
		got, found := tables(t, filepath.Join(other, "rapport.db")), false
		// The server's own pass moves open items between two sessions; the restored
		// ones were verified above.
		delete(got, "open_items")
		r.mu.Lock()
		for _, m := range r.moments {
			delete(m, "open_items")
			found = found || maps.Equal(m, got)
		}
		last := r.moments[len(r.moments)-1]
		r.mu.Unlock()
		if !found || got["sessions"] < 3 || got["sessions"] >= last["sessions"] {
			t.Errorf("round %d: the copy is no moment of the database: %v, the last was %v", round, got, last)
		}
	}
	close(r.stop)
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("stopping: %v", err)
	}
}
