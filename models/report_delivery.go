package models

import (
	"slices"
	"strings"
	"time"

	"rapport/models/fault"
)

// progress is the order of the evidence.
var deliveryProgress = []DeliveryState{DeliveryPrepared, DeliveryQueued, DeliverySent, DeliveryDelivered, DeliveryOpened, DeliveryDownloaded, DeliveryAcknowledged}

// DeliveryDraft is what somebody chooses to send a report.
type DeliveryDraft struct {
	ProviderID ProviderID
	Channel    Channel
	Override   *OverrideDraft
}

// Validate checks the form. A payer has no portal and no link.
func (d DeliveryDraft) Validate(r Report) error {
	var l fault.List
	channels := []Channel{ByPortal, ByLink, ByLetter}
	if r.Payer != nil {
		channels = []Channel{ByLetter}
	}
	if !slices.Contains(channels, d.Channel) {
		l.Put(fault.Violation{Code: "delivery.channel", Pointer: "/channel", Message: "A report does not go out this way.", Allowed: channels, Got: d.Channel})
	}
	if d.Override != nil && r.Payer != nil {
		l.Add("override.recipient", "/override", "An override is for one report and one provider.")
	}
	return l.Invalid("The delivery needs correction.")
}

// Recipient refuses a provider other than the one that the report was made for.
func (r Report) Recipient(to ProviderID) error {
	if to == r.ProviderID {
		return nil
	}
	return fault.New(fault.Conflict, "report.other_recipient", "A report is made for one recipient. Make one for this provider.")
}

// Moved is the delivery after a piece of evidence, and whether the evidence
// is news. Evidence never goes back: a notice that arrives late does not undo
// a download. What failed or is uncertain is overtaken by any later proof;
// what was stopped stays so.
func (d Delivery) Moved(to DeliveryState, reason string) (Delivery, bool) {
	now, next := slices.Index(deliveryProgress, d.State), slices.Index(deliveryProgress, to)
	switch {
	case d.State == DeliveryStopped:
		return d, false
	case next >= 0 && now >= next:
		return d, false
	case next < 0 && now >= slices.Index(deliveryProgress, DeliveryOpened) && reason != ReasonMisdirected:
		return d, false
	case to == d.State && reason == d.Reason:
		return d, false
	}
	d.State, d.Reason = to, reason
	return d, true
}

// Further is the delivery of two that came further; of equals the later one.
func Further(a, b Delivery) Delivery {
	if slices.Index(deliveryProgress, b.State) >= slices.Index(deliveryProgress, a.State) {
		return b
	}
	return a
}

// ReasonMisdirected stops a delivery that reached somebody else.
const ReasonMisdirected = "delivery.misdirected"

// Misdirected says that the delivery reached somebody else.
func (d Delivery) Misdirected() bool {
	return d.State == DeliveryStopped && d.Reason == ReasonMisdirected
}

// Proof is evidence recorded by hand, for example from a fax confirmation.
type Proof struct {
	State DeliveryState
	Note  string
	At    time.Time // when it happened; zero means now
}

// Validate wants a state that a person can know, a note that says how, and a
// time between the beginning of the delivery and now.
func (p Proof) Validate(d Delivery, now time.Time) error {
	var l fault.List
	states := []DeliveryState{DeliverySent, DeliveryDelivered, DeliveryFailed}
	if !slices.Contains(states, p.State) {
		l.Put(fault.Violation{Code: "delivery.proof_state", Pointer: "/state", Message: "By hand one records that a delivery was sent, delivered or failed.", Allowed: states})
	}
	if n := len([]rune(strings.TrimSpace(p.Note))); n == 0 || n > 500 {
		l.Add("delivery.proof_note", "/note", "Say how you know it, in at most 500 characters: fax confirmation, tracking number, who called.")
	}
	if !p.At.IsZero() && (p.At.After(now) || p.At.Before(d.CreatedAt)) {
		l.Add("delivery.proof_time", "/at", "The proof is from a time between the preparation of the delivery and now.")
	}
	if err := l.Invalid("The proof needs correction."); err != nil {
		return err
	}
	if d.State == DeliveryStopped {
		return DeliveryIsStopped()
	}
	return nil
}

// DeliveryIsStopped is the answer to whoever would move a stopped delivery.
func DeliveryIsStopped() error {
	return fault.New(fault.Conflict, "delivery.stopped", "This delivery was stopped. Start a new one.")
}

// WentOut says that the state is evidence that the report left the practice.
func (s DeliveryState) WentOut() bool {
	return slices.Contains(deliveryProgress, s) && s != DeliveryPrepared && s != DeliveryQueued
}
