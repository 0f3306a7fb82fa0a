package referral

import (
	"context"
	"strings"

	"rapport/documents"
	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// DraftReport begins a report to one recipient: the prescriber, unless the
// outline names another provider or a payer.
func (n *Network) DraftReport(ctx context.Context, by models.Actor, o models.ReportOutline) (models.ReportView, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.ReportView, error) {
		if err := by.May(models.WriteReports); err != nil {
			return models.ReportView{}, err
		}
		if err := o.Validate(); err != nil {
			return models.ReportView{}, err
		}
		if _, err := tx.Client(o.ClientID); err != nil {
			return models.ReportView{}, err
		}
		order, err := tx.Prescription(o.PrescriptionID)
		if err != nil {
			return models.ReportView{}, err
		}
		if order.ClientID != o.ClientID {
			return models.ReportView{}, fault.New(fault.Conflict, "order.other_client", "This order belongs to another client.")
		}
		if o.ProviderID == "" && o.Payer == nil {
			o.ProviderID = order.PrescriberID
		}
		if o.ProviderID != "" {
			if o.ProviderID, err = tx.Survivor(o.ProviderID); err != nil {
				return models.ReportView{}, err
			}
		}
		r := models.Report{ID: models.ReportID(tx.NewID()), PracticeID: tx.PracticeID(), ClientID: o.ClientID, PrescriptionID: order.ID, SeriesID: order.SeriesID,
			ProviderID: o.ProviderID, Payer: o.Payer, Kind: o.Kind, Status: models.ReportDraft, From: o.From, To: o.To, Include: o.Include,
			Narrative: o.Narrative, Revision: 1, CreatedBy: by.UserID, CreatedAt: tx.Now(), Version: 1}
		if err := chooseDays(tx, &r); err != nil {
			return models.ReportView{}, err
		}
		tx.Log("report.draft", "report", string(r.ID), r.ClientID, "")
		if err := notBegun(tx, r); err != nil {
			return models.ReportView{}, err
		}
		if err := tx.AddReport(r); err != nil {
			return models.ReportView{}, err
		}
		return n.reportView(tx, r)
	})
}

// notBegun refuses a second draft of one report: 409 report.begun names the first.
func notBegun(tx *store.Tx, r models.Report) error {
	drafts, err := tx.Reports(store.ReportFilter{SeriesID: r.SeriesID, Status: models.ReportDraft}, models.Page{Limit: 100})
	if err != nil {
		return err
	}
	for _, d := range drafts.Items {
		if d.Begins(r) {
			return models.ErrReportBegun(d.ID)
		}
	}
	return nil
}

// chooseDays fills the days that nobody chose: from the day after the last
// signed report, or from the first session, to today. A discharge report
// looks back at the whole order.
func chooseDays(tx *store.Tx, r *models.Report) error {
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return err
	}
	today := p.Today(tx.Now())
	if r.To.IsZero() {
		r.To = max(today, r.From)
	}
	if !r.From.IsZero() {
		return nil
	}
	days, err := tx.SeriesDays(r.SeriesID)
	if err != nil {
		return err
	}
	if r.From = days.First; r.From.IsZero() {
		r.From = r.To
	}
	last, found, err := tx.LastReport(r.SeriesID)
	if found && r.Kind != models.ReportDischarge {
		r.From = max(r.From, last.To.AddDays(1))
	}
	r.From = min(r.From, r.To)
	return err
}

// ChangeReport changes a draft that the caller saw in its newest version.
func (n *Network) ChangeReport(ctx context.Context, by models.Actor, id models.ReportID, p models.ReportPatch) (models.ReportView, error) {
	return decide(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.ReportView, error) {
		r, err := n.reportToWrite(ctx, tx, by, id, "report.change")
		if err != nil {
			return models.ReportView{}, err
		}
		if err := r.Editable(); err != nil {
			return models.ReportView{}, err
		}
		seen := r.Version
		if r, err = r.Patched(p); err != nil {
			return models.ReportView{}, err
		}
		if err := tx.UpdateReport(r, seen); err != nil {
			return models.ReportView{}, err
		}
		r.Version = seen + 1
		return n.reportView(tx, r)
	})
}

// reportToWrite is the head of every verb of the practice on one report: may,
// lock, log, match.
func (n *Network) reportToWrite(ctx context.Context, tx *store.Tx, by models.Actor, id models.ReportID, action string) (models.Report, error) {
	if err := by.May(models.WriteReports); err != nil {
		return models.Report{}, err
	}
	r, err := tx.LockReport(id)
	if err != nil {
		return r, err
	}
	tx.Log(action, "report", string(id), r.ClientID, "")
	return r, seen(ctx, r.Version)
}

// reportView adds the names, and what a draft lacks.
func (n *Network) reportView(tx *store.Tx, r models.Report) (models.ReportView, error) {
	var v models.ReportView
	var err error
	if v.ReportLine, err = tx.ReportLine(r); err != nil {
		return v, err
	}
	if r.SignedBy != "" {
		signer, err := tx.User(r.SignedBy)
		if err != nil {
			return v, err
		}
		v.Signer = signer.Name
	}
	if r.Status != models.ReportDraft {
		return v, nil
	}
	f, err := n.reportFacts(tx, r)
	v.Practice, v.Gaps = f.practice.Name, models.ReportGaps(r, f.rules)
	return v, err
}

// Report reads one report. Outsiders read what was delivered to them and is
// still released; the reading is recorded as opened.
func (n *Network) Report(ctx context.Context, by models.Actor, id models.ReportID) (models.ReportView, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.ReportView, error) {
		if by.Outsider() {
			return n.receivedReport(tx, by, id)
		}
		if err := by.May(models.ReadReports); err != nil {
			return models.ReportView{}, err
		}
		r, err := tx.Report(id)
		if err != nil {
			return models.ReportView{}, err
		}
		tx.Log("report.read", "report", string(id), r.ClientID, "")
		return n.reportView(tx, r)
	})
}

// ReportQuery narrows a list of reports; empty fields do not.
type ReportQuery struct {
	ClientID models.ClientID
	Name     string // of the client: each word begins a word of the name
	Status   models.ReportStatus
	But      []models.ReportID // not these: what a provider was told of elsewhere on the same page
}

// Reports lists the practice's reports, or those delivered to a provider, the
// newest first.
func (n *Network) Reports(ctx context.Context, by models.Actor, q ReportQuery, page models.Page) (models.List[models.ReportView], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.ReportView], error) {
		if by.Outsider() {
			return n.receivedReports(tx, by, q, page)
		}
		if err := by.May(models.ReadReports); err != nil {
			return models.List[models.ReportView]{}, err
		}
		tx.Log("report.list", "practice", string(tx.PracticeID()), q.ClientID, "")
		l, err := tx.Reports(store.ReportFilter{ClientID: q.ClientID, Name: q.Name, Status: q.Status}, page)
		if err != nil {
			return models.List[models.ReportView]{}, err
		}
		ids := make([]models.ReportID, len(l.Items))
		for i, line := range l.Items {
			ids[i] = line.ID
		}
		came, err := tx.Furthest(ids)
		out := models.List[models.ReportView]{Items: make([]models.ReportView, len(l.Items)), NextCursor: l.NextCursor}
		for i, line := range l.Items {
			out.Items[i] = models.ReportView{ReportLine: line}
			if d, ok := came[line.ID]; ok {
				out.Items[i].Delivery = &d
			}
		}
		return out, err
	})
}

// PreviewReport draws a draft as it would be signed now. Nothing is stored.
func (n *Network) PreviewReport(ctx context.Context, by models.Actor, id models.ReportID) ([]byte, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]byte, error) {
		if err := by.May(models.WriteReports); err != nil {
			return nil, err
		}
		r, err := tx.Report(id)
		if err != nil {
			return nil, err
		}
		tx.Log("report.preview", "report", string(id), r.ClientID, "")
		if err := r.Editable(); err != nil {
			return nil, err
		}
		f, err := n.reportFacts(tx, r)
		if err != nil {
			return nil, err
		}
		if err := n.contain(tx, &f); err != nil {
			return nil, err
		}
		signer, err := tx.User(by.UserID)
		if err != nil {
			return nil, err
		}
		p := f.paper(signer, tx.Now())
		p.Signature.At = "Draft, not signed"
		return documents.Report(p)
	})
}

// ReviseReport begins the next revision of a signed report; the old one stands
// until the new one is signed.
func (n *Network) ReviseReport(ctx context.Context, by models.Actor, id models.ReportID, reason string) (models.ReportView, error) {
	return decide(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.ReportView, error) {
		old, err := n.reportToWrite(ctx, tx, by, id, "report.revise")
		if err != nil {
			return models.ReportView{}, err
		}
		if err := old.MayBeRevised(); err != nil {
			return models.ReportView{}, err
		}
		var l fault.List
		if reason = strings.TrimSpace(reason); reason == "" || len([]rune(reason)) > 500 {
			l.Add("revision.reason", "/reason", "Say why the report is corrected, in at most 500 characters.")
		}
		if err := l.Invalid("The revision needs a reason."); err != nil {
			return models.ReportView{}, err
		}
		next := old.Revised(models.ReportID(tx.NewID()), reason, by.UserID, tx.Now())
		if err := tx.AddReport(next); err != nil {
			return models.ReportView{}, err
		}
		return n.reportView(tx, next)
	})
}
