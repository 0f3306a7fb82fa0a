package models

// HealthRung is a rung of the ladder: the first that holds gives the status.
type HealthRung struct {
	Status HealthStatus
	When   string
	holds  func(f HealthFacts, score *int) bool
}

// The bounds of the ladder.
const (
	oneSidedBelow = 1.0 / 3 // reciprocity
	coolingBelow  = 2.0 / 3 // momentum
	goneBelow     = 0.5     // the chance that they still refer
	thrivingFrom  = 75      // score
	enoughToJudge = 3       // referrals in the window
)

// healthLadder is the table of docs/health.md; a test compares them word by word.
var healthLadder = []HealthRung{
	{HealthNew, "no referral in either direction yet", func(f HealthFacts, _ *int) bool { return f.In.Ever+f.Out.Ever == 0 }},
	{HealthOneTime, "they referred on one day only, ever", func(f HealthFacts, _ *int) bool { return f.Still.Class == ReferrerOnce }},
	{HealthSilent, "they referred before and are silent for longer than twice their own median gap, six weeks at least; or nothing went either way in 365 days", HealthFacts.silent},
	{HealthOneSided, "they take patients, and reciprocity is under 1/3 with 3 or more referrals in 365 days, or nothing came in at all", HealthFacts.oneSided},
	{HealthCooling, "momentum is under 2/3, or the chance that they still refer is under 50 percent", HealthFacts.cooling},
	{HealthThriving, "score is 75 or more, momentum is 1 or more, and they referred 3 times or more in 365 days", HealthFacts.thriving},
	{HealthSteady, "everything else", func(HealthFacts, *int) bool { return true }},
}

// HealthLadder is the written ladder, from its first rung to its last.
func HealthLadder() []HealthRung { return append([]HealthRung(nil), healthLadder...) }

// HealthStatuses lists the statuses in the order of PRODUCT §3.11.
func HealthStatuses() []HealthStatus {
	return []HealthStatus{HealthNew, HealthOneTime, HealthSilent, HealthOneSided, HealthCooling, HealthSteady, HealthThriving}
}

func (f HealthFacts) rung(score *int) HealthRung {
	for _, r := range healthLadder {
		if r.holds(f, score) {
			return r
		}
	}
	return healthLadder[len(healthLadder)-1]
}

func (f HealthFacts) silent(*int) bool {
	return f.Still.Class == ReferrerSilent || f.In.Window+f.Out.Window == 0
}

func (f HealthFacts) oneSided(*int) bool {
	v, ok := f.evenness()
	return ok && (f.In.Window == 0 || v < oneSidedBelow && f.In.Window+f.Out.Window >= enoughToJudge)
}

func (f HealthFacts) cooling(*int) bool {
	ratio, _, ok := f.pace()
	return ok && ratio < coolingBelow || f.Still.Alive != nil && *f.Still.Alive < goneBelow
}

func (f HealthFacts) thriving(score *int) bool {
	ratio, _, ok := f.pace()
	return score != nil && *score >= thrivingFrom && ok && ratio >= 1 && f.In.Window >= enoughToJudge
}
