package models

import (
	"cmp"
	"math"
	"slices"
)

// Wait is how many days something was waited for, by so many. One that has not
// ended yet is censored: all that is known is that it lasts longer.
type Wait struct {
	Days  int
	Ended bool
	Count int
}

// MedianWait is the Kaplan-Meier median: the first day by which half of the
// waits have ended, where those that still last count as long as they were
// seen. reached is false while more than half still last; days is then the
// longest wait seen.
func MedianWait(waits []Wait) (days int, reached bool) {
	sorted := slices.Clone(waits)
	// a wait that ends on the day on which another one is last seen ends first
	slices.SortFunc(sorted, func(a, b Wait) int {
		if c := cmp.Compare(a.Days, b.Days); c != 0 || a.Ended == b.Ended {
			return c
		}
		if a.Ended {
			return -1
		}
		return 1
	})
	waiting := 0
	for _, w := range sorted {
		waiting += w.Count
	}
	lasting := 1.0
	for i := 0; i < len(sorted); {
		day, ended, gone := sorted[i].Days, 0, 0
		for ; i < len(sorted) && sorted[i].Days == day; i++ {
			gone += sorted[i].Count
			if sorted[i].Ended {
				ended += sorted[i].Count
			}
		}
		if ended > 0 {
			lasting *= 1 - float64(ended)/float64(waiting)
		}
		if ended > 0 && lasting <= 0.5+1e-12 {
			return day, true
		}
		waiting, days = waiting-gone, day
	}
	return days, false
}

// Share is a part of a whole.
type Share struct{ Part, Of int }

// Value is the share itself, 0 of nothing.
func (s Share) Value() float64 {
	if s.Of == 0 {
		return 0
	}
	return float64(s.Part) / float64(s.Of)
}

// Shrunk draws the share of a few towards a half, by one case for and one
// against (Laplace): 1 of 1 is 67 percent, 50 of 50 are 98.
func (s Share) Shrunk() float64 { return float64(s.Part+1) / float64(s.Of+2) }

// Band is the Wilson interval of four fifths: as wide as few cases deserve.
func (s Share) Band() [2]float64 {
	if s.Of == 0 {
		return [2]float64{0, 1}
	}
	const z = 1.2815515655446004
	n, p := float64(s.Of), s.Value()
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return [2]float64{max(0, middle-half), min(1, middle+half)}
}
