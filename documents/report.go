package documents

import (
	"strings"

	"rapport/models"
)

// ReportPaper is everything that a progress report shows. Sections whose
// values are empty are left out of the paper.
type ReportPaper struct {
	Identity
	Kind           string // initial, progress or discharge
	Practice       Letterhead
	Recipient      Addressee
	Client         Person
	On             models.Date // date of the letter
	From, Until    models.Date // the sessions it covers
	Release        string      // the authority, for the footer: "Disclosed under the client's authorization of Jan 2, 2026."
	LeftOut        []string    // what the release does not cover, in words: "session notes"
	Omitted        []string    // what the signer chose to leave out, in words
	Order          OrderSummary
	Attendance     *Attendance
	Measures       []MeasureLine
	Treatment      []TreatmentLine
	Opening        string // a sentence of thanks, mostly in initial reports
	Subjective     string
	Objective      string
	Assessment     string
	Plan           string
	Precautions    string
	Goals          []string // each with how far it is reached
	Reason         string   // why care ends, in discharge reports
	HomePlan       string
	OpenMatters    string
	Advice         string // two or three words for the head: "Continue as ordered"
	Recommendation string
	NextReportOn   models.Date
	ReplyTo        string // how the answer comes back: "Fax 555-0101 or sign in at …"
	Signature      Signature
	Notes          []SessionNote
}

// OrderSummary is the prescription in one look.
type OrderSummary struct {
	IssuedOn   models.Date
	Diagnoses  []string
	Regions    []string // with sides: "Neck, both sides"
	Minutes    int
	Frequency  string // "once a week"
	Used, Left int
	Booked     int
	Allowed    int    // 0 means that the prescriber set no limit
	Ordered    string // visits as ordered, in place of the counter, where nothing may be told of it
	ValidUntil models.Date
	Claim      string
}

// Attendance counts appointments.
type Attendance struct{ Kept, Cancelled, Missed int }

// MeasureLine is the course of one measure. A nil value was not taken; Reason
// then says why.
type MeasureLine struct {
	Name       string // "Neck Disability Index"
	Short      string // "NDI", for the head of the letter
	Unit       string // "points", "%", "°"
	Min, Max   float64
	Better     string // "lower is better"
	Baseline   *float64
	Last       *float64
	Now        *float64
	BaselineOn models.Date
	LastOn     models.Date
	NowOn      models.Date
	Change     *float64 // now minus baseline
	Direction  string   // "better", "worse", "unchanged"
	MDC, MCID  *float64 // the thresholds, nil where none is known
	BeyondMDC  *bool    // nil means not assessed
	BeyondMCID *bool
	Reason     string
	Course     []MeasurePoint
}

// MeasurePoint is one reading of the course.
type MeasurePoint struct {
	On    models.Date
	Value float64
}

// TreatmentLine is the work done on one region.
type TreatmentLine struct {
	Region     string
	Sessions   int
	Minutes    int
	Techniques []string
}

// SessionNote is the SOAP note of one session.
type SessionNote struct {
	Visit       string // "Visit 3 of 12"
	On          models.Date
	Therapist   string
	Minutes     int
	Regions     []string
	Techniques  []string
	Readings    []string // "Pain 6 before, 3 after"
	Subjective  string
	Objective   string
	Assessment  string
	Plan        string
	Response    string
	Precautions []string // acknowledged
	Deviation   string   // reason, for work outside the order
	Signed      string   // by whom and when, in words
	Addenda     []Addendum
}

// Addendum is a later remark to a signed note.
type Addendum struct{ At, By, Text string }

var reportTitles = map[string]string{
	"initial":   "Initial report",
	"progress":  "Progress report",
	"discharge": "Discharge report",
}

// Report draws a report: the letter first, the session notes behind it.
func Report(r ReportPaper) ([]byte, error) {
	name, ok := reportTitles[r.Kind]
	if !ok {
		name = "Report"
	}
	return render(name, r.Practice.Name, r.At, func(s *sheet) error {
		s.identified(r.Identity, r.Client, r.Release)
		s.letterhead(r.Practice)
		s.addressed(r.On, r.Recipient, r.Client, prefixed("Order of ", day(r.Order.IssuedOn)), prefixed("Claim ", r.Order.Claim))
		s.title(name, r.period())
		if t := r.replaces(); t != "" {
			s.notice(t)
		}
		if len(r.LeftOut) > 0 {
			s.notice("This report is partial. Left out because the release does not cover it: " + strings.Join(r.LeftOut, ", ") + ".")
		}
		if len(r.Omitted) > 0 {
			s.notice("This report is partial. The sender chose to leave out: " + strings.Join(r.Omitted, ", ") + ".")
		}
		if r.Opening != "" {
			s.paragraph(body, r.Opening)
		}
		s.glance(r.tiles())
		s.order(r.Order)
		s.measures(r.Measures)
		s.treatment(r.Treatment)
		s.findings(r)
		if err := s.signed(r.Signature); err != nil {
			return err
		}
		s.replyBlock(r.ReplyTo)
		s.notes(r.Notes)
		return nil
	})
}

func (r ReportPaper) period() string {
	switch {
	case r.From == "" || r.Until == "":
		return ""
	case r.From == r.Until:
		return "Session of " + day(r.From)
	default:
		return "Sessions from " + day(r.From) + " to " + day(r.Until)
	}
}
