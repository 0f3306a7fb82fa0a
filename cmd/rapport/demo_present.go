package main

import (
	"errors"
	"fmt"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
)

func referralReportQuery(client models.ClientID) referral.ReportQuery {
	return referral.ReportQuery{ClientID: client}
}

// present leaves something open at every step of the loop, so that each page
// of the portal has something to show today.
func (s *seeder) present() {
	s.legsAndFeet(s.running(1, 26, 0, 2, 4, 30, 1, 0))
	s.running(1, 27, 5, 7, 12, 60, 1, 2) // its report is due
	s.waiting(s.course(28, 0, 6, 45, 1, 1))
	s.redFlag(s.running(8, 29, 6, 1, 8, 45, 1, 4))
	s.deviation(s.running(8, 30, 5, 2, 8, 45, 1, 3))
	s.phoned(s.course(31, 4, 6, 30, 1, 1))
	s.toSign(32)
	s.revoked(s.running(1, 33, 0, 4, 8, 45, 1, 0))
	s.unsigned(s.running(1, 34, 0, 1, 10, 45, 2, 1))
	s.freshReports(s.running(1, 35, 0, 6, 6, 45, 1, 0), s.running(1, 36, 4, 6, 8, 45, 1, 2))
	s.bookings(s.running(1, 37, 5, 3, 10, 60, 2, 2), s.running(1, 38, 0, 2, 8, 45, 2, 0))
}

func (s *seeder) course(client, provider, total, minutes, per, complaint int) *course {
	return &course{demoEpisode: demoEpisode{client: client, provider: provider, total: total, minutes: minutes, per: per, complaint: complaint},
		what: demoComplaints[complaint], who: s.clients[client], doctor: s.providers[provider], therapist: s.therapist}
}

// running is a course with weekly visits, the last one some days ago.
func (s *seeder) running(ago, client, provider, done, total, minutes, per, complaint int) *course {
	c := s.course(client, provider, total, minutes, per, complaint)
	first := s.today.AddDays(-ago - 7*(done-1))
	s.later(s.on(first.AddDays(-4), 9, client), func() error { return s.release(c) })
	s.later(s.on(first.AddDays(-3), 9, client), func() error { return s.order(c, first.AddDays(-3)) })
	for k := range done {
		at := s.on(first.AddDays(7*k), 10, 0)
		s.later(at.Add(65*time.Minute), func() error { return s.session(c, at) })
	}
	if done > 2 { // shorter ones still owe their initial report
		s.later(s.on(first, 18, client), func() error { return s.report(c, models.ReportInitial) })
	}
	return c
}

// recently is a time so many minutes before now, after everything planned.
func (s *seeder) recently(minutes int, do func() error) {
	s.later(s.end.Add(-time.Duration(minutes)*time.Minute), do)
}

func (s *seeder) legsAndFeet(c *course) {
	s.recently(900, func() error {
		regions := append([]models.RegionSide{}, c.what.regions...)
		regions = append(regions, models.RegionSide{Region: "lower_leg", Side: models.SideBoth}, models.RegionSide{Region: "foot", Side: models.SideBoth})
		_, err := s.net.AskForChange(s.ctx, c.therapist, c.order, models.ChangeDraft{AskedBy: models.AskedByClient, ShareWords: true,
			Words:            "My legs and feet are so tired, could we do those as well?",
			Proposed:         models.ScopePatch{Regions: &regions},
			ExplanationGiven: "Your chiropractor ordered the neck only; I ask her, and until she answers we stay with the plan."})
		return err
	})
}

func (s *seeder) waiting(c *course) {
	s.recently(300, func() error {
		doctor := s.doctors[c.provider]
		o, err := s.net.WritePrescription(s.ctx, doctor, models.PrescriptionDraft{PracticeID: s.practice, Client: &models.ClientDraft{Name: models.PersonName{Given: "Lucía", Family: "Fernández"}, BirthDate: "1992-10-03"},
			Content: models.OrderContent{ClientName: models.PersonName{Given: "Lucía", Family: "Fernández"}, ClientBirth: "1992-10-03", DiagnosisCodes: c.what.diagnoses, Scope: models.Scope{Regions: c.what.regions,
				MinutesPerSession: 30, SessionsTotal: 6, Frequency: &models.Frequency{Sessions: 1, Per: models.PerWeek, Window: models.Calendar}},
				ValidFrom: s.today, ValidUntil: s.today.AddDays(60), Expiry: models.Sliding, Clock: models.ClockIssued, FocusReason: c.what.focus,
				Instruments: []models.InstrumentKey{models.NDI}, ReportEvery: models.ReportEvery{Sessions: 6, Days: 30}}})
		if err != nil {
			return err
		}
		_, err = s.net.SubmitPrescription(s.ctx, doctor, o.ID, models.Submission{Signature: &models.SignatureDraft{Method: models.SignedTyped, Name: doctor.Name}})
		return err
	})
}

func (s *seeder) redFlag(c *course) {
	s.recently(2900, func() error {
		d := s.visit(c, s.at.Add(-time.Hour))
		d.Screening.Findings = []models.Finding{{Key: "neuro_progressive", Note: "left foot weaker since Sunday"}}
		_, err := s.net.RecordSession(s.ctx, c.therapist, d)
		if fault.CodeOf(err) != "safety.red_flag" {
			return fmt.Errorf("a red flag did not stop the session: %w", err)
		}
		return nil
	})
}

func (s *seeder) deviation(c *course) {
	s.recently(2880, func() error {
		d := s.visit(c, s.at.Add(-2*time.Hour))
		d.Minutes += 20
		d.Deviation, d.DeviationReason = true, "The client arrived in acute pain; we took longer to settle it."
		_, err := s.net.RecordSession(s.ctx, c.therapist, d)
		return err
	})
}

func (s *seeder) phoned(c *course) {
	s.recently(4300, func() error {
		day := models.DateOf(s.at, s.zone)
		_, err := s.net.WritePrescription(s.ctx, c.therapist, models.PrescriptionDraft{ClientID: c.who.ID, PrescriberID: c.doctor.ID, Source: models.FromVerbal, IssuedOn: day,
			Verbal: &models.VerbalDraft{GivenBy: "Marcus Bell, MD", TakenAt: s.at.Add(-5 * time.Minute), ReadBack: true},
			Content: models.OrderContent{ClientName: c.who.Name, ClientBirth: c.who.BirthDate, DiagnosisCodes: c.what.diagnoses, Scope: models.Scope{Regions: c.what.regions,
				MinutesPerSession: c.minutes, SessionsTotal: c.total, Frequency: &models.Frequency{Sessions: 1, Per: models.PerWeek, Window: models.Calendar}},
				ValidFrom: day, ValidUntil: day.AddDays(60), Expiry: models.Strict, Clock: models.ClockIssued, ReportEvery: models.ReportEvery{Sessions: 6, Days: 30}}})
		return err
	})
}

func (s *seeder) toSign(client int) {
	s.recently(120, func() error {
		who := s.clients[client]
		r, err := s.net.DraftRelease(s.ctx, s.therapist, who.ID, models.ReleaseTerms{Recipients: []models.Recipient{{ProviderID: s.providers[5].ID}},
			Categories: []models.Category{models.CategoryDemographics, models.CategoryProgressReport, models.CategoryMeasures}, Purpose: models.PurposeCoordination,
			ExpiresOn: s.today.AddMonths(12)})
		if err != nil {
			return err
		}
		_, err = s.net.SendSigningLink(s.ctx, s.therapist, r.ID, who.Email)
		return err
	})
}

func (s *seeder) revoked(c *course) {
	s.recently(10000, func() error {
		l, err := s.net.Releases(s.ctx, s.owner, c.who.ID, models.Page{Limit: 1})
		if err != nil || len(l.Items) == 0 {
			return errors.Join(err, errors.New("no release to revoke"))
		}
		_, err = s.net.RevokeRelease(s.ctx, s.owner, l.Items[0].ID, models.RevocationDraft{ReceivedAt: s.at.Add(-time.Hour), Channel: "in_person", Reason: "moves to another town"})
		return err
	})
}

func (s *seeder) unsigned(c *course) {
	s.recently(60, func() error {
		_, err := s.net.RecordSession(s.ctx, c.therapist, s.visit(c, s.at.Add(-time.Hour)))
		return err
	})
}

func (s *seeder) freshReports(portal, link *course) {
	s.recently(200, func() error { return s.report(portal, models.ReportDischarge) })
	s.recently(190, func() error {
		r, err := s.net.DraftReport(s.ctx, link.therapist, models.ReportOutline{ClientID: link.who.ID, PrescriptionID: link.order, Kind: models.ReportProgress,
			Narrative: models.Narrative{Recommendation: "Continue twice a week for two weeks, then once.", ReplyRequested: true}})
		if err != nil {
			return err
		}
		if _, err := s.net.SignReport(s.ctx, link.therapist, r.ID); err != nil {
			return err
		}
		_, err = s.net.DeliverReport(s.ctx, link.therapist, r.ID, models.DeliveryDraft{ProviderID: link.doctor.ID, Channel: models.ByLink})
		return err
	})
}

func (s *seeder) bookings(courses ...*course) {
	s.recently(30, func() error {
		for i, c := range courses {
			at := s.on(s.today.AddDays(i), 16+i, 30)
			if !at.After(s.end) {
				at = s.on(s.today.AddDays(1), 10, 0)
			}
			if _, err := s.net.Book(s.ctx, s.desk, models.BookingDraft{ClientID: c.who.ID, PrescriptionID: c.order, TherapistID: c.therapist.UserID,
				StartsAt: at, Minutes: c.minutes, Regions: c.what.regions}); err != nil {
				return err
			}
		}
		return nil
	})
}
