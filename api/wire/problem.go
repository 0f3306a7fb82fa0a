// Package wire is what api and web share about Fiber: the actor of a request,
// its deadline, problems, headers and the log. It decides nothing.
package wire

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"rapport/models/fault"
)

// Kinds of refusals that only HTTP knows.
const (
	wrongMethod  fault.Kind = "method_not_allowed"
	tooSlow      fault.Kind = "request_timeout"
	largeHeaders fault.Kind = "headers_too_large"
)

// status is the one table from kind to HTTP status.
var status = map[fault.Kind]int{
	fault.Malformed: 400, fault.Unauthenticated: 401, fault.Forbidden: 403, fault.NotFound: 404, wrongMethod: 405, tooSlow: 408,
	fault.Conflict: 409, fault.Gone: 410, fault.Stale: 412, fault.TooLarge: 413, fault.Unsupported: 415, fault.Invalid: 422, fault.Precondition: 428,
	fault.RateLimited: 429, largeHeaders: 431, fault.Internal: 500, fault.Unavailable: 503,
}

// StatusOf gives the HTTP status of a kind.
func StatusOf(k fault.Kind) int { return status[k] }

// Status gives the HTTP status of an error.
func Status(err error) int { return ProblemOf(err).Status }

// Problem is an RFC 9457 problem document.
type Problem struct {
	Type       string            `json:"type" doc:"A page about this code" example:"/api/docs#scope_violation"`
	Title      string            `json:"title" doc:"The status in words"`
	Status     int               `json:"status"`
	Detail     string            `json:"detail" doc:"A sentence for the person"`
	Code       string            `json:"code" doc:"Stable code of the refusal"`
	Violations []fault.Violation `json:"violations,omitempty" doc:"Every reason at once"`
	Refs       map[string]string `json:"refs,omitempty" doc:"Ids that help to go on"`
	RequestID  string            `json:"request_id,omitempty" doc:"Names this request in the server's log"`
	retryAfter int
}

// Error, GetStatus, GetHeaders and ContentType make a Problem an answer of huma.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders adds Retry-After where waiting helps.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	return h
}

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return problemType }

const (
	problemType  = "application/problem+json"
	internalText = "Something went wrong on the server. Nothing was saved."
	busyText     = "The server is too busy to finish this now. Send it again with the same Idempotency-Key; it is done once at most."
)

// ProblemOf turns an error into what may be shown; an error without a kind
// becomes "internal" and its text stays in the log.
func ProblemOf(err error) *Problem {
	e, ok := fault.As(err)
	switch {
	case ok:
	case errors.Is(err, context.DeadlineExceeded):
		e = fault.New(fault.Unavailable, "busy", busyText)
	default:
		e = fault.New(fault.Internal, "internal", internalText)
	}
	s, again := status[e.Kind], 0
	switch s {
	case 0:
		s = http.StatusInternalServerError
	case http.StatusServiceUnavailable:
		again = 1
	}
	return &Problem{Type: "/api/docs#" + e.Code, Title: http.StatusText(s), Status: s, Detail: e.Text, Code: e.Code, Violations: e.Violations,
		Refs: e.Refs, retryAfter: max(e.RetryAfter, again)}
}

// answerable is the problem of a request's error; what is ours to mend is kept
// for the log.
func answerable(ctx context.Context, err error) *Problem {
	p := ProblemOf(err)
	p.RequestID = RequestID(ctx)
	if p.Status >= 500 {
		Blame(ctx, err)
	}
	return p
}

// failed is Fiber's ErrorHandler: everything that no handler answered.
func failed(log *slog.Logger) fiber.ErrorHandler {
	return func(c *fiber.Ctx, err error) error {
		if fe, ok := err.(*fiber.Error); ok {
			err = ofFramework(fe.Code, fe)
		}
		return Send(c, log, answerable(c.UserContext(), err), err)
	}
}

// Send writes a problem. A request that never reached the middleware is logged
// here, because nothing else sees it.
func Send(c *fiber.Ctx, log *slog.Logger, p *Problem, cause error) error {
	if p.RequestID = RequestID(c.UserContext()); p.RequestID == "" {
		log.Info("request", "status", p.Status, "code", p.Code)
	} else if p.Status >= 500 {
		Blame(c.UserContext(), cause)
	}
	secure(c)
	for k, v := range p.GetHeaders() {
		c.Set(k, v[0])
	}
	if page, ok := c.Locals(pageKey{}).(func(*fiber.Ctx, *Problem) error); ok {
		return page(c, p)
	}
	c.Status(p.Status)
	return c.JSON(p, problemType)
}

type pageKey struct{}

// ErrorPages makes the problems of the routes behind it pages for people.
func ErrorPages(page func(*fiber.Ctx, *Problem) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Locals(pageKey{}, page)
		return c.Next()
	}
}
