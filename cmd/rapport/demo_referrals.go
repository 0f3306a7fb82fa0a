package main

import (
	"fmt"
	"slices"

	"rapport/models"
	"rapport/referral"
)

// demoReferral is one person sent from one professional to another, with what
// was done about it every other day.
type demoReferral struct {
	client, provider int
	in               bool
	ago              int // days
	why              string
	acts             []models.ReferralAction
}

// actTalk is an interim note after a talk, without a visit.
const actTalk models.ReferralAction = "talk"

// seenThrough is a referral whose loop was closed, idle one that nobody answered.
var (
	seenThrough = []models.ReferralAction{models.ActSend, models.ActAccept, models.ActSchedule, models.ActInterimNote, models.ActOutcome, models.ActAcknowledge}
	idle        = []models.ReferralAction{models.ActSend}
)

// demoReferrals are beside those that come with orders: one in every state of
// the loop at least.
var demoReferrals = []demoReferral{
	{0, 7, false, 320, "Knee gives way on stairs.", seenThrough},
	{4, 6, false, 250, "Headaches with blurred sight.", []models.ReferralAction{models.ActSend, models.ActAccept, models.ActSchedule, models.ActNoShow, models.ActReschedule, models.ActInterimNote, models.ActOutcome, models.ActAcknowledge}},
	{7, 4, false, 200, "Numb hand at night.", []models.ReferralAction{models.ActSend, models.ActAccept, models.ActLogAttempt, models.ActLogAttempt, models.ActLogAttempt, models.ActCloseUnreachable, models.ActAcknowledge}},
	{9, 0, false, 150, "Stiff mid back, wants an adjustment.", []models.ReferralAction{models.ActSend, models.ActDecline}},
	{11, 5, false, 120, "Whiplash after a car accident.", seenThrough},
	{13, 8, false, 90, "Shoulder does not lift after a fall.", []models.ReferralAction{models.ActSend, models.ActRequestCancellation, models.ActConfirmCancellation}},
	{15, 6, false, 30, "Dizzy when turning the head.", []models.ReferralAction{models.ActSend, models.ActAccept, models.ActSchedule, models.ActInterimNote, models.ActOutcome}},
	{16, 5, false, 16, "Low back pain into the leg.", []models.ReferralAction{models.ActSend, models.ActAccept, models.ActSchedule, models.ActInterimNote}},
	{17, 0, false, 12, "Neck locked on one side.", []models.ReferralAction{models.ActSend, models.ActAccept, models.ActSchedule, models.ActCancelAppointment}},
	{18, 7, false, 10, "Ankle unstable after a sprain.", []models.ReferralAction{models.ActSend, models.ActAccept, models.ActSchedule, models.ActNoShow}},
	{19, 5, false, 4, "Hip pain when running.", []models.ReferralAction{models.ActSend, models.ActAccept, models.ActSchedule}},
	{20, 6, false, 5, "Tired for weeks, asks for a check.", []models.ReferralAction{models.ActSend, models.ActAccept}},
	{21, 0, false, 1, "Tension headaches, jaw clicks.", []models.ReferralAction{models.ActSend}},
	{22, 9, false, 6, "Blood pressure high at two visits.", []models.ReferralAction{models.ActSend, models.ActRequestCancellation}},
	{23, 3, false, 1, "Asks for an osteopath for the ribs.", nil},
	{22, 5, false, 8, "Wants to know whether an adjustment would help.", []models.ReferralAction{models.ActSend, models.ActAccept, actTalk}},
	{24, 8, false, 3, "Written for the wrong client.", []models.ReferralAction{models.ActEnterInError}},
	{3, 0, false, 215, "Stiff lower back, asks for an adjustment.", seenThrough},
	{14, 0, false, 110, "Jaw pain beside the headaches.", seenThrough},
	{10, 0, false, 45, "Knee and hip do not move together.", seenThrough},
	{12, 1, false, 190, "Sleeps badly, blood pressure to be checked.", seenThrough},
	{25, 9, false, 215, "Asks for a first visit with a nurse practitioner.", idle},
	{2, 6, true, 280, "Stress and neck pain; massage may help.", []models.ReferralAction{models.ActSend, models.ActAccept, models.ActInterimNote, models.ActOutcome, models.ActAcknowledge}},
	{5, 1, true, 160, "Back pain after pregnancy.", []models.ReferralAction{models.ActSend, models.ActAccept, models.ActInterimNote, models.ActOutcome, models.ActAcknowledge}},
	{8, 8, true, 60, "Shoulders tight from desk work.", []models.ReferralAction{models.ActSend, models.ActDecline}},
	{10, 7, true, 9, "Calf strain, soft tissue work please.", []models.ReferralAction{models.ActSend, models.ActAccept, models.ActSchedule}},
	{18, 1, true, 120, "Neck and shoulders after weeks at the new desk.", []models.ReferralAction{models.ActSend, models.ActAccept, models.ActInterimNote, models.ActOutcome, models.ActAcknowledge}},
	{1, 3, true, 130, "Mid back pain, manual therapy alone does not hold.", []models.ReferralAction{models.ActSend, models.ActAccept, models.ActInterimNote, models.ActOutcome}},
	{14, 3, true, 75, "Hip flexors tight, walks a lot.", []models.ReferralAction{models.ActSend, models.ActAccept, models.ActInterimNote, models.ActOutcome, models.ActAcknowledge}},
	{3, 9, true, 300, "Forearms tight, works with her hands.", seenThrough},
	{6, 9, true, 272, "Low back after lifting at work.", seenThrough},
	{14, 9, true, 240, "Headaches from the neck.", seenThrough},
	{17, 9, true, 205, "Shoulder blades sore from the computer.", seenThrough},
	{26, 6, false, 215, "Palpitations at rest.", seenThrough},
	{12, 3, true, 1, "Rib cage stiff, works at a screen.", []models.ReferralAction{models.ActSend}},
}

// referrals plans them: each is written down and then moved on by its own side.
func (s *seeder) referrals() {
	for _, d := range demoReferrals {
		day := s.today.AddDays(-d.ago)
		var id models.ReferralID
		s.later(s.on(day, 11, d.client), func() (err error) { id, err = s.refer(d); return err })
		for k, a := range d.acts {
			s.later(s.on(day.AddDays(min(2*k, d.ago)), 13, d.client+k), func() error { return s.moveOn(d, id, a) })
		}
	}
}

func (s *seeder) refer(d demoReferral) (models.ReferralID, error) {
	who, doctor := s.clients[d.client], s.providers[d.provider]
	r, err := s.net.DraftRelease(s.ctx, s.therapist, who.ID, models.ReleaseTerms{Recipients: []models.Recipient{{ProviderID: doctor.ID}},
		Categories: []models.Category{models.CategoryReferral, models.CategoryDemographics, models.CategoryMeasures}, Purpose: models.PurposeReferral,
		ExpiresOn: models.DateOf(s.at, s.zone).AddMonths(14)})
	if err != nil {
		return "", err
	}
	if _, err := s.net.SignRelease(s.ctx, s.therapist, r.ID, models.SignatureDraft{Method: models.SignedTyped, Name: who.Name.String(), ElectronicRecordsConsent: true}); err != nil {
		return "", err
	}
	o := models.ReferralOutline{Direction: models.Outbound, ClientID: who.ID, ProviderID: doctor.ID, Reason: d.why}
	if d.in {
		o.Direction = models.Inbound
	}
	v, err := s.net.Refer(s.ctx, s.desk, o)
	return v.ID, err
}

// moveOn is one step by the side whose step it is: in the portal by who signs
// in, else as the practice was told on the phone.
func (s *seeder) moveOn(d demoReferral, id models.ReferralID, a models.ReferralAction) error {
	by := s.therapist
	visited := a == models.ActInterimNote
	if a == actTalk {
		a = models.ActInterimNote
	}
	step := referral.ReferralStep{Confirm: true, ReferralAct: models.ReferralAct{Action: a, VisitDone: visited}}
	ours := models.Initiator
	if d.in {
		ours = models.RecipientSide
	}
	if doctor, signsIn := s.doctors[d.provider]; !models.ActsOf(ours, a) && signsIn && a != models.ActSend {
		by = doctor
	} else if !models.ActsOf(ours, a) {
		step.SaidBy = "the front desk"
	}
	if slices.Contains([]models.ReferralAction{models.ActSchedule, models.ActReschedule}, a) {
		at := s.at.AddDate(0, 0, 2)
		step.ScheduledAt = &at
	}
	if a == models.ActInterimNote || a == models.ActOutcome {
		step.Note = "Seen and examined; nothing that speaks against massage."
	}
	step.Reason = "Written down after a call."
	_, err := s.net.ActOnReferral(s.ctx, by, id, step)
	if err != nil {
		return fmt.Errorf("%s: %w", a, err)
	}
	return nil
}
