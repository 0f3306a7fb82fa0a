package models

// SlideDays is the most that a sliding order moves its end (PRODUCT §5).
const SlideDays = 7

// Length is L of PRODUCT §5: the days from the first to the last valid day.
func (c OrderContent) Length() int { return c.ValidFrom.DaysUntil(c.ValidUntil) }

// Window is the effective window of the order, both days inclusive. first is
// the day of the earliest session that stands under any version, zero when
// there is none; after a void the caller asks again with the new one.
//
// The session that is being judged is not first yet: an order that expired
// unused does not come back to life by being used late. A session outside
// [valid_from, valid_until], which only a deviation can be, starts no clock
// early.
func (p Prescription) Window(first Date) (from, until Date) {
	c := p.Content
	from, until = c.ValidFrom, c.ValidUntil
	switch c.Clock {
	case ClockReceived:
		if !p.ReceivedOn.IsZero() {
			from, until = p.ReceivedOn, p.ReceivedOn.AddDays(c.Length())
		}
	case ClockFirstSession:
		if first.IsZero() || first.After(until) {
			return from, until
		}
		from = max(first, from)
		return from, from.AddDays(c.Length())
	}
	if c.Expiry == Sliding && !first.IsZero() {
		until = until.AddDays(min(SlideDays, max(0, from.DaysUntil(first))))
	}
	return from, until
}

// WindowFor is the window that a session on a day is judged by. It differs
// from Window where a session is written down late and would have started the
// clock: any day from valid_from on may start it.
func (p Prescription) WindowFor(day, first Date) (from, until Date) {
	if p.Content.Clock == ClockFirstSession && !first.IsZero() && day.Before(first) {
		return p.Window("")
	}
	return p.Window(first)
}

// Exhausted says that no visit is left to take.
func (s Series) Exhausted() bool { return !s.Unlimited && s.Unused() <= 0 }

// Unused is how many visits were not taken yet, booked or not; without a limit
// it is 0 and means nothing.
func (s Series) Unused() int {
	if s.Unlimited {
		return 0
	}
	return max(0, s.Allowed-s.OpeningUsed-s.Used)
}

// Visits is the counter with a number of open bookings: allowed is the sum of
// used, booked and left, unless more was booked than a later version allows.
func (s Series) Visits(booked int) Visits {
	v := Visits{Allowed: s.Allowed, Used: s.OpeningUsed + s.Used, Booked: booked, Limited: !s.Unlimited, Opening: s.OpeningUsed}
	if v.Limited {
		v.Left = max(0, s.Unused()-booked)
	} else {
		v.Allowed = 0
	}
	return v
}

// CountersignLapsed says that a verbal order waited longer for its
// countersignature than it may.
func (p Prescription) CountersignLapsed(day Date) bool {
	return p.Verbal != nil && p.Countersigned == nil && day.After(p.Verbal.CountersignBy)
}

// StatusOn derives what a stored status means on a day: an active order is
// suspended when its verbal form was not countersigned in time, completed when
// all visits are used, expired after its window. The other states stand.
func (p Prescription) StatusOn(day Date, s Series, from, until Date) PrescriptionStatus {
	if p.Status != OrderActive {
		return p.Status
	}
	switch {
	case p.CountersignLapsed(day):
		return OrderSuspended
	case s.Exhausted():
		return OrderCompleted
	case day.After(until):
		return OrderExpired
	}
	return OrderActive
}
