package referral

import (
	"context"
	"slices"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// Admissibility is what the scope lock would say, and the counter beside it.
type Admissibility struct {
	Admission   models.Admission
	Visits      models.Visits
	From, Until models.Date // effective window
}

// Admissible asks the scope lock about a session that nobody has booked yet.
// Without a day it is about today; what the draft leaves out is not judged.
func (n *Network) Admissible(ctx context.Context, by models.Actor, id models.PrescriptionID, on models.Date, d models.SessionDraft) (Admissibility, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (Admissibility, error) {
		if err := by.May(models.ReadPrescriptions); err != nil {
			return Admissibility{}, err
		}
		var therapist models.UserID
		if by.Is(models.Owner, models.Therapist) {
			therapist = by.UserID
		}
		f, err := facts(tx, id, models.AtBooking, therapist, false)
		if err != nil {
			return Admissibility{}, err
		}
		tx.Log("prescription.admissibility", "prescription", string(id), f.Order.ClientID, "")
		var l fault.List
		models.ValidateSessionRegions(d.Regions, "/region", &l)
		models.ValidateTechniques(d.Techniques, "/technique", &l)
		if err := l.Invalid("The question cannot be read; use the keys of the vocabulary."); err != nil {
			return Admissibility{}, err
		}
		if on.IsZero() {
			on = f.Today
		}
		d.ClientID, d.PrescriptionID, d.StartedAt = f.Order.ClientID, id, on.Time(f.Zone).Add(12*time.Hour)
		a := Admissibility{Admission: models.Admit(d, f), Visits: f.Series.Visits(len(f.Booked))}
		a.From, a.Until = f.Order.Window(f.First)
		return a, nil
	})
}

// Pace is how much of an order's frequency is used today, without a booking
// that is being completed. It is nil where the order states no frequency.
func (n *Network) Pace(ctx context.Context, by models.Actor, id models.PrescriptionID, completes models.BookingID) (*models.Pace, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (*models.Pace, error) {
		if err := by.May(models.ReadPrescriptions); err != nil {
			return nil, err
		}
		f, err := facts(tx, id, models.AtBooking, "", false)
		if err != nil {
			return nil, err
		}
		if completes != "" {
			b, err := tx.Booking(completes)
			if err != nil {
				return nil, err
			}
			f.Booked = without(f.Booked, b, f.Order.SeriesID)
		}
		return f.Pace(), nil
	})
}

// Outlook is what an order allows next: whether one more session may be
// recorded today, and from when otherwise.
func (n *Network) Outlook(ctx context.Context, by models.Actor, id models.PrescriptionID) (models.Outlook, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Outlook, error) {
		if err := by.May(models.ReadPrescriptions); err != nil {
			return models.Outlook{}, err
		}
		f, err := facts(tx, id, models.AtBooking, "", false)
		if err != nil {
			return models.Outlook{}, err
		}
		o := f.Outlook()
		booked, err := tx.BookingsOfSeries(f.Order.SeriesID, f.Today.AddDays(-models.OverdueDays), "9999-12-31")
		o.Expect(booked, f.Today)
		return o, err
	})
}

// facts gathers all that the scope lock looks at. The series is held where the
// verdict leads to a count, so that everything after it is read under the
// lock, the order's state included.
func facts(tx *store.Tx, id models.PrescriptionID, at models.Step, therapist models.UserID, hold bool) (models.OrderFacts, error) {
	f := models.OrderFacts{At: at}
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return f, err
	}
	f.Zone, f.Today, f.Screening, f.EnforceLicence = p.Location(), p.Today(tx.Now()), p.Settings.Screening(), p.Settings.EnforceLicence
	if hold {
		if f.Series, err = tx.LockSeriesOf(id); err != nil {
			return f, err
		}
	}
	if f.Order, err = tx.Prescription(id); err != nil {
		return f, err
	}
	if !hold {
		if f.Series, err = tx.Series(f.Order.SeriesID); err != nil {
			return f, err
		}
	}
	days, err := tx.SeriesDays(f.Order.SeriesID)
	if err != nil {
		return f, err
	}
	f.First, f.Done, f.Booked = days.First, days.Done, days.Booked
	f.Licence, err = licence(tx, therapist)
	return f, err
}

// licence is empty while no therapist is named.
func licence(tx *store.Tx, therapist models.UserID) (models.Licence, error) {
	if therapist == "" {
		return models.Licence{}, nil
	}
	return tx.Licence(therapist)
}

// selfPayFacts gathers what a session outside any prescription is judged by.
func selfPayFacts(tx *store.Tx, client models.ClientID, at models.Step, therapist models.UserID) (models.SelfPayFacts, error) {
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return models.SelfPayFacts{}, err
	}
	f := models.SelfPayFacts{At: at, Zone: p.Location(), Screening: p.Settings.Screening(), EnforceLicence: p.Settings.EnforceLicence}
	if f.Licence, err = licence(tx, therapist); err != nil {
		return f, err
	}
	stored, err := tx.Prescriptions(store.OrderFilter{ClientID: client, Statuses: []models.PrescriptionStatus{models.OrderActive}}, models.Page{Limit: 200})
	if err != nil {
		return f, err
	}
	today := p.Today(tx.Now())
	for _, order := range stored.Items {
		s, err := tx.Series(order.SeriesID)
		if err != nil {
			return f, err
		}
		days, err := tx.SeriesDays(order.SeriesID)
		if err != nil {
			return f, err
		}
		from, until := order.Window(days.First)
		if order.StatusOn(today, s, from, until) == models.OrderActive {
			f.Active = append(f.Active, order)
		}
	}
	return f, nil
}

// without leaves one open booking's day out: a session is never counted
// against the booking that it completes.
func without(booked []models.Date, b models.Booking, series models.SeriesID) []models.Date {
	if i := slices.Index(booked, b.LocalDate); i >= 0 && b.SeriesID == series && b.State.Open() {
		return slices.Delete(slices.Clone(booked), i, i+1)
	}
	return booked
}

// refusal is the one answer of the scope lock: 422 while the request cannot be
// judged or kept as it is, else 409 scope_violation; all reasons at once.
func refusal(form []fault.Violation, a models.Admission) error {
	if len(form)+len(a.Incomplete) > 0 {
		f := fault.New(fault.Invalid, "validation", "The session needs correction.").With(form...).With(a.Incomplete...).With(a.Violations...)
		for _, c := range a.Stop {
			f = f.With(c.Violation())
		}
		return f
	}
	if len(a.Violations) > 0 {
		f := fault.New(fault.Conflict, "scope_violation", "The order does not allow this session; each reason says what would be allowed. "+
			"A wish beyond it can be sent to the prescriber as a change request.").With(a.Violations...)
		for _, v := range a.Violations {
			if current, ok := v.Allowed.(models.PrescriptionID); ok && v.Code == "order.not_active" {
				f = f.Ref("current_prescription_id", string(current))
			}
		}
		return f
	}
	return nil
}
