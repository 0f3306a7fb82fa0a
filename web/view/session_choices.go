package view

import (
	"strings"

	"rapport/models"
)

func stopping(table []models.Contraindication, stops bool) []models.Contraindication {
	var out []models.Contraindication
	for _, c := range table {
		if c.Stops() == stops {
			out = append(out, c)
		}
	}
	return out
}

func capital(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

func placeOptions() []Option {
	out := []Option{{Value: "", Label: "nowhere"}}
	for _, r := range AllRegions(nil) {
		out = append(out, Option{Value: string(r.Region.Key), Label: r.Region.Label})
	}
	return out
}

func precautionsOf(s models.Scope) []Option {
	var out []Option
	for _, p := range s.Precautions {
		out = append(out, Option{Value: string(p), Label: p.Label()})
	}
	return out
}

func techniquesOf(s SessionForm) []Option {
	if s.Order == nil {
		return techniqueOptions(nil)
	}
	return techniqueOptions(s.Order.Content.Scope.Techniques)
}

func measureHint(in models.Instrument) string {
	better := "lower is better"
	if in.HigherBetter {
		better = "higher is better"
	}
	return Number(in.Min) + " to " + Number(in.Max) + " " + in.Unit + ", " + better
}

// motionOptions offers every motion as region and motion in one choice.
func motionOptions() []Option {
	out := []Option{{Value: "", Label: "none"}}
	for _, m := range models.Motions() {
		if r, ok := models.LookupRegion(m.Region); ok {
			out = append(out, Option{Value: string(m.Region) + "/" + m.Motion, Label: r.Label + ": " + m.Label})
		}
	}
	return out
}

// refusedByScope says that the order itself stands against the session, not
// only its form: what happened may be kept as a deviation.
func refusedByScope(form Form) bool {
	if form.Refusal == nil {
		return false
	}
	for _, v := range form.Refusal.Violations {
		kind, _, _ := strings.Cut(v.Code, ".")
		if kind == "scope" || kind == "order" || kind == "frequency" || kind == "deviation" {
			return true
		}
	}
	return false
}
