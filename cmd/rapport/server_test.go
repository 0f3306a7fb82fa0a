package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestProbesAnswerWithoutSignIn asks a running server as a load balancer does.
func TestProbesAnswerWithoutSignIn(t *testing.T) {
	s, err := serving{settings: settings{DataDir: t.TempDir()}, Addr: "127.0.0.1:0"}.fill()
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
	for path, want := range map[string]string{"/livez": "alive\n", "/readyz": "ready\n"} {
		res, err := http.Get("http://" + srv.ln.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || string(b) != want || strings.Contains(strings.Join(res.Header.Values("Set-Cookie"), ""), "=") {
			t.Errorf("%s: %d %q, %v", path, res.StatusCode, b, err)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("stopping: %v", err)
	}
}

func TestAProxyNobodyBelievesIsWarnedOf(t *testing.T) {
	for _, c := range []struct {
		url     string
		proxies []string
		want    bool
	}{
		{"https://rapport.example", nil, true},
		{"https://rapport.example", []string{"127.0.0.1"}, false},
		{"http://127.0.0.1:8080", nil, false},
	} {
		if got := blindProxy(c.url, c.proxies); got != c.want {
			t.Errorf("%s behind %v: got %v", c.url, c.proxies, got)
		}
	}
}
