// Package fault is the error a person can act on: a kind, a stable code, a
// sentence that is safe to show, and the list of everything that is wrong.
// It knows neither HTTP nor SQL; api/wire turns a kind into a status.
package fault

import (
	"errors"
	"fmt"
)

// Kind is the class of a refusal. A Kind is itself an error, so that
// errors.Is(err, fault.NotFound) asks for the class.
type Kind string

// The kinds and the HTTP status that api/wire gives each.
const (
	Malformed       Kind = "malformed"             // 400
	Unauthenticated Kind = "unauthenticated"       // 401
	Forbidden       Kind = "forbidden"             // 403
	NotFound        Kind = "not_found"             // 404
	Conflict        Kind = "conflict"              // 409
	Gone            Kind = "gone"                  // 410
	Stale           Kind = "stale"                 // 412
	TooLarge        Kind = "too_large"             // 413
	Unsupported     Kind = "unsupported"           // 415
	Invalid         Kind = "invalid"               // 422
	Precondition    Kind = "precondition_required" // 428
	RateLimited     Kind = "rate_limited"          // 429
	Unavailable     Kind = "unavailable"           // 503
	Internal        Kind = "internal"              // 500
)

func (k Kind) Error() string { return string(k) }

// Violation is one reason among the several that are given at once.
type Violation struct {
	Code    string `json:"code"`              // stable, for example scope.region
	Pointer string `json:"pointer,omitempty"` // RFC 6901 pointer into the request
	Message string `json:"message"`           // a sentence a person understands
	Allowed any    `json:"allowed,omitempty"` // what would be accepted
	Got     any    `json:"got,omitempty"`     // what came, never free text of a person
}

// Error is a refusal. Text and Violations are written for the person and hold
// no client detail; the cause is for the log only.
type Error struct {
	Kind       Kind
	Code       string
	Text       string
	Violations []Violation
	Refs       map[string]string // ids the caller may need, for example stopped_session_id
	RetryAfter int               // seconds; 0 when waiting does not help
	cause      error
}

// New returns a refusal of a kind with a stable code and a sentence.
func New(kind Kind, code, text string) *Error {
	return &Error{Kind: kind, Code: code, Text: text}
}

// Error names kind and code; it never holds the values that were refused.
func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s (%s): %v", e.Code, e.Kind, e.cause)
	}
	return fmt.Sprintf("%s (%s)", e.Code, e.Kind)
}

// Unwrap gives the kind and the hidden cause.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}

// Because keeps the cause for the log.
func (e *Error) Because(err error) *Error { c := *e; c.cause = err; return &c }

// With adds violations.
func (e *Error) With(v ...Violation) *Error {
	c := *e
	c.Violations = append(append([]Violation(nil), e.Violations...), v...)
	return &c
}

// Ref adds an id that the caller may follow.
func (e *Error) Ref(name, id string) *Error {
	c := *e
	c.Refs = map[string]string{name: id}
	for k, v := range e.Refs {
		c.Refs[k] = v
	}
	return &c
}

// Missing is the one answer for an object that does not exist, belongs to
// another practice, or was never released to the caller.
func Missing(noun string) *Error {
	return New(NotFound, "not_found", "There is no such "+noun+".")
}

// As returns the refusal inside err, if there is one.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// CodeOf returns the stable code of err, or "internal".
func CodeOf(err error) string {
	if e, ok := As(err); ok {
		return e.Code
	}
	return "internal"
}

// List collects violations while a value is checked.
type List struct{ items []Violation }

// Add appends one reason.
func (l *List) Add(code, pointer, message string) {
	l.items = append(l.items, Violation{Code: code, Pointer: pointer, Message: message})
}

// Put appends a full violation.
func (l *List) Put(v ...Violation) { l.items = append(l.items, v...) }

// Items returns what was collected.
func (l *List) Items() []Violation { return l.items }

// Invalid returns nil when nothing was collected, else one Invalid fault that
// lists every reason.
func (l *List) Invalid(text string) error {
	if len(l.items) == 0 {
		return nil
	}
	return New(Invalid, "validation", text).With(l.items...)
}
