package stillreferring

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"rapport/models/fault"
)

var (
	published = Parameters{R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}
	fitted    = Parameters{R: 0.24259, Alpha: 4.41353, A: 0.79289, B: 2.42575}
)

func cdnow(t testing.TB) []History {
	t.Helper()
	f, err := os.Open("testdata/cdnow_summary.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []History
	for _, row := range rows[1:] {
		var v [3]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(row[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, History{v[0], v[1], v[2]})
	}
	return all
}

// near allows one in the last of the digits that are given.
func near(t *testing.T, what string, got, want, last float64) {
	t.Helper()
	if !(math.Abs(got-want) <= last) {
		t.Errorf("%s is %.10g, want %.10g", what, got, want)
	}
}

func TestFitFindsThePublishedParametersOfCDNOW(t *testing.T) {
	all := cdnow(t)
	once, repeats := 0, 0.0
	for _, h := range all {
		repeats += h.Repeats
		if h.Repeats == 0 {
			once++
		}
	}
	if len(all) != 2357 || once != 1411 || repeats != 2457 {
		t.Fatalf("%d customers, %d with no repeat, %v repeats", len(all), once, repeats)
	}
	p, likelihood, err := Fit(all)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "r", p.R, 0.2426, 0.0001)
	near(t, "alpha", p.Alpha, 4.4135, 0.0001)
	near(t, "a", p.A, 0.7929, 0.0001)
	near(t, "b", p.B, 2.4257, 0.0001)
	near(t, "r to five digits", p.R, 0.24259, 0.00001)
	near(t, "alpha to five digits", p.Alpha, 4.41353, 0.00001)
	near(t, "a to five digits", p.A, 0.79289, 0.00001)
	near(t, "b to five digits", p.B, 2.42575, 0.00001)
	near(t, "the log-likelihood", likelihood, -9582.4256, 0.0001)
}

func TestModelGivesTheCheckValues(t *testing.T) {
	near(t, "P(alive | 2, 30.43, 38.86)", published.Alive(History{2, 30.43, 38.86}), 0.726579, 1e-6)
	near(t, "P(alive | 1, 1.71, 38.86)", published.Alive(History{1, 1.71, 38.86}), 0.212101, 1e-6)
	near(t, "P(alive | 5, 10, 38.86)", published.Alive(History{5, 10, 38.86}), 0.024804, 1e-6)
	near(t, "P(alive | 0, 0, 38.86)", published.Alive(History{0, 0, 38.86}), 1, 0)
	near(t, "E[Y(39) | 2, 30.43, 38.86]", published.ExpectedNext(History{2, 30.43, 38.86}, 39), 1.226028, 1e-6)
	near(t, "E[Y(39) | 0, 0, 38.86]", published.ExpectedNext(History{0, 0, 38.86}, 39), 0.195098, 1e-6)
	near(t, "E[X(1)]", published.Expected(1), 0.053268, 1e-6)
	near(t, "E[X(78)]", published.Expected(78), 1.860519, 1e-6)
	near(t, "P(X(39)=0)", published.Chance(0, 39), 0.573786, 1e-6)
	near(t, "P(X(2)=10)", published.Chance(10, 2), 1.0787e-07, 1e-11)
	near(t, "P(X(30)=11)", published.Chance(11, 30), 0.00199952, 1e-8)
	for weeks, want := range map[float64]float64{0.1429: 0.0078, 1: 0.0532, 3: 0.1506, 31.8571: 1.0405, 32: 1.0437, 78: 1.8576} {
		near(t, "E[X] of the fitted parameters", fitted.Expected(weeks), want, 0.0004) // of a fit with other last digits
	}
}

func anyParameters(t *rapid.T) Parameters {
	size := rapid.Float64Range(0.05, 12)
	return Parameters{size.Draw(t, "r"), size.Draw(t, "alpha"), size.Draw(t, "a"), size.Draw(t, "b")}
}

func TestChancesSumToOneAndTheirMeanIsExpected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, weeks := anyParameters(t), rapid.Float64Range(0.1, 20).Draw(t, "weeks")
		p.Alpha += 2 // few enough referrals to add them up
		sum, mean := 0.0, 0.0
		for n := range 1500 {
			c := p.Chance(n, weeks)
			sum, mean = sum+c, mean+float64(n)*c
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Fatalf("%+v, %v weeks: the chances sum to %v", p, weeks, sum)
		}
		if got := p.Expected(weeks); math.Abs(got-mean) > 1e-5*(1+mean) {
			t.Fatalf("%+v, %v weeks: expected %v, the mean is %v", p, weeks, got, mean)
		}
	})
}

func TestExpectationIsSmoothWhereTheFormulaDividesByZero(t *testing.T) {
	h := History{2, 30.43, 38.86}
	at := func(a float64) (float64, float64) {
		p := published
		p.A = a
		return p.Expected(39), p.ExpectedNext(h, 39)
	}
	before, beforeNext := at(1 - 1e-7)
	one, oneNext := at(1)
	after, afterNext := at(1 + 1e-7)
	near(t, "E[X(39)] at a = 1", one, (before+after)/2, 1e-9)
	near(t, "E[Y(39)] at a = 1", oneNext, (beforeNext+afterNext)/2, 1e-9)
}

func TestModelHoldsForManyReferralsAndLongTimes(t *testing.T) {
	h := History{900, 500, 520}
	alive, next := fitted.Alive(h), fitted.ExpectedNext(h, 1000)
	if !(alive > 0 && alive < 1) || !(next > 0 && next < 2000) || math.IsInf(fitted.LogLikelihood(h), 0) {
		t.Errorf("alive %v, next %v, likelihood %v", alive, next, fitted.LogLikelihood(h))
	}
}

func TestFitRefusesWhatCannotBeFitted(t *testing.T) {
	few := cdnow(t)[:29]
	once := make([]History, 200)
	for i := range once {
		once[i].Age = float64(i + 1)
	}
	for name, c := range map[string]struct {
		histories []History
		code      string
	}{
		"too few":               {few, "calibrate.too_few"},
		"nobody referred again": {once, "calibrate.too_few"},
		"last after now":        {append(cdnow(t), History{1, 30, 20}), "calibrate.history_invalid"},
		"half a referral":       {append(cdnow(t), History{1.5, 10, 20}), "calibrate.history_invalid"},
		"not a number":          {append(cdnow(t), History{1, math.NaN(), 20}), "calibrate.history_invalid"},
	} {
		if _, _, err := Fit(c.histories); !errors.Is(err, fault.Invalid) || fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestAFitThatCannotBeComputedKeepsTheParameters(t *testing.T) {
	if _, _, err := descend(func([]float64) float64 { return math.NaN() }); fault.CodeOf(err) != "calibrate.no_fit" {
		t.Errorf("got %v", err)
	}
}
