package referral

import (
	"context"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// attachmentsMost is how many scans one version of an order holds.
const attachmentsMost = 20

// AttachScan keeps a scan with an order: the paper it was transcribed from, or
// a form that came back by fax.
func (n *Network) AttachScan(ctx context.Context, by models.Actor, id models.PrescriptionID, scan []byte) (models.Attachment, error) {
	mediaType, err := models.ScanType(scan)
	if err != nil {
		return models.Attachment{}, err
	}
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Attachment, error) {
		if err := mayOnOrder(by, models.OrderPrescription, models.AcceptPrescription); err != nil {
			return models.Attachment{}, err
		}
		p, err := visibleOrder(tx, by, id)
		if err != nil {
			return models.Attachment{}, err
		}
		tx.Log("prescription.attach", "prescription", string(id), p.ClientID, "")
		if _, err := tx.LockSeries(p.SeriesID); err != nil {
			return models.Attachment{}, err
		}
		if p, err = visibleOrder(tx, by, id); err != nil { // it may have been submitted before the lock was ours
			return models.Attachment{}, err
		}
		if by.Outsider() && p.Status != models.OrderDraft {
			return models.Attachment{}, fault.New(fault.Conflict, "order.frozen", "A submitted order never changes; attach before you submit.")
		}
		if err := seen(ctx, p.RowVersion); err != nil {
			return models.Attachment{}, err
		}
		there, err := tx.Attachments(id)
		if err != nil {
			return models.Attachment{}, err
		}
		if len(there) >= attachmentsMost {
			return models.Attachment{}, fault.New(fault.Conflict, "attachment.too_many", "An order holds at most 20 scans.")
		}
		d, err := tx.AddDocument(p.ClientID, "scan", mediaType, scan)
		if err != nil {
			return models.Attachment{}, err
		}
		a := models.Attachment{ID: tx.NewID(), PrescriptionID: id, DocumentID: d.ID, MediaType: mediaType, SHA256: d.SHA256, Size: d.Size, AddedBy: by.UserID, CreatedAt: tx.Now()}
		return a, tx.AddAttachment(a)
	})
}

// Attachment reads a scan with its bytes.
func (n *Network) Attachment(ctx context.Context, by models.Actor, id models.PrescriptionID, attachment string) (models.Document, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Document, error) {
		if err := mayOnOrder(by, models.OrderPrescription, models.ReadPrescriptions); err != nil {
			return models.Document{}, err
		}
		p, err := visibleOrder(tx, by, id)
		if err != nil {
			return models.Document{}, err
		}
		tx.Log("prescription.read_scan", "prescription", string(id), p.ClientID, models.TraceID(attachment))
		if by.Outsider() {
			v, err := n.tellOrder(tx, by, p, "prescription", string(id), "Scan kept with the order")
			if err != nil {
				return models.Document{}, err
			}
			if v.Ended {
				return models.Document{}, fault.Missing("attachment")
			}
		}
		scans, err := tx.Attachments(id)
		if err != nil {
			return models.Document{}, err
		}
		for _, a := range scans {
			if a.ID == attachment {
				return tx.Document(a.DocumentID)
			}
		}
		return models.Document{}, fault.Missing("attachment")
	})
}
