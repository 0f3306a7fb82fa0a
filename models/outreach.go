package models

import (
	"cmp"
	"slices"
	"time"
)

// OutreachFacts are what the ranking of calls knows about a relationship.
type OutreachFacts struct {
	RelationshipLine
	Shared   int // active clients whom both look after
	Referred int // clients whom they referred
}

// CallReason says why an office is called next.
type CallReason string

// The reasons in their order.
const (
	CallBackDue   CallReason = "call_back_due"
	SharedClients CallReason = "shared_clients"
	KnownOrNear   CallReason = "known_or_near"
	ColdOffice    CallReason = "cold"
)

var callRank = map[CallReason]int{CallBackDue: 0, SharedClients: 1, KnownOrNear: 2, ColdOffice: 3}

// CallNext is an office to be called, with why.
type CallNext struct {
	Office  Office
	People  []RelationshipLine
	Reason  CallReason
	Shared  int
	Overdue float64
	CallAt  *time.Time // the call-back that is due

	New   []NearbyProvider // of the directory; then nobody there is known
	Miles *float64         // of those
}

// restDays is how long an office that was reached is left in peace.
const restDays = 7

// WhomToCall ranks offices: call-backs that are due, then doctors of current
// clients, then who is known or near, then cold ones; within a reason by how
// overdue, then by shared clients. Who was reached this week rests, unless
// they wait for a call.
func WhomToCall(facts []OutreachFacts, home Address, now time.Time) []CallNext {
	var out []CallNext
	for _, f := range facts {
		i := slices.IndexFunc(out, func(c CallNext) bool { return f.Office.ID != "" && c.Office.ID == f.Office.ID })
		if i < 0 {
			i = len(out)
			out = append(out, CallNext{Office: f.Office, Reason: ColdOffice})
		}
		c := &out[i]
		c.People, c.Shared, c.Overdue = append(c.People, f.RelationshipLine), c.Shared+f.Shared, max(c.Overdue, f.Overdue)
		if r := f.reason(home, now); callRank[r] < callRank[c.Reason] {
			c.Reason = r
		}
		if f.due(now) && (c.CallAt == nil || f.CallBackAt.Before(*c.CallAt)) {
			c.CallAt = f.CallBackAt
		}
	}
	out = slices.DeleteFunc(out, func(c CallNext) bool {
		return c.Reason != CallBackDue && slices.ContainsFunc(c.People, func(l RelationshipLine) bool { return l.LastReachedAt != nil && l.DaysSince < restDays })
	})
	slices.SortStableFunc(out, func(a, b CallNext) int {
		if c := callRank[a.Reason] - callRank[b.Reason]; c != 0 {
			return c
		}
		if a.CallAt != nil && b.CallAt != nil {
			return a.CallAt.Compare(*b.CallAt)
		}
		if c := cmp.Compare(b.Overdue, a.Overdue); c != 0 {
			return c
		}
		return b.Shared - a.Shared
	})
	return out
}

func (f OutreachFacts) due(now time.Time) bool {
	return f.CallBackAt != nil && !f.CallBackAt.After(now)
}

func (f OutreachFacts) reason(home Address, now time.Time) CallReason {
	a := f.Office.Address
	near := a.PostalCode != "" && a.PostalCode == home.PostalCode || a.City != "" && sameWords(a.City, home.City) && sameWords(a.State, home.State)
	switch {
	case f.due(now):
		return CallBackDue
	case f.Shared > 0:
		return SharedClients
	case f.FirstContactAt != nil || near:
		return KnownOrNear
	}
	return ColdOffice
}

// Stage is how far an office came, from a name to a partner who refers.
type Stage string

// Stages lists them in order.
func Stages() []Stage {
	return []Stage{"to_contact", "reached", "introduced", "packet_sent", "first_referral", "referring"}
}

// Stage of one relationship.
func (f OutreachFacts) Stage() Stage {
	c := f.Checklist
	switch {
	case f.Referred > 1:
		return "referring"
	case f.Referred == 1 || !c.FirstReferralOn.IsZero():
		return "first_referral"
	case !c.PacketSentOn.IsZero():
		return "packet_sent"
	case c.Introduced != nil && *c.Introduced:
		return "introduced"
	case f.LastReachedAt != nil:
		return "reached"
	}
	return "to_contact"
}

// FunnelStep is how many offices stand at a stage.
type FunnelStep struct {
	Stage   Stage
	Offices int
}

// Funnel counts each office once, at the stage that its furthest doctor came to.
func Funnel(facts []OutreachFacts) []FunnelStep {
	stages := Stages()
	furthest := map[string]int{}
	for _, f := range facts {
		office := string(f.Office.ID)
		if office == "" {
			office = string(f.ID)
		}
		furthest[office] = max(furthest[office], slices.Index(stages, f.Stage()))
	}
	out := make([]FunnelStep, len(stages))
	for i, s := range stages {
		out[i].Stage = s
	}
	for _, i := range furthest {
		out[i].Offices++
	}
	return out
}
