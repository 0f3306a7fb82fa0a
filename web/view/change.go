package view

import (
	"strconv"

	"rapport/models"
)

// Diffs compares an order with what a change would make of it.
func Diffs(c models.OrderContent, p models.ScopePatch) []Diff {
	if p.Empty() {
		return nil
	}
	next := p.Merge(c)
	a, b := c.Scope, next.Scope
	var out []Diff
	add := func(what, now, then string) {
		if now != then {
			out = append(out, Diff{what, now, then})
		}
	}
	add("Regions", Regions(a.Regions), Regions(b.Regions))
	add("Minutes", strconv.Itoa(a.MinutesPerSession), strconv.Itoa(b.MinutesPerSession))
	add("Visits", Total(a), Total(b))
	add("How often", Often(a.Frequency), Often(b.Frequency))
	add("Techniques", TechniqueWords(a.Techniques), TechniqueWords(b.Techniques))
	add("Precautions", PrecautionWords(a.Precautions), PrecautionWords(b.Precautions))
	add("Self-pay", yesNo(a.SelfPayAllowed), yesNo(b.SelfPayAllowed))
	add("Last day", Day(c.ValidUntil), Day(next.ValidUntil))
	return out
}

func yesNo(b bool) string {
	if b {
		return "allowed"
	}
	return "not allowed"
}

// then is the scope as the wish would have it.
func then(v ChangeView) models.Scope {
	return v.Sheet.Request.Proposed.Merge(v.Sheet.Order.Content).Scope
}

func askedWords(by string) string {
	if by == models.AskedByTherapist {
		return "The therapist’s words"
	}
	return "The client’s words"
}

func viaWords(via string) string {
	switch via {
	case "link":
		return ", by one-time link"
	case "fax_back":
		return ", by fax"
	case "verbal":
		return ", on the phone"
	}
	return ""
}
