package view

import (
	"slices"
	"strconv"
	"strings"

	"rapport/models"
)

func stringsOf[K ~string](list []K) []string {
	var out []string
	for _, k := range list {
		out = append(out, string(k))
	}
	return out
}

func optionsOf[K ~string](terms []models.Term[K]) []Option {
	var out []Option
	for _, t := range terms {
		out = append(out, Option{Value: string(t.Key), Label: t.Label})
	}
	return out
}

func precautionOptions() []Option { return optionsOf(models.Precautions()) }

// techniqueOptions offers the techniques that a rule allows; nil allows all.
func techniqueOptions(r *models.TechniqueRule) []Option {
	return optionsOf(slices.DeleteFunc(models.Techniques(), func(t models.Term[models.Technique]) bool {
		return r != nil && (len(r.Only) > 0 && !slices.Contains(r.Only, t.Key) || slices.Contains(r.Except, t.Key))
	}))
}

func procedureOptions() []Option {
	out := optionsOf(models.Procedures())
	for i := range out {
		out[i].Label = out[i].Value + " " + out[i].Label
	}
	return out
}

func instrumentOptions() []Option {
	var out []Option
	for _, in := range models.Instruments() {
		out = append(out, Option{Value: string(in.Key), Label: in.Name})
	}
	return out
}

func techniqueRule(s models.Scope) string {
	switch {
	case s.Techniques == nil:
		return ""
	case len(s.Techniques.Only) > 0:
		return "only"
	}
	return "except"
}

func techniqueKeys(s models.Scope) []string {
	if s.Techniques == nil {
		return nil
	}
	return stringsOf(append(slices.Clone(s.Techniques.Only), s.Techniques.Except...))
}

func joinWords(list []string) string { return strings.Join(list, ", ") }

func joinLines(list []string) string { return strings.Join(list, "\n") }

// orNumber writes a number, or what stands there when none was given; 0 stays
// empty.
func orNumber(n, begin int) string {
	if n == 0 {
		n = begin
	}
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func perSessions(s models.Scope) string {
	if s.Frequency == nil {
		if s.Limit == models.NoLimit {
			return ""
		}
		return "1"
	}
	return strconv.Itoa(s.Frequency.Sessions)
}

func perPeriod(s models.Scope) string {
	if s.Frequency == nil {
		return string(models.PerWeek)
	}
	return string(s.Frequency.Per)
}

func window(s models.Scope) string {
	if s.Frequency == nil || s.Frequency.Window == "" {
		return string(models.Calendar)
	}
	return string(s.Frequency.Window)
}

func claim(c models.OrderContent) models.Claim {
	if c.Claim == nil {
		return models.Claim{}
	}
	return *c.Claim
}

func clockWords(c models.Clock) string {
	switch c {
	case models.ClockReceived:
		return "the day the practice received it"
	case models.ClockFirstSession:
		return "the first session"
	}
	return "its first day"
}

func expiryWords(e models.Expiry) string {
	if e == models.Sliding {
		return "sliding by up to 7 days"
	}
	return "strict"
}

func instrumentNames(list []models.InstrumentKey) string {
	var out []string
	for _, k := range list {
		if in, ok := models.LookupInstrument(k); ok {
			out = append(out, in.Name)
		}
	}
	return strings.Join(out, ", ")
}

func procedureNames(list []models.Procedure) string {
	var out []string
	for _, k := range list {
		out = append(out, strings.TrimSpace(string(k)+" "+k.Label()))
	}
	return strings.Join(out, ", ")
}

func everyWords(e models.ReportEvery) string {
	switch {
	case e.Sessions > 0 && e.Days > 0:
		return "after " + plural(e.Sessions, "visit", "visits") + " or " + plural(e.Days, "day", "days") + ", whichever is first"
	case e.Sessions > 0:
		return "after " + plural(e.Sessions, "visit", "visits")
	case e.Days > 0:
		return "after " + plural(e.Days, "day", "days")
	}
	return "as the practice is used to"
}

// localNow is how a field for a time begins: now, in the page's zone.
func localNow(p Page) string {
	if p.Now.IsZero() {
		return ""
	}
	return p.Now.In(p.loc()).Format("2006-01-02T15:04")
}
