package models

import (
	"slices"

	"rapport/models/fault"
)

// RequestKinds lists what a provider may ask for.
func RequestKinds() []string {
	return []string{"progress_report", "discharge_report", "session_notes", "order_status"}
}

// RequestDays is by when an asked-for document is owed where no day was wished.
const RequestDays = 14

// RequestDraft is what a provider asks for.
type RequestDraft struct {
	ClientID ClientID
	Kind     string
	WantedBy Date
	Note     string
}

// Validate lists everything that is wrong with a wish.
func (d RequestDraft) Validate(today Date) error {
	var l fault.List
	if d.ClientID == "" {
		l.Add("client.required", "/client_id", "Say which patient it is about.")
	}
	if !slices.Contains(RequestKinds(), d.Kind) {
		l.Put(fault.Violation{Code: "request.kind", Pointer: "/kind", Message: "Ask for one of the listed documents.", Allowed: RequestKinds()})
	}
	if !d.WantedBy.IsZero() && (d.WantedBy.Before(today) || d.WantedBy.After(today.AddDays(366))) {
		l.Add("request.wanted_by", "/wanted_by", "The day lies between today and a year from now.")
	}
	prose(&l, "/note", d.Note, 1000)
	return l.Invalid("The request needs correction.")
}

// DueOn is by when the practice owes an answer.
func (r DocumentRequest) DueOn(today Date) Date {
	if r.WantedBy.IsZero() {
		return today.AddDays(RequestDays)
	}
	return r.WantedBy
}

// PromiseKind is what the practice owes by a request.
func (r DocumentRequest) PromiseKind() PromiseKind {
	if r.Kind == "progress_report" || r.Kind == "discharge_report" {
		return PromiseReport
	}
	return PromiseDocument
}

// AnsweredBy says that a report which went out is what was asked for.
func (r DocumentRequest) AnsweredBy(p Report) bool {
	switch r.Kind {
	case "discharge_report":
		return p.Kind == ReportDischarge
	case "session_notes":
		return slices.Contains(p.CategoriesIncluded, CategorySessionNotes)
	}
	return true
}

// MustBeOpen refuses a second end.
func (r DocumentRequest) MustBeOpen() error {
	if r.State == RequestOpen {
		return nil
	}
	return fault.New(fault.Conflict, "request.settled", "This request was settled already.").
		With(fault.Violation{Code: "request.settled", Message: "Only an open request is answered, declined or withdrawn.", Allowed: []RequestState{RequestOpen}, Got: r.State})
}

// RequestLine is a request in a list, with who asked whom about whom.
type RequestLine struct {
	DocumentRequest
	Provider string
	Practice string
	Client   PersonName
	Ended    bool // only what the reader wrote themselves is shown
}

// Frozen is a request as who made it sees it after the client's release ended:
// their own words about nobody by name, and not what came of it.
func (l RequestLine) Frozen() RequestLine {
	l.Ended, l.Client, l.Reason, l.AnsweredKind, l.AnsweredID = true, PersonName{}, "", "", ""
	if l.State != RequestWithdrawn {
		l.State, l.SettledAt, l.Version = RequestOpen, nil, 1
	}
	return l
}
