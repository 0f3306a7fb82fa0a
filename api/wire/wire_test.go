package wire_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/models/fault"
)

// secret stands for what a client entered: it is never answered in a problem
// and never logged.
const secret = "Zoe-Secret"

type part struct {
	Region string `json:"region" enum:"neck,jaw"`
	Side   string `json:"side,omitempty"`
}

type thing struct {
	Name  string      `json:"name" maxLength:"20"`
	Mail  string      `json:"mail,omitempty" format:"email"`
	Size  int         `json:"size,omitempty" minimum:"1"`
	Day   models.Date `json:"day,omitempty" format:"date"`
	Parts []part      `json:"parts,omitempty"`
}

// site is a server of a few operations that need no database.
type site struct {
	t    *testing.T
	app  *fiber.App
	mu   sync.Mutex
	log  bytes.Buffer
	seen func(context.Context) // what the last handler was given
	kept []string              // strings that handlers kept
}

func (s *site) Write(b []byte) (int, error) { s.mu.Lock(); defer s.mu.Unlock(); return s.log.Write(b) }

func (s *site) logged() string { s.mu.Lock(); defer s.mu.Unlock(); return s.log.String() }

func newSite(t *testing.T, set wire.Settings) *site {
	s := &site{t: t}
	n := 0
	set.Now, set.Log = time.Now, slog.New(slog.NewJSONHandler(s, nil))
	set.NewID = func() string { s.mu.Lock(); defer s.mu.Unlock(); n++; return "request-" + strconv.Itoa(n) }
	s.app = wire.New(set)
	s.app.Use(func(c *fiber.Ctx) error {
		if c.Get("Test-User") != "" {
			a := wire.Actor(c.UserContext())
			a.Kind, a.UserID = models.ActorUser, models.UserID(c.Get("Test-User"))
			c.SetUserContext(wire.WithActor(c.UserContext(), a))
		}
		return c.Next()
	})
	cfg := huma.DefaultConfig("Test", "1")
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath, cfg.CreateHooks = "", "", "", nil
	cfg.RejectUnknownQueryParameters, cfg.Formats = true, wire.Formats()
	s.operations(humafiber.New(s.app, cfg))
	return s
}

type empty struct{}

func (s *site) operations(api huma.API) {
	op := func(id, method, path string) wire.Operation {
		return wire.Operation{ID: id, Method: method, Path: path, Tag: "things", Summary: id}
	}
	wire.Handle(api, op("add", "POST", "/things"), func(ctx context.Context, in *struct{ Body thing }) (*struct{ Body thing }, error) {
		s.saw(ctx)
		return &struct{ Body thing }{in.Body}, nil
	})
	match := op("change", "PATCH", "/things/{id}")
	match.MatchRequired = true
	wire.Handle(api, match, func(ctx context.Context, _ *struct {
		ID   string `path:"id" maxLength:"10"`
		Body thing
	}) (*empty, error) {
		s.saw(ctx)
		return nil, nil
	})
	keyed := op("act", "POST", "/things/{id}/act")
	keyed.KeyRequired = true
	wire.Handle(api, keyed, func(ctx context.Context, _ *struct {
		ID string `path:"id"`
	}) (*empty, error) {
		s.saw(ctx)
		return nil, nil
	})
	upload := op("upload", "POST", "/uploads")
	upload.Upload = true
	wire.Handle(api, upload, func(ctx context.Context, _ *struct{ RawBody multipart.Form }) (*empty, error) {
		s.saw(ctx)
		return nil, nil
	})
	public := op("public", "POST", "/public")
	public.Public = true
	wire.Handle(api, public, func(ctx context.Context, _ *struct{}) (*empty, error) { s.saw(ctx); return nil, nil })
	wire.Handle(api, op("fail", "GET", "/fail/{how}"), func(ctx context.Context, in *struct {
		How  string `path:"how"`
		Note string `query:"note"`
		wire.PageIn
	}) (*empty, error) {
		s.mu.Lock()
		s.kept = append(s.kept, in.How, in.Note)
		s.mu.Unlock()
		return nil, failure(ctx, in.How)
	})
}

func (s *site) saw(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen != nil {
		s.seen(ctx)
	}
}

func failure(ctx context.Context, how string) error {
	switch how {
	case "plain":
		return fmt.Errorf(`store: key (name)=(x) value "%s" breaks "clients_name_key"`, secret)
	case "internal":
		return fault.New(fault.Internal, "internal", "Sorry.").Because(errors.New("disk on fire"))
	case "slow":
		<-ctx.Done()
		return ctx.Err()
	case "panic":
		panic("a note about " + secret)
	case "nil":
		var p *thing
		p.Size = 1
	case "limited":
		e := fault.New(fault.RateLimited, "too_many", "Wait.")
		e.RetryAfter = 7
		return e
	case "violations":
		return fault.New(fault.Conflict, "scope_violation", "Not within the order.").With(fault.Violation{Code: "scope.region", Pointer: "/regions/0",
			Message: "Not ordered.", Allowed: []string{"neck"}, Got: "jaw"}).Ref("current_id", "p2")
	}
	return nil
}

type answer struct {
	Status int
	Header http.Header
	Body   []byte
	wire.Problem
}

func (s *site) do(method, path, body string, headers ...string) answer {
	s.t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req := httptest.NewRequest(method, "/", r)
	req.RequestURI = path // as it is, right or wrong
	req.Header.Set("Test-User", "u1")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
			continue
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.app.Test(req, -1)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return read(s.t, res)
}

func read(t *testing.T, res *http.Response) answer {
	t.Helper()
	defer res.Body.Close()
	a := answer{Status: res.StatusCode, Header: res.Header}
	var err error
	if a.Body, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	if a.Status >= 400 {
		if err := json.Unmarshal(a.Body, &a.Problem); err != nil || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%d is no problem document (%v, %s): %s", a.Status, err, a.Header.Get("Content-Type"), a.Body)
		}
	}
	return a
}

// TestRequestsThatCannotBeTaken: each mistake has its status, its code and a
// pointer, and nothing of what was sent comes back.
func TestRequestsThatCannotBeTaken(t *testing.T) {
	s := newSite(t, wire.Settings{})
	deep := strings.Repeat("[", 70) + strings.Repeat("]", 70)
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		code, violation    string
		pointer            string
	}{
		"unknown field":        {"POST", "/things", `{"name":"` + secret + `","role":"` + secret + `"}`, nil, 422, "validation", "field.unknown", "/role"},
		"unknown nested field": {"POST", "/things", `{"name":"x","parts":[{"region":"neck","a/b":"` + secret + `"}]}`, nil, 422, "validation", "field.unknown", "/parts/0/a~1b"},
		"other letter case":    {"POST", "/things", `{"name":"x","Size":3}`, nil, 422, "validation", "field.unknown", "/Size"},
		"missing field":        {"POST", "/things", `{"size":3}`, nil, 422, "validation", "field.required", "/name"},
		"missing nested field": {"POST", "/things", `{"name":"x","parts":[{"side":"left"}]}`, nil, 422, "validation", "field.required", "/parts/0/region"},
		"wrong type":           {"POST", "/things", `{"name":["` + secret + `"]}`, nil, 422, "validation", "field.invalid", "/name"},
		"not an object":        {"POST", "/things", `"` + secret + `"`, nil, 422, "validation", "field.invalid", ""},
		"null":                 {"POST", "/things", `null`, nil, 422, "validation", "field.invalid", ""},
		"too long":             {"POST", "/things", `{"name":"` + strings.Repeat(secret, 3) + `"}`, nil, 422, "validation", "field.invalid", "/name"},
		"not among the words":  {"POST", "/things", `{"name":"x","parts":[{"region":"` + secret + `"}]}`, nil, 422, "validation", "field.invalid", "/parts/0/region"},
		"wrong mail":           {"POST", "/things", `{"name":"x","mail":"a@b, \"` + secret + `\" <"}`, nil, 422, "validation", "field.invalid", "/mail"},
		"impossible day":       {"POST", "/things", `{"name":"x","day":"2026-02-30"}`, nil, 422, "validation", "field.invalid", "/day"},
		"far day":              {"POST", "/things", `{"name":"x","day":"9026-02-03"}`, nil, 422, "validation", "field.invalid", ""},
		"huge number":          {"POST", "/things", `{"name":"x","size":1e30}`, nil, 422, "validation", "field.invalid", "/size"},
		"number out of range":  {"POST", "/things", `{"name":"x","size":1e999}`, nil, 400, "malformed", "field.invalid", ""},
		"broken JSON":          {"POST", "/things", `{"name":"` + secret, nil, 400, "malformed", "field.invalid", ""},
		"text behind JSON":     {"POST", "/things", `{"name":"x"} ` + secret, nil, 400, "malformed", "field.invalid", ""},
		"key twice":            {"POST", "/things", `{"name":"x","name":"` + secret + `"}`, nil, 400, "malformed", "field.invalid", ""},
		"key twice, escaped":   {"POST", "/things", `{"name":"x","\u006eame":"` + secret + `"}`, nil, 400, "malformed", "field.invalid", ""},
		"broken UTF-8":         {"POST", "/things", "{\"name\":\"" + secret + "\xff\"}", nil, 400, "malformed", "field.invalid", ""},
		"U+0000":               {"POST", "/things", `{"name":"` + secret + `\u0000"}`, nil, 400, "malformed", "field.invalid", ""},
		"too deep":             {"POST", "/things", `{"name":` + deep + `}`, nil, 400, "malformed", "field.invalid", ""},
		"empty body":           {"POST", "/things", "", nil, 400, "body.required", "", ""},
		"form body":            {"POST", "/things", "name=" + secret, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "media_type", "", ""},
		"text body":            {"POST", "/things", `{"name":"x"}`, []string{"Content-Type", "text/plain"}, 415, "media_type", "", ""},
		"no media type":        {"POST", "/things", `{"name":"x"}`, []string{"Content-Type", ""}, 415, "media_type", "", ""},
		"vendor JSON":          {"POST", "/things", `{"name":"x"}`, []string{"Content-Type", "application/x+json"}, 415, "media_type", "", ""},
		"other charset":        {"POST", "/things", `{"name":"x"}`, []string{"Content-Type", "application/json; charset=utf-16"}, 415, "media_type", "", ""},
		"multipart as JSON":    {"POST", "/things", "--b--", []string{"Content-Type", "multipart/form-data; boundary=b"}, 415, "media_type", "", ""},
		"large multipart":      {"POST", "/things", strings.Repeat("x", 1<<20+1), []string{"Content-Type", "multipart/form-data; boundary=b"}, 413, "too_large", "", ""},
		"JSON as upload":       {"POST", "/uploads", `{}`, nil, 415, "media_type", "", ""},
		"upload no boundary":   {"POST", "/uploads", "x", []string{"Content-Type", "multipart/form-data"}, 422, "validation", "field.invalid", ""},
		"compressed":           {"POST", "/things", "x", []string{"Content-Encoding", "gzip"}, 415, "content_encoding", "", ""},
		"large":                {"POST", "/things", `{"name":"` + strings.Repeat("x", 1<<20) + `"}`, nil, 413, "too_large", "", ""},
		"unknown query":        {"GET", "/fail/not?q=" + secret, "", nil, 422, "validation", "field.unknown", "/query/q"},
		"wrong query":          {"GET", "/fail/not?limit=" + secret, "", nil, 422, "validation", "field.invalid", "/query/limit"},
		"limit too large":      {"GET", "/fail/not?limit=201", "", nil, 422, "validation", "field.invalid", "/query/limit"},
		"query of zeros":       {"GET", "/fail/not?note=" + secret + "%00", "", nil, 400, "malformed", "", ""},
		"query not UTF-8":      {"GET", "/fail/not?note=%ff", "", nil, 400, "malformed", "", ""},
		"query badly escaped":  {"GET", "/fail/not?note=%zz", "", nil, 400, "malformed", "", ""},
		"address no address":   {"GET", "//[x", "", nil, 404, "not_found", "", ""},
		"path badly escaped":   {"GET", "/fail/%zz", "", nil, 404, "not_found", "", ""},
		"id with a slash":      {"PATCH", "/things/a%2Fb", `{"name":"x"}`, []string{"If-Match", `"1"`}, 404, "not_found", "", ""},
		"id of zeros":          {"PATCH", "/things/%00", `{"name":"x"}`, []string{"If-Match", `"1"`}, 404, "not_found", "", ""},
		"id too long":          {"PATCH", "/things/" + strings.Repeat("a", 300), `{"name":"x"}`, []string{"If-Match", `"1"`}, 404, "not_found", "", ""},
		"id outside schema":    {"PATCH", "/things/" + strings.Repeat("a", 30), `{"name":"x"}`, []string{"If-Match", `"1"`}, 404, "not_found", "", ""},
		"unknown address":      {"GET", "/" + secret, "", nil, 404, "not_found", "", ""},
		"slash at the end":     {"POST", "/things/", `{"name":"x"}`, nil, 404, "not_found", "", ""},
		"capital letters":      {"POST", "/Things", `{"name":"x"}`, nil, 404, "not_found", "", ""},
		"wrong method":         {"DELETE", "/things", "", nil, 405, "method_not_allowed", "", ""},
		"not signed in":        {"POST", "/things", `{"name":"x"}`, []string{"Test-User", ""}, 401, "sign_in.required", "", ""},
		"no If-Match":          {"PATCH", "/things/t1", `{"name":"x"}`, nil, 428, "if_match.required", "", ""},
		"no key":               {"POST", "/things/t1/act", "", nil, 400, "idempotency.key_required", "", ""},
		"long key":             {"POST", "/things/t1/act", "", []string{"Idempotency-Key", strings.Repeat("k", 201)}, 400, "idempotency.key_invalid", "", ""},
		"key with spaces":      {"POST", "/things", `{"name":"x"}`, []string{"Idempotency-Key", "a b"}, 400, "idempotency.key_invalid", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.do(c.method, c.path, c.body, c.headers...)
			if a.Status != c.status || a.Code != c.code || a.Problem.Status != c.status {
				t.Fatalf("got %d %s, want %d %s: %s", a.Status, a.Code, c.status, c.code, a.Body)
			}
			if a.Type != "/api/docs#"+c.code || a.Title != http.StatusText(c.status) || a.Detail == "" || a.RequestID == "" || a.RequestID != a.Header.Get("X-Request-Id") {
				t.Errorf("incomplete: %s, header %s", a.Body, a.Header.Get("X-Request-Id"))
			}
			switch {
			case c.violation == "" && len(a.Violations) != 0, c.violation != "" && len(a.Violations) != 1:
				t.Errorf("violations: %s", a.Body)
			case c.violation != "" && (a.Violations[0].Code != c.violation || a.Violations[0].Pointer != c.pointer):
				t.Errorf("got %s at %q, want %s at %q", a.Violations[0].Code, a.Violations[0].Pointer, c.violation, c.pointer)
			}
			if strings.Contains(string(a.Body), secret) || strings.Contains(a.Header.Get("Location"), secret) {
				t.Errorf("what was sent comes back: %s", a.Body)
			}
		})
	}
	if strings.Contains(s.logged(), secret) {
		t.Error("what was sent is in the log")
	}
}

func TestSeveralMistakesAreNamedAtOnce(t *testing.T) {
	s := newSite(t, wire.Settings{})
	a := s.do("POST", "/things", `{"size":0,"parts":[{"region":"x"}],"role":1}`)
	var got []string
	for _, v := range a.Violations {
		got = append(got, v.Code+v.Pointer)
	}
	want := "[field.required/name field.invalid/parts/0/region field.unknown/role field.invalid/size]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if v := a.Violations[1]; fmt.Sprint(v.Allowed) != "[neck jaw]" {
		t.Errorf("allowed: %v", v.Allowed)
	}
}

func TestWrongMethodNamesTheRightOnes(t *testing.T) {
	s := newSite(t, wire.Settings{})
	if a := s.do("PUT", "/things/t1", `{}`); a.Status != 405 || a.Header.Get("Allow") != "PATCH" {
		t.Errorf("got %d, Allow %q", a.Status, a.Header.Get("Allow"))
	}
}

func TestEveryAnswerCarriesTheSafetyHeaders(t *testing.T) {
	s := newSite(t, wire.Settings{PublicURL: "https://rapport.example"})
	for _, path := range []string{"/fail/not", "/fail/plain", "/fail/panic", "/nothing"} {
		a := s.do("GET", path, "")
		for k, want := range map[string]string{"Content-Security-Policy": wire.CSP, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000; includeSubDomains", "Server": ""} {
			if got := a.Header.Get(k); got != want {
				t.Errorf("%s: %s is %q, want %q", path, k, got, want)
			}
		}
	}
}

func TestRefusalsKeepTheirShape(t *testing.T) {
	s := newSite(t, wire.Settings{})
	a := s.do("GET", "/fail/violations", "")
	want := `{"type":"/api/docs#scope_violation","title":"Conflict","status":409,"detail":"Not within the order.","code":"scope_violation",` +
		`"violations":[{"code":"scope.region","pointer":"/regions/0","message":"Not ordered.","allowed":["neck"],"got":"jaw"}],` +
		`"refs":{"current_id":"p2"},"request_id":"request-1"}`
	if strings.TrimSpace(string(a.Body)) != want {
		t.Errorf("got %s, want %s", a.Body, want)
	}
	if a := s.do("GET", "/fail/limited", ""); a.Status != 429 || a.Header.Get("Retry-After") != "7" {
		t.Errorf("got %d, Retry-After %q", a.Status, a.Header.Get("Retry-After"))
	}
	if a := s.do("POST", "/things", "", "Test-User", ""); a.Header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("WWW-Authenticate %q", a.Header.Get("WWW-Authenticate"))
	}
}

// TestOursToMendIsLoggedOnceAndNotShown: a 5xx has one line with its cause, and
// neither the answer nor the log holds what a client entered.
func TestOursToMendIsLoggedOnceAndNotShown(t *testing.T) {
	for how, c := range map[string]struct {
		status int
		code   string
		logged string
	}{
		"plain":    {500, "internal", "clients_name_key"},
		"internal": {500, "internal", "disk on fire"},
		"panic":    {500, "internal", "wire_test.failure"},
		"nil":      {500, "internal", "nil pointer dereference"},
		"slow":     {503, "busy", "context deadline exceeded"},
	} {
		t.Run(how, func(t *testing.T) {
			s := newSite(t, wire.Settings{Budget: 50 * time.Millisecond})
			a := s.do("GET", "/fail/"+how+"?note="+secret, "")
			if a.Status != c.status || a.Code != c.code || strings.Contains(string(a.Body), secret) || strings.Contains(string(a.Body), c.logged) {
				t.Errorf("got %d %s", a.Status, a.Body)
			}
			if c.status == 503 && a.Header.Get("Retry-After") != "1" {
				t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
			}
			log := s.logged()
			if n := strings.Count(log, `"level":"ERROR"`); n != 1 || !strings.Contains(log, c.logged) || strings.Contains(log, secret) {
				t.Errorf("%d errors logged, want one with %q and without %q:\n%s", n, c.logged, secret, log)
			}
			if n := strings.Count(log, `"msg":"request"`); n != 1 || !strings.Contains(log, `"route":"/fail/:how"`) || !strings.Contains(log, `"status":`+strconv.Itoa(c.status)) ||
				strings.Count(log, a.RequestID) != 2 {
				t.Errorf("the access log:\n%s", log)
			}
		})
	}
}

func TestIfMatchNamesExactlyOneVersion(t *testing.T) {
	s := newSite(t, wire.Settings{})
	seen := 0
	s.seen = func(ctx context.Context) { seen = models.IfMatchOf(ctx) }
	for match, want := range map[string]int{`"3"`: 3, `W/"3"`: 3, `"999999999"`: 999999999} {
		if a := s.do("PATCH", "/things/t1", `{"name":"x"}`, "If-Match", match); a.Status != 204 || seen != want {
			t.Errorf("%s: got %d and version %d", match, a.Status, seen)
		}
	}
	for match, want := range map[string]string{`3`: "400 if_match.invalid", `*`: "400 if_match.invalid", `"3", "4"`: "400 if_match.invalid", `""`: "412 version.stale",
		`"0"`: "412 version.stale", `"-1"`: "412 version.stale", `"03"`: "412 version.stale", `"x"`: "412 version.stale", `"9999999999999999999999"`: "412 version.stale"} {
		if a := s.do("PATCH", "/things/t1", `{"name":"x"}`, "If-Match", match); fmt.Sprint(a.Status, " ", a.Code) != want {
			t.Errorf("%s: got %d %s, want %s", match, a.Status, a.Code, want)
		}
	}
	if a := s.do("POST", "/things", `{"name":"x"}`, "If-Match", `"8"`); a.Status != 200 || seen != 8 {
		t.Errorf("where it is not required: got %d and version %d", a.Status, seen)
	}
	if wire.ETag(3) != `"3"` {
		t.Errorf("ETag(3) is %s", wire.ETag(3))
	}
}

// TestTheKeysHashIsThatOfWhatWasSaid: the same content has one hash, even when
// a form's boundary differs, and any change has another.
func TestTheKeysHashIsThatOfWhatWasSaid(t *testing.T) {
	s := newSite(t, wire.Settings{})
	var got models.Idempotency
	s.seen = func(ctx context.Context) { got, _ = models.IdempotencyOf(ctx) }
	hash := func(path, body string, headers ...string) string {
		t.Helper()
		got = models.Idempotency{}
		if a := s.do("POST", path, body, append(headers, "Idempotency-Key", "k1")...); a.Status >= 300 {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		return got.BodySHA256
	}
	form := func(boundary, name, content string) string {
		body := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nscan\r\n--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" +
			name + "\"\r\nContent-Type: application/pdf\r\n\r\n" + content + "\r\n--" + boundary + "--\r\n"
		return hash("/uploads", body, "Content-Type", "multipart/form-data; boundary="+boundary)
	}
	same := hash("/things", `{"name":"x"}`)
	if same == "" || same != hash("/things", `{"name":"x"}`) || same == hash("/things", `{"name":"y"}`) || got.Route != "POST /things" || got.Key != "k1" {
		t.Errorf("JSON: %+v", got)
	}
	if hash("/things/t1/act", "") == hash("/things/t2/act", "") {
		t.Error("two objects have one hash")
	}
	if form("aaa", "a.pdf", "%PDF") != form("bbb", "a.pdf", "%PDF") {
		t.Error("a form's boundary changes the hash")
	}
	if form("aaa", "a.pdf", "%PDF") == form("aaa", "a.pdf", "%PDF2") || form("aaa", "a.pdf", "%PDF") == form("aaa", "b.pdf", "%PDF") {
		t.Error("another file has the same hash")
	}
	if hash("/public", "", "Test-User", "") != "" {
		t.Error("a public operation keeps a stranger's key")
	}
}
