package store

import (
	"rapport/models"
)

// ReferralFilter narrows a list of referrals; empty fields do not.
type ReferralFilter struct {
	Direction  models.Direction
	State      models.ReferralState
	ClientID   models.ClientID
	ProviderID models.ProviderID
	Open       bool // somebody has to act
}

// byProvider is true of a draft that a provider has written: only then it has
// a grant. notTheirs leaves out what they have not sent yet.
const (
	byProvider = `EXISTS (SELECT 1 FROM grants g WHERE g.object_kind = 'referral' AND g.object_id = referrals.id)`
	notTheirs  = `(state <> 'draft' OR NOT ` + byProvider + `)`
)

// openReferral is Turn as a condition.
const openReferral = `(state NOT IN ('declined','cancelled','expired','entered_in_error') AND (state <> 'completed' OR seen_at IS NULL))`

// Referrals lists the practice's referrals with the people's names, the newest
// first: three statements, however long the page is.
func (t *Tx) Referrals(f ReferralFilter, page models.Page) (models.List[models.ReferralView], error) {
	c := scoped[referralRow](t).Select("practice_id", referralColumns...).Where(notTheirs)
	for _, n := range [][2]string{{"direction = ?", string(f.Direction)}, {"state = ?", string(f.State)}, {"client_id = ?", string(f.ClientID)}, {"provider_id = ?", string(f.ProviderID)}} {
		if n[1] != "" {
			c = c.Where(n[0], n[1])
		}
	}
	if f.Open {
		c = c.Where(openReferral)
	}
	if id, _, _ := splitCursor(page.Cursor); id != "" {
		c = c.Where("id < ?", id)
	}
	rows, err := c.Order("id DESC").Limit(page.Limit + 1).Find(t.ctx)
	if err != nil {
		return models.List[models.ReferralView]{}, err
	}
	var broken error
	l := pageOf(rows, page.Limit, func(row referralRow) models.ReferralView {
		r, err := t.referral(row)
		if err != nil {
			broken = err
		}
		return models.ReferralView{Referral: r, PracticeID: t.practice}
	}, func(row referralRow) string { return joinCursor(row.ID) })
	if broken != nil {
		return l, broken
	}
	return l, t.nameReferrals(l.Items)
}

// DraftLike is the oldest draft of the same two people in the same direction,
// of the provider's side or of the practice's; "" where there is none.
func (t *Tx) DraftLike(r models.Referral, theirs bool) (models.ReferralID, error) {
	side := "NOT " + byProvider
	if theirs {
		side = byProvider
	}
	rows, err := scoped[referralRow](t).Select("id").Where("state = ?", string(models.ReferralDraft)).Where("direction = ?", string(r.Direction)).
		Where("client_id = ?", string(r.ClientID)).Where("provider_id = ?", string(r.ProviderID)).Where(side).Order("id").Limit(1).Find(t.ctx)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return models.ReferralID(rows[0].ID), nil
}

// nameReferrals puts the names of clients and providers to a page.
func (t *Tx) nameReferrals(list []models.ReferralView) error {
	var clients, providers []string
	for _, v := range list {
		clients, providers = append(clients, string(v.ClientID)), append(providers, string(v.ProviderID))
	}
	if len(list) == 0 {
		return nil
	}
	known, err := scoped[clientRow](t).Select("practice_id", "id", "given", "family", "birth_date", "state").Where("id IN ?", clients).Find(t.ctx)
	if err != nil {
		return err
	}
	people := map[models.ClientID]clientRow{}
	for _, c := range known {
		people[models.ClientID(c.ID)] = c
	}
	doctors, err := shared[providerRow](t).Select("id", "given", "family", "credentials").Where("id IN ?", providers).Find(t.ctx)
	if err != nil {
		return err
	}
	names := map[models.ProviderID]string{}
	for _, p := range doctors {
		names[models.ProviderID(p.ID)] = p.provider().DisplayName()
	}
	for i := range list {
		v, c := &list[i], people[list[i].ClientID]
		v.Client, v.Born, v.Proposed = models.PersonName{Given: c.Given, Family: c.Family}, models.Date(c.BirthDate), c.State == string(models.ClientProposed)
		v.Provider = names[v.ProviderID]
	}
	return nil
}

// ReferralsToExpire lists idle referrals whose day lies before a day.
func (t *Tx) ReferralsToExpire(before models.Date, limit int) ([]models.ReferralID, error) {
	rows, err := scoped[referralRow](t).Select("practice_id", "id").Where(openReferral).Where("due_on < ?", before).
		Where("state NOT IN ?", []models.ReferralState{models.ReferralDraft, models.ReferralVisitDone, models.ReferralCompleted}).Order("id").Limit(limit).Find(t.ctx)
	out := make([]models.ReferralID, len(rows))
	for i, r := range rows {
		out[i] = models.ReferralID(r.ID)
	}
	return out, err
}

// RecipientStanding is what the directory and this practice know of a provider
// before a client is sent there. Somebody who typed a record in stood for it
// on that day; a record that was imported nobody has looked at.
func (t *Tx) RecipientStanding(p models.ProviderID) (models.RecipientStanding, error) {
	var r struct {
		Accepting  string
		Told       string
		VerifiedOn string
		CreatedOn  string
		Source     string
	}
	err := t.g.Raw(`SELECT p.accepting, COALESCE(l.accepting, '') AS told, COALESCE(p.verified_on, '') AS verified_on,
		substr(CAST(p.created_at AS TEXT), 1, 10) AS created_on, p.source FROM providers p
		LEFT JOIN relationships l ON l.practice_id = ? AND l.provider_id = p.id WHERE p.id = ?`, string(t.practice), string(p)).Scan(&r).Error
	s := models.RecipientStanding{Accepting: models.Accepting(r.Accepting), VerifiedOn: models.Date(r.VerifiedOn)}
	if r.Told != "" {
		s.Accepting = models.Accepting(r.Told)
	}
	if r.Source == "" {
		s.VerifiedOn = max(s.VerifiedOn, models.Date(r.CreatedOn))
	}
	return s, err
}

// Alternatives lists others of the same discipline who take new patients: in
// the practice's state, those of its town first, then those of its part of it.
func (t *Tx) Alternatives(p models.Provider, near models.Address, limit int) ([]models.Alternative, error) {
	if len(p.Taxonomy) < 4 {
		return nil, nil
	}
	var rows []struct{ ID, Given, Family, Credentials, City string }
	state, args := "", []any{string(t.practice), string(p.ID), p.Taxonomy[:4], p.Taxonomy[:4] + "\U0010FFFF"}
	if near := Fold(near.State); near != "" {
		state, args = " AND x.state = ?", append(args, near)
	}
	err := t.g.Raw(`SELECT p.id, p.given, p.family, p.credentials, MIN(x.city) AS city FROM provider_places x JOIN providers p ON p.id = x.provider_id
		LEFT JOIN relationships l ON l.practice_id = ? AND l.provider_id = p.id
		WHERE p.id <> ? AND x.taxonomy >= ? AND x.taxonomy < ?`+state+` AND p.deactivated_on IS NULL
		AND (CASE WHEN COALESCE(l.accepting, '') <> '' THEN l.accepting ELSE p.accepting END) = 'yes'
		GROUP BY p.id, p.given, p.family, p.credentials, p.folded
		ORDER BY MIN(CASE WHEN x.city = ? THEN 0 WHEN substr(x.postal_code, 1, 3) = ? THEN 1 ELSE 2 END), p.folded, p.id LIMIT ?`,
		append(args, Fold(near.City), first3(near.PostalCode), limit)...).Scan(&rows).Error
	out := make([]models.Alternative, len(rows))
	for i, r := range rows {
		who := models.Provider{Name: models.PersonName{Given: r.Given, Family: r.Family}, Credentials: r.Credentials}
		out[i] = models.Alternative{ProviderID: models.ProviderID(r.ID), Name: who.DisplayName(), City: r.City, Accepting: models.AcceptingYes}
	}
	return out, err
}

func first3(s string) string { return s[:min(3, len(s))] }
