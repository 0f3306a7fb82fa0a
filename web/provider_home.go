package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/referral"
	"rapport/web/view"
)

// providerHome is a provider's Today: what waits for them in the worklists of
// all practices, drafts and copies to sign that no practice waits for, and their
// orders and reports.
func (r *request) providerHome() error {
	v := view.ProviderHomeView{Own: r.provider, Signs: r.by.May(models.SignPrescription) == nil, Find: find(r, []models.PrescriptionStatus(nil), view.OrderState)}
	if !v.Find.Asked() {
		waiting, err := r.net.Worklist(r.ctx, r.by, referral.WorklistQuery{}, models.Page{Limit: pageSize, Cursor: r.query("waits")})
		if err != nil {
			return err
		}
		v.Waiting, v.More = waiting.Items, waiting.NextCursor
	}
	but := []models.ReportID{} // what waits was told already
	for _, l := range v.Waiting {
		if l.Kind == models.OpenUnread {
			but = append(but, models.ReportID(l.ObjectID))
		}
	}
	reports, err := r.net.Reports(r.ctx, r.by, referral.ReportQuery{Name: v.Find.Q, But: but}, models.Page{Limit: pageSize})
	if err != nil {
		return err
	}
	v.Reports = reports.Items
	orders, err := r.net.Prescriptions(r.ctx, r.by, referral.OrderQuery{Name: v.Find.Q}, models.Page{Limit: pageSize, Cursor: r.after()})
	if err != nil {
		return err
	}
	v.Next = orders.NextCursor
	for _, o := range orders.Items {
		switch {
		case o.Status == models.OrderSuperseded:
		case v.Waits(o):
		case v.Signs && !v.Find.Asked() && (o.Now == models.OrderDraft || view.NeedsCountersign(o)):
			v.Sign = append(v.Sign, o)
		default:
			v.Orders = append(v.Orders, o)
		}
	}
	return r.show(fiber.StatusOK, "Today", func(p view.Page) templ.Component {
		p.Wide = true
		return view.ProviderHome(p, v)
	})
}

func (r *request) receivedReport() error { return r.showReceived(fiber.StatusOK, view.Form{}) }

// showReceived is a report as its recipient sees it; opening it is evidence.
func (r *request) showReceived(status int, form view.Form) error {
	v, err := r.net.Report(r.ctx, r.by, r.reportID())
	if err != nil {
		return err
	}
	return r.show(status, "Report", func(p view.Page) templ.Component { return view.ReceivedReport(p, form, v) })
}

// acknowledge closes the loop, with a word to the therapist if there is one.
func (r *request) acknowledge() error {
	_, err := r.net.AcknowledgeReport(r.once("acknowledge"), r.by, r.reportID(), r.form.get("reply"))
	if e, ok := refusal(err); ok {
		return r.showReceived(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/provider/reports/"+string(r.reportID()), "report_acknowledged")
}
