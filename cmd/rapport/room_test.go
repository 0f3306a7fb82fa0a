package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

func TestADiskIsLowUnderTheReserveOrATwentieth(t *testing.T) {
	const mb = 1_000_000
	for _, c := range []struct {
		url         string
		reserve     int
		free, whole uint64
		err         error
		want        bool
	}{
		{"sqlite:/d/r.db", 200, 199 * mb, 100_000 * mb, nil, true},
		{"sqlite:/d/r.db", 200, 201 * mb, 100_000 * mb, nil, false},
		{"sqlite:/d/r.db", 200, 60 * mb, 1000 * mb, nil, false}, // a small disk: a twentieth is 50 MB
		{"sqlite:/d/r.db", 200, 49 * mb, 1000 * mb, nil, true},
		{"sqlite:/d/r.db", 0, 0, 1000 * mb, nil, false},
		{"sqlite:/d/r.db", 200, 0, 1000 * mb, errors.New("no answer"), false},
		{"postgres://db/r", 200, 0, 1000 * mb, nil, false},
	} {
		low := serving{settings: settings{DatabaseURL: c.url}, DiskReserve: c.reserve}.low(func(string) (uint64, uint64, error) { return c.free, c.whole, c.err })
		if got := low != nil && low(); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if free, whole, err := onDisk(t.TempDir()); err != nil || free > whole {
		t.Errorf("%d of %d, %v", free, whole, err)
	}
}

// TestAFullDiskRefusesWritesAndLetsReadingsGoOn serves a copy of the demo on a
// disk that fills up and is emptied again.
func TestAFullDiskRefusesWritesAndLetsReadingsGoOn(t *testing.T) {
	s, err := serving{settings: settings{DataDir: copyOfYear(t)}, Addr: "127.0.0.1:0", DiskReserve: 200}.fill()
	if err != nil {
		t.Fatal(err)
	}
	var full atomic.Bool
	s.room = func(string) (uint64, uint64, error) {
		if full.Load() {
			return 1, 1 << 40, nil
		}
		return 1 << 39, 1 << 40, nil
	}
	ctx, stop := context.WithCancel(context.Background())
	srv, err := s.start(ctx, newLog(io.Discard), false)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.run(ctx) }()
	at := "http://" + srv.ln.Addr().String()
	token := asked(t, "", http.MethodPost, at+"/api/v1/auth/token", map[string]string{"email": "olga@ballard.example", "password": demoPassword})["access_token"].(string)
	add := func() (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at+"/api/v1/clients", strings.NewReader(`{"name": {"given": "A", "family": "B"}, "birth_date": "1980-01-01"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var p struct{ Code string }
		if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, p.Code
	}
	ready := func() (int, string) {
		t.Helper()
		res, err := http.Get(at + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(text)
	}
	full.Store(true)
	if status, code := add(); status != 503 || code != "disk.low" {
		t.Errorf("on a full disk: %d %s", status, code)
	}
	if status, text := ready(); status != 200 || text != "read only: the disk is nearly full\n" {
		t.Errorf("a node that serves readings is taken out of a balancer: %d %s", status, text)
	}
	asked(t, token, http.MethodGet, at+"/api/v1/clients", nil)
	asked(t, "", http.MethodPost, at+"/api/v1/auth/token", map[string]string{"email": "olga@ballard.example", "password": demoPassword})
	full.Store(false)
	if status, _ := add(); status != 201 {
		t.Errorf("with room again: %d", status)
	}
	if status, text := ready(); status != 200 || text != "ready\n" {
		t.Errorf("with room again: %d %s", status, text)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("stopping: %v", err)
	}
}
