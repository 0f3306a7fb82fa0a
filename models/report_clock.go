package models

import (
	"slices"
	"time"
)

// ClockState says how a report clock stands.
type ClockState string

// The states. An idle clock has no session since the last report sent.
const (
	ClockIdle    ClockState = "idle"
	ClockRunning ClockState = "running"
	ClockDue     ClockState = "due"
	ClockOverdue ClockState = "overdue"
)

// ClockReason says which rule makes a report due.
type ClockReason string

// The reasons: the first visit, the number of sessions, the days, the end of
// the order.
const (
	DueByFirstVisit ClockReason = "first_visit"
	DueBySessions   ClockReason = "sessions"
	DueByDays       ClockReason = "days"
	DueByEnd        ClockReason = "end_of_order"
)

// ClockFacts is what a report clock reads.
type ClockFacts struct {
	Every         ReportEvery
	Since         []Date // days of the completed sessions after the last report sent, in order
	ReportSent    bool   // any report of this order was sent
	DischargeSent bool
	EndedOn       Date // last day of an order that is used up, past its window or revoked; zero while it runs
	LastVisit     Date // of the whole order; zero when there was none
}

// ReportClock is when the next report is owed. DueOn is the last day on time.
type ReportClock struct {
	Kind     ReportKind
	State    ClockState
	Reason   ClockReason
	DueOn    Date
	Since    Date // first completed session after the last report sent
	Sessions int  // completed since then
	Every    ReportEvery
}

// Owed says that the report is to be written now.
func (c ReportClock) Owed() bool { return c.State == ClockDue || c.State == ClockOverdue }

// Every is the clock of an order: its own, or the practice's where the order
// says nothing.
func (p Prescription) Every(settings PracticeSettings) ReportEvery {
	if p.Content.ReportEvery != (ReportEvery{}) {
		return p.Content.ReportEvery
	}
	return settings.ReportEvery
}

// Due judges a report clock on a day. An order that ended owes a discharge
// report; otherwise a progress report is owed after so many sessions or days,
// whichever comes first (WAC 296-23-250: 6 visits or 1 month); before any
// report was sent, an initial one is owed from the first visit on.
func (f ClockFacts) Due(today Date) ReportClock {
	c := ReportClock{Kind: ReportProgress, State: ClockIdle, Sessions: len(f.Since), Every: f.Every}
	if len(f.Since) > 0 {
		c.Since = f.Since[0]
	}
	if !f.EndedOn.IsZero() {
		if !f.DischargeSent && !f.LastVisit.IsZero() {
			c.Kind, c.Reason, c.DueOn = ReportDischarge, DueByEnd, max(f.EndedOn, f.LastVisit)
		}
		return c.on(today)
	}
	if len(f.Since) == 0 {
		return c
	}
	c.Reason, c.DueOn = f.progress()
	if !f.ReportSent && (c.DueOn.IsZero() || today.Before(c.DueOn)) {
		c.Kind, c.Reason, c.DueOn = ReportInitial, DueByFirstVisit, c.Since
	}
	return c.on(today)
}

// progress is the earlier of the n-th session and the n-th day.
func (f ClockFacts) progress() (ClockReason, Date) {
	var reason ClockReason
	var due Date
	if f.Every.Days > 0 {
		reason, due = DueByDays, f.Since[0].AddDays(f.Every.Days)
	}
	if n := f.Every.Sessions; n > 0 && len(f.Since) >= n && (due.IsZero() || !f.Since[n-1].After(due)) {
		reason, due = DueBySessions, f.Since[n-1]
	}
	return reason, due
}

func (c ReportClock) on(today Date) ReportClock {
	switch {
	case c.DueOn.IsZero():
	case today.After(c.DueOn):
		c.State = ClockOverdue
	case today == c.DueOn:
		c.State = ClockDue
	default:
		c.State = ClockRunning
	}
	return c
}

// Visit is a completed session as the clock counts it.
type Visit struct {
	At time.Time
	On Date
}

// ReportClockLine is a clock with whose it is.
type ReportClockLine struct {
	ReportClock
	ClientID       ClientID
	Client         PersonName
	SeriesID       SeriesID
	PrescriptionID PrescriptionID
	ProviderID     ProviderID // the prescriber
	Recipient      string
}

// ClockFacts is what an order's clock reads on a day: the visits after the
// last report sent, and whether the order ended.
func (p Prescription) ClockFacts(s Series, visits []Visit, sent *time.Time, discharged bool, settings PracticeSettings, today Date) ClockFacts {
	f := ClockFacts{Every: p.Every(settings), ReportSent: sent != nil, DischargeSent: discharged}
	if len(visits) == 0 {
		return f
	}
	f.LastVisit = visits[len(visits)-1].On
	for _, v := range visits {
		if sent == nil || v.At.After(*sent) {
			f.Since = append(f.Since, v.On)
		}
	}
	f.EndedOn = p.endedOn(s, visits[0].On, f.LastVisit, today)
	return f
}

// endedOn is the last day of an order that has ended by a day, or zero. One that
// is suspended, by somebody or because nobody countersigned it, may go on and so
// has not ended, until its visits are used or its window is past: then it owes
// its last report like any other.
func (p Prescription) endedOn(s Series, first, last, today Date) Date {
	_, until := p.Window(first)
	live := p.Status == OrderActive || p.Status == OrderSuspended
	switch {
	case p.Status == OrderRevoked, live && s.Exhausted():
		return last
	case live && today.After(until):
		return until
	}
	return ""
}

// ClockMonths is how far back an order without a session still owes a report.
const ClockMonths = 12

// ClockRing is a stretch of days on which an order owes one report: from On to
// Until it is asked for, Due is the last day on time.
type ClockRing struct {
	Kind           ReportKind
	On, Due, Until Date
}

// Rings are the days on which the order will owe a report as long as nothing
// but time happens to it, in order and apart: Due on any day says the same.
// Nobody is asked any more ClockMonths after the last visit.
func (p Prescription) Rings(s Series, visits []Visit, sent *time.Time, discharged bool, settings PracticeSettings) []ClockRing {
	if len(visits) == 0 || p.Status == OrderEnteredInError {
		return nil
	}
	on := func(day Date) ClockFacts { return p.ClockFacts(s, visits, sent, discharged, settings, day) }
	var rings []ClockRing
	days, last := p.clockDays(on(visits[0].On), visits), visits[len(visits)-1].On.AddMonths(ClockMonths)
	for i, day := range days {
		until := last
		if i+1 < len(days) {
			until = min(last, days[i+1].AddDays(-1))
		}
		c := on(day).Due(day)
		if !c.Owed() || day.After(last) {
			continue
		}
		if n := len(rings) - 1; n >= 0 && rings[n].Kind == c.Kind && rings[n].Due == c.DueOn && rings[n].Until.AddDays(1) == day {
			rings[n].Until = until
			continue
		}
		rings = append(rings, ClockRing{c.Kind, day, c.DueOn, until})
	}
	return rings
}

// clockDays are the days on which time alone may change what a clock says: the
// first visit since the last report, the day the next is owed, the last visit,
// and the day after the order's end.
func (p Prescription) clockDays(f ClockFacts, visits []Visit) []Date {
	_, end := p.Window(visits[0].On)
	days := []Date{f.LastVisit, end.AddDays(1)}
	if len(f.Since) > 0 {
		_, due := f.progress()
		days = append(days, f.Since[0], max(due, f.Since[0]))
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// ReportsOwed is a part of what a practice owes, who has waited longest first,
// and how it stands with all of them.
type ReportsOwed struct {
	List[ReportClockLine]
	Standing ReportStanding
}

// ReportStanding is how a practice keeps its report clocks. An order counts as
// overdue once the day it was due is past. Sent are the reports that first
// went out since a day and answered a clock, OnTime those that did so by the
// day it was due; the owner's figure of reports allows two working days more.
type ReportStanding struct {
	Owed, Overdue int
	Since         Date
	Sent, OnTime  int
}

// Rate is the share of reports on time; ok is false where none was sent.
func (s ReportStanding) Rate() (share float64, ok bool) {
	if s.Sent == 0 {
		return 0, false
	}
	return float64(s.OnTime) / float64(s.Sent), true
}
