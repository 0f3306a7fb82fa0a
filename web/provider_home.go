package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/referral"
	"rapport/web/view"
)

// providerHome is what waits for a provider: questions, papers to sign, reports
// to read, and the orders they wrote.
func (r *request) providerHome() error {
	v := view.ProviderHomeView{Own: r.provider, Signs: r.by.May(models.SignPrescription) == nil, Find: find(r, []models.PrescriptionStatus(nil), view.OrderState)}
	changes, err := r.net.ChangeRequests(r.ctx, r.by, referral.ChangeQuery{}, models.Page{Limit: pageSize})
	if err != nil {
		return err
	}
	var open []models.ChangeRequest
	for _, c := range changes.Items {
		if c.Status.Open() && !v.Find.Asked() {
			open = append(open, c)
		}
	}
	if !v.Find.Asked() {
		waiting, err := r.net.Worklist(r.ctx, r.by, referral.WorklistQuery{Name: models.ListReferrals}, models.Page{Limit: view.OpenShown})
		if err != nil {
			return err
		}
		v.Waiting = waiting.Items
	}
	reports, err := r.net.Reports(r.ctx, r.by, referral.ReportQuery{Name: v.Find.Q}, models.Page{Limit: pageSize})
	if err != nil {
		return err
	}
	v.Reports = reports.Items
	orders, err := r.net.Prescriptions(r.ctx, r.by, referral.OrderQuery{Name: v.Find.Q}, models.Page{Limit: pageSize, Cursor: r.after()})
	if err != nil {
		return err
	}
	v.Next = orders.NextCursor
	if v.Changes, err = r.named(open, orders.Items); err != nil {
		return err
	}
	for _, o := range orders.Items {
		switch {
		case o.Status == models.OrderSuperseded:
		case v.Signs && !v.Find.Asked() && (o.Now == models.OrderDraft || view.NeedsCountersign(o)):
			v.Sign = append(v.Sign, o)
		default:
			v.Orders = append(v.Orders, o)
		}
	}
	return r.show(fiber.StatusOK, "Home", func(p view.Page) templ.Component {
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
