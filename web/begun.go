package web

import (
	"net/url"

	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
	"rapport/web/view"
)

// begunReports are the reports of an order that are not signed or not sent, so
// that nobody writes one twice.
func (r *request) begunReports(o models.OrderView) ([]models.ReportView, error) {
	list, err := r.net.Reports(r.ctx, r.by, referral.ReportQuery{ClientID: o.ClientID}, models.Page{Limit: pageSize})
	var out []models.ReportView
	for _, d := range list.Items {
		if d.SeriesID == o.SeriesID && d.Begun() {
			out = append(out, d)
		}
	}
	return out, err
}

// writeReportPage finds the order that a report about a client would be of, and
// opens its form: for the provider who asks, the order they wrote.
func (r *request) writeReportPage() error {
	if err := r.by.May(models.WriteReports); err != nil {
		return err
	}
	client, to := models.ClientID(r.param("id")), models.ProviderID(r.query("to"))
	orders, err := r.net.Prescriptions(r.ctx, r.by, referral.OrderQuery{ClientID: client}, models.Page{Limit: 4 * pageSize})
	if err != nil {
		return err
	}
	best, rank := models.PrescriptionID(""), 0
	for _, o := range orders.Items { // the newest first
		if n := o.Reportable(to); n > rank {
			best, rank = o.ID, n
		}
	}
	if best == "" {
		if _, err := r.net.Client(r.ctx, r.by, client); err != nil {
			return err
		}
		return r.to("/clients/"+string(client), "report_needs_order")
	}
	with := url.Values{"kind": {view.RequestReport(r.query("for"))}, "to": {string(to)}}
	return r.to("/orders/"+string(best)+"/reports/new?"+with.Encode(), "")
}

// begun is the draft to which the refusal of a second one leads; "" for any other.
func begun(f *fault.Error) models.ReferralID {
	if f != nil {
		for _, v := range f.Violations {
			if id, ok := v.Allowed.(models.ReferralID); ok {
				return id
			}
		}
	}
	return ""
}

// chosen puts an option in front that is wanted and does not stand on a list
// that ends somewhere: a form never begins with somebody else.
func (r *request) chosen(list []view.Option, id models.ProviderID) ([]view.Option, error) {
	for _, o := range list {
		if id == "" || o.Value == string(id) {
			return list, nil
		}
	}
	if id == "" {
		return list, nil
	}
	p, err := r.net.Provider(r.ctx, r.by, id)
	return append([]view.Option{{Value: string(p.ID), Label: p.DisplayName()}}, list...), err
}
