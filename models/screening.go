package models

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rapport/models/fault"
)

// Severity says what a contraindication does to a session.
type Severity string

// The severities: absolute and red_flag stop the session, relative needs a
// note, local keeps the region that it names free of work.
const (
	SeverityAbsolute Severity = "absolute"
	SeverityRedFlag  Severity = "red_flag"
	SeverityRelative Severity = "relative"
	SeverityLocal    Severity = "local"
)

// Known says that s is one of the severities.
func (s Severity) Known() bool {
	return slices.Contains([]Severity{SeverityAbsolute, SeverityRedFlag, SeverityRelative, SeverityLocal}, s)
}

// Contraindication is one line of the check before a session. A practice may
// keep its own list; Contraindications is the one it starts with.
type Contraindication struct {
	Key       string   `json:"key"`
	Severity  Severity `json:"severity"`
	Finding   string   `json:"finding"`
	Action    string   `json:"action"`
	Emergency bool     `json:"emergency,omitempty"`
}

var contraindications = readContraindications()

func readContraindications() []Contraindication {
	var all []Contraindication
	for _, r := range readTable("contraindications.csv") {
		all = append(all, Contraindication{Key: r["key"], Severity: Severity(r["severity"]),
			Finding: r["finding"], Action: r["action"], Emergency: r.yes("emergency")})
	}
	return all
}

// Contraindications returns the list that a practice starts with.
func Contraindications() []Contraindication { return slices.Clone(contraindications) }

// Stops says that a yes ends the session.
func (c Contraindication) Stops() bool {
	return c.Severity == SeverityAbsolute || c.Severity == SeverityRedFlag
}

// Violation is the reason why a session was stopped.
func (c Contraindication) Violation() fault.Violation {
	text := "The session stops: " + c.Action + "."
	if c.Emergency {
		text = "The session stops. Call emergency services now."
	}
	return fault.Violation{Code: "safety.red_flag", Pointer: "/screening/findings", Message: text, Got: c.Key}
}

// Screening is the red-flag check of one session: the list was gone through
// with the client, and these were answered yes.
type Screening struct {
	Reviewed bool      `json:"reviewed"`
	Findings []Finding `json:"findings,omitempty"`
}

// Finding is one yes. A relative one needs a note, a local one the region
// (and may name the side, else both sides are meant).
type Finding struct {
	Key    string    `json:"key"`
	Note   string    `json:"note,omitempty"`
	Region RegionKey `json:"region,omitempty"`
	Side   Side      `json:"side,omitempty"`
}

// JudgeScreening compares the answers with the practice's table and the
// regions to be worked. stop holds what ends the session and outranks all
// else; each gives its reason by Violation. violations are the other reasons:
// safety.local means other regions must be chosen, screening.unanswered,
// screening.unknown, safety.note_required, safety.region_required and the
// region codes mean that the answers are incomplete.
func JudgeScreening(s Screening, table []Contraindication, regions []RegionSide) (stop []Contraindication, violations []fault.Violation) {
	var l fault.List
	if !s.Reviewed {
		l.Add("screening.unanswered", "/screening/reviewed", "Go through the safety check with the client first.")
	}
	for i, f := range s.Findings {
		at := "/screening/findings/" + strconv.Itoa(i)
		n := slices.IndexFunc(table, func(c Contraindication) bool { return c.Key == f.Key })
		if n < 0 {
			l.Add("screening.unknown", at+"/key", "This finding is not in the practice's list.")
			continue
		}
		switch c := table[n]; {
		case c.Stops():
			if !slices.Contains(stop, c) {
				stop = append(stop, c)
			}
		case c.Severity == SeverityLocal:
			f.judgeLocal(c, at, regions, &l)
		case strings.TrimSpace(f.Note) == "":
			l.Add("safety.note_required", at+"/note", fmt.Sprintf("Note how you respect this finding (%s: %s).", c.Key, c.Action))
		}
	}
	return stop, l.Items()
}

// judgeLocal refuses the regions that take in the place of a local finding.
func (f Finding) judgeLocal(c Contraindication, at string, regions []RegionSide, l *fault.List) {
	if f.Region == "" {
		l.Add("safety.region_required", at+"/region", "Say which region this finding is in, so that it can be left out.")
		return
	}
	place := RegionSide{f.Region, f.Side}
	before := len(l.Items())
	if place.validate(false, at, l); len(l.Items()) > before {
		return
	}
	for i, r := range regions {
		if r.overlaps(place) {
			l.Put(fault.Violation{Code: "safety.local", Pointer: "/regions/" + strconv.Itoa(i), Got: r,
				Message: fmt.Sprintf("%s takes in a place to be left out (%s: %s); name the other regions one by one.", r.Label(), c.Key, c.Action)})
		}
	}
}

// Screening is the practice's own list: ours without the relative and local
// rows that it hides, then its additions. What stops a session cannot be
// hidden, and an addition never takes a key of ours.
func (s PracticeSettings) Screening() []Contraindication {
	var list []Contraindication
	for _, c := range contraindications {
		if c.Stops() || !slices.Contains(s.HiddenScreening, c.Key) {
			list = append(list, c)
		}
	}
	for _, c := range s.ExtraScreening {
		if c.Severity.Known() && c.Key != "" && !slices.ContainsFunc(contraindications, func(o Contraindication) bool { return o.Key == c.Key }) {
			list = append(list, c)
		}
	}
	return list
}
