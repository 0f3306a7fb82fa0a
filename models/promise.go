package models

import "time"

// OwedBy says which side owes: the practice or the provider.
type OwedBy string

// The sides.
const (
	OwedByUs   OwedBy = "us"
	OwedByThem OwedBy = "them"
)

// PromiseKind is what is owed.
type PromiseKind string

// The kinds.
const (
	PromiseReport   PromiseKind = "report"
	PromisePacket   PromiseKind = "packet"
	PromiseLetter   PromiseKind = "letter"
	PromiseCall     PromiseKind = "call"
	PromiseDocument PromiseKind = "document"
	PromiseOther    PromiseKind = "other"
)

// PromiseState of a promise. "late" is derived from its day, never stored.
type PromiseState string

// The states.
const (
	PromiseOpen     PromiseState = "open"
	PromiseKept     PromiseState = "kept"
	PromiseReleased PromiseState = "released"
	PromiseLate     PromiseState = "late" // derived: open past its day
)

// Promise is a document or call that somebody owes somebody by a day
// (PRODUCT §3.10). It is kept by itself when the matching thing is sent or
// arrives.
type Promise struct {
	ID             PromiseID
	RelationshipID RelationshipID
	ClientID       ClientID // empty when it is about nobody in particular
	OwedBy         OwedBy
	Kind           PromiseKind
	What           string
	DueOn          Date // the last day on which it is kept in time
	State          PromiseState
	SourceKind     string // contact, packet_wish, referral, report_clock, document_request; "" when somebody typed it
	SourceID       string
	KeptKind       string // what kept it: delivery, contact, prescription, change_request, referral; "" for a person's word
	KeptID         string
	KeptOn         Date
	SettledAt      *time.Time
	Reason         string // why it was released
	CreatedBy      UserID
	CreatedAt      time.Time
	Version        int
}

// RequestState of a document request.
type RequestState string

// The states.
const (
	RequestOpen      RequestState = "open"
	RequestSent      RequestState = "sent"
	RequestDeclined  RequestState = "declined"
	RequestWithdrawn RequestState = "withdrawn"
)

// DocumentRequest is a provider's wish for a paper about a client: it passes
// the gate when it is answered, and opens a promise owed by the practice.
type DocumentRequest struct {
	ID           RequestID
	ClientID     ClientID
	ProviderID   ProviderID
	Kind         string // progress_report, discharge_report, session_notes, order_status
	WantedBy     Date
	Note         string
	State        RequestState
	AnsweredKind string // delivery, report
	AnsweredID   string
	Reason       string
	CreatedBy    UserID
	CreatedAt    time.Time
	SettledAt    *time.Time
	Version      int
}
