package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

func (r *request) verbalPage() error { return r.showVerbal(fiber.StatusOK, view.Form{}) }

func (r *request) showVerbal(status int, form view.Form) error {
	if err := r.by.May(models.AcceptPrescription); err != nil {
		return err
	}
	o, err := r.net.Prescription(r.ctx, r.by, r.orderID())
	if err != nil {
		return err
	}
	return r.show(status, "Changed on the phone", func(p view.Page) templ.Component { return view.VerbalPage(p, form, o) })
}

// noteVerbal opens the scope as the prescriber stated it on the phone.
func (r *request) noteVerbal() error {
	o, err := r.net.Prescription(r.ctx, r.by, r.orderID())
	if err != nil {
		return err
	}
	var l fault.List
	d := models.VerbalOrderDraft{Scope: r.form.patch("scope", o.Content, &l), VerbalDraft: models.VerbalDraft{GivenBy: r.form.get("given_by"),
		TakenAt: r.moment("taken_at", &l), ReadBack: r.form.ticked("read_back")}}
	if err = l.Invalid("The verbal order needs correction."); err == nil {
		o, err = r.net.NoteVerbalOrder(r.once("verbal"), r.by, o.ID, d)
	}
	if e, ok := refusal(err); ok {
		return r.showVerbal(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to(r.orders()+string(o.ID), "order_verbal")
}
