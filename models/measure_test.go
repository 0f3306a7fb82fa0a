package models_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rapport/models"
	"rapport/models/fault"
)

func answers(t *testing.T, text string) []*int {
	t.Helper()
	var all []*int
	for _, f := range strings.Fields(text) {
		if f == "-" {
			all = append(all, nil)
			continue
		}
		n, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &n)
	}
	return all
}

func number(p *float64) string {
	if p == nil {
		return ""
	}
	return strconv.FormatFloat(*p, 'f', -1, 64)
}

func TestScoringFollowsThePublishedVectors(t *testing.T) {
	for _, v := range vectors(t, "scoring_vectors.csv") {
		s, err := models.ScoreAnswers(models.InstrumentKey(v[0]), answers(t, v[1]))
		if v[4] != "" {
			e, ok := fault.As(err)
			if !ok || e.Violations[0].Code != v[4] {
				t.Errorf("%s %s: got %v, want %s", v[0], v[1], err, v[4])
			}
			continue
		}
		if err != nil || number(&s.Value) != v[2] || number(s.Percent) != v[3] {
			t.Errorf("%s %s: got %v, %s percent, %v; want %s, %s percent", v[0], v[1], s.Value, number(s.Percent), err, v[2], v[3])
		}
	}
	if _, err := models.ScoreAnswers("sf36", nil); err == nil {
		t.Error("an unknown instrument was scored")
	}
}

func TestScoresStayInTheInstrumentsRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SampledFrom(models.Instruments()).Draw(t, "instrument")
		if in.Items == 0 {
			return
		}
		given := make([]*int, in.Items)
		for i := range given {
			if i < in.AnsweredMin || rapid.Bool().Draw(t, "given") {
				n := rapid.IntRange(in.ItemMin, in.ItemMax).Draw(t, "answer")
				given[i] = &n
			}
		}
		s, err := models.ScoreAnswers(in.Key, given)
		if err != nil || s.Value < in.Min || s.Value > in.Max {
			t.Fatalf("%s: %+v, %v", in.Key, s, err)
		}
		if s.Percent != nil && (*s.Percent < 0 || *s.Percent > 100) {
			t.Fatalf("%s: %v percent", in.Key, *s.Percent)
		}
		var l fault.List
		r := models.Reading{Instrument: in.Key, Value: &s.Value, Answers: given, Taken: models.TakenBefore}
		if again := r.Validate("/measures/0", &l); len(l.Items()) > 0 || again.Value != s.Value {
			t.Fatalf("%s: %v", in.Key, l.Items())
		}
	})
}

func TestReadingNamesEverythingThatIsWrong(t *testing.T) {
	v := func(f float64) *float64 { return &f }
	one := func(n int) []*int { return []*int{&n} }
	for _, c := range []struct {
		name string
		r    models.Reading
		want []string
	}{
		{"pain", models.Reading{Instrument: "nprs", Value: v(0), Taken: "before"}, nil},
		{"pain as an answer", models.Reading{Instrument: "nprs", Answers: one(4), Taken: "after", Region: "neck"}, nil},
		{"pain of a side", models.Reading{Instrument: "nprs", Value: v(4), Taken: "after", Region: "neck", Side: "left"}, nil},
		{"too much pain", models.Reading{Instrument: "nprs", Value: v(11), Taken: "before"}, []string{"measure.range /m/value"}},
		{"half a point of pain", models.Reading{Instrument: "nprs", Value: v(4.5), Taken: "before"}, []string{"measure.whole /m/value"}},
		{"not a number", models.Reading{Instrument: "odi", Value: v(math.NaN()), Taken: "before"}, []string{"measure.range /m/value"}},
		{"nothing", models.Reading{Instrument: "nprs"}, []string{"measure.taken /m/taken", "measure.required /m"}},
		{"unknown", models.Reading{Instrument: "x", Value: v(1), Taken: "before"}, []string{"measure.instrument /m/instrument"}},
		{"answers disagree", models.Reading{Instrument: "nprs", Value: v(3), Answers: one(4), Taken: "before"}, []string{"measure.mismatch /m/value"}},
		{"answer out of range", models.Reading{Instrument: "nprs", Answers: one(12), Taken: "before"}, []string{"measure.answer_range /m/answers/0"}},
		{"motion on pain", models.Reading{Instrument: "nprs", Value: v(3), Taken: "before", Motion: "flexion"}, []string{"measure.motion /m/motion"}},
		{"side without region", models.Reading{Instrument: "nprs", Value: v(3), Taken: "before", Side: "left"}, []string{"measure.region_required /m/region"}},
		{"side of the head", models.Reading{Instrument: "nprs", Value: v(3), Taken: "before", Region: "head", Side: "left"}, []string{"region.side_not_applicable /m/side"}},
		{"rotation", models.Reading{Instrument: "rom", Value: v(62), Taken: "before", Region: "neck", Motion: "rotation", Side: "left"}, nil},
		{"flexion", models.Reading{Instrument: "rom", Value: v(40), Taken: "before", Region: "neck", Motion: "flexion"}, nil},
		{"rotation of both sides", models.Reading{Instrument: "rom", Value: v(62), Taken: "before", Region: "neck", Motion: "rotation", Side: "both"}, []string{"measure.side /m/side"}},
		{"flexion with a side", models.Reading{Instrument: "rom", Value: v(40), Taken: "before", Region: "neck", Motion: "flexion", Side: "left"}, []string{"measure.side /m/side"}},
		{"no such motion", models.Reading{Instrument: "rom", Value: v(40), Taken: "before", Region: "knee", Motion: "rotation"}, []string{"measure.motion /m/motion"}},
		{"motion of nothing", models.Reading{Instrument: "rom", Value: v(181), Taken: "before"}, []string{"measure.region_required /m/region", "measure.range /m/value"}},
	} {
		var l fault.List
		c.r.Validate("/m", &l)
		if got := codes(l.Items()); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTypedValueCarriesThePercent(t *testing.T) {
	for key, want := range map[models.InstrumentKey]string{models.NDI: "40", models.ODI: "20", models.NPRS: ""} {
		var l fault.List
		value := map[models.InstrumentKey]float64{models.NDI: 20, models.ODI: 20, models.NPRS: 4}[key]
		s := models.Reading{Instrument: key, Value: &value, Taken: models.TakenAfter}.Validate("", &l)
		if s.Value != value || number(s.Percent) != want {
			t.Errorf("%s: got %v, %s percent, want %s", key, s.Value, number(s.Percent), want)
		}
	}
}

func TestChangeIsRealWhenItReachesTheLargerThresholdForTheBetter(t *testing.T) {
	yes, no := "yes", "no"
	for _, c := range []struct {
		name          string
		instrument    models.InstrumentKey
		region        models.RegionKey
		baseline, now float64
		trend         models.Trend
		mdc, mcid     string
		real          bool
	}{
		{"NDI between MCID and MDC", models.NDI, "", 30, 20, models.TrendBetter, no, yes, false},
		{"NDI below both", models.NDI, "", 30, 25, models.TrendBetter, no, no, false},
		{"NDI reaches MDC", models.NDI, "neck", 30.2, 20, models.TrendBetter, yes, yes, true},
		{"NDI worse", models.NDI, "", 20, 35, models.TrendWorse, yes, yes, false},
		{"ODI reaches both exactly", models.ODI, "", 42, 32, models.TrendBetter, yes, yes, true},
		{"PSFS rises", models.PSFS, "", 2.2, 4.3, models.TrendBetter, yes, yes, true},
		{"PSFS falls", models.PSFS, "", 4.3, 2.2, models.TrendWorse, yes, yes, false},
		{"PSFS between", models.PSFS, "", 2, 4, models.TrendBetter, no, yes, false},
		{"LEFS rises", models.LEFS, "", 40, 49, models.TrendBetter, yes, yes, true},
		{"pain without region", models.NPRS, "", 6, 4, models.TrendBetter, "", yes, true},
		{"pain of the neck", models.NPRS, "neck", 6, 4, models.TrendBetter, no, yes, false},
		{"pain of the low back", models.NPRS, "low_back", 6, 4, models.TrendBetter, yes, yes, true},
		{"pain of the knee takes the general", models.NPRS, "knee", 6, 5, models.TrendBetter, "", no, false},
		{"motion within the error", models.ROM, "neck", 50, 54, models.TrendBetter, no, "", false},
		{"motion beyond the error", models.ROM, "neck", 50, 55, models.TrendBetter, yes, "", true},
		{"no change", models.RMDQ, "", 7, 7, models.TrendSame, "", no, false},
		{"rating of change ignores the baseline", models.GRC15, "", 2, 3, models.TrendBetter, "", yes, true},
		{"rating of change for the worse", models.GRC11, "", 0, -3, models.TrendWorse, yes, yes, false},
		{"unknown instrument", "x", "", 1, 2, models.TrendSame, "", "", false},
	} {
		v := models.Change(c.instrument, c.region, c.baseline, c.now)
		if v.Direction != c.trend || word(v.BeyondMDC) != c.mdc || word(v.BeyondMCID) != c.mcid || v.Real != c.real {
			t.Errorf("%s: got %+v, beyond MDC %q, beyond MCID %q", c.name, v, word(v.BeyondMDC), word(v.BeyondMCID))
		}
	}
	v := models.Change(models.NPRS, "", 6, 4)
	if v.Delta != -2 || number(v.Percent) != "-33.3" {
		t.Errorf("got %v, %s percent, want -2, -33.3 percent", v.Delta, number(v.Percent))
	}
	if models.Change(models.NPRS, "", 0, 4).Percent != nil {
		t.Error("a percent of nothing was given")
	}
}

func word(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	default:
		return "no"
	}
}

func TestChangeBackIsTheOppositeChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SampledFrom(models.Instruments()).Draw(t, "instrument")
		if in.RatesChange() {
			return
		}
		a := rapid.Float64Range(in.Min, in.Max).Draw(t, "a")
		b := rapid.Float64Range(in.Min, in.Max).Draw(t, "b")
		there, back := models.Change(in.Key, "", a, b), models.Change(in.Key, "", b, a)
		if there.Delta != -back.Delta || there.Real && back.Real || word(there.BeyondMDC) != word(back.BeyondMDC) {
			t.Fatalf("%+v and back %+v", there, back)
		}
	})
}

func TestEveryThresholdBelongsToAnInstrumentAndNamesItsSource(t *testing.T) {
	for _, in := range models.Instruments() {
		if th := models.ThresholdOf(in.Key, ""); th.Citation == "" || th.MDC == nil && th.MCID == nil {
			t.Errorf("%s has no threshold: %+v", in.Key, th)
		}
		if in.Citation == "" || in.Unit == "" || in.Name == "" {
			t.Errorf("%s is incomplete", in.Key)
		}
	}
	if th := models.ThresholdOf("x", ""); th.MDC != nil || th.MCID != nil {
		t.Errorf("an unknown instrument has %+v", th)
	}
}

func TestBandsUseTheirOwnUnitAndKindWords(t *testing.T) {
	for _, c := range []struct {
		key   models.InstrumentKey
		value float64
		want  string
	}{
		{models.NDI, 0, "none"}, {models.NDI, 4, "none"}, {models.NDI, 4.5, "mild"}, {models.NDI, 14, "mild"}, {models.NDI, 15, "moderate"},
		{models.NDI, 34, "severe"}, {models.NDI, 35, "complete"}, {models.NDI, 50, "complete"},
		{models.ODI, 20, "minimal"}, {models.ODI, 20.4, "minimal"}, {models.ODI, 20.5, "moderate"}, {models.ODI, 40, "moderate"},
		{models.ODI, 41, "severe"}, {models.ODI, 61, "very severe"}, {models.ODI, 100, "very severe"}, {models.NPRS, 5, ""},
	} {
		if got := models.Band(c.key, c.value); got != c.want {
			t.Errorf("%s %v: got %q, want %q", c.key, c.value, got, c.want)
		}
	}
}

func TestEveryMotionBelongsToARegion(t *testing.T) {
	for _, m := range models.Motions() {
		r, ok := models.LookupRegion(m.Region)
		if !ok || m.Sided && !r.Lateral || m.Source == "" || m.Reference < 0 || m.Reference > 180 {
			t.Errorf("%+v does not fit the region table", m)
		}
	}
	if m, ok := models.LookupMotion("neck", "rotation"); !ok || m.Reference != 80 || !m.Sided {
		t.Errorf("got %+v, %v", m, ok)
	}
}

func TestReadingsOfOneSeriesShareInstrumentAndPlace(t *testing.T) {
	a := models.Reading{Instrument: "rom", Region: "neck", Motion: "rotation", Side: "left", Taken: "before"}
	b := a
	b.Taken = models.TakenAfter
	if a.Series() != b.Series() {
		t.Error("before and after are two series")
	}
	b.Side = models.SideRight
	if a.Series() == b.Series() {
		t.Error("left and right are one series")
	}
}
