package models

import (
	"math"
	"slices"
)

// Threshold holds the minimal detectable change (beyond measurement error) and
// the minimal clinically important change of an instrument, in its unit. nil
// means that none is known and the test is "not assessed".
type Threshold struct {
	MDC      *float64 `json:"mdc"`
	MCID     *float64 `json:"mcid"`
	Citation string   `json:"citation"`
}

type thresholdKey struct {
	instrument InstrumentKey
	region     RegionKey
}

var thresholds = readThresholds()

func readThresholds() map[thresholdKey]Threshold {
	all := map[thresholdKey]Threshold{}
	for _, r := range readTable("thresholds.csv") {
		all[thresholdKey{InstrumentKey(r["instrument"]), RegionKey(r["region"])}] = Threshold{r.number("mdc"), r.number("mcid"), r["citation"]}
	}
	return all
}

// ThresholdOf gives the one threshold of an instrument for a region: the
// region's own where a study gives it, else the instrument's.
func ThresholdOf(instrument InstrumentKey, region RegionKey) Threshold {
	if t, ok := thresholds[thresholdKey{instrument, region}]; ok {
		return t
	}
	return thresholds[thresholdKey{instrument: instrument}]
}

// Trend says which way a change goes for the client, whatever the sign.
type Trend string

// The trends.
const (
	TrendBetter Trend = "better"
	TrendWorse  Trend = "worse"
	TrendSame   Trend = "same"
)

// ChangeVerdict is a change between two readings. BeyondMDC and BeyondMCID
// are about its size in either direction, nil = not assessed. Real says that
// it is for the better and reaches the larger of MDC and MCID (Young 2009: an
// important change smaller than the error proves nothing); where one of them
// is unknown, the known one decides, and where both are, nothing is real.
type ChangeVerdict struct {
	Delta      float64  `json:"delta"`
	Percent    *float64 `json:"percent"` // of the baseline, nil at baseline 0
	Direction  Trend    `json:"direction"`
	BeyondMDC  *bool    `json:"beyond_mdc"`
	BeyondMCID *bool    `json:"beyond_mcid"`
	Real       bool     `json:"real"`
}

// Change compares now with the baseline, both in the instrument's unit. For a
// rating of change (GRC) the reading itself is the change, since care began.
func Change(instrument InstrumentKey, region RegionKey, baseline, now float64) ChangeVerdict {
	in, ok := LookupInstrument(instrument)
	if !ok {
		return ChangeVerdict{Direction: TrendSame}
	}
	if in.RatesChange() {
		baseline = 0
	}
	v := ChangeVerdict{Delta: round(now-baseline, 1e6), Direction: TrendSame}
	if baseline != 0 {
		p := round(100*v.Delta/baseline, 10)
		v.Percent = &p
	}
	if v.Delta != 0 {
		v.Direction = TrendWorse
		if v.Delta > 0 == in.HigherBetter {
			v.Direction = TrendBetter
		}
	}
	t := ThresholdOf(instrument, region)
	v.BeyondMDC, v.BeyondMCID = reaches(v.Delta, t.MDC), reaches(v.Delta, t.MCID)
	fails := func(b *bool) bool { return b != nil && !*b }
	assessed := v.BeyondMDC != nil || v.BeyondMCID != nil
	v.Real = v.Direction == TrendBetter && assessed && !fails(v.BeyondMDC) && !fails(v.BeyondMCID)
	return v
}

func reaches(delta float64, limit *float64) *bool {
	if limit == nil {
		return nil
	}
	b := math.Abs(delta) >= *limit
	return &b
}

// round rounds to 1/unit and takes away the minus of zero.
func round(v, unit float64) float64 { return math.Round(v*unit)/unit + 0 }

type band struct {
	instrument InstrumentKey
	low        float64
	label      string
}

var bands = readBands()

func readBands() []band {
	var all []band
	for _, r := range readTable("bands.csv") {
		all = append(all, band{InstrumentKey(r["instrument"]), r.must("low"), r["label"]})
	}
	slices.SortStableFunc(all, func(a, b band) int { return int(a.low - b.low) })
	return all
}

// Band names the severity of an NDI (points of 50) or ODI (percent) value, in
// words that may be shown to the client; "" for other instruments. Published
// bands are whole numbers, so a fraction is rounded first, halves up.
func Band(instrument InstrumentKey, value float64) string {
	label := ""
	for _, b := range bands {
		if b.instrument == instrument && math.Floor(value+0.5) >= b.low {
			label = b.label
		}
	}
	return label
}
