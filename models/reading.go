package models

import (
	"math"

	"rapport/models/fault"
)

// Taken says when in a session a reading was taken.
type Taken string

// Before or after the work.
const (
	TakenBefore Taken = "before"
	TakenAfter  Taken = "after"
)

// Reading is one reading of an instrument as it comes in: a value, or the
// answers it is computed from (null for one left out).
type Reading struct {
	Instrument InstrumentKey `json:"instrument"`
	Value      *float64      `json:"value,omitempty"`
	Answers    []*int        `json:"answers,omitempty"`
	Taken      Taken         `json:"taken"`
	Region     RegionKey     `json:"region,omitempty"`
	Side       Side          `json:"side,omitempty"`
	Motion     string        `json:"motion,omitempty"`
}

// ReadingSeries is what two readings share when they may be compared.
type ReadingSeries struct {
	Instrument InstrumentKey
	Region     RegionKey
	Side       Side
	Motion     string
}

// Series returns the series that r belongs to.
func (r Reading) Series() ReadingSeries {
	return ReadingSeries{r.Instrument, r.Region, r.Side, r.Motion}
}

// Validate adds everything that is wrong with r and returns its score; pointer
// is where r stands in the request, for example /measures/0. A score is
// usable only when nothing was added.
func (r Reading) Validate(pointer string, l *fault.List) Score {
	if r.Taken != TakenBefore && r.Taken != TakenAfter {
		l.Put(fault.Violation{Code: "measure.taken", Pointer: pointer + "/taken", Message: "Say whether it was taken before or after the session.", Allowed: []Taken{TakenBefore, TakenAfter}})
	}
	in, ok := LookupInstrument(r.Instrument)
	if !ok {
		l.Put(fault.Violation{Code: "measure.instrument", Pointer: pointer + "/instrument", Message: "This is not a known instrument.", Allowed: instrumentKeys()})
		return Score{}
	}
	r.validatePlace(pointer, l)
	return r.score(in, pointer, l)
}

// score takes the value or scores the answers. Both may come, if they agree.
func (r Reading) score(in Instrument, pointer string, l *fault.List) Score {
	if r.Value == nil && r.Answers == nil {
		l.Add("measure.required", pointer, "Give the value, or the answers of the form.")
		return Score{}
	}
	if r.Value != nil {
		in.validateValue(*r.Value, pointer+"/value", l)
	}
	if r.Answers == nil {
		return valueScore(in, *r.Value)
	}
	before := len(l.Items())
	s := scoreAnswers(r.Instrument, r.Answers, pointer, l)
	if r.Value != nil && len(l.Items()) == before && math.Abs(s.Value-*r.Value) > 0.1 {
		l.Put(fault.Violation{Code: "measure.mismatch", Pointer: pointer + "/value", Message: "The answers come to another value; leave the value out.", Allowed: s.Value, Got: *r.Value})
	}
	return s
}

func valueScore(in Instrument, v float64) Score {
	s := Score{Value: v}
	switch in.Key {
	case NDI:
		p := round(100*v/in.Max, 10)
		s.Percent = &p
	case ODI:
		s.Percent = &v
	}
	return s
}

// validatePlace checks region, side and motion. Only range of motion must say
// them; elsewhere they tell readings of two places apart.
func (r Reading) validatePlace(pointer string, l *fault.List) {
	if r.Instrument == ROM {
		r.validateMotion(pointer, l)
		return
	}
	if r.Motion != "" {
		l.Add("measure.motion", pointer+"/motion", "Only range of motion has a motion; leave it out.")
	}
	if r.Region != "" {
		RegionSide{r.Region, r.Side}.validate(false, pointer, l)
	} else if r.Side != SideNone {
		l.Add("measure.region_required", pointer+"/region", "A side needs a region.")
	}
}

func (r Reading) validateMotion(pointer string, l *fault.List) {
	if r.Region == "" {
		l.Add("measure.region_required", pointer+"/region", "Range of motion needs a region and a motion, for example neck and rotation.")
		return
	}
	m, ok := LookupMotion(r.Region, r.Motion)
	switch {
	case !ok:
		l.Put(fault.Violation{Code: "measure.motion", Pointer: pointer + "/motion", Message: "This region has no such motion.", Allowed: motionsOf(r.Region)})
	case m.Sided && r.Side != SideLeft && r.Side != SideRight:
		l.Put(fault.Violation{Code: "measure.side", Pointer: pointer + "/side", Message: "This motion is measured on one side: left or right.", Allowed: []Side{SideLeft, SideRight}})
	case !m.Sided && r.Side != SideNone:
		l.Add("measure.side", pointer+"/side", "This motion has no side; leave it out.")
	}
}

func motionsOf(region RegionKey) []string {
	keys := []string{}
	for _, m := range motions {
		if m.Region == region {
			keys = append(keys, m.Motion)
		}
	}
	return keys
}

func instrumentKeys() []InstrumentKey {
	keys := make([]InstrumentKey, len(instruments))
	for i, in := range instruments {
		keys[i] = in.Key
	}
	return keys
}
