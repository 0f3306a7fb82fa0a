package models

import (
	"math"
	"strconv"

	"rapport/models/fault"
)

// Score is what answers come to. Value is in the instrument's unit (NDI:
// points of 50, ODI: percent). Percent is set for NDI and ODI. Both have one
// decimal, halves rounded up: 16 of 45 is 35.6 percent, where paper forms
// print 35.5.
type Score struct {
	Value    float64  `json:"value"`
	Percent  *float64 `json:"percent,omitempty"`
	Sum      int      `json:"sum"`
	Answered int      `json:"answered"`
}

// ScoreAnswers scores a form. An answer that is nil, or missing at the end of
// a short list, was left out. The refusals are measure.instrument,
// measure.answers (too many, too few) and measure.answer_range.
func ScoreAnswers(key InstrumentKey, answers []*int) (Score, error) {
	var l fault.List
	score := scoreAnswers(key, answers, "", &l)
	return score, l.Invalid("The answers cannot be scored.")
}

func scoreAnswers(key InstrumentKey, answers []*int, pointer string, l *fault.List) Score {
	in, ok := LookupInstrument(key)
	if !ok {
		l.Add("measure.instrument", pointer+"/instrument", "This is not a known instrument.")
		return Score{}
	}
	score, ok := in.count(answers, pointer+"/answers", l)
	if !ok {
		return Score{}
	}
	sum, n := score.Sum, score.Answered
	switch in.scoring {
	case "scaled": // the mean of the others stands in for what was left out
		score.Value = tenths(sum*in.Items, n)
		score.Percent = percent(sum, n*in.ItemMax)
	case "percent":
		score.Percent = percent(sum, n*in.ItemMax)
		score.Value = *score.Percent
	case "mean":
		score.Value = tenths(sum, n)
	case "dash": // ((sum/n) - 1) * 25
		score.Value = tenths(25*(sum-n), n)
	default: // value, sum, count
		score.Value = float64(sum)
	}
	return score
}

// count adds up the answers and says whether they can be scored.
func (in Instrument) count(answers []*int, pointer string, l *fault.List) (Score, bool) {
	var s Score
	if in.Items == 0 || len(answers) > in.Items {
		l.Add("measure.answers", pointer, in.answersRule())
		return s, false
	}
	ok := true
	for i, a := range answers {
		if a == nil {
			continue
		}
		if *a < in.ItemMin || *a > in.ItemMax {
			ok = false
			l.Put(fault.Violation{Code: "measure.answer_range", Pointer: pointer + "/" + strconv.Itoa(i),
				Message: "An answer lies between " + strconv.Itoa(in.ItemMin) + " and " + strconv.Itoa(in.ItemMax) + ".",
				Allowed: []int{in.ItemMin, in.ItemMax}})
			continue
		}
		s.Sum += *a
		s.Answered++
	}
	// On the Roland-Morris an item left out counts as no, so a short list
	// would be scored as health: it must be complete.
	short := in.scoring == "count" && len(answers) != in.Items
	if ok && (s.Answered < in.AnsweredMin || short) {
		ok = false
		l.Add("measure.answers", pointer, in.answersRule())
	}
	return s, ok
}

func (in Instrument) answersRule() string {
	items, least := strconv.Itoa(in.Items), strconv.Itoa(in.AnsweredMin)
	switch {
	case in.Items == 0:
		return in.Name + " takes a value, not answers."
	case in.scoring == "count":
		return in.Name + " takes " + items + " answers, 1 for a tick and 0 or null for none."
	case in.AnsweredMin == in.Items:
		return in.Name + " needs all " + items + " of its answers."
	default:
		return in.Name + " takes " + items + " answers, at least " + least + " of them given."
	}
}

// tenths divides to one decimal, halves up, without binary error; num >= 0.
func tenths(num, den int) float64 { return float64((20*num+den)/(2*den)) / 10 }

func percent(num, den int) *float64 { p := tenths(100*num, den); return &p }

// validateValue adds what is wrong with a value typed from a form.
func (in Instrument) validateValue(v float64, pointer string, l *fault.List) {
	switch {
	case !(v >= in.Min && v <= in.Max): // NaN fails too
		l.Put(fault.Violation{Code: "measure.range", Pointer: pointer, Allowed: []float64{in.Min, in.Max},
			Message: in.Name + " lies between " + plain(in.Min) + " and " + plain(in.Max) + " (" + in.Unit + ")."})
	case in.Whole && v != math.Trunc(v):
		l.Add("measure.whole", pointer, in.Name+" is a whole number.")
	}
}

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
