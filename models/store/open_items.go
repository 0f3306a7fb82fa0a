package store

import (
	"slices"
	"time"

	"rapport/models"
)

type openRow struct {
	PracticeID string
	Kind       string
	ObjectID   string
	Ring       int
	Worklist   string
	Side       string
	FromOn     string // empty, not NULL, for none: lists compare days only
	UntilOn    string
	Clock      string
	ClockOn    string
	Action     string
	ClientID   *string
	ProviderID *string
	Since      time.Time
}

func (openRow) TableName() string { return "open_items" }

var openColumns = []any{"kind", "object_id", "ring", "worklist", "side", "from_on", "until_on", "clock", "clock_on", "action", "client_id", "provider_id", "since"}

// always is kept for no last day, so that a list compares days only.
const always = "9999-12-31"

func (t *Tx) openRow(i models.OpenItem) openRow {
	r := openRow{PracticeID: string(t.practice), Kind: string(i.Kind), ObjectID: i.ObjectID, Ring: i.Ring, Worklist: string(i.Worklist), Side: string(i.Side), FromOn: string(i.FromOn),
		UntilOn: string(i.UntilOn), Clock: i.Clock, ClockOn: string(i.ClockOn), Action: i.Action, ClientID: opt(i.ClientID), ProviderID: opt(i.ProviderID),
		Since: i.Since.UTC().Truncate(time.Microsecond)}
	if r.UntilOn == "" {
		r.UntilOn = always
	}
	return r
}

func (r openRow) item() models.OpenItem {
	i := models.OpenItem{Kind: models.OpenKind(r.Kind), ObjectID: r.ObjectID, Ring: r.Ring, Worklist: models.Worklist(r.Worklist), Side: models.OwedBy(r.Side), FromOn: models.Date(r.FromOn),
		UntilOn: models.Date(r.UntilOn), Clock: r.Clock, ClockOn: models.Date(r.ClockOn), Action: r.Action, ClientID: val[models.ClientID](r.ClientID),
		ProviderID: val[models.ProviderID](r.ProviderID), Since: r.Since.UTC()}
	if i.UntilOn == always {
		i.UntilOn = ""
	}
	return i
}

const keepOpen = `INSERT INTO open_items (practice_id, kind, object_id, ring, worklist, side, from_on, until_on, clock, clock_on, action, client_id, provider_id, since)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (practice_id, kind, object_id, ring) DO UPDATE SET worklist = excluded.worklist, side = excluded.side,
	from_on = excluded.from_on, until_on = excluded.until_on, clock = excluded.clock, clock_on = excluded.clock_on, action = excluded.action,
	client_id = excluded.client_id, provider_id = excluded.provider_id, since = excluded.since`

// keepOpen writes where an open thing stands.
func (t *Tx) keepOpen(i models.OpenItem) error {
	r := t.openRow(i)
	return t.exec(keepOpen, r.PracticeID, r.Kind, r.ObjectID, r.Ring, r.Worklist, r.Side, r.FromOn, r.UntilOn, r.Clock, r.ClockOn, r.Action, r.ClientID, r.ProviderID, r.Since)
}

// closeItem takes a thing out of its list.
func (t *Tx) closeItem(kind models.OpenKind, id string) error {
	return t.exec("DELETE FROM open_items WHERE practice_id = ? AND kind = ? AND object_id = ?", string(t.practice), string(kind), id)
}

// closeRing takes one row out of its list.
func (t *Tx) closeRing(k openKey) error {
	return t.exec("DELETE FROM open_items WHERE practice_id = ? AND kind = ? AND object_id = ? AND ring = ?", string(t.practice), string(k.kind), k.id, k.ring)
}

// place writes one thing where its facts put it, or takes it out. The
// referral, the change request and the promise, whose facts are in their own
// row, are placed by what writes that row; their rule asks for no settings.
func (t *Tx) place(kind models.OpenKind, id string, f models.OpenFacts) error {
	if i, ok := f.Place(models.PracticeSettings{}); ok {
		return t.keepOpen(i)
	}
	return t.closeItem(kind, id)
}

func (t *Tx) placeReferral(r models.Referral) error {
	theirs := r.State == models.ReferralDraft && r.Direction == models.Inbound && t.by.Outsider()
	return t.place(models.OpenReferral, string(r.ID), models.OpenFacts{Referral: &models.ReferralStanding{Referral: r, Theirs: theirs}})
}

func (t *Tx) placeChange(c models.ChangeRequest) error {
	return t.place(models.OpenChange, string(c.ID), models.OpenFacts{Change: &c})
}

func (t *Tx) placePromise(p models.Promise) error {
	s := models.PromiseStanding{Promise: p}
	if p.State == models.PromiseOpen {
		err := t.g.Raw("SELECT provider_id FROM relationships WHERE practice_id = ? AND id = ?", string(t.practice), string(p.RelationshipID)).Scan(&s.ProviderID).Error
		if err != nil {
			return err
		}
	}
	return t.place(models.OpenPromise, string(p.ID), models.OpenFacts{Promise: &s})
}

// settle makes the rows of some things what their facts say; it writes only
// what differs.
func (t *Tx) settle(kinds []models.OpenKind, ids []string, want []models.OpenItem) error {
	rows, err := scoped[openRow](t).Select("practice_id", openColumns...).Where("kind IN ? AND object_id IN ?", kinds, ids).Find(t.ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		key := keyOf(r.item())
		if !slices.ContainsFunc(want, func(i models.OpenItem) bool { return keyOf(i) == key }) {
			if err := t.closeRing(key); err != nil {
				return err
			}
		}
	}
	for _, i := range want {
		if slices.ContainsFunc(rows, func(r openRow) bool { return r.item() == t.openRow(i).item() }) {
			continue
		}
		if err := t.keepOpen(i); err != nil {
			return err
		}
	}
	return nil
}

// placeOrders places orders and their report clocks.
func (t *Tx) placeOrders(clocks []ClockRow, settings models.PracticeSettings) error {
	ids := make([]string, len(clocks))
	for i, c := range clocks {
		ids[i] = string(c.Series.ID)
	}
	want, err := t.orderItems(clocks, settings)
	if err != nil {
		return err
	}
	return t.settle([]models.OpenKind{models.OpenOrder, models.OpenReport}, ids, want)
}

const renewed = `SELECT DISTINCT o.series_id FROM prescriptions n JOIN prescriptions o ON o.practice_id = n.practice_id AND o.id = n.renewed_from
	WHERE n.practice_id = ? AND o.series_id IN ? AND (n.status IN ('submitted','active','suspended','superseded') OR (n.status = 'draft' AND n.status_by = 'practice'))`

func (t *Tx) orderItems(clocks []ClockRow, settings models.PracticeSettings) ([]models.OpenItem, error) {
	var out []models.OpenItem
	var ending []models.OpenItem
	var ids []string
	for _, c := range clocks {
		first := models.Date("")
		if len(c.Visits) > 0 {
			first = c.Visits[0].On
			for n, ring := range c.Order.Rings(c.Series, c.Visits, c.Sent, c.Discharged, settings) {
				if i, ok := (models.OpenFacts{Report: &models.ReportOwing{Order: c.Order, Nth: n, Ring: ring, Since: c.Visits[0].At}}).Place(settings); ok {
					out = append(out, i)
				}
			}
		}
		i, ok := models.OpenFacts{Order: &models.OrderStanding{Order: c.Order, Series: c.Series, First: first}}.Place(settings)
		switch {
		case ok && i.Worklist == models.ListOrdersRunningOut:
			ending, ids = append(ending, i), append(ids, i.ObjectID)
		case ok:
			out = append(out, i)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	var next []string
	if err := t.g.Raw(renewed, string(t.practice), ids).Scan(&next).Error; err != nil {
		return nil, err
	}
	for _, i := range ending { // Place says no to an order that was renewed
		if !slices.Contains(next, i.ObjectID) {
			out = append(out, i)
		}
	}
	return out, nil
}

// placeReleases places all releases of some clients: one may stand in for
// another. The client is held, so that of two at once the second sees the first.
func (t *Tx) placeReleases(clients []models.ClientID) error {
	for _, c := range clients {
		var held string
		q := t.forNoKeyUpdate("SELECT id FROM clients WHERE practice_id = ? AND id = ?")
		if err := t.g.Raw(q, string(t.practice), string(c)).Scan(&held).Error; err != nil {
			return err
		}
		all, want, err := t.releaseItems(c)
		if err == nil {
			err = t.settle([]models.OpenKind{models.OpenRelease}, all, want)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) releaseItems(c models.ClientID) (ids []string, out []models.OpenItem, err error) {
	all, err := t.ReleasesOf(c)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range all {
		ids = append(ids, string(r.ID))
		replaced := slices.ContainsFunc(all, func(o models.Release) bool { return o.Outlives(r) })
		if i, ok := (models.OpenFacts{Release: &models.ReleaseStanding{Release: r, Replaced: replaced}}).Place(models.PracticeSettings{}); ok {
			out = append(out, i)
		}
	}
	return ids, out, nil
}
