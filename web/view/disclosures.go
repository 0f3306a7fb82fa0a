package view

import (
	"strings"

	"rapport/models"
)

// Told is what the same person was told, or refused, on one day about one
// document on one basis: every decision stands in Lines, the newest first.
type Told struct {
	Day   models.Date
	Lines []models.Disclosure
}

// ToldDay is what was told on one day.
type ToldDay struct {
	Day  models.Date
	Told []Told
}

func toldDays(p Page, list []models.Disclosure) []ToldDay {
	var out []ToldDay
	for _, t := range told(p, list) {
		if len(out) == 0 || out[len(out)-1].Day != t.Day {
			out = append(out, ToldDay{Day: t.Day})
		}
		d := &out[len(out)-1]
		d.Told = append(d.Told, t)
	}
	return out
}

// told gathers decisions that differ only in their hour and their way, so that
// a doctor who opens their own order ten times a day does not bury the rest.
func told(p Page, list []models.Disclosure) []Told {
	at := map[string]int{}
	var out []Told
	for _, d := range list {
		day := models.DateOf(d.At, p.loc())
		key := strings.Join([]string{string(day), RecipientName(d.Recipient), string(d.Recipient.ProviderID), d.ObjectKind, d.ObjectID, d.Description,
			d.Basis, disclosureState(d).Words, strings.Join(d.Reasons, " "), string(d.ReleaseID)}, "\x1f")
		i, known := at[key]
		if !known {
			i = len(out)
			at[key] = i
			out = append(out, Told{Day: day})
		}
		out[i].Lines = append(out[i].Lines, d)
	}
	return out
}

// ways are the channels of a group: "in the portal and by e-mail".
func (t Told) ways() string {
	var out []string
	for _, d := range t.Lines {
		if w := wayWords(d.Channel); !contains(out, w) {
			out = append(out, w)
		}
	}
	return strings.Join(out, " and ")
}

func wayWords(channel string) string {
	switch channel {
	case "portal":
		return "in the portal"
	case "link":
		return "by one-time link"
	case "letter":
		return "by letter or fax"
	case "email":
		return "by e-mail"
	case "api":
		return "by a connected program"
	case "spoken":
		return "by word of mouth"
	}
	return "by " + channel
}

func disclosureState(d models.Disclosure) State {
	switch {
	case !d.Allowed:
		return State{"Refused", Bad}
	case d.Flagged:
		return State{"Told, flagged", Warm}
	}
	return State{"Told", Good}
}

var bases = map[string]string{models.BasisRelease: "under the client’s release", models.BasisOwnOrder: "the prescriber’s own order",
	models.BasisOverride: "by override", models.BasisIndividual: "to the client"}

func disclosureWords(d models.Disclosure) string {
	if d.Override != nil && d.Override.Basis == models.AlreadySaid {
		return "Told without a release. The owner reviews it."
	}
	if d.Allowed {
		return "Basis: " + bases[d.Basis] + "."
	}
	var out []string
	for _, code := range d.Reasons {
		out = append(out, whyWords(code))
	}
	return "Why not: " + strings.Join(out, ", ") + "."
}

func ledgerURL(c models.Client, statutory bool) string {
	at := "/clients/" + string(c.ID) + "/disclosures"
	if statutory {
		at += "?view=" + string(models.DisclosuresStatutory)
	}
	return at
}
