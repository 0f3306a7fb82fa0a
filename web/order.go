package web

import (
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
	"rapport/web/view"
)

// orders is where the realm keeps its orders.
func (r *request) orders() string {
	if r.realm == providerRealm {
		return "/provider/orders/"
	}
	return "/orders/"
}

func (r *request) orderPage() error { return r.showOrder(fiber.StatusOK, r.orderID(), view.Form{}) }

func (r *request) orderID() models.PrescriptionID { return models.PrescriptionID(r.param("id")) }

// showOrder is one order as the reader's side sees it, with the steps there are.
func (r *request) showOrder(status int, id models.PrescriptionID, form view.Form) error {
	o, err := r.net.Prescription(r.ctx, r.by, id)
	if err != nil {
		return err
	}
	v := view.OrderPageView{Order: o, Base: r.orders(), Steps: map[models.PrescriptionStatus]bool{}, SignName: r.by.Name, May: view.OrderRights{
		Accept: r.by.May(models.AcceptPrescription) == nil, Record: r.by.May(models.WriteSessions) == nil, Book: r.by.May(models.WriteBookings) == nil,
		Sign: r.by.May(models.SignPrescription) == nil, Prepare: r.by.May(models.OrderPrescription) == nil, Report: r.by.May(models.WriteReports) == nil}}
	if v.May.Accept || v.May.Sign {
		for _, s := range models.OrderSteps(o.Status, models.PartyOf(r.by)) {
			v.Steps[s] = !o.Ended
		}
	}
	if v.May.Accept || v.May.Prepare {
		list, err := r.net.ChangeRequests(r.ctx, r.by, referral.ChangeQuery{PrescriptionID: o.ID}, models.Page{Limit: 20})
		if err != nil {
			return err
		}
		v.Changes = list.Items
	}
	if r.realm == practiceRealm {
		if err := r.orderClient(&v); err != nil {
			return err
		}
		if o.Now == models.OrderActive {
			if err := r.orderAhead(&v); err != nil {
				return err
			}
		}
		due, owed, err := r.due(o.ClientID, o.SeriesID)
		if err != nil {
			return err
		}
		if owed {
			v.Due = due.Kind
		}
	}
	return r.show(status, "Order", func(p view.Page) templ.Component {
		p.Signs, p.Wide = v.May.Sign, true
		p = r.zoned(p, o)
		return view.OrderPage(p, form, v)
	})
}

// orderAhead is what an order in force allows next, and what is booked under it.
func (r *request) orderAhead(v *view.OrderPageView) error {
	var err error
	v.Outlook, err = r.net.Outlook(r.ctx, r.by, v.Order.ID)
	return err
}

// orderClient says whether the order came for somebody new, and who of the
// practice's clients it may be.
func (r *request) orderClient(v *view.OrderPageView) error {
	c, err := r.net.Client(r.ctx, r.by, v.Order.ClientID)
	if err != nil {
		return err
	}
	if c.State == models.ClientActive {
		v.ClientURL = "/clients/" + string(c.ID)
		return nil
	}
	v.Proposed = true
	known, err := r.net.Clients(r.ctx, r.by, c.Name.Family, models.Page{Limit: pageSize})
	if err != nil {
		return err
	}
	var same []string
	for _, k := range known.Items {
		if k.ID == c.ID || k.BirthDate != c.BirthDate {
			continue
		}
		v.Known = append(v.Known, view.Option{Value: string(k.ID), Label: k.Name.String() + ", born " + view.Born(k.BirthDate)})
		if strings.EqualFold(k.Name.String(), c.Name.String()) {
			same = append(same, string(k.ID))
		}
	}
	if len(same) == 1 { // of two namesakes a person must choose
		v.Match = same[0]
	}
	return nil
}

// moved goes on after a step, or shows the order with the reason against it.
func (r *request) moved(o models.OrderView, err error, said string) error {
	if e, ok := refusal(err); ok {
		return r.showOrder(statusOf(err), r.orderID(), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to(r.orders()+string(o.ID), said)
}

func (r *request) acceptOrder() error {
	var l fault.List
	a := models.Acceptance{ClientID: models.ClientID(r.form.get("client_id")), ReceivedOn: r.form.date("received_on", &l)}
	if err := l.Invalid("The acceptance needs correction."); err != nil {
		return r.moved(models.OrderView{}, err, "")
	}
	o, err := r.net.AcceptPrescription(r.seen(), r.by, r.orderID(), a)
	return r.moved(o, err, "order_accepted")
}

func (r *request) declineOrder() error {
	o, err := r.net.DeclinePrescription(r.seen(), r.by, r.orderID(), r.form.get("reason"))
	return r.moved(o, err, "order_declined")
}

func (r *request) suspendOrder() error {
	o, err := r.net.SuspendPrescription(r.seen(), r.by, r.orderID(), r.form.get("reason"))
	return r.moved(o, err, "order_suspended")
}

func (r *request) resumeOrder() error {
	o, err := r.net.ResumePrescription(r.seen(), r.by, r.orderID(), r.form.get("reason"))
	return r.moved(o, err, "order_resumed")
}

func (r *request) revokeOrder() error {
	o, err := r.net.RevokePrescription(r.seen(), r.by, r.orderID(), r.form.get("reason"))
	return r.moved(o, err, "order_revoked")
}

func (r *request) orderInError() error {
	o, err := r.net.EnterPrescriptionInError(r.seen(), r.by, r.orderID(), r.form.get("reason"))
	return r.moved(o, err, "order_in_error")
}

// signOrder submits a draft with the prescriber's signature under what they read.
func (r *request) signOrder() error {
	s := r.form.signature()
	o, err := r.net.SubmitPrescription(r.once("submit"), r.by, r.orderID(), models.Submission{Signature: &s, ContentSHA256: r.form.get("content_sha256")})
	return r.moved(o, err, "order_sent")
}

func (r *request) countersignOrder() error {
	s := r.form.signature()
	o, err := r.net.CountersignPrescription(r.once("countersign"), r.by, r.orderID(), &s)
	return r.moved(o, err, "order_countersigned")
}

// renewOrder makes the next order from this one; the prescriber signs it in
// the same step.
func (r *request) renewOrder() error {
	var d *models.SignatureDraft
	said := "order_renewal_asked"
	if r.by.May(models.SignPrescription) == nil {
		s := r.form.signature()
		d, said = &s, "order_sent"
	}
	o, err := r.net.RenewPrescription(r.once("renew"), r.by, r.orderID(), d)
	if err == nil && r.realm == practiceRealm {
		return r.to(r.orders()+string(r.orderID()), said)
	}
	return r.moved(o, err, said)
}

func (r *request) orderPaper() error {
	p, err := r.net.PrescriptionPaper(r.ctx, r.by, r.orderID())
	if err != nil {
		return err
	}
	return r.pdf("order", r.param("id"), p.Bytes)
}

// orderScan gives a scan as it was attached; it is shown apart from our pages.
func (r *request) orderScan() error {
	d, err := r.net.Attachment(r.ctx, r.by, r.orderID(), r.param("scan"))
	if err != nil {
		return err
	}
	r.c.Set(fiber.HeaderContentType, d.MediaType)
	r.c.Set(fiber.HeaderContentDisposition, `inline; filename="scan"`)
	r.c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox; frame-ancestors 'none'")
	return r.c.Send(d.Bytes)
}
