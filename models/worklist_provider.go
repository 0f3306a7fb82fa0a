package models

import "time"

// ListReportsToRead is a worklist that only a provider has: the practice is
// done with a report once it was sent.
const ListReportsToRead Worklist = "reports_to_read"

// ProviderWorklists lists those of a provider in order.
func ProviderWorklists() []Worklist {
	return []Worklist{ListUnreviewedOrders, ListReferrals, ListChangeRequests, ListReportsToRead}
}

// OpenUnread is a report that was delivered and not opened yet.
const OpenUnread OpenKind = "report"

// ReportReadDays are the working days in which a report is read, as many as
// for the outcome of a referral.
const ReportReadDays = 5

// UnreadReport is a report in a provider's portal that they have not opened,
// by no way that it came.
type UnreadReport struct {
	ReportID   ReportID
	DeliveryID DeliveryID
	ClientID   ClientID
	Client     PersonName
	Categories []Category // that it holds
	Override   *Override  // that its delivery stands on
	SentAt     time.Time
}

// Item is the report in its worklist: the provider's turn, until it is opened.
func (u UnreadReport) Item(to ProviderID, zone *time.Location) OpenItem {
	return OpenItem{Kind: OpenUnread, ObjectID: string(u.ReportID), Worklist: ListReportsToRead, Side: OwedByThem, Clock: "read",
		ClockOn: DateOf(u.SentAt, zone).WorkingDay(ReportReadDays), Action: "read", ClientID: u.ClientID, ProviderID: to, Since: u.SentAt}
}
