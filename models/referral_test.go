package models

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/models/fault"
)

// transitionRows are the 34 rows of BSeR and our own, written out.
const transitionRows = `
1 initiator send draft received 2.0
2 recipient accept received accepted 3.0
3 recipient decline received declined 4.0
4 initiator request_cancellation received cancellation_requested 5.2
5 recipient decline accepted declined 4.0
6 recipient schedule accepted scheduled 5.1.1
7 initiator request_cancellation accepted cancellation_requested 5.2
8 recipient interim_note accepted visit_done 5.1.4
9 recipient outcome accepted completed 7.0
10 recipient decline scheduled declined 4.0
11 recipient reschedule scheduled scheduled 5.1.1
12 recipient no_show scheduled no_show 5.1.2
13 recipient cancel_appointment scheduled appointment_cancelled 5.1.3
14 initiator request_cancellation scheduled cancellation_requested 5.2
15 recipient interim_note scheduled visit_done 5.1.4
16 recipient outcome scheduled completed 7.0
17 recipient decline no_show declined 4.0
18 recipient reschedule no_show scheduled 5.1.1
19 recipient cancel_appointment no_show appointment_cancelled 5.1.3
20 initiator request_cancellation no_show cancellation_requested 5.2
21 recipient schedule appointment_cancelled scheduled 5.1.1
22 initiator request_cancellation appointment_cancelled cancellation_requested 5.2
23 recipient confirm_cancellation cancellation_requested cancelled 6.0
24 recipient outcome cancellation_requested completed 7.0
25 recipient decline visit_done declined 4.0
26 recipient schedule visit_done scheduled 5.1.1
27 recipient cancel_appointment visit_done appointment_cancelled 5.1.3
28 initiator request_cancellation visit_done cancellation_requested 5.2
29 recipient interim_note visit_done visit_done 5.1.4
30 recipient outcome visit_done completed 7.0
31 recipient schedule accepted active 5.1
32 recipient interim_note accepted active 5.1
33 recipient decline active declined 4.0
34 initiator request_cancellation active cancellation_requested 5.2
E1 recipient decline appointment_cancelled declined 4.0
E2 recipient outcome appointment_cancelled completed 7.0
E3 recipient schedule active scheduled 5.1.1
E4 recipient schedule active active 5.1
E5 recipient interim_note active visit_done 5.1.4
E6 recipient interim_note active active 5.1
E7 recipient outcome active completed 7.0
E8 recipient log_attempt received received 2.0
E9 recipient log_attempt accepted accepted 3.0
E10 recipient log_attempt active active 5.1
E11 recipient log_attempt scheduled scheduled 5.1.1
E12 recipient log_attempt no_show no_show 5.1.2
E13 recipient log_attempt appointment_cancelled appointment_cancelled 5.1.3
E14 recipient log_attempt visit_done visit_done 5.1.4
E15 recipient close_unreachable received completed 7.0
E16 recipient close_unreachable accepted completed 7.0
E17 recipient close_unreachable active completed 7.0
E18 recipient close_unreachable scheduled completed 7.0
E19 recipient close_unreachable no_show completed 7.0
E20 recipient close_unreachable appointment_cancelled completed 7.0
E21 recipient close_unreachable visit_done completed 7.0
E22 initiator acknowledge completed completed 7.0
E23 system expire received expired
E24 system expire accepted expired
E25 system expire active expired
E26 system expire scheduled expired
E27 system expire no_show expired
E28 system expire appointment_cancelled expired
E29 system expire cancellation_requested expired
E30 initiator enter_in_error draft entered_in_error
E31 initiator enter_in_error received entered_in_error
E32 initiator enter_in_error accepted entered_in_error
E33 initiator enter_in_error declined entered_in_error
E34 initiator enter_in_error active entered_in_error
E35 initiator enter_in_error scheduled entered_in_error
E36 initiator enter_in_error no_show entered_in_error
E37 initiator enter_in_error appointment_cancelled entered_in_error
E38 initiator enter_in_error visit_done entered_in_error
E39 initiator enter_in_error cancellation_requested entered_in_error
E40 initiator enter_in_error cancelled entered_in_error
E41 initiator enter_in_error completed entered_in_error
E42 initiator enter_in_error expired entered_in_error
E43 system take_visit_back visit_done accepted 3.0
E44 system take_visit_back visit_done active 5.1
E45 system take_visit_back visit_done scheduled 5.1.1
E46 system take_visit_back visit_done no_show 5.1.2
E47 system take_visit_back visit_done appointment_cancelled 5.1.3
`

// publishedRows is the SHA-256 of the 34 rows as they were published.
const publishedRows = "ba75738c182e99151cd27116a3559e6f07e91d5d65321365106a9b6be2efb45b"

func TestTheTransitionsAreThoseOfTheTables(t *testing.T) {
	want := strings.Split(strings.TrimSpace(transitionRows), "\n")
	got := Transitions()
	if len(got) != len(want) {
		t.Fatalf("%d transitions, want %d", len(got), len(want))
	}
	for i, x := range got {
		line := strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s %s", x.ID, x.Side, x.Action, x.From, x.To, x.Code))
		if line != want[i] {
			t.Errorf("row %q, want %q", line, want[i])
		}
	}
	b, err := tables.ReadFile("tables/referral_transitions.csv")
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != publishedRows {
		t.Error("the 34 rows differ from those that were published")
	}
}

var referralNow = time.Date(2026, 3, 4, 20, 0, 0, 0, time.UTC) // a Wednesday

// standing is a referral in a state, with everything behind it that the state needs.
func standing(s ReferralState) Referral {
	at := referralNow.AddDate(0, 0, -20)
	r := Referral{ID: "r", Direction: Outbound, State: s, Priority: Routine, Attempts: AttemptsToClose, SentAt: &at}
	r.DueOn = Date("2025-10-01") // long ago, so that it may expire
	if s == ReferralCompleted {
		r.OutcomeAt = &at
	}
	return r
}

func acting(side ReferralSide, action ReferralAction) ReferralAct {
	return ReferralAct{Side: side, Action: action, At: referralNow, Zone: time.UTC, By: "user:u"}
}

func fullAct(a ReferralAct) ReferralAct {
	when := referralNow.AddDate(0, 0, 3)
	a.BackTo = ReferralScheduled
	a.Reason, a.Note, a.ScheduledAt, a.VisitDone = "because", "what there is to say", &when, true
	return a
}

// TestEveryActOfEverySideInEveryState goes through all of them: what a row
// allows leads where the row says, all else is refused and names what is allowed.
func TestEveryActOfEverySideInEveryState(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(transitionRows), "\n")
	ends := map[string][]string{}
	for _, row := range rows {
		f := append(strings.Fields(row), "")
		key := f[1] + " " + f[2] + " " + f[3]
		ends[key] = append(ends[key], f[4]+" "+f[5])
	}
	tried, allowed := 0, 0
	for _, s := range ReferralStates() {
		for _, side := range []ReferralSide{Initiator, RecipientSide, SystemSide} {
			var may []ReferralAction
			for _, a := range standing(s).Allowed(side, DateOf(referralNow, time.UTC)) {
				if !slices.Contains(may, a.Action) {
					may = append(may, a.Action)
				}
			}
			for _, action := range ReferralActions() {
				key := string(side) + " " + string(action) + " " + string(s)
				tried++
				next, event, err := standing(s).Apply(fullAct(acting(side, action)))
				if len(ends[key]) == 0 {
					f, ok := fault.As(err)
					if !ok || f.Code != "referral.action_not_allowed" || f.Kind != fault.Conflict {
						t.Errorf("%s: %v", key, err)
						continue
					}
					if named, _ := f.Violations[0].Allowed.([]ReferralAction); !slices.Equal(named, may) && len(named)+len(may) > 0 {
						t.Errorf("%s names %v, want %v", key, named, may)
					}
					if slices.Contains(may, action) {
						t.Errorf("%s is refused, but offered", key)
					}
					continue
				}
				allowed++
				if err != nil {
					t.Errorf("%s: %v", key, err)
					continue
				}
				if to := strings.TrimSpace(string(next.State) + " " + next.BusinessStatus); !slices.Contains(ends[key], to) && !slices.Contains(ends[key], to+" ") {
					t.Errorf("%s leads to %q, want %q", key, to, ends[key])
				}
				if event.From != s || event.To != next.State || event.Side != side || event.Action != action {
					t.Errorf("%s: event %+v", key, event)
				}
				if !slices.Contains(may, action) {
					t.Errorf("%s is done, but not offered: %v", key, may)
				}
			}
		}
	}
	if tried != 14*3*len(ReferralActions()) || allowed != len(ends) {
		t.Errorf("%d tried, %d of %d allowed", tried, allowed, len(ends))
	}
}

func TestAnActWithTwoEndsGoesWhereItsFactsSay(t *testing.T) {
	when := referralNow.AddDate(0, 0, 2)
	for _, c := range []struct {
		from ReferralState
		act  ReferralAct
		want ReferralState
	}{
		{ReferralAccepted, ReferralAct{Action: ActSchedule, ScheduledAt: &when}, ReferralScheduled},
		{ReferralAccepted, ReferralAct{Action: ActSchedule}, ReferralActive},
		{ReferralActive, ReferralAct{Action: ActSchedule, ScheduledAt: &when}, ReferralScheduled},
		{ReferralActive, ReferralAct{Action: ActSchedule}, ReferralActive},
		{ReferralAccepted, ReferralAct{Action: ActInterimNote, Note: "seen", VisitDone: true}, ReferralVisitDone},
		{ReferralAccepted, ReferralAct{Action: ActInterimNote, Note: "waiting"}, ReferralActive},
		{ReferralActive, ReferralAct{Action: ActInterimNote, Note: "seen", VisitDone: true}, ReferralVisitDone},
		{ReferralActive, ReferralAct{Action: ActInterimNote, Note: "waiting"}, ReferralActive},
		{ReferralScheduled, ReferralAct{Action: ActInterimNote, Note: "seen"}, ReferralVisitDone},
		{ReferralVisitDone, ReferralAct{Action: ActInterimNote, Note: "again"}, ReferralVisitDone},
	} {
		c.act.Side, c.act.At, c.act.Zone = RecipientSide, referralNow, time.UTC
		next, _, err := standing(c.from).Apply(c.act)
		if err != nil || next.State != c.want {
			t.Errorf("%s from %s: %s, %v, want %s", c.act.Action, c.from, next.State, err, c.want)
		}
	}
}

func TestReasonsAreRequiredForDeclineCancelAndNoShow(t *testing.T) {
	for from, action := range map[ReferralState]ReferralAction{ReferralReceived: ActDecline, ReferralScheduled: ActNoShow, ReferralNoShow: ActCancelAppointment} {
		_, _, err := standing(from).Apply(acting(RecipientSide, action))
		if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid || len(f.Violations) != 1 || f.Violations[0].Code != "reason.required" {
			t.Errorf("%s without a reason: %v", action, err)
		}
	}
	_, _, err := standing(ReferralAccepted).Apply(acting(Initiator, ActRequestCancellation))
	if f, ok := fault.As(err); !ok || f.Violations[0].Code != "reason.required" {
		t.Errorf("a cancellation without a reason: %v", err)
	}
}

func TestAClientIsUnreachableAfterThreeAttempts(t *testing.T) {
	r := standing(ReferralAccepted)
	r.Attempts = 0
	for n := range AttemptsToClose {
		if _, _, err := r.Apply(acting(RecipientSide, ActCloseUnreachable)); fault.CodeOf(err) != "referral.action_not_allowed" {
			t.Fatalf("closed after %d attempts: %v", n, err)
		}
		var err error
		if r, _, err = r.Apply(acting(RecipientSide, ActLogAttempt)); err != nil {
			t.Fatal(err)
		}
	}
	r, _, err := r.Apply(acting(RecipientSide, ActCloseUnreachable))
	if err != nil || r.State != ReferralCompleted || r.Outcome != OutcomeUnreachable || r.OutcomeAt == nil || r.Closed() || r.Turn() != Initiator {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestTheLoopIsClosedWhenTheOutcomeWasSentAndSeen(t *testing.T) {
	r, _, err := standing(ReferralVisitDone).Apply(fullAct(acting(RecipientSide, ActOutcome)))
	if err != nil || r.Closed() || r.Turn() != Initiator {
		t.Fatalf("%+v, %v", r, err)
	}
	r, _, err = r.Apply(acting(Initiator, ActAcknowledge))
	if err != nil || !r.Closed() || r.ClosedAt == nil || r.Turn() != "" || r.DueOn != "" {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, _, err = r.Apply(acting(Initiator, ActAcknowledge)); fault.CodeOf(err) != "referral.action_not_allowed" {
		t.Errorf("seen twice: %v", err)
	}
}

func TestEachStateHasItsClock(t *testing.T) {
	friday := time.Date(2026, 3, 6, 18, 0, 0, 0, time.UTC)
	sunday := time.Date(2026, 3, 15, 18, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		r    Referral
		want Date
	}{
		{"received on a Friday, answered on Monday", Referral{State: ReferralReceived, Priority: Routine}, "2026-03-09"},
		{"accepted, a visit agreed within three working days", Referral{State: ReferralAccepted}, "2026-03-11"},
		{"urgent, by the next working day", Referral{State: ReferralAccepted, Priority: Urgent}, "2026-03-09"},
		{"wanted earlier", Referral{State: ReferralAccepted, WantedBy: "2026-03-07"}, "2026-03-07"},
		{"wanted on a day that has gone", Referral{State: ReferralAccepted, WantedBy: "2026-03-01"}, "2026-03-06"},
		{"after the appointment", Referral{State: ReferralScheduled, ScheduledAt: &sunday, WantedBy: "2026-03-07"}, "2026-03-16"},
		{"two weeks for the outcome", Referral{State: ReferralVisitDone, FirstVisitAt: &friday, WantedBy: "2026-03-07"}, "2026-03-20"},
		{"a declined one has none", Referral{State: ReferralDeclined}, ""},
	} {
		if got := c.r.due(DateOf(friday, time.UTC), time.UTC); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestWhoseTurnIsSaidFromThePracticesSide(t *testing.T) {
	for _, c := range []struct {
		d    Direction
		s    ReferralState
		want OwedBy
	}{
		{Outbound, ReferralDraft, OwedByUs}, {Outbound, ReferralReceived, OwedByThem}, {Inbound, ReferralReceived, OwedByUs}, {Inbound, ReferralVisitDone, OwedByUs},
		{Outbound, ReferralCompleted, OwedByUs}, {Inbound, ReferralCompleted, OwedByThem}, {Inbound, ReferralCancelled, ""},
	} {
		r := standing(c.s)
		if r.Direction = c.d; r.WhoseTurn() != c.want {
			t.Errorf("%s %s: %q, want %q", c.d, c.s, r.WhoseTurn(), c.want)
		}
	}
}

func TestADoubtfulRecipientIsNamedWithTheReasons(t *testing.T) {
	for _, c := range []struct {
		s    RecipientStanding
		want []string
	}{
		{RecipientStanding{AcceptingYes, "2026-03-01"}, nil},
		{RecipientStanding{AcceptingUnknown, "2025-09-05"}, nil},
		{RecipientStanding{AcceptingUnknown, "2025-09-04"}, []string{"provider.not_verified"}},
		{RecipientStanding{AcceptingNo, ""}, []string{"provider.not_accepting", "provider.not_verified"}},
	} {
		var got []string
		for _, v := range c.s.Doubts("2026-03-04") {
			got = append(got, v.Code)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.s, got, c.want)
		}
	}
}
