package stillreferring

import (
	"math"
	"slices"

	"rapport/models"
)

// leastReferrals is how many referrals a chance needs before it is shown.
const leastReferrals = 3

// Class is how somebody stands who referred before.
type Class string

// The classes. Who referred once is never called healthy: the model gives them
// a chance of 1 for ever.
const (
	Never     Class = "never"
	OneTime   Class = "one_time"
	Silent    Class = "silent"
	Referring Class = "referring"
)

// Assessment is what can be said of one referrer on a day.
type Assessment struct {
	Class      Class
	Referrals  int // days with a referral
	SilentDays int // since the last one
	LimitDays  int // silence longer than this is a sign; 0 where there is no gap to measure by
	// Alive and its band, tenth to ninetieth percentile; nil under three referrals.
	Alive *float64
	Band  *[2]float64
}

// Assess looks at the days of a referrer's referrals. The plain rule decides
// the class: silent for longer than twice their own median gap, and longer than
// six weeks. The chance stands beside it, from three referrals on.
func Assess(days []models.Date, today models.Date, p Parameters) Assessment {
	d := distinct(days, today)
	n := make([]int, len(d))
	for i := range d {
		n[i] = d[0].DaysUntil(d[i])
	}
	if len(d) == 0 {
		return Assessment{Class: Never}
	}
	now := d[0].DaysUntil(today)
	a := AssessDays(n, now, p)
	if a.Alive != nil {
		band := p.Band(HistoryOfDays(n, now))
		a.Band = &band
	}
	return a
}

// AssessDays is Assess for days that are counted, each once and in order, from
// any day on, and without the band, which costs more than all the rest.
func AssessDays(d []int, today int, p Parameters) Assessment {
	a := Assessment{Class: Never, Referrals: len(d)}
	if len(d) == 0 {
		return a
	}
	a.SilentDays = today - d[len(d)-1]
	if a.Class = OneTime; len(d) == 1 {
		return a
	}
	a.LimitDays = limit(d)
	if a.Class = Referring; a.SilentDays > a.LimitDays {
		a.Class = Silent
	}
	if len(d) >= leastReferrals {
		alive := p.Alive(HistoryOfDays(d, today))
		a.Alive = &alive
	}
	return a
}

// HistoryOfDays is HistoryOf for days that are counted, each once and in order.
func HistoryOfDays(d []int, today int) History {
	if len(d) == 0 {
		return History{}
	}
	first, last := d[0], d[len(d)-1]
	return History{float64(len(d) - 1), float64(last-first) / 7, float64(today-first) / 7}
}

// limit is twice the median gap between the days, six weeks at least.
func limit(d []int) int {
	gaps := make([]int, len(d)-1)
	for i := range gaps {
		gaps[i] = d[i+1] - d[i]
	}
	slices.Sort(gaps)
	n := len(gaps)
	return max(42, gaps[(n-1)/2]+gaps[n/2])
}

// steps is how finely the band looks at each of the two unknowns.
const steps = 48

// Band holds the middle four fifths of the chances that the referrer's own rate
// and readiness to stop could give, weighted by what their history says of
// both. It is wide for few referrals: that is what it is for.
func (p Parameters) Band(h History) [2]float64 {
	if h.Repeats == 0 {
		return [2]float64{1, 1}
	}
	x := h.Repeats
	type point struct{ chance, weight, log float64 }
	points := make([]point, 0, steps*steps)
	high := math.Inf(-1)
	middle, stop := (p.R+x)/(p.Alpha+h.Recency), (p.A+1)/(p.A+p.B+x)
	for i := range steps {
		rate := middle * math.Exp(8*(float64(i)+0.5)/steps-5) // per week, e^-5 to e^3 of the likely one
		for j := range steps {
			odds := stop / (1 - min(stop, 0.99)) * math.Exp(12*(float64(j)+0.5)/steps-8)
			q := odds / (1 + odds)
			here := math.Log1p(-q) - rate*(h.Age-h.Recency) // beside stopped: log q
			gone := math.Log(q)
			chance := 1 / (1 + math.Exp(gone-here))
			weight := (p.R+x)*math.Log(rate) - (p.Alpha+h.Recency)*rate + p.A*math.Log(q) + (p.B+x-1)*math.Log1p(-q) +
				max(here, gone) + math.Log1p(math.Exp(-math.Abs(here-gone)))
			high = max(high, weight)
			points = append(points, point{chance: chance, log: weight})
		}
	}
	total := 0.0
	for i := range points {
		points[i].weight = math.Exp(points[i].log - high)
		total += points[i].weight
	}
	slices.SortFunc(points, func(a, b point) int {
		if a.chance < b.chance {
			return -1
		}
		if a.chance > b.chance {
			return 1
		}
		return 0
	})
	band, sum := [2]float64{0, 1}, 0.0
	for _, at := range points {
		before := sum
		sum += at.weight / total
		if before < 0.1 && sum >= 0.1 {
			band[0] = at.chance
		}
		if before < 0.9 && sum >= 0.9 {
			band[1] = at.chance
		}
	}
	return band
}
