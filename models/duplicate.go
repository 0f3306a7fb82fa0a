package models

import (
	"cmp"
	"strings"
	"time"

	"rapport/models/fault"
)

// Duplicate is a record that may be of the same person, with what speaks for
// it. The score goes to 100; people decide.
type Duplicate struct {
	Provider Provider
	Score    int
	Reasons  []string // keys: name, name_similar, city, phone, email, taxonomy, discipline, office
}

// duplicateFrom is the score from which a record is worth a look: the same name
// and one thing more.
const duplicateFrom = 60

// CompareProviders weighs whether two records are of one person. Two different
// NPIs are two people.
func CompareProviders(a, b Provider, sameName bool) (Duplicate, bool) {
	d := Duplicate{Provider: b}
	if a.ID == b.ID || a.NPI != "" && b.NPI != "" && a.NPI != b.NPI {
		return d, false
	}
	give := func(yes bool, reason string, points int) bool {
		if yes {
			d.Score, d.Reasons = d.Score+points, append(d.Reasons, reason)
		}
		return yes
	}
	if !give(sameName, "name", 50) {
		give(true, "name_similar", 35)
	}
	give(shares(phonesOf(a), phonesOf(b)), "phone", 25)
	give(a.Email != "" && strings.EqualFold(a.Email, b.Email), "email", 25)
	if !give(shares(officesOf(a), officesOf(b)), "office", 25) {
		give(shares(citiesOf(a), citiesOf(b)), "city", 15)
	}
	if !give(a.Taxonomy != "" && a.Taxonomy == b.Taxonomy, "taxonomy", 10) {
		x, ok := DisciplineOf(a.Taxonomy)
		y, ok2 := DisciplineOf(b.Taxonomy)
		give(ok && ok2 && x.Key == y.Key, "discipline", 5)
	}
	d.Score = min(d.Score, 100)
	return d, d.Score >= duplicateFrom
}

func shares(a, b []string) bool { return len(without(a, b)) < len(a) }

func phonesOf(p Provider) []string {
	var out []string
	add := func(phone string) {
		if d := digits(phone); len(d) >= 7 {
			out = append(out, d[max(0, len(d)-10):])
		}
	}
	add(p.Phone)
	for _, o := range p.Offices {
		add(o.Phone)
		add(o.Fax)
	}
	return out
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func officesOf(p Provider) []string {
	var out []string
	for _, o := range p.Offices {
		out = append(out, string(o.ID))
	}
	return out
}

func citiesOf(p Provider) []string {
	var out []string
	for _, o := range p.Offices {
		if o.Address.City != "" {
			out = append(out, strings.ToLower(o.Address.City+", "+o.Address.State))
		}
	}
	return out
}

// MergeProviders is the record that stays, with what only the other knew, or
// why the two are not made one. Accounts are those of either record.
func MergeProviders(by Actor, from, into Provider, accounts map[ProviderID]bool) (Provider, error) {
	operator := by.Is(Operator) || by.Kind == ActorSystem
	switch {
	case from.ID == into.ID:
		return into, fault.New(fault.Conflict, "provider.merge_loop", "These are one record already. Name two records that stand in the directory.")
	case from.NPI != "" && into.NPI != "" && from.NPI != into.NPI:
		return into, fault.New(fault.Conflict, "provider.merge_npi", "The two records have different NPIs, so they are two providers. Correct an NPI first if it is wrong.")
	case accounts[from.ID] && accounts[into.ID] && !operator:
		return into, fault.New(fault.Forbidden, "provider.merge_accounts", "Somebody signs in for each of the two records. The operator of the server merges them.")
	case accounts[from.ID] && !operator:
		return into, fault.New(fault.Forbidden, "provider.owned", "The provider signs in with this record. Merge the other one into it.").Ref("provider_id", string(from.ID))
	case accounts[into.ID] && !operator && from.NPI != "" && into.NPI == "":
		return into, fault.New(fault.Forbidden, "provider.owned", "The provider signs in with the record that stays: they enter their NPI there first, or the operator merges.").Ref("provider_id", string(into.ID))
	case accounts[into.ID] && !operator: // theirs: nothing is carried over
		return into, nil
	}
	fill(&into.NPI, from.NPI)
	fill(&into.Taxonomy, from.Taxonomy)
	fill(&into.Credentials, from.Credentials)
	fill(&into.Phone, from.Phone)
	fill(&into.Email, from.Email)
	if into.Accepting == AcceptingUnknown {
		into.Accepting, into.AcceptingOn = from.Accepting, from.AcceptingOn
	}
	if into.Source == "" {
		into.Source, into.SourceUpdatedOn = from.Source, from.SourceUpdatedOn
	}
	return into, nil
}

// fill sets a field that is empty.
func fill[T comparable](to *T, from T) { *to = cmp.Or(*to, from) }

// JoinRelationships is one relationship out of two with the same provider: what
// the first says, what only the second says, and the days of both.
func JoinRelationships(a, b Relationship) Relationship {
	fill(&a.Tier, b.Tier)
	fill(&a.WantedIntervalDays, b.WantedIntervalDays)
	fill(&a.PreferredChannel, b.PreferredChannel)
	if a.Accepting == AcceptingUnknown || b.Accepting != AcceptingUnknown && b.AcceptingOn > a.AcceptingOn {
		a.Accepting, a.AcceptingOn = b.Accepting, b.AcceptingOn
	}
	if b.Notes != "" && b.Notes != a.Notes {
		a.Notes = strings.TrimSpace(a.Notes + "\n\n" + b.Notes)
	}
	if a.NextStep == "" && a.NextStepOn.IsZero() {
		a.NextStep, a.NextStepOn = b.NextStep, b.NextStepOn
	}
	if a.Checklist == (Checklist{}) {
		a.Checklist = b.Checklist
	}
	earliest := func(x, y *time.Time) *time.Time {
		if x == nil || y != nil && y.Before(*x) {
			return y
		}
		return x
	}
	latest := func(x, y *time.Time) *time.Time {
		if x == nil || y != nil && y.After(*x) {
			return y
		}
		return x
	}
	a.FirstContactAt, a.LastContactAt = earliest(a.FirstContactAt, b.FirstContactAt), latest(a.LastContactAt, b.LastContactAt)
	a.LastReachedAt, a.CallBackAt = latest(a.LastReachedAt, b.LastReachedAt), earliest(a.CallBackAt, b.CallBackAt)
	return a
}
