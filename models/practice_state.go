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
	People    int // who hold a role there
	Clients   int
	Sessions  int
	Reports   int
	Waiting   int // mails that have not left
	Trail     TrailCheck
}

// ErrPracticeSuspended is told to a practice's people, who proved who they are;
// to everybody else its records are missing.
var ErrPracticeSuspended = fault.New(fault.Forbidden, "practice.suspended",
	"This practice is suspended: nobody acts in it and nothing is sent. Nothing is lost. Ask whoever runs the server; everything goes on once they resume it.")
