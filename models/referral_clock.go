package models

import (
	"time"
)

// ReferralExpiryDays is how long after its due day an idle referral stays open.
const ReferralExpiryDays = 90

// referralDays are the working days that a side has from the day on which it
// became its turn; for a scheduled one from the appointment.
var referralDays = map[ReferralState]int{
	ReferralDraft:                 1,
	ReferralReceived:              1, // answered by the next working day
	ReferralAccepted:              3,
	ReferralActive:                10,
	ReferralScheduled:             1,
	ReferralNoShow:                2,
	ReferralAppointmentCancelled:  2,
	ReferralVisitDone:             10, // two weeks for the outcome
	ReferralCancellationRequested: 1,
	ReferralCompleted:             5,
}

// due is the last day on which the next step is in time: by the state, for an
// urgent one at most a working day, and no later than the day that was wished
// for while there was no visit. A referral that nobody has to do anything
// about has none.
func (r Referral) due(today Date, zone *time.Location) Date {
	days, open := referralDays[r.State]
	if !open || r.SeenAt != nil {
		return ""
	}
	if r.Priority == Urgent {
		days = min(days, 1)
	}
	from := today
	if r.State == ReferralScheduled && r.ScheduledAt != nil {
		from = DateOf(*r.ScheduledAt, zone)
	}
	due := from.WorkingDay(days)
	wish := !r.WantedBy.IsZero() && r.FirstVisitAt == nil && r.State != ReferralScheduled && r.State != ReferralCompleted
	if wish && r.WantedBy.Before(due) {
		due = max(r.WantedBy, today)
	}
	return due
}

// WorkingDay is the nth day from Monday to Friday after d. Holidays are not
// known.
func (d Date) WorkingDay(n int) Date {
	for n > 0 {
		d = d.AddDays(1)
		if w := d.t().Weekday(); w != time.Saturday && w != time.Sunday {
			n--
		}
	}
	return d
}

// Expires says that nobody has moved the referral for so long that it is over.
// After a visit an outcome stays owed.
func (r Referral) Expires(today Date) bool {
	if r.State == ReferralDraft || r.State == ReferralVisitDone || r.State == ReferralCompleted {
		return false
	}
	return !r.DueOn.IsZero() && r.DueOn.AddDays(ReferralExpiryDays).Before(today)
}

// Turn is the side that has to act; empty when nobody has.
func (r Referral) Turn() ReferralSide {
	switch {
	case r.State.Final(), r.State == ReferralCompleted && r.SeenAt != nil:
		return ""
	case r.State == ReferralDraft, r.State == ReferralCompleted:
		return Initiator
	}
	return RecipientSide
}

// Closed says that the loop is closed: the outcome sent and seen.
func (r Referral) Closed() bool { return r.OutcomeAt != nil && r.SeenAt != nil }

// PracticeSide is the practice's side of this referral.
func (r Referral) PracticeSide() ReferralSide {
	if r.Direction == Inbound {
		return RecipientSide
	}
	return Initiator
}

// WhoseTurn is the turn as the practice says it: us, them, or nobody.
func (r Referral) WhoseTurn() OwedBy {
	switch r.Turn() {
	case "":
		return ""
	case r.PracticeSide():
		return OwedByUs
	}
	return OwedByThem
}

// Clock names the clock that runs, for worklists.
func (r Referral) Clock() string {
	switch r.State {
	case ReferralDraft:
		return "send"
	case ReferralReceived, ReferralCancellationRequested:
		return "answer"
	case ReferralVisitDone, ReferralActive:
		return "outcome"
	case ReferralCompleted:
		return "look"
	}
	return "visit"
}

// SeenAgain is the referral after a further visit: the outcome is owed from
// that day.
func (r Referral) SeenAgain(at time.Time, zone *time.Location) Referral {
	r.LastVisitAt = &at
	if r.State == ReferralVisitDone {
		r.DueOn = r.due(DateOf(at, zone), zone)
	}
	return r
}

// Opened is the referral with its first clock, as it is written down.
func (r Referral) Opened(today Date) Referral {
	r.State, r.Version = ReferralDraft, 1
	r.DueOn = r.due(today, time.UTC)
	return r
}
