package view

import (
	"strings"

	"rapport/models"
)

func disciplineOptions() []Option {
	out := []Option{{Label: "any"}}
	for _, d := range models.Disciplines() {
		out = append(out, Option{Value: d.Key, Label: d.Label})
	}
	return out
}

var prefersWords = map[models.Channel]string{models.ByPortal: "the portal", models.ByLink: "a one-time link by e-mail", models.ByLetter: "letters",
	models.ByFax: "fax", models.ByEmail: "e-mail", models.ByPhone: "calls"}

func channelOptions() []Option {
	out := []Option{{Label: "as the office"}}
	for _, c := range models.Channels() {
		out = append(out, Option{Value: string(c), Label: prefersWords[c]})
	}
	return out
}

func newPatientsWords(x models.Provider) string {
	if x.Accepting == models.AcceptingUnknown {
		return "not known"
	}
	return string(x.Accepting) + ", said on " + Day(x.AcceptingOn)
}

func verifiedWords(x models.Provider) string {
	switch {
	case x.VerifiedOn.IsZero():
		return "never: call the office"
	case x.Stale:
		return Day(x.VerifiedOn) + ", over 180 days ago: call the office"
	}
	return Day(x.VerifiedOn)
}

// checkedWords say when a record was checked, without advice.
func checkedWords(x models.Provider) string {
	if x.VerifiedOn.IsZero() {
		return "never"
	}
	return Day(x.VerifiedOn)
}

// hoursWords are the hours of a week in the office's zone.
func hoursWords(o models.Office) string {
	var out []string
	for _, h := range o.Hours {
		out = append(out, weekday(h.Day)+" "+h.From+"–"+h.Until)
	}
	if len(out) == 0 {
		return ""
	}
	words := strings.Join(out, ", ")
	if o.Name != "" {
		words = o.Name + ": " + words
	}
	if o.TimeZone != "" {
		words += " (" + zoneWords(o.TimeZone) + ")"
	}
	return words
}

// weekday is a day's key as one writes it: "Mon".
func weekday(key string) string {
	if key == "" {
		return ""
	}
	return strings.ToUpper(key[:1]) + key[1:]
}

// zoneWords says a time zone: "Los Angeles time".
func zoneWords(zone string) string {
	return strings.ReplaceAll(zone[strings.LastIndex(zone, "/")+1:], "_", " ") + " time"
}

// sameWords are what two records of one person have in common.
var sameWords = map[string]string{"name": "the name", "name_similar": "nearly the name", "phone": "a phone number", "email": "the e-mail address",
	"office": "the office", "city": "the city", "taxonomy": "the profession", "discipline": "the discipline"}

func reasonWords(reasons []string) string {
	var out []string
	for _, r := range reasons {
		out = append(out, sameWords[r])
	}
	return strings.Join(out, ", ")
}

// staleWords say why a record wants a check.
func staleWords(x models.Provider) string {
	if x.VerifiedOn.IsZero() {
		return "Nobody has checked this record yet. Look it over, correct what changed, and say so."
	}
	return "It was last checked on " + Day(x.VerifiedOn) + ", over 180 days ago. Look it over, correct what changed, and say so."
}

// officeMore is the second line of an office in a list.
func officeMore(o models.Office) string {
	out := strings.Join(o.Address.Lines(), ", ")
	hours := "hours not known"
	if len(o.Hours) > 0 {
		days := map[string]bool{}
		for _, h := range o.Hours {
			days[h.Day] = true
		}
		hours = "open " + plural(len(days), "day", "days") + " a week"
	}
	if out == "" {
		return hours
	}
	return out + ", " + hours
}

func orWords(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

// recordTaxonomies are the disciplines to choose from, with a code of the
// register that we have no name for.
func recordTaxonomies(now string) []Option {
	all := taxonomyOptions()
	if _, known := models.LookupTaxonomy(now); !known && now != "" {
		all = append(all, Option{Value: now, Label: "as registered: " + now})
	}
	return all
}
