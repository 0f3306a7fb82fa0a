package models

import (
	"slices"
	"strings"

	"rapport/models/fault"
)

// PromiseDraft is what somebody promises, as it is typed.
type PromiseDraft struct {
	RelationshipID RelationshipID
	ClientID       ClientID
	OwedBy         OwedBy
	Kind           PromiseKind // other where it is left out
	What           string
	DueOn          Date
}

// PromiseKinds lists what can be owed.
func PromiseKinds() []PromiseKind {
	return []PromiseKind{PromiseReport, PromisePacket, PromiseLetter, PromiseCall, PromiseDocument, PromiseOther}
}

// Check lists everything that is wrong with a promise at a place of the request.
func (d PromiseDraft) Check(l *fault.List, pointer string, today Date) {
	if d.OwedBy != OwedByUs && d.OwedBy != OwedByThem {
		l.Put(fault.Violation{Code: "promise.owed_by", Pointer: pointer + "/owed_by", Message: "A promise is owed by us or by them.", Allowed: []OwedBy{OwedByUs, OwedByThem}})
	}
	if d.Kind != "" && !slices.Contains(PromiseKinds(), d.Kind) {
		l.Put(fault.Violation{Code: "promise.kind", Pointer: pointer + "/kind", Message: "A promise is of one of the listed kinds.", Allowed: PromiseKinds()})
	}
	if strings.TrimSpace(d.What) == "" {
		l.Add("promise.what", pointer+"/what", "Say what was promised.")
	}
	text(l, pointer+"/what", d.What, 200)
	if d.DueOn.IsZero() || d.DueOn.Before(today.AddDays(-366)) || d.DueOn.After(today.AddDays(3*366)) {
		l.Add("promise.due_on", pointer+"/due_on", "Say by which day, within a year back and three years ahead.")
	}
}

// Validate is Check for a promise that comes alone.
func (d PromiseDraft) Validate(today Date) error {
	var l fault.List
	if d.RelationshipID == "" {
		l.Add("promise.relationship", "/relationship_id", "Say with whom.")
	}
	d.Check(&l, "", today)
	return l.Invalid("The promise needs correction.")
}

// PacketOpen is the wish that no packet has answered yet.
func (c Checklist) PacketOpen() Channel {
	if !c.PacketSentOn.IsZero() {
		return ""
	}
	return c.PacketWanted
}

// packetDays is how many working days after the wish the packet is on its way.
const packetDays = 3

// PacketPromise is what an office's wish for the packet makes the practice owe.
// It is false where nothing new was wished: the same answer stood before, as a
// form that shows the earlier answers sends it again, or a packet has gone out
// on the day of the contact or since. Asked again after a packet went out is
// new. A wish written down late is owed from today on.
func (c Contact) PacketPromise(before Checklist, on, today Date) (PromiseDraft, bool) {
	wish := c.Checklist.PacketWanted
	sent := max(before.PacketSentOn, c.Checklist.PacketSentOn)
	if wish == "" || wish == before.PacketOpen() || !sent.IsZero() && !sent.Before(on) {
		return PromiseDraft{}, false
	}
	return PromiseDraft{RelationshipID: c.RelationshipID, OwedBy: OwedByUs, Kind: PromisePacket, What: packetBy[wish],
		DueOn: max(on.WorkingDay(packetDays), today)}, true
}

var packetBy = map[Channel]string{ByEmail: "The packet by e-mail, as they asked", ByLetter: "The packet by letter, as they asked", ByFax: "The packet by fax, as they asked"}

// StateOn is the promise's state on a day: an open one past its day is late.
func (p Promise) StateOn(today Date) PromiseState {
	if p.State == PromiseOpen && p.DueOn.Before(today) {
		return PromiseLate
	}
	return p.State
}

// InTime says that a kept promise was kept on its day or before.
func (p Promise) InTime() bool { return p.State == PromiseKept && !p.KeptOn.After(p.DueOn) }

// MustBeOpen refuses a second end: a promise is kept or released once.
func (p Promise) MustBeOpen() error {
	if p.State == PromiseOpen {
		return nil
	}
	return fault.New(fault.Conflict, "promise.settled", "This promise was settled already.").
		With(fault.Violation{Code: "promise.settled", Message: "Only an open promise is kept or released.", Allowed: []PromiseState{PromiseOpen}, Got: p.State})
}

// CheckReason wants a reason of at most 500 characters.
func CheckReason(reason string) error {
	var l fault.List
	if strings.TrimSpace(reason) == "" {
		l.Add("reason.required", "/reason", "Say why.")
	}
	prose(&l, "/reason", reason, 500)
	return l.Invalid("This needs a reason.")
}

// Settles says which open promises an event keeps.
type Settles struct {
	ProviderID ProviderID
	ClientID   ClientID // also keeps those about nobody in particular
	AnyClient  bool     // what is sent names nobody, and keeps a promise about anybody
	OwedBy     OwedBy
	Kinds      []PromiseKind
	Kind       string // delivery, report, contact, referral
	ID         string
	On         Date
}

// PromiseLine is a promise in a list, with whose it is.
type PromiseLine struct {
	Promise
	ProviderID ProviderID
	Provider   string
	Client     PersonName
}
