package store

import "rapport/models"

const outreachFacts = `SELECT r.id,
	(SELECT COUNT(*) FROM clients c WHERE c.practice_id = r.practice_id AND c.state = ? AND c.id IN (
		SELECT m.client_id FROM care_team m WHERE m.practice_id = r.practice_id AND m.provider_id = r.provider_id
		UNION SELECT p.client_id FROM prescriptions p WHERE p.practice_id = r.practice_id AND p.prescriber_id = r.provider_id AND p.status = ?)) AS shared,
	(SELECT COUNT(*) FROM referrals f WHERE f.practice_id = r.practice_id AND f.relationship_id = r.id AND f.direction = ? AND f.state NOT IN (?, ?)) AS referred
	FROM relationships r WHERE r.practice_id = ?`

// OutreachFacts counts, for each relationship, the active clients in common and
// the clients referred.
func (t *Tx) OutreachFacts() (shared, referred map[models.RelationshipID]int, err error) {
	var rows []struct {
		ID               string
		Shared, Referred int
	}
	err = t.g.Raw(outreachFacts, string(models.ClientActive), string(models.OrderActive), string(models.Inbound), string(models.ReferralDraft),
		string(models.ReferralEnteredInError), string(t.practice)).Scan(&rows).Error
	shared, referred = map[models.RelationshipID]int{}, map[models.RelationshipID]int{}
	for _, r := range rows {
		shared[models.RelationshipID(r.ID)], referred[models.RelationshipID(r.ID)] = r.Shared, r.Referred
	}
	return shared, referred, err
}
