package models

import (
	"slices"
	"strconv"
	"strings"

	"rapport/models/fault"
)

// judgeScope asks where, how long and how. What the draft leaves out is not
// judged: a booking names no techniques yet.
func (f OrderFacts) judgeScope(d SessionDraft, l *fault.List) {
	scope := f.Order.Content.Scope
	for i, r := range d.Regions {
		scope.judgeRegion(r, "/regions/"+strconv.Itoa(i), l)
	}
	if m := scope.MinutesPerSession; m > 0 && d.Minutes > m {
		l.Put(fault.Violation{Code: "scope.minutes", Pointer: "/minutes", Allowed: m, Got: d.Minutes,
			Message: "The order allows " + strconv.Itoa(m) + " hands-on minutes; fewer are fine."})
	}
	for i, t := range d.Techniques {
		scope.Techniques.judge(t, "/techniques/"+strconv.Itoa(i), l)
	}
}

// judgeRegion leaves out what cannot be judged: an unknown region, or a
// lateral one without a side, which is refused for its form.
func (s Scope) judgeRegion(r RegionSide, at string, l *fault.List) {
	region, ok := LookupRegion(r.Region)
	if !ok || region.Lateral && !r.Side.Known() {
		return
	}
	covered, problem := Covers(s.Regions, s.UnsidedCoversBoth, r)
	if covered {
		return
	}
	text := r.Label() + " is not in the order."
	if problem == "scope.side" {
		text = "The order has " + region.Label + ", but not on this side."
	}
	l.Put(fault.Violation{Code: problem, Pointer: at, Allowed: s.Regions, Got: r, Message: text + " It allows: " + s.places() + "."})
}

func (s Scope) places() string {
	labels := make([]string, len(s.Regions))
	for i, r := range s.Regions {
		labels[i] = r.Label()
		if region, _ := LookupRegion(r.Region); region.Lateral && r.Side == SideNone && s.UnsidedCoversBoth {
			labels[i] = RegionSide{r.Region, SideBoth}.Label()
		}
	}
	return strings.Join(labels, "; ")
}

// judge checks one technique; no rule allows all, and unknown words are
// refused for their form.
func (r *TechniqueRule) judge(t Technique, at string, l *fault.List) {
	if r == nil || t.Label() == "" {
		return
	}
	switch {
	case len(r.Only) > 0 && !slices.Contains(r.Only, t):
		l.Put(fault.Violation{Code: "scope.technique", Pointer: at, Allowed: TechniqueRule{Only: r.Only}, Got: t,
			Message: t.Label() + " is not among the techniques of the order: " + named(r.Only) + "."})
	case slices.Contains(r.Except, t):
		l.Put(fault.Violation{Code: "scope.technique", Pointer: at, Allowed: TechniqueRule{Except: r.Except}, Got: t,
			Message: "The order excludes " + t.Label() + "; all techniques but these are fine: " + named(r.Except) + "."})
	}
}

func named(keys []Technique) string {
	labels := make([]string, len(keys))
	for i, k := range keys {
		labels[i] = k.Label()
	}
	return strings.Join(labels, ", ")
}

// judgeCare asks for the precautions and the red-flag check. At the start they
// are judged when they come with it; the completion needs them.
func (f OrderFacts) judgeCare(d SessionDraft, l, stated *fault.List) (stop []Contraindication) {
	given := d.Screening.Reviewed || len(d.Screening.Findings) > 0
	if f.At == AtBooking || f.At == AtStart && !given {
		return nil
	}
	if f.binding(d) {
		for _, p := range f.Order.Content.Scope.Precautions {
			if !slices.Contains(d.PrecautionsRead, p) {
				l.Put(fault.Violation{Code: "precaution.unacknowledged", Pointer: "/precautions_acknowledged", Allowed: p,
					Message: "Acknowledge this precaution of the order: " + p.Label() + "."})
			}
		}
	}
	return JudgeCare(d, f.Screening, l, stated)
}

// JudgeCare is the red-flag check of any session, self-pay included. A place
// that must be left out is a reason like those of the scope (l); what is
// missing in the answers makes them incomplete (stated).
func JudgeCare(d SessionDraft, table []Contraindication, l, stated *fault.List) (stop []Contraindication) {
	stop, violations := JudgeScreening(d.Screening, table, d.Regions)
	for _, v := range violations {
		if v.Code == "safety.local" {
			l.Put(v)
		} else {
			stated.Put(v)
		}
	}
	return stop
}
