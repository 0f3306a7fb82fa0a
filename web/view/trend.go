package view

import (
	"fmt"
	"strings"
	"time"

	"rapport/models"
)

// Trend is the course of one measure.
type Trend struct {
	Name    string
	Figures string
	Verdict State
	Once    string // "One reading so far, Mar 2.": one reading has no course
	Line    Sparkline
}

// Trends puts readings into courses, one for each that may be compared.
func Trends(list []models.Measured) []Trend {
	var order []models.ReadingSeries
	courses := map[models.ReadingSeries][]models.Measured{}
	for _, m := range list {
		k := m.Reading.Series()
		if _, ok := courses[k]; !ok {
			order = append(order, k)
		}
		courses[k] = append(courses[k], m)
	}
	var out []Trend
	for i, k := range order {
		if t, ok := trend(i, k, courses[k]); ok {
			out = append(out, t)
		}
	}
	return out
}

func trend(i int, k models.ReadingSeries, list []models.Measured) (Trend, bool) {
	in, ok := models.LookupInstrument(k.Instrument)
	if !ok {
		return Trend{}, false
	}
	t := Trend{Name: in.Name, Line: Sparkline{ID: fmt.Sprintf("trend-%d", i), Min: in.Min, Max: in.Max}}
	if k.Region != "" {
		t.Name += ", " + models.RegionSide{Region: k.Region, Side: k.Side}.Label()
	}
	if k.Motion != "" {
		t.Name += ", " + strings.ReplaceAll(k.Motion, "_", " ")
	}
	var words []string
	for _, m := range list {
		t.Line.Points = append(t.Line.Points, *m.Reading.Value)
		words = append(words, Number(*m.Reading.Value))
	}
	first, last := list[0], list[len(list)-1]
	better := "lower is better"
	if in.HigherBetter {
		better = "higher is better"
	}
	t.Figures = Number(*first.Reading.Value) + " → " + Number(*last.Reading.Value) + " " + in.Unit
	if len(list) == 1 {
		t.Figures, t.Once = Number(*last.Reading.Value)+" "+in.Unit, "One reading so far, "+short(last.On)+"; "+better+"."
	}
	t.Line.Words = t.Name + ": " + strings.Join(words, ", ") + " (" + better + ")"
	t.Line.First, t.Line.Last = short(first.On), short(last.On)
	if last.Change != nil {
		t.Verdict = verdict(*last.Change)
	}
	return t, true
}

func short(d models.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Time(time.UTC).Format("Jan 2")
}

// verdict says whether a change is real, in the words of the report.
func verdict(c models.ChangeVerdict) State {
	switch {
	case c.Direction == models.TrendWorse:
		return State{"Worse", Bad}
	case c.Direction == models.TrendSame:
		return State{"No change", Plain}
	case c.Real:
		return State{"Better, a real change", Good}
	}
	return State{"Better, not yet beyond error", Calm}
}
