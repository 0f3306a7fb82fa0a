package store

import (
	"time"

	"rapport/models"
)

type attachmentRow struct {
	PracticeID     string
	ID             string
	PrescriptionID string
	DocumentID     string
	AddedBy        string
	CreatedAt      time.Time
}

func (attachmentRow) TableName() string { return "attachments" }

var attachmentColumns = []any{"id", "prescription_id", "document_id", "added_by", "created_at"}

// AddAttachment keeps a scan with an order; the document is stored already.
func (t *Tx) AddAttachment(a models.Attachment) error {
	return shared[attachmentRow](t).Create(t.ctx, &attachmentRow{PracticeID: string(t.practice), ID: a.ID, PrescriptionID: string(a.PrescriptionID),
		DocumentID: string(a.DocumentID), AddedBy: string(a.AddedBy), CreatedAt: a.CreatedAt})
}

// Attachments lists the scans of an order without their bytes, oldest first.
func (t *Tx) Attachments(ids ...models.PrescriptionID) ([]models.Attachment, error) {
	rows, err := scoped[attachmentRow](t).Select("practice_id", attachmentColumns...).Where("prescription_id IN ?", ids).Order("id").Find(t.ctx)
	return t.attachments(rows, err)
}

// AttachmentsOfSeries lists the scans of all versions of an order.
func (t *Tx) AttachmentsOfSeries(id models.SeriesID) ([]models.Attachment, error) {
	rows, err := scoped[attachmentRow](t).Select("practice_id", attachmentColumns...).
		Where("prescription_id IN (SELECT id FROM prescriptions WHERE practice_id = ? AND series_id = ?)", string(t.practice), string(id)).Order("id").Find(t.ctx)
	return t.attachments(rows, err)
}

func (t *Tx) attachments(rows []attachmentRow, err error) ([]models.Attachment, error) {
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.DocumentID
	}
	docs, err := scoped[documentRow](t).Select("practice_id", "id", "media_type", "sha256", "size").Where("id IN ?", ids).Order("id").Find(t.ctx)
	kept := map[string]documentRow{}
	for _, d := range docs {
		kept[d.ID] = d
	}
	out := make([]models.Attachment, len(rows))
	for i, r := range rows {
		d := kept[r.DocumentID]
		out[i] = models.Attachment{ID: r.ID, PrescriptionID: models.PrescriptionID(r.PrescriptionID), DocumentID: models.DocumentID(r.DocumentID), MediaType: d.MediaType, SHA256: d.SHA256,
			Size: d.Size, AddedBy: models.UserID(r.AddedBy), CreatedAt: r.CreatedAt}
	}
	return out, err
}
