package models

import "rapport/models/fault"

// Outlook is what an order allows next, as the scope lock says it of the order
// alone: without regions, therapist or answers.
type Outlook struct {
	Pace     *Pace // nil for an order that states no frequency
	Open     bool  // one more session may be recorded today
	Bookable bool  // a visit is left that nobody booked, and a day for it
	Next     Date  // the first day from today on which one more fits; zero: none before the order ends
	// Of the open bookings under it: today's, the latest of a day before that
	// nobody recorded or noted as missed, and the next one. Nil: none.
	Today, Overdue, Coming *Booking
}

// OverdueDays is how far back a booking that nobody closed is looked for.
const OverdueDays = 60

// Expect sorts the bookings under the order, the earliest first.
func (o *Outlook) Expect(bookings []Booking, today Date) {
	for i, b := range bookings {
		switch {
		case !b.State.Open():
		case b.LocalDate.Before(today):
			o.Overdue = &bookings[i]
		case b.LocalDate == today && o.Today == nil:
			o.Today = &bookings[i]
		case b.LocalDate.After(today) && o.Coming == nil:
			o.Coming = &bookings[i]
		}
	}
}

// Due is the booked visit to record now: today's, or one that was forgotten
// when it takes the place of any other. Nil: none.
func (o Outlook) Due() *Booking {
	if o.Today == nil && !o.Open {
		return o.Overdue
	}
	return o.Today
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
