package referral_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/referral"
)

func (o *orders) asks(id models.PrescriptionID, d models.ChangeDraft) models.ChangeSheet {
	o.t.Helper()
	return must2(o.net.AskForChange(o.ctx, o.Therapist, id, d))(o.t)
}

func (o *orders) takes(id models.SeriesID, visits int) {
	o.t.Helper()
	o.Write(func(tx *store.Tx) error {
		for range visits {
			if _, err := tx.TakeVisit(id); err != nil {
				return err
			}
		}
		return nil
	})
}

// The journey of PRODUCT §2: neck only; legs and feet are asked for, declined,
// asked again and approved; until then the original plan stands.
func TestLegsAreAskedForDeclinedAndThenApproved(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		o.takes(p.SeriesID, 1)
		first := o.asks(p.ID, legsToo())
		if first.Request.Status != models.ChangeSent || first.Request.LapsesOn != "2026-03-16" || first.Request.Words == "" {
			t.Errorf("asked %+v", first.Request)
		}
		opened := must2(o.net.ChangeRequest(o.ctx, o.Doctor, first.Request.ID))(t)
		if opened.Request.Status != models.ChangeSeen || opened.Request.SeenAt == nil || opened.Request.Words != "" || opened.Request.ExplanationGiven == "" || opened.Order.Visits.Used != 1 {
			t.Errorf("the prescriber opens %+v", opened)
		}
		declined := must2(o.net.DecideChange(o.ctx, o.Doctor, first.Request.ID, models.Decision{Reason: "Neck first."}))(t)
		if declined.Request.Status != models.ChangeDeclined || declined.Request.NewVersionID != "" {
			t.Errorf("declined %+v", declined.Request)
		}
		if st := must(o.t2(o.net.Prescription(o.ctx, o.Therapist, p.ID))); st.Now != models.OrderActive || st.CurrentID != p.ID || len(st.Content.Scope.Regions) != 1 {
			t.Errorf("the original plan stands: %+v", st)
		}
		again := legsToo()
		again.ShareWords = true
		second := o.asks(p.ID, again)
		if seen := must2(o.net.ChangeRequest(o.ctx, o.Doctor, second.Request.ID))(t); seen.Request.Words == "" {
			t.Error("the client agreed that the words are shared")
		}
		o.Clock.Advance(24 * time.Hour)
		done := must2(o.net.DecideChange(o.ctx, o.Doctor, second.Request.ID, models.Decision{Approve: true}))(t)
		next := must(o.t2(o.net.Prescription(o.ctx, o.Therapist, done.Request.NewVersionID)))
		if next.Now != models.OrderActive || next.Version != 2 || next.Replaces != p.ID || next.SeriesID != p.SeriesID || len(next.Content.Scope.Regions) != 2 ||
			next.Visits != (models.Visits{Allowed: 4, Used: 1, Left: 3, Limited: true}) || next.Signature == nil || next.Signature.DocumentSHA256 != next.ContentSHA256 || next.From != p.From {
			t.Errorf("version 2: %+v", next)
		}
		if old := must(o.t2(o.net.Prescription(o.ctx, o.Therapist, p.ID))); old.Now != models.OrderSuperseded || old.CurrentID != next.ID {
			t.Errorf("version 1: %+v", old)
		}
		_, err := o.net.AskForChange(o.ctx, o.Therapist, p.ID, legsToo())
		if f := refusedWith(t, err, fault.Conflict, "order.not_active"); f.Refs["current_prescription_id"] != string(next.ID) {
			t.Errorf("refs %v", f.Refs)
		}
		_, err = o.net.DecideChange(o.ctx, o.Doctor, second.Request.ID, models.Decision{Reason: "No."})
		refusedWith(t, err, fault.Conflict, "change.decided")
		if seen := must(o.t2(o.net.Prescription(o.ctx, o.Doctor, next.ID))); seen.Version != 2 {
			t.Errorf("the prescriber reads %+v", seen)
		}
	})
}

func TestOneRequestIsOpenAtATimeAndOnlyThePrescriberDecides(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		c := o.asks(p.ID, legsToo())
		_, err := o.net.AskForChange(o.ctx, o.Therapist, p.ID, legsToo())
		if f := refusedWith(t, err, fault.Conflict, "change.open"); f.Refs["change_request_id"] != string(c.Request.ID) {
			t.Errorf("refs %v", f.Refs)
		}
		yes := models.Decision{Approve: true}
		staff := o.Person("sam@greenlake.example", "Sam Roe", models.RoleGrant{Role: models.ProviderStaff, ProviderID: o.Provider.ID})
		for _, by := range []models.Actor{o.Therapist, staff, o.Stranger} {
			_, err := o.net.DecideChange(o.ctx, by, c.Request.ID, yes)
			refusedWith(t, err, fault.Forbidden, "role.not_allowed")
		}
		_, err = o.net.DecideChange(o.ctx, o.Doctor2, c.Request.ID, yes)
		refusedWith(t, err, fault.NotFound, "not_found")
		_, err = o.net.ChangeRequest(o.ctx, o.Stranger, c.Request.ID)
		refusedWith(t, err, fault.NotFound, "not_found")
		_, err = o.net.ChangeRequest(o.ctx, o.Doctor2, c.Request.ID)
		refusedWith(t, err, fault.NotFound, "not_found")
		_, err = o.net.AskForChange(o.ctx, o.Desk, p.ID, legsToo())
		refusedWith(t, err, fault.Forbidden, "role.not_allowed")
		w := must2(o.net.WithdrawChange(o.ctx, o.Therapist, c.Request.ID))(t)
		_, err = o.net.DecideChange(o.ctx, o.Doctor, w.Request.ID, yes)
		refusedWith(t, err, fault.Conflict, "change.status")
		o.asks(p.ID, legsToo())
		l := must2(o.net.ChangeRequests(o.ctx, o.Therapist, referral.ChangeQuery{PrescriptionID: p.ID}, models.Page{Limit: 10}))(t)
		sent := must2(o.net.ChangeRequests(o.ctx, o.Doctor, referral.ChangeQuery{Status: models.ChangeSent}, models.Page{Limit: 10}))(t)
		none := must2(o.net.ChangeRequests(o.ctx, o.Doctor2, referral.ChangeQuery{}, models.Page{Limit: 10}))(t)
		if len(l.Items) != 2 || len(sent.Items) != 1 || sent.Items[0].Words != "" || len(none.Items) != 0 {
			t.Errorf("lists of %d, %d and %d", len(l.Items), len(sent.Items), len(none.Items))
		}
	})
}

func TestSilenceLapsesAndNeverWidens(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		late, passed := o.asks(p.ID, legsToo()), models.ChangeSheet{}
		o.Clock.Advance(14 * 24 * time.Hour)
		if err := o.net.RunPasses(o.ctx); err != nil {
			t.Fatal(err)
		}
		if c := must2(o.net.ChangeRequest(o.ctx, o.Therapist, late.Request.ID))(t); c.Request.Status != models.ChangeSent {
			t.Errorf("on the last day it is %s", c.Request.Status)
		}
		o.Clock.Advance(24 * time.Hour)
		_, err := o.net.DecideChange(o.ctx, o.Doctor, late.Request.ID, models.Decision{Approve: true})
		refusedWith(t, err, fault.Conflict, "change.lapsed")
		for range 2 {
			if err := o.net.RunPasses(o.ctx); err != nil {
				t.Fatal(err)
			}
		}
		passed = must2(o.net.ChangeRequest(o.ctx, o.Doctor, late.Request.ID))(t)
		if passed.Request.Status != models.ChangeLapsed || passed.Request.DecidedAt == nil {
			t.Errorf("after the pass %+v", passed.Request)
		}
		_, err = o.net.DecideChange(o.ctx, o.Doctor, late.Request.ID, models.Decision{Approve: true})
		refusedWith(t, err, fault.Conflict, "change.lapsed")
		if st := must(o.t2(o.net.Prescription(o.ctx, o.Therapist, p.ID))); st.CurrentID != p.ID || len(st.Content.Scope.Regions) != 1 {
			t.Errorf("silence widened the order: %+v", st)
		}
	})
}

func TestAnApprovalCarriesUsedVisitsAndNeverGoesBelowThem(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		o.takes(p.SeriesID, 3)
		d := legsToo()
		d.Proposed.SessionsTotal = ptr(2)
		_, err := o.net.AskForChange(o.ctx, o.Therapist, p.ID, d)
		hasViolation(t, err, "order.total_below_used")
		booking := models.BookingID(o.NewID())
		o.Write(func(tx *store.Tx) error {
			return tx.AddBooking(models.Booking{ID: booking, PracticeID: o.Practice.ID, ClientID: p.ClientID, PrescriptionID: p.ID, SeriesID: p.SeriesID,
				TherapistID: o.Therapist.UserID, StartsAt: o.Clock.Now(), LocalDate: "2026-03-02", Minutes: 30, State: models.BookingBooked, CreatedAt: o.Clock.Now()})
		})
		c := o.asks(p.ID, legsToo())
		_, err = o.net.DecideChange(o.ctx, o.Doctor, c.Request.ID, models.Decision{Approve: true, Scope: &models.ScopePatch{SessionsTotal: ptr(2)}})
		refusedWith(t, err, fault.Invalid, "order.total_below_used")
		// the doctor's own scope stands in place of the proposal, and opens a used-up order again
		o.takes(p.SeriesID, 1)
		if st := must(o.t2(o.net.Prescription(o.ctx, o.Therapist, p.ID))); st.Now != models.OrderCompleted {
			t.Errorf("all used: %s", st.Now)
		}
		done := must2(o.net.DecideChange(o.ctx, o.Doctor, c.Request.ID, models.Decision{Approve: true, Reason: "Two more for the neck.", Scope: &models.ScopePatch{SessionsTotal: ptr(6)}}))(t)
		st := must(o.t2(o.net.Prescription(o.ctx, o.Therapist, done.Request.NewVersionID)))
		if st.Now != models.OrderActive || st.Visits != (models.Visits{Allowed: 6, Used: 4, Booked: 1, Left: 1, Limited: true}) || len(st.Content.Scope.Regions) != 1 {
			t.Errorf("version 2: %+v", st)
		}
		o.Write(func(tx *store.Tx) error {
			if b, err := tx.Booking(booking); err != nil || b.PrescriptionID != st.ID || b.State != models.BookingBooked {
				t.Errorf("the open booking follows: %+v, %v", b, err)
			}
			return nil
		})
	})
}

func TestAWishEndsExplainedAndCanBeSentLater(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		d := legsToo()
		d.Explained = true
		c := o.asks(p.ID, d)
		if c.Request.Status != models.ChangeExplained || c.Request.SentAt != nil || len(o.Jobs.All) > 0 && o.jobsFor(string(c.Request.ID)) > 0 {
			t.Errorf("explained %+v", c.Request)
		}
		_, err := o.net.ChangeRequest(o.ctx, o.Doctor, c.Request.ID)
		refusedWith(t, err, fault.NotFound, "not_found")
		sent := must2(o.net.ReopenChange(o.ctx, o.Therapist, c.Request.ID, models.ScopePatch{}, ""))(t)
		if sent.Request.Status != models.ChangeSent || sent.Request.LapsesOn != "2026-03-16" || sent.Request.Words != d.Words {
			t.Errorf("sent %+v", sent.Request)
		}
		must2(o.net.ChangeRequest(o.ctx, o.Doctor, c.Request.ID))(t)
	})
}

// jobsFor counts the messages promised about an object.
func (o *orders) jobsFor(object string) (n int) {
	o.Write(func(tx *store.Tx) error {
		l, err := tx.Messages(store.MessageFilter{}, models.Page{Limit: 100})
		for _, m := range l.Items {
			if m.ObjectID == object {
				n++
			}
		}
		return err
	})
	return n
}

func TestAVerbalOrderOpensTheScopeAndIsSuspendedOnDay15(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		call := models.VerbalDraft{GivenBy: "Dr. Nguyễn", TakenAt: o.Clock.Now(), ReadBack: true}
		_, err := o.net.NoteVerbalOrder(o.ctx, o.Therapist, p.ID, models.VerbalOrderDraft{VerbalDraft: models.VerbalDraft{}, Scope: legsToo().Proposed})
		hasViolation(t, err, "verbal.read_back")
		_, err = o.net.NoteVerbalOrder(o.ctx, o.Doctor, p.ID, models.VerbalOrderDraft{VerbalDraft: call, Scope: legsToo().Proposed})
		refusedWith(t, err, fault.Forbidden, "role.not_allowed")
		v := must(o.t2(o.net.NoteVerbalOrder(o.ctx, o.Therapist, p.ID, models.VerbalOrderDraft{VerbalDraft: call, Scope: legsToo().Proposed})))
		if v.Version != 2 || v.Now != models.OrderActive || v.Source != models.FromVerbal || v.Verbal.CountersignBy != "2026-03-16" || v.Signature != nil || len(v.Content.Scope.Regions) != 2 {
			t.Errorf("verbal %+v", v)
		}
		o.Clock.Advance(15 * 24 * time.Hour)
		if st := must(o.t2(o.net.Prescription(o.ctx, o.Therapist, v.ID))); st.Now != models.OrderSuspended || st.Status != models.OrderActive {
			t.Errorf("on day 15 before the pass: %s, stored %s", st.Now, st.Status)
		}
		for range 2 {
			if err := o.net.RunPasses(o.ctx); err != nil {
				t.Fatal(err)
			}
		}
		st := must(o.t2(o.net.Prescription(o.ctx, o.Therapist, v.ID)))
		if st.Status != models.OrderSuspended || st.StatusBy != models.SystemParty {
			t.Errorf("after the pass %+v", st.Prescription)
		}
		refusedWith(t, second(o.net.ResumePrescription(o.ctx, o.Owner, v.ID, "")), fault.Conflict, "order.countersign_first")
		if got := must(o.t2(o.net.CountersignPrescription(o.ctx, o.Doctor, v.ID, typed("Linh Nguyễn")))); got.Now != models.OrderActive {
			t.Errorf("countersigned %+v", got)
		}
	})
}

func TestAFirstOrderMayBeVerbal(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		d := o.transcription()
		d.Verbal = &models.VerbalDraft{GivenBy: "Dr. Nguyễn", TakenAt: o.Clock.Now(), ReadBack: true}
		p := must(o.t2(o.net.WritePrescription(o.ctx, o.Therapist, d)))
		must(o.t2(o.net.SubmitPrescription(o.ctx, o.Therapist, p.ID, models.Submission{})))
		got := must(o.t2(o.net.AcceptPrescription(o.ctx, o.Therapist, p.ID, models.Acceptance{})))
		if got.Now != models.OrderActive || got.Source != models.FromVerbal || got.Verbal == nil {
			t.Errorf("got %+v", got)
		}
		if o.jobsFor(string(p.ID)) == 0 {
			t.Error("nobody asks for the countersignature")
		}
	})
}

func TestAnAnswerComesBackByFaxOrPhone(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		before := must2(o.net.AttachScan(o.ctx, o.Therapist, p.ID, scan()))(t)
		o.Clock.Advance(time.Hour)
		d := legsToo()
		d.Channel = models.ByFaxBack
		c := o.asks(p.ID, d)
		if o.jobsFor(string(c.Request.ID)) != 0 {
			t.Error("a mail was promised beside the form")
		}
		// A fax that another practice wrote is checked first.
		office, fax := o.Provider.Offices[0].ID, "+1 206 555 0299"
		bound := o.Doctor
		bound.VouchedBy = []models.PracticeID{o.Other.ID}
		must2(o.net.ChangeProvider(models.WithIfMatch(o.ctx, 1), bound, o.Provider.ID, models.ProviderChange{Offices: []models.OfficeChange{{ID: office, Fax: &fax}}}))(t)
		_, err := o.net.FaxBackForm(o.ctx, o.Therapist, c.Request.ID)
		refusedWith(t, err, fault.Conflict, "delivery.office_unconfirmed")
		must2(o.net.VerifyProvider(o.ctx, o.Desk, o.Provider.ID))(t)
		form := must2(o.net.FaxBackForm(o.ctx, o.Therapist, c.Request.ID))(t)
		if !strings.HasPrefix(string(form.Bytes), "%PDF-") {
			t.Error("the form is no PDF")
		}
		o.told(p.ClientID, models.BasisOwnOrder)
		a := models.AnswerDraft{Decision: models.Decision{Approve: true}, Via: models.ViaFaxBack, AttachmentID: before.ID}
		_, err = o.net.RecordAnswer(o.ctx, o.Therapist, c.Request.ID, a)
		refusedWith(t, err, fault.Invalid, "change.scan_required")
		a.AttachmentID = must2(o.net.AttachScan(o.ctx, o.Therapist, p.ID, scan()))(t).ID
		done := must2(o.net.RecordAnswer(o.ctx, o.Therapist, c.Request.ID, a))(t)
		v2 := must(o.t2(o.net.Prescription(o.ctx, o.Therapist, done.Request.NewVersionID)))
		if done.Request.DecidedVia != models.ViaFaxBack || v2.Now != models.OrderActive || v2.Signature != nil {
			t.Errorf("by fax %+v", done.Request)
		}
		minutes := models.ChangeDraft{AskedBy: models.AskedByTherapist, Words: "45 minutes would help.", ExplanationGiven: "I ask.", Proposed: models.ScopePatch{MinutesPerSession: ptr(45)}}
		phone := o.asks(v2.ID, minutes)
		_, err = o.net.RecordAnswer(o.ctx, o.Therapist, phone.Request.ID, models.AnswerDraft{Decision: models.Decision{Approve: true}, Via: models.ViaVerbal})
		hasViolation(t, err, "verbal.required")
		v3 := must(o.t2(o.net.NoteVerbalOrder(o.ctx, o.Therapist, v2.ID, models.VerbalOrderDraft{ChangeRequestID: phone.Request.ID,
			VerbalDraft: models.VerbalDraft{GivenBy: "Dr. Nguyễn", TakenAt: o.Clock.Now(), ReadBack: true}})))
		if v3.Version != 3 || v3.Content.Scope.MinutesPerSession != 45 || v3.Verbal == nil {
			t.Errorf("by phone %+v", v3)
		}
		if c := must2(o.net.ChangeRequest(o.ctx, o.Doctor, phone.Request.ID))(t); c.Request.Status != models.ChangeApproved || c.Request.DecidedVia != models.ViaVerbal {
			t.Errorf("the request is %+v", c.Request)
		}
	})
}

func TestADoctorWithoutAccountDecidesByOneTimeLink(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		d := legsToo()
		d.Channel = models.ByLink
		c := o.asks(p.ID, d)
		token := models.Token([]byte(strings.Repeat("k", models.TokenBytes)))
		o.Write(func(tx *store.Tx) error {
			return tx.AddLink(models.Link{TokenHash: models.HashToken(token), Kind: models.LinkChange, ObjectID: string(c.Request.ID), ClientID: p.ClientID, ProviderID: o.Provider.ID, Email: "linh@greenlake.example"})
		})
		nobody := models.Anonymous("203.0.113.9", "browser")
		_, err := o.net.OpenChangeLink(o.ctx, nobody, "no-such-token", "1984-05-17")
		refusedWith(t, err, fault.NotFound, "not_found")
		_, err = o.net.OpenChangeLink(o.ctx, nobody, token, "1984-05-18")
		refusedWith(t, err, fault.Forbidden, "link.birth_date")
		s := must2(o.net.OpenChangeLink(o.ctx, nobody, token, "1984-05-17"))(t)
		if s.Request.Status != models.ChangeSeen || s.Request.Words != "" || s.Order.Content.ClientName.Family != "Silva" {
			t.Errorf("opened %+v", s.Request)
		}
		_, err = o.net.DecideByLink(o.ctx, nobody, token, "1984-05-17", models.Decision{Approve: true})
		hasViolation(t, err, "signature.name")
		done := must2(o.net.DecideByLink(o.ctx, nobody, token, "1984-05-17", models.Decision{Approve: true, Name: "Linh Nguyễn, DC"}))(t)
		v := must(o.t2(o.net.Prescription(o.ctx, o.Therapist, done.Request.NewVersionID)))
		if v.Signature.Name != "Linh Nguyễn, DC" || v.Signature.IdentifiedBy != "one_time_link" || v.Signature.IP != "203.0.113.9" || done.Request.DecidedVia != models.ViaLink {
			t.Errorf("signed %+v", v.Signature)
		}
		_, err = o.net.OpenChangeLink(o.ctx, nobody, token, "1984-05-17")
		refusedWith(t, err, fault.Gone, "link.ended")
	})
}

func TestFiveWrongBirthDatesCloseALink(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		c := o.asks(p.ID, legsToo())
		token := models.Token([]byte(strings.Repeat("w", models.TokenBytes)))
		o.Write(func(tx *store.Tx) error {
			return tx.AddLink(models.Link{TokenHash: models.HashToken(token), Kind: models.LinkChange, ObjectID: string(c.Request.ID), ClientID: p.ClientID, ProviderID: o.Provider.ID})
		})
		nobody := models.Anonymous("", "")
		for range models.LinkTries {
			_, err := o.net.OpenChangeLink(o.ctx, nobody, token, "1999-09-09")
			refusedWith(t, err, fault.Forbidden, "link.birth_date")
		}
		_, err := o.net.OpenChangeLink(o.ctx, nobody, token, "1984-05-17")
		refusedWith(t, err, fault.Gone, "link.ended")
	})
}

// race runs all at once and counts who won; everybody else has to be refused
// with one of the codes.
func race(t *testing.T, codes []string, runs ...func(context.Context) error) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	won := 0
	for _, run := range runs {
		wg.Go(func() {
			err := run(ctx)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !slices.Contains(codes, fault.CodeOf(err)) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return won
}

func TestConcurrentApprovalsMakeOneVersion(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		c := o.asks(p.ID, legsToo())
		decide := func(yes bool) func(context.Context) error {
			return func(ctx context.Context) error {
				_, err := o.net.DecideChange(ctx, o.Doctor, c.Request.ID, models.Decision{Approve: yes, Reason: "So be it."})
				return err
			}
		}
		if won := race(t, []string{"change.decided"}, decide(true), decide(true), decide(false), decide(true), decide(false), decide(true)); won != 1 {
			t.Errorf("%d answers, want 1", won)
		}
		o.Write(func(tx *store.Tx) error {
			all, err := tx.Versions(p.SeriesID)
			active := 0
			for _, v := range all {
				if v.Status == models.OrderActive {
					active++
				}
			}
			if active != 1 || len(all) > 2 {
				t.Errorf("%d versions, %d active", len(all), active)
			}
			return err
		})
	})
}

func TestConcurrentDecisionAndLapseLeaveOneEnd(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		c := o.asks(p.ID, legsToo())
		o.Clock.Advance(14*24*time.Hour + 12*time.Hour - time.Millisecond) // the last moment of the last day, then over it
		race(t, []string{"change.lapsed", "change.decided"},
			func(ctx context.Context) error {
				_, err := o.net.DecideChange(ctx, o.Doctor, c.Request.ID, models.Decision{Approve: true})
				return err
			},
			func(ctx context.Context) error {
				o.Clock.Advance(time.Second)
				return o.net.RunPasses(ctx)
			})
		got := must2(o.net.ChangeRequest(o.ctx, o.Therapist, c.Request.ID))(t)
		st := must(o.t2(o.net.Prescription(o.ctx, o.Therapist, p.ID)))
		switch got.Request.Status {
		case models.ChangeApproved:
			if st.CurrentID != got.Request.NewVersionID {
				t.Errorf("approved, yet in force is %s", st.CurrentID)
			}
		case models.ChangeLapsed:
			if st.CurrentID != p.ID || got.Request.NewVersionID != "" {
				t.Errorf("lapsed, yet in force is %s", st.CurrentID)
			}
		default:
			t.Errorf("ended as %s", got.Request.Status)
		}
	})
}

func TestConcurrentApprovalAndVisitsKeepTheCap(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		o.takes(p.SeriesID, 1)
		d := legsToo()
		d.Proposed.SessionsTotal = ptr(2) // fewer than before: the race is for what is left
		c := o.asks(p.ID, d)
		runs := []func(context.Context) error{func(ctx context.Context) error {
			_, err := o.net.DecideChange(ctx, o.Doctor, c.Request.ID, models.Decision{Approve: true})
			return err
		}}
		for range 16 {
			runs = append(runs, func(ctx context.Context) error {
				return o.DB.WriteLocked(ctx, o.Therapist, func(_ context.Context, tx *store.Tx) error {
					if _, err := tx.LockSeries(p.SeriesID); err != nil {
						return err
					}
					_, err := tx.TakeVisit(p.SeriesID)
					return err
				})
			})
		}
		race(t, []string{"order.exhausted", "order.total_below_used"}, runs...)
		o.Write(func(tx *store.Tx) error {
			s, err := tx.Series(p.SeriesID)
			if s.Used > s.Allowed || s.LastNumber != s.Used || s.Used < 2 {
				t.Errorf("series %+v", s)
			}
			return err
		})
	})
}

// ended keeps a release to the doctor that was signed and taken back.
func (o *orders) ended(client models.ClientID) {
	signed, revoked := o.Clock.Now().Add(-time.Hour), o.Clock.Now().Add(-time.Minute)
	o.Write(func(tx *store.Tx) error {
		d, err := tx.AddDocument(client, "signed_release", "application/pdf", []byte("%PDF-"))
		if err != nil {
			return err
		}
		r := models.Release{DocumentID: d.ID, DocumentSHA256: d.SHA256, ID: models.ReleaseID(tx.NewID()), PracticeID: o.Practice.ID, ClientID: client, Status: models.ReleaseDraft, Version: 1,
			Recipients: []models.Recipient{{ProviderID: o.Provider.ID}}, Categories: []models.Category{models.CategoryPrescriptionStatus}, Purpose: models.PurposeCoordination,
			ExpiresOn: "2027-01-01", Signature: &models.Signature{Name: "Ana Silva", At: signed}, SignedAt: &signed, RevokedAt: &revoked,
			Revocation: &models.Revocation{ReceivedAt: revoked, Channel: "letter"}, FormVersion: models.ReleaseFormVersion, CreatedBy: o.Owner.UserID, CreatedAt: signed}
		if err := tx.AddRelease(r); err != nil {
			return err
		}
		if err := tx.SignRelease(r); err != nil {
			return err
		}
		r.Version = 2
		return tx.RevokeRelease(r)
	})
}

func TestARevokedReleaseFreezesThePrescribersView(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		o.takes(p.SeriesID, 2)
		if st := must(o.t2(o.net.Prescription(o.ctx, o.Doctor, p.ID))); st.Ended || st.Visits.Used != 2 {
			t.Errorf("without a release the prescriber sees their own order: %+v", st)
		}
		o.ended(p.ClientID)
		st := must(o.t2(o.net.Prescription(o.ctx, o.Doctor, p.ID)))
		if !st.Ended || st.Visits != (models.Visits{}) || st.Content.ClientName.Family != "Silva" || len(st.Attachments) != 0 {
			t.Errorf("after the revocation the prescriber sees %+v", st)
		}
		if own := must(o.t2(o.net.Prescription(o.ctx, o.Owner, p.ID))); own.Ended || own.Visits.Used != 2 {
			t.Errorf("the practice sees %+v", own)
		}
	})
}

func TestARepeatedRequestWithItsKeyAsksOnce(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		ctx := models.WithIdempotency(o.ctx, models.Idempotency{Route: "POST change-requests", Key: "k1", BodySHA256: "b"})
		first := must2(o.net.AskForChange(ctx, o.Therapist, p.ID, legsToo()))(t)
		again := must2(o.net.AskForChange(ctx, o.Therapist, p.ID, legsToo()))(t)
		if first.Request.ID != again.Request.ID || again.Request.Words != first.Request.Words || again.Order.Visits != first.Order.Visits {
			t.Errorf("first %+v\nagain %+v", first.Request, again.Request)
		}
		other := models.WithIdempotency(o.ctx, models.Idempotency{Route: "POST change-requests", Key: "k1", BodySHA256: "c"})
		if _, err := o.net.AskForChange(other, o.Therapist, p.ID, legsToo()); !errors.Is(err, fault.Invalid) {
			t.Errorf("another body: %v", err)
		}
	})
}
