package store

import (
	"slices"
	"strings"

	"rapport/models"
)

// Standing is who a provider is to the gate: their record, or the one that it
// was merged into, and the offices where they hold a role at this moment.
func (t *Tx) Standing(id models.ProviderID) (models.Provider, []models.OfficeID, error) {
	rows, err := asked[struct {
		Row      providerRow `gorm:"embedded"`
		OfficeID models.OfficeID
	}](t, `SELECT p.id, p.given, p.family, p.credentials, r.office_id FROM providers a JOIN providers p ON p.id = COALESCE(a.merged_into, a.id)
		LEFT JOIN provider_roles r ON r.provider_id = p.id AND r.since <= ? AND (r.until IS NULL OR r.until > ?) WHERE a.id = ? ORDER BY r.office_id`,
		t.now, t.now, string(id))
	if err != nil || len(rows) == 0 {
		return models.Provider{ID: id}, nil, err
	}
	var at []models.OfficeID
	for _, r := range rows {
		if r.OfficeID != "" {
			at = append(at, r.OfficeID)
		}
	}
	return rows[0].Row.provider(), at, nil
}

// TiedFilter narrows a list of tied clients; the provider is not empty.
type TiedFilter struct {
	ProviderID models.ProviderID
	Offices    []models.OfficeID // where they hold a role
	ClientID   models.ClientID
	Name       string
}

// tied are the clients about whom a provider may ask, and why: released has a
// release whose last day is not over.
const tied = `(SELECT client_id, MAX(ordered) AS ordered, MAX(referred) AS referred, MAX(released) AS released FROM (
		SELECT p.client_id, CASE WHEN p.status IN ('active','suspended') THEN 1 ELSE 0 END AS ordered, 0 AS referred, 0 AS released
			FROM grants g JOIN prescriptions p ON p.practice_id = g.practice_id AND p.id = g.object_id AND p.prescriber_id = g.provider_id
			WHERE g.practice_id = ? AND g.provider_id = ? AND g.object_kind = 'prescription'
		UNION ALL SELECT f.client_id, 0, CASE WHEN f.direction = 'inbound' AND f.sent_at IS NOT NULL
			AND f.state NOT IN ('draft','declined','cancelled','expired','entered_in_error') THEN 1 ELSE 0 END, 0
			FROM grants g JOIN referrals f ON f.practice_id = g.practice_id AND f.id = g.object_id
			WHERE g.practice_id = ? AND g.provider_id = ? AND g.object_kind = 'referral'
		UNION ALL SELECT r.client_id, 0, 0, CASE WHEN r.status = 'active' AND (r.expires_on IS NULL OR r.expires_on >= ?) THEN 1 ELSE 0 END
			FROM release_recipients x JOIN releases r ON r.practice_id = x.practice_id AND r.id = x.release_id
			WHERE x.practice_id = ? AND r.signed_at IS NOT NULL AND (x.office_id IN ? OR x.provider_id = ? OR x.provider_id IN (SELECT id FROM providers WHERE merged_into = ?))
	) u GROUP BY client_id) k`

func (t *Tx) tied(f TiedFilter, on models.Date) []any {
	p, who := string(t.practice), string(f.ProviderID)
	return []any{p, who, p, who, string(on), p, f.Offices, who, who}
}

const (
	tiedColumns = `c.practice_id, c.id, c.given, c.family, c.folded, c.birth_date, c.email, c.phone, c.state, c.created_at, c.version, k.ordered, k.referred`
	tiedClients = `SELECT ` + tiedColumns + ` FROM clients c JOIN ` + tied + ` ON k.client_id = c.id WHERE c.practice_id = ? AND c.state = 'active'`
	afterClient = `(c.folded, c.id) > (SELECT folded, id FROM clients WHERE practice_id = ? AND id = ?)`
)

type tiedRow struct {
	Row      clientRow `gorm:"embedded"`
	Ordered  int
	Referred int
}

func (t *Tx) tiedClient(r tiedRow) models.TiedClient {
	c, _ := t.client(r.Row) // nothing of it is sealed: who sent the client is not asked for
	return models.TiedClient{Client: c, Ties: models.Ties{Ordered: r.Ordered > 0, Referred: r.Referred > 0}}
}

// TiedClients lists the clients about whom a provider may ask at all, by name.
// What they see of each the gate decides; the cursor is CursorOf a client's id,
// because it may be one whom the gate does not show.
func (t *Tx) TiedClients(f TiedFilter, page models.Page) (models.List[models.TiedClient], error) {
	q, args := tiedClients, append(t.tied(f, ""), string(t.practice))
	and := func(sql string, with ...any) { q, args = q+" AND "+sql, append(args, with...) }
	if f.ClientID != "" {
		and("c.id = ?", string(f.ClientID))
	}
	for word := range strings.FieldsSeq(Fold(f.Name)) {
		first, later := begins(word)
		and(wordOfName, first, later)
	}
	if id := CursorID(page.Cursor); id != "" {
		and(afterClient, string(t.practice), id)
	}
	rows, err := asked[tiedRow](t, q+" ORDER BY c.folded, c.id LIMIT ?", append(args, page.Limit+1)...)
	return pageOf(rows, page.Limit, t.tiedClient, func(r tiedRow) string { return CursorOf(r.Row.ID) }), err
}

// SharedVisits narrows sessions and bookings to what was shared of them: all
// that was signed of some clients, only the visits of others, and of others
// those under the provider's own orders.
type SharedVisits struct {
	Notes, Visits, Own []models.ClientID
	Prescriber         models.ProviderID
}

func ownSeries(of string) string {
	return " IN ? AND " + of + ".series_id IN (SELECT series_id FROM prescriptions WHERE practice_id = ? AND prescriber_id = ?)"
}

func (v SharedVisits) sessions(practice models.PracticeID) (sql string, args []any) {
	return " AND s.signed_at IS NOT NULL AND (s.client_id IN ? OR s.visit_number IS NOT NULL AND (s.client_id IN ? OR s.client_id" + ownSeries("s") + "))",
		[]any{v.Notes, v.Visits, v.Own, string(practice), string(v.Prescriber)}
}

// AddNotes reads the words, readings and addenda of listed sessions: three
// statements, however many there are. A signed note that no longer has its
// hash is refused, as it is by Session.
func (t *Tx) AddNotes(list []models.SessionLine) error {
	ids := make([]models.SessionID, len(list))
	for i, l := range list {
		ids[i] = l.ID
	}
	rows, err := scoped[sessionRow](t).Select("practice_id", sessionColumns...).Where("id IN ?", ids).Find(t.ctx)
	if err != nil {
		return err
	}
	readings, err := t.readingsOf(ids...)
	if err != nil {
		return err
	}
	addenda, err := t.addenda(ids...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		s, err := t.session(r)
		if err != nil {
			return err
		}
		l := &list[slices.Index(ids, s.ID)]
		s.Readings, s.Addenda, s.VisitRank, s.TherapistName = readings[s.ID], addenda[s.ID], l.VisitRank, l.Therapist
		if err := intact(s); err != nil {
			return err
		}
		l.Session = s
	}
	return nil
}

const sentReports = `id IN (SELECT report_id FROM deliveries WHERE practice_id = ? AND provider_id = ? AND client_id = ? AND channel = 'portal' AND state <> 'stopped')`

// ReportsTo lists the reports about a client that came to a provider's portal,
// the newest first.
func (t *Tx) ReportsTo(to models.ProviderID, client models.ClientID, most int) ([]models.Report, error) {
	rows, err := scoped[reportRow](t).Select("practice_id", reportColumns...).Where(sentReports, string(t.practice), string(to), string(client)).
		Order("id DESC").Limit(most).Find(t.ctx)
	out := make([]models.Report, len(rows))
	for i, r := range rows {
		if out[i], err = t.report(r); err != nil {
			return nil, err
		}
	}
	return out, err
}
