package models

import (
	"cmp"
	"slices"
)

// Measured is a reading with what it means beside the first one of its kind.
// Change is nil for the first one, unless it rates a change by itself.
type Measured struct {
	TimedReading
	Unit   string
	Band   string
	Change *ChangeVerdict
}

// Course compares each reading with the first one that it may be compared
// with: the same instrument, region, side and motion. It keeps the order of
// time, and within a session before stands before after.
func Course(readings []TimedReading) []Measured {
	sorted := slices.Clone(readings)
	slices.SortStableFunc(sorted, func(a, b TimedReading) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.SessionID, b.SessionID), cmp.Compare(b.Reading.Taken, a.Reading.Taken))
	})
	baseline := map[ReadingSeries]float64{}
	out := make([]Measured, 0, len(sorted))
	for _, r := range sorted {
		if r.Reading.Value == nil {
			continue
		}
		in, _ := LookupInstrument(r.Reading.Instrument)
		m := Measured{TimedReading: r, Unit: in.Unit, Band: Band(in.Key, *r.Reading.Value)}
		first, known := baseline[r.Reading.Series()]
		if !known {
			first = *r.Reading.Value
			baseline[r.Reading.Series()] = first
		}
		if known || in.RatesChange() {
			c := Change(in.Key, r.Reading.Region, first, *r.Reading.Value)
			m.Change = &c
		}
		out = append(out, m)
	}
	return out
}
