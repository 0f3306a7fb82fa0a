// Package apitest serves the API on a world of storetest, for tests only.
package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"rapport/api"
	"rapport/api/wire"
	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
	"rapport/referral"
	"rapport/referral/delivery"
	"rapport/referral/mail"
	"rapport/referral/password"
	"rapport/referral/token"
)

// PublicURL is where the server says it is.
const PublicURL = "https://rapport.example"

// Server is the API on a world's database.
type Server struct {
	T      testing.TB
	World  *storetest.World
	Net    *referral.Network
	App    *fiber.App
	API    huma.API
	Tokens *token.Tokens
	Log    *bytes.Buffer // everything that was logged, as JSON lines
	logged sync.Mutex
	Box    *mail.Memory // what was mailed
	Office *delivery.Delivery
	Full   atomic.Bool // the disk is nearly full
	bearer map[models.UserID]string
}

// Write keeps the log for one reader at a time.
func (s *Server) Write(b []byte) (int, error) {
	s.logged.Lock()
	defer s.logged.Unlock()
	return s.Log.Write(b)
}

// Logged is what was logged so far.
func (s *Server) Logged() string {
	s.logged.Lock()
	defer s.logged.Unlock()
	return s.Log.String()
}

// causes are the logged lines about what is ours to mend.
func (s *Server) causes() string {
	var out []string
	for line := range strings.SplitSeq(s.Logged(), "\n") {
		if strings.Contains(line, `"level":"ERROR"`) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

type dice struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (d *dice) Read(b []byte) (int, error) { d.mu.Lock(); defer d.mu.Unlock(); return d.r.Read(b) }

// New serves the world; time stands where the world's clock stands.
func New(t testing.TB, w *storetest.World) *Server {
	t.Helper()
	s := &Server{T: t, World: w, Log: &bytes.Buffer{}, bearer: map[models.UserID]string{}}
	random := &dice{r: rand.NewChaCha8([32]byte{1})}
	log := slog.New(slog.NewJSONHandler(s, nil))
	s.Tokens = token.New(token.Config{Issuer: PublicURL, Now: w.Clock.Now, Random: random})
	s.Net = referral.New(w.DB, s.Tokens, password.New(random), referral.Config{PublicURL: PublicURL, Now: w.Clock.Now, Random: random, Log: log})
	s.open(random, log)
	set := wire.Settings{DiskLow: s.Full.Load, PublicURL: PublicURL, Now: w.Clock.Now, NewID: w.NewID, Log: log, Budget: time.Minute}
	s.App = wire.New(set)
	s.API = api.Mount(s.App, s.Net, set)
	if err := s.Net.RotateSigningKeys(context.Background(), models.System("")); err != nil {
		t.Fatal(err)
	}
	return s
}

// Caller makes requests as somebody.
type Caller struct {
	s      *Server
	bearer string
	place  string
}

// Anonymous has not signed in.
func (s *Server) Anonymous() Caller { return Caller{s: s} }

// With sends this access token.
func (s *Server) With(bearer string) Caller { return Caller{s: s, bearer: bearer} }

// As is one of the world's people, signed in at the actor's place. The access
// token is renewed when the clock has moved past its life.
func (s *Server) As(a models.Actor) Caller {
	s.T.Helper()
	b := s.bearer[a.UserID]
	if _, _, err := s.Tokens.Verify(b); err != nil {
		b = s.SignedIn(a)
		s.bearer[a.UserID] = b
	}
	place := string(a.PracticeID)
	if place == "" {
		place = string(a.ProviderID)
	}
	return Caller{s, b, place}
}

// SignedIn opens a fresh session and returns its access token.
func (s *Server) SignedIn(a models.Actor) string {
	s.T.Helper()
	id := models.SignInID(s.World.NewID())
	err := s.World.DB.Write(context.Background(), models.System(""), func(_ context.Context, tx *store.Tx) error {
		u, err := tx.User(a.UserID)
		if err != nil {
			return err
		}
		return tx.AddSignIn(models.SignIn{ID: id, UserID: a.UserID, Realm: models.RealmAPI, SecretHash: string(id), SecurityStamp: u.SecurityStamp,
			ExpiresAt: tx.Now().Add(models.APILife)})
	})
	if err != nil {
		s.T.Fatal(err)
	}
	b, _, err := s.Tokens.Issue(a.UserID, id)
	if err != nil {
		s.T.Fatal(err)
	}
	return b
}

// SetPassword gives a person a password, so that they can really sign in.
func (s *Server) SetPassword(email, password string) {
	s.T.Helper()
	if err := s.Net.ResetPassword(context.Background(), models.System(""), email, password); err != nil {
		s.T.Fatal(err)
	}
}

// Response is an answer, read whole.
type Response struct {
	s      *Server
	t      testing.TB
	asked  string
	Status int
	Header http.Header
	Body   []byte
}

// Get, Post, Put, Patch and Delete make a request; the body is JSON unless it
// is []byte or nil, and headers come in pairs of name and value.
func (c Caller) Get(path string, headers ...string) *Response {
	c.s.T.Helper()
	return c.Do(http.MethodGet, path, nil, headers...)
}

// Post makes a POST request.
func (c Caller) Post(path string, body any, headers ...string) *Response {
	c.s.T.Helper()
	return c.Do(http.MethodPost, path, body, headers...)
}

// Put makes a PUT request.
func (c Caller) Put(path string, body any, headers ...string) *Response {
	c.s.T.Helper()
	return c.Do(http.MethodPut, path, body, headers...)
}

// Patch makes a PATCH request.
func (c Caller) Patch(path string, body any, headers ...string) *Response {
	c.s.T.Helper()
	return c.Do(http.MethodPatch, path, body, headers...)
}

// Do makes any request.
func (c Caller) Do(method, path string, body any, headers ...string) *Response {
	c.s.T.Helper()
	res, err := c.s.App.Test(c.Request(method, path, body, headers...), -1)
	if err != nil {
		c.s.T.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.s.T.Fatalf("%s %s: %v", method, path, err)
	}
	return &Response{s: c.s, t: c.s.T, asked: method + " " + path, Status: res.StatusCode, Header: res.Header, Body: b}
}

// Request builds a request with the caller's credential.
func (c Caller) Request(method, path string, body any, headers ...string) *http.Request {
	c.s.T.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		r = bytes.NewReader(b)
	case string:
		r = strings.NewReader(b)
	default:
		j, err := json.Marshal(b)
		if err != nil {
			c.s.T.Fatal(err)
		}
		r = bytes.NewReader(j)
	}
	req := httptest.NewRequest(method, path, r)
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	if c.place != "" {
		req.Header.Set("Rapport-Practice", c.place)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}

// Want fails the test unless the status is this one.
func (r *Response) Want(status int) *Response {
	r.t.Helper()
	if r.Status != status {
		r.t.Log(r.s.causes())
		r.t.Fatalf("%s: got %d, want %d: %s", r.asked, r.Status, status, r.Body)
	}
	return r
}

// Refused fails the test unless the answer is a problem with this status and code.
func (r *Response) Refused(status int, code string) *Response {
	r.t.Helper()
	if got := r.Text("code"); r.Status != status || got != code || r.Header.Get("Content-Type") != "application/problem+json" {
		r.t.Log(r.s.causes())
		r.t.Fatalf("%s: got %d %s (%s), want %d %s: %s", r.asked, r.Status, got, r.Header.Get("Content-Type"), status, code, r.Body)
	}
	return r
}

// Violations lists the codes of a problem's violations.
func (r *Response) Violations() []string {
	var p struct{ Violations []struct{ Code string } }
	_ = json.Unmarshal(r.Body, &p)
	var out []string
	for _, v := range p.Violations {
		out = append(out, v.Code)
	}
	return out
}

// JSON reads the body into v.
func (r *Response) JSON(v any) {
	r.t.Helper()
	if err := json.Unmarshal(r.Body, v); err != nil {
		r.t.Fatalf("%s: %v: %s", r.asked, err, r.Body)
	}
}

// At finds a value by path, such as "items.0.id"; nil where there is none.
func (r *Response) At(path string) any {
	var v any
	if json.Unmarshal(r.Body, &v) != nil {
		return nil
	}
	for _, key := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// Text is At for a text; empty where there is none.
func (r *Response) Text(path string) string {
	s, _ := r.At(path).(string)
	return s
}

// Listen serves on a real listener and returns its address as http://host:port.
func (s *Server) Listen() string {
	s.T.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.T.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.App.Listener(l) }()
	s.T.Cleanup(func() {
		_ = s.App.ShutdownWithTimeout(5 * time.Second)
		<-done
	})
	return "http://" + l.Addr().String()
}
