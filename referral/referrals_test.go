package referral_test

import (
	"bytes"
	"slices"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
	"rapport/referral"
)

// loop is a world with the verbs of referrals at hand.
type loop struct {
	*orders
	client models.Client
}

func eachLoop(t *testing.T, f func(t *testing.T, l *loop)) {
	eachOrders(t, func(t *testing.T, o *orders) { f(t, &loop{o, o.Client("Ana", "Silva")}) })
}

// released has the client let a provider know.
func (l *loop) released(to models.ProviderID, what ...models.Category) models.ReleaseID {
	l.t.Helper()
	r := must2(l.net.DraftRelease(l.ctx, l.Therapist, l.client.ID, models.ReleaseTerms{Recipients: []models.Recipient{{ProviderID: to}}, Categories: what,
		Purpose: models.PurposeCoordination, ExpiresOn: "2027-03-01"}))(l.t)
	must2(l.net.SignRelease(l.ctx, l.Therapist, r.ID, models.SignatureDraft{Method: models.SignedTyped, Name: "Ana Silva", ElectronicRecordsConsent: true}))(l.t)
	return r.ID
}

func (l *loop) outline(d models.Direction) models.ReferralOutline {
	return models.ReferralOutline{Direction: d, ClientID: l.client.ID, ProviderID: l.Provider.ID, Reason: "Numb fingers since Monday."}
}

func (l *loop) refers(by models.Actor, o models.ReferralOutline) models.ReferralView {
	l.t.Helper()
	return must2(l.net.Refer(l.ctx, by, o))(l.t)
}

type step = referral.ReferralStep

func act(a models.ReferralAction, change ...func(*step)) step {
	s := step{ReferralAct: models.ReferralAct{Action: a}}
	for _, f := range change {
		f(&s)
	}
	return s
}

func because(s *step)            { s.Reason = "because" }
func noted(s *step)              { s.Note = "Carpal tunnel; splint at night." }
func visited(s *step)            { s.VisitDone = true }
func said(s *step)               { s.SaidBy = "Robin at the front desk" }
func at(t time.Time) func(*step) { return func(s *step) { s.ScheduledAt = &t } }

func (l *loop) tries(by models.Actor, id models.ReferralID, s step) (models.ReferralView, error) {
	return l.net.ActOnReferral(l.ctx, by, id, s)
}

func (l *loop) acts(by models.Actor, id models.ReferralID, s step) models.ReferralView {
	l.t.Helper()
	v, err := l.tries(by, id, s)
	if err != nil {
		f, _ := fault.As(err)
		l.t.Fatalf("%s: %v %+v", s.Action, err, f)
	}
	return v
}

func (l *loop) count(query string) (n int) {
	l.t.Helper()
	if err := count(l.World, query, &n); err != nil {
		l.t.Fatal(err)
	}
	return n
}

func TestAnOutboundReferralIsFollowedUntilItsOutcomeWasSeen(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		l.released(l.Provider.ID, models.CategoryReferral, models.CategoryDemographics)
		r := l.refers(l.Desk, l.outline(models.Outbound))
		if r.State != models.ReferralDraft || !r.FirstOfProvider || r.DueOn != "2026-03-03" {
			t.Fatalf("draft %+v", r.Referral)
		}
		if _, err := l.net.Referral(l.ctx, l.Doctor, r.ID); fault.CodeOf(err) != "not_found" {
			t.Errorf("the doctor reads a draft: %v", err)
		}
		v := l.acts(l.Therapist, r.ID, act(models.ActSend))
		if v.State != models.ReferralReceived || v.BusinessStatus != "2.0" || v.DocumentID == "" || v.ReleaseID == "" ||
			!slices.Equal(v.Enclosed, []models.Category{models.CategoryReferral, models.CategoryDemographics}) {
			t.Fatalf("sent %+v", v.Referral)
		}
		if n := l.count("SELECT COUNT(*) FROM messages WHERE kind = 'referral'"); n != 1 {
			t.Errorf("%d notices", n)
		}
		doc := must2(l.net.ReferralPacket(l.ctx, l.Doctor, r.ID))(t)
		if !bytes.HasPrefix(doc.Bytes, []byte("%PDF")) {
			t.Error("no packet")
		}
		seen := must2(l.net.Referral(l.ctx, l.Doctor, r.ID))(t)
		if seen.Reason != "Numb fingers since Monday." || seen.Client.Family != "Silva" || seen.FirstOfProvider {
			t.Errorf("the doctor sees %+v", seen)
		}
		l.acts(l.Doctor, r.ID, act(models.ActAccept))
		l.acts(l.Doctor, r.ID, act(models.ActSchedule, at(l.Clock.Now().Add(48*time.Hour))))
		l.acts(l.Doctor, r.ID, act(models.ActNoShow, because))
		l.acts(l.Doctor, r.ID, act(models.ActReschedule, at(l.Clock.Now().Add(72*time.Hour))))
		l.Clock.Advance(96 * time.Hour)
		v = l.acts(l.Doctor, r.ID, act(models.ActInterimNote, noted))
		if v.State != models.ReferralVisitDone || v.FirstVisitAt == nil {
			t.Errorf("after the visit %+v", v.Referral)
		}
		v = l.acts(l.Doctor, r.ID, act(models.ActOutcome, noted))
		if v.State != models.ReferralCompleted || v.Closed() || v.WhoseTurn() != models.OwedByUs {
			t.Errorf("after the outcome %+v", v.Referral)
		}
		v = l.acts(l.Desk, r.ID, act(models.ActAcknowledge))
		if !v.Closed() || len(v.Events) != 8 || v.Outcome == "" {
			t.Errorf("closed %+v", v)
		}
		if n := l.count("SELECT COUNT(*) FROM disclosures WHERE object_kind = 'referral' AND allowed"); n < 3 {
			t.Errorf("%d disclosures", n)
		}
	})
}

func TestAPhonedAnswerIsWrittenDownWithWhoSaidIt(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		l.released(l.Provider.ID, models.CategoryReferral)
		r := l.refers(l.Desk, l.outline(models.Outbound))
		l.acts(l.Desk, r.ID, act(models.ActSend))
		if _, err := l.tries(l.Desk, r.ID, act(models.ActAccept)); true {
			hasViolation(t, err, "said_by.required")
		}
		v := l.acts(l.Desk, r.ID, act(models.ActAccept, said))
		if v.State != models.ReferralAccepted || v.Events[1].SaidBy != "Robin at the front desk" || v.Events[1].Side != models.RecipientSide {
			t.Errorf("%+v", v.Events)
		}
	})
}

func TestAnInboundReferralIsAnsweredAndThanked(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		o := models.ReferralOutline{Direction: models.Inbound, PracticeID: l.Practice.ID, Reason: "Tension headaches.", Priority: models.Urgent,
			Client: &models.ClientDraft{Name: models.PersonName{Given: "Bo", Family: "Li"}, BirthDate: "1990-01-02"}}
		r := l.refers(l.Doctor, o)
		if _, err := l.net.Referral(l.ctx, l.Owner, r.ID); fault.CodeOf(err) != "not_found" {
			t.Errorf("the practice reads what was not sent: %v", err)
		}
		if list := must2(l.net.Referrals(l.ctx, l.Owner, referral.ReferralQuery{}, models.Page{Limit: 10}))(t); len(list.Items) != 0 {
			t.Errorf("and lists it: %+v", list.Items)
		}
		l.acts(l.Doctor, r.ID, act(models.ActSend))
		v := l.acts(l.Desk, r.ID, act(models.ActAccept))
		if v.Proposed {
			t.Error("the person was not taken into care")
		}
		l.Clock.Advance(24 * time.Hour)
		v = l.acts(l.Therapist, r.ID, act(models.ActInterimNote, noted, visited))
		if v.ThankedAt == nil || v.FirstVisitAt == nil {
			t.Errorf("no thanks: %+v", v.Referral)
		}
		if n := l.count("SELECT COUNT(*) FROM messages WHERE kind = 'thanks'"); n != 1 {
			t.Errorf("%d thank-yous", n)
		}
		l.Write(func(tx *store.Tx) error { _, err := tx.RelationshipWith(l.Provider.ID); return err })
		own := must2(l.net.Referral(l.ctx, l.Doctor, r.ID))(t)
		if own.State != models.ReferralVisitDone || own.Events[len(own.Events)-1].Note != "" {
			t.Errorf("without a release the referrer sees %+v", own)
		}
		l.acts(l.Therapist, r.ID, act(models.ActOutcome, noted))
		if own = must2(l.net.Referral(l.ctx, l.Doctor, r.ID))(t); own.Outcome != "" || own.SeenAt != nil {
			t.Errorf("without a release the referrer sees the outcome: %+v", own)
		}
		l.client.ID = r.ClientID
		l.released(l.Provider.ID, models.CategoryReferral)
		if own = must2(l.net.Referral(l.ctx, l.Doctor, r.ID))(t); own.Outcome == "" || !own.Closed() {
			t.Errorf("with a release: %+v", own)
		}
	})
}

func TestASubmittedOrderOpensItsReferralWhichFollowsIt(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t, l.orders.t = t, t
		p := l.submitted()
		list := must2(l.net.Referrals(l.ctx, l.Desk, referral.ReferralQuery{Direction: models.Inbound}, models.Page{Limit: 10}))(t)
		if len(list.Items) != 1 || list.Items[0].PrescriptionID != p.ID || list.Items[0].State != models.ReferralReceived || list.Items[0].Client.Family != "Silva" {
			t.Fatalf("%+v", list.Items)
		}
		id := list.Items[0].ID
		_, err := l.tries(l.Therapist, id, act(models.ActAccept))
		if f := refusedWith(t, err, fault.Conflict, "referral.action_not_allowed"); f.Refs["prescription_id"] != string(p.ID) {
			t.Errorf("%+v", f)
		}
		must(l.t2(l.net.AcceptPrescription(l.ctx, l.Owner, p.ID, models.Acceptance{})))
		read := func() models.ReferralView { return must2(l.net.Referral(l.ctx, l.Desk, id))(t) }
		if r := read(); r.State != models.ReferralAccepted || r.AnsweredAt == nil {
			t.Errorf("accepted: %+v", r.Referral)
		}
		start := l.Clock.Now().Add(26 * time.Hour)
		b, err := l.net.Book(l.ctx, l.Desk, models.BookingDraft{ClientID: p.ClientID, PrescriptionID: p.ID, TherapistID: l.Therapist.UserID, StartsAt: start, Minutes: 30,
			Regions: []models.RegionSide{{Region: "neck", Side: models.SideBoth}}})
		must(t, b, err)
		if r := read(); r.State != models.ReferralScheduled || !r.ScheduledAt.Equal(start) {
			t.Errorf("booked: %+v", r.Referral)
		}
		must2(l.net.MissBooking(l.ctx, l.Desk, b.ID))(t)
		if r := read(); r.State != models.ReferralNoShow {
			t.Errorf("missed: %+v", r.Referral)
		}
		l.Clock.Advance(48 * time.Hour)
		must2(l.net.RecordSession(l.ctx, l.Therapist, models.SessionDraft{ClientID: p.ClientID, PrescriptionID: p.ID, StartedAt: l.Clock.Now().Add(-time.Hour), Minutes: 30,
			Regions: []models.RegionSide{{Region: "neck", Side: models.SideBoth}}, Techniques: []models.Technique{"petrissage"}, Screening: models.Screening{Reviewed: true},
			SOAP: models.SOAP{Subjective: "s", Objective: "o", Assessment: "a", Plan: "p"}}))(t)
		r := read()
		if r.State != models.ReferralVisitDone || r.FirstVisitAt == nil || r.ThankedAt == nil || r.LastVisitAt == nil {
			t.Errorf("after the first session: %+v", r.Referral)
		}
		if n := l.count("SELECT COUNT(*) FROM referrals"); n != 1 {
			t.Errorf("%d referrals", n)
		}
	})
}

func TestADeclinedOrderDeclinesItsReferral(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t, l.orders.t = t, t
		p := l.submitted()
		must(l.t2(l.net.DeclinePrescription(l.ctx, l.Owner, p.ID, "We are full.")))
		list := must2(l.net.Referrals(l.ctx, l.Desk, referral.ReferralQuery{}, models.Page{Limit: 10}))(t)
		if list.Items[0].State != models.ReferralDeclined || list.Items[0].BusinessStatus != "4.0" {
			t.Errorf("%+v", list.Items[0].Referral)
		}
	})
}

func TestConcurrentActsOnOneVersionLetOneWin(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		l.released(l.Provider.ID, models.CategoryReferral)
		r := l.refers(l.Desk, l.outline(models.Outbound))
		v := l.acts(l.Desk, r.ID, act(models.ActSend))
		seen := models.WithIfMatch(l.ctx, v.Version)
		errs := make([]error, 6)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				s := act(models.ActAccept)
				if i%2 == 1 {
					s = act(models.ActDecline, because)
				}
				_, errs[i] = l.net.ActOnReferral(seen, l.Doctor, r.ID, s)
			})
		}
		wg.Wait()
		now := must2(l.net.Referral(l.ctx, l.Desk, r.ID))(t)
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			if f := refusedWith(t, err, fault.Stale, "version.stale"); f.Refs["state"] != string(now.State) {
				t.Errorf("the loser hears %+v, it is %s", f, now.State)
			}
		}
		if won != 1 || len(now.Events) != 2 {
			t.Errorf("%d won, %d events", won, len(now.Events))
		}
	})
}

func TestConcurrentFirstReferralsHaveOneFirst(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		var wg sync.WaitGroup
		for i := range 5 {
			o := l.outline(models.Outbound)
			o.ClientID = l.Client("Ana", string(rune('A'+i))).ID
			wg.Go(func() {
				if _, err := l.net.Refer(l.ctx, l.Desk, o); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		list := must2(l.net.Referrals(l.ctx, l.Desk, referral.ReferralQuery{}, models.Page{Limit: 10}))(t)
		first := 0
		for _, r := range list.Items {
			if r.FirstOfProvider {
				first++
			}
		}
		if len(list.Items) != 5 || first != 1 {
			t.Errorf("%d referrals, %d first ones", len(list.Items), first)
		}
	})
}

func TestConcurrentDraftsOfOneReferralAreOne(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		must2(l.net.Relate(l.ctx, l.Desk, l.Provider.ID))(t)
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if _, err := l.net.Refer(l.ctx, l.Desk, l.outline(models.Outbound)); err != nil && fault.CodeOf(err) != "referral.begun" {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if list := must2(l.net.Referrals(l.ctx, l.Desk, referral.ReferralQuery{}, models.Page{Limit: 10}))(t); len(list.Items) != 1 {
			t.Errorf("%d drafts, want one", len(list.Items))
		}
	})
}

func TestARefusedReferralLeavesNothingHalfWritten(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		r := l.refers(l.Desk, l.outline(models.Outbound))
		_, err := l.tries(l.Desk, r.ID, act(models.ActSend))
		refusedWith(t, err, fault.Forbidden, "release_required")
		if n := l.count("SELECT (SELECT COUNT(*) FROM documents) + (SELECT COUNT(*) FROM messages) + (SELECT COUNT(*) FROM grants) + (SELECT COUNT(*) FROM referral_events)"); n != 0 {
			t.Errorf("%d rows", n)
		}
		if n := l.count("SELECT COUNT(*) FROM disclosures WHERE NOT allowed"); n != 1 {
			t.Errorf("%d refused disclosures", n)
		}
		l.released(l.Provider.ID, models.CategoryDemographics)
		_, err = l.tries(l.Desk, r.ID, act(models.ActSend))
		refusedWith(t, err, fault.Forbidden, "report.exceeds_release")
		if v := must2(l.net.Referral(l.ctx, l.Desk, r.ID))(t); v.State != models.ReferralDraft || v.Version != 1 {
			t.Errorf("%+v", v.Referral)
		}
	})
}

func TestARevokedReleaseEndsWhatTheRecipientSees(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		release := l.released(l.Provider.ID, models.CategoryReferral)
		r := l.refers(l.Desk, l.outline(models.Outbound))
		l.acts(l.Desk, r.ID, act(models.ActSend))
		must2(l.net.RevokeRelease(l.ctx, l.Owner, release, models.RevocationDraft{ReceivedAt: l.Clock.Now(), Channel: "in_person"}))(t)
		_, err := l.net.Referral(l.ctx, l.Doctor, r.ID)
		refusedWith(t, err, fault.Gone, "release.ended")
		_, err = l.net.ReferralPacket(l.ctx, l.Doctor, r.ID)
		refusedWith(t, err, fault.Gone, "release.ended")
		_, err = l.tries(l.Doctor, r.ID, act(models.ActAccept))
		refusedWith(t, err, fault.Gone, "release.ended")
		list := must2(l.net.Referrals(l.ctx, l.Doctor, referral.ReferralQuery{}, models.Page{Limit: 10}))(t)
		if len(list.Items) != 1 || list.Items[0].Withheld == "" || list.Items[0].Client.Family != "" || list.Items[0].Reason != "" {
			t.Errorf("%+v", list.Items)
		}
	})
}

func TestADoubtfulRecipientIsConfirmed(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		l.released(l.Provider.ID, models.CategoryReferral)
		r := l.refers(l.Desk, l.outline(models.Outbound))
		l.Clock.Advance(181 * 24 * time.Hour)
		_, err := l.tries(l.Desk, r.ID, act(models.ActSend))
		f := refusedWith(t, err, fault.Conflict, "referral.confirm_recipient")
		if f.Violations[0].Code != "provider.not_verified" {
			t.Errorf("%+v", f.Violations)
		}
		l.Write(func(tx *store.Tx) error { // another chiropractor, who takes new patients
			return tx.AddProvider(models.Provider{ID: "0196e000-0000-7000-8000-00000000aaaa", Name: models.PersonName{Given: "Ida", Family: "Stern"}, Taxonomy: "111N00000X",
				Accepting: models.AcceptingYes, CreatedAt: l.Clock.Now(), Version: 1, Offices: []models.Office{{ID: models.OfficeID(l.NewID()), Name: "Stern",
					Address: models.Address{City: "Seattle", State: "WA"}}}})
		})
		no := models.AcceptingNo
		must2(l.net.ChangeProvider(models.WithIfMatch(l.ctx, 1), l.Doctor, l.Provider.ID, models.ProviderChange{Accepting: &no}))(t)
		_, err = l.tries(l.Desk, r.ID, act(models.ActSend))
		f = refusedWith(t, err, fault.Conflict, "referral.confirm_recipient")
		var codes []string
		for _, v := range f.Violations {
			codes = append(codes, v.Code)
		}
		if !slices.Contains(codes, "provider.not_accepting") || codes[len(codes)-1] != "referral.alternatives" {
			t.Fatalf("doubts %q", codes)
		}
		if others, _ := f.Violations[len(codes)-1].Allowed.([]models.Alternative); len(others) != 1 || others[0].Name != "Ida Stern" {
			t.Errorf("offered %+v", f.Violations[len(codes)-1].Allowed)
		}
		l.acts(l.Desk, r.ID, act(models.ActSend, func(s *step) { s.Confirm = true }))
	})
}

// TestActionsAreThoseOfThisUserAndThisVersion: each side is told what it may do
// now, the practice also what it writes down for the other side, and the
// version that this was said of.
func TestActionsAreThoseOfThisUserAndThisVersion(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		l.released(l.Provider.ID, models.CategoryReferral)
		r := l.refers(l.Desk, l.outline(models.Outbound))
		told := func(by models.Actor, version int, want ...models.ReferralAction) {
			t.Helper()
			list, of, err := l.net.ReferralActions(l.ctx, by, r.ID)
			var got []models.ReferralAction
			for _, a := range list {
				got = append(got, a.Action)
			}
			if slices.Sort(got); err != nil || of != version || !slices.Equal(got, slices.Sorted(slices.Values(want))) {
				t.Errorf("%s, version %d, %v: may %q, want %q", by.Name, of, err, got, want)
			}
		}
		told(l.Desk, 1, models.ActSend, models.ActEnterInError)
		sent := l.acts(l.Desk, r.ID, act(models.ActSend)).Version
		told(l.Doctor, sent, models.ActAccept, models.ActDecline, models.ActLogAttempt)
		told(l.Desk, sent, models.ActRequestCancellation, models.ActEnterInError, models.ActAccept, models.ActDecline, models.ActLogAttempt)
		done := l.acts(l.Doctor, r.ID, act(models.ActDecline, because)).Version
		told(l.Doctor, done)
		told(l.Desk, done, models.ActEnterInError)
		if _, err := l.tries(l.Doctor, r.ID, act(models.ActAccept)); true {
			refusedWith(t, err, fault.Conflict, "referral.action_not_allowed")
		}
	})
}

func TestThePacketHoldsWhatTheReleaseOfTheReferralCovers(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		l.released(l.Provider.ID, models.CategoryDemographics, models.CategoryPrescriptionStatus, models.CategoryMeasures, models.CategorySessionNotes)
		l.released(l.Provider.ID, models.CategoryReferral, models.CategoryDemographics)
		r := l.refers(l.Desk, l.outline(models.Outbound))
		v := l.acts(l.Desk, r.ID, act(models.ActSend))
		if !slices.Equal(v.Enclosed, []models.Category{models.CategoryReferral, models.CategoryDemographics}) {
			t.Errorf("two releases add up to %v", v.Enclosed)
		}
	})
}

func TestOthersReferralsAreNotFound(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		l.released(l.Provider.ID, models.CategoryReferral)
		r := l.refers(l.Desk, l.outline(models.Outbound))
		l.acts(l.Desk, r.ID, act(models.ActSend))
		for name, by := range map[string]models.Actor{"another practice": l.Stranger, "another provider": l.Doctor2} {
			for _, id := range []models.ReferralID{r.ID, "0196e000-0000-7000-8000-00000000ffff"} {
				_, err := l.net.Referral(l.ctx, by, id)
				refusedWith(t, err, fault.NotFound, "not_found")
				_, err = l.tries(by, id, act(models.ActAccept))
				refusedWith(t, err, fault.NotFound, "not_found")
				if _, _, err = l.net.ReferralActions(l.ctx, by, id); fault.CodeOf(err) != "not_found" {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	})
}

func TestARedFlagBecomesAnOutboundDraft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		d := c.visit()
		d.Screening.Findings = []models.Finding{{Key: "neuro_progressive"}}
		_, err := c.net.RecordSession(background, c.Therapist, d)
		if fault.CodeOf(err) != "safety.red_flag" {
			t.Fatal(err)
		}
		list := must2(c.net.Referrals(background, c.Owner, referral.ReferralQuery{Direction: models.Outbound}, models.Page{Limit: 10}))(t)
		if len(list.Items) != 1 || list.Items[0].State != models.ReferralDraft || list.Items[0].ClientID != d.ClientID {
			t.Fatalf("%+v", list.Items)
		}
		if flags := must2(c.net.RedFlags(background, c.Owner))(t); len(flags) != 0 {
			t.Errorf("%d red flags wait", len(flags))
		}
	})
}

func TestAnIdleReferralExpires(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		r := l.refers(l.Desk, l.outline(models.Inbound))
		l.acts(l.Desk, r.ID, act(models.ActSend))
		for _, c := range []struct {
			days int
			want models.ReferralState
		}{{90, models.ReferralReceived}, {3, models.ReferralExpired}} {
			l.Clock.Advance(time.Duration(c.days) * 24 * time.Hour)
			if err := l.net.RunPasses(l.ctx); err != nil {
				t.Fatal(err)
			}
			if v := must2(l.net.Referral(l.ctx, l.Desk, r.ID))(t); v.State != c.want {
				t.Errorf("after %d days: %s, want %s", c.days, v.State, c.want)
			}
		}
	})
}
