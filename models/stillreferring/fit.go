package stillreferring

import (
	"math"
	"slices"

	"rapport/models/fault"
)

// enough is how many referrers, and how many with a repeat, a fit needs: below
// it the four parameters say more about chance than about referrers.
const (
	enoughReferrers = 30
	enoughRepeating = 10
)

// Fit finds the parameters that explain the histories best, and how well they
// do. Too few histories, or histories that cannot be, are Invalid.
func Fit(histories []History) (Parameters, float64, error) {
	weight := map[History]float64{}
	repeating := 0
	for _, h := range histories {
		if h.Repeats < 0 || h.Repeats != math.Trunc(h.Repeats) || !(h.Recency >= 0) || !(h.Age >= h.Recency) || math.IsInf(h.Age, 1) || h.Repeats > 0 && h.Recency == 0 {
			return Parameters{}, 0, fault.New(fault.Invalid, "calibrate.history_invalid", "Each referrer needs a whole number of repeats, and a last referral between the first one and now, in weeks.")
		}
		weight[h]++
		if h.Repeats > 0 {
			repeating++
		}
	}
	if len(histories) < enoughReferrers || repeating < enoughRepeating {
		return Parameters{}, 0, fault.New(fault.Invalid, "calibrate.too_few", "A fit needs 30 referrers, 10 of them with a second referral. Keep the parameters that are set.")
	}
	known := make([]History, 0, len(weight))
	for h := range weight {
		known = append(known, h)
	}
	slices.SortFunc(known, compare) // a sum depends on its order in the last digit
	cost := func(at [4]float64) float64 {
		for _, v := range at {
			if math.Abs(v) > 12 { // e^12 weeks or chances: the likelihood is flat out there
				return math.Inf(1)
			}
		}
		p, sum := parameters(at), 0.0
		for _, h := range known {
			sum -= weight[h] * p.LogLikelihood(h)
		}
		return sum
	}
	best := [4]float64{}
	low := cost(best)
	for range 20 { // a simplex may fall flat; a fresh one around the best point goes on
		at, v := descend(cost, best)
		gain := low - v
		best, low = at, min(low, v)
		if gain < 1e-9 {
			break
		}
	}
	return parameters(best), -low, nil
}

func compare(a, b History) int {
	for _, d := range []float64{a.Repeats - b.Repeats, a.Recency - b.Recency, a.Age - b.Age} {
		if d < 0 {
			return -1
		}
		if d > 0 {
			return 1
		}
	}
	return 0
}

// parameters are kept as logarithms while they are looked for: all are above zero.
func parameters(at [4]float64) Parameters {
	return Parameters{math.Exp(at[0]), math.Exp(at[1]), math.Exp(at[2]), math.Exp(at[3])}
}

type corner struct {
	at   [4]float64
	cost float64
}

// descend is the simplex of Nelder and Mead in four dimensions, with the usual
// steps: reflect, expand, contract, shrink.
func descend(cost func([4]float64) float64, from [4]float64) ([4]float64, float64) {
	simplex := []corner{{from, cost(from)}}
	for i := range from {
		at := from
		at[i] += 0.5
		simplex = append(simplex, corner{at, cost(at)})
	}
	for range 2000 {
		slices.SortStableFunc(simplex, func(a, b corner) int {
			if a.cost < b.cost {
				return -1
			}
			if a.cost > b.cost {
				return 1
			}
			return 0
		})
		worst := &simplex[4]
		if small(simplex) {
			break
		}
		var middle [4]float64
		for _, c := range simplex[:4] {
			for i := range middle {
				middle[i] += c.at[i] / 4
			}
		}
		along := func(step float64) corner {
			at := middle
			for i := range at {
				at[i] += step * (middle[i] - worst.at[i])
			}
			return corner{at, cost(at)}
		}
		next := along(1)
		switch {
		case next.cost < simplex[0].cost:
			if further := along(2); further.cost < next.cost {
				next = further
			}
		case next.cost >= simplex[3].cost:
			step := 0.5
			if next.cost >= worst.cost {
				step = -0.5
			}
			if nearer := along(step); nearer.cost < min(next.cost, worst.cost) {
				next = nearer
			} else {
				shrink(simplex, cost)
				continue
			}
		}
		*worst = next
	}
	return simplex[0].at, simplex[0].cost
}

// shrink draws every corner halfway towards the best one.
func shrink(simplex []corner, cost func([4]float64) float64) {
	for i := 1; i < len(simplex); i++ {
		for j := range simplex[i].at {
			simplex[i].at[j] = (simplex[i].at[j] + simplex[0].at[j]) / 2
		}
		simplex[i].cost = cost(simplex[i].at)
	}
}

// small says that the corners of a sorted simplex are one point.
func small(simplex []corner) bool {
	widest := 0.0
	for _, c := range simplex[1:] {
		for i := range c.at {
			widest = max(widest, math.Abs(c.at[i]-simplex[0].at[i]))
		}
	}
	return widest < 1e-8
}
