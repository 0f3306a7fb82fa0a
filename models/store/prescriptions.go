package store

import (
	"strings"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

type prescriptionRow struct {
	PracticeID    string
	ID            string
	SeriesID      string
	Version       int
	Replaces      *string
	RenewedFrom   *string
	ClientID      string
	PrescriberID  string
	Status        string
	StatusReason  []byte
	StatusBy      string
	Content       []byte
	ContentSHA256 string `gorm:"column:content_sha256"`
	Source        string
	TranscribedBy *string
	Opening       asJSON[*models.Opening]
	Signature     []byte
	Verbal        []byte
	CountersignBy models.Date
	Countersigned []byte
	IssuedOn      models.Date
	ReceivedOn    models.Date
	ValidUntil    models.Date
	SubmittedAt   *time.Time
	AcceptedAt    *time.Time
	AcceptedBy    *string
	CreatedBy     string
	CreatedAt     time.Time
	RowVersion    int
}

func (prescriptionRow) TableName() string { return "prescriptions" }

var prescriptionColumns = []any{"id", "series_id", "version", "replaces", "renewed_from", "client_id", "prescriber_id", "status", "status_reason", "status_by",
	"content", "content_sha256", "source", "transcribed_by", "opening", "signature", "verbal", "countersign_by", "countersigned", "issued_on",
	"received_on", "valid_until", "submitted_at", "accepted_at", "accepted_by", "created_by", "created_at", "row_version"}

// sealOptional seals what may be absent; nil stays NULL.
func sealOptional[T any](t *Tx, table, row, column string, v *T) ([]byte, error) {
	if v == nil {
		return nil, nil
	}
	return t.seal(table, row, column, v)
}

func openOptional[T any](t *Tx, table, row, column string, sealed []byte) (*T, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	v := new(T)
	return v, t.open(table, row, column, sealed, v)
}

func (t *Tx) prescriptionRow(p models.Prescription) (prescriptionRow, error) {
	id := string(p.ID)
	r := prescriptionRow{PracticeID: string(t.practice), ID: id, SeriesID: string(p.SeriesID), Version: p.Version, Replaces: opt(p.Replaces),
		RenewedFrom: opt(p.RenewedFrom), ClientID: string(p.ClientID), PrescriberID: string(p.PrescriberID), Status: string(p.Status), StatusBy: string(p.StatusBy),
		ContentSHA256: p.ContentSHA256, Source: string(p.Source), TranscribedBy: opt(p.TranscribedBy), Opening: jsonOf(p.Opening), IssuedOn: p.IssuedOn,
		ReceivedOn: p.ReceivedOn, ValidUntil: p.Content.ValidUntil, SubmittedAt: p.SubmittedAt, AcceptedAt: p.AcceptedAt, AcceptedBy: opt(p.AcceptedBy),
		CreatedBy: string(p.CreatedBy), CreatedAt: p.CreatedAt, RowVersion: p.RowVersion}
	if p.Verbal != nil && p.Countersigned == nil {
		r.CountersignBy = p.Verbal.CountersignBy
	}
	var err error
	if r.Content, err = t.seal("prescriptions", id, "content", p.Content); err != nil {
		return r, err
	}
	if r.StatusReason, err = t.seal("prescriptions", id, "status_reason", p.StatusReason); err != nil {
		return r, err
	}
	if r.Signature, err = sealOptional(t, "prescriptions", id, "signature", p.Signature); err != nil {
		return r, err
	}
	if r.Verbal, err = sealOptional(t, "prescriptions", id, "verbal", p.Verbal); err != nil {
		return r, err
	}
	r.Countersigned, err = sealOptional(t, "prescriptions", id, "countersigned", p.Countersigned)
	return r, err
}

func (t *Tx) prescription(r prescriptionRow) (models.Prescription, error) {
	p := models.Prescription{ID: models.PrescriptionID(r.ID), PracticeID: t.practice, SeriesID: models.SeriesID(r.SeriesID), Version: r.Version,
		Replaces: val[models.PrescriptionID](r.Replaces), RenewedFrom: val[models.PrescriptionID](r.RenewedFrom), ClientID: models.ClientID(r.ClientID),
		PrescriberID: models.ProviderID(r.PrescriberID), Status: models.PrescriptionStatus(r.Status), StatusBy: models.Party(r.StatusBy),
		ContentSHA256: r.ContentSHA256, Source: models.OrderSource(r.Source), TranscribedBy: val[models.UserID](r.TranscribedBy), Opening: r.Opening.V,
		IssuedOn: r.IssuedOn, ReceivedOn: r.ReceivedOn, SubmittedAt: r.SubmittedAt, AcceptedAt: r.AcceptedAt, AcceptedBy: val[models.UserID](r.AcceptedBy),
		CreatedBy: models.UserID(r.CreatedBy), CreatedAt: r.CreatedAt, RowVersion: r.RowVersion}
	if err := t.open("prescriptions", r.ID, "content", r.Content, &p.Content); err != nil {
		return p, fault.New(fault.Internal, "order.damaged", "The stored order cannot be read. The operator has been told.").Because(err)
	}
	if err := t.open("prescriptions", r.ID, "status_reason", r.StatusReason, &p.StatusReason); err != nil {
		return p, err
	}
	var err error
	if p.Signature, err = openOptional[models.Signature](t, "prescriptions", r.ID, "signature", r.Signature); err != nil {
		return p, err
	}
	if p.Verbal, err = openOptional[models.VerbalOrder](t, "prescriptions", r.ID, "verbal", r.Verbal); err != nil {
		return p, err
	}
	p.Countersigned, err = openOptional[models.Signature](t, "prescriptions", r.ID, "countersigned", r.Countersigned)
	return p, err
}

// AddPrescription inserts one version of an order; its series exists already.
func (t *Tx) AddPrescription(p models.Prescription) error {
	p.RowVersion = 1
	t.rang(p.SeriesID)
	t.renews(p)
	r, err := t.prescriptionRow(p)
	if err != nil {
		return err
	}
	return shared[prescriptionRow](t).Create(t.ctx, &r)
}

// Prescription reads one version; another practice's is not found.
func (t *Tx) Prescription(id models.PrescriptionID) (models.Prescription, error) {
	r, err := scoped[prescriptionRow](t).Select("practice_id", prescriptionColumns...).Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.Prescription{}, missing(err, "prescription")
	}
	return t.prescription(r)
}

// Versions reads all versions of an order, the first one first.
func (t *Tx) Versions(id models.SeriesID) ([]models.Prescription, error) {
	rows, err := scoped[prescriptionRow](t).Select("practice_id", prescriptionColumns...).Where("series_id = ?", string(id)).Order("version").Find(t.ctx)
	if err != nil {
		return nil, err
	}
	return t.prescriptions(rows)
}

func (t *Tx) prescriptions(rows []prescriptionRow) ([]models.Prescription, error) {
	out := make([]models.Prescription, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = t.prescription(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// OrderFilter narrows a list of prescriptions; empty fields do not. Statuses
// are stored ones: completed and expired are derived by the caller.
type OrderFilter struct {
	IDs          []string
	ClientID     models.ClientID
	PrescriberID models.ProviderID
	Name         string // of the client, as in Clients
	Statuses     []models.PrescriptionStatus
}

// Prescriptions lists the practice's orders, the newest first.
func (t *Tx) Prescriptions(f OrderFilter, page models.Page) (models.List[models.Prescription], error) {
	c := scoped[prescriptionRow](t).Select("practice_id", prescriptionColumns...)
	if f.IDs != nil {
		c = c.Where("id IN ?", f.IDs)
	}
	if f.ClientID != "" {
		c = c.Where("client_id = ?", string(f.ClientID))
	}
	if f.PrescriberID != "" {
		c = c.Where("prescriber_id = ?", string(f.PrescriberID))
	}
	for word := range strings.FieldsSeq(Fold(f.Name)) {
		first, later := begins(word)
		c = c.Where(clientsByWord, string(t.practice), first, later)
	}
	if len(f.Statuses) > 0 {
		c = c.Where("status IN ?", f.Statuses)
	}
	if id, _, _ := splitCursor(page.Cursor); id != "" {
		c = c.Where("id < ?", id)
	}
	rows, err := c.Order("id DESC").Limit(page.Limit + 1).Find(t.ctx)
	if err != nil {
		return models.List[models.Prescription]{}, err
	}
	var broken error
	l := pageOf(rows, page.Limit, func(r prescriptionRow) models.Prescription {
		p, err := t.prescription(r)
		if err != nil {
			broken = err
		}
		return p
	}, func(r prescriptionRow) string { return joinCursor(r.ID) })
	return l, broken
}

// UpdateDraft writes an order that was a draft until now, its submission and
// signature included; afterwards the content is frozen.
func (t *Tx) UpdateDraft(p models.Prescription, seen int) error {
	t.rang(p.SeriesID)
	t.renews(p)
	r, err := t.prescriptionRow(p)
	if err != nil {
		return err
	}
	r.RowVersion = seen + 1
	return stale(scoped[prescriptionRow](t).Where("id = ? AND row_version = ? AND status = ?", r.ID, seen, string(models.OrderDraft)).
		Select("status", "status_by", "content", "content_sha256", "opening", "valid_until", "client_id", "verbal", "countersign_by", "signature", "issued_on",
			"received_on", "submitted_at", "accepted_at", "accepted_by", "row_version").Updates(t.ctx, r))
}

// UpdatePrescription moves a submitted order along its life: state, who took
// which step when, the countersignature. The content and the signature never
// change; the database refuses it too.
func (t *Tx) UpdatePrescription(p models.Prescription, seen int) error {
	t.rang(p.SeriesID)
	t.renews(p)
	r, err := t.prescriptionRow(p)
	if err != nil {
		return err
	}
	r.RowVersion = seen + 1
	return stale(scoped[prescriptionRow](t).Where("id = ? AND row_version = ?", r.ID, seen).
		Select("status", "status_reason", "status_by", "countersign_by", "countersigned", "received_on", "accepted_at", "accepted_by", "row_version").Updates(t.ctx, r))
}

// PrescriptionsToCountersign lists the practice's live verbal orders whose
// last day to be countersigned is before today.
func (t *Tx) PrescriptionsToCountersign(today models.Date, limit int) ([]models.PrescriptionID, error) {
	rows, err := scoped[prescriptionRow](t).Select("id").Where("countersign_by < ? AND status = ?", today, string(models.OrderActive)).Order("countersign_by").Order("id").Limit(limit).Find(t.ctx)
	out := make([]models.PrescriptionID, len(rows))
	for i, r := range rows {
		out[i] = models.PrescriptionID(r.ID)
	}
	return out, err
}

// ReassignOrder attaches an order with all its versions to another client
// record, before the practice has accepted it.
func (t *Tx) ReassignOrder(id models.SeriesID, to models.ClientID) error {
	t.rang(id)
	if n, err := scoped[seriesRow](t).Where("id = ? AND used = 0", string(id)).Update(t.ctx, "client_id", string(to)); err != nil || n == 0 {
		return one(n, err, "prescription")
	}
	n, err := scoped[prescriptionRow](t).Where("series_id = ? AND status = ?", string(id), string(models.OrderSubmitted)).Update(t.ctx, "client_id", string(to))
	return one(n, err, "prescription")
}
