package models

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// TrailLine is an event with the names that stand in no event itself. They are
// read when the trail is read, as they are then.
type TrailLine struct {
	AuditEvent
	ActorName string     // empty where no known person acted
	Roles     []Role     // which the actor holds now, in the practice or for providers
	For       []string   // the providers they hold roles for
	Account   string     // whose account the event is about
	Client    PersonName // whom it is about, for who may read clients
	Record    TrailRecord
	Title     string // of the record: "Session of Mar 2, 2026"
}

// TrailRecord is what an event was about. Kind and ID say where it is read: a
// delivery with its report, a contact with its provider, a decision of the
// release gate with what was asked for.
type TrailRecord struct {
	Kind, ID    string
	Sort        string // kind of report, channel, direction, …
	From, Until Date
	At          time.Time // when it was signed, sent or made
	Name        string    // of its provider, or of the person that it is
	Words       string
}

// SignedInAs says that the person whom the event is about acted, although
// nobody had signed in before it.
func (e AuditEvent) SignedInAs() bool {
	return e.Principal == string(ActorAnonymous) && e.ObjectKind == "user" && e.Outcome == "done" && e.Action != "sign_in.pause"
}

// Act puts a role on the line, and the provider that it is held for.
func (l *TrailLine) Act(r Role, provider string) {
	if !slices.Contains(l.Roles, r) {
		l.Roles = append(l.Roles, r)
	}
	if provider != "" && !slices.Contains(l.For, provider) {
		l.For = append(l.For, provider)
	}
}

// Entitle names the record, with days as the practice counts them.
func (l *TrailLine) Entitle(loc *time.Location) {
	if l.Title = l.Record.title(l.ObjectKind, loc); l.Title == "" {
		l.Title = l.Account
	}
}

var (
	trailReports = map[string]string{"initial": "Initial report", "progress": "Progress report", "discharge": "Discharge report"}
	trailWays    = map[string]string{"call": "Call", "visit": "Visit", "letter": "Letter", "email": "E-mail", "fax": "Fax", "meeting": "Meeting"}
	trailLinks   = map[string]string{"sign": "Link to sign a release", "report": "Link to a report", "change": "Link to a change request", "invitation": "Invitation"}
	trailNouns   = map[string]string{"booking": "Visit", "change_request": "Change request", "message": "Mail", "packet": "Intro packet", "prescription": "Order", "session": "Session",
		"referral_out_draft": "Red flag"}
)

// title is a record as people call it. Of a record that is no longer there, or
// that is the practice or the client itself, it is empty.
func (r TrailRecord) title(kind string, loc *time.Location) string {
	if r.Kind == "" {
		return ""
	}
	on := shortDay(r.From)
	if on == "" && !r.At.IsZero() {
		on = shortDay(DateOf(r.At, loc))
	}
	switch kind {
	case "report", "delivery":
		s := trailReports[r.Sort] + between(shortDay(r.From), shortDay(r.Until))
		return s + part(" to ", r.Name)
	case "prescription":
		return "Order" + part(" of ", on) + part(" by ", r.Name)
	case "release":
		if r.At.IsZero() {
			return "Release, not signed"
		}
		return "Release" + part(" of ", on)
	case "referral":
		if r.Sort == string(Inbound) {
			return "Referral" + part(" from ", r.Name) + part(", ", on)
		}
		return "Referral" + part(" to ", r.Name) + part(", ", on)
	case "document_request":
		return "Request for " + strings.ReplaceAll(r.Sort, "_", " ") + part(" by ", r.Name) + part(", ", on)
	case "contact":
		return trailWays[r.Sort] + part(" of ", on) + part(" with ", r.Name)
	case "promise":
		return "Promise of " + on + part(": ", r.Sort)
	case "link":
		return trailLinks[r.Sort] + part(" for ", r.Name)
	case "invitation":
		return "Invitation" + part(" of ", r.Name)
	case "disclosure":
		return DaysInWords(r.Words) + part(" to ", r.Name)
	case "relationship", "provider", "office_staff":
		return r.Name
	}
	if noun, ok := trailNouns[kind]; ok {
		return noun + part(" of ", on) + part(", ", r.Name)
	}
	return ""
}

var isoDay = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b`)

// DaysInWords says the days in a text as people read them: "Progress report of
// Mar 14, 2026".
func DaysInWords(s string) string {
	return isoDay.ReplaceAllStringFunc(s, func(s string) string {
		d, err := ParseDate(s)
		if err != nil {
			return s
		}
		return shortDay(d)
	})
}

func shortDay(d Date) string {
	if d.IsZero() {
		return ""
	}
	return d.t().Format("Jan 2, 2006")
}

func between(from, until string) string {
	switch {
	case from == "" || until == "":
		return part(" of ", from+until)
	case from == until:
		return " of " + from
	}
	return ", " + from + " to " + until + ","
}

// part is a part of a title with the word before it, or nothing.
func part(before, s string) string {
	if s == "" {
		return ""
	}
	return before + s
}
