package view

import (
	"fmt"
	"slices"
	"time"

	"rapport/models"
)

// ContactForm is what the form of the contact log offers.
type ContactForm struct {
	ProviderID   string
	ClientID     string   // who is to be spoken of
	Near         []Option // a tap away: call-backs due, then who was spoken to last
	Far          []Option
	Directory    []Option // everybody, for who is not in Near
	Relationship models.Relationship
	Zone         string
	Staff        []models.OfficeStaff
	Clients      []Option
}

// nearby is how many are a tap away.
const nearby = 6

// WhoToCall puts in front whom one most likely has just called: who was asked
// for, whose call-back or next step is due, who was spoken to last.
func WhoToCall(lines []models.RelationshipLine, asked string) (near, far []Option) {
	sorted := slices.Clone(lines)
	slices.SortStableFunc(sorted, func(a, b models.RelationshipLine) int {
		if x, y := string(a.ProviderID) == asked, string(b.ProviderID) == asked; x != y {
			if x {
				return -1
			}
			return 1
		}
		if x, y := a.CallBackAt != nil || !a.NextStepOn.IsZero(), b.CallBackAt != nil || !b.NextStepOn.IsZero(); x != y {
			if x {
				return -1
			}
			return 1
		}
		return lastContact(b).Compare(lastContact(a))
	})
	for i, l := range sorted {
		o := Option{Value: string(l.ProviderID), Label: l.DisplayName()}
		if i < nearby {
			near = append(near, o)
		} else {
			far = append(far, o)
		}
	}
	return near, far
}

func lastContact(l models.RelationshipLine) (at time.Time) {
	if l.LastContactAt != nil {
		at = *l.LastContactAt
	}
	return at
}

// Relation is the practice's relationship on a provider's page.
type Relation struct {
	models.Relationship
	Provider  models.ProviderID
	Known     bool
	DaysSince int
	Overdue   float64
	Zone      string
	Staff     []models.OfficeStaff
	Contacts  []models.ContactLine
	Promises  []models.PromiseLine
	Health    models.Health
}

var tierWords = map[models.Tier]string{models.TierSelect: "Select", models.TierPartner: "Partner", models.TierProspect: "Prospect", models.TierNone: "not chosen"}

var contactWays = map[models.ContactChannel]string{models.ContactCall: "Call", models.ContactVisit: "Visit", models.ContactLetter: "Letter",
	models.ContactEmail: "E-mail", models.ContactFax: "Fax", models.ContactMeeting: "Meeting"}

var outcomeWords = map[models.ContactOutcome]string{models.ReachedProvider: "Reached the doctor", models.ReachedStaff: "Reached the staff", models.Voicemail: "Voicemail",
	models.NoAnswer: "No answer", models.Received: "Received", models.ContactSent: "Sent"}

var owedWords = map[models.OwedBy]string{models.OwedByUs: "we owe", models.OwedByThem: "they owe"}

func acceptingWords(r models.Relationship) string {
	switch r.Accepting {
	case models.AcceptingYes:
		return "yes, they said on " + Day(r.AcceptingOn)
	case models.AcceptingNo:
		return "no, they said on " + Day(r.AcceptingOn)
	}
	return ""
}

// sinceWords says how long ago somebody was reached.
func sinceWords(r models.Relationship, days int) string {
	if r.LastReachedAt == nil {
		return "never reached yet"
	}
	switch days {
	case 0:
		return "reached today"
	case 1:
		return "reached yesterday"
	}
	return fmt.Sprintf("reached %d days ago", days)
}

// cadence is the chip that says whether it is time to call; there is none where
// nobody said how often.
func cadence(r models.Relationship, overdue float64) (State, bool) {
	switch {
	case overdue >= 1:
		return State{"Losing touch", Bad}, true
	case overdue > 0:
		return State{"Time to call", Warm}, true
	}
	return State{"In touch", Good}, r.WantedIntervalDays > 0
}

// intervalValue leaves the field empty where nobody said how often.
func intervalValue(days int) string {
	if days == 0 {
		return ""
	}
	return fmt.Sprint(days)
}

func contactMore(p Page, c models.ContactLine) string {
	out := p.When(c.At)
	if c.WithName != "" {
		out += ", " + c.WithName
		if c.WithRole != "" {
			out += " (" + c.WithRole + ")"
		}
	}
	if c.By != "" {
		out += ", logged by " + c.By
	}
	return out
}

func promiseState(p Page, m models.Promise) State {
	switch m.State {
	case models.PromiseKept:
		if m.InTime() {
			return State{"Kept", Good}
		}
		return State{"Kept late", Warm}
	case models.PromiseReleased:
		return State{"Released", Calm}
	case models.PromiseLate:
		return State{"Late, due " + p.Ago(m.DueOn), Bad}
	}
	return State{"Due " + p.Ago(m.DueOn), Plain}
}

func promiseName(m models.PromiseLine) string { return m.Provider + ": " + owedWords[m.OwedBy] }

func promiseMore(m models.PromiseLine) string {
	out := m.What
	if m.ClientID != "" {
		out += ", " + m.Client.String()
	}
	if m.Reason != "" {
		out += ". Released: " + m.Reason
	}
	return out
}

func answers() []Option {
	return []Option{{Value: "", Label: "not asked"}, {Value: "yes", Label: "yes"}, {Value: "no", Label: "no"}}
}

func promiseKinds() []Option {
	return []Option{{Value: "call", Label: "a call"}, {Value: "letter", Label: "a letter"}, {Value: "packet", Label: "the intro packet"}, {Value: "report", Label: "a report"},
		{Value: "document", Label: "a document"}, {Value: "other", Label: "something else"}}
}

func saidOptions() []Option {
	var out []Option
	for _, c := range []models.Category{models.CategoryDemographics, models.CategoryPrescriptionStatus, models.CategoryProgressReport, models.CategoryMeasures, models.CategorySessionNotes} {
		out = append(out, Option{Value: string(c), Label: c.Label()})
	}
	return out
}
