package referral

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"rapport/documents"
	"rapport/models"
	"rapport/models/fault"
)

// paper is the report as it is drawn: what its categories do not hold is not
// in it. at is the moment of drawing; the hash is over this value.
func (f reportFacts) paper(signer models.User, at time.Time) documents.ReportPaper {
	r, c := f.report, f.order.Content
	p := documents.ReportPaper{
		Identity: documents.Identity{DocumentID: string(r.ID), At: at, Revision: r.Revision, Replaces: string(r.Revises)},
		Kind:     string(r.Kind), Practice: letterheadOf(f.practice), Recipient: f.to,
		Client: documents.Person{Name: f.client.Name.String(), Born: f.client.BirthDate},
		On:     f.practice.Today(at), From: r.From, Until: r.To, Release: f.authority(),
		LeftOut: labels(f.contents.LeftOut), Omitted: labels(f.contents.Omitted),
		Order: f.orderSummary(), Treatment: f.treatment(),
		Assessment: r.Narrative.Summary, Precautions: strings.Join(precautionLabels(c.Scope.Precautions), "; "), Goals: c.Goals,
		Recommendation: r.Narrative.Recommendation, ReplyTo: f.replyTo(),
		Signature: documents.Signature{Name: signer.Name, Licence: strings.TrimSpace(signer.Licence.State + " " + signer.Licence.Number), Role: "Massage therapist",
			At: "Signed " + f.moment(at)},
	}
	turnout := models.TurnoutOf(f.rules.Sessions, f.rules.Bookings)
	p.Attendance = &documents.Attendance{Kept: turnout.Kept, Cancelled: turnout.Cancelled, Missed: turnout.Missed}
	if r.Kind == models.ReportInitial {
		p.Opening = "Thank you for entrusting your patient to us. This is what we found and plan within your order."
	}
	if every := f.order.Every(f.practice.Settings); r.Kind != models.ReportDischarge && every.Days > 0 {
		p.NextReportOn = f.practice.Today(at).AddDays(every.Days)
	}
	if f.contents.Holds(models.CategoryMeasures) {
		p.Measures = f.measures()
	}
	if f.contents.Holds(models.CategorySessionNotes) {
		p.Notes = f.notes()
	}
	b, _ := json.Marshal(p)
	sum := sha256.Sum256(b)
	p.ContentHash = hex.EncodeToString(sum[:])
	return p
}

// moment writes an instant in the practice's zone.
func (f reportFacts) moment(at time.Time) string {
	return at.In(f.practice.Location()).Format("Jan 2, 2006, 3:04 PM MST")
}

func (f reportFacts) authority() string {
	if f.release == nil || f.release.SignedAt == nil {
		return "To be disclosed only as the law allows."
	}
	return "Disclosed under the client's authorization signed " + f.release.SignedAt.In(f.practice.Location()).Format("Jan 2, 2006") + "."
}

func (f reportFacts) replyTo() string {
	how := "Answer in the portal"
	if fax := f.practice.Settings.ReplyByFaxNumber; fax != "" {
		how = "Fax " + fax + " or answer in the portal"
	} else if f.practice.Fax != "" {
		how = "Fax " + f.practice.Fax + " or answer in the portal"
	}
	return how
}

func letterheadOf(p models.Practice) documents.Letterhead {
	return documents.Letterhead{Name: p.Name, Address: append(p.Address.Lines(), p.Settings.LetterheadLines...), Phone: p.Phone, Fax: p.Fax, Email: p.Email}
}

func (f reportFacts) orderSummary() documents.OrderSummary {
	c := f.order.Content
	o := documents.OrderSummary{IssuedOn: f.order.IssuedOn, Diagnoses: c.DiagnosisCodes, Regions: regionLabels(c.Scope.Regions), Minutes: c.Scope.MinutesPerSession,
		Used: f.visits.Used, Left: f.visits.Left, Booked: f.visits.Booked, Allowed: f.visits.Allowed, ValidUntil: f.until}
	if c.Scope.Frequency != nil {
		o.Frequency = c.Scope.Frequency.String()
	}
	if c.Claim != nil {
		o.Claim = strings.TrimSpace(c.Claim.PayerName + " " + c.Claim.ClaimNumber)
	}
	return o
}

func (f reportFacts) treatment() (lines []documents.TreatmentLine) {
	for _, t := range models.TreatmentOf(f.rules.Sessions) {
		lines = append(lines, documents.TreatmentLine{Region: t.Region.Label(), Sessions: t.Sessions, Minutes: t.Minutes, Techniques: techniqueLabels(t.Techniques)})
	}
	return lines
}

// measures are the courses of the report, and a line with its reason for each
// instrument of the order that has none.
func (f reportFacts) measures() (lines []documents.MeasureLine) {
	taken := map[models.InstrumentKey]bool{}
	reasons := f.report.Narrative.MissingReasons
	for _, o := range models.OutcomeTable(f.rules.Readings) {
		taken[o.Series.Instrument] = true
		lines = append(lines, measureLine(o, reasons[string(o.Series.Instrument)]))
	}
	for _, key := range f.rules.Instruments {
		if in, ok := models.LookupInstrument(key); ok && !taken[key] {
			lines = append(lines, documents.MeasureLine{Name: in.Name, Short: in.Name, Unit: in.Unit, Min: in.Min, Max: in.Max, Better: better(in), Reason: reasons[string(key)]})
		}
	}
	return lines
}

func measureLine(o models.Outcome, reason string) documents.MeasureLine {
	in, _ := models.LookupInstrument(o.Series.Instrument)
	name := in.Name
	if o.Series.Region != "" {
		name += ", " + models.RegionSide{Region: o.Series.Region, Side: o.Series.Side}.Label()
	}
	if m, ok := models.LookupMotion(o.Series.Region, o.Series.Motion); ok {
		name += ", " + m.Label
	}
	l := documents.MeasureLine{Name: name, Short: strings.ToUpper(string(in.Key)), Unit: in.Unit, Min: in.Min, Max: in.Max, Better: better(in),
		Baseline: &o.Baseline.Value, BaselineOn: o.Baseline.On, Reason: reason}
	if o.Last != nil {
		l.Last, l.LastOn = &o.Last.Value, o.Last.On
	}
	if o.Change != nil {
		t := models.ThresholdOf(o.Series.Instrument, o.Series.Region)
		l.Now, l.NowOn = &o.Now.Value, o.Now.On
		l.Change, l.Direction, l.MDC, l.MCID = &o.Change.Delta, directions[o.Change.Direction], t.MDC, t.MCID
		l.BeyondMDC, l.BeyondMCID = o.Change.BeyondMDC, o.Change.BeyondMCID
	}
	for _, p := range o.Points {
		l.Course = append(l.Course, documents.MeasurePoint{On: p.On, Value: p.Value})
	}
	return l
}

var directions = map[models.Trend]string{models.TrendBetter: "better", models.TrendWorse: "worse", models.TrendSame: "unchanged"}

func better(in models.Instrument) string {
	if in.HigherBetter {
		return "higher is better"
	}
	return "lower is better"
}

func (f reportFacts) notes() (notes []documents.SessionNote) {
	for _, s := range f.rules.Sessions {
		n := documents.SessionNote{Visit: f.visit(s), On: s.LocalDate, Therapist: f.names[s.TherapistID], Minutes: s.Minutes, Regions: regionLabels(s.Regions),
			Techniques: techniqueLabels(s.Techniques), Subjective: s.SOAP.Subjective, Objective: s.SOAP.Objective, Assessment: s.SOAP.Assessment, Plan: s.SOAP.Plan,
			Response: s.Response, Precautions: precautionLabels(s.PrecautionsRead), Deviation: s.DeviationReason}
		if s.AskDoctor != "" {
			n.Subjective = strings.TrimSpace(n.Subjective + "\nAsk the doctor: " + s.AskDoctor)
		}
		if s.SignedAt != nil {
			n.Signed = f.names[s.TherapistID] + ", " + f.moment(*s.SignedAt)
		}
		if f.contents.Holds(models.CategoryMeasures) {
			n.Readings = readingWords(s.Readings)
		}
		for _, a := range s.Addenda {
			n.Addenda = append(n.Addenda, documents.Addendum{At: f.moment(a.At), By: a.Author, Text: a.Text})
		}
		notes = append(notes, n)
	}
	return notes
}

func (f reportFacts) visit(s models.Session) string {
	switch {
	case s.VisitRank == 0:
		return "Outside the order"
	case f.visits.Allowed > 0:
		return fmt.Sprintf("Visit %d of %d", s.VisitRank+f.visits.Opening, f.visits.Allowed)
	}
	return fmt.Sprintf("Visit %d", s.VisitRank+f.visits.Opening)
}

func readingWords(rs []models.Reading) (words []string) {
	for _, r := range rs {
		if r.Value == nil {
			continue
		}
		what := strings.ToUpper(string(r.Instrument))
		if m, ok := models.LookupMotion(r.Region, r.Motion); ok {
			what += " " + m.Label
		}
		if r.Side != models.SideNone {
			what += " " + string(r.Side)
		}
		words = append(words, fmt.Sprintf("%s %v %s", what, *r.Value, r.Taken))
	}
	return words
}

func regionLabels(rs []models.RegionSide) (labels []string) {
	for _, r := range rs {
		labels = append(labels, r.Label())
	}
	return labels
}

func techniqueLabels(ts []models.Technique) (labels []string) {
	for _, t := range ts {
		labels = append(labels, t.Label())
	}
	return labels
}

func precautionLabels(ps []models.Precaution) (labels []string) {
	for _, p := range ps {
		labels = append(labels, p.Label())
	}
	return labels
}

var contentLabels = map[models.Category]string{models.CategoryProgressReport: "the letter", models.CategoryMeasures: "outcome measures", models.CategorySessionNotes: "session notes"}

func labels(cs []models.Category) (all []string) {
	for _, c := range cs {
		all = append(all, contentLabels[c])
	}
	return all
}

// unprintable warns of each sign of a paper that its fonts lack.
func unprintable(p any) []fault.Violation {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	_ = e.Encode(p)
	var out []fault.Violation
	for _, r := range documents.Missing(text.String()) {
		out = append(out, fault.Violation{Code: "text.not_printable", Message: fmt.Sprintf("The paper cannot show %q (%U); it shows a replacement sign instead.", r, r), Got: fmt.Sprintf("%U", r)})
	}
	return out
}
