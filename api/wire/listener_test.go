package wire_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"rapport/api/wire"
)

// listen serves the site on a real listener; what app.Test cannot show happens
// only there.
func (s *site) listen() (address string, served chan error) {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	served = make(chan error, 1)
	go func() { served <- s.app.Listener(l) }()
	s.t.Cleanup(func() { _ = s.app.ShutdownWithTimeout(time.Second) })
	return l.Addr().String(), served
}

func dial(t *testing.T, address string) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c, bufio.NewReader(c)
}

func send(t *testing.T, c net.Conn, r *bufio.Reader, request string) answer {
	t.Helper()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatalf("%.40q: %v", request, err)
	}
	return read(t, res)
}

// TestStringsOfARequestOutliveIt: without Immutable, the second request on a
// connection rewrites what a handler kept of the first (STYLE F1).
func TestStringsOfARequestOutliveIt(t *testing.T) {
	s := newSite(t, wire.Settings{})
	address, _ := s.listen()
	c, r := dial(t, address)
	var want []string
	for i := range 20 {
		how, note := fmt.Sprintf("not%02d", i), strings.Repeat(string(rune('a'+i)), 8)
		a := send(t, c, r, "GET /fail/"+how+"?note="+note+" HTTP/1.1\r\nHost: a\r\nTest-User: u1\r\n\r\n")
		if a.Status != 204 {
			t.Fatalf("got %d %s", a.Status, a.Body)
		}
		want = append(want, how, note)
	}
	if !slices.Equal(s.kept, want) {
		t.Errorf("kept strings changed:\n got %q\nwant %q", s.kept, want)
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	s := newSite(t, wire.Settings{})
	address, _ := s.listen()
	c, r := dial(t, address)
	if _, err := io.WriteString(c, "HEAD /nothing HTTP/1.1\r\nHost: a\r\n\r\nGET /fail/not HTTP/1.1\r\nHost: a\r\nTest-User: u\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(r, &http.Request{Method: http.MethodHead})
	if err != nil || res.StatusCode != 404 || res.ContentLength <= 0 {
		t.Fatalf("HEAD: %v, %+v", err, res)
	}
	if res, err = http.ReadResponse(r, nil); err != nil || res.StatusCode != 204 {
		t.Errorf("the next answer on the connection: %v, %+v", err, res)
	}
}

// TestBodiesBeyondTheLimitAreRefusedUnread sends the length alone: the refusal
// comes before the body.
func TestBodiesBeyondTheLimitAreRefusedUnread(t *testing.T) {
	s := newSite(t, wire.Settings{})
	address, _ := s.listen()
	c, r := dial(t, address)
	a := send(t, c, r, fmt.Sprintf("POST /uploads HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n", wire.MaxUpload+1))
	if a.Status != 413 || a.Code != "too_large" || a.Header.Get("Content-Security-Policy") != wire.CSP {
		t.Errorf("got %d %s", a.Status, a.Body)
	}
	c, r = dial(t, address)
	if a := send(t, c, r, "GET /things HTTP/1.1\r\nHost: a\r\nX-Long: "+strings.Repeat("x", 9000)+"\r\n\r\n"); a.Status != 431 || a.Code != "headers_too_large" {
		t.Errorf("got %d %s", a.Status, a.Body)
	}
	c, r = dial(t, address)
	if a := send(t, c, r, "NONSENSE\r\n\r\n"); a.Status != 400 || a.Code != "malformed" {
		t.Errorf("got %d %s", a.Status, a.Body)
	}
}

// TestASlowRequestIsGivenUp: half a request holds its connection for the read
// time-out and no longer, whether the headers or the body are missing.
func TestASlowRequestIsGivenUp(t *testing.T) {
	s := newSite(t, wire.Settings{ReadTimeout: 300 * time.Millisecond})
	address, _ := s.listen()
	for _, half := range []string{"GET /fail/not HT", "POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\nContent-Type: application/json\r\n\r\n{\"na"} {
		c, r := dial(t, address)
		start := time.Now()
		if _, err := io.WriteString(c, half); err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil || time.Since(start) > 5*time.Second {
			t.Errorf("%.10q: %v after %v", half, err, time.Since(start))
		}
		if len(b) > 0 && !strings.Contains(string(b), "408") {
			t.Errorf("%.10q: got %s", half, b)
		}
	}
	if c, r := dial(t, address); send(t, c, r, "GET /fail/not HTTP/1.1\r\nHost: a\r\nTest-User: u\r\n\r\n").Status != 204 {
		t.Error("the server does not answer afterwards")
	}
}

// TestShutdownLetsConcurrentRequestsEnd: the one in flight is answered and its context
// does not end early; new ones are not taken.
func TestShutdownLetsConcurrentRequestsEnd(t *testing.T) {
	s := newSite(t, wire.Settings{Budget: 700 * time.Millisecond})
	address, served := s.listen()
	c, r := dial(t, address)
	if a := send(t, c, r, "GET /fail/not HTTP/1.1\r\nHost: a\r\nTest-User: u\r\n\r\n"); a.Status != 204 {
		t.Fatal(a.Status)
	}
	start := time.Now()
	if _, err := io.WriteString(c, "GET /fail/slow HTTP/1.1\r\nHost: a\r\nTest-User: u\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); len(s.inFlight()) < 4; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the request did not begin")
		}
	}
	stopped := make(chan error, 1)
	go func() { stopped <- s.app.ShutdownWithTimeout(10 * time.Second) }()
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := read(t, res); a.Status != 503 || a.Code != "busy" || time.Since(start) < 600*time.Millisecond {
		t.Errorf("in flight: got %d %s after %v; want its own deadline", a.Status, a.Code, time.Since(start))
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", address); err == nil {
		c.Close()
		t.Error("a new connection was taken")
	}
}

func (s *site) inFlight() []string { s.mu.Lock(); defer s.mu.Unlock(); return s.kept }

// TestTheAddressBehindProxiesIsTheirs: X-Forwarded-For counts only from trusted
// proxies and only as far as they wrote it.
func TestTheAddressBehindProxiesIsTheirs(t *testing.T) {
	for _, c := range []struct {
		trusted   []string
		forwarded string
		want      string
	}{
		{nil, "", "127.0.0.1"},
		{nil, "203.0.113.9", ""}, // somebody forwards without being trusted: not this machine
		{[]string{"127.0.0.1"}, "", "127.0.0.1"},
		{[]string{"127.0.0.1"}, "203.0.113.9", "203.0.113.9"},
		{[]string{"127.0.0.0/8"}, "127.0.0.1, 198.51.100.7", "198.51.100.7"},
		{[]string{"127.0.0.1", "10.0.0.0/8"}, "1.1.1.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"},
		{[]string{"127.0.0.1"}, "203.0.113.9, nonsense", ""},
		{[]string{"nonsense"}, "203.0.113.9", ""},
	} {
		s := newSite(t, wire.Settings{TrustedProxies: c.trusted})
		var got string
		var open bool
		s.app.Get("/address", func(c *fiber.Ctx) error {
			got, open = wire.Actor(c.UserContext()).IP, wire.Confidential(c.UserContext())
			return nil
		})
		address, _ := s.listen()
		conn, r := dial(t, address)
		h := ""
		if c.forwarded != "" {
			h = "X-Forwarded-For: " + c.forwarded + "\r\n"
		}
		send(t, conn, r, "GET /address HTTP/1.1\r\nHost: a\r\n"+h+"\r\n")
		if got != c.want || open != (c.want == "127.0.0.1") {
			t.Errorf("trusted %v, forwarded %q: got %q, confidential %v; want %q", c.trusted, c.forwarded, got, open, c.want)
		}
	}
}
