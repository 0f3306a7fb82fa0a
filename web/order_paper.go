package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

// paperOrderPage copies an order from paper, or notes one from the phone, for
// a client of the practice.
func (r *request) paperOrderPage() error { return r.showPaperOrder(fiber.StatusOK, view.Form{}, false) }

func (r *request) phoneOrderPage() error { return r.showPaperOrder(fiber.StatusOK, view.Form{}, true) }

func (r *request) showPaperOrder(status int, form view.Form, verbal bool) error {
	if err := r.by.May(models.AcceptPrescription); err != nil {
		return err
	}
	c, err := r.net.Client(r.ctx, r.by, models.ClientID(r.param("id")))
	if err != nil {
		return err
	}
	f := view.OrderForm{Action: r.c.Path(), Content: beginning(r.today()), FixedName: c.Name.String(), FixedBorn: c.BirthDate, Verbal: verbal, Paper: !verbal}
	if f.Providers, err = r.directory(); err != nil {
		return err
	}
	team, err := r.careTeam(c.ID)
	if err != nil {
		return err
	}
	if len(team) > 0 {
		f.ProviderID = string(team[0].Provider.ID)
	}
	title := "Copy a paper order"
	if verbal {
		title = "Order taken on the phone"
	}
	return r.show(status, title, func(p view.Page) templ.Component { return view.PaperOrder(p, form, f, "/clients/"+string(c.ID)) })
}

func (r *request) writePaperOrder() error { return r.transcribe(false) }

func (r *request) writePhoneOrder() error { return r.transcribe(true) }

// transcribe keeps the order, its scan, and submits it; what is missing then
// can be added on the order's own page.
func (r *request) transcribe(verbal bool) error {
	var l fault.List
	d := models.PrescriptionDraft{ClientID: models.ClientID(r.param("id")), PrescriberID: models.ProviderID(r.form.get("prescriber_id")),
		Content: r.form.orderContent(&l), Source: models.FromPaper}
	if verbal {
		d.Source = models.FromVerbal
		d.Verbal = &models.VerbalDraft{GivenBy: r.form.get("verbal/given_by"), TakenAt: r.moment("verbal/taken_at", &l), ReadBack: r.form.ticked("verbal/read_back")}
	} else if r.form.get("opening/used") != "" {
		d.Opening = &models.Opening{Used: r.form.number("opening/used", &l), AsOf: r.form.date("opening/as_of", &l)}
	}
	err := l.Invalid("The order needs correction.")
	var o models.OrderView
	if err == nil {
		o, err = r.net.WritePrescription(r.once("write"), r.by, d)
	}
	if e, ok := refusal(err); ok {
		return r.showPaperOrder(statusOf(err), view.Form{Values: r.form.values, Refusal: e}, verbal)
	}
	if err != nil {
		return err
	}
	if verbal {
		return r.submitCopy(o.ID)
	}
	return r.attachAndSubmit(o.ID)
}

// attachScan adds the scan to a copy that was saved without one, and submits it.
func (r *request) attachScan() error { return r.attachAndSubmit(r.orderID()) }

func (r *request) attachAndSubmit(id models.PrescriptionID) error {
	scan, err := r.form.file("scan")
	if err != nil {
		return err
	}
	if len(scan) > 0 {
		_, err = r.net.AttachScan(r.once("scan"), r.by, id, scan)
		if e, ok := fault.As(err); ok && e.Kind != fault.Unavailable && e.Kind != fault.NotFound {
			return r.showOrder(statusOf(err), id, view.Form{Values: r.form.values, Refusal: e})
		}
		if err != nil {
			return err
		}
	}
	return r.submitCopy(id)
}

func (r *request) submitCopy(id models.PrescriptionID) error {
	_, err := r.net.SubmitPrescription(r.once("submit"), r.by, id, models.Submission{})
	if e, ok := refusal(err); ok {
		return r.showOrder(statusOf(err), id, view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to(r.orders()+string(id), "order_copied")
}
