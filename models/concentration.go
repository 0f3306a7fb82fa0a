package models

import "slices"

// Reciprocity says how even giving and taking are between a practice and a
// provider: 1 for as many in as out, 0 for one way only. With none at all it is
// not defined.
func Reciprocity(in, out int) (value float64, ok bool) {
	if in < 0 || out < 0 || in+out == 0 {
		return 0, false
	}
	return 1 - float64(max(in, out)-min(in, out))/float64(in+out), true
}

// Concentration says how much a practice depends on few sources of referrals.
type Concentration struct {
	Sources    int
	Herfindahl float64 // sum of squared shares, 1 for a single source
	Effective  float64 // as many equal sources would concentrate as much
	Normalised float64 // Herfindahl from 0, all equal, to 1; 1 for a single source
	Gini       float64 // inequality among the sources, 0 for all equal
}

// ConcentrationOf measures the referrals that each source sent; sources that
// sent none do not count. Without any it is not defined.
func ConcentrationOf(sent []int) (c Concentration, ok bool) {
	from := slices.DeleteFunc(slices.Clone(sent), func(n int) bool { return n <= 0 })
	if len(from) == 0 {
		return c, false
	}
	slices.Sort(from)
	n, sum, ranked := float64(len(from)), 0.0, 0.0
	for i, x := range from {
		sum += float64(x)
		ranked += (2*float64(i+1) - n - 1) * float64(x)
	}
	for _, x := range from {
		share := float64(x) / sum
		c.Herfindahl += share * share
	}
	c.Sources, c.Effective, c.Gini = len(from), 1/c.Herfindahl, ranked/(n*sum)
	if c.Normalised = 1; len(from) > 1 {
		c.Normalised = max(0, (c.Herfindahl-1/n)/(1-1/n))
	}
	return c, true
}
