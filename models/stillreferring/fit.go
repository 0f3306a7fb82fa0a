package stillreferring

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/optimize"

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
	cost := func(at []float64) float64 {
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
	best, low, err := descend(cost)
	return parameters(best), -low, err
}

// descend looks for the lowest cost by the simplex of Nelder and Mead, which
// wants no gradient. A simplex may fall flat; a fresh one around the best point
// goes on until it gains nothing.
func descend(cost func([]float64) float64) ([]float64, float64, error) {
	best, low := make([]float64, 4), math.Inf(1)
	for range 20 {
		r, err := optimize.Minimize(optimize.Problem{Func: cost}, best,
			&optimize.Settings{Converger: &optimize.FunctionConverge{Absolute: 1e-10, Iterations: 60}}, &optimize.NelderMead{SimplexSize: 0.5})
		if err != nil {
			return best, low, fault.New(fault.Invalid, "calibrate.no_fit", "No parameters explain these histories. Keep the parameters that are set.").Because(err)
		}
		gain := low - r.F
		if gain > 0 {
			best, low = r.X, r.F
		}
		if gain < 1e-9 {
			break
		}
	}
	return best, low, nil
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
func parameters(at []float64) Parameters {
	return Parameters{math.Exp(at[0]), math.Exp(at[1]), math.Exp(at[2]), math.Exp(at[3])}
}
