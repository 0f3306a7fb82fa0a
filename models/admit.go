package models

import (
	"fmt"
	"time"

	"rapport/models/fault"
)

// SessionDraft is what somebody writes down of a session, or wishes for one.
type SessionDraft struct {
	ClientID        ClientID
	PrescriptionID  PrescriptionID
	BookingID       BookingID
	StartedAt       time.Time
	Minutes         int
	Regions         []RegionSide
	Techniques      []Technique
	PrecautionsRead []Precaution
	Screening       Screening
	SOAP            SOAP
	Response        string
	AskDoctor       string
	Readings        []Reading
	Deviation       bool // keep work that happened outside the scope
	DeviationReason string
}

// Step is when a session is judged.
type Step string

// The three steps of PRODUCT §3.1. Precautions and screening belong to the
// start and the completion; a visit is taken at completion.
const (
	AtBooking    Step = "booking"
	AtStart      Step = "start"
	AtCompletion Step = "completion"
)

// OrderFacts is all that the scope lock looks at besides the draft.
type OrderFacts struct {
	At             Step
	Zone           *time.Location // the practice's
	Today          Date           // there
	Order          Prescription
	Series         Series
	First          Date   // day of the earliest session that stands, under any version
	Done           []Date // days of the sessions that stand, of any version
	Booked         []Date // days of open bookings, without the one being judged
	Licence        Licence
	EnforceLicence bool
	Screening      []Contraindication // the practice's list
}

// Admission is the verdict of the scope lock: every reason at once.
type Admission struct {
	Violations []fault.Violation  // outside the order or unsafe: 409, unless a deviation
	Incomplete []fault.Violation  // cannot be judged or kept as it is: 422
	Stop       []Contraindication // the session stops; outranks all else
	Earliest   *Date              // first day on which nothing would be refused; nil when no date helps
}

// Admitted says that nothing stands against the session.
func (a Admission) Admitted() bool {
	return len(a.Violations) == 0 && len(a.Incomplete) == 0 && len(a.Stop) == 0
}

// Admit judges a session against its order. It is the scope lock: booking,
// start, completion and every question about admissibility ask it and nothing
// else.
func Admit(d SessionDraft, f OrderFacts) Admission {
	day := DateOf(d.StartedAt, f.Zone)
	var lasting, timely, stated fault.List
	if d.ClientID != f.Order.ClientID {
		lasting.Add("order.other_client", "/prescription_id", "This order belongs to another client; use one of this client's own.")
	} else {
		f.judgeOrder(&lasting)
	}
	if f.binding(d) {
		f.judgeScope(d, &lasting)
		f.judgeDay(day, &timely)
	}
	a := Admission{Stop: f.judgeCare(d, &lasting, &stated), Incomplete: stated.Items()}
	if len(lasting.Items()) == 0 && len(a.Stop) == 0 {
		a.Earliest = f.earliest(day)
	}
	a.Violations = append(lasting.Items(), timely.Items()...)
	return a
}

// binding says that the order's scope is what counts for this session: not
// that of another client, and not that of a version that was replaced.
func (f OrderFacts) binding(d SessionDraft) bool {
	return d.ClientID == f.Order.ClientID && f.Order.Status != OrderSuperseded
}

// The warnings of an order that runs out.
const (
	WarnVisits = "visits_left"
	WarnDays   = "days_left"
)

// Ending lists the warnings that apply today: visits not taken yet, booked or
// not, and days to the end of the effective window, down to what the practice
// set (2 and 7 unless it says otherwise; 0 never warns).
func (f OrderFacts) Ending(settings PracticeSettings) []string {
	from, until := f.Order.Window(f.First)
	switch f.Order.StatusOn(f.Today, f.Series, from, until) {
	case OrderActive, OrderCompleted:
	default:
		return nil
	}
	var list []string
	if !f.Series.Unlimited && f.Series.Unused() <= settings.WarnVisitsLeft && settings.WarnVisitsLeft > 0 {
		list = append(list, WarnVisits)
	}
	if left := f.Today.DaysUntil(until); left <= settings.WarnDaysLeft && settings.WarnDaysLeft > 0 && !f.Series.Exhausted() {
		list = append(list, WarnDays)
	}
	return list
}

// DeviationTakesVisit says that work outside the scope uses a visit: while one
// is left, of an order that was in force at some time. It never raises the cap.
func (f OrderFacts) DeviationTakesVisit() bool {
	switch f.Order.Status {
	case OrderDraft, OrderSubmitted, OrderDeclined, OrderEnteredInError:
		return false
	}
	return !f.Series.Exhausted()
}

// judgeOrder asks whether the order is in force and has a visit left.
func (f OrderFacts) judgeOrder(l *fault.List) {
	o := f.Order
	switch {
	case o.Status == OrderSuperseded && f.Series.CurrentID != "" && f.Series.CurrentID != o.ID:
		l.Put(fault.Violation{Code: "order.not_active", Pointer: "/prescription_id", Message: "A newer version replaced this order; use that one.",
			Allowed: f.Series.CurrentID, Got: o.Status})
	case o.Status == OrderActive && o.CountersignLapsed(f.Today):
		l.Put(fault.Violation{Code: "order.not_active", Pointer: "/prescription_id", Allowed: OrderActive, Got: OrderSuspended,
			Message: "This verbal order is suspended because it was not countersigned in time; the prescriber has to countersign it."})
	case o.Status != OrderActive:
		l.Put(fault.Violation{Code: "order.not_active", Pointer: "/prescription_id", Allowed: OrderActive, Got: o.Status,
			Message: "This order is not active (" + spoken[o.Status] + "); only an active one allows sessions."})
	}
	v := f.Series.Visits(len(f.Booked))
	if f.Series.Exhausted() || f.At == AtBooking && v.Limited && v.Left == 0 {
		l.Put(fault.Violation{Code: "order.exhausted", Pointer: "/prescription_id", Allowed: v,
			Message: fmt.Sprintf("All %d visits of this order are used or booked. The prescriber can renew it.", v.Allowed)})
	}
}

var spoken = map[PrescriptionStatus]string{OrderDraft: "it is a draft", OrderSubmitted: "the practice has not accepted it yet",
	OrderDeclined: "the practice declined it", OrderSuspended: "it is suspended", OrderSuperseded: "it was replaced",
	OrderRevoked: "the prescriber revoked it", OrderEnteredInError: "it was entered in error"}

// Days is a span of days, both inclusive, as a refusal states it.
type Days struct {
	From  Date `json:"from"`
	Until Date `json:"until"`
}

// FrequencyAllowed is what a refusal by frequency states.
type FrequencyAllowed struct {
	Frequency
	EarliestDate *Date `json:"earliest_date"` // nil: none before the order ends
}

// judgeDay asks what another day could mend: window, frequency, licence.
func (f OrderFacts) judgeDay(day Date, l *fault.List) {
	from, until := f.Order.WindowFor(day, f.First)
	if day.Before(from) {
		l.Put(fault.Violation{Code: "order.not_started", Pointer: "/started_at", Allowed: Days{from, until}, Got: day,
			Message: "This order begins on " + from.Words() + "."})
	}
	if day.After(until) {
		l.Put(fault.Violation{Code: "order.expired", Pointer: "/started_at", Allowed: Days{from, until}, Got: day,
			Message: "This order ended on " + until.Words() + ". The prescriber can renew it."})
	}
	if freq := f.Order.Content.Scope.Frequency; freq != nil && !freq.Allows(day, f.others()) {
		text := "The order allows " + freq.String() + ", open bookings included. "
		earliest := f.earliest(day)
		if earliest != nil {
			text += "The earliest day is " + earliest.Words() + "."
		} else {
			text += "No later day of this order is free."
		}
		l.Put(fault.Violation{Code: "frequency.period", Pointer: "/started_at", Allowed: FrequencyAllowed{*freq, earliest}, Got: day, Message: text})
	}
	if f.EnforceLicence && f.Licence.Lapsed(day) {
		l.Put(LicenceLapsed(f.Licence, day))
	}
}

// LicenceLapsed is the reason that refuses a session or a signature where the
// practice wants it.
func LicenceLapsed(licence Licence, day Date) fault.Violation {
	return fault.Violation{Code: "licence.lapsed", Message: "The therapist's licence ended on " + licence.ExpiresOn.Words() + ".",
		Allowed: Days{Until: licence.ExpiresOn}, Got: day}
}

func (f OrderFacts) others() []Date { return append(append([]Date(nil), f.Done...), f.Booked...) }

// earliest is the first day from on, and not before today, that the window, the
// frequency and the licence allow. Where the clock starts with the first
// session the window of a day before it ends no earlier than that session.
func (f OrderFacts) earliest(on Date) *Date {
	others, freq := f.others(), f.Order.Content.Scope.Frequency
	for day := max(on, f.Today); ; day = day.AddDays(1) {
		from, until := f.Order.WindowFor(day, f.First)
		if day.Before(from) {
			day = from
		}
		if day.After(until) || f.EnforceLicence && f.Licence.Lapsed(day) {
			return nil
		}
		if freq == nil || freq.Allows(day, others) {
			return &day
		}
	}
}
