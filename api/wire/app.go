package wire

import (
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"rapport/models/fault"
)

// Settings of the HTTP side; all handed in from cmd.
type Settings struct {
	PublicURL      string
	TrustedProxies []string
	Now            func() time.Time
	NewID          func() string
	Log            *slog.Logger
	Budget         time.Duration // for one request; 15 s when zero
}

// MaxUpload is the largest scan (PRODUCT issue: 10 MiB) with its multipart frame.
const MaxUpload = 10<<20 + 64<<10

// maxBody is the largest JSON or form body.
const maxBody = 1 << 20

// New returns a Fiber app with the middleware that every route needs.
func New(s Settings) *fiber.App {
	useProblems()
	if s.Budget == 0 {
		s.Budget = 15 * time.Second
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	app := fiber.New(fiber.Config{
		Immutable:               true, // strings of a request outlive it (STYLE F1)
		StrictRouting:           true,
		CaseSensitive:           true,
		BodyLimit:               MaxUpload,
		ReadTimeout:             10 * time.Second,
		WriteTimeout:            30 * time.Second,
		IdleTimeout:             60 * time.Second,
		ReadBufferSize:          8 << 10,
		Concurrency:             4096,
		EnableTrustedProxyCheck: true,
		TrustedProxies:          s.TrustedProxies,
		ProxyHeader:             proxyHeader(s.TrustedProxies),
		EnableIPValidation:      true,
		DisableStartupMessage:   true,
		ErrorHandler:            failed(s.Log),
	})
	app.Use(Deadline(s), accessLog(s.Log, s.Now), headers(strings.HasPrefix(s.PublicURL, "https://")), recovered(s.Log), bodies)
	return app
}

func proxyHeader(proxies []string) string {
	if len(proxies) == 0 {
		return ""
	}
	return fiber.HeaderXForwardedFor
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
		a := Actor(c.UserContext())
		if r := requestOf(c.UserContext()); r.cause != nil {
			log.Error("request failed", "request_id", r.id, "route", c.Route().Path, "cause", r.cause)
		}
		log.Info("request", "request_id", RequestID(c.UserContext()), "method", c.Method(), "route", c.Route().Path,
			"status", c.Response().StatusCode(), "ms", now().Sub(start).Milliseconds(), "actor", a.Principal())
		return nil
	}
}

func recovered(log *slog.Logger) fiber.Handler {
	return func(c *fiber.Ctx) (err error) {
		defer func() {
			if r := recover(); r != nil {
				// the value of a panic can hold data; its place cannot
				log.Error("panic", "request_id", RequestID(c.UserContext()), "route", c.Route().Path, "stack", string(debug.Stack()))
				err = fault.New(fault.Internal, "internal", "Something went wrong on the server. Nothing was saved.")
			}
		}()
		return c.Next()
	}
}

// CSP is the policy of PRODUCT §5 for every page.
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func headers(https bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		err := c.Next()
		secure(c)
		if https {
			c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains")
		}
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

// bodies refuses what Fiber would unzip without limit, and large bodies
// outside the upload routes.
func bodies(c *fiber.Ctx) error {
	if e := c.Get(fiber.HeaderContentEncoding); e != "" && !strings.EqualFold(e, "identity") {
		return fault.New(fault.Unsupported, "content_encoding", "Send the body without compression.")
	}
	multipart := strings.HasPrefix(c.Get(fiber.HeaderContentType), "multipart/form-data")
	if !multipart && len(c.Request().Body()) > maxBody {
		return fault.New(fault.TooLarge, "too_large", "A request has at most 1 MiB; a scan at most 10 MiB as multipart/form-data.")
	}
	return c.Next()
}
