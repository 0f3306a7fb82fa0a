package models

import (
	"slices"

	"rapport/models/fault"
)

// Party is the side of an order that takes a step.
type Party string

// The parties.
const (
	PrescriberParty Party = "prescriber"
	PracticeParty   Party = "practice"
	SystemParty     Party = "system"
)

// PartyOf says for whom an actor steps.
func PartyOf(a Actor) Party {
	switch {
	case a.Kind == ActorSystem:
		return SystemParty
	case a.Outsider():
		return PrescriberParty
	}
	return PracticeParty
}

// orderEdge is one allowed step in the life of an order.
type orderEdge struct {
	from, to PrescriptionStatus
	who      []Party
}

var (
	prescriberOnly = []Party{PrescriberParty}
	practiceOnly   = []Party{PracticeParty}
	bothSides      = []Party{PrescriberParty, PracticeParty}
)

// orderEdges is the table of PRODUCT §5. The practice submits what it
// transcribed, and supersedes when it records the prescriber's answer. Who may
// lift a suspension depends on who imposed it: see Resume.
var orderEdges = []orderEdge{
	{OrderDraft, OrderSubmitted, bothSides},
	{OrderSubmitted, OrderActive, practiceOnly},
	{OrderSubmitted, OrderDeclined, practiceOnly},
	{OrderSubmitted, OrderRevoked, prescriberOnly},
	{OrderActive, OrderSuspended, []Party{PrescriberParty, PracticeParty, SystemParty}},
	{OrderActive, OrderRevoked, prescriberOnly},
	{OrderActive, OrderSuperseded, bothSides},
	{OrderSuspended, OrderActive, bothSides},
	{OrderSuspended, OrderRevoked, prescriberOnly},
	{OrderSuspended, OrderSuperseded, bothSides},
	{OrderDraft, OrderEnteredInError, bothSides},
	{OrderSubmitted, OrderEnteredInError, bothSides},
	{OrderActive, OrderEnteredInError, bothSides},
	{OrderSuspended, OrderEnteredInError, bothSides},
	{OrderDeclined, OrderEnteredInError, bothSides},
	{OrderSuperseded, OrderEnteredInError, bothSides},
	{OrderRevoked, OrderEnteredInError, bothSides},
}

// OrderSteps lists where a party may take an order from a state.
func OrderSteps(from PrescriptionStatus, who Party) []PrescriptionStatus {
	steps := []PrescriptionStatus{}
	for _, e := range orderEdges {
		if e.from == from && slices.Contains(e.who, who) {
			steps = append(steps, e.to)
		}
	}
	return steps
}

// Step returns the order in its next state, with the reason and who took the
// step, or 409 order.status that names what this party may do instead.
func (p Prescription) Step(to PrescriptionStatus, who Party, reason string) (Prescription, error) {
	steps := OrderSteps(p.Status, who)
	if !slices.Contains(steps, to) {
		return p, fault.New(fault.Conflict, "order.status", "This order is "+p.Status.Label()+"; that step is not possible from there.").
			With(fault.Violation{Code: "order.status", Message: "These states can follow.", Allowed: steps, Got: p.Status})
	}
	p.Status, p.StatusReason, p.StatusBy = to, reason, who
	return p, nil
}

// Resume lifts a suspension. The prescriber may lift any but that of an
// uncountersigned verbal order; the practice only its own.
func (p Prescription) Resume(who Party, today Date) (Prescription, error) {
	if p.Status == OrderSuspended || p.Status == OrderActive {
		switch {
		case p.CountersignLapsed(today):
			return p, fault.New(fault.Conflict, "order.countersign_first", "This verbal order waits for the prescriber's countersignature; with it the order is active again.")
		case p.Status == OrderSuspended && p.StatusBy == PrescriberParty && who != PrescriberParty:
			return p, fault.New(fault.Conflict, "order.suspended_by_prescriber", "The prescriber suspended this order; only they can resume it.")
		}
	}
	return p.Step(OrderActive, who, "")
}

var orderLabels = map[PrescriptionStatus]string{OrderDraft: "a draft", OrderSubmitted: "submitted and not accepted yet", OrderActive: "active",
	OrderSuspended: "suspended", OrderDeclined: "declined", OrderSuperseded: "replaced by a newer version", OrderRevoked: "revoked",
	OrderEnteredInError: "marked as entered in error", OrderCompleted: "completed, all visits are used", OrderExpired: "expired"}

// Label is for people, to stand after "the order is".
func (s PrescriptionStatus) Label() string { return orderLabels[s] }
