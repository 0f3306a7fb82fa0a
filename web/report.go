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

var reportStatuses = []models.ReportStatus{models.ReportDraft, models.ReportSigned, models.ReportNeedsRevision, models.ReportSuperseded}

// reportsPage lists the practice's reports and what is owed; a search shows
// what fits and nothing else.
func (r *request) reportsPage() error {
	v := view.ReportsView{Find: find(r, reportStatuses, view.ReportState)}
	if !v.Find.Asked() {
		var err error
		if v.Owed, err = r.net.ReportClocks(r.ctx, r.by, models.Page{Limit: pageSize, Cursor: r.query("owed")}); err != nil {
			return err
		}
	}
	list, err := r.net.Reports(r.ctx, r.by, referral.ReportQuery{Name: v.Find.Q, Status: models.ReportStatus(v.Find.Status)}, models.Page{Limit: pageSize, Cursor: r.after()})
	if err != nil {
		return err
	}
	v.List, v.Next = list.Items, list.NextCursor
	return r.show(fiber.StatusOK, "Reports", func(p view.Page) templ.Component { return view.Reports(p, v) })
}

func (r *request) newReportPage() error { return r.showNewReport(fiber.StatusOK, view.Form{}) }

func (r *request) showNewReport(status int, form view.Form) error {
	if err := r.by.May(models.WriteReports); err != nil {
		return err
	}
	o, err := r.net.Prescription(r.ctx, r.by, r.orderID())
	if err != nil {
		return err
	}
	f := view.ReportForm{Order: o, Kind: models.ReportKind(r.query("kind"))}
	clock, owed, err := r.due(o.ClientID, o.SeriesID)
	if err != nil {
		return err
	}
	if owed {
		f.Due = clock
	}
	if view.ReportKindWords(f.Kind) == "" {
		f.Kind = clock.Kind
	}
	if f.Kind == "" {
		f.Kind = models.ReportProgress
	}
	team, err := r.careTeam(o.ClientID)
	if err != nil {
		return err
	}
	for _, m := range team {
		if m.Provider.ID != o.PrescriberID {
			f.Others = append(f.Others, view.Option{Value: string(m.Provider.ID), Label: m.Provider.DisplayName()})
		}
	}
	if to := models.ProviderID(r.query("to")); to != "" && to != o.PrescriberID {
		if f.Others, err = r.chosen(f.Others, to); err != nil {
			return err
		}
		f.To = string(to)
	}
	if f.Drafts, err = r.begunReports(o); err != nil {
		return err
	}
	return r.show(status, "New report", func(p view.Page) templ.Component { return view.NewReport(p, form, f) })
}

// due is the report that an order's clock waits for next; owed says that it is
// to be written now. Who writes no reports owes none.
func (r *request) due(client models.ClientID, order models.SeriesID) (c models.ReportClockLine, owed bool, err error) {
	if order == "" || r.by.May(models.WriteReports) != nil {
		return c, false, nil
	}
	clocks, err := r.net.ReportClock(r.ctx, r.by, client)
	for _, c := range clocks {
		if c.SeriesID == order && c.State != models.ClockIdle {
			return c, c.Owed(), err
		}
	}
	return c, false, err
}

// narrative reads what the therapist writes into a report.
func (f form) narrative() models.Narrative {
	n := models.Narrative{Summary: f.get("narrative/summary"), Recommendation: f.get("narrative/recommendation"), ReplyRequested: f.ticked("narrative/reply_requested")}
	for k := range f.values {
		if key, ok := strings.CutPrefix(k, "narrative/missing_reasons/"); ok && f.get(k) != "" {
			if n.MissingReasons == nil {
				n.MissingReasons = map[string]string{}
			}
			n.MissingReasons[key] = f.get(k)
		}
	}
	return n
}

func (r *request) draftReport() error {
	o, err := r.net.Prescription(r.ctx, r.by, r.orderID())
	if err != nil {
		return err
	}
	var l fault.List
	d := models.ReportOutline{ClientID: o.ClientID, PrescriptionID: o.ID, Kind: models.ReportKind(r.form.get("kind")), Narrative: r.form.narrative(),
		From: r.form.date("from", &l), To: r.form.date("to", &l), Include: keys[models.Category](r.form.list("include"))}
	switch to := r.form.get("recipient"); {
	case to == "payer" && o.Content.Claim != nil:
		d.Payer = &models.Recipient{PayerName: o.Content.Claim.PayerName, ClaimNumber: o.Content.Claim.ClaimNumber}
	case to != "" && to != "payer":
		d.ProviderID = models.ProviderID(to)
	}
	var v models.ReportView
	if err = l.Invalid("The report needs correction."); err == nil {
		v, err = r.net.DraftReport(r.once("draft"), r.by, d)
	}
	if e, ok := refusal(err); ok {
		return r.showNewReport(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/reports/"+string(v.ID), "report_drafted")
}

func (r *request) reportID() models.ReportID { return models.ReportID(r.param("id")) }

func (r *request) reportPage() error { return r.showReport(fiber.StatusOK, r.reportID(), view.Form{}) }

func (r *request) showReport(status int, id models.ReportID, form view.Form) error {
	v, err := r.net.Report(r.ctx, r.by, id)
	if err != nil {
		return err
	}
	list, err := r.net.Deliveries(r.ctx, r.by, referral.DeliveryQuery{ReportID: v.ID}, models.Page{Limit: 20})
	if err != nil {
		return err
	}
	page := view.ReportPageView{Report: v, Writes: r.by.May(models.WriteReports) == nil, Mode: r.practice.Mode}
	for _, d := range list.Items {
		page.Deliveries = append(page.Deliveries, d.Delivery)
	}
	return r.show(status, "Report", func(p view.Page) templ.Component { return view.ReportPage(p, form, page) })
}

func (r *request) afterReport(id models.ReportID, err error, said string) error {
	if e, ok := refusal(err); ok {
		return r.showReport(statusOf(err), id, view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/reports/"+string(id), said)
}

// changeReport saves the draft's words.
func (r *request) changeReport() error {
	n := r.form.narrative()
	var l fault.List
	from, to := r.form.date("from", &l), r.form.date("to", &l)
	err := l.Invalid("The report needs correction.")
	if err == nil {
		_, err = r.net.ChangeReport(r.seen(), r.by, r.reportID(), models.ReportPatch{Narrative: &n, From: &from, To: &to})
	}
	return r.afterReport(r.reportID(), err, "report_saved")
}

// signReport freezes the report; what it lacks is listed at once.
func (r *request) signReport() error {
	signed, err := r.net.SignReport(models.WithIfMatch(r.once("sign"), r.version()), r.by, r.reportID())
	return r.afterReport(r.reportID(), err, onPaper("report_signed", signed.Warnings))
}

func (r *request) reviseReport() error {
	v, err := r.net.ReviseReport(r.once("revise"), r.by, r.reportID(), r.form.get("reason"))
	if err != nil {
		return r.afterReport(r.reportID(), err, "")
	}
	return r.afterReport(v.ID, nil, "report_revised")
}

// deliverReport sends it on its way; the release gate decides now and again
// when it leaves.
func (r *request) deliverReport() error {
	d := models.DeliveryDraft{ProviderID: models.ProviderID(r.form.get("provider_id")), Channel: models.Channel(r.form.get("channel"))}
	if r.form.ticked("override") {
		d.Override = &models.OverrideDraft{Basis: r.form.get("override/basis"), Reason: r.form.get("override/reason")}
	}
	_, err := r.net.DeliverReport(r.once("deliver"), r.by, r.reportID(), d)
	return r.afterReport(r.reportID(), err, "report_delivered")
}

// proveDelivery records by hand what became of a letter or fax.
func (r *request) proveDelivery() error {
	d, err := r.net.Delivery(r.ctx, r.by, models.DeliveryID(r.param("delivery")))
	if err != nil {
		return err
	}
	_, err = r.net.RecordProof(r.once("proof"), r.by, d.ID, models.Proof{State: models.DeliveryState(r.form.get("state")), Note: r.form.get("note")})
	return r.afterReport(d.ReportID, err, "proof_recorded")
}

func (r *request) misdirected() error {
	d, err := r.net.Delivery(r.ctx, r.by, models.DeliveryID(r.param("delivery")))
	if err != nil {
		return err
	}
	_, err = r.net.Misdirected(r.once("misdirected"), r.by, d.ID, r.form.get("note"))
	return r.afterReport(d.ReportID, err, "delivery_closed")
}

func (r *request) deliveryCover() error {
	b, err := r.net.DeliveryCover(r.ctx, r.by, models.DeliveryID(r.param("delivery")))
	if err != nil {
		return err
	}
	return r.pdf("cover", r.param("delivery"), b)
}

func (r *request) reportPreview() error {
	b, err := r.net.PreviewReport(r.ctx, r.by, r.reportID())
	if err != nil {
		return err
	}
	return r.pdf("report-preview", r.param("id"), b)
}

// reportPDF gives the signed bytes, exactly. A provider's download passes the
// gate again and is evidence.
func (r *request) reportPDF() error {
	d, err := r.net.ReportPDF(r.ctx, r.by, r.reportID())
	if err != nil {
		return err
	}
	return r.pdf("report", r.param("id"), d.Bytes)
}
