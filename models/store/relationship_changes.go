package store

import (
	"rapport/models"
)

// LockRelationship is Relationship that holds the row until the commit.
func (t *Tx) LockRelationship(id models.RelationshipID) (models.Relationship, error) {
	r, err := table[relationshipRow](t).ForUpdate().Select("practice_id", relationshipColumns...).
		Where("practice_id = ? AND id = ?", string(t.practice), string(id)).Take(t.ctx)
	if err != nil {
		return models.Relationship{}, missing(err, "relationship")
	}
	return t.relationship(r)
}

// SetRelationship writes what may change, when the version is still the one seen.
func (t *Tx) SetRelationship(r models.Relationship, seen int) error {
	row := relationshipRow{Tier: string(r.Tier), WantedIntervalDays: r.WantedIntervalDays, PreferredChannel: string(r.PreferredChannel),
		Accepting: string(r.Accepting), AcceptingOn: opt(r.AcceptingOn), Checklist: jsonOf(r.Checklist), StatedRate: r.Checklist.MassageReferralsPerMonth,
		FirstContactAt: r.FirstContactAt, LastContactAt: r.LastContactAt, LastReachedAt: r.LastReachedAt, NextStepOn: opt(r.NextStepOn),
		CallBackAt: r.CallBackAt, Version: seen + 1}
	var err error
	if r.Notes != "" {
		if row.Notes, err = t.seal("relationships", string(r.ID), "notes", r.Notes); err != nil {
			return err
		}
	}
	if r.NextStep != "" {
		if row.NextStep, err = t.seal("relationships", string(r.ID), "next_step", r.NextStep); err != nil {
			return err
		}
	}
	return stale(scoped[relationshipRow](t).Where("id = ? AND version = ?", string(r.ID), seen).
		Select("tier", "wanted_interval_days", "preferred_channel", "accepting", "accepting_on", "notes", "checklist", "stated_rate", "first_contact_at",
			"last_contact_at", "last_reached_at", "next_step", "next_step_on", "call_back_at", "version").Updates(t.ctx, row))
}

// CountTier counts the practice's relationships of a tier.
func (t *Tx) CountTier(tier models.Tier) (int, error) {
	n, err := scoped[relationshipRow](t).Where("tier = ?", string(tier)).Count(t.ctx, "id")
	return int(n), err
}

const relationshipLines = `SELECT r.practice_id, r.id, r.provider_id, r.tier, r.wanted_interval_days, r.preferred_channel, r.accepting, r.accepting_on,
	r.checklist, r.first_contact_at, r.last_contact_at, r.last_reached_at, r.next_step_on, r.call_back_at, r.created_at, r.version,
	p.given, p.family, p.credentials, p.taxonomy, p.phone
	FROM relationships r JOIN providers p ON p.id = r.provider_id WHERE r.practice_id = ? ORDER BY p.folded, r.id`

type relationshipLineRow struct {
	Row         relationshipRow `gorm:"embedded"`
	Given       string
	Family      string
	Credentials string
	Taxonomy    string
	Phone       string
}

// RelationshipLines reads all of a practice's relationships by name, without
// their sealed words, in two statements. A practice has hundreds, not millions.
func (t *Tx) RelationshipLines() ([]models.RelationshipLine, error) {
	var rows []relationshipLineRow
	if err := t.g.Raw(relationshipLines, string(t.practice)).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]models.RelationshipLine, len(rows))
	at := map[string]int{}
	for i, r := range rows {
		v, err := t.relationship(r.Row)
		if err != nil {
			return nil, err
		}
		out[i] = models.RelationshipLine{Relationship: v, Name: models.PersonName{Given: r.Given, Family: r.Family}, Credentials: r.Credentials, Taxonomy: r.Taxonomy, Phone: r.Phone}
		at[r.Row.ProviderID] = i
	}
	var offices []struct {
		ProviderID string
		Row        officeRow `gorm:"embedded"`
	}
	err := t.g.Raw(`SELECT r.provider_id, o.id, o.name, o.address, o.phone, o.fax, o.preferred_channel FROM provider_roles r JOIN offices o ON o.id = r.office_id
		WHERE r.until IS NULL AND r.provider_id IN (SELECT provider_id FROM relationships WHERE practice_id = ?) ORDER BY r.provider_id, o.id DESC`,
		string(t.practice)).Scan(&offices).Error
	for _, o := range offices {
		if i, known := at[o.ProviderID]; known {
			out[i].Office = o.Row.office()
		}
	}
	return out, err
}

// ZoneOfOffice is the time zone of an office where a provider works now; ""
// where none is known.
func (t *Tx) ZoneOfOffice(p models.ProviderID) (string, error) {
	var zones []string
	err := t.g.Raw(`SELECT o.time_zone FROM provider_roles r JOIN offices o ON o.id = r.office_id
		WHERE r.provider_id = ? AND r.until IS NULL AND o.time_zone <> '' ORDER BY o.id LIMIT 1`, string(p)).Scan(&zones).Error
	if len(zones) == 0 {
		return "", err
	}
	return zones[0], err
}
