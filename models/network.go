package models

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// Partner is a provider in the picture of a practice's network.
type Partner struct {
	RelationshipID RelationshipID
	ProviderID     ProviderID
	Name           string
	Discipline     string // as the directory says it; empty where it is not known
	In, Out        int    // referrals in the window
	Week           int    // in the last seven days, both directions
	Usual          float64
	Status         HealthStatus
	Score          *int
}

// Total is both directions together.
func (p Partner) Total() int { return p.In + p.Out }

// ReferralStep is how many referrals came as far, each way.
type ReferralStep struct {
	Step    string
	In, Out int
}

// NetworkView is who refers to whom in a practice's network, with real counts.
type NetworkView struct {
	Practice      PracticeID
	PracticeName  string
	Since, On     Date
	Partners      []Partner // those with a referral in the window first, the most in front
	In, Out       int
	Concentration *Concentration // of what came in; nil where nothing did
	Funnel        []ReferralStep
	Offices       []FunnelStep // at each stage of the outreach
	Movers        []Partner
}

// movesBy is by how many referrals a week is like any other: one more or less
// is no news.
const movesBy = 1

// NewNetworkView puts partners into order and measures them.
func NewNetworkView(p Practice, today Date, partners []Partner, funnel []ReferralStep) NetworkView {
	v := NetworkView{Practice: p.ID, PracticeName: p.Name, Since: today.AddDays(1 - HealthWindowDays), On: today, Partners: slices.Clone(partners), Funnel: funnel}
	slices.SortStableFunc(v.Partners, func(a, b Partner) int { return cmp.Or(b.Total()-a.Total(), cmp.Compare(a.Name, b.Name)) })
	sent := make([]int, len(partners))
	for i, n := range v.Partners {
		v.In, v.Out, sent[i] = v.In+n.In, v.Out+n.Out, n.In
		if math.Abs(n.Move()) > movesBy {
			v.Movers = append(v.Movers, n)
		}
	}
	if c, ok := ConcentrationOf(sent); ok {
		v.Concentration = &c
	}
	slices.SortStableFunc(v.Movers, func(a, b Partner) int { return cmp.Compare(math.Abs(b.Move()), math.Abs(a.Move())) })
	v.Movers = v.Movers[:min(10, len(v.Movers))]
	return v
}

// Move is this week beside a usual one of the twelve before.
func (p Partner) Move() float64 { return float64(p.Week) - p.Usual }

// Rows are the partners as a table, with its head.
func (v NetworkView) Rows() [][]string {
	out := [][]string{{"provider_id", "name", "discipline", "referrals_in", "referrals_out", "last_week", "usual_week", "status", "score"}}
	for _, p := range v.Partners {
		score := ""
		if p.Score != nil {
			score = strconv.Itoa(*p.Score)
		}
		out = append(out, []string{string(p.ProviderID), harmless(p.Name), harmless(p.Discipline), strconv.Itoa(p.In), strconv.Itoa(p.Out), strconv.Itoa(p.Week),
			strconv.FormatFloat(p.Usual, 'f', 2, 64), string(p.Status), score})
	}
	return out
}

// harmless keeps a spreadsheet from reading a text as a formula.
func harmless(s string) string {
	if s != "" && slices.Contains([]byte("=+-@\t\r"), s[0]) {
		return "'" + s
	}
	return s
}
