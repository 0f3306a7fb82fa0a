package referral

import (
	"context"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// recorded is what came of writing a session down. A stop is a result too: it
// is committed, and repeated by the same Idempotency-Key, before the caller
// hears of it as a refusal.
type recorded struct {
	Session models.Session
	DraftID string                    // the referral out that a stop opened
	Stop    []models.Contraindication // what stopped it
}

// RecordSession writes down a completed session. Under a prescription the
// scope lock decides; what it refuses may be kept as a deviation with a reason.
// Without one it is a self-pay session. A red flag stops it: the stopped
// session and a draft of a referral out are kept, and the answer is 409
// safety.red_flag with both ids.
func (n *Network) RecordSession(ctx context.Context, by models.Actor, d models.SessionDraft) (models.Session, error) {
	open := n.db.WriteLocked
	if d.PrescriptionID == "" {
		open = n.db.Write // decides on all of the client's orders
	}
	r, err := verb(ctx, n, open, by, func(_ context.Context, tx *store.Tx) (recorded, error) { return n.record(tx, by, d) })
	if err == nil && len(r.Stop) > 0 {
		return r.Session, stopped(r)
	}
	return r.Session, err
}

// stopped is the answer to a red flag.
func stopped(r recorded) error {
	text := "The session stops because of a red flag. It was kept as stopped, and a referral out was drafted."
	f := fault.New(fault.Conflict, "safety.red_flag", text)
	for _, c := range r.Stop {
		if c.Emergency {
			f.Text = "Call emergency services now. " + text
			f = f.Ref("emergency", "true")
		}
		f = f.With(c.Violation())
	}
	return f.Ref("stopped_session_id", string(r.Session.ID)).Ref("referral_out_draft_id", r.DraftID)
}

// recording is one session on its way into the record.
type recording struct {
	tx       *store.Tx
	by       models.Actor
	draft    models.SessionDraft
	practice models.Practice
	booking  *models.Booking
	order    *models.OrderFacts // nil for self-pay
	judged   models.Admission
}

func (n *Network) record(tx *store.Tx, by models.Actor, d models.SessionDraft) (recorded, error) {
	if err := by.May(models.WriteSessions); err != nil {
		return recorded{}, err
	}
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return recorded{}, err
	}
	client, err := tx.Client(d.ClientID)
	if err != nil {
		return recorded{}, err
	}
	r := recording{tx: tx, by: by, practice: practice, draft: d}
	s := models.Session{ID: models.SessionID(tx.NewID())}
	tx.Log("session.record", "session", string(s.ID), client.ID, models.TraceID(d.PrescriptionID))
	if err := r.judge(models.AtCompletion); err != nil {
		return recorded{}, err
	}
	var form fault.List
	d.Check(tx.Now(), practice.Location(), client.BirthDate, &form)
	if len(r.judged.Stop) > 0 && len(form.Items()) == 0 {
		return r.stop(s)
	}
	d.Missing(&form)
	if err := r.refuse(form.Items()); err != nil {
		return recorded{}, err
	}
	if err := r.complete(&s); err != nil {
		return recorded{}, err
	}
	if s.Kind == models.Deviation {
		if err := n.tellOfDeviation(tx, s, r.order.Order.PrescriberID); err != nil {
			return recorded{}, err
		}
	}
	if r.order != nil {
		if err := warnEnding(tx, practice.Settings, *r.order); err != nil {
			return recorded{}, err
		}
	}
	return recorded{Session: s}, err
}

// judge gathers the facts and asks the scope lock, or the rule of self-pay.
// The series is locked before the booking.
func (r *recording) judge(at models.Step) error {
	if r.draft.PrescriptionID != "" {
		f, err := facts(r.tx, r.draft.PrescriptionID, at, r.by.UserID, true)
		if err != nil {
			return err
		}
		r.order = &f
	}
	if err := r.takeBooking(); err != nil {
		return err
	}
	if r.order != nil {
		if r.booking != nil {
			r.order.Booked = without(r.order.Booked, *r.booking, r.order.Series.ID)
		}
		r.judged = models.Admit(r.draft, *r.order)
		return nil
	}
	f, err := selfPayFacts(r.tx, r.draft.ClientID, at, r.by.UserID)
	r.judged = models.AdmitSelfPay(r.draft, f)
	return err
}

// takeBooking holds the booking that the session completes. A closed one may
// be completed again only after its session was voided.
func (r *recording) takeBooking() error {
	if r.draft.BookingID == "" {
		return nil
	}
	b, err := r.tx.LockBooking(r.draft.BookingID)
	if err != nil {
		return err
	}
	if b.ClientID != r.draft.ClientID {
		return fault.New(fault.Invalid, "booking.other_client", "This booking is another client's.").
			With(fault.Violation{Code: "booking.other_client", Pointer: "/booking_id", Message: "Name a booking of this client, or none."})
	}
	if b.PrescriptionID != "" && r.draft.PrescriptionID == "" {
		return fault.New(fault.Conflict, "self_pay.prescribed_booking", "A self-pay session never takes the place of a prescribed visit; record it without this booking.").
			With(fault.Violation{Code: "self_pay.prescribed_booking", Pointer: "/booking_id", Message: "This booking is for a visit under an order.", Allowed: b.PrescriptionID})
	}
	if b.State == models.BookingCompleted {
		if id, err := r.tx.SessionOfBooking(b.ID); err != nil || id != "" {
			return orElse(err, b.Move(models.BookingCompleted))
		}
	} else if err := b.Move(models.BookingCompleted); err != nil {
		return err
	}
	r.booking = &b
	return nil
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// refuse answers what stands against the session. A deviation passes whatever
// is outside the scope, because facts are never refused; only another client's
// order cannot be deviated from.
func (r *recording) refuse(form []fault.Violation) error {
	a := r.judged
	if r.draft.Deviation {
		a.Violations = nil
		for _, v := range r.judged.Violations {
			if v.Code == "order.other_client" {
				a.Violations = append(a.Violations, v)
			}
		}
	}
	return refusal(form, a)
}

// fill copies the draft into the session.
func (r *recording) fill(s *models.Session, kind models.SessionKind) {
	d, now := r.draft, r.tx.Now()
	s.PracticeID, s.ClientID, s.BookingID, s.TherapistID = r.tx.PracticeID(), d.ClientID, d.BookingID, r.by.UserID
	s.Kind, s.State, s.StartedAt = kind, models.NoteOpen, d.StartedAt.UTC()
	s.LocalDate = models.DateOf(d.StartedAt, r.practice.Location())
	s.Minutes, s.Regions, s.Techniques, s.PrecautionsRead, s.Screening = d.Minutes, d.Regions, d.Techniques, d.PrecautionsRead, d.Screening
	s.SOAP, s.Response, s.AskDoctor, s.Readings = d.SOAP, d.Response, d.AskDoctor, d.Scored()
	s.CreatedBy, s.CreatedAt, s.Version = r.by.UserID, now, 1
	if r.order != nil && r.order.Order.ClientID == d.ClientID {
		scope := r.order.Order.Content.Scope
		s.PrescriptionID, s.SeriesID, s.ScopeSnapshot = r.order.Order.ID, r.order.Series.ID, &scope
	}
}

// complete takes the visit, keeps the session and closes the booking.
func (r *recording) complete(s *models.Session) (err error) {
	kind := models.SelfPay
	if r.order != nil {
		kind = models.Prescribed
	}
	if r.draft.Deviation {
		kind = models.Deviation
	}
	r.fill(s, kind)
	if kind == models.Deviation {
		s.DeviationReason = r.draft.DeviationReason
		for _, v := range r.judged.Violations {
			s.Violations = append(s.Violations, v.Code)
		}
	}
	if kind == models.Prescribed || kind == models.Deviation && r.order.DeviationTakesVisit() {
		if s.VisitNumber, err = r.tx.TakeVisit(s.SeriesID); err != nil {
			return err
		}
		r.order.Series.Used++
	}
	if err := r.tx.AddSession(*s); err != nil {
		return err
	}
	if r.booking != nil && r.booking.State.Open() {
		if err := r.tx.MoveBooking(*r.booking, models.BookingCompleted); err != nil {
			return err
		}
	}
	if r.order != nil {
		if err := visitDone(r.tx, s.SeriesID, s.StartedAt); err != nil {
			return err
		}
		v := r.order.Series.Visits(len(r.order.Booked))
		s.Visits = &v
		if r.order.First.IsZero() || s.LocalDate.Before(r.order.First) {
			r.order.First = s.LocalDate // the warnings look at the window as it is now
		}
		if s.VisitNumber > 0 {
			s.VisitRank = r.order.Series.OpeningUsed + r.order.Series.Used // nobody has a higher number
		}
	}
	return err
}

// stop keeps a session that a red flag ended, without a number, and opens the
// referral that the finding asks for. The booking is over.
func (r *recording) stop(s models.Session) (recorded, error) {
	r.fill(&s, models.Stopped)
	if err := r.tx.AddSession(s); err != nil {
		return recorded{}, err
	}
	draft := models.ReferralOutDraft{ID: r.tx.NewID(), PracticeID: s.PracticeID, ClientID: s.ClientID, SessionID: s.ID, CreatedAt: r.tx.Now()}
	for _, c := range r.judged.Stop {
		draft.Findings = append(draft.Findings, c.Key)
	}
	if err := r.tx.AddReferralOutDraft(draft); err != nil {
		return recorded{}, err
	}
	r.tx.Log("referral_out.draft", "referral_out_draft", draft.ID, s.ClientID, string(s.ID))
	if err := redFlagReferral(r.tx, r.practice, r.by, draft, r.judged.Stop, r.prescriber()); err != nil {
		return recorded{}, err
	}
	if r.booking != nil && r.booking.State.Open() {
		if err := r.tx.MoveBooking(*r.booking, models.BookingCancelled); err != nil {
			return recorded{}, err
		}
	}
	return recorded{Session: s, DraftID: draft.ID, Stop: r.judged.Stop}, nil
}

// prescriber is who ordered the session; empty for self-pay.
func (r *recording) prescriber() models.ProviderID {
	if r.order == nil || r.order.Order.ClientID != r.draft.ClientID {
		return ""
	}
	return r.order.Order.PrescriberID
}
