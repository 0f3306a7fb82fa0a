package main

import (
	"fmt"
	"math"
	"time"

	"rapport/models"
	"rapport/referral"
)

// course is an episode while it is lived.
type course struct {
	demoEpisode
	what      demoComplaint
	who       models.Client
	doctor    models.Provider
	therapist models.Actor
	order     models.PrescriptionID
	visits    int
}

// episode plans a course: release, order, sessions, reports.
func (s *seeder) episode(e demoEpisode) {
	c := &course{demoEpisode: e, what: demoComplaints[e.complaint], who: s.clients[e.client], doctor: s.providers[e.provider], therapist: s.therapist}
	if e.by == "owner" {
		c.therapist = s.owner
	}
	begin := s.today.AddDays(-7 * e.ago).Monday()
	s.later(s.on(begin, 9, e.client%50), func() error { return s.release(c) })
	s.later(s.on(begin, 12, e.client%50), func() error { return s.order(c, begin) })
	gap := 7 / e.per
	for k := range e.done {
		day := begin.AddDays(1 + e.client%4 + k/e.per*7 + k%e.per*gap)
		at := s.on(day, 9+(e.client+k)%8, 15*(e.client%4))
		s.later(at.Add(65*time.Minute), func() error { return s.session(c, at) })
	}
	s.reports(c, func(visit int) models.Date {
		return begin.AddDays(2 + e.client%4 + (visit-1)/e.per*7 + (visit-1)%e.per*gap)
	})
}

// reports plans an initial report after the first visit, a progress report
// after the sixth and a discharge at the end, where the practice sent any.
func (s *seeder) reports(c *course, after func(visit int) models.Date) {
	if c.demoEpisode.reports == 0 {
		return
	}
	plan := []struct {
		visit int
		kind  models.ReportKind
	}{{1, models.ReportInitial}, {6, models.ReportProgress}, {c.done, models.ReportDischarge}}
	for i, r := range plan {
		over := c.done == c.total || c.ago > 12
		if i == 1 && (c.done < 6 || c.done == 6 && over) || i == 2 && !over {
			continue
		}
		day := after(r.visit)
		s.later(s.on(day, 18, c.client%50), func() error { return s.report(c, r.kind) })
		if c.demoEpisode.read {
			s.later(s.on(day.AddDays(1+c.client%3), 8, c.client%50), func() error { return s.read(c, r.kind) })
		}
	}
}

// release has the client name the doctor, on the therapist's tablet.
func (s *seeder) release(c *course) error {
	r, err := s.net.DraftRelease(s.ctx, c.therapist, c.who.ID, models.ReleaseTerms{Recipients: []models.Recipient{{ProviderID: c.doctor.ID}},
		Categories: []models.Category{models.CategoryDemographics, models.CategoryPrescriptionStatus, models.CategorySessionNotes, models.CategoryMeasures, models.CategoryProgressReport},
		Purpose:    models.PurposeCoordination, ExpiresOn: models.DateOf(s.at, s.zone).AddMonths(14)})
	if err != nil {
		return err
	}
	_, err = s.net.SignRelease(s.ctx, c.therapist, r.ID, models.SignatureDraft{Method: models.SignedTyped, Name: c.who.Name.String(), ElectronicRecordsConsent: true})
	return err
}

// order comes through the portal where the doctor signs in, else as a fax that
// the practice transcribes.
func (s *seeder) order(c *course, begin models.Date) error {
	content := models.OrderContent{ClientName: c.who.Name, ClientBirth: c.who.BirthDate, DiagnosisCodes: c.what.diagnoses, ProcedureCodes: []models.Procedure{"97124"},
		Scope: models.Scope{Regions: c.what.regions, MinutesPerSession: c.minutes, SessionsTotal: c.total,
			Frequency: &models.Frequency{Sessions: c.per, Per: models.PerWeek, Window: models.Calendar}, SelfPayAllowed: c.client%3 == 0},
		ValidFrom: begin, ValidUntil: begin.AddDays(7*(c.total/c.per+5) + 6), Expiry: models.Strict, Clock: models.ClockIssued, FocusReason: c.what.focus,
		Instruments: []models.InstrumentKey{c.what.instrument, models.NPRS}, ReportEvery: models.ReportEvery{Sessions: 6, Days: 30}}
	doctor, signsIn := s.doctors[c.provider]
	if !signsIn {
		return s.faxedOrder(c, content)
	}
	o, err := s.net.WritePrescription(s.ctx, doctor, models.PrescriptionDraft{PracticeID: s.practice, Content: content,
		Client: &models.ClientDraft{Name: c.who.Name, BirthDate: c.who.BirthDate}})
	if err != nil {
		return err
	}
	if _, err := s.net.SubmitPrescription(s.ctx, doctor, o.ID, models.Submission{Signature: &models.SignatureDraft{Method: models.SignedTyped, Name: doctor.Name}}); err != nil {
		return err
	}
	c.order = o.ID
	_, err = s.net.AcceptPrescription(s.ctx, c.therapist, o.ID, models.Acceptance{ClientID: c.who.ID})
	return err
}

func (s *seeder) faxedOrder(c *course, content models.OrderContent) error {
	o, err := s.net.WritePrescription(s.ctx, c.therapist, models.PrescriptionDraft{ClientID: c.who.ID, PrescriberID: c.doctor.ID, Content: content,
		Source: models.FromPaper, IssuedOn: content.ValidFrom})
	if err != nil {
		return err
	}
	if _, err := s.net.AttachScan(s.ctx, c.therapist, o.ID, scan()); err != nil {
		return err
	}
	if _, err := s.net.SubmitPrescription(s.ctx, c.therapist, o.ID, models.Submission{}); err != nil {
		return err
	}
	c.order = o.ID
	_, err = s.net.AcceptPrescription(s.ctx, c.therapist, o.ID, models.Acceptance{})
	return err
}

// session is one visit: the client slowly gets better.
func (s *seeder) session(c *course, at time.Time) error {
	d := s.visit(c, at)
	done, err := s.net.RecordSession(s.ctx, c.therapist, d)
	if err != nil {
		return err
	}
	c.visits++
	_, err = s.net.SignSession(s.ctx, c.therapist, done.ID)
	return err
}

func (s *seeder) visit(c *course, at time.Time) models.SessionDraft {
	k := c.visits
	before := math.Max(1, float64(7-(k+1)/2))
	after := math.Max(0, before-2)
	readings := []models.Reading{{Instrument: models.NPRS, Value: &before, Taken: models.TakenBefore, Region: c.what.region},
		{Instrument: models.NPRS, Value: &after, Taken: models.TakenAfter, Region: c.what.region}}
	if k%2 == 0 {
		v := math.Max(2, c.what.baseline+c.what.step*math.Min(float64(k)/2, 4))
		readings = append(readings, models.Reading{Instrument: c.what.instrument, Value: &v, Taken: models.TakenBefore, Region: c.what.region})
	}
	return models.SessionDraft{ClientID: c.who.ID, PrescriptionID: c.order, StartedAt: at, Minutes: c.minutes, Regions: c.what.regions,
		Techniques: []models.Technique{"myofascial_release", "trigger_point"}, Screening: models.Screening{Reviewed: true}, Readings: readings,
		SOAP: models.SOAP{Subjective: fmt.Sprintf("Visit %d: %s. Pain %.0f of 10 before, %.0f after.", k+1, c.what.complaint, before, after),
			Objective:  "Found: " + c.what.found + ". Worked within the ordered regions.",
			Assessment: []string{"As expected after the first visits.", "Better than at the start; holds longer between visits.", "Steady; daily tasks come easier."}[min(k/2, 2)],
			Plan:       "Next visit as ordered; home care: heat in the evening, short breaks at the desk."}}
}

var demoAdvice = map[models.ReportKind]string{models.ReportInitial: "Go on as ordered.", models.ReportProgress: "Continue as ordered.",
	models.ReportDischarge: "Goals are met; discharge with home care."}

// report is drafted, signed and sent over the channel that the office likes.
func (s *seeder) report(c *course, kind models.ReportKind) error {
	r, err := s.net.DraftReport(s.ctx, c.therapist, models.ReportOutline{ClientID: c.who.ID, PrescriptionID: c.order, Kind: kind,
		Narrative: models.Narrative{Summary: "The client attends regularly and does the home care.", Recommendation: demoAdvice[kind],
			ReplyRequested: kind == models.ReportProgress}})
	if err != nil {
		return err
	}
	if _, err := s.net.SignReport(s.ctx, c.therapist, r.ID); err != nil {
		return err
	}
	if _, signsIn := s.doctors[c.provider]; signsIn {
		s.reported = true
		_, err = s.net.DeliverReport(s.ctx, c.therapist, r.ID, models.DeliveryDraft{ProviderID: c.doctor.ID, Channel: models.ByPortal})
		return err
	}
	d, err := s.net.DeliverReport(s.ctx, c.therapist, r.ID, models.DeliveryDraft{ProviderID: c.doctor.ID, Channel: models.ByLetter})
	if err != nil {
		return err
	}
	_, err = s.net.RecordProof(s.ctx, c.therapist, d.ID, models.Proof{State: models.DeliverySent, Note: "Posted at the counter in Ballard."})
	return err
}

// read is the doctor's ten seconds: download, a word of thanks. Who gets
// letters says on the phone that the discharge was seen.
func (s *seeder) read(c *course, kind models.ReportKind) error {
	doctor, signsIn := s.doctors[c.provider]
	if !signsIn {
		return s.thankedByPhone(c, kind)
	}
	if err := s.post(); err != nil { // the notice went out long before
		return err
	}
	l, err := s.net.Reports(s.ctx, doctor, referralReportQuery(c.who.ID), models.Page{Limit: 1})
	if err != nil || len(l.Items) == 0 {
		return err
	}
	id := l.Items[0].ID
	if _, err := s.net.ReportPDF(s.ctx, doctor, id); err != nil {
		return err
	}
	_, err = s.net.AcknowledgeReport(s.ctx, doctor, id, "Thank you, please go on.")
	return err
}

func (s *seeder) thankedByPhone(c *course, kind models.ReportKind) error {
	if kind != models.ReportDischarge {
		return nil
	}
	l, err := s.net.Referrals(s.ctx, s.desk, referral.ReferralQuery{Direction: models.Inbound, State: models.ReferralCompleted, ClientID: c.who.ID, ProviderID: c.doctor.ID}, models.Page{Limit: 1})
	for _, v := range l.Items {
		_, err = s.net.ActOnReferral(s.ctx, s.desk, v.ID, referral.ReferralStep{ReferralAct: models.ReferralAct{Action: models.ActAcknowledge, SaidBy: "the front desk"}})
	}
	return err
}
