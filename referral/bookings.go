package referral

import (
	"context"
	"slices"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// Book keeps a place for a session to come. Under a prescription the scope lock
// decides, and used visits and open bookings together never pass the total.
func (n *Network) Book(ctx context.Context, by models.Actor, d models.BookingDraft) (models.BookingLine, error) {
	open := n.db.WriteLocked
	if d.PrescriptionID == "" {
		open = n.db.Write
	}
	return verb(ctx, n, open, by, func(_ context.Context, tx *store.Tx) (models.BookingLine, error) {
		if err := by.May(models.WriteBookings); err != nil {
			return models.BookingLine{}, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return models.BookingLine{}, err
		}
		c, err := tx.Client(d.ClientID)
		if err != nil {
			return models.BookingLine{}, err
		}
		b := models.Booking{ID: models.BookingID(tx.NewID()), PracticeID: p.ID, ClientID: c.ID, PrescriptionID: d.PrescriptionID, StartsAt: d.StartsAt.UTC(),
			LocalDate: models.DateOf(d.StartsAt, p.Location()), Minutes: d.Minutes, Regions: d.Regions, State: models.BookingBooked, CreatedAt: tx.Now(), Version: 1}
		tx.Log("booking.add", "booking", string(b.ID), c.ID, models.TraceID(d.PrescriptionID))
		var form fault.List
		d.Check(tx.Now(), p.Location(), &form)
		therapist, err := chosenTherapist(tx, by, d.TherapistID, &form)
		if err != nil {
			return models.BookingLine{}, err
		}
		b.TherapistID = therapist.ID
		r := recording{tx: tx, by: models.Actor{UserID: therapist.ID}, practice: p, draft: d.Session()}
		if err := r.judge(models.AtBooking); err != nil {
			return models.BookingLine{}, err
		}
		if err := refusal(form.Items(), r.judged); err != nil {
			return models.BookingLine{}, err
		}
		if r.order != nil {
			b.SeriesID = r.order.Series.ID
		}
		if err := tx.AddBooking(b); err != nil {
			return models.BookingLine{}, err
		}
		return models.BookingLine{Booking: b, Client: c.Name, Therapist: therapist.Name}, visitPlanned(tx, b, models.ActSchedule, "")
	})
}

// chosenTherapist is who will do the session: somebody who treats here, the
// caller if they treat, or nobody yet.
func chosenTherapist(tx *store.Tx, by models.Actor, id models.UserID, form *fault.List) (models.User, error) {
	if id == "" {
		if !by.Is(models.Owner, models.Therapist) {
			return models.User{}, nil
		}
		id = by.UserID
	}
	u, err := tx.User(id)
	treats := func(g models.RoleGrant) bool {
		return g.PracticeID == tx.PracticeID() && (g.Role == models.Therapist || g.Role == models.Owner)
	}
	if fault.CodeOf(err) == "not_found" || err == nil && !slices.ContainsFunc(u.Roles, treats) {
		form.Add("therapist.unknown", "/therapist_id", "This is no therapist of the practice.")
		return models.User{}, nil
	}
	return u, err
}

// StartBooking begins a booked session: the scope lock is asked again, for
// today. The red-flag check may come with it; a red flag stops the session.
func (n *Network) StartBooking(ctx context.Context, by models.Actor, id models.BookingID, check models.SessionDraft) (models.Booking, error) {
	r, err := locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (started, error) { return n.start(ctx, tx, by, id, check) })
	if err == nil && len(r.Stopped.Stop) > 0 {
		return r.Booking, stopped(r.Stopped)
	}
	return r.Booking, err
}

type started struct {
	Booking models.Booking
	Stopped recorded
}

func (n *Network) start(ctx context.Context, tx *store.Tx, by models.Actor, id models.BookingID, check models.SessionDraft) (started, error) {
	if err := by.May(models.WriteBookings); err != nil {
		return started{}, err
	}
	if check.Screening.Reviewed || len(check.Screening.Findings) > 0 {
		if err := by.May(models.WriteSessions); err != nil {
			return started{}, err
		}
	}
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return started{}, err
	}
	b, err := tx.Booking(id)
	if err != nil {
		return started{}, err
	}
	tx.Log("booking.start", "booking", string(id), b.ClientID, "")
	current := b.PrescriptionID
	if b.SeriesID != "" { // a version that came in the meantime is the one that counts
		s, err := tx.Series(b.SeriesID)
		if err != nil {
			return started{}, err
		}
		current = s.CurrentID
	}
	d := models.SessionDraft{ClientID: b.ClientID, PrescriptionID: current, BookingID: id, StartedAt: tx.Now(), Minutes: b.Minutes, Regions: b.Regions,
		PrecautionsRead: check.PrecautionsRead, Screening: check.Screening}
	r := recording{tx: tx, by: by, practice: p, draft: d}
	if b.TherapistID != "" && !by.Is(models.Owner, models.Therapist) {
		r.by.UserID = b.TherapistID // the front desk starts it for the therapist
	}
	if err := r.judge(models.AtStart); err != nil {
		return started{}, err
	}
	b = *r.booking
	if err := fresh(ctx, b.Version); err != nil {
		return started{}, err
	}
	if err := b.Move(models.BookingStarted); err != nil {
		return started{}, err
	}
	var form fault.List
	models.ValidatePrecautions(d.PrecautionsRead, "/precautions_acknowledged", &form)
	if len(r.judged.Stop) > 0 && len(form.Items()) == 0 {
		stop, err := r.stop(models.Session{ID: models.SessionID(tx.NewID())})
		b.State, b.Version = models.BookingCancelled, b.Version+1
		return started{Booking: b, Stopped: stop}, err
	}
	if err := refusal(form.Items(), r.judged); err != nil {
		return started{}, err
	}
	if err := tx.MoveBooking(b, models.BookingStarted); err != nil {
		return started{}, err
	}
	b.State, b.Version = models.BookingStarted, b.Version+1
	return started{Booking: b}, nil
}

// fresh honours If-Match where the caller sent one.
func fresh(ctx context.Context, version int) error {
	if seen := models.IfMatchOf(ctx); seen != 0 && seen != version {
		return fault.New(fault.Stale, "version.stale", "Somebody changed this in the meantime. Load it again and repeat your change.")
	}
	return nil
}

// CancelBooking gives a booking's place back before it happens.
func (n *Network) CancelBooking(ctx context.Context, by models.Actor, id models.BookingID) (models.Booking, error) {
	return n.closeBooking(ctx, by, id, models.BookingCancelled)
}

// MissBooking notes that the client did not come.
func (n *Network) MissBooking(ctx context.Context, by models.Actor, id models.BookingID) (models.Booking, error) {
	return n.closeBooking(ctx, by, id, models.BookingNoShow)
}

func (n *Network) closeBooking(ctx context.Context, by models.Actor, id models.BookingID, to models.BookingState) (models.Booking, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.Booking, error) {
		if err := by.May(models.WriteBookings); err != nil {
			return models.Booking{}, err
		}
		b, err := tx.Booking(id)
		if err != nil {
			return b, err
		}
		if b.SeriesID != "" { // a place is given back under the lock that counts it
			if _, err := tx.LockSeries(b.SeriesID); err != nil {
				return b, err
			}
		}
		if b, err = tx.LockBooking(id); err != nil {
			return b, err
		}
		tx.Log("booking."+string(to), "booking", string(id), b.ClientID, "")
		if err := fresh(ctx, b.Version); err != nil {
			return b, err
		}
		if err := b.Move(to); err != nil {
			return b, err
		}
		if err := tx.MoveBooking(b, to); err != nil {
			return b, err
		}
		b.State, b.Version = to, b.Version+1
		if to == models.BookingNoShow {
			return b, visitPlanned(tx, b, models.ActNoShow, "The client did not come.")
		}
		return b, visitPlanned(tx, b, models.ActCancelAppointment, "The appointment was cancelled.")
	})
}

// Booking reads one booking; an unknown or foreign id is not found.
func (n *Network) Booking(ctx context.Context, by models.Actor, id models.BookingID) (models.Booking, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Booking, error) {
		if by.Outsider() {
			return n.sharedBooking(tx, by, id)
		}
		if err := by.May(models.WriteBookings); err != nil {
			return models.Booking{}, err
		}
		b, err := tx.Booking(id)
		if err == nil {
			tx.Log("booking.read", "booking", string(id), b.ClientID, "")
		}
		return b, err
	})
}

// BookingFilter narrows the diary; empty fields do not.
type BookingFilter struct {
	Day      models.Date
	ClientID models.ClientID
	State    models.BookingState
}

// Bookings is the diary in the order of time, with names.
func (n *Network) Bookings(ctx context.Context, by models.Actor, f BookingFilter, page models.Page) (models.List[models.BookingLine], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.BookingLine], error) {
		if by.Outsider() {
			return n.sharedBookings(tx, by, f, page)
		}
		if err := by.May(models.WriteBookings); err != nil {
			return models.List[models.BookingLine]{}, err
		}
		tx.Log("booking.list", "booking", "", f.ClientID, "")
		return tx.Bookings(store.BookingFilter{Day: f.Day, ClientID: f.ClientID, State: f.State}, page)
	})
}
