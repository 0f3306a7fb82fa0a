package models

import (
	"context"
	"slices"
	"time"

	"rapport/models/fault"
)

// AuditEvent is one link of a practice's hash-chained trail. It names ids and
// codes, never a person's words.
type AuditEvent struct {
	PracticeID PracticeID
	Seq        int64
	At         time.Time
	Principal  string
	Action     string // verb, for example session.record, report.download
	ObjectKind string
	ObjectID   string
	ClientID   ClientID
	Outcome    string // done | refused | the refusal's code
	Detail     string // ids and codes only
	PrevHash   string
	Hash       string
}

// TrailFilter narrows the trail; empty fields do not. Action is an action or
// its area. The days are the practice's, both of them within.
type TrailFilter struct {
	ClientID    ClientID
	Actor       UserID
	Action      string
	ObjectID    string
	From, Until Date
}

// Validate refuses ids that are none, an action that nothing is recorded under,
// what is no day, and days in the wrong order.
func (f TrailFilter) Validate() error {
	var l fault.List
	for pointer, id := range map[string]string{"/client_id": string(f.ClientID), "/actor": string(f.Actor), "/object_id": f.ObjectID} {
		if TraceID(id) == Untraced {
			l.Add("audit.id_invalid", pointer, "Name a client, a person or a record by the id that their events carry.")
		}
	}
	if f.Action != "" && TrailWords(f.Action) == "" && !slices.Contains(TrailAreas(), f.Action) {
		l.Put(fault.Violation{Code: "audit.action_unknown", Pointer: "/action", Message: "Nothing is recorded under this action; name one of the listed areas or an action in it.", Allowed: TrailAreas()})
	}
	days := true
	for pointer, d := range map[string]Date{"/from": f.From, "/until": f.Until} {
		if _, err := ParseDate(string(d)); err != nil && !d.IsZero() {
			l.Add("date.invalid", pointer, "Write a day like 2026-03-14.")
			days = false
		}
	}
	if days && !f.From.IsZero() && !f.Until.IsZero() && f.Until.Before(f.From) {
		l.Add("audit.days_reversed", "/until", "The last day is not before the first.")
	}
	return l.Invalid("The trail cannot be narrowed so.")
}

// TrailCheck is how a practice's trail stands: its last link, and whether the
// newest events hang together. Broken is the first number that does not fit.
type TrailCheck struct {
	PracticeID PracticeID
	Seq        int64
	Hash       string
	Checked    int
	Broken     int64
}

// Job asks for work after the transaction commits; arguments are ids only.
type Job struct {
	Kind       string     `json:"kind" river:"unique"`
	PracticeID PracticeID `json:"practice_id" river:"unique"`
	ObjectID   string     `json:"object_id" river:"unique"`
}

// Grant lets an outsider's id resolve to the practice that holds the object.
type Grant struct {
	ObjectKind string // prescription | report | change_request | client
	ObjectID   string
	PracticeID PracticeID
	ProviderID ProviderID
	CreatedAt  time.Time
}

// Page asks for a slice of a list; Cursor is the last id seen.
type Page struct {
	Limit  int
	Cursor string
}

// List is one page and where the next begins.
type List[T any] struct {
	Items      []T
	NextCursor string
}

// Idempotency is what makes a repeated request give the same answer.
type Idempotency struct {
	Route, Key, BodySHA256 string
}

type idempotencyKey struct{}

// WithIdempotency hands the request's key down to the transaction.
func WithIdempotency(ctx context.Context, i Idempotency) context.Context {
	return context.WithValue(ctx, idempotencyKey{}, i)
}

// WithoutIdempotency forgets the key: an answer that has to be decided anew each
// time, such as what the release gate lets through, is never given again.
func WithoutIdempotency(ctx context.Context) context.Context {
	return context.WithValue(ctx, idempotencyKey{}, nil)
}

// IdempotencyOf returns the key the request came with, if any.
func IdempotencyOf(ctx context.Context) (Idempotency, bool) {
	i, ok := ctx.Value(idempotencyKey{}).(Idempotency)
	return i, ok
}

type ifMatchKey struct{}

// WithIfMatch hands down the version the caller last saw.
func WithIfMatch(ctx context.Context, version int) context.Context {
	return context.WithValue(ctx, ifMatchKey{}, version)
}

// IfMatchOf returns the version the caller last saw; 0 when none was sent.
func IfMatchOf(ctx context.Context) int {
	v, _ := ctx.Value(ifMatchKey{}).(int)
	return v
}
