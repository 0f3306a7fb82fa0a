package models

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// NearbyProvider is somebody of the directory who works near the practice and
// whose office it does not know yet.
type NearbyProvider struct {
	ProviderID  ProviderID
	Name        PersonName
	Credentials string
	Taxonomy    string
	Phone       string
	Accepting   Accepting
	Office      Office
	Miles       *float64 // nil where only the city is the same
}

// DisplayName is the name with credentials.
func (p NearbyProvider) DisplayName() string {
	return Provider{Name: p.Name, Credentials: p.Credentials}.DisplayName()
}

// ReferringDisciplines are those whose members send people to massage.
func ReferringDisciplines() []Discipline {
	var out []Discipline
	for _, key := range []string{"chiropractic", "primary_care", "physical_therapy", "rehabilitation", "orthopedics", "sports_medicine", "osteopathic_manipulation",
		"pain_medicine", "rheumatology", "obstetrics", "advanced_practice", "acupuncture", "naturopathy", "podiatry"} {
		d, _ := LookupDiscipline(key)
		out = append(out, d)
	}
	return out
}

// OfficesNear is how many offices of the directory are offered at once.
const OfficesNear = 10

// ColdOffices ranks offices of the directory that the practice does not know:
// the nearest mile first, in it those who take new patients, then the larger.
func ColdOffices(near []NearbyProvider) []CallNext {
	var out []CallNext
	for _, p := range near {
		i := slices.IndexFunc(out, func(c CallNext) bool { return c.Office.ID == p.Office.ID })
		if i < 0 {
			i = len(out)
			out = append(out, CallNext{Office: p.Office, Reason: ColdOffice, Miles: p.Miles})
		}
		out[i].New = append(out[i].New, p)
	}
	slices.SortStableFunc(out, func(a, b CallNext) int {
		return cmp.Or(cmp.Compare(a.mile(), b.mile()), b.takers()-a.takers(), len(b.New)-len(a.New))
	})
	return out[:min(len(out), OfficesNear)]
}

func (c CallNext) mile() int {
	if c.Miles == nil {
		return MostMiles
	}
	return int(*c.Miles)
}

// takers is 1 where somebody said that they take new patients.
func (c CallNext) takers() int {
	if slices.ContainsFunc(c.New, func(p NearbyProvider) bool { return p.Accepting == AcceptingYes }) {
		return 1
	}
	return 0
}

// Why is the reason in words.
func (c CallNext) Why() string {
	switch {
	case c.Reason == CallBackDue:
		return "They asked to be called back."
	case c.Reason == SharedClients && c.Shared == 1:
		return "You look after a client in common."
	case c.Reason == SharedClients:
		return fmt.Sprintf("You look after %d clients in common.", c.Shared)
	case c.Overdue > 0:
		return "You wanted to be in touch by now."
	case c.Reason == KnownOrNear:
		return "You have spoken before, or are neighbors."
	case len(c.New) == 0:
		return "Nobody has been in touch with them yet."
	}
	return c.whyNew()
}

func (c CallNext) whyNew() string {
	var parts []string
	for _, p := range c.New {
		if d, ok := DisciplineOf(p.Taxonomy); ok && !slices.Contains(parts, d.Label) {
			parts = append(parts, d.Label)
		}
	}
	switch {
	case c.Miles == nil:
		parts = append(parts, "in your city")
	case *c.Miles < 0.1:
		parts = append(parts, "in your ZIP code")
	default:
		parts = append(parts, fmt.Sprintf("%.1f miles away", *c.Miles))
	}
	if c.takers() == 1 {
		parts = append(parts, "takes new patients")
	}
	return strings.Join(parts, ", ") + ". You do not know them yet."
}
