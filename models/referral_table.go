package models

import (
	"slices"
	"strings"
)

// Transition is one row of the referral tables: who may do what from where.
type Transition struct {
	ID     string // the row: 1 to 34 of BSeR, E1 and on of our own
	Side   ReferralSide
	Action ReferralAction
	From   ReferralState
	To     ReferralState
	Code   string // the BSeR code of To; empty where BSeR has none
}

// Transitions are the 34 rows of BSeR and our extensions behind them.
func Transitions() []Transition { return slices.Clone(transitions) }

var transitions = append(readTransitions("referral_transitions.csv"), readTransitions("referral_extensions.csv")...)

// stateWords and triggerWords are the tables' words for our names. Of an
// in-progress state the BSeR code says which one it is.
var stateWords = map[string]ReferralState{"draft": ReferralDraft, "received": ReferralReceived, "accepted": ReferralAccepted, "rejected": ReferralDeclined,
	"in-progress:5.1": ReferralActive, "in-progress:5.1.1": ReferralScheduled, "in-progress:5.1.2": ReferralNoShow,
	"in-progress:5.1.3": ReferralAppointmentCancelled, "in-progress:5.1.4": ReferralVisitDone, "in-progress:5.2": ReferralCancellationRequested,
	"cancelled": ReferralCancelled, "completed": ReferralCompleted, "failed": ReferralExpired, "entered-in-error": ReferralEnteredInError}

var triggerWords = map[string]ReferralAction{"send referral package": ActSend, "accept": ActAccept, "decline": ActDecline, "send schedule": ActSchedule,
	"reschedule": ActReschedule, "no-show": ActNoShow, "cancel appointment": ActCancelAppointment, "send interim note": ActInterimNote,
	"send outcome": ActOutcome, "request cancellation": ActRequestCancellation, "confirm cancellation": ActConfirmCancellation,
	"acknowledge": ActAcknowledge, "log attempt": ActLogAttempt, "close unreachable": ActCloseUnreachable, "expire": ActExpire,
	"enter in error": ActEnterInError, "take visit back": ActTakeVisitBack}

func readTransitions(name string) []Transition {
	rows := readTable(name)
	out := make([]Transition, len(rows))
	for i, r := range rows {
		to := r["to_status"]
		if to == "in-progress" {
			to += ":" + r["to_business_status"]
		}
		t := Transition{ID: r["id"], Side: ReferralSide(r["actor"]), Action: triggerWords[r["trigger"]], From: stateWords[r["from_state"]], To: stateWords[to],
			Code: r["to_business_status"]}
		if t.Action == "" || t.From == "" || t.To == "" || !slices.Contains([]ReferralSide{Initiator, RecipientSide, SystemSide}, t.Side) {
			panic(name + ": row " + t.ID + " has an unknown word")
		}
		out[i] = t
	}
	return out
}

// ReferralActions lists every action that there is.
func ReferralActions() []ReferralAction {
	return []ReferralAction{ActSend, ActAccept, ActDecline, ActSchedule, ActReschedule, ActNoShow, ActCancelAppointment, ActInterimNote, ActOutcome,
		ActRequestCancellation, ActConfirmCancellation, ActAcknowledge, ActLogAttempt, ActCloseUnreachable, ActExpire, ActEnterInError, ActTakeVisitBack}
}

// ReferralStates lists every state in the order of the loop.
func ReferralStates() []ReferralState {
	return []ReferralState{ReferralDraft, ReferralReceived, ReferralAccepted, ReferralActive, ReferralScheduled, ReferralNoShow, ReferralAppointmentCancelled,
		ReferralVisitDone, ReferralCancellationRequested, ReferralCompleted, ReferralDeclined, ReferralCancelled, ReferralExpired, ReferralEnteredInError}
}

// Label is the state for a person; "" means that s is not a state.
func (s ReferralState) Label() string {
	if !slices.Contains(ReferralStates(), s) {
		return ""
	}
	return strings.ReplaceAll(string(s), "_", " ")
}

// Final says that nothing is open any more; a completed referral is open until
// its outcome was seen.
func (s ReferralState) Final() bool {
	return slices.Contains([]ReferralState{ReferralDeclined, ReferralCancelled, ReferralExpired, ReferralEnteredInError}, s)
}

// Other is the opposite side of a person's.
func (s ReferralSide) Other() ReferralSide {
	if s == Initiator {
		return RecipientSide
	}
	return Initiator
}
