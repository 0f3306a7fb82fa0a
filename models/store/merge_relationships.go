package store

import "rapport/models"

// mergeRelationships makes a practice's relationships with two records of one
// provider into one, which then has the contacts, referrals and promises of
// both. What only the one that goes knew is carried over.
func (t *Tx) mergeRelationships(from, into string) error {
	rows, err := scoped[relationshipRow](t).Select("practice_id", relationshipColumns...).Where("provider_id IN ?", []string{from, into}).Find(t.ctx)
	if err != nil || len(rows) == 0 {
		return err
	}
	if len(rows) == 1 {
		_, err := scoped[relationshipRow](t).Where("provider_id = ?", from).Update(t.ctx, "provider_id", into)
		return err
	}
	if rows[0].ProviderID == from {
		rows[0], rows[1] = rows[1], rows[0]
	}
	stays, goes := rows[0], rows[1]
	if err := t.joinRelationship(stays, goes); err != nil {
		return err
	}
	for _, table := range []string{"contacts", "packets", "referrals", "promises"} {
		if err := t.g.Exec("UPDATE "+table+" SET relationship_id = ? WHERE practice_id = ? AND relationship_id = ?", stays.ID, string(t.practice), goes.ID).Error; err != nil {
			return err
		}
	}
	if err := t.g.Exec(oneFirst, string(t.practice), stays.ID).Error; err != nil {
		return err
	}
	_, err = scoped[relationshipRow](t).Where("id = ?", goes.ID).Delete(t.ctx)
	return err
}

// oneFirst leaves the earliest of the first referrals that a relationship has in
// a direction after two became one.
const oneFirst = `UPDATE referrals SET first_of_provider = FALSE WHERE practice_id = ? AND relationship_id = ? AND first_of_provider AND EXISTS (SELECT 1 FROM referrals o
	WHERE o.practice_id = referrals.practice_id AND o.relationship_id = referrals.relationship_id AND o.direction = referrals.direction AND o.first_of_provider
	AND (o.created_at < referrals.created_at OR o.created_at = referrals.created_at AND o.id < referrals.id))`

// joinRelationship writes into the row that stays what the other knew.
func (t *Tx) joinRelationship(stays, goes relationshipRow) error {
	a, err := t.relationship(stays)
	if err != nil {
		return err
	}
	b, err := t.relationship(goes)
	if err != nil {
		return err
	}
	m := models.JoinRelationships(a, b)
	r := stays
	r.Tier, r.WantedIntervalDays, r.PreferredChannel = string(m.Tier), m.WantedIntervalDays, string(m.PreferredChannel)
	r.Accepting, r.AcceptingOn, r.Checklist = string(m.Accepting), opt(m.AcceptingOn), jsonOf(m.Checklist)
	r.FirstContactAt, r.LastContactAt, r.LastReachedAt = m.FirstContactAt, m.LastContactAt, m.LastReachedAt
	r.NextStepOn, r.CallBackAt, r.Version = opt(m.NextStepOn), m.CallBackAt, stays.Version+1
	if r.StatedRate == nil {
		var rate []struct{ StatedRate *float64 }
		if err := t.g.Raw("SELECT stated_rate FROM relationships WHERE practice_id = ? AND id IN ? AND stated_rate IS NOT NULL ORDER BY id = ? DESC",
			string(t.practice), []string{stays.ID, goes.ID}, stays.ID).Scan(&rate).Error; err != nil {
			return err
		}
		if len(rate) > 0 {
			r.StatedRate = rate[0].StatedRate
		}
	}
	for column, x := range map[string]struct {
		words string
		to    *[]byte
	}{"notes": {m.Notes, &r.Notes}, "next_step": {m.NextStep, &r.NextStep}} {
		*x.to = nil
		if x.words == "" {
			continue
		}
		if *x.to, err = t.seal("relationships", r.ID, column, x.words); err != nil {
			return err
		}
	}
	n, err := scoped[relationshipRow](t).Where("id = ?", r.ID).Select("tier", "wanted_interval_days", "preferred_channel", "accepting", "accepting_on", "notes",
		"checklist", "stated_rate", "first_contact_at", "last_contact_at", "last_reached_at", "next_step", "next_step_on", "call_back_at", "version").Updates(t.ctx, r)
	return one(n, err, "relationship")
}
