package models

import (
	"math"
	"testing"
)

func about(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestReciprocityIsEvennessOfGivingAndTaking(t *testing.T) {
	for _, c := range []struct {
		in, out int
		want    float64
		ok      bool
	}{{6, 3, 2.0 / 3, true}, {3, 6, 2.0 / 3, true}, {4, 4, 1, true}, {5, 0, 0, true}, {0, 0, 0, false}, {-1, 2, 0, false}} {
		got, ok := Reciprocity(c.in, c.out)
		if ok != c.ok {
			t.Errorf("%d in, %d out: defined %v", c.in, c.out, ok)
		}
		about(t, "reciprocity", got, c.want)
	}
}

func TestConcentrationOfSources(t *testing.T) {
	for _, c := range []struct {
		name string
		sent []int
		want Concentration
		ok   bool
	}{
		{"uneven", []int{3, 10, 1, 5, 1, 0}, Concentration{5, 0.34, 1 / 0.34, 0.175, 0.44}, true},
		{"all equal", []int{4, 4, 4, 4}, Concentration{4, 0.25, 4, 0, 0}, true},
		{"one source", []int{7}, Concentration{1, 1, 1, 1, 0}, true},
		{"none", []int{0, 0}, Concentration{}, false},
		{"nobody", nil, Concentration{}, false},
	} {
		got, ok := ConcentrationOf(c.sent)
		if ok != c.ok || got.Sources != c.want.Sources {
			t.Errorf("%s: %+v, defined %v", c.name, got, ok)
		}
		about(t, c.name+": Herfindahl", got.Herfindahl, c.want.Herfindahl)
		about(t, c.name+": effective sources", got.Effective, c.want.Effective)
		about(t, c.name+": normalised", got.Normalised, c.want.Normalised)
		about(t, c.name+": Gini", got.Gini, c.want.Gini)
	}
}
