package models

import (
	"slices"
	"strings"

	"rapport/models/fault"
)

// ReferralOutline is what somebody types to refer a person.
type ReferralOutline struct {
	Direction  Direction
	PracticeID PracticeID   // where a provider refers to
	ClientID   ClientID     // a known client, or
	Client     *ClientDraft // a new one
	ProviderID ProviderID   // the other side of the practice
	Reason     string
	Priority   Priority
	WantedBy   Date
	RedFlagID  string // the draft that a red flag opened
}

// Validate checks the form of each field; today is the practice's day.
func (d ReferralOutline) Validate(today Date) error {
	var l fault.List
	if directions := []Direction{Inbound, Outbound}; !slices.Contains(directions, d.Direction) {
		l.Put(fault.Violation{Code: "direction.unknown", Pointer: "/direction", Message: "A referral comes in or goes out.", Allowed: directions})
	}
	if priorities := []Priority{"", Routine, Urgent}; !slices.Contains(priorities, d.Priority) {
		l.Put(fault.Violation{Code: "priority.unknown", Pointer: "/priority", Message: "A referral is routine or urgent.", Allowed: priorities[1:]})
	}
	if (d.ClientID == "") == (d.Client == nil) {
		l.Add("client.one", "/client_id", "Name a known client, or write down a new one; not both.")
	}
	if d.Client != nil {
		d.Client.check(&l, "/client", today)
	}
	if d.ProviderID == "" {
		l.Add("provider.required", "/provider_id", "Say who refers, or to whom.")
	}
	if strings.TrimSpace(d.Reason) == "" {
		l.Add("reason.required", "/reason", "Say why this person is referred.")
	}
	checkText(&l, "/reason", d.Reason, 2000)
	if !d.WantedBy.IsZero() && d.WantedBy.Before(today) {
		l.Add("wanted_by.past", "/wanted_by", "The day is today or later.")
	}
	return l.Invalid("The referral needs correction.")
}

// ReferralView is a referral with the names that a page shows, as its reader
// may see it.
type ReferralView struct {
	Referral
	PracticeID PracticeID
	Practice   string
	TimeZone   string // of the practice
	Client     PersonName
	Born       Date
	Proposed   bool // the client is not in the practice's care yet
	Provider   string
	Reach      ReferralReach // of one referral, not in lists
	Events     []ReferralEvent
	Withheld   string // code of why it can no longer be read
	Ended      bool   // only what the reader sent themselves is shown
}

// ReferralReach is how the people of a referral are reached.
type ReferralReach struct {
	Client, Practice, Provider string // telephone numbers
	ProviderSigns              bool   // somebody acts for the provider here, and need not be called
}

// ForReferrer is an inbound referral as who sent it sees it: what became of
// it always, what was found only with the client's release.
func (v ReferralView) ForReferrer(findings bool) ReferralView {
	v.Attempts, v.FirstOfProvider, v.ThankedAt, v.CreatedBy = 0, false, nil, ""
	v.Events = slices.Clone(v.Events)
	for i := range v.Events {
		e := &v.Events[i]
		e.By = ""
		if !findings && e.Side == RecipientSide && e.Action != ActDecline {
			e.Note, e.Reason = "", ""
		}
	}
	v.Events = slices.DeleteFunc(v.Events, func(e ReferralEvent) bool { return e.Action == ActLogAttempt })
	if !findings && v.Outcome != OutcomeUnreachable {
		v.Outcome = ""
	}
	return v
}

// Frozen is an inbound referral after the client's release was revoked: what
// its sender wrote, and that it ended. It names nobody, because the name that
// stands in the practice's record may have changed since.
func (v ReferralView) Frozen() ReferralView {
	r := v.Referral
	return ReferralView{Referral: Referral{ID: r.ID, Direction: r.Direction, ClientID: r.ClientID, ProviderID: r.ProviderID, Reason: r.Reason, Priority: r.Priority,
		WantedBy: r.WantedBy, SentAt: r.SentAt, CreatedAt: r.CreatedAt, Version: r.Version}, PracticeID: v.PracticeID, Practice: v.Practice, TimeZone: v.TimeZone,
		Provider: v.Provider, Ended: true}
}

// Withhold is a referral that its reader may know to exist, and no more.
func (v ReferralView) Withhold(code string) ReferralView {
	return ReferralView{Referral: Referral{ID: v.ID, Direction: v.Direction, ProviderID: v.ProviderID, SentAt: v.SentAt, CreatedAt: v.CreatedAt, Version: v.Version},
		PracticeID: v.PracticeID, Practice: v.Practice, Provider: v.Provider, Withheld: code}
}

// VerifiedForDays is how long a directory record counts as verified.
const VerifiedForDays = 180

// RecipientStanding is what the directory and the practice know of a provider as the
// recipient of a referral.
type RecipientStanding struct {
	Accepting  Accepting
	VerifiedOn Date // the last day on which somebody stood for the record
}

// Doubts are the reasons to look twice before a client is sent there.
func (s RecipientStanding) Doubts(today Date) []fault.Violation {
	var out []fault.Violation
	if s.Accepting == AcceptingNo {
		out = append(out, fault.Violation{Code: "provider.not_accepting", Pointer: "/confirm", Message: "This provider takes no new patients at the moment.", Got: s.Accepting})
	}
	if s.VerifiedOn.IsZero() || s.VerifiedOn.AddDays(VerifiedForDays).Before(today) {
		v := fault.Violation{Code: "provider.not_verified", Pointer: "/confirm", Message: "Nobody has checked this provider's details for 180 days. Call the office first."}
		if !s.VerifiedOn.IsZero() {
			v.Got = s.VerifiedOn
		}
		out = append(out, v)
	}
	return out
}

// Alternative is another provider who could take the client.
type Alternative struct {
	ProviderID ProviderID `json:"provider_id"`
	Name       string     `json:"name"`
	City       string     `json:"city,omitempty"`
	Accepting  Accepting  `json:"accepting"`
}

// ConfirmRecipient asks to look twice, with others who could be asked instead.
func ConfirmRecipient(doubts []fault.Violation, others []Alternative) error {
	f := fault.New(fault.Conflict, "referral.confirm_recipient", "Look twice before you send a client there. Confirm it, or choose somebody else.").With(doubts...)
	if len(others) > 0 {
		f = f.With(fault.Violation{Code: "referral.alternatives", Pointer: "/provider_id", Message: "These of the same discipline take new patients.", Allowed: others})
	}
	return f
}
