package models

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"rapport/models/fault"
)

// TimedReading is a reading with the session it was taken in.
type TimedReading struct {
	SessionID SessionID
	At        time.Time
	On        Date
	Reading   Reading
}

// ReportFacts is all that a report is judged by and made of: the sessions and
// bookings of its order within its days, and the readings of the whole order
// up to its last day, because a baseline lies before the second report.
type ReportFacts struct {
	Instruments []InstrumentKey // measures that the prescriber wants reported
	Sessions    []Session
	Bookings    []Booking
	Readings    []TimedReading
}

// Reported says that a session belongs into a report to the prescriber: done
// under the order and not taken back.
func (s Session) Reported() bool {
	return s.State != NoteVoid && (s.Kind == Prescribed || s.Kind == Deviation)
}

// Covers says that a day lies within the report's days, both inclusive.
func (r Report) Covers(d Date) bool { return !d.Before(r.From) && !d.After(r.To) }

// ReportGaps lists everything that stands between a draft and its signature.
func ReportGaps(r Report, f ReportFacts) []fault.Violation {
	var l fault.List
	if r.From.IsZero() || r.To.IsZero() || r.From.After(r.To) {
		l.Add("report.dates", "/from", "The first day of a report is not after its last day.")
	}
	if strings.TrimSpace(r.Narrative.Recommendation) == "" {
		l.Add("report.recommendation", "/narrative/recommendation", "Write what you recommend: continue, change, refer back or discharge.")
	}
	sessionGaps(f.Sessions, &l)
	measureGaps(r, f, &l)
	return l.Items()
}

func sessionGaps(sessions []Session, l *fault.List) {
	if len(sessions) == 0 {
		l.Add("report.no_session", "/from", "A report covers at least one session; there is none of this order in these days.")
	}
	for _, s := range sessions {
		if s.State == NoteOpen {
			l.Put(fault.Violation{Code: "report.session_unsigned", Pointer: "/sessions", Message: "The session of " + string(s.LocalDate) + " is not signed.", Got: s.ID})
		}
		for _, p := range []struct{ key, words string }{{"subjective", s.SOAP.Subjective}, {"objective", s.SOAP.Objective},
			{"assessment", s.SOAP.Assessment}, {"plan", s.SOAP.Plan}} {
			if strings.TrimSpace(p.words) == "" {
				l.Put(fault.Violation{Code: "report.soap", Pointer: "/sessions/soap/" + p.key,
					Message: "The note of " + string(s.LocalDate) + " has no " + p.key + ".", Got: s.ID})
			}
		}
	}
}

// measureGaps wants a baseline and a current value of each instrument of the
// order, or a reason. The first report shows the baseline only; a rating of
// change is its own comparison.
func measureGaps(r Report, f ReportFacts, l *fault.List) {
	outcomes := OutcomeTable(f.Readings)
	for _, key := range f.Instruments {
		if strings.TrimSpace(r.Narrative.MissingReasons[string(key)]) != "" || slices.ContainsFunc(outcomes, func(o Outcome) bool {
			return o.Series.Instrument == key && o.complete(r)
		}) {
			continue
		}
		in, _ := LookupInstrument(key)
		what := "a baseline and a current value"
		if r.Kind == ReportInitial || in.RatesChange() {
			what = "a value"
		}
		l.Put(fault.Violation{Code: "report.measure", Pointer: "/narrative/missing_reasons/" + string(key),
			Message: cmp.Or(in.Name, string(key)) + " needs " + what + ", or the reason why it is missing.", Got: key})
	}
}

func (o Outcome) complete(r Report) bool {
	in, ok := LookupInstrument(o.Series.Instrument)
	enough := len(o.Points) > 1 || r.Kind == ReportInitial || in.RatesChange()
	return ok && enough && r.Covers(o.Now.On)
}

// Point is one value of a course.
type Point struct {
	At    time.Time
	On    Date
	Value float64
}

// Outcome is the course of what may be compared: the first reading, the one
// before the newest, the newest, and what the change means. Last is nil and
// Change is empty while there is one reading only, unless the reading itself
// rates the change.
type Outcome struct {
	Series   ReadingSeries
	Baseline Point
	Last     *Point
	Now      Point
	Change   *ChangeVerdict
	Points   []Point
}

// OutcomeTable puts readings into courses, in the order in which each course
// began. Within a session "before" comes before "after".
func OutcomeTable(readings []TimedReading) []Outcome {
	sorted := slices.Clone(readings)
	slices.SortStableFunc(sorted, func(a, b TimedReading) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.SessionID, b.SessionID), cmp.Compare(b.Reading.Taken, a.Reading.Taken))
	})
	var out []Outcome
	for _, r := range sorted {
		if r.Reading.Value == nil {
			continue
		}
		i := slices.IndexFunc(out, func(o Outcome) bool { return o.Series == r.Reading.Series() })
		if i < 0 {
			out = append(out, Outcome{Series: r.Reading.Series()})
			i = len(out) - 1
		}
		out[i].Points = append(out[i].Points, Point{r.At, r.On, *r.Reading.Value})
	}
	for i := range out {
		out[i].close()
	}
	return out
}

func (o *Outcome) close() {
	n := len(o.Points)
	o.Baseline, o.Now = o.Points[0], o.Points[n-1]
	in, _ := LookupInstrument(o.Series.Instrument)
	if n > 1 {
		o.Last = &o.Points[n-2]
	}
	if n > 1 || in.RatesChange() {
		c := Change(o.Series.Instrument, o.Series.Region, o.Baseline.Value, o.Now.Value)
		o.Change = &c
	}
}

// Turnout counts what became of the appointments within a report.
type Turnout struct{ Kept, Cancelled, Missed int }

// TurnoutOf counts kept sessions, whether they were booked or not, and the
// bookings that were cancelled or missed.
func TurnoutOf(sessions []Session, bookings []Booking) Turnout {
	t := Turnout{Kept: len(sessions)}
	for _, b := range bookings {
		switch b.State {
		case BookingCancelled:
			t.Cancelled++
		case BookingNoShow:
			t.Missed++
		}
	}
	return t
}

// Treatment is the work done on one region over a report's sessions. Minutes
// are those of the sessions that worked on it: a session of 30 minutes on two
// regions counts for both, because notes do not divide the minutes.
type Treatment struct {
	Region     RegionSide
	Sessions   int
	Minutes    int
	Techniques []Technique
}

// TreatmentOf sums the work by region, in the order in which it began.
func TreatmentOf(sessions []Session) []Treatment {
	var out []Treatment
	for _, s := range sessions {
		for _, r := range s.Regions {
			i := slices.IndexFunc(out, func(t Treatment) bool { return t.Region == r })
			if i < 0 {
				out = append(out, Treatment{Region: r})
				i = len(out) - 1
			}
			out[i].Sessions++
			out[i].Minutes += s.Minutes
			for _, k := range s.Techniques {
				if !slices.Contains(out[i].Techniques, k) {
					out[i].Techniques = append(out[i].Techniques, k)
				}
			}
		}
	}
	return out
}
