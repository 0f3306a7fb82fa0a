package models

import (
	"strings"
	"time"

	"rapport/models/fault"
)

// PersonName is a name as the person writes it; either part may stand alone.
type PersonName struct {
	Given  string `json:"given"`
	Family string `json:"family"`
}

// String is "Given Family".
func (n PersonName) String() string { return strings.TrimSpace(n.Given + " " + n.Family) }

// Validate wants at least one part, each at most 100 characters, no control characters.
func (n PersonName) Validate(l *fault.List, pointer string) {
	if strings.TrimSpace(n.Given) == "" && strings.TrimSpace(n.Family) == "" {
		l.Add("name.required", pointer, "A name needs a given or a family name.")
	}
	for p, s := range map[string]string{"/given": n.Given, "/family": n.Family} {
		if len([]rune(s)) > 100 || strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
			l.Add("name.invalid", pointer+p, "A name part has at most 100 characters and no control characters.")
		}
	}
}

// Address is a postal address.
type Address struct {
	Line1      string `json:"line1,omitempty"`
	Line2      string `json:"line2,omitempty"`
	City       string `json:"city,omitempty"`
	State      string `json:"state,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
}

// Lines returns the address as printed on a letter.
func (a Address) Lines() []string {
	var out []string
	last := strings.TrimSpace(strings.Trim(a.City+", "+a.State, ", ") + " " + a.PostalCode)
	for _, s := range []string{a.Line1, a.Line2, last} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// PracticeMode is the practice's standing under HIPAA (DOMAIN §1.1); only a
// covered practice may override the release gate for treatment or emergency.
type PracticeMode string

// The modes.
const (
	Covered           PracticeMode = "covered"
	BusinessAssociate PracticeMode = "business_associate"
	NotCovered        PracticeMode = "not_covered"
)

// Practice is the tenant. Everything clinical belongs to exactly one.
type Practice struct {
	ID        PracticeID
	Name      string
	TimeZone  string // IANA
	Address   Address
	Phone     string
	Fax       string
	Email     string
	Mode      PracticeMode
	Settings  PracticeSettings
	CreatedAt time.Time
	Version   int
}

// PracticeSettings are what an owner may choose.
type PracticeSettings struct {
	EnforceLicence   bool               `json:"enforce_licence"`     // licence.lapsed refuses sessions and signatures
	ReportEvery      ReportEvery        `json:"report_every"`        // default 6 sessions or 30 days
	ChangeLapseDays  int                `json:"change_lapse_days"`   // default 14
	ExtraScreening   []Contraindication `json:"extra_screening"`     // the practice's own screening rows
	HiddenScreening  []string           `json:"hidden_screening"`    // keys of relative and local rows not asked here
	AcceptsOrders    bool               `json:"accepts_orders"`      // listed for providers who look where to order
	LetterheadLines  []string           `json:"letterhead_lines"`    // printed under the name
	Techniques       []string           `json:"techniques"`          // what the practice offers
	WarnVisitsLeft   int                `json:"warn_visits_left"`    // default 2
	WarnDaysLeft     int                `json:"warn_days_left"`      // default 7
	ReplyByFaxNumber string             `json:"reply_by_fax_number"` // printed on fax-back forms
}

// ReportEvery is a report clock: whichever comes first; zero means "not by this".
type ReportEvery struct {
	Sessions int `json:"sessions"`
	Days     int `json:"days"`
}

// DefaultSettings are those of PRODUCT §3: report after 6 visits or 30 days
// (WAC 296-23-250), change requests lapse after 14 days, warnings at 2 visits
// or 7 days.
func DefaultSettings() PracticeSettings {
	return PracticeSettings{ReportEvery: ReportEvery{Sessions: 6, Days: 30}, ChangeLapseDays: 14,
		AcceptsOrders: true, WarnVisitsLeft: 2, WarnDaysLeft: 7}
}

// Location is the practice's zone; an unknown zone reads as UTC, which
// Validate never lets in.
func (p Practice) Location() *time.Location {
	loc, err := time.LoadLocation(p.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Today is the practice's calendar day at an instant.
func (p Practice) Today(now time.Time) Date { return DateOf(now, p.Location()) }

// Licence is a therapist's licence to practise in a state.
type Licence struct {
	State          string   `json:"state"`
	Number         string   `json:"number"`
	ExpiresOn      Date     `json:"expires_on,omitempty"`
	Certifications []string `json:"certifications,omitempty"`
}

// Lapsed says that the licence has an end and the day is past it.
func (l Licence) Lapsed(on Date) bool { return !l.ExpiresOn.IsZero() && on.After(l.ExpiresOn) }

// User is a person who signs in.
type User struct {
	ID            UserID
	Email         string
	Name          string
	PasswordHash  string
	SecurityStamp string
	Disabled      bool
	Licence       Licence
	Roles         []RoleGrant
	CreatedAt     time.Time
}
