package models

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"rapport/models/fault"
)

// Channel is how an office or a recipient prefers to be reached.
type Channel string

// The channels.
const (
	ByPortal Channel = "portal"
	ByLink   Channel = "link"
	ByLetter Channel = "letter"
	ByFax    Channel = "fax"
	ByEmail  Channel = "email"
	ByPhone  Channel = "phone"
)

// Channels lists all of them.
func Channels() []Channel { return []Channel{ByPortal, ByLink, ByLetter, ByFax, ByEmail, ByPhone} }

// Provider is a clinician in the directory that all practices share.
type Provider struct {
	ID          ProviderID
	Name        PersonName
	Credentials string
	NPI         string
	Taxonomy    string // NUCC code
	Email       string
	Phone       string
	Licence     Licence
	Offices     []Office // where they hold a role now
	CreatedAt   time.Time
	VerifiedOn  Date
	HasAccount  bool // somebody signs in as this provider, towards all practices or the reader's
	Version     int
}

// DisplayName is the name with credentials: "Linh Nguyễn, DC".
func (p Provider) DisplayName() string {
	if p.Credentials == "" {
		return p.Name.String()
	}
	return p.Name.String() + ", " + p.Credentials
}

// Office is the place where providers work.
type Office struct {
	ID               OfficeID
	Name             string
	Address          Address
	Phone            string
	Fax              string
	PreferredChannel Channel
}

// ProviderDraft is what somebody types to add a provider: with an office of
// their own, or at one that is known.
type ProviderDraft struct {
	Name        PersonName
	Credentials string
	NPI         string
	Taxonomy    string
	Email       string
	Phone       string
	Office      *Office
	OfficeID    OfficeID
}

// Validate checks the form of each field.
func (d ProviderDraft) Validate() error {
	var l fault.List
	d.Name.Validate(&l, "/name")
	text(&l, "/credentials", d.Credentials, 60)
	if d.NPI != "" && !ValidNPI(d.NPI) {
		l.Add("npi.invalid", "/npi", "An NPI has ten digits and a check digit; this one does not add up.")
	}
	if d.Taxonomy != "" && !ValidTaxonomy(d.Taxonomy) {
		l.Add("taxonomy.invalid", "/taxonomy", "A taxonomy code has ten characters and ends in X, for example 111N00000X.")
	}
	if d.Email != "" && !ValidEmail(d.Email) {
		l.Add("email.invalid", "/email", "This is not an e-mail address.")
	}
	text(&l, "/phone", d.Phone, 40)
	if d.Office != nil {
		d.Office.check(&l, "/office")
	}
	if d.Office != nil && d.OfficeID != "" {
		l.Add("office.ambiguous", "/office_id", "Give a new office or the id of a known one, not both.")
	}
	return l.Invalid("The provider's details need correction.")
}

// check wants a name and a channel that exists.
func (o Office) check(l *fault.List, pointer string) {
	if strings.TrimSpace(o.Name) == "" {
		l.Add("office.name_required", pointer+"/name", "An office needs a name.")
	}
	text(l, pointer+"/name", o.Name, 200)
	text(l, pointer+"/phone", o.Phone, 40)
	text(l, pointer+"/fax", o.Fax, 40)
	o.Address.check(l, pointer+"/address")
	if o.PreferredChannel != "" && !slices.Contains(Channels(), o.PreferredChannel) {
		l.Put(fault.Violation{Code: "channel.unknown", Pointer: pointer + "/preferred_channel", Message: "There is no such channel.", Allowed: Channels()})
	}
}

// check limits each line.
func (a Address) check(l *fault.List, pointer string) {
	for _, f := range [][2]string{{"/line1", a.Line1}, {"/line2", a.Line2}, {"/city", a.City}, {"/state", a.State}, {"/postal_code", a.PostalCode}} {
		text(l, pointer+f[0], f[1], 120)
	}
}

// text limits a line of text: its length, and no control characters, which
// could break a letter or a mail.
func text(l *fault.List, pointer, s string, most int) {
	if utf8.RuneCountInString(s) > most || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		l.Put(fault.Violation{Code: "text.invalid", Pointer: pointer, Message: "This is one line of limited length, without control characters.", Allowed: most})
	}
}

// ProviderChange is what somebody corrects; nil leaves a field as it is.
type ProviderChange struct {
	Name        *PersonName
	Credentials *string
	NPI         *string
	Taxonomy    *string
	Email       *string
	Phone       *string
	Verified    bool     // somebody checked the record today
	Joins       *Office  // also works here from now on
	JoinsID     OfficeID // or at this known office
	Leaves      []OfficeID
}

// Apply returns the provider with the changes, or what is wrong with them.
func (c ProviderChange) Apply(p Provider, today Date) (Provider, error) {
	set(&p.Name, c.Name)
	set(&p.Credentials, c.Credentials)
	set(&p.NPI, c.NPI)
	set(&p.Taxonomy, c.Taxonomy)
	set(&p.Email, c.Email)
	set(&p.Phone, c.Phone)
	if c.Verified {
		p.VerifiedOn = today
	}
	for _, id := range c.Leaves {
		if !slices.ContainsFunc(p.Offices, func(o Office) bool { return o.ID == id }) {
			return p, fault.New(fault.Invalid, "validation", "The change needs correction.").
				With(fault.Violation{Code: "office.unknown", Pointer: "/leaves_offices", Message: "The provider does not work at this office."})
		}
	}
	return p, ProviderDraft{Name: p.Name, Credentials: p.Credentials, NPI: p.NPI, Taxonomy: p.Taxonomy, Email: p.Email, Phone: p.Phone,
		Office: c.Joins, OfficeID: c.JoinsID}.Validate()
}

// ProviderQuery narrows the directory; empty fields match all.
type ProviderQuery struct {
	Q, NPI, Taxonomy, City, State string
}

// OwnRecord says that the actor is this provider or works for them.
func (a Actor) OwnRecord(p ProviderID) bool {
	return p != "" && a.ProviderID == p && a.Is(ProviderRole, ProviderStaff)
}
