// Package stillreferring estimates whether somebody who referred before still
// does: the BG/NBD model of Fader, Hardie and Lee, Marketing Science 24 (2005)
// 275-284. A referrer refers at their own steady rate until, after any
// referral, they stop without saying so. Rates are spread over referrers as a
// gamma(r, alpha), chances to stop as a beta(a, b). Time is in weeks.
//
// A practice has 5 to 100 referrers, too few to fit four parameters. They are
// fitted once over a whole network and fixed; what the model then says of one
// referrer is drawn towards that network, the more so the fewer their
// referrals are.
package stillreferring

import (
	"math"
	"slices"

	"rapport/models"
)

// History is what the model needs to know of a referrer, in weeks. Referrals
// of one day are one.
type History struct {
	Repeats float64 // referrals after the first one (x)
	Recency float64 // from the first to the last (t_x)
	Age     float64 // from the first until now (T)
}

// Parameters are those of a network.
type Parameters struct{ R, Alpha, A, B float64 }

// HistoryOf counts the days of a referrer's referrals; without any before or
// on today it is zero.
func HistoryOf(days []models.Date, today models.Date) History {
	d := distinct(days, today)
	if len(d) == 0 {
		return History{}
	}
	first, last := d[0], d[len(d)-1]
	return History{float64(len(d) - 1), float64(first.DaysUntil(last)) / 7, float64(first.DaysUntil(today)) / 7}
}

func distinct(days []models.Date, today models.Date) []models.Date {
	d := slices.DeleteFunc(slices.Clone(days), func(d models.Date) bool { return d.After(today) })
	slices.Sort(d)
	return slices.Compact(d)
}

func lgamma(x float64) float64 { v, _ := math.Lgamma(x); return v }

// LogLikelihood is how well the parameters explain one history, as a logarithm.
func (p Parameters) LogLikelihood(h History) float64 {
	x := h.Repeats
	a1 := lgamma(p.R+x) - lgamma(p.R) + p.R*math.Log(p.Alpha)
	a2 := lgamma(p.A+p.B) + lgamma(p.B+x) - lgamma(p.B) - lgamma(p.A+p.B+x)
	a3 := -(p.R + x) * math.Log(p.Alpha+h.Age)
	if x == 0 {
		return a1 + a2 + a3
	}
	a4 := math.Log(p.A) - math.Log(p.B+x-1) - (p.R+x)*math.Log(p.Alpha+h.Recency)
	high := max(a3, a4)
	return a1 + a2 + high + math.Log(math.Exp(a3-high)+math.Exp(a4-high))
}

// Alive is the chance that the referrer has not stopped. For somebody who
// referred once it is 1 whatever time has passed: the model lets nobody stop
// before a second referral, so Assess gives them a class of their own.
func (p Parameters) Alive(h History) float64 {
	if h.Repeats == 0 {
		return 1
	}
	return 1 / (1 + math.Exp(p.logOddsStopped(h)))
}

func (p Parameters) logOddsStopped(h History) float64 {
	return math.Log(p.A) - math.Log(p.B+h.Repeats-1) + (p.R+h.Repeats)*(math.Log(p.Alpha+h.Age)-math.Log(p.Alpha+h.Recency))
}

// Expected is how many referrals after their first one somebody of the network
// makes in t weeks.
func (p Parameters) Expected(t float64) float64 { return p.ahead(0, p.Alpha, t) }

// ExpectedNext is how many referrals somebody with this history makes in the
// next t weeks.
func (p Parameters) ExpectedNext(h History, t float64) float64 {
	return p.ahead(h.Repeats, p.Alpha+h.Age, t) * p.Alive(h)
}

// ahead is the expectation of somebody who has not stopped. The paper writes
//
//	(c/e) (1 - (1-z)^(r+x) F(r+x, b+x; c; z)), c = a+b+x-1, e = a-1, z = t/(known+t)
//
// which vanishes over zero at a = 1 and overflows for many referrals. Euler's
// transformation turns the right part into (1-z)^e F(a+b-1-r, e; c; z), whose
// series begins 1 + e…, so that e divides out of it term by term.
func (p Parameters) ahead(x, known, t float64) float64 {
	if t <= 0 {
		return 0
	}
	e, c, z := p.A-1, p.A+p.B+x-1, t/(known+t)
	rest := math.Log(known / (known + t)) // log(1-z)
	n := 1.0
	term := (p.A + p.B - 1 - p.R) * z
	sum := term
	for ; n < 1e6 && math.Abs(term) > 1e-17*math.Abs(sum); n++ {
		term *= (p.A + p.B - 1 - p.R + n) * (e + n) * z / ((c + n) * (n + 1))
		sum += term
	}
	shrunk := rest
	if e != 0 {
		shrunk = math.Expm1(e*rest) / e
	}
	return -(c*shrunk + math.Exp(e*rest)*sum)
}

// Chance is the probability of exactly n referrals after the first one within
// t weeks.
func (p Parameters) Chance(n int, t float64) float64 {
	x, z := float64(n), t/(p.Alpha+t)
	beta := func(a, b float64) float64 { return lgamma(a) + lgamma(b) - lgamma(a+b) }
	count := func(j float64) float64 { // exactly j by somebody who never stops
		return math.Exp(lgamma(p.R+j) - lgamma(p.R) - lgamma(j+1) + p.R*math.Log(p.Alpha/(p.Alpha+t)) + j*math.Log(z))
	}
	if t <= 0 {
		if n == 0 {
			return 1
		}
		return 0
	}
	chance := math.Exp(beta(p.A, p.B+x)-beta(p.A, p.B)) * count(x)
	if n == 0 {
		return chance
	}
	// x or more, summed from x upwards: one minus the lower part loses its digits
	more, term := 0.0, count(x)
	for j := x; j < x+1e6 && term > max(1e-17*more, 1e-300); j++ {
		more += term
		term *= (p.R + j) / (j + 1) * z
	}
	return chance + math.Exp(beta(p.A+1, p.B+x-1)-beta(p.A, p.B))*more
}
