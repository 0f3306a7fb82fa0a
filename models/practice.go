package models

import (
	"slices"
	"strconv"
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
	TimeZone  string         // IANA
	Zone      *time.Location `json:"-"` // of that name, from where the practice was read; nil where it was not
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
	SelectAtMost     int                `json:"select_at_most"`      // relationships of tier select; default 12
	ReplyByFaxNumber string             `json:"reply_by_fax_number"` // printed on fax-back forms

	// HealthWeights is how much each part of a relationship's health counts; all zero: the default ones.
	HealthWeights HealthWeights `json:"health_weights,omitzero"`
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
		AcceptsOrders: true, WarnVisitsLeft: 2, WarnDaysLeft: 7, SelectAtMost: SelectAtMost}
}

// Location is the practice's zone: the one that was loaded with it, or else
// read now. An unknown zone reads as UTC, which Validate never lets in.
func (p Practice) Location() *time.Location {
	if p.Zone != nil && p.Zone.String() == p.TimeZone {
		return p.Zone
	}
	loc, err := time.LoadLocation(p.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Today is the practice's calendar day at an instant.
func (p Practice) Today(now time.Time) Date { return DateOf(now, p.Location()) }

// Validate checks what an owner may set.
func (p Practice) Validate() error {
	var l fault.List
	if strings.TrimSpace(p.Name) == "" {
		l.Add("name.required", "/name", "A practice needs a name.")
	}
	text(&l, "/name", p.Name, 200)
	if _, err := time.LoadLocation(p.TimeZone); err != nil || p.TimeZone == "" || p.TimeZone == "Local" {
		l.Add("time_zone.unknown", "/time_zone", "Give an IANA time zone, for example America/Los_Angeles.")
	}
	p.Address.check(&l, "/address")
	text(&l, "/phone", p.Phone, 40)
	text(&l, "/fax", p.Fax, 40)
	if p.Email != "" && !ValidEmail(p.Email) {
		l.Add("email.invalid", "/email", "This is not an e-mail address.")
	}
	if modes := []PracticeMode{Covered, BusinessAssociate, NotCovered}; !slices.Contains(modes, p.Mode) {
		l.Put(fault.Violation{Code: "mode.unknown", Pointer: "/mode", Message: "There is no such mode.", Allowed: modes})
	}
	p.Settings.check(&l)
	return l.Invalid("The practice's details need correction.")
}

func (s PracticeSettings) check(l *fault.List) {
	between := func(pointer string, n, least, most int) {
		if n < least || n > most {
			l.Put(fault.Violation{Code: "number.out_of_range", Pointer: "/settings/" + pointer, Message: "This number is out of range.", Allowed: []int{least, most}, Got: n})
		}
	}
	between("report_every/sessions", s.ReportEvery.Sessions, 0, 100)
	between("report_every/days", s.ReportEvery.Days, 0, 366)
	between("change_lapse_days", s.ChangeLapseDays, 1, 90)
	between("warn_visits_left", s.WarnVisitsLeft, 0, 20)
	between("warn_days_left", s.WarnDaysLeft, 0, 60)
	between("select_at_most", s.SelectAtMost, 0, 500)
	s.HealthWeights.check(between)
	text(l, "/settings/reply_by_fax_number", s.ReplyByFaxNumber, 40)
	if len(s.LetterheadLines) > 6 {
		l.Add("letterhead.too_long", "/settings/letterhead_lines", "A letterhead has at most six lines.")
	}
	for _, line := range s.LetterheadLines {
		text(l, "/settings/letterhead_lines", line, 120)
	}
	offered := make([]Technique, len(s.Techniques))
	for i, t := range s.Techniques {
		offered[i] = Technique(t)
	}
	ValidateTechniques(offered, "/settings/techniques", l)
	s.checkScreening(l)
}

// checkScreening lets a practice add rows of its own and hide those that do
// not stop a session; the others are always asked.
func (s PracticeSettings) checkScreening(l *fault.List) {
	all := Contraindications()
	find := func(key string) int {
		return slices.IndexFunc(all, func(c Contraindication) bool { return c.Key == key })
	}
	for _, c := range s.ExtraScreening {
		if c.Key == "" || strings.TrimSpace(c.Finding) == "" || !c.Severity.Known() || find(c.Key) >= 0 {
			l.Add("screening.row_invalid", "/settings/extra_screening", "A row of your own has a new key, a known severity and a finding.")
		}
		text(l, "/settings/extra_screening", c.Key+c.Finding+c.Action, 500)
	}
	for _, key := range s.HiddenScreening {
		if i := find(key); i < 0 || all[i].Stops() {
			l.Put(fault.Violation{Code: "screening.not_hidable", Pointer: "/settings/hidden_screening",
				Message: "Only rows that need a note or spare a region may be left out.", Got: key})
		}
	}
}

// PracticeChange is what an owner corrects; nil leaves a field as it is.
type PracticeChange struct {
	Name     *string
	TimeZone *string
	Address  *Address
	Phone    *string
	Fax      *string
	Email    *string
	Mode     *PracticeMode
	Settings *SettingsChange
}

// SettingsChange is the part of it that concerns the settings.
type SettingsChange struct {
	EnforceLicence   *bool
	ReportEvery      *ReportEvery
	ChangeLapseDays  *int
	ExtraScreening   *[]Contraindication
	HiddenScreening  *[]string
	AcceptsOrders    *bool
	LetterheadLines  *[]string
	Techniques       *[]string
	WarnVisitsLeft   *int
	WarnDaysLeft     *int
	SelectAtMost     *int
	ReplyByFaxNumber *string

	HealthWeights *HealthWeights
}

// Apply returns the practice with the changes, or what is wrong with them.
func (c PracticeChange) Apply(p Practice) (Practice, error) {
	set(&p.Name, c.Name)
	set(&p.TimeZone, c.TimeZone)
	set(&p.Address, c.Address)
	set(&p.Phone, c.Phone)
	set(&p.Fax, c.Fax)
	set(&p.Email, c.Email)
	set(&p.Mode, c.Mode)
	if s := c.Settings; s != nil {
		set(&p.Settings.EnforceLicence, s.EnforceLicence)
		set(&p.Settings.ReportEvery, s.ReportEvery)
		set(&p.Settings.ChangeLapseDays, s.ChangeLapseDays)
		set(&p.Settings.ExtraScreening, s.ExtraScreening)
		set(&p.Settings.HiddenScreening, s.HiddenScreening)
		set(&p.Settings.AcceptsOrders, s.AcceptsOrders)
		set(&p.Settings.LetterheadLines, s.LetterheadLines)
		set(&p.Settings.Techniques, s.Techniques)
		set(&p.Settings.WarnVisitsLeft, s.WarnVisitsLeft)
		set(&p.Settings.WarnDaysLeft, s.WarnDaysLeft)
		set(&p.Settings.SelectAtMost, s.SelectAtMost)
		set(&p.Settings.ReplyByFaxNumber, s.ReplyByFaxNumber)
		set(&p.Settings.HealthWeights, s.HealthWeights)
	}
	return p, p.Validate()
}

// PracticeDraft makes a tenant with its first owner, who also treats.
type PracticeDraft struct {
	Name       string
	TimeZone   string
	Mode       PracticeMode
	Address    Address
	Phone      string
	Email      string
	OwnerName  string
	OwnerEmail string
	Password   string
	Licence    Licence
}

// Licence is a therapist's licence to practise in a state.
type Licence struct {
	State          string   `json:"state"`
	Number         string   `json:"number"`
	ExpiresOn      Date     `json:"expires_on,omitempty"`
	Certifications []string `json:"certifications,omitempty"`
	NPI            string   `json:"npi,omitempty"`
}

// Lapsed says that the licence has an end and the day is past it.
func (l Licence) Lapsed(on Date) bool { return !l.ExpiresOn.IsZero() && on.After(l.ExpiresOn) }

// Printed is the licence as letters show it; one that has lapsed is not shown.
func (l Licence) Printed(on Date) string {
	if l.Lapsed(on) {
		return ""
	}
	return strings.TrimSpace(l.State + " " + l.Number)
}

// Validate checks the form of each field.
func (l Licence) Validate() error {
	var out fault.List
	text(&out, "/state", l.State, 20)
	text(&out, "/number", l.Number, 40)
	for i, c := range l.Certifications {
		text(&out, "/certifications/"+strconv.Itoa(i), c, 200)
	}
	if l.NPI != "" && !ValidNPI(l.NPI) {
		out.Add("npi.invalid", "/npi", "An NPI has ten digits and a check digit; this one does not add up.")
	}
	return out.Invalid("The licence needs correction.")
}

// Same says that nothing differs.
func (l Licence) Same(o Licence) bool {
	return l.State == o.State && l.Number == o.Number && l.ExpiresOn == o.ExpiresOn && l.NPI == o.NPI && slices.Equal(l.Certifications, o.Certifications)
}

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

// TreatsSomewhere says that somebody is a therapist of any practice.
func (u User) TreatsSomewhere() bool {
	return !u.Disabled && slices.ContainsFunc(u.Roles, func(g RoleGrant) bool { return g.Role == Therapist })
}

// Treats says that somebody is a therapist of a practice.
func (u User) Treats(at PracticeID) bool {
	return !u.Disabled && slices.ContainsFunc(u.Roles, func(g RoleGrant) bool { return g.Role == Therapist && g.PracticeID == at })
}
