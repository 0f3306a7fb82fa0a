package models

import (
	"fmt"
	"math"
)

// plural is "1 referral", "3 referrals".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func percentOf(v float64) int { return int(math.Round(100 * v)) }

func (f HealthFacts) flow() HealthPart {
	n := float64(f.In.Window + f.Out.Window)
	p := HealthPart{Name: PartFlow, Value: &n, Reason: "No referral in either direction in the last 365 days.", Figures: []Figure{
		{"in", float64(f.In.Window)}, {"in_first", float64(f.In.First)}, {"in_repeat", float64(f.In.Window - f.In.First)},
		{"out", float64(f.Out.Window)}, {"out_first", float64(f.Out.First)}, {"out_repeat", float64(f.Out.Window - f.Out.First)},
		{"in_ever", float64(f.In.Ever)}, {"out_ever", float64(f.Out.Ever)}}}
	if n > 0 {
		p.Reason = fmt.Sprintf("%d came in and %d went out in the last 365 days; %d of them were the first in their direction.", f.In.Window, f.Out.Window, f.In.First+f.Out.First)
	}
	if f.StatedRate != nil {
		seen := float64(f.In.Window) * 30.4375 / HealthWindowDays
		p.Figures = append(p.Figures, Figure{"stated_per_month", *f.StatedRate}, Figure{"seen_per_month", seen})
		p.Reason += fmt.Sprintf(" They said %.3g a month; %.1f a month come here.", *f.StatedRate, seen)
	}
	return p
}

// pace is the last span beside the mean of the three before it, both counted
// half a referral higher, so that a few do not swing it. Where nothing was sent
// before the last span there is nothing to compare with.
func (f HealthFacts) pace() (ratio, before float64, ok bool) {
	past := f.In.Before + f.Out.Before
	if past == 0 {
		return 0, 0, false
	}
	before = float64(past) / 3
	return (float64(f.In.Recent+f.Out.Recent) + 0.5) / (before + 0.5), before, true
}

func (f HealthFacts) momentumScore() *float64 {
	ratio, _, ok := f.pace()
	if !ok {
		return nil
	}
	return scored(75 * ratio)
}

func (f HealthFacts) momentum(weight int) HealthPart {
	recent := f.In.Recent + f.Out.Recent
	p := HealthPart{Name: PartMomentum, Weight: weight, Score: f.momentumScore(), Figures: []Figure{{"last_90_days", float64(recent)}},
		Reason: "There is no referral from before the last 90 days to compare with."}
	if ratio, before, ok := f.pace(); ok {
		p.Value = &ratio
		p.Figures = append(p.Figures, Figure{"mean_of_90_days_before", before})
		p.Reason = fmt.Sprintf("%s in the last 90 days, %.1f in a usual span of 90 days before.", plural(recent, "referral"), before)
	}
	return p
}

// evenness is the reciprocity of the window; not defined where they take no
// patients, and at none at all.
func (f HealthFacts) evenness() (float64, bool) {
	if f.Accepting == AcceptingNo {
		return 0, false
	}
	return Reciprocity(f.In.Window, f.Out.Window)
}

func (f HealthFacts) reciprocityScore() *float64 {
	v, ok := f.evenness()
	if !ok {
		return nil
	}
	return scored(100 * v)
}

func (f HealthFacts) reciprocity(weight int) HealthPart {
	p := HealthPart{Name: PartReciprocity, Weight: weight, Score: f.reciprocityScore(), Figures: []Figure{{"in", float64(f.In.Window)}, {"out", float64(f.Out.Window)}},
		Reason: "No referral in either direction in the last 365 days."}
	v, ok := f.evenness()
	switch {
	case ok:
		p.Value = &v
		p.Reason = fmt.Sprintf("%d came in, %d went out.", f.In.Window, f.Out.Window)
	case f.Accepting == AcceptingNo:
		p.Reason = "They take no new patients, so nothing can be sent back."
	}
	return p
}

func (f HealthFacts) loops() Share {
	return Share{f.In.Loops.Part + f.Out.Loops.Part, f.In.Loops.Of + f.Out.Loops.Of}
}

func shareScore(s Share) *float64 {
	if s.Of == 0 {
		return nil
	}
	return scored(100 * s.Shrunk())
}

func (f HealthFacts) closureScore() *float64 { return shareScore(f.loops()) }

func (f HealthFacts) closure(weight int) HealthPart {
	return ofShare(HealthPart{Name: PartClosure, Weight: weight, Figures: []Figure{{"in_closed", float64(f.In.Loops.Part)}, {"in_begun", float64(f.In.Loops.Of)},
		{"out_closed", float64(f.Out.Loops.Part)}, {"out_begun", float64(f.Out.Loops.Of)}}}, f.loops(),
		fmt.Sprintf("%d of %d that came in and %d of %d that went out, begun 30 days ago or earlier, were followed to an outcome that was seen.",
			f.In.Loops.Part, f.In.Loops.Of, f.Out.Loops.Part, f.Out.Loops.Of), "No referral was begun 30 days ago or earlier in the last 365 days.")
}

// ofShare is a part that is a share: its value, its band, and a score that is
// drawn towards the middle while the cases are few.
func ofShare(p HealthPart, s Share, reason, without string) HealthPart {
	p.Reason = without
	if s.Of > 0 {
		v, band := s.Value(), s.Band()
		p.Value, p.Band, p.Score, p.Reason = &v, &band, shareScore(s), reason
	}
	return p
}

// A report within goodReportDays is as good as can be, one after badReportDays
// is worth nothing.
const (
	goodReportDays = 2
	badReportDays  = 30
)

func (f HealthFacts) timeToReportScore() *float64 {
	if len(f.Reports) == 0 {
		return nil
	}
	days, _ := MedianWait(f.Reports)
	return scored(100 * float64(badReportDays-days) / (badReportDays - goodReportDays))
}

func (f HealthFacts) timeToReport(weight int) HealthPart {
	p := HealthPart{Name: PartTimeToReport, Weight: weight, Score: f.timeToReportScore(), Reason: "No report was owed in the last 365 days."}
	sent, open := 0, 0
	for _, w := range f.Reports {
		if w.Ended {
			sent += w.Count
		} else {
			open += w.Count
		}
	}
	p.Figures = []Figure{{"sent", float64(sent)}, {"not_sent", float64(open)}}
	if len(f.Reports) == 0 {
		return p
	}
	days, reached := MedianWait(f.Reports)
	p.Reason = fmt.Sprintf("Half of the reports went out within %s of the day they were owed; %d sent, %d not yet.", plural(days, "day"), sent, open)
	if !reached {
		p.Reason = fmt.Sprintf("More than half of the reports are not sent, after up to %s; %d sent, %d not yet.", plural(days, "day"), sent, open)
		return p
	}
	v := float64(days)
	p.Value = &v
	return p
}

func (f HealthFacts) kept() Share {
	return Share{f.KeptByUs.Part + f.KeptByThem.Part, f.KeptByUs.Of + f.KeptByThem.Of}
}

func (f HealthFacts) promisesScore() *float64 { return shareScore(f.kept()) }

func (f HealthFacts) promises(weight int) HealthPart {
	return ofShare(HealthPart{Name: PartPromises, Weight: weight, Figures: []Figure{{"ours_kept", float64(f.KeptByUs.Part)}, {"ours_due", float64(f.KeptByUs.Of)},
		{"theirs_kept", float64(f.KeptByThem.Part)}, {"theirs_due", float64(f.KeptByThem.Of)}}}, f.kept(),
		fmt.Sprintf("%d of our %d and %d of their %d that fell due were kept in time.", f.KeptByUs.Part, f.KeptByUs.Of, f.KeptByThem.Part, f.KeptByThem.Of),
		"No promise fell due in the last 365 days.")
}

// Overdue is by how much of the wanted interval the last contact is too long ago.
func (f HealthFacts) overdue() float64 {
	if f.WantedDays <= 0 {
		return 0
	}
	return float64(max(0, f.SinceContact-f.WantedDays)) / float64(f.WantedDays)
}

func (f HealthFacts) contactScore() *float64 {
	if f.WantedDays <= 0 {
		return nil
	}
	return scored(100 * (1 - f.overdue()))
}

func (f HealthFacts) contact(weight int) HealthPart {
	p := HealthPart{Name: PartContact, Weight: weight, Score: f.contactScore(), Figures: []Figure{{"days_since", float64(f.SinceContact)},
		{"wanted_days", float64(f.WantedDays)}, {"logged", float64(f.Contacts)}}, Reason: "No interval is wished for between contacts."}
	if f.WantedDays <= 0 {
		return p
	}
	v := f.overdue()
	p.Value = &v
	p.Reason = fmt.Sprintf("Reached %s ago; wanted every %s.", plural(f.SinceContact, "day"), plural(f.WantedDays, "day"))
	if !f.Reached {
		p.Reason = fmt.Sprintf("Not reached yet, for %s; wanted every %s.", plural(f.SinceContact, "day"), plural(f.WantedDays, "day"))
	}
	return p
}

func (f HealthFacts) outcomesScore() *float64 { return shareScore(f.Outcomes) }

func (f HealthFacts) outcomes(weight int) HealthPart {
	return ofShare(HealthPart{Name: PartOutcomes, Weight: weight, Figures: []Figure{{"beyond_mcid", float64(f.Outcomes.Part)}, {"measured", float64(f.Outcomes.Of)}}}, f.Outcomes,
		fmt.Sprintf("%d of %d of their patients with two readings changed for the better by more than the smallest change that matters.", f.Outcomes.Part, f.Outcomes.Of),
		"None of their patients has two readings of an instrument that is assessed.")
}

func (f HealthFacts) stillReferring() HealthPart {
	s := f.Still
	p := HealthPart{Name: PartStillReferring, Figures: []Figure{{"days_with_a_referral", float64(s.Days)}}}
	switch {
	case s.Class == ReferrerOnce:
		p.Reason = fmt.Sprintf("One referral, %s ago: too early for a rhythm.", plural(s.SilentDays, "day"))
	case s.Days == 0:
		p.Reason = "They have not referred anybody yet."
	default:
		p.Figures = append(p.Figures, Figure{"silent_days", float64(s.SilentDays)}, Figure{"limit_days", float64(s.LimitDays)})
		p.Reason = fmt.Sprintf("The last one came %s ago; by their own rhythm up to %d are usual.", plural(s.SilentDays, "day"), s.LimitDays)
		if s.Class == ReferrerSilent {
			p.Reason = fmt.Sprintf("Silent for %s; by their own rhythm up to %d are usual.", plural(s.SilentDays, "day"), s.LimitDays)
		}
	}
	if s.Alive == nil {
		return p
	}
	p.Value, p.Band = s.Alive, s.Band
	p.Reason += fmt.Sprintf(" The chance that they still refer is %d percent", percentOf(*s.Alive))
	if s.Band != nil {
		p.Reason += fmt.Sprintf(" (%d to %d)", percentOf(s.Band[0]), percentOf(s.Band[1]))
	}
	if s.Expected90 != nil {
		p.Figures = append(p.Figures, Figure{"expected_90_days", *s.Expected90})
		p.Reason += fmt.Sprintf("; about %.1f are to be expected in the next 90 days", *s.Expected90)
	}
	p.Reason += "."
	return p
}
