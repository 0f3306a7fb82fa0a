package models

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// OpenActKind is what kind of thing is open in a relationship.
type OpenActKind string

// The kinds, in the order in which they go before each other.
const (
	ActReport   OpenActKind = "report"
	ActReferral OpenActKind = "referral"
	ActPromise  OpenActKind = "promise"
	ActCallBack OpenActKind = "call_back"
	ActContact  OpenActKind = "contact"
	ActNothing  OpenActKind = "nothing"
)

var actRank = []OpenActKind{ActReport, ActReferral, ActPromise, ActCallBack}

// OpenAct is a thing that somebody has to do by a day.
type OpenAct struct {
	Kind     OpenActKind
	What     string // "Discharge report", "Answer", "Packet"
	About    string // the client's initials, or empty
	By       OwedBy
	DueOn    Date
	ObjectID string // the promise, the referral, the order
}

// NextAct is the one thing to do next, and why.
type NextAct struct {
	Action   OpenActKind
	Reason   string
	DueOn    Date
	ObjectID string
}

// Initials are how a client stands in a reason: "A. B."
func (n PersonName) Initials() string {
	var out []string
	for _, part := range []string{n.Given, n.Family} {
		for _, r := range strings.TrimSpace(part) {
			out = append(out, strings.ToUpper(string(r))+".")
			break
		}
	}
	return strings.Join(out, " ")
}

// soonDays is how far ahead what is due counts as next.
const soonDays = 7

// next is the next best act: what the practice owes and is late with, the
// longest first; then the wanted contact; what they owe; what the status asks
// for; what falls due within a week.
func (f HealthFacts) next(status HealthStatus) NextAct {
	late := func(by OwedBy) func(OpenAct) bool {
		return func(a OpenAct) bool { return a.By == by && a.DueOn.Before(f.Today) }
	}
	if a, ok := f.first(late(OwedByUs)); ok {
		return f.act(a)
	}
	if f.WantedDays > 0 && f.SinceContact > f.WantedDays {
		return NextAct{Action: ActContact, Reason: fmt.Sprintf("Get in touch: wanted every %s, not reached for %s.", plural(f.WantedDays, "day"), plural(f.SinceContact, "day"))}
	}
	if a, ok := f.first(late(OwedByThem)); ok {
		return f.act(a)
	}
	soon := func(a OpenAct) bool { return a.By == OwedByUs && !a.DueOn.After(f.Today.AddDays(soonDays)) }
	if a, ok := f.first(soon); ok {
		return f.act(a)
	}
	return f.byStatus(status)
}

func (f HealthFacts) byStatus(status HealthStatus) NextAct {
	n := NextAct{Action: ActContact}
	switch status {
	case HealthNew:
		n.Reason = "Introduce the practice: nobody was referred in either direction yet."
	case HealthOneTime:
		n.Reason = fmt.Sprintf("Tell them how their one referral went, and ask for the next: it came %s ago.", plural(f.Still.SilentDays, "day"))
	case HealthSilent:
		n.Reason = "Call and ask what changed: nothing went either way in the last 365 days."
		if f.Still.Class == ReferrerSilent {
			n.Reason = fmt.Sprintf("Call and ask what changed: silent for %s, up to %d are usual for them.", plural(f.Still.SilentDays, "day"), f.Still.LimitDays)
		}
	case HealthOneSided:
		n.Reason = fmt.Sprintf("Ask whom they could send: %d went out, %d came in.", f.Out.Window, f.In.Window)
		if f.In.Window > f.Out.Window {
			n.Reason = fmt.Sprintf("Think of them for the next client who needs their care: %d came in, %d went out.", f.In.Window, f.Out.Window)
		}
	case HealthCooling:
		n.Reason = fmt.Sprintf("Call before it goes quiet: %s in the last 90 days, fewer than before.", plural(f.In.Recent+f.Out.Recent, "referral"))
	default:
		return NextAct{Action: ActNothing, Reason: "Nothing is owed, and nothing is late."}
	}
	return n
}

// first is the open act that fits and waits longest.
func (f HealthFacts) first(fits func(OpenAct) bool) (OpenAct, bool) {
	var fit []OpenAct
	for _, a := range f.Acts {
		if fits(a) {
			fit = append(fit, a)
		}
	}
	if len(fit) == 0 {
		return OpenAct{}, false
	}
	return slices.MinFunc(fit, func(a, b OpenAct) int {
		return cmp.Or(cmp.Compare(a.DueOn, b.DueOn), cmp.Compare(slices.Index(actRank, a.Kind), slices.Index(actRank, b.Kind)), cmp.Compare(a.ObjectID, b.ObjectID))
	}), true
}

// act says an open act in a sentence: "Discharge report for A. B. is 3 days overdue."
func (f HealthFacts) act(a OpenAct) NextAct {
	s := a.What
	if a.About != "" {
		s += " for " + a.About
	}
	if a.By == OwedByThem {
		s = "Ask them: " + strings.ToLower(s[:1]) + s[1:]
	}
	days := f.Today.DaysUntil(a.DueOn)
	switch {
	case days < 0:
		s += fmt.Sprintf(" is %s overdue.", plural(-days, "day"))
	case days == 0:
		s += " is due today."
	default:
		s += fmt.Sprintf(" is due in %s.", plural(days, "day"))
	}
	return NextAct{Action: a.Kind, Reason: s, DueOn: a.DueOn, ObjectID: a.ObjectID}
}
