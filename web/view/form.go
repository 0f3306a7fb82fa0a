package view

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"rapport/models"
	"rapport/models/fault"
)

// Form is what was typed and what is wrong with it. A field is named like the
// pointer of its violation: "name/given" takes what is said of /name/given.
type Form struct {
	Values  map[string][]string
	Refusal *fault.Error
}

// Get is the first value of a field.
func (f Form) Get(name string) string {
	if v := f.Values[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Or is the first value of a field, or what stands there at the beginning.
func (f Form) Or(name, begin string) string {
	if f.Values == nil {
		return begin
	}
	return f.Get(name)
}

// Has says that a value of a list was chosen.
func (f Form) Has(name, value string) bool { return slices.Contains(f.Values[name], value) }

// Chosen says that a value is chosen, or was at the beginning.
func (f Form) Chosen(name, value string, begin bool) bool {
	if f.Values == nil {
		return begin
	}
	return f.Has(name, value)
}

// Errors is everything that is wrong with a field or with what lies in it.
func (f Form) Errors(name string) []string {
	if f.Refusal == nil {
		return nil
	}
	var out []string
	for _, v := range f.Refusal.Violations {
		p := strings.TrimPrefix(strings.TrimPrefix(v.Pointer, "/"), "signature/") // a signature's fields stand by themselves
		if p == name || strings.HasPrefix(p, name+"/") {
			if s := message(v); !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// Wrong says that something is wrong with a field.
func (f Form) Wrong(name string) bool { return len(f.Errors(name)) > 0 }

// id is a field's name as an id in the page.
func id(name string) string {
	return "f-" + strings.NewReplacer("/", "-", ".", "-", ":", "-").Replace(name)
}

// describes names what stands beside a field for readers of screens.
func (f Form) describes(x Field) string {
	out := f.described(x.Name, x.Hint)
	for _, also := range x.Also {
		if f.Wrong(also) {
			out = strings.TrimPrefix(out+" "+id(also)+"-error", " ")
		}
	}
	return out
}

// described names the hint and the errors of a field for readers of screens.
func (f Form) described(name, hint string) string {
	var ids []string
	if hint != "" {
		ids = append(ids, id(name)+"-hint")
	}
	if f.Wrong(name) {
		ids = append(ids, id(name)+"-error")
	}
	return strings.Join(ids, " ")
}

func invalid(wrong bool) string {
	if wrong {
		return "true"
	}
	return "false"
}

// Allowed says in words what a refusal would allow, where its sentence does
// not say so already.
func Allowed(v fault.Violation) string {
	switch a := v.Allowed.(type) {
	case models.Days:
		return "Allowed: " + Span(a.From, a.Until) + "."
	}
	return ""
}

// noun is plural without its number.
func noun(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// percent is a share in whole hundredths; only all is 100.
func percent(share float64) float64 {
	if share >= 1 {
		return 100
	}
	return min(99, math.Round(share*100))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
