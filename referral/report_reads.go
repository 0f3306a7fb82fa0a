package referral

import (
	"context"
	"slices"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// ReportPDF gives the signed bytes, exactly. An outsider's download passes the
// gate again and is recorded before a byte leaves.
func (n *Network) ReportPDF(ctx context.Context, by models.Actor, id models.ReportID) (models.Document, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Document, error) {
		if by.Outsider() {
			r, d, err := n.received(tx, by, id, "report.download")
			if err != nil {
				return models.Document{}, err
			}
			if _, err := proved(tx, d, models.DeliveryDownloaded, "", models.DeliveryEvent{}); err != nil {
				return models.Document{}, err
			}
			return signedBytes(tx, r)
		}
		if err := by.May(models.ReadReports); err != nil {
			return models.Document{}, err
		}
		r, err := tx.Report(id)
		if err != nil {
			return models.Document{}, err
		}
		tx.Log("report.download", "report", string(id), r.ClientID, "")
		return signedBytes(tx, r)
	})
}

func signedBytes(tx *store.Tx, r models.Report) (models.Document, error) {
	if r.DocumentID == "" {
		return models.Document{}, fault.New(fault.Conflict, "report.not_signed", "A draft has no PDF of record; look at its preview.")
	}
	d, err := tx.Document(r.DocumentID)
	if err == nil && d.SHA256 != r.SHA256 {
		return models.Document{}, fault.New(fault.Internal, "document.damaged", "The stored document does not match its hash. The operator has been told.")
	}
	return d, err
}

// received is a report as its recipient may read it now, with the delivery it
// came by, locked. Never delivered, or misdirected, is not found; delivered
// and then ended is 410.
func (n *Network) received(tx *store.Tx, by models.Actor, id models.ReportID, action string) (models.Report, models.Delivery, error) {
	if err := by.May(models.ReceiveReports); err != nil {
		return models.Report{}, models.Delivery{}, err
	}
	if err := tx.EnterByGrant("report", string(id), "report"); err != nil {
		return models.Report{}, models.Delivery{}, err
	}
	r, err := tx.Report(id)
	if err != nil {
		return r, models.Delivery{}, err
	}
	tx.Log(action, "report", string(id), r.ClientID, "")
	d, err := deliveredTo(tx, id, by.ProviderID)
	if err != nil {
		return r, d, err
	}
	v, err := n.tellReport(tx, r, d, string(models.ByPortal))
	if err != nil {
		return r, d, err
	}
	if err := v.Refusal(true); err != nil {
		return r, d, err
	}
	if d.State == models.DeliveryStopped {
		return r, d, fault.Missing("report")
	}
	d, err = tx.LockDelivery(d.ID)
	return r, d, err
}

// deliveredTo finds the newest delivery of a report to a provider's portal.
func deliveredTo(tx *store.Tx, id models.ReportID, to models.ProviderID) (models.Delivery, error) {
	l, err := tx.Deliveries(store.DeliveryFilter{ReportID: id, ProviderID: to}, models.Page{Limit: 100})
	if err != nil {
		return models.Delivery{}, err
	}
	var ended models.Delivery
	for _, d := range l.Items {
		switch {
		case d.Channel != models.ByPortal || d.Misdirected():
		case d.State != models.DeliveryStopped:
			return d.Delivery, nil
		case ended.ID == "":
			ended = d.Delivery
		}
	}
	if ended.ID == "" {
		return ended, fault.Missing("report")
	}
	return ended, nil
}

func (n *Network) receivedReport(tx *store.Tx, by models.Actor, id models.ReportID) (models.ReportView, error) {
	r, d, err := n.received(tx, by, id, "report.read")
	if err != nil {
		return models.ReportView{}, err
	}
	if d, err = proved(tx, d, models.DeliveryOpened, "", models.DeliveryEvent{}); err != nil {
		return models.ReportView{}, err
	}
	return receivedView(tx, r, d)
}

// receivedView is what an outsider sees: the report as signed, not how it came
// about.
func receivedView(tx *store.Tx, r models.Report, d models.Delivery) (models.ReportView, error) {
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return models.ReportView{}, err
	}
	line, err := tx.ReportLine(r)
	line.Include, line.SessionIDs, line.RevisionReason = nil, nil, ""
	d = d.ForRecipient()
	return models.ReportView{ReportLine: line, Practice: p.Name, Delivery: &d}, err
}

// receivedReports lists what was delivered to a provider's portal, over all
// practices. The gate is asked for each, which leaves a line in the ledger and
// its event on the trail; what it withholds shows that it ended, and no name.
func (n *Network) receivedReports(tx *store.Tx, by models.Actor, q ReportQuery, page models.Page) (models.List[models.ReportView], error) {
	if err := by.May(models.ReceiveReports); err != nil {
		return models.List[models.ReportView]{}, err
	}
	out := models.List[models.ReportView]{Items: []models.ReportView{}}
	listed := map[models.PracticeID]bool{}
	for round := 1; ; round++ {
		grants, err := tx.Grants("report", models.Page{Limit: page.Limit - len(out.Items), Cursor: page.Cursor})
		if err != nil {
			return out, err
		}
		out.NextCursor = grants.NextCursor
		for _, g := range grants.Items {
			if err := tx.Enter(g.PracticeID); err != nil {
				return out, err
			}
			if slices.Contains(q.But, models.ReportID(g.ObjectID)) {
				continue
			}
			if !listed[g.PracticeID] {
				tx.Log("report.list", "practice", string(g.PracticeID), "", "")
			}
			listed[g.PracticeID] = true
			v, shown, err := n.listedReport(tx, by, models.ReportID(g.ObjectID), q)
			if err != nil {
				return out, err
			}
			if shown {
				out.Items = append(out.Items, v)
			}
		}
		if page.Cursor = grants.NextCursor; page.Cursor == "" || q.Name == "" && q.ClientID == "" && len(q.But) == 0 || len(out.Items) >= page.Limit || round == maxRounds {
			return out, nil
		}
	}
}

func (n *Network) listedReport(tx *store.Tx, by models.Actor, id models.ReportID, q ReportQuery) (v models.ReportView, shown bool, err error) {
	d, err := deliveredTo(tx, id, by.ProviderID)
	if fault.CodeOf(err) == "not_found" {
		return v, false, nil
	}
	if err != nil {
		return v, false, err
	}
	r, err := tx.Report(id)
	if err != nil {
		return v, false, err
	}
	if q.ClientID != "" && r.ClientID != q.ClientID {
		return v, false, nil
	}
	if q.Name != "" { // filter before anything is told
		if line, err := tx.ReportLine(r); err != nil || !store.Named(q.Name, line.Client) {
			return v, false, err
		}
	}
	verdict, err := n.tellReport(tx, r, d, string(models.ByPortal))
	if err != nil {
		return v, false, err
	}
	if refusal := verdict.Refusal(true); refusal != nil && (q.Name != "" || q.ClientID != "") {
		return v, false, nil // a name that is no longer shown is not found either
	} else if refusal != nil {
		p, err := tx.Practice(tx.PracticeID())
		r = models.Report{ID: r.ID, PracticeID: r.PracticeID, Kind: r.Kind, Status: r.Status, SignedAt: r.SignedAt, Revision: r.Revision}
		return models.ReportView{ReportLine: models.ReportLine{Report: r}, Practice: p.Name, Withheld: fault.CodeOf(refusal)}, true, err
	}
	if d.State == models.DeliveryStopped {
		return v, false, nil
	}
	v, err = receivedView(tx, r, d)
	v.Narrative = models.Narrative{}
	return v, true, err
}

// AcknowledgeReport notes that the recipient has read a report and what they
// answer. It tells them nothing, so an ended release does not forbid it.
func (n *Network) AcknowledgeReport(ctx context.Context, by models.Actor, id models.ReportID, reply string) (models.Delivery, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Delivery, error) {
		if err := by.May(models.ReceiveReports); err != nil {
			return models.Delivery{}, err
		}
		if err := tx.EnterByGrant("report", string(id), "report"); err != nil {
			return models.Delivery{}, err
		}
		d, err := deliveredTo(tx, id, by.ProviderID)
		if err != nil {
			return d, err
		}
		tx.Log("report.acknowledge", "report", string(id), d.ClientID, "")
		r, err := tx.Report(id)
		if err == nil {
			err = seen(ctx, r.Version)
		}
		if err != nil {
			return d, err
		}
		if d, err = tx.LockDelivery(d.ID); err != nil {
			return d, err
		}
		d, err = acknowledge(tx, d, reply)
		return d.ForRecipient(), err
	})
}

// acknowledge keeps the first answer; repeating it changes nothing.
func acknowledge(tx *store.Tx, d models.Delivery, reply string) (models.Delivery, error) {
	if len([]rune(reply)) > 5000 {
		var l fault.List
		l.Add("text.too_long", "/reply", "A reply has at most 5000 characters.")
		return d, l.Invalid("The reply is too long.")
	}
	if d.State == models.DeliveryStopped {
		return d, models.DeliveryIsStopped()
	}
	if d.State == models.DeliveryAcknowledged {
		if reply == "" || reply == d.Reply {
			return d, nil
		}
		return d, fault.New(fault.Conflict, "report.acknowledged", "This report was answered already. Call the practice for anything more.")
	}
	d.Reply = reply
	d, err := proved(tx, d, models.DeliveryAcknowledged, "", models.DeliveryEvent{})
	if err != nil {
		return d, err
	}
	r, err := tx.Report(d.ReportID)
	if err != nil {
		return d, err
	}
	signer, err := tx.User(r.SignedBy)
	if err != nil {
		return d, err
	}
	if reply != "" {
		practice, err := tx.Practice(tx.PracticeID())
		if err == nil {
			err = arrived(tx, practice, d.ProviderID, d.ClientID, "delivery", string(d.ID), []models.PromiseKind{models.PromiseLetter})
		}
		if err != nil {
			return d, err
		}
	}
	_, err = tx.Post(models.Message{Kind: models.MessageReply, To: signer.Email, ObjectKind: "report", ObjectID: string(r.ID), ClientID: r.ClientID, ProviderID: d.ProviderID})
	return d, err
}
