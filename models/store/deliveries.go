package store

import (
	"errors"
	"time"

	"gorm.io/gorm"

	"rapport/models"
)

type deliveryRow struct {
	PracticeID string
	ID         string
	ReportID   string
	ClientID   string
	ProviderID *string
	Channel    string
	State      string
	Reason     string
	MessageID  *string
	LinkID     *string
	Override   []byte
	Reply      []byte
	ReleaseID  *string
	CreatedBy  string
	CreatedAt  time.Time
	Version    int
}

func (deliveryRow) TableName() string { return "deliveries" }

type deliveryEventRow struct {
	PracticeID string
	ID         string
	DeliveryID string
	At         time.Time
	State      string
	ByWhom     string
	Note       []byte
}

func (deliveryEventRow) TableName() string { return "delivery_events" }

var deliveryColumns = []any{"id", "report_id", "client_id", "provider_id", "channel", "state", "reason", "message_id", "link_id", "override", "reply",
	"release_id", "created_by", "created_at", "version"}

func (t *Tx) deliveryRow(d models.Delivery) (deliveryRow, error) {
	id := string(d.ID)
	row := deliveryRow{PracticeID: string(t.practice), ID: id, ReportID: string(d.ReportID), ClientID: string(d.ClientID), ProviderID: opt(d.ProviderID),
		Channel: string(d.Channel), State: string(d.State), Reason: d.Reason, MessageID: opt(d.MessageID), LinkID: opt(d.LinkID),
		ReleaseID: opt(d.ReleaseID), CreatedBy: string(d.CreatedBy), CreatedAt: d.CreatedAt, Version: d.Version}
	var err error
	if row.Override, err = sealOptional(t, "deliveries", id, "override", d.Override); err != nil {
		return row, err
	}
	if d.Reply != "" {
		row.Reply, err = t.seal("deliveries", id, "reply", d.Reply)
	}
	return row, err
}

func (t *Tx) delivery(r deliveryRow) (models.Delivery, error) {
	d := models.Delivery{ID: models.DeliveryID(r.ID), PracticeID: t.practice, ReportID: models.ReportID(r.ReportID), ClientID: models.ClientID(r.ClientID),
		ProviderID: val[models.ProviderID](r.ProviderID), Channel: models.Channel(r.Channel), State: models.DeliveryState(r.State), Reason: r.Reason,
		MessageID: val[models.MessageID](r.MessageID), LinkID: val[models.LinkID](r.LinkID), ReleaseID: val[models.ReleaseID](r.ReleaseID),
		CreatedBy: models.UserID(r.CreatedBy), CreatedAt: r.CreatedAt, Version: r.Version}
	var err error
	if d.Override, err = openOptional[models.Override](t, "deliveries", r.ID, "override", r.Override); err != nil {
		return d, err
	}
	return d, t.open("deliveries", r.ID, "reply", r.Reply, &d.Reply)
}

// AddDelivery inserts a delivery with the evidence it begins with.
func (t *Tx) AddDelivery(d models.Delivery) error {
	d.Version = 1
	row, err := t.deliveryRow(d)
	if err != nil {
		return err
	}
	if err := shared[deliveryRow](t).Create(t.ctx, &row); err != nil {
		return err
	}
	return t.AddDeliveryEvents(d.ID, d.Events...)
}

// AddDeliveryEvents appends evidence; it is never changed.
func (t *Tx) AddDeliveryEvents(id models.DeliveryID, events ...models.DeliveryEvent) error {
	for _, e := range events {
		t.left(id, e)
		row := deliveryEventRow{PracticeID: string(t.practice), ID: t.NewID(), DeliveryID: string(id), At: e.At, State: string(e.State), ByWhom: e.By}
		if e.Note != "" {
			var err error
			if row.Note, err = t.seal("delivery_events", row.ID, "note", e.Note); err != nil {
				return err
			}
		}
		if err := shared[deliveryEventRow](t).Create(t.ctx, &row); err != nil {
			return err
		}
	}
	return nil
}

// Delivery reads one delivery with its evidence; another practice's is not found.
func (t *Tx) Delivery(id models.DeliveryID) (models.Delivery, error) {
	r, err := scoped[deliveryRow](t).Select("practice_id", deliveryColumns...).Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.Delivery{}, missing(err, "delivery")
	}
	return t.evident(r)
}

// LockDelivery is Delivery that holds the row until the commit.
func (t *Tx) LockDelivery(id models.DeliveryID) (models.Delivery, error) {
	r, err := table[deliveryRow](t).ForUpdate().Select("practice_id", deliveryColumns...).
		Where("practice_id = ? AND id = ?", string(t.practice), string(id)).Take(t.ctx)
	if err != nil {
		return models.Delivery{}, missing(err, "delivery")
	}
	return t.evident(r)
}

func (t *Tx) evident(r deliveryRow) (models.Delivery, error) {
	d, err := t.delivery(r)
	if err != nil {
		return d, err
	}
	rows, err := scoped[deliveryEventRow](t).Select("id", "at", "state", "by_whom", "note").Where("delivery_id = ?", r.ID).Order("at").Order("id").Find(t.ctx)
	for _, e := range rows {
		d.Events = append(d.Events, models.DeliveryEvent{At: e.At, State: models.DeliveryState(e.State), By: e.ByWhom})
		if broken := t.open("delivery_events", e.ID, "note", e.Note, &d.Events[len(d.Events)-1].Note); broken != nil {
			return d, broken
		}
	}
	return d, err
}

// SetDelivery moves a delivery on from the version that was seen.
func (t *Tx) SetDelivery(d models.Delivery, seen int) error {
	row, err := t.deliveryRow(d)
	if err != nil {
		return err
	}
	row.Version = seen + 1
	return stale(scoped[deliveryRow](t).Where("id = ? AND version = ?", row.ID, seen).
		Select("state", "reason", "message_id", "link_id", "override", "reply", "release_id", "version").Updates(t.ctx, row))
}

// DeliveryFilter narrows a list of deliveries; empty fields do not.
type DeliveryFilter struct {
	ReportID   models.ReportID
	ProviderID models.ProviderID
	State      models.DeliveryState
	Overridden bool
}

// Furthest gives for each of some reports the delivery that came furthest,
// without its evidence and reply.
func (t *Tx) Furthest(ids []models.ReportID) (map[models.ReportID]models.Delivery, error) {
	out := map[models.ReportID]models.Delivery{}
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := scoped[deliveryRow](t).Select("practice_id", "id", "report_id", "client_id", "provider_id", "channel", "state", "reason", "created_at", "version").
		Where("report_id IN ?", ids).Order("id").Find(t.ctx)
	for _, r := range rows {
		d := models.Delivery{ID: models.DeliveryID(r.ID), PracticeID: t.practice, ReportID: models.ReportID(r.ReportID), ClientID: models.ClientID(r.ClientID),
			ProviderID: val[models.ProviderID](r.ProviderID), Channel: models.Channel(r.Channel), State: models.DeliveryState(r.State), Reason: r.Reason,
			CreatedAt: r.CreatedAt, Version: r.Version}
		if before, ok := out[d.ReportID]; ok {
			d = models.Further(before, d)
		}
		out[d.ReportID] = d
	}
	return out, err
}

// Deliveries lists the practice's deliveries with their evidence and the
// people's names, the newest first.
func (t *Tx) Deliveries(f DeliveryFilter, page models.Page) (models.List[models.DeliveryLine], error) {
	c := scoped[deliveryRow](t).Select("practice_id", deliveryColumns...)
	if f.ReportID != "" {
		c = c.Where("report_id = ?", string(f.ReportID))
	}
	if f.ProviderID != "" {
		c = c.Where("provider_id = ?", string(f.ProviderID))
	}
	if f.State != "" {
		c = c.Where("state = ?", string(f.State))
	}
	if f.Overridden {
		c = c.Where("override IS NOT NULL")
	}
	if id, _, _ := splitCursor(page.Cursor); id != "" {
		c = c.Where("id < ?", id)
	}
	rows, err := c.Order("id DESC").Limit(page.Limit + 1).Find(t.ctx)
	if err != nil {
		return models.List[models.DeliveryLine]{}, err
	}
	of := make([]reportRow, len(rows))
	for i, r := range rows {
		of[i] = reportRow{ClientID: r.ClientID, ProviderID: r.ProviderID}
	}
	names, err := t.reportNames(of)
	if err != nil {
		return models.List[models.DeliveryLine]{}, err
	}
	var broken error
	l := pageOf(rows, page.Limit, func(row deliveryRow) models.DeliveryLine {
		d, err := t.evident(row)
		broken = errors.Join(broken, err)
		return models.DeliveryLine{Delivery: d, Client: names.clients[d.ClientID], Recipient: names.providers[d.ProviderID]}
	}, func(row deliveryRow) string { return joinCursor(row.ID) })
	return l, broken
}

// DeliveryOfMessage finds the delivery that a message carries; ok is false
// when the message carries none.
func (t *Tx) DeliveryOfMessage(id models.MessageID) (d models.Delivery, ok bool, err error) {
	r, err := table[deliveryRow](t).ForUpdate().Select("practice_id", deliveryColumns...).
		Where("practice_id = ? AND message_id = ?", string(t.practice), string(id)).Take(t.ctx)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return d, false, nil
	}
	if err != nil {
		return d, false, err
	}
	d, err = t.evident(r)
	return d, err == nil, err
}
