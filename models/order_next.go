package models

import (
	"strings"
	"time"

	"rapport/models/fault"
)

// CountersignDays is how long a verbal order stands without the prescriber's
// signature (PRODUCT §3.2, after 42 CFR 410.61 and 424.24).
const CountersignDays = 14

// Merge lays full fields over the order's scope and last day; what is not
// named stays. A stated limit ends "none" when both limits are stated now.
func (p ScopePatch) Merge(c OrderContent) OrderContent {
	s := c.Scope
	set(&s.Regions, p.Regions)
	set(&s.UnsidedCoversBoth, p.UnsidedCoversBoth)
	set(&s.MinutesPerSession, p.MinutesPerSession)
	set(&s.SessionsTotal, p.SessionsTotal)
	if p.Frequency != nil {
		f := *p.Frequency
		s.Frequency = &f
	}
	if p.Techniques != nil {
		t := *p.Techniques
		s.Techniques = &t
	}
	set(&s.Precautions, p.Precautions)
	set(&s.SelfPayAllowed, p.SelfPayAllowed)
	set(&c.ValidUntil, p.ValidUntil)
	if s.SessionsTotal > 0 && s.Frequency != nil {
		s.Limit = ""
	}
	c.Scope = s.normalised()
	return c
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// Empty says that the patch names nothing.
func (p ScopePatch) Empty() bool { return p == ScopePatch{} }

// Validate adds what is wrong with the order that the patch would make; used
// counts the visits taken with the opening balance.
func (p ScopePatch) Validate(c OrderContent, used int, l *fault.List, pointer string) {
	merged := p.Merge(c)
	merged.Scope.Validate(l, pointer)
	if merged.ValidUntil.Before(merged.ValidFrom) {
		l.Add("dates.order", pointer+"/valid_until", "The last day is not before the first day.")
	}
	if merged.ValidUntil.After(merged.ValidFrom.AddMonths(120)) {
		l.Add("dates.too_far", pointer+"/valid_until", "An order runs for at most ten years.")
	}
	if total := merged.Scope.SessionsTotal; total > 0 && total < used {
		l.Put(fault.Violation{Code: "order.total_below_used", Pointer: pointer + "/sessions_total",
			Message: "The new total is below the visits that are already used.", Allowed: []int{used, 1000}, Got: total})
	}
}

// Succeed makes version n+1 of an order with changed content, active at once.
// Days and opening balance are carried over, so that no window begins anew.
func (p Prescription) Succeed(id PrescriptionID, content OrderContent, source OrderSource, at time.Time, by UserID) Prescription {
	next := Prescription{ID: id, PracticeID: p.PracticeID, SeriesID: p.SeriesID, Version: p.Version + 1, Replaces: p.ID, RenewedFrom: p.RenewedFrom,
		ClientID: p.ClientID, PrescriberID: p.PrescriberID, Status: OrderActive, StatusBy: PrescriberParty, Content: content, ContentSHA256: content.SHA256(),
		Source: source, Opening: p.Opening, IssuedOn: p.IssuedOn, ReceivedOn: p.ReceivedOn, SubmittedAt: &at, AcceptedAt: &at, AcceptedBy: p.AcceptedBy,
		CreatedBy: by, CreatedAt: at, RowVersion: 1}
	return next
}

// Renewal is the content of the next order: the same scope for the same number
// of days, from the day after the last one ends. An order that is over, by its
// days or its visits, is renewed from today.
func (c OrderContent) Renewal(today, until Date, over bool) OrderContent {
	from := today
	if !over && !until.Before(today) {
		from = until.AddDays(1)
	}
	length := c.Length()
	c.ValidFrom, c.ValidUntil = from, from.AddDays(length)
	return c
}

// VerbalDraft is what the taker of a phoned order writes down.
type VerbalDraft struct {
	GivenBy  string
	TakenAt  time.Time
	ReadBack bool
}

// Take checks a phoned order and says until when it must be countersigned. A
// pending countersignature is never put off by a second call: its day stays.
func (d VerbalDraft) Take(by UserID, now time.Time, zone *time.Location, pending *VerbalOrder) (VerbalOrder, error) {
	var l fault.List
	checkText(&l, "/given_by", d.GivenBy, 200)
	if strings.TrimSpace(d.GivenBy) == "" {
		l.Add("verbal.given_by", "/given_by", "Say who gave the order on the phone.")
	}
	if !d.ReadBack {
		l.Add("verbal.read_back", "/read_back", "A verbal order is read back to the caller before it is noted.")
	}
	taken := DateOf(d.TakenAt, zone)
	if d.TakenAt.IsZero() || d.TakenAt.After(now) || taken.AddDays(CountersignDays).Before(DateOf(now, zone)) {
		l.Add("verbal.taken_at", "/taken_at", "Say when the order was taken: within the last 14 days.")
	}
	if err := l.Invalid("The verbal order needs correction."); err != nil {
		return VerbalOrder{}, err
	}
	v := VerbalOrder{GivenBy: strings.TrimSpace(d.GivenBy), TakenBy: by, TakenAt: d.TakenAt.UTC().Truncate(time.Microsecond), ReadBack: true,
		CountersignBy: taken.AddDays(CountersignDays)}
	if pending != nil && pending.CountersignBy.Before(v.CountersignBy) {
		v.CountersignBy = pending.CountersignBy
	}
	return v, nil
}

// Countersign puts the prescriber's signature under a verbal or transcribed
// order; one that the server suspended for want of it is active again.
func (p Prescription) Countersign(s Signature) (Prescription, error) {
	switch {
	case p.Source != FromVerbal && p.Source != FromPaper:
		return p, fault.New(fault.Conflict, "order.countersign_not_needed", "Only verbal and transcribed orders are countersigned; this one was signed by the prescriber.")
	case p.Countersigned != nil:
		return p, fault.New(fault.Conflict, "order.countersigned", "This order is countersigned already.")
	case p.Status != OrderActive && p.Status != OrderSuspended && p.Status != OrderSuperseded:
		return p, fault.New(fault.Conflict, "order.status", "This order is "+p.Status.Label()+"; it is countersigned once the practice has accepted it.")
	}
	p.Countersigned = &s
	if p.Status == OrderSuspended && p.StatusBy == SystemParty {
		p.Status, p.StatusReason, p.StatusBy = OrderActive, "", PrescriberParty
	}
	return p, nil
}
