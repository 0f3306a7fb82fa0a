package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

func (r *request) bookPage() error { return r.showBook(fiber.StatusOK, view.Form{}) }

func (r *request) bookForm() (view.BookForm, error) {
	f := view.BookForm{Action: r.c.Path()}
	if err := r.by.May(models.WriteBookings); err != nil {
		return f, err
	}
	client := models.ClientID(r.param("client"))
	if id := r.param("id"); id != "" {
		o, err := r.net.Prescription(r.ctx, r.by, models.PrescriptionID(id))
		if err != nil {
			return f, err
		}
		f.Order, client = &o, o.ClientID
		a, err := r.net.Admissible(r.ctx, r.by, o.ID, "", models.SessionDraft{ClientID: o.ClientID})
		if err != nil {
			return f, err
		}
		f.Earliest = a.Admission.Earliest
	}
	var err error
	if f.Client, err = r.net.Client(r.ctx, r.by, client); err != nil {
		return f, err
	}
	colleagues, err := r.net.Colleagues(r.ctx, r.by)
	for _, u := range colleagues {
		if treats(u, r.by.PracticeID) {
			f.Therapists = append(f.Therapists, view.Option{Value: string(u.ID), Label: u.Name})
		}
	}
	if r.by.Is(models.Therapist) {
		f.Therapist = string(r.by.UserID)
	}
	return f, err
}

func treats(u models.User, p models.PracticeID) bool {
	for _, g := range u.Roles {
		if g.PracticeID == p && g.Role == models.Therapist && !u.Disabled {
			return true
		}
	}
	return false
}

func (r *request) showBook(status int, form view.Form) error {
	f, err := r.bookForm()
	if err != nil {
		return err
	}
	return r.show(status, "Book a visit", func(p view.Page) templ.Component { return view.BookPage(p, form, f) })
}

// book holds a place in the diary; the order is asked already now.
func (r *request) book() error {
	f, err := r.bookForm()
	if err != nil {
		return err
	}
	var l fault.List
	d := models.BookingDraft{ClientID: f.Client.ID, TherapistID: models.UserID(r.form.get("therapist_id")), StartsAt: r.moment("starts_at", &l),
		Minutes: r.form.number("minutes", &l), Regions: r.form.regions("regions")}
	if f.Order != nil {
		d.PrescriptionID = f.Order.ID
	}
	if err = l.Invalid("The booking needs correction."); err == nil {
		_, err = r.net.Book(r.once("book"), r.by, d)
	}
	if e, ok := refusal(err); ok {
		return r.showBook(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/clients/"+string(f.Client.ID), "booked")
}

func (r *request) cancelBooking() error {
	b, err := r.net.CancelBooking(r.once("cancel"), r.by, models.BookingID(r.param("id")))
	return r.afterBooking(b, err, "booking_cancelled")
}

func (r *request) missBooking() error {
	b, err := r.net.MissBooking(r.once("miss"), r.by, models.BookingID(r.param("id")))
	return r.afterBooking(b, err, "booking_missed")
}

func (r *request) afterBooking(b models.Booking, err error, said string) error {
	if err != nil {
		return err
	}
	return r.to("/clients/"+string(b.ClientID), said)
}
