package wire

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"rapport/models/fault"
)

// Settings of the HTTP side; all handed in from cmd.
type Settings struct {
	PublicURL      string
	TrustedProxies []string // addresses or networks whose X-Forwarded-For is believed
	Now            func() time.Time
	NewID          func() string
	Log            *slog.Logger
	Budget         time.Duration // for one request; 15 s when zero
	DiskLow        func() bool   // says that there is no room for writes; nil: there always is
	ReadTimeout    time.Duration // for a request to arrive; 10 s when zero
}

// MaxUpload is the largest scan (10 MiB) with its multipart frame.
const MaxUpload = 10<<20 + 64<<10

// MaxBody is the largest JSON or form body; also of multipart/form-data, where
// no scan is expected.
const MaxBody = 1 << 20

// RequestIDHeader carries the name of a request in log and problems.
const RequestIDHeader = "X-Request-Id"

// New returns a Fiber app with the middleware that every route needs.
func New(s Settings) *fiber.App {
	useProblems()
	if s.Budget == 0 {
		s.Budget = 15 * time.Second
	}
	if s.ReadTimeout == 0 {
		s.ReadTimeout = 10 * time.Second
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	app := fiber.New(fiber.Config{
		Immutable:                    true, // strings of a request outlive it (STYLE F1)
		StrictRouting:                true,
		CaseSensitive:                true,
		BodyLimit:                    MaxUpload,
		ReadTimeout:                  s.ReadTimeout,
		WriteTimeout:                 30 * time.Second,
		IdleTimeout:                  60 * time.Second,
		ReadBufferSize:               8 << 10,
		Concurrency:                  4096,
		EnableTrustedProxyCheck:      true,
		TrustedProxies:               s.TrustedProxies,
		DisablePreParseMultipartForm: true, // only upload routes look into forms
		DisableStartupMessage:        true,
		ErrorHandler:                 failed(s.Log),
	})
	app.Use(Deadline(s), accessLog(s.Log, s.Now), headers(strings.HasPrefix(s.PublicURL, "https://")), recovered(s.Log), sane)
	return app
}

// accessLog writes one line for each request: the route's pattern, never the
// path, the query or a body. Errors are answered here, so that the status is right.
func accessLog(log *slog.Logger, now func() time.Time) fiber.Handler {
	return func(c *fiber.Ctx) error {
		start := now()
		if err := c.Next(); err != nil {
			if err := c.App().ErrorHandler(c, err); err != nil {
				return err
			}
		}
		r := requestOf(c.UserContext())
		if r.cause != nil {
			log.Error("request failed", "request_id", r.id, "route", c.Route().Path, "code", fault.CodeOf(r.cause), "cause", fault.Scrub(r.cause))
		}
		log.Info("request", "request_id", r.id, "method", c.Method(), "route", c.Route().Path, "status", c.Response().StatusCode(),
			"ms", now().Sub(start).Milliseconds(), "actor", Actor(c.UserContext()).Principal())
		return nil
	}
}

// recovered turns a panic into "internal". The value of a panic can hold data
// of a client, so the log gets its type, its place, and its text only when the
// runtime wrote it.
func recovered(log *slog.Logger) fiber.Handler {
	return func(c *fiber.Ctx) (err error) {
		defer func() {
			r := recover()
			if r == nil {
				return
			}
			what := fmt.Sprintf("%T", r)
			if e, ok := r.(runtime.Error); ok {
				what = e.Error()
			}
			log.Error("panic", "request_id", RequestID(c.UserContext()), "route", c.Route().Path, "what", what, "stack", string(debug.Stack()))
			c.Response().ResetBody()
			err = errPanic
		}()
		return c.Next()
	}
}

// errPanic was logged where it happened.
var errPanic = fault.New(fault.Internal, "internal", internalText)

// CSP is the policy of PRODUCT §5 for every page.
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func headers(https bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if https {
			c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains")
		}
		err := c.Next()
		secure(c)
		return err
	}
}

// secure sets what the handler left out.
func secure(c *fiber.Ctx) {
	for _, h := range [][2]string{{fiber.HeaderContentSecurityPolicy, CSP}, {fiber.HeaderXContentTypeOptions, "nosniff"},
		{fiber.HeaderReferrerPolicy, "no-referrer"}, {"Cross-Origin-Opener-Policy", "same-origin"}, {"Cross-Origin-Resource-Policy", "same-origin"},
		{"Permissions-Policy", "camera=(), microphone=(), geolocation=()"}, {fiber.HeaderCacheControl, "no-store"}} {
		if len(c.Response().Header.Peek(h[0])) == 0 {
			c.Set(h[0], h[1])
		}
	}
}

// sane refuses what no handler should have to think of: bodies that Fiber would
// unzip without limit, large bodies outside uploads, queries that cannot be read,
// and texts that no database keeps.
func sane(c *fiber.Ctx) error {
	for _, e := range c.Request().Header.PeekAll(fiber.HeaderContentEncoding) {
		if len(e) > 0 && !strings.EqualFold(string(e), "identity") {
			return fault.New(fault.Unsupported, "content_encoding", "Send the body without compression.")
		}
	}
	c.Request().Header.Del(fiber.HeaderContentEncoding)
	if !isForm(c.Get(fiber.HeaderContentType)) && len(c.Request().Body()) > MaxBody {
		return fault.New(fault.TooLarge, "too_large", "A request has at most 1 MiB; a scan at most 10 MiB as multipart/form-data.")
	}
	path, err := url.PathUnescape(string(c.Request().URI().PathOriginal()))
	if err != nil || !Keepable(path) {
		return framework[http.StatusNotFound] // no id of ours, so that there is nothing
	}
	query, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		return fault.New(fault.Malformed, "malformed", "The query of this request cannot be read.")
	}
	for key, values := range query {
		if !Keepable(key) || slices.ContainsFunc(values, func(v string) bool { return !Keepable(v) }) {
			return fault.New(fault.Malformed, "malformed", "The query of this request is not UTF-8 text.")
		}
	}
	return c.Next()
}

func isForm(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(t), fiber.MIMEMultipartForm)
}

// Keepable texts are UTF-8 without U+0000, which PostgreSQL refuses.
func Keepable(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }
