// Package view is how the portal looks: templ components over values that web
// hands in. It decides nothing and reads nothing but what it is given.
package view

import (
	"time"

	"rapport/models"
)

// Assets are the addresses of what a page loads.
type Assets struct{ Style, Script, Signature, Passkey, Icon, Body, Heading string }

// Page is what every page has.
type Page struct {
	Title  string
	Assets Assets
	Who    string // the person signed in; "" when nobody is
	Place  string // the practice or provider they act for
	Roles  string // in words
	Many   bool   // they may act in another place too
	Realm  string // practice | provider
	Tabs   []Tab
	Behind string // the way behind the person's name that leads here
	CSRF   string
	Key    string // of the page: a form sent twice acts once
	Flash  string
	Loc    *time.Location
	Today  models.Date
	Now    time.Time
	Signs  bool // loads the signature pad
	Keys   bool // asks a device for a passkey
	Wide   bool
	Zoned  bool // the reader has no zone of their own: hours name theirs
}

// Tab is one way to go.
type Tab struct {
	Name, URL, Icon string
	Count           int
	Here            bool
	Desk            bool // shown where there is room; on a phone it stands behind the name
}

// SignedIn says that the page has somebody's name on it.
func (p Page) SignedIn() bool { return p.Who != "" }

// When is an instant in the page's zone: "Mon, Mar 2, 2026, 12:05 PM", and
// with the zone's name for readers who may be anywhere.
func (p Page) When(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if p.Zoned {
		return t.In(p.loc()).Format("Mon, Jan 2, 2006, 3:04 PM MST")
	}
	return t.In(p.loc()).Format("Mon, Jan 2, 2006, 3:04 PM")
}

// Clock is the hour of an instant in the page's zone.
func (p Page) Clock(t time.Time) string { return t.In(p.loc()).Format("3:04 PM") }

func (p Page) loc() *time.Location {
	if p.Loc == nil {
		return time.UTC
	}
	return p.Loc
}

// Day is a day in words: "Mon, Mar 2, 2026".
func Day(d models.Date) string {
	if d.IsZero() {
		return "no day"
	}
	return d.Words()
}

// Born is a birth date: "Mar 2, 1984".
func Born(d models.Date) string {
	if d.IsZero() {
		return "unknown"
	}
	return d.Time(time.UTC).Format("Jan 2, 2006")
}

// Span is two days in words.
func Span(from, until models.Date) string {
	switch {
	case from.IsZero() && until.IsZero():
		return "no dates"
	case from.IsZero():
		return "until " + Day(until)
	case until.IsZero():
		return "from " + Day(from)
	}
	return Day(from) + " to " + Day(until)
}

// Between is two days as a list has them, without the days of the week:
// "Mar 2 to Apr 5, 2026".
func Between(from, until models.Date) string {
	switch {
	case from.IsZero() || until.IsZero():
		return Span(from, until)
	case from == until:
		return Born(from)
	}
	a, b := from.Time(time.UTC), until.Time(time.UTC)
	if a.Year() == b.Year() {
		return a.Format("Jan 2") + " to " + b.Format("Jan 2, 2006")
	}
	return a.Format("Jan 2, 2006") + " to " + b.Format("Jan 2, 2006")
}

// due is "is due in 3 days" or "was due 3 days ago", after a noun.
func (p Page) due(d models.Date) string {
	if p.Today.DaysUntil(d) < 0 {
		return " was due " + p.Ago(d)
	}
	return " is due " + p.Ago(d)
}

// Ago says how far a day is from the page's day.
func (p Page) Ago(d models.Date) string {
	switch n := p.Today.DaysUntil(d); {
	case d.IsZero() || p.Today.IsZero():
		return ""
	case n == 0:
		return "today"
	case n == 1:
		return "tomorrow"
	case n == -1:
		return "yesterday"
	case n < 0:
		return plural(-n, "day", "days") + " ago"
	default:
		return "in " + plural(n, "day", "days")
	}
}
