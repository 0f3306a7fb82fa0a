package models

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"rapport/models/fault"
)

// SelectAtMost is how many relationships may be of the tier "select" where the
// practice has not said otherwise: a few good partners beat many.
const SelectAtMost = 12

// SelectLimit is the practice's cap of the tier "select".
func (s PracticeSettings) SelectLimit() int {
	if s.SelectAtMost == 0 {
		return SelectAtMost
	}
	return s.SelectAtMost
}

// Tiers lists the tiers a practice may choose.
func Tiers() []Tier { return []Tier{TierNone, TierSelect, TierPartner, TierProspect} }

// RelationshipChange is what somebody of the practice corrects; nil leaves a
// field as it is.
type RelationshipChange struct {
	Tier               *Tier
	WantedIntervalDays *int
	PreferredChannel   *Channel
	Accepting          *Accepting
	AcceptingOn        *Date // the day they said so; today where it is left out
	Notes              *string
	NextStep           *string
	NextStepOn         *Date
}

// Apply returns the relationship with the changes, or everything that is wrong
// with them.
func (c RelationshipChange) Apply(r Relationship, today Date) (Relationship, error) {
	set(&r.Tier, c.Tier)
	set(&r.WantedIntervalDays, c.WantedIntervalDays)
	set(&r.PreferredChannel, c.PreferredChannel)
	if c.Accepting != nil {
		r.Accepting, r.AcceptingOn = *c.Accepting, today
		if *c.Accepting == AcceptingUnknown {
			r.AcceptingOn = ""
		}
	}
	set(&r.AcceptingOn, c.AcceptingOn)
	set(&r.Notes, c.Notes)
	set(&r.NextStep, c.NextStep)
	set(&r.NextStepOn, c.NextStepOn)
	var l fault.List
	if !slices.Contains(Tiers(), r.Tier) {
		l.Put(fault.Violation{Code: "tier.unknown", Pointer: "/tier", Message: "There is no such tier.", Allowed: Tiers()})
	}
	if r.WantedIntervalDays < 0 || r.WantedIntervalDays > 730 {
		l.Put(fault.Violation{Code: "number.out_of_range", Pointer: "/wanted_interval_days", Message: "This number is out of range.", Allowed: []int{0, 730}, Got: r.WantedIntervalDays})
	}
	checkChannel(&l, "/preferred_channel", r.PreferredChannel)
	checkAccepting(&l, "/accepting_new", r.Accepting)
	if r.AcceptingOn.After(today) {
		l.Add("date.future", "/accepting_on", "This day is today or before.")
	}
	prose(&l, "/notes", r.Notes, 4000)
	text(&l, "/next_step/what", r.NextStep, 200)
	return r, l.Invalid("The relationship needs correction.")
}

// prose limits a text of several lines.
func prose(l *fault.List, pointer, s string, most int) {
	if utf8.RuneCountInString(s) > most || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		l.Put(fault.Violation{Code: "text.too_long", Pointer: pointer, Message: "This text is too long, or holds control characters.", Allowed: most})
	}
}

// SelectFull refuses one more relationship of the tier "select".
func SelectFull(most int) error {
	return fault.New(fault.Conflict, "relationship.select_full", "The tier select is full: a few good partners beat many. Move one of them to another tier first, or raise the practice's limit.").
		With(fault.Violation{Code: "relationship.select_full", Pointer: "/tier", Message: "No more relationships than this are select.", Allowed: most})
}

// Beginning is the day from which the days without contact count.
func (r Relationship) Beginning() time.Time {
	if r.LastReachedAt != nil {
		return *r.LastReachedAt
	}
	return r.CreatedAt
}

// Overdue is by how much of the wanted interval the last contact is too long
// ago: max(0, days since − wanted) / wanted. Without a wish it is 0.
func (r Relationship) Overdue(today Date, zone *time.Location) float64 {
	if r.WantedIntervalDays <= 0 {
		return 0
	}
	days := DateOf(r.Beginning(), zone).DaysUntil(today) - r.WantedIntervalDays
	return float64(max(0, days)) / float64(r.WantedIntervalDays)
}

// RelationshipLine is a relationship in a list: with whom, and how long ago
// they were reached. Its sealed words are not read.
type RelationshipLine struct {
	Relationship
	Name        PersonName
	Credentials string
	Taxonomy    string
	Phone       string
	Office      Office // one where they work now; empty where none is known
	DaysSince   int    // since they were last reached, or since the beginning
	Overdue     float64
	Status      HealthStatus
	Score       *int // nil while no part of its health is defined
}

// DisplayName is the provider's name with credentials.
func (l RelationshipLine) DisplayName() string {
	return Provider{Name: l.Name, Credentials: l.Credentials}.DisplayName()
}

// RelationshipOrder is how a list of relationships is sorted.
type RelationshipOrder string

// The orders; by name where nothing is said.
const (
	ByName    RelationshipOrder = "name"
	ByOverdue RelationshipOrder = "overdue" // who is losing touch first
	ByContact RelationshipOrder = "contact" // the longest without being reached first
	ByTier    RelationshipOrder = "tier"    // select, partner, prospect, none
	ByHealth  RelationshipOrder = "health"  // the lowest score first; those without one last
)

// RelationshipOrders lists them.
func RelationshipOrders() []RelationshipOrder {
	return []RelationshipOrder{ByName, ByOverdue, ByContact, ByTier, ByHealth}
}

var tierRank = map[Tier]int{TierSelect: 0, TierPartner: 1, TierProspect: 2, TierNone: 3}

// Sort orders lines, which come by name; equal ones stay so.
func (o RelationshipOrder) Sort(lines []RelationshipLine) {
	switch o {
	case ByOverdue:
		slices.SortStableFunc(lines, func(a, b RelationshipLine) int {
			switch {
			case a.Overdue > b.Overdue:
				return -1
			case a.Overdue < b.Overdue:
				return 1
			}
			return 0
		})
	case ByContact:
		slices.SortStableFunc(lines, func(a, b RelationshipLine) int { return a.Beginning().Compare(b.Beginning()) })
	case ByHealth:
		score := func(l RelationshipLine) int {
			if l.Score == nil {
				return 101
			}
			return *l.Score
		}
		slices.SortStableFunc(lines, func(a, b RelationshipLine) int { return score(a) - score(b) })
	case ByTier:
		slices.SortStableFunc(lines, func(a, b RelationshipLine) int { return tierRank[a.Tier] - tierRank[b.Tier] })
	}
}
