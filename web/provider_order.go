package web

import (
	"cmp"
	"net/url"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
	"rapport/web/view"
)

func (r *request) newOrderPage() error { return r.showNewOrder(fiber.StatusOK, view.Form{}) }

// showNewOrder is for the patient whom the address names, or for one to be
// said.
func (r *request) showNewOrder(status int, form view.Form) error {
	f := view.OrderForm{Action: "/provider/orders/new", Content: beginning(r.today()), SignName: r.by.Name, MaySign: r.by.May(models.SignPrescription) == nil,
		Back: "/provider", BackName: "Today"}
	who := r.orderWho
	if id := r.query("client"); id != "" {
		f.Action, f.ClientID, who = f.Action+"?client="+url.QueryEscape(id), id, r.orderNamed
	}
	if err := who(&f); err != nil {
		return err
	}
	return r.show(status, "New order", func(p view.Page) templ.Component {
		p.Signs = f.MaySign
		return view.ProviderOrder(p, form, f)
	})
}

// orderNamed is the one patient whom the order is for.
func (r *request) orderNamed(f *view.OrderForm) error {
	c, err := r.net.Client(r.ctx, r.by, models.ClientID(f.ClientID))
	if err != nil {
		return err
	}
	f.FixedName, f.FixedBorn = c.Name.String(), c.BirthDate
	f.Back, f.BackName = view.SharedURL(c.PracticeID, c.ID), f.FixedName
	practices, err := r.net.Practices(r.ctx, r.by, models.Page{Limit: pageSize})
	for _, p := range practices.Items {
		if p.ID == c.PracticeID {
			f.FixedAt = p.Name
		}
	}
	return err
}

// orderWho offers the practices that take orders and the patients the provider
// ordered for before.
func (r *request) orderWho(f *view.OrderForm) error {
	practices, err := r.net.Practices(r.ctx, r.by, models.Page{Limit: pageSize})
	if err != nil {
		return err
	}
	for _, p := range practices.Items {
		f.Practices = append(f.Practices, view.Option{Value: string(p.ID), Label: p.Name})
	}
	before, err := r.net.Prescriptions(r.ctx, r.by, referral.OrderQuery{}, models.Page{Limit: 100})
	if err != nil {
		return err
	}
	known := map[models.ClientID]bool{}
	for _, o := range before.Items {
		if !known[o.ClientID] && !o.Ended && o.Now != models.OrderDraft && o.Now != models.OrderSubmitted && o.Now != models.OrderDeclined {
			known[o.ClientID] = true
			f.Clients = append(f.Clients, view.Option{Value: string(o.ClientID), Label: o.Content.ClientName.String() + ", at " + o.PracticeName})
		}
	}
	return nil
}

// writeOrder keeps the order, and with a signature sends it in the same step.
func (r *request) writeOrder() error {
	var l fault.List
	d := models.PrescriptionDraft{Content: r.form.orderContent(&l), ClientID: models.ClientID(cmp.Or(r.query("client"), r.form.get("client_id")))}
	if d.ClientID == "" {
		d.PracticeID = models.PracticeID(r.form.get("practice_id"))
		d.Client = &models.ClientDraft{Name: models.PersonName{Given: r.form.get("client/name/given"), Family: r.form.get("client/name/family")},
			BirthDate: r.form.date("client/birth_date", &l), Phone: r.form.get("client/phone")}
	}
	err := l.Invalid("The order needs correction.")
	var o models.OrderView
	if err == nil {
		o, err = r.net.WritePrescription(r.once("write"), r.by, d)
	}
	if e, ok := refusal(err); ok {
		return r.showNewOrder(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	if r.form.get("act") != "sign" {
		return r.to("/provider/orders/"+string(o.ID), "order_saved")
	}
	s := r.form.signature()
	_, err = r.net.SubmitPrescription(r.once("submit"), r.by, o.ID, models.Submission{Signature: &s, ContentSHA256: o.ContentSHA256})
	if e, ok := refusal(err); ok { // the order is kept; it lacks the signature only
		return r.showOrder(statusOf(err), o.ID, view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/provider/orders/"+string(o.ID), "order_sent")
}
