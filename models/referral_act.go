package models

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rapport/models/fault"
)

// AttemptsToClose is how many logged tries to reach a client come before a
// referral may be closed as unreachable.
const AttemptsToClose = 3

// OutcomeUnreachable is the outcome of a referral whose client never answered.
const OutcomeUnreachable = "unreachable"

// What an action may ask for.
const (
	NeedsReason      = "reason"
	NeedsScheduledAt = "scheduled_at"
	NeedsNote        = "note"
	NeedsSaidBy      = "said_by"    // the practice writes down what the provider said
	NeedsVisitDone   = "visit_done" // an interim note after a visit
)

// AllowedAction is one thing that a side may do to a referral now.
type AllowedAction struct {
	Action   ReferralAction
	Requires []string
	MovesTo  ReferralState
	For      ReferralSide // whose act it is
	SaidBy   bool         // the caller records what the other side said
}

// needs says what a row of the table asks for.
func (t Transition) needs() []string {
	switch t.Action {
	case ActDecline, ActRequestCancellation, ActCancelAppointment, ActNoShow, ActEnterInError:
		return []string{NeedsReason}
	case ActReschedule:
		return []string{NeedsScheduledAt}
	case ActSchedule:
		if t.To == ReferralScheduled {
			return []string{NeedsScheduledAt}
		}
	case ActInterimNote:
		if t.To == ReferralVisitDone && t.From != ReferralVisitDone && t.From != ReferralScheduled {
			return []string{NeedsNote, NeedsVisitDone}
		}
		return []string{NeedsNote}
	case ActOutcome:
		return []string{NeedsNote}
	}
	return nil
}

// open says that a row of the table holds for this referral today. One that
// came with an order is accepted and declined with the order.
func (r Referral) open(t Transition, today Date, followed bool) bool {
	switch t.Action {
	case ActAccept, ActDecline:
		return followed || r.PrescriptionID == "" || r.State != ReferralReceived
	case ActCloseUnreachable:
		return r.Attempts >= AttemptsToClose
	case ActAcknowledge:
		return r.OutcomeAt != nil && r.SeenAt == nil
	case ActExpire:
		return r.Expires(today)
	}
	return true
}

// rows are the transitions of a side from where the referral stands.
func (r Referral) rows(side ReferralSide, today Date, followed bool) []Transition {
	var out []Transition
	for _, t := range transitions {
		if t.Side == side && t.From == r.State && r.open(t, today, followed) {
			out = append(out, t)
		}
	}
	return out
}

// Allowed is what a side may do to the referral as it stands: one entry for
// each row of the tables, so that an action with two ends stands there twice.
func (r Referral) Allowed(side ReferralSide, today Date) []AllowedAction {
	rows := r.rows(side, today, false)
	out := make([]AllowedAction, len(rows))
	for i, t := range rows {
		out[i] = AllowedAction{Action: t.Action, Requires: t.needs(), MovesTo: t.To, For: side}
	}
	return out
}

// ReferralAct is what somebody does to a referral, with the facts.
type ReferralAct struct {
	Action      ReferralAction
	Side        ReferralSide // whose act it is
	At          time.Time
	Zone        *time.Location // of the practice, whose days count
	Reason      string
	Note        string
	SaidBy      string // where the practice writes down the other side's words
	ScheduledAt *time.Time
	VisitDone   bool
	VisitedAt   *time.Time    // when the visit was; nil: the appointment, or now
	BackTo      ReferralState // take_visit_back: where it stood before the visit
	Followed    bool          // it follows from something else that happened: an order, a session, a report
	By          string        // principal
}

func (a ReferralAct) today() Date { return DateOf(a.At, a.Zone) }

// Check says what is wrong with the words and times of an act.
func (a ReferralAct) Check(l *fault.List) {
	checkText(l, "/reason", a.Reason, 1000)
	checkText(l, "/note", a.Note, 5000)
	text(l, "/said_by", a.SaidBy, 200)
	if a.ScheduledAt != nil && !a.Followed && (a.ScheduledAt.Before(a.At.Add(-24*time.Hour)) || a.ScheduledAt.After(a.At.AddDate(1, 0, 0))) {
		l.Add("scheduled_at.out_of_range", "/scheduled_at", "An appointment is within a year from now.")
	}
}

// complete says what the row asks for and the act lacks.
func (a ReferralAct) complete(t Transition, l *fault.List) {
	needs := t.needs()
	if slices.Contains(needs, NeedsReason) && strings.TrimSpace(a.Reason) == "" {
		l.Add("reason.required", "/reason", "Say why.")
	}
	if slices.Contains(needs, NeedsScheduledAt) && a.ScheduledAt == nil {
		l.Add("scheduled_at.required", "/scheduled_at", "Name the day and the hour of the appointment.")
	}
	if slices.Contains(needs, NeedsNote) && strings.TrimSpace(a.Note) == "" {
		l.Add("note.required", "/note", "Write what there is to say.")
	}
}

// choose finds the row of the tables that the act means.
func (r Referral) choose(a ReferralAct) (Transition, bool) {
	var fit []Transition
	for _, t := range r.rows(a.Side, a.today(), a.Followed) {
		if t.Action == a.Action {
			fit = append(fit, t)
		}
	}
	for _, t := range fit {
		switch {
		case len(fit) == 1,
			a.Action == ActSchedule && (t.To == ReferralScheduled) == (a.ScheduledAt != nil),
			a.Action == ActInterimNote && (t.To == ReferralVisitDone) == a.VisitDone,
			a.Action == ActTakeVisitBack && t.To == a.BackTo:
			return t, true
		}
	}
	return Transition{}, false
}

// Apply does it: the referral afterwards with the step for its history, or a
// refusal. 409 referral.action_not_allowed names what is allowed; 422 names
// everything that is missing or wrong.
func (r Referral) Apply(a ReferralAct) (Referral, ReferralEvent, error) {
	t, ok := r.choose(a)
	if !ok {
		return r, ReferralEvent{}, r.refuse(a)
	}
	var l fault.List
	a.Check(&l)
	if !a.Followed {
		a.complete(t, &l)
	}
	if err := l.Invalid("This step needs more."); err != nil {
		return r, ReferralEvent{}, err
	}
	next := r.moved(t, a)
	e := ReferralEvent{ReferralID: r.ID, At: a.At, Action: a.Action, Side: a.Side, From: r.State, To: t.To, Reason: strings.TrimSpace(a.Reason), Note: strings.TrimSpace(a.Note),
		SaidBy: a.SaidBy, ScheduledAt: a.ScheduledAt, By: a.By, CreatedAt: a.At}
	return next, e, nil
}

// refuse names what the side may do instead.
func (r Referral) refuse(a ReferralAct) error {
	f := fault.New(fault.Conflict, "referral.action_not_allowed", "This is not possible while the referral is "+r.State.Label()+".")
	var allowed []ReferralAction
	for _, x := range r.Allowed(a.Side, a.today()) {
		if !slices.Contains(allowed, x.Action) {
			allowed = append(allowed, x.Action)
		}
	}
	v := fault.Violation{Code: "referral.action_not_allowed", Pointer: "/action", Allowed: allowed, Got: r.State, Message: "These are possible now."}
	switch {
	case r.PrescriptionID != "" && r.State == ReferralReceived && (a.Action == ActAccept || a.Action == ActDecline):
		v.Message = "It came with an order: accept or decline the order, and the referral follows."
		f = f.Ref("prescription_id", string(r.PrescriptionID))
	case len(allowed) == 0:
		v.Message, v.Allowed = "Nothing is left for this side to do now.", []ReferralAction{}
	case a.Action == ActCloseUnreachable && r.Attempts < AttemptsToClose:
		v.Message = fmt.Sprintf("A client counts as unreachable after %d logged attempts; %d are logged.", AttemptsToClose, r.Attempts)
	}
	return f.With(v).Ref("state", string(r.State))
}

// moved writes what the step brings.
func (r Referral) moved(t Transition, a ReferralAct) Referral {
	at := a.At
	first := func(p **time.Time) {
		if *p == nil {
			*p = &at
		}
	}
	r.State, r.BusinessStatus = t.To, t.Code
	if a.Side == RecipientSide && a.Action != ActLogAttempt {
		first(&r.AnsweredAt)
	}
	switch a.Action {
	case ActSend:
		first(&r.SentAt)
	case ActSchedule, ActReschedule:
		r.ScheduledAt = a.ScheduledAt
	case ActTakeVisitBack:
		r.ScheduledAt, r.FirstVisitAt, r.LastVisitAt = a.ScheduledAt, nil, nil
	case ActLogAttempt:
		r.Attempts++
		return r // the clock goes on
	case ActOutcome:
		first(&r.OutcomeAt)
		r.Outcome = strings.TrimSpace(a.Note)
	case ActCloseUnreachable:
		first(&r.OutcomeAt)
		r.Outcome = OutcomeUnreachable
	case ActAcknowledge:
		first(&r.SeenAt)
		first(&r.ClosedAt)
	}
	if t.To == ReferralVisitDone {
		r.visited(a)
	}
	if slices.Contains([]ReferralState{ReferralNoShow, ReferralAppointmentCancelled, ReferralVisitDone}, t.To) {
		r.ScheduledAt = nil
	}
	r.DueOn = r.due(a.today(), a.Zone)
	return r
}

// visited keeps the first and the last visit.
func (r *Referral) visited(a ReferralAct) {
	when := a.At
	switch {
	case a.VisitedAt != nil:
		when = *a.VisitedAt
	case r.ScheduledAt != nil && r.ScheduledAt.Before(a.At):
		when = *r.ScheduledAt
	}
	if r.FirstVisitAt == nil || when.Before(*r.FirstVisitAt) {
		r.FirstVisitAt = &when
	}
	if r.LastVisitAt == nil || when.After(*r.LastVisitAt) {
		r.LastVisitAt = &when
	}
}

// BeforeVisit is the act that takes the visit of a session back, from the steps
// until now: where the referral stood before it, with the appointment of then.
// ok is false where a person wrote the visit down.
func BeforeVisit(steps []ReferralEvent) (a ReferralAct, ok bool) {
	a = ReferralAct{Action: ActTakeVisitBack, Side: SystemSide}
	visit := -1
	for i, e := range steps {
		if e.To == ReferralVisitDone && e.From != ReferralVisitDone {
			visit = i
		}
	}
	if visit < 0 || steps[visit].Note != "" {
		return a, false
	}
	first := visit // a missed appointment was made anew in the same moment
	for first > 0 && steps[first-1].At.Equal(steps[visit].At) && steps[first-1].ScheduledAt != nil {
		first--
	}
	a.BackTo = steps[first].From
	if a.BackTo == ReferralScheduled {
		for _, e := range steps[:first] {
			if e.ScheduledAt != nil {
				a.ScheduledAt = e.ScheduledAt
			}
		}
	}
	return a, true
}

// ActsOf says that an action is one of a side's, whatever the state.
func ActsOf(side ReferralSide, a ReferralAction) bool {
	return slices.ContainsFunc(transitions, func(t Transition) bool { return t.Side == side && t.Action == a })
}

// Offers says that the referral lets the act happen now, whatever it lacks.
func (r Referral) Offers(a ReferralAct) bool {
	return slices.ContainsFunc(r.rows(a.Side, a.today(), a.Followed), func(t Transition) bool { return t.Action == a.Action })
}
