package models

import "rapport/models/fault"

// Outlook is what an order allows next, as the scope lock says it of the order
// alone: without regions, therapist or answers.
type Outlook struct {
	Pace     *Pace // nil for an order that states no frequency
	Open     bool  // one more session may be recorded today
	Bookable bool  // a visit is left that nobody booked, and a day for it
	Next     Date  // the first day from today on which one more fits; zero: none before the order ends
}

// Outlook looks ahead from today.
func (f OrderFacts) Outlook() Outlook {
	f.EnforceLicence = false
	o := Outlook{Pace: f.Pace()}
	var lasting, timely, booked fault.List
	f.At = AtCompletion
	f.judgeOrder(&lasting)
	f.judgeDay(f.Today, &timely)
	f.At = AtBooking
	f.judgeOrder(&booked)
	if next := f.earliest(f.Today); next != nil && len(lasting.Items()) == 0 {
		o.Next = *next
	}
	o.Open = len(lasting.Items())+len(timely.Items()) == 0
	o.Bookable = len(booked.Items()) == 0 && !o.Next.IsZero()
	return o
}
