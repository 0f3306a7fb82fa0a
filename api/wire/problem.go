// Package wire is what api and web share about Fiber: the actor of a request,
// its deadline, problems, headers and the log. It decides nothing.
package wire

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"rapport/models/fault"
)

// status is the one table from kind to HTTP status.
var status = map[fault.Kind]int{
	fault.Malformed: 400, fault.Unauthenticated: 401, fault.Forbidden: 403, fault.NotFound: 404, fault.Conflict: 409, fault.Gone: 410,
	fault.Stale: 412, fault.TooLarge: 413, fault.Unsupported: 415, fault.Invalid: 422, fault.Precondition: 428, fault.RateLimited: 429,
	fault.Internal: 500, fault.Unavailable: 503,
}

// Status gives the HTTP status of an error.
func Status(err error) int {
	if e, ok := fault.As(err); ok {
		return status[e.Kind]
	}
	return http.StatusInternalServerError
}

// Problem is an RFC 9457 problem document.
type Problem struct {
	Type       string            `json:"type" doc:"A page about this code" example:"/api/docs#scope_violation"`
	Title      string            `json:"title" doc:"The status in words"`
	Status     int               `json:"status"`
	Detail     string            `json:"detail" doc:"A sentence for the person"`
	Code       string            `json:"code" doc:"Stable code of the refusal"`
	Violations []fault.Violation `json:"violations,omitempty" doc:"Every reason at once"`
	Refs       map[string]string `json:"refs,omitempty" doc:"Ids that help to go on"`
	RequestID  string            `json:"request_id,omitempty"`
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
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// ProblemOf turns an error into what may be shown; an error without a kind
// becomes "internal" and its text stays in the log.
func ProblemOf(err error) *Problem {
	e, ok := fault.As(err)
	switch {
	case ok:
	case errors.Is(err, context.DeadlineExceeded):
		e = fault.New(fault.Unavailable, "busy", "The server is busy. Nothing was saved; try again with the same Idempotency-Key.")
	default:
		e = fault.New(fault.Internal, "internal", "Something went wrong on the server. Nothing was saved.")
	}
	s, again := status[e.Kind], 0
	if s == http.StatusServiceUnavailable {
		again = 1
	}
	return &Problem{Type: "/api/docs#" + e.Code, Title: http.StatusText(s), Status: s, Detail: e.Text, Code: e.Code, Violations: e.Violations,
		Refs: e.Refs, retryAfter: max(e.RetryAfter, again)}
}

// codes of refusals that huma or Fiber decide before a handler runs.
var frameworkCodes = map[int]struct{ code, text string }{
	400: {"malformed", "The request cannot be read."}, 401: {"sign_in.required", "Sign in first."}, 404: {"not_found", "There is nothing here."},
	405: {"method_not_allowed", "This address does not know that method."}, 406: {"not_acceptable", "The answer is JSON or PDF only."},
	408: {"too_slow", "The request took too long to arrive."}, 413: {"too_large", "The request is too large."},
	415: {"media_type", "Send application/json without compression."}, 422: {"validation", "The request needs correction."},
	431: {"headers_too_large", "The headers are too large."},
}

// humaError shapes huma's own refusals; submitted values are never echoed.
func humaError(s int, msg string, errs ...error) huma.StatusError {
	f, ok := frameworkCodes[s]
	if !ok {
		f = struct{ code, text string }{"internal", "Something went wrong on the server. Nothing was saved."}
		s = 500
	}
	p := &Problem{Type: "/api/docs#" + f.code, Title: http.StatusText(s), Status: s, Detail: f.text, Code: f.code}
	for _, err := range errs {
		d, ok := err.(huma.ErrorDetailer)
		if !ok || s >= 500 {
			continue
		}
		p.Violations = append(p.Violations, violation(d.ErrorDetail()))
	}
	return p
}

func violation(d *huma.ErrorDetail) fault.Violation {
	v := fault.Violation{Code: "field.invalid", Message: d.Message}
	switch {
	case strings.HasPrefix(d.Message, "unexpected property"):
		v.Code = "field.unknown"
	case strings.HasPrefix(d.Message, "expected required property"):
		v.Code = "field.required"
	}
	if i := strings.IndexAny(v.Message, "\"'"); i > 0 && v.Code == "field.invalid" && !strings.HasPrefix(v.Message, "expected") {
		v.Message = "This value has the wrong form." // parser texts can quote what was sent
	}
	if at := strings.TrimPrefix(strings.TrimPrefix(d.Location, "body"), "."); at != "" {
		v.Pointer = "/" + strings.NewReplacer("[", "/", "]", "", ".", "/").Replace(at)
	}
	return v
}

// useProblems makes our problems the only ones that huma knows.
var useProblems = sync.OnceFunc(func() {
	huma.NewError = humaError
	huma.NewErrorWithContext = func(ctx huma.Context, s int, msg string, errs ...error) huma.StatusError {
		p := humaError(s, msg, errs...).(*Problem)
		r := requestOf(ctx.Context())
		p.RequestID = r.id
		if p.Status >= 500 {
			r.cause = errors.Join(errs...)
		}
		return p
	}
	huma.DefaultArrayNullable = false
})

// failed is Fiber's ErrorHandler: everything that no handler answered.
func failed(log *slog.Logger) fiber.ErrorHandler {
	return func(c *fiber.Ctx, err error) error {
		var p *Problem
		if fe, ok := err.(*fiber.Error); ok {
			p = humaError(fe.Code, "").(*Problem)
		} else {
			p = ProblemOf(err)
		}
		return Send(c, log, p, err)
	}
}

// Send writes a problem and logs what is ours to mend.
func Send(c *fiber.Ctx, log *slog.Logger, p *Problem, cause error) error {
	p.RequestID = RequestID(c.UserContext())
	if p.Status >= 500 {
		log.Error("request failed", "request_id", p.RequestID, "route", c.Route().Path, "code", p.Code, "cause", cause)
	}
	secure(c) // what never reached the middleware, too
	for k, v := range p.GetHeaders() {
		c.Set(k, v[0])
	}
	c.Status(p.Status)
	return c.JSON(p, "application/problem+json")
}
