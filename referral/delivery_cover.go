package referral

import (
	"bytes"
	"context"

	"rapport/documents"
	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// DeliveryCover draws the cover sheet of a letter or fax. With it the report
// leaves the house, so the gate is asked again.
func (n *Network) DeliveryCover(ctx context.Context, by models.Actor, id models.DeliveryID) ([]byte, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) ([]byte, error) {
		d, err := n.deliveryToWrite(ctx, tx, by, id, "delivery.cover")
		if err != nil {
			return nil, err
		}
		if d.Channel != models.ByLetter {
			return nil, fault.New(fault.Conflict, "delivery.not_a_letter", "Only a letter or fax has a cover sheet.")
		}
		if d.State == models.DeliveryStopped {
			return nil, models.DeliveryIsStopped()
		}
		r, err := tx.Report(d.ReportID)
		if err != nil {
			return nil, err
		}
		if err := r.MayBeDelivered(); err != nil {
			return nil, err
		}
		v, err := n.tellReport(tx, r, d, string(models.ByLetter))
		if err != nil {
			return nil, err
		}
		if err := v.Refusal(false); err != nil {
			return nil, err
		}
		if d.ProviderID != "" {
			if err := mayPost(tx, d.ProviderID); err != nil {
				return nil, err
			}
		}
		return cover(tx, by, r, d)
	})
}

func cover(tx *store.Tx, by models.Actor, r models.Report, d models.Delivery) ([]byte, error) {
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return nil, err
	}
	to, err := addresseeOf(tx, r)
	if err != nil {
		return nil, err
	}
	if r.Payer != nil {
		to.Office = "" // the claim number is the client's
	}
	pdf, err := signedBytes(tx, r)
	if err != nil {
		return nil, err
	}
	return documents.FaxCover(documents.CoverPaper{Identity: documents.Identity{DocumentID: string(d.ID), At: tx.Now()}, Practice: letterheadOf(p), To: to,
		From: by.Name, On: p.Today(tx.Now()), Pages: 1 + pages(pdf.Bytes)})
}

// pages counts the pages of a PDF that we drew.
func pages(pdf []byte) int {
	return bytes.Count(pdf, []byte("/Type /Page")) - bytes.Count(pdf, []byte("/Type /Pages"))
}
