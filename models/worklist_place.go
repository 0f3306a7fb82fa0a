package models

import (
	"slices"
	"time"
)

// ReleaseWarnDays is how long before its last day a release is to be renewed.
const ReleaseWarnDays = 30

// OpenFacts is one thing that may be open, with what decides where it stands:
// exactly one of the fields is set.
type OpenFacts struct {
	Order    *OrderStanding
	Referral *ReferralStanding
	Change   *ChangeRequest
	Report   *ReportOwing
	Release  *ReleaseStanding
	Promise  *PromiseStanding
}

// OrderStanding is an order with what it was used for.
type OrderStanding struct {
	Order   Prescription // the version in force, or the last one
	Series  Series
	First   Date // the earliest session that stands
	Renewed bool // the next order is on its way, or here
}

// ReferralStanding is a referral, and whether it is a draft of the provider's
// that the practice does not know of yet.
type ReferralStanding struct {
	Referral
	Theirs bool
}

// ReportOwing is an order with one of the rings of its report clock.
type ReportOwing struct {
	Order Prescription
	Nth   int // which of them, from 0
	Ring  ClockRing
	Since time.Time // the first visit
}

// ReleaseStanding is a release, and whether a later one of the client says the
// same for longer.
type ReleaseStanding struct {
	Release
	Replaced bool
}

// PromiseStanding is a promise with the provider of its relationship.
type PromiseStanding struct {
	Promise
	ProviderID ProviderID
}

type placing func(OpenFacts, PracticeSettings) (OpenItem, bool)

// placings is the ordered table of PRODUCT §5: the first that matches is the
// one worklist of a thing.
var placings = []struct {
	list  Worklist
	place placing
}{
	{ListUnreviewedOrders, unreviewed},
	{ListReferrals, referralTurn},
	{ListChangeRequests, changeTurn},
	{ListReportsDue, reportOwed},
	{ListReleasesExpiring, releaseExpiring},
	{ListOrdersRunningOut, runningOut},
	{ListPromises, promiseTurn},
}

// Place says in which worklist a thing stands, from which day until which; it
// is false for what is closed. It asks for no day: what time does to a thing
// is in the days of the item.
func (f OpenFacts) Place(settings PracticeSettings) (OpenItem, bool) {
	for _, p := range placings {
		if item, ok := p.place(f, settings); ok {
			item.Worklist = p.list
			return item, true
		}
	}
	return OpenItem{}, false
}

// unreviewed: a submitted order waits for the practice, one taken on the phone
// for its countersignature, a renewal that the practice asked for to be signed.
func unreviewed(f OpenFacts, _ PracticeSettings) (OpenItem, bool) {
	if f.Order == nil {
		return OpenItem{}, false
	}
	p := f.Order.Order
	item := f.Order.item()
	day := DateOf(p.CreatedAt, time.UTC)
	switch {
	case p.Status == OrderSubmitted:
		item.Side, item.Clock, item.Action = OwedByUs, "review", "accept"
		if !p.IssuedOn.IsZero() {
			day = p.IssuedOn
		}
		item.ClockOn = day.WorkingDay(1)
	case p.Status == OrderDraft && p.StatusBy == PracticeParty && p.Source == FromPortal:
		item.Side, item.Clock, item.Action, item.ClockOn = OwedByThem, "sign", "submit", day.WorkingDay(referralDays[ReferralAccepted])
	case p.Verbal != nil && p.Countersigned == nil && (p.Status == OrderActive || p.Status == OrderSuspended):
		item.Side, item.Clock, item.Action, item.ClockOn = OwedByThem, "countersign", "countersign", p.Verbal.CountersignBy
	default:
		return OpenItem{}, false
	}
	return item, true
}

func (o OrderStanding) item() OpenItem {
	p := o.Order
	return OpenItem{Kind: OpenOrder, ObjectID: string(p.SeriesID), ClientID: p.ClientID, ProviderID: p.PrescriberID, Since: p.CreatedAt}
}

// referralTurn: whose turn and which clock the referral says itself. A draft
// stands with who writes it; the provider's own is not known here.
func referralTurn(f OpenFacts, _ PracticeSettings) (OpenItem, bool) {
	if f.Referral == nil || f.Referral.Turn() == "" || f.Referral.Theirs {
		return OpenItem{}, false
	}
	r := f.Referral
	item := OpenItem{Kind: OpenReferral, ObjectID: string(r.ID), Side: r.WhoseTurn(), Clock: r.Clock(), ClockOn: r.DueOn, Action: string(r.Next()),
		ClientID: r.ClientID, ProviderID: r.ProviderID, Since: r.CreatedAt}
	if r.State == ReferralDraft {
		item.Side = OwedByUs // written by the practice, whichever way it goes
	}
	if item.ClockOn.IsZero() {
		item.ClockOn = DateOf(r.CreatedAt, time.UTC)
	}
	return item, true
}

// Next is the act that brings a referral on from where it stands.
func (r Referral) Next() ReferralAction {
	switch r.State {
	case ReferralDraft:
		return ActSend
	case ReferralReceived:
		return ActAccept
	case ReferralAccepted:
		return ActSchedule
	case ReferralNoShow, ReferralAppointmentCancelled:
		return ActReschedule
	case ReferralCancellationRequested:
		return ActConfirmCancellation
	case ReferralCompleted:
		return ActAcknowledge
	}
	return ActOutcome
}

// changeTurn: a draft waits to be sent, what was sent for its answer, until it
// lapses.
func changeTurn(f OpenFacts, _ PracticeSettings) (OpenItem, bool) {
	if f.Change == nil || !f.Change.Status.Open() {
		return OpenItem{}, false
	}
	c := f.Change
	item := OpenItem{Kind: OpenChange, ObjectID: string(c.ID), ClientID: c.ClientID, ProviderID: c.PrescriberID, Since: c.CreatedAt,
		Side: OwedByThem, Clock: "answer", Action: "decide", ClockOn: c.LapsesOn, UntilOn: c.LapsesOn}
	if c.Status == ChangeDrafted {
		item.Side, item.Clock, item.Action, item.UntilOn = OwedByUs, "send", "send", ""
		item.ClockOn = DateOf(c.CreatedAt, time.UTC).WorkingDay(1)
	}
	return item, true
}

func reportOwed(f OpenFacts, _ PracticeSettings) (OpenItem, bool) {
	if f.Report == nil || f.Report.Ring.On.IsZero() {
		return OpenItem{}, false
	}
	p := f.Report.Order
	ring := f.Report.Ring
	return OpenItem{Kind: OpenReport, ObjectID: string(p.SeriesID), Ring: f.Report.Nth, Side: OwedByUs, FromOn: ring.On, UntilOn: ring.Until,
		Clock: string(ring.Kind) + "_report", ClockOn: ring.Due, Action: "write_report", ClientID: p.ClientID, ProviderID: p.PrescriberID, Since: f.Report.Since}, true
}

// releaseExpiring: one with a last day, until that day or the event that ends
// it. One that ends by an event alone has no clock.
func releaseExpiring(f OpenFacts, _ PracticeSettings) (OpenItem, bool) {
	if f.Release == nil || f.Release.Status != ReleaseActive || f.Release.ExpiresOn.IsZero() || f.Release.Replaced {
		return OpenItem{}, false
	}
	r := f.Release
	item := OpenItem{Kind: OpenRelease, ObjectID: string(r.ID), Side: OwedByUs, FromOn: r.ExpiresOn.AddDays(-ReleaseWarnDays), UntilOn: r.ExpiresOn,
		Clock: "expiry", ClockOn: r.ExpiresOn, Action: "renew_release", ClientID: r.ClientID, Since: r.CreatedAt}
	if !r.EventOccurred.IsZero() {
		item.UntilOn = min(item.UntilOn, r.EventOccurred.AddDays(-1))
	}
	if item.UntilOn.Before(item.FromOn) {
		return OpenItem{}, false
	}
	for _, x := range r.Recipients {
		if x.ProviderID != "" {
			item.ProviderID = x.ProviderID
			break
		}
	}
	return item, true
}

// Outlives says that the release tells the same recipients the same kinds of
// information for longer than another one of the client.
func (r Release) Outlives(old Release) bool {
	if r.ID == old.ID || r.Status != ReleaseActive || !r.EventOccurred.IsZero() || r.Purpose != old.Purpose || !r.ExpiresOn.IsZero() && !r.ExpiresOn.After(old.ExpiresOn) {
		return false
	}
	for _, c := range old.Categories {
		if !slices.Contains(r.Categories, c) {
			return false
		}
	}
	same := func(a, b Recipient) bool {
		return a.ProviderID == b.ProviderID && a.OfficeID == b.OfficeID && a.PayerName == b.PayerName && (!a.Unmatched() || a.Name == b.Name)
	}
	for _, x := range old.Recipients {
		if !slices.ContainsFunc(r.Recipients, func(y Recipient) bool { return same(x, y) }) {
			return false
		}
	}
	return true
}

// runningOut: an order in force with few visits or days left that nobody has
// renewed. Once its visits are used or its window is over, it ended.
func runningOut(f OpenFacts, s PracticeSettings) (OpenItem, bool) {
	if f.Order == nil || f.Order.Order.Status != OrderActive || f.Order.Renewed || f.Order.Series.Exhausted() {
		return OpenItem{}, false
	}
	item := f.Order.item()
	_, until := f.Order.Order.Window(f.Order.First)
	item.Side, item.Clock, item.ClockOn, item.UntilOn, item.Action = OwedByUs, "expiry", until, until, "renew"
	few := !f.Order.Series.Unlimited && s.WarnVisitsLeft > 0 && f.Order.Series.Unused() <= s.WarnVisitsLeft
	switch {
	case few:
	case s.WarnDaysLeft > 0:
		item.FromOn = until.AddDays(-s.WarnDaysLeft)
	default:
		return OpenItem{}, false
	}
	return item, true
}

func promiseTurn(f OpenFacts, _ PracticeSettings) (OpenItem, bool) {
	if f.Promise == nil || f.Promise.State != PromiseOpen {
		return OpenItem{}, false
	}
	p, act := f.Promise, "keep"
	if p.OwedBy == OwedByUs && p.Kind == PromisePacket {
		act = "send_packet" // which keeps it
	}
	return OpenItem{Kind: OpenPromise, ObjectID: string(p.ID), Side: p.OwedBy, Clock: "promise", ClockOn: p.DueOn, Action: act, ClientID: p.ClientID,
		ProviderID: p.ProviderID, Since: p.CreatedAt}, true
}
