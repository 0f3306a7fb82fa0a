package models

import (
	"time"

	"rapport/models/fault"
)

// PracticeState is what whoever runs the server sees of a practice: how much
// there is of everything, and nothing of what it is about.
type PracticeState struct {
	ID        PracticeID // NetworkPractice: what happened outside every practice
	Name      string
	Suspended bool
	CreatedAt time.Time
	People    int         // who hold a role there
	Owners    int         // of them, whose accounts are open
	Asked     *OwnerAsked // where nobody owns it: who was asked to
	Clients   int
	Sessions  int
	Reports   int
	Waiting   int // mails that have not left
	Trail     TrailCheck
}

// OwnerAsked is the newest open invitation of somebody to own a practice.
type OwnerAsked struct {
	Name  string
	Email string
	At    time.Time
	Until *time.Time // its link opens until then; nil where none does: not sent yet, run out, spent
}

// ErrPracticeHasOwner is told to an operator: whom an owned practice asks in is
// its owner's affair.
var ErrPracticeHasOwner = fault.New(fault.Conflict, "practice.has_owner",
	"This practice has an owner. Its owner asks others in, and makes them owners too, under Practice and colleagues.")

// ErrPracticeSuspended is told to a practice's people, who proved who they are;
// to everybody else its records are missing.
var ErrPracticeSuspended = fault.New(fault.Forbidden, "practice.suspended",
	"This practice is suspended: nobody acts in it and nothing is sent. Nothing is lost. Ask whoever runs the server; everything goes on once they resume it.")
