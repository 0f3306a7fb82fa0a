package models

import "time"

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

// OpenItem is an open thing in its one worklist: whose turn it is, which clock
// runs, and the one action that resolves it.
type OpenItem struct {
	Kind       string // order, referral, change_request, report_clock, release, promise
	ObjectID   string
	Worklist   Worklist
	Side       OwedBy // whose turn: us or them
	FromOn     Date   // the day from which it stands in the list
	Clock      string // the name of the clock that runs: answer, visit, outcome, report, expiry, promise …
	ClockOn    Date   // the last day on which it is in time
	Action     string // the one act that resolves it
	ClientID   ClientID
	ProviderID ProviderID
	Since      time.Time
}
