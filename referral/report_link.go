package referral

import (
	"context"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// ReportLink says that a link to a report is alive. It names nobody and spends
// nothing.
func (n *Network) ReportLink(ctx context.Context, _ models.Actor, token string) (LinkPage, error) {
	return look(ctx, n, models.Anonymous("", ""), func(_ context.Context, tx *store.Tx) (LinkPage, error) {
		l, err := tx.LinkByToken(token, models.LinkReport)
		if err != nil {
			return LinkPage{}, err
		}
		return LinkPage{TriesLeft: l.TriesLeft, ExpiresAt: l.ExpiresAt}, nil
	})
}

// ProvedLink is what a link says to whoever knew the birth date: from whom the
// report comes, and until when the link takes the answer to it.
type ProvedLink struct {
	Practice  string
	ExpiresAt time.Time
	Zone      *time.Location
}

// ProveReportLink checks the client's birth date before the link is spent, so
// that the page with the download can say how to answer. It says that there is
// a report, so the gate is asked; its refusal is on record.
func (n *Network) ProveReportLink(ctx context.Context, by models.Actor, token string, born models.Date) (ProvedLink, error) {
	by, err := n.holder(ctx, by, token, models.LinkReport)
	if err != nil {
		return ProvedLink{}, err
	}
	return locked(models.WithoutIdempotency(ctx), n, by, func(_ context.Context, tx *store.Tx) (ProvedLink, error) {
		var none ProvedLink
		l, _, err := opened(tx, token, models.LinkReport, born)
		if err != nil {
			return none, err
		}
		tx.Log("link.prove", "link", string(l.ID), l.ClientID, "")
		d, err := tx.Delivery(models.DeliveryID(l.ObjectID))
		if err != nil {
			return none, err
		}
		r, err := tx.Report(d.ReportID)
		if err != nil {
			return none, err
		}
		a, err := aboutReport(tx, r, d, string(models.ByLink))
		if err != nil {
			return none, err
		}
		v, err := n.mayTell(tx, askForReport(r, d), a)
		if err == nil {
			err = v.Refusal(true)
		}
		if err != nil {
			return none, err
		}
		p, err := tx.Practice(tx.PracticeID())
		return ProvedLink{Practice: p.Name, ExpiresAt: l.ExpiresAt, Zone: p.Location()}, err
	})
}

// OpenedReport is what a one-time link gives, once.
type OpenedReport struct {
	models.ReportView
	PDF models.Document
}

// OpenReportLink gives the report to whoever holds its link and knows the
// client's birth date. The gate is asked again, the link is spent, and the
// opening is evidence of the delivery.
func (n *Network) OpenReportLink(ctx context.Context, by models.Actor, token string, born models.Date) (OpenedReport, error) {
	by, err := n.holder(ctx, by, token, models.LinkReport)
	if err != nil {
		return OpenedReport{}, err
	}
	return locked(models.WithoutIdempotency(ctx), n, by, func(_ context.Context, tx *store.Tx) (OpenedReport, error) {
		l, _, err := opened(tx, token, models.LinkReport, born)
		if err != nil {
			return OpenedReport{}, err
		}
		d, err := tx.Delivery(models.DeliveryID(l.ObjectID))
		if err != nil {
			return OpenedReport{}, err
		}
		tx.Log("report.download", "report", string(d.ReportID), d.ClientID, "link")
		r, err := tx.Report(d.ReportID)
		if err != nil {
			return OpenedReport{}, err
		}
		v, err := n.tellReport(tx, r, d, string(models.ByLink))
		if err == nil {
			err = v.Refusal(true)
		}
		if err != nil {
			return OpenedReport{}, err
		}
		if err := tx.UseLink(l.ID); err != nil {
			return OpenedReport{}, err
		}
		return openedByLink(tx, r, d.ID)
	})
}

func openedByLink(tx *store.Tx, r models.Report, id models.DeliveryID) (OpenedReport, error) {
	d, err := tx.LockDelivery(id)
	if err != nil {
		return OpenedReport{}, err
	}
	if d.State == models.DeliveryStopped {
		return OpenedReport{}, models.LinkEnded()
	}
	for _, state := range []models.DeliveryState{models.DeliveryOpened, models.DeliveryDownloaded} {
		if d, err = proved(tx, d, state, "", models.DeliveryEvent{}); err != nil {
			return OpenedReport{}, err
		}
	}
	v, err := receivedView(tx, r, d)
	if err != nil {
		return OpenedReport{}, err
	}
	pdf, err := signedBytes(tx, r)
	return OpenedReport{v, pdf}, err
}

// AcknowledgeByLink notes the answer of whoever opened a report by its link. A
// spent link answers as long as it would have lived; the birth date is asked
// again.
func (n *Network) AcknowledgeByLink(ctx context.Context, by models.Actor, token string, born models.Date, reply string) (models.Delivery, error) {
	by, err := n.holder(ctx, by, token, models.LinkReport)
	if err != nil {
		return models.Delivery{}, err
	}
	return locked(models.WithoutIdempotency(ctx), n, by, func(_ context.Context, tx *store.Tx) (models.Delivery, error) {
		l, err := tx.LinkByToken(token, models.LinkReport)
		if l.ID == "" {
			return models.Delivery{}, err
		}
		if l.UsedAt == nil {
			return models.Delivery{}, fault.New(fault.Conflict, "link.not_opened", "Open the report first; then answer it.")
		}
		if l.UsedAt = nil; l.Ended(tx.Now()) != nil {
			return models.Delivery{}, models.LinkEnded()
		}
		if _, err := knowsBirthDate(tx, l, born); err != nil {
			return models.Delivery{}, err
		}
		tx.Log("report.acknowledge", "delivery", l.ObjectID, l.ClientID, "link")
		d, err := tx.LockDelivery(models.DeliveryID(l.ObjectID))
		if err != nil {
			return d, err
		}
		if d.State == models.DeliveryStopped {
			return d, models.LinkEnded()
		}
		d, err = acknowledge(tx, d, reply)
		return d.ForRecipient(), err
	})
}

// MisdirectedByLink lets somebody who got a link by mistake say so. They need
// not know the client: nothing is shown, and the link ends.
func (n *Network) MisdirectedByLink(ctx context.Context, by models.Actor, token, note string) error {
	by, err := n.holder(ctx, by, token, models.LinkReport)
	if err != nil {
		return err
	}
	_, err = locked(models.WithoutIdempotency(ctx), n, by, func(_ context.Context, tx *store.Tx) (models.Delivery, error) {
		l, err := tx.LinkByToken(token, models.LinkReport)
		if l.ID == "" {
			return models.Delivery{}, err
		}
		tx.Log("delivery.misdirected", "delivery", l.ObjectID, l.ClientID, "link")
		d, err := tx.LockDelivery(models.DeliveryID(l.ObjectID))
		if err != nil {
			return d, err
		}
		return misdirected(tx, d, note)
	})
	return err
}
