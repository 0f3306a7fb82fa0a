package models

import (
	"cmp"
	"time"
)

// Worklist is a list of open things that wait for the same kind of act.
type Worklist string

// The worklists in their order: a thing stands in the first that it matches
// (PRODUCT §5).
const (
	ListUnreviewedOrders Worklist = "unreviewed_orders"
	ListReferrals        Worklist = "referrals"
	ListChangeRequests   Worklist = "change_requests"
	ListReportsDue       Worklist = "reports_due"
	ListReleasesExpiring Worklist = "releases_expiring"
	ListOrdersRunningOut Worklist = "orders_running_out"
	ListPromises         Worklist = "promises"
)

// Worklists lists them in order.
func Worklists() []Worklist {
	return []Worklist{ListUnreviewedOrders, ListReferrals, ListChangeRequests, ListReportsDue, ListReleasesExpiring, ListOrdersRunningOut, ListPromises}
}

// OpenKind is what kind of thing stands in a worklist.
type OpenKind string

// The kinds. An order is a series, whichever of its versions is in force; its
// report clock is a thing of its own.
const (
	OpenOrder    OpenKind = "order"
	OpenReferral OpenKind = "referral"
	OpenChange   OpenKind = "change_request"
	OpenReport   OpenKind = "report_clock"
	OpenRelease  OpenKind = "release"
	OpenPromise  OpenKind = "promise"
)

// OpenItem is an open thing in its one worklist: whose turn it is, which clock
// runs, and the one action that resolves it.
type OpenItem struct {
	Kind       OpenKind
	ObjectID   string
	Ring       int // of a report clock, which of its rings; each has days of its own
	Worklist   Worklist
	Side       OwedBy // whose turn: us or them
	FromOn     Date   // the day from which it stands in the list; zero: since it is open
	UntilOn    Date   // the last day on which it does; zero: until somebody acts
	Clock      string // the name of the clock that runs: answer, visit, outcome, progress_report, expiry, promise …
	ClockOn    Date   // the last day on which it is in time
	Action     string // the one act that resolves it
	ClientID   ClientID
	ProviderID ProviderID
	Since      time.Time
}

// StandsOn says that the thing is in its list on a day.
func (i OpenItem) StandsOn(today Date) bool {
	return !i.FromOn.After(today) && (i.UntilOn.IsZero() || !i.UntilOn.Before(today))
}

// DaysLeft is how many days the clock still has on a day; below zero it is over.
func (i OpenItem) DaysLeft(today Date) int { return today.DaysUntil(i.ClockOn) }

// OpenLine is an open thing in a list, with whose it is and what its link names.
type OpenLine struct {
	OpenItem
	Left         int    // days that the clock has, below zero when it is over
	LinkID       string // the object of the action: of an order its version in force
	PracticeID   PracticeID
	Practice     string // to somebody outside
	Client       PersonName
	Provider     string
	What         string // of a promise, what was promised
	ProviderTurn bool   // the list of a provider
	ForSigner    bool   // only the prescriber may act, and the reader is of their staff
}

// MoreUrgent orders open things for somebody of the practice: what waits for
// us before what waits for them, then the clock that ends first.
func MoreUrgent(a, b OpenLine) int {
	turn := func(l OpenLine) int {
		if l.Side == OwedByUs {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(turn(a), turn(b)), cmp.Compare(a.ClockOn, b.ClockOn), cmp.Compare(a.ObjectID, b.ObjectID), cmp.Compare(a.Kind, b.Kind))
}

// WorklistCount is how long a list is today, for each side whose turn it is.
type WorklistCount struct {
	Name     Worklist
	Us, Them int
	Late     int // of both, whose clock is over
}
