package models

import (
	"cmp"
	"slices"
	"strconv"
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

	Accepting        Accepting // new patients
	AcceptingOn      Date      // when they said so
	PreferredChannel Channel   // of the person, where it differs from the office's
	Source           string    // nppes, or empty: people wrote it
	SourceUpdatedOn  Date
	DeactivatedOn    Date       // by the public register: not in practice under this NPI
	MergedInto       ProviderID // only an alias of this record; reads never show one
	Stale            bool       // nobody has checked the record for VerifiedDays
	Miles            *float64   // of the nearest office from the place that was asked about, where known
}

// CallNumber is the number under which the provider is reached: their own, or
// the first one of an office.
func (p Provider) CallNumber() string {
	out := p.Phone
	for _, o := range p.Offices {
		out = cmp.Or(out, o.Phone)
	}
	return out
}

// VerifiedDays is how long a check of a record holds (PRODUCT §3.7).
const VerifiedDays = 180

// StaleOn says that the record wants a check: nobody said lately that it is right.
func (p Provider) StaleOn(today Date) bool {
	return p.VerifiedOn.IsZero() || p.VerifiedOn.DaysUntil(today) > VerifiedDays
}

// AcceptingAnswers lists what a provider may say about new patients.
func AcceptingAnswers() []Accepting { return []Accepting{AcceptingYes, AcceptingNo, AcceptingUnknown} }

// DisplayName is the name with credentials: "Linh Nguyễn, DC".
func (p Provider) DisplayName() string {
	if p.Credentials == "" {
		return p.Name.String()
	}
	return p.Name.String() + ", " + p.Credentials
}

// Zone is that of the first office that told one, nil where none did.
func (p Provider) Zone() *time.Location {
	for _, o := range p.Offices {
		if loc, err := time.LoadLocation(o.TimeZone); err == nil && o.TimeZone != "" {
			return loc
		}
	}
	return nil
}

// Office is the place where providers work.
type Office struct {
	ID               OfficeID
	Name             string
	Address          Address
	Phone            string
	Fax              string
	PreferredChannel Channel
	Email            string
	TimeZone         string // IANA; the hours are in it
	Hours            []OpenHours
	Unconfirmed      bool // another practice wrote where its post goes; only where one record is read
}

// PostWords is where letters and faxes for the office go, empty where neither
// is known.
func (o Office) PostWords() string {
	return strings.Trim(strings.Join(o.Address.Lines(), "\n")+"\n\n"+o.Fax+"\n\n"+o.Email, "\n")
}

// OfficeChange is what somebody corrects of an office; nil leaves a field.
type OfficeChange struct {
	ID               OfficeID
	Name             *string
	Address          *Address
	Phone            *string
	Fax              *string
	PreferredChannel *Channel
	Email            *string
	TimeZone         *string
	Hours            *[]OpenHours
}

// Apply returns the office with the changes.
func (c OfficeChange) Apply(o Office) Office {
	set(&o.Name, c.Name)
	set(&o.Address, c.Address)
	set(&o.Phone, c.Phone)
	set(&o.Fax, c.Fax)
	set(&o.PreferredChannel, c.PreferredChannel)
	set(&o.Email, c.Email)
	set(&o.TimeZone, c.TimeZone)
	set(&o.Hours, c.Hours)
	o.Hours = sortedHours(o.Hours)
	return o
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

	Accepting        Accepting
	PreferredChannel Channel
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
	checkAccepting(&l, "/accepting", d.Accepting)
	checkChannel(&l, "/preferred_channel", d.PreferredChannel)
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
	checkChannel(l, pointer+"/preferred_channel", o.PreferredChannel)
	if o.Email != "" && !ValidEmail(o.Email) {
		l.Add("email.invalid", pointer+"/email", "This is not an e-mail address.")
	}
	checkZone(l, pointer+"/time_zone", o.TimeZone)
	checkHours(l, pointer+"/hours", o.Hours)
}

func checkChannel(l *fault.List, pointer string, c Channel) {
	if c != "" && !slices.Contains(Channels(), c) {
		l.Put(fault.Violation{Code: "channel.unknown", Pointer: pointer, Message: "There is no such channel.", Allowed: Channels()})
	}
}

func checkAccepting(l *fault.List, pointer string, a Accepting) {
	if !slices.Contains(AcceptingAnswers(), a) {
		l.Put(fault.Violation{Code: "accepting.unknown", Pointer: pointer, Message: "Say yes or no, or leave it empty where it is not known.", Allowed: AcceptingAnswers()})
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
	Offices     []OfficeChange // of offices where they work

	Accepting        *Accepting
	PreferredChannel *Channel
}

// OnlyVerifies says that the change says no more than "still right".
func (c ProviderChange) OnlyVerifies() bool {
	return c.Verified && c.Name == nil && c.Credentials == nil && c.NPI == nil && c.Taxonomy == nil && c.Email == nil && c.Phone == nil &&
		c.Joins == nil && c.JoinsID == "" && len(c.Leaves) == 0 && len(c.Offices) == 0 && c.Accepting == nil && c.PreferredChannel == nil
}

// Apply returns the provider with the changes, or what is wrong with them.
func (c ProviderChange) Apply(p Provider, today Date) (Provider, error) {
	set(&p.Name, c.Name)
	set(&p.Credentials, c.Credentials)
	set(&p.NPI, c.NPI)
	set(&p.Taxonomy, c.Taxonomy)
	set(&p.Email, c.Email)
	set(&p.Phone, c.Phone)
	set(&p.PreferredChannel, c.PreferredChannel)
	if c.Accepting != nil {
		p.Accepting, p.AcceptingOn = *c.Accepting, today
		if p.Accepting == AcceptingUnknown {
			p.AcceptingOn = ""
		}
	}
	if c.Verified {
		p.VerifiedOn = today
	}
	var l fault.List
	for _, id := range c.Leaves {
		if p.officeAt(id) < 0 {
			l.Add("office.unknown", "/leaves_offices", "The provider does not work at this office.")
		}
	}
	p.Offices = slices.Clone(p.Offices)
	for i, o := range c.Offices {
		pointer := "/offices/" + strconv.Itoa(i)
		at := p.officeAt(o.ID)
		if at < 0 {
			l.Add("office.unknown", pointer+"/id", "The provider does not work at this office.")
			continue
		}
		p.Offices[at] = o.Apply(p.Offices[at])
		p.Offices[at].check(&l, pointer)
	}
	if err := l.Invalid("The change needs correction."); err != nil {
		return p, err
	}
	return p, ProviderDraft{Name: p.Name, Credentials: p.Credentials, NPI: p.NPI, Taxonomy: p.Taxonomy, Email: p.Email, Phone: p.Phone,
		Office: c.Joins, OfficeID: c.JoinsID, Accepting: p.Accepting, PreferredChannel: p.PreferredChannel}.Validate()
}

func (p Provider) officeAt(id OfficeID) int {
	return slices.IndexFunc(p.Offices, func(o Office) bool { return o.ID == id })
}

// ProviderQuery narrows the directory; empty fields match all.
type ProviderQuery struct {
	Q, NPI, Taxonomy, Discipline, City, State string

	Near      string  // a ZIP code, and
	Within    float64 // how many miles around it; 0 is DefaultMiles
	Accepting Accepting
}

// The miles around a ZIP code.
const (
	DefaultMiles = 25
	MostMiles    = 200
)

// Around is the circle that is asked about; ok is false where none is.
func (q ProviderQuery) Around() (a Around, ok bool) {
	if q.Near == "" {
		return a, false
	}
	at, known := LookupZIP(q.Near)
	a = Around{Spot: at, Miles: q.Within}
	if a.Miles == 0 {
		a.Miles = DefaultMiles
	}
	return a, known
}

// Validate wants words that the directory knows.
func (q ProviderQuery) Validate() error {
	var l fault.List
	if _, ok := LookupDiscipline(q.Discipline); q.Discipline != "" && !ok {
		l.Put(fault.Violation{Code: "discipline.unknown", Pointer: "/discipline", Message: "There is no such discipline.", Allowed: DisciplineKeys()})
	}
	checkAccepting(&l, "/accepting", q.Accepting)
	switch _, known := q.Around(); {
	case q.Near == "" && q.Within != 0:
		l.Add("near.required", "/near", "Give the ZIP code that the miles are counted from.")
	case q.Near != "" && ZIP5(q.Near) == "":
		l.Add("zip.invalid", "/near", "A ZIP code has five digits.")
	case q.Near != "" && !known:
		l.Add("zip.unknown", "/near", "Where this ZIP code lies is not known. Give a neighboring one, or the city.")
	}
	if q.Within < 0 || q.Within > MostMiles || q.Within != q.Within {
		l.Put(fault.Violation{Code: "number.out_of_range", Pointer: "/within", Message: "The miles are out of range.", Allowed: MostMiles})
	}
	return l.Invalid("The search needs correction.")
}

// OwnRecord says that the actor is this provider or works for them.
func (a Actor) OwnRecord(p ProviderID) bool {
	return p != "" && a.ProviderID == p && a.Is(ProviderRole, ProviderStaff)
}
