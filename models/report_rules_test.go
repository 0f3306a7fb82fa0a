package models_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

func reading(day models.Date, in models.InstrumentKey, value float64, taken models.Taken) models.TimedReading {
	return models.TimedReading{SessionID: models.SessionID(day), At: day.Time(time.UTC), On: day, Reading: models.Reading{Instrument: in, Value: &value, Taken: taken}}
}

func signed(day models.Date) models.Session {
	return models.Session{ID: models.SessionID(day), Kind: models.Prescribed, State: models.NoteSigned, LocalDate: day, Minutes: 30,
		Regions: []models.RegionSide{{Region: "neck", Side: models.SideLeft}}, Techniques: []models.Technique{"swedish"},
		SOAP: models.SOAP{Subjective: "s", Objective: "o", Assessment: "a", Plan: "p"}}
}

func wholeReport() (models.Report, models.ReportFacts) {
	return models.Report{Kind: models.ReportProgress, From: "2026-03-01", To: "2026-03-31", Narrative: models.Narrative{Recommendation: "Continue"}},
		models.ReportFacts{Instruments: []models.InstrumentKey{models.NDI}, Sessions: []models.Session{signed("2026-03-02"), signed("2026-03-09")},
			Readings: []models.TimedReading{reading("2026-03-02", models.NDI, 24, models.TakenBefore), reading("2026-03-09", models.NDI, 12, models.TakenBefore)}}
}

func gapCodes(vs []fault.Violation) string {
	var all []string
	for _, v := range vs {
		all = append(all, v.Code)
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

func TestReportGapsListsWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*models.Report, *models.ReportFacts)
		want   string
	}{
		{"whole", func(*models.Report, *models.ReportFacts) {}, ""},
		{"no recommendation", func(r *models.Report, _ *models.ReportFacts) { r.Narrative.Recommendation = " \n" }, "report.recommendation"},
		{"no first day", func(r *models.Report, _ *models.ReportFacts) { r.From = "" }, "report.dates"},
		{"days the wrong way round", func(r *models.Report, _ *models.ReportFacts) { r.From = "2026-04-01" }, "report.dates report.measure"},
		{"no session", func(_ *models.Report, f *models.ReportFacts) { f.Sessions = nil }, "report.no_session"},
		{"an open note", func(_ *models.Report, f *models.ReportFacts) { f.Sessions[1].State = models.NoteOpen }, "report.session_unsigned"},
		{"a note without plan", func(_ *models.Report, f *models.ReportFacts) { f.Sessions[0].SOAP.Plan = "" }, "report.soap"},
		{"a measure never taken", func(_ *models.Report, f *models.ReportFacts) { f.Readings = nil }, "report.measure"},
		{"a baseline only", func(_ *models.Report, f *models.ReportFacts) { f.Readings = f.Readings[:1] }, "report.measure"},
		{"a baseline only, in the first report", func(r *models.Report, f *models.ReportFacts) {
			r.Kind, f.Readings = models.ReportInitial, f.Readings[:1]
		}, ""},
		{"a baseline only, with a reason", func(r *models.Report, f *models.ReportFacts) {
			r.Narrative.MissingReasons, f.Readings = map[string]string{"ndi": "Form was refused."}, f.Readings[:1]
		}, ""},
		{"an empty reason", func(r *models.Report, f *models.ReportFacts) {
			r.Narrative.MissingReasons, f.Readings = map[string]string{"ndi": " "}, f.Readings[:1]
		}, "report.measure"},
		{"nothing current", func(r *models.Report, f *models.ReportFacts) {
			r.From, f.Sessions, f.Readings = "2026-03-09", f.Sessions[1:], []models.TimedReading{reading("2026-03-02", models.NDI, 24, models.TakenBefore), reading("2026-03-02", models.NDI, 20, models.TakenAfter)}
		}, "report.measure"},
		{"a baseline before the first day", func(r *models.Report, f *models.ReportFacts) { r.From, f.Sessions = "2026-03-09", f.Sessions[1:] }, ""},
		{"two neck readings of different sides", func(_ *models.Report, f *models.ReportFacts) {
			f.Readings[0].Reading.Region, f.Readings[0].Reading.Side = "neck", models.SideLeft
		}, "report.measure"},
		{"one rating of change", func(_ *models.Report, f *models.ReportFacts) {
			f.Instruments, f.Readings = []models.InstrumentKey{models.GRC15}, []models.TimedReading{reading("2026-03-09", models.GRC15, 4, models.TakenAfter)}
		}, ""},
		{"everything at once", func(r *models.Report, f *models.ReportFacts) {
			*r, f.Readings = models.Report{From: "2026-04-01", To: "2026-03-01"}, nil
			f.Sessions[0].State, f.Sessions[1].SOAP = models.NoteOpen, models.SOAP{}
		}, "report.dates report.measure report.recommendation report.session_unsigned report.soap"},
	} {
		r, f := wholeReport()
		c.change(&r, &f)
		if got := gapCodes(models.ReportGaps(r, f)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestOutcomeTableComparesTheNewestReadingWithTheFirst(t *testing.T) {
	left := reading("2026-03-02", models.ROM, 40, models.TakenBefore)
	left.Reading.Region, left.Reading.Motion, left.Reading.Side = "neck", "rotation", models.SideLeft
	right := left
	right.Reading.Side = models.SideRight
	got := models.OutcomeTable([]models.TimedReading{
		reading("2026-03-16", models.NDI, 11, models.TakenBefore), reading("2026-03-02", models.NPRS, 3, models.TakenAfter),
		reading("2026-03-02", models.NPRS, 7, models.TakenBefore), reading("2026-03-02", models.NDI, 24, models.TakenBefore),
		reading("2026-03-09", models.NDI, 18, models.TakenBefore), left, right, reading("2026-03-16", models.GRC15, 4, models.TakenAfter),
	})
	var lines []string
	for _, o := range got {
		line := fmt.Sprintf("%s%s %v", o.Series.Instrument, o.Series.Side, o.Baseline.Value)
		if o.Last != nil {
			line += fmt.Sprintf(" %v", o.Last.Value)
		}
		line += fmt.Sprintf(" %v", o.Now.Value)
		if o.Change != nil {
			line += fmt.Sprintf(" %+g %s mdc %s mcid %s", o.Change.Delta, o.Change.Direction, said(o.Change.BeyondMDC), said(o.Change.BeyondMCID))
		}
		lines = append(lines, fmt.Sprintf("%s of %d", line, len(o.Points)))
	}
	want := []string{"nprs 7 7 3 -4 better mdc not assessed mcid true of 2", "ndi 24 18 11 -13 better mdc true mcid true of 3",
		"romleft 40 40 of 1", "romright 40 40 of 1", "grc15 4 4 +4 better mdc not assessed mcid true of 1"}
	if slices.Sort(lines); !slices.Equal(lines, sorted(want)) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

func sorted(s []string) []string { slices.Sort(s); return s }

func said(b *bool) string {
	if b == nil {
		return "not assessed"
	}
	return fmt.Sprint(*b)
}

func TestTreatmentAndTurnoutCountTheSessions(t *testing.T) {
	a, b := signed("2026-03-02"), signed("2026-03-09")
	b.Regions = append(b.Regions, models.RegionSide{Region: "shoulder", Side: models.SideRight})
	b.Techniques = []models.Technique{"friction", "swedish"}
	got := models.TreatmentOf([]models.Session{a, b})
	if want := "[{{neck left} 2 60 [swedish friction]} {{shoulder right} 1 30 [friction swedish]}]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %v", got, want)
	}
	turnout := models.TurnoutOf([]models.Session{a, b}, []models.Booking{{State: models.BookingCompleted}, {State: models.BookingCancelled}, {State: models.BookingNoShow}, {State: models.BookingBooked}})
	if want := (models.Turnout{Kept: 2, Cancelled: 1, Missed: 1}); turnout != want {
		t.Errorf("got %v, want %v", turnout, want)
	}
}

func TestReportClockRingsAfterSixVisitsOrAMonth(t *testing.T) {
	weekly := func(n int) (days []models.Date) {
		for i := range n {
			days = append(days, models.Date("2026-03-02").AddDays(4*i))
		}
		return days
	}
	six := models.ReportEvery{Sessions: 6, Days: 30}
	for _, c := range []struct {
		name  string
		f     models.ClockFacts
		today models.Date
		want  string
	}{
		{"nothing done", models.ClockFacts{Every: six}, "2026-03-02", "progress idle  "},
		{"the first visit", models.ClockFacts{Every: six, Since: weekly(1)}, "2026-03-02", "initial due first_visit 2026-03-02"},
		{"the day after", models.ClockFacts{Every: six, Since: weekly(1)}, "2026-03-03", "initial overdue first_visit 2026-03-02"},
		{"a report was sent", models.ClockFacts{Every: six, Since: weekly(1), ReportSent: true}, "2026-03-03", "progress running days 2026-04-01"},
		{"the fifth visit", models.ClockFacts{Every: six, Since: weekly(5), ReportSent: true}, "2026-03-18", "progress running days 2026-04-01"},
		{"the sixth visit", models.ClockFacts{Every: six, Since: weekly(6), ReportSent: true}, "2026-03-22", "progress due sessions 2026-03-22"},
		{"the sixth visit without any report", models.ClockFacts{Every: six, Since: weekly(6)}, "2026-03-22", "progress due sessions 2026-03-22"},
		{"a day late", models.ClockFacts{Every: six, Since: weekly(7), ReportSent: true}, "2026-03-23", "progress overdue sessions 2026-03-22"},
		{"thirty days", models.ClockFacts{Every: six, Since: weekly(2), ReportSent: true}, "2026-04-01", "progress due days 2026-04-01"},
		{"the sixth visit after thirty days", models.ClockFacts{Every: six, Since: append(weekly(5), "2026-04-03"), ReportSent: true}, "2026-04-03", "progress overdue days 2026-04-01"},
		{"by sessions only", models.ClockFacts{Every: models.ReportEvery{Sessions: 2}, Since: weekly(1), ReportSent: true}, "2026-05-01", "progress idle  "},
		{"by days only", models.ClockFacts{Every: models.ReportEvery{Days: 10}, Since: weekly(6), ReportSent: true}, "2026-03-12", "progress due days 2026-03-12"},
		{"the order ended", models.ClockFacts{Every: six, Since: weekly(2), ReportSent: true, EndedOn: "2026-03-20", LastVisit: "2026-03-06"}, "2026-03-20", "discharge due end_of_order 2026-03-20"},
		{"ended and told", models.ClockFacts{Every: six, ReportSent: true, DischargeSent: true, EndedOn: "2026-03-20", LastVisit: "2026-03-06"}, "2026-03-25", "progress idle  "},
		{"ended unused", models.ClockFacts{Every: six, EndedOn: "2026-03-20"}, "2026-03-25", "progress idle  "},
	} {
		got := c.f.Due(c.today)
		if line := fmt.Sprintf("%s %s %s %s", got.Kind, got.State, got.Reason, got.DueOn); line != c.want {
			t.Errorf("%s: got %q, want %q", c.name, line, c.want)
		}
	}
}
