package models

import (
	"slices"
	"strings"
	"time"

	"rapport/models/fault"
)

// PracticeProfile is how a practice introduces itself to offices: what stands
// in its intro packet. It holds nothing about clients.
type PracticeProfile struct {
	About            string      `json:"about"`              // who we are, in a few sentences
	Treats           []string    `json:"treats"`             // what we treat, one a line
	Techniques       []Technique `json:"techniques"`         // keyed, as in orders
	Languages        []string    `json:"languages"`          // spoken in sessions
	Payment          []string    `json:"payment"`            // insurance and other ways to pay
	Hours            []string    `json:"hours"`              // "Mon to Fri 9-6", one a line
	HowToRefer       string      `json:"how_to_refer"`       // in the practice's own words
	Access           string      `json:"access"`             // parking, bus, steps
	ReportWithinDays int         `json:"report_within_days"` // working days after the visit; 0: no promise is printed
	UpdatedAt        *time.Time  `json:"-"`                  // nil while nobody has written it
	Version          int         `json:"-"`
}

// UnwrittenProfile is the version of a profile that nobody has written yet.
const UnwrittenProfile = 1

// Written says that somebody has filled the profile in.
func (p PracticeProfile) Written() bool { return p.UpdatedAt != nil }

// MustBeWritten refuses a packet that would introduce nobody.
func (p PracticeProfile) MustBeWritten() error {
	if p.Written() {
		return nil
	}
	return fault.New(fault.Conflict, "profile.missing", "Write the practice's profile first: the packet is made from it.")
}

// Tidy drops blanks around the texts and lines without any.
func (p PracticeProfile) Tidy() PracticeProfile {
	p.About, p.HowToRefer, p.Access = strings.TrimSpace(p.About), strings.TrimSpace(p.HowToRefer), strings.TrimSpace(p.Access)
	for _, l := range []*[]string{&p.Treats, &p.Languages, &p.Payment, &p.Hours} {
		kept := []string{}
		for _, s := range *l {
			if s = strings.TrimSpace(s); s != "" {
				kept = append(kept, s)
			}
		}
		*l = kept
	}
	techniques := []Technique{}
	for _, t := range p.Techniques {
		if !slices.Contains(techniques, t) {
			techniques = append(techniques, t)
		}
	}
	p.Techniques = techniques
	return p
}

// Validate lists everything that is wrong. The lengths are such that the packet
// keeps to two pages.
func (p PracticeProfile) Validate() error {
	var l fault.List
	if p.About == "" {
		l.Add("profile.about", "/about", "Say in a few sentences who you are.")
	}
	if len(p.Treats) == 0 {
		l.Add("profile.treats", "/treats", "Name at least one thing that you treat, one on a line.")
	}
	for _, f := range []struct {
		name, text string
		most       int
	}{{"/about", p.About, 700}, {"/how_to_refer", p.HowToRefer, 400}, {"/access", p.Access, 300}} {
		prose(&l, f.name, f.text, f.most)
	}
	for _, f := range []struct {
		name       string
		lines      []string
		most, long int
	}{{"/treats", p.Treats, 12, 80}, {"/languages", p.Languages, 12, 40}, {"/payment", p.Payment, 10, 80}, {"/hours", p.Hours, 7, 60}} {
		if len(f.lines) > f.most {
			l.Put(fault.Violation{Code: "profile.too_many_lines", Pointer: f.name, Message: "These are more lines than a packet of two pages can hold.", Allowed: f.most, Got: len(f.lines)})
		}
		for _, s := range f.lines {
			text(&l, f.name, s, f.long)
		}
	}
	ValidateTechniques(p.Techniques, "/techniques", &l)
	if p.ReportWithinDays < 0 || p.ReportWithinDays > 30 {
		l.Put(fault.Violation{Code: "number.out_of_range", Pointer: "/report_within_days", Message: "Promise a report within 1 to 30 working days, or leave it empty.", Allowed: []int{0, 30}, Got: p.ReportWithinDays})
	}
	return l.Invalid("The profile needs correction.")
}
