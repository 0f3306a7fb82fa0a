package models

import (
	"slices"
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

// Owned says that a practice has an owner, also one whose account is closed for
// now: who owns a practice reads its charts, and the server's operators hand
// that to nobody.
func Owned(team []User) bool {
	return slices.ContainsFunc(team, func(u User) bool {
		return slices.ContainsFunc(u.Roles, func(g RoleGrant) bool { return g.Role == Owner })
	})
}

// ErrPracticeHasOwner is told to an operator: whom an owned practice asks in is
// its owner's affair.
var ErrPracticeHasOwner = fault.New(fault.Conflict, "practice.has_owner",
	"This practice has an owner. Its owner asks others in, and makes them owners too, under Practice and colleagues.")

// ErrPracticeSuspended is told to a practice's people, who proved who they are;
// to everybody else its records are missing.
var ErrPracticeSuspended = fault.New(fault.Forbidden, "practice.suspended",
	"This practice is suspended: nobody acts in it and nothing is sent. Nothing is lost. Ask whoever runs the server; everything goes on once they resume it.")
