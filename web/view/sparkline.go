package view

import (
	"fmt"
	"strconv"
	"strings"

	"rapport/models"
)

// Sparkline is a measure over time.
type Sparkline struct {
	ID          string
	Words       string // "NPRS: 7, 5, 3 (lower is better)"
	Points      []float64
	Min, Max    float64
	First, Last string // under the ends of the line
}

type point struct{ X, Y float64 }

func (s Sparkline) plot() []point {
	span := s.Max - s.Min
	if span <= 0 {
		span = 1
	}
	out := make([]point, len(s.Points))
	for i, v := range s.Points {
		x := 120.0
		if n := len(s.Points) - 1; n > 0 {
			x = 12 + 216*float64(i)/float64(n)
		}
		out[i] = point{x, 54 - 46*(v-s.Min)/span}
	}
	return out
}

func (s Sparkline) line() string {
	var b strings.Builder
	for _, p := range s.plot() {
		fmt.Fprintf(&b, "%.1f,%.1f ", p.X, p.Y)
	}
	return strings.TrimSpace(b.String())
}

func (s Sparkline) radius(i int) string {
	if i == len(s.Points)-1 {
		return "4.5"
	}
	return "3"
}

// Number writes a value without needless digits.
func Number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func pips(v models.Visits) int { return max(v.Allowed, 6) }

func loopWords(state string) string {
	switch state {
	case "done":
		return ", done"
	case "now":
		return ", now"
	}
	return ", to come"
}
