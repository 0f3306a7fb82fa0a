package view

import (
	"slices"
	"strconv"

	"rapport/models"
	"rapport/models/fault"
)

// ReferralList is one page of referrals with what narrows it.
type ReferralList struct {
	Items            []models.ReferralView
	RedFlags         []models.ReferralOutDraft // of which nothing has come yet
	Base             string
	Direction, State string
	Open             bool
	Next             string
	Practice, Writes bool
}

func (l ReferralList) asked() bool { return l.Direction != "" || l.State != "" || l.Open }

func (l ReferralList) more() string {
	url := l.Base + "?after=" + l.Next + "&direction=" + l.Direction + "&state=" + l.State
	if l.Open {
		url += "&open=yes"
	}
	return url
}

// ReferralForm is a referral that is about to be written down.
type ReferralForm struct {
	Action               string
	Clients, Providers   []Option
	Practices            []Option // a provider chooses one
	Client, Provider     string   // chosen at the beginning
	Direction, RedFlagID string
	Reason               string
	Practice             bool
	Back, BackName       string
	Begun                string // the draft that there is already
	Known                bool   // somebody stands in the directory
}

// ReferralPageView is one referral with what the reader may do about it.
type ReferralPageView struct {
	models.ReferralView
	Steps        []ReferralStepView // of the reader's own side
	Phoned       []Option           // what the provider may have said on the phone
	Alternatives []models.Alternative
	Base         string
	Practice     bool // the reader is of the practice
	Writes       bool
}

// ReferralStepView is one action with the fields that it asks for.
type ReferralStepView struct {
	Action                                   models.ReferralAction
	Reason, Note, When, WhenOptional, Visits bool
	Confirm                                  bool
}

func (s ReferralStepView) plain() bool { return !s.Reason && !s.Note && !s.When && !s.Confirm }

// choosesChannel says that the practice may say how a referral goes out.
func (v ReferralPageView) choosesChannel(s ReferralStepView) bool {
	return s.Action == models.ActSend && s.plain() && v.Practice && v.Direction == models.Outbound
}

// anyPlain says that a step needs nothing but its button.
func (v ReferralPageView) anyPlain() bool {
	return slices.ContainsFunc(v.Steps, func(s ReferralStepView) bool { return s.plain() && !v.choosesChannel(s) })
}

// over says that nothing is left to do but to mark a mistake.
func (v ReferralPageView) over() bool {
	return !v.mustCall() && !slices.ContainsFunc(v.Steps, func(s ReferralStepView) bool { return s.Action != models.ActEnterInError })
}

// mustCall says that the other side answers on the phone or not at all.
func (v ReferralPageView) mustCall() bool { return len(v.Phoned) > 0 && !v.Reach.ProviderSigns }

func (s ReferralStepView) field(name string) string { return string(s.Action) + "/" + name }

// ReferralSteps puts the rows of the table together: an action with two ends
// is one form, and what only one of them asks for is optional.
func ReferralSteps(all []models.AllowedAction) (own []ReferralStepView, phoned []Option) {
	at := map[models.ReferralAction]int{}
	for _, a := range all {
		if a.SaidBy {
			o := Option{Value: string(a.Action), Label: referralActs[a.Action][1]}
			if slices.Contains(a.Requires, models.NeedsSaidBy) && !slices.Contains(phoned, o) {
				phoned = append(phoned, o)
			}
			if a.Action != models.ActEnterInError && a.Action != models.ActSend {
				continue
			}
		}
		if a.Action == models.ActExpire {
			continue
		}
		i, known := at[a.Action]
		if !known {
			i = len(own)
			at[a.Action], own = i, append(own, ReferralStepView{Action: a.Action})
		}
		s := &own[i]
		s.Reason, s.Note = s.Reason || slices.Contains(a.Requires, models.NeedsReason), s.Note || slices.Contains(a.Requires, models.NeedsNote)
		when := slices.Contains(a.Requires, models.NeedsScheduledAt)
		s.WhenOptional = s.WhenOptional || known && when != s.When
		s.When = s.When || when
		s.Visits = s.Visits || slices.Contains(a.Requires, models.NeedsVisitDone)
	}
	slices.SortStableFunc(own, func(a, b ReferralStepView) int { return stepRank(a) - stepRank(b) })
	return own, phoned
}

// stepRank puts what ends a referral behind what moves it on.
func stepRank(s ReferralStepView) int {
	return slices.Index([]models.ReferralAction{models.ActSend, models.ActAccept, models.ActAcknowledge, models.ActSchedule, models.ActReschedule, models.ActInterimNote,
		models.ActOutcome, models.ActConfirmCancellation, models.ActLogAttempt, models.ActNoShow, models.ActCancelAppointment, models.ActDecline,
		models.ActRequestCancellation, models.ActCloseUnreachable, models.ActEnterInError}, s.Action)
}

// referralActs names each action: on its button, as what the provider said,
// and in the history.
var referralActs = map[models.ReferralAction][3]string{
	models.ActSend:                {"Send it", "They sent it", "Sent"},
	models.ActAccept:              {"Accept", "They take this person", "Accepted"},
	models.ActDecline:             {"Decline", "They decline", "Declined"},
	models.ActSchedule:            {"Note the appointment", "There is an appointment", "Appointment noted"},
	models.ActReschedule:          {"Note a new appointment", "There is a new appointment", "New appointment noted"},
	models.ActNoShow:              {"Did not come", "The client did not come", "Did not come"},
	models.ActCancelAppointment:   {"The appointment is cancelled", "The appointment is cancelled", "Appointment cancelled"},
	models.ActInterimNote:         {"Write a note in between", "A note in between", "Note"},
	models.ActOutcome:             {"Send the outcome", "They told the outcome", "Outcome"},
	models.ActRequestCancellation: {"Ask to cancel", "They ask to cancel", "Asked to cancel"},
	models.ActConfirmCancellation: {"Confirm the cancellation", "They confirm the cancellation", "Cancelled"},
	models.ActAcknowledge:         {"I have seen the outcome", "They have seen the outcome", "Outcome seen"},
	models.ActTakeVisitBack:       {"", "", "Visit taken back"},
	models.ActLogAttempt:          {"Log a try to reach the client", "They tried to reach the client", "Tried to reach the client"},
	models.ActCloseUnreachable:    {"Close: client not reached", "They could not reach the client", "Closed, client not reached"},
	models.ActExpire:              {"Expired", "Expired", "Expired"},
	models.ActEnterInError:        {"Entered in error", "Entered in error", "Entered in error"},
}

var referralStates = map[models.ReferralState]State{
	models.ReferralDraft: {"Draft, not sent", Plain}, models.ReferralReceived: {"Waiting for an answer", Warm}, models.ReferralAccepted: {"Accepted", Good},
	models.ReferralDeclined: {"Declined", Bad}, models.ReferralActive: {"Under way", Good}, models.ReferralScheduled: {"Appointment made", Good},
	models.ReferralNoShow: {"Did not come", Warm}, models.ReferralAppointmentCancelled: {"Appointment cancelled", Warm}, models.ReferralVisitDone: {"Seen, outcome owed", Calm},
	models.ReferralCancellationRequested: {"Cancellation asked", Warm}, models.ReferralCancelled: {"Cancelled", Plain}, models.ReferralCompleted: {"Outcome sent", Calm},
	models.ReferralExpired: {"Expired", Plain}, models.ReferralEnteredInError: {"Entered in error", Bad},
}

// ReferralState is a state as people read it; a closed loop says so.
func ReferralState(r models.ReferralView) State {
	switch {
	case r.Withheld != "":
		return State{"Release ended", Bad}
	case r.Ended:
		return State{"Ended", Plain}
	case r.State == models.ReferralCompleted && r.Closed():
		return State{"Closed: outcome seen", Good}
	}
	return stateOf(referralStates, r.State)
}

// referralName is what a list calls a referral: the person, or what is left.
func referralName(r models.ReferralView) string {
	if n := r.Client.String(); n != "" {
		return n
	}
	return "A referral that can no longer be read"
}

func referralMore(p Page, r models.ReferralView, practice bool) string {
	other := r.Provider
	if !practice {
		other = r.Practice
	}
	out := "to " + other
	if (r.Direction == models.Inbound) == practice {
		out = "from " + other
	}
	if t := turnWords(p, r, practice); t != "" {
		out += " · " + t
	}
	return out
}

// turnWords says whose turn it is and until when: "your turn, by Mon, Mar 9".
func turnWords(p Page, r models.ReferralView, practice bool) string {
	if r.State == "" || r.Turn() == "" {
		return ""
	}
	out := "their turn"
	if (r.Turn() == r.PracticeSide()) == practice {
		out = "your turn"
	}
	if r.DueOn.IsZero() {
		return out
	}
	if r.DueOn.Before(p.Today) {
		return out + ", " + plural(r.DueOn.DaysUntil(p.Today), "day", "days") + " late"
	}
	return out + ", by " + Day(r.DueOn)
}

func directionWords(r models.ReferralView, practice bool) string {
	if (r.Direction == models.Inbound) == practice {
		return "Referral that came in"
	}
	return "Referral that goes out"
}

func eventWho(r models.ReferralView, e models.ReferralEvent, practice bool) string {
	who := "Rapport"
	switch {
	case e.Side == models.SystemSide:
	case e.Side == r.PracticeSide():
		who = r.Practice
	default:
		who = r.Provider
	}
	if e.SaidBy != "" && practice {
		who += ", as said by " + e.SaidBy
	}
	return who
}

func enclosedWords(cs []models.Category) string {
	var out []string
	for _, c := range cs {
		out = append(out, c.Label())
	}
	return joinWords(out)
}

func stateOptions() []Option {
	out := []Option{{Label: "Any state"}}
	for _, s := range models.ReferralStates() {
		out = append(out, Option{Value: string(s), Label: referralStates[s].Words})
	}
	return out
}

func redFlagMore(f models.ReferralOutDraft) string {
	return plural(len(f.Findings), "finding", "findings") + " · session of " + f.CreatedAt.Format("Jan 2, 2006")
}

func version(n int) string { return strconv.Itoa(n) }

var referralWays = map[models.Channel]string{models.ByPortal: "in the portal", models.ByLetter: "as a letter", models.ByFax: "by fax"}

// Doubt asks for a second look at the recipient, with who else could be asked.
func (v *ReferralPageView) Doubt(f *fault.Error) {
	if f.Code != "referral.confirm_recipient" {
		return
	}
	for i := range v.Steps {
		v.Steps[i].Confirm = v.Steps[i].Confirm || v.Steps[i].Action == models.ActSend
	}
	for _, x := range f.Violations {
		if others, ok := x.Allowed.([]models.Alternative); ok {
			v.Alternatives = others
		}
	}
}
