package store

import (
	"rapport/models"
)

type careTeamRow struct {
	PracticeID string
	ClientID   string
	ProviderID string
	Role       string
	MayBeTold  bool
}

func (careTeamRow) TableName() string { return "care_team" }

// CareTeam lists the doctors a client sees.
func (t *Tx) CareTeam(client models.ClientID) ([]models.CareTeamMember, error) {
	rows, err := scoped[careTeamRow](t).Select("practice_id", "client_id", "provider_id", "role", "may_be_told").
		Where("client_id = ?", string(client)).Order("provider_id").Find(t.ctx)
	out := make([]models.CareTeamMember, len(rows))
	for i, r := range rows {
		out[i] = models.CareTeamMember{ProviderID: models.ProviderID(r.ProviderID), Role: r.Role, MayBeTold: r.MayBeTold}
	}
	return out, err
}

// SetCareTeam replaces the list.
func (t *Tx) SetCareTeam(client models.ClientID, team []models.CareTeamMember) error {
	if _, err := scoped[careTeamRow](t).Where("client_id = ?", string(client)).Delete(t.ctx); err != nil {
		return err
	}
	if len(team) == 0 {
		return nil
	}
	var rows []careTeamRow
	seen := map[models.ProviderID]bool{}
	for _, m := range team {
		id, err := t.Survivor(m.ProviderID)
		if err != nil {
			return err
		}
		if !seen[id] {
			rows = append(rows, careTeamRow{string(t.practice), string(client), string(id), m.Role, m.MayBeTold})
		}
		seen[id] = true
	}
	return shared[careTeamRow](t).CreateInBatches(t.ctx, &rows, 100)
}

// KnownProviders counts which of these ids the directory has.
func (t *Tx) KnownProviders(ids []models.ProviderID) (map[models.ProviderID]bool, error) {
	known := map[models.ProviderID]bool{}
	if len(ids) == 0 {
		return known, nil
	}
	rows, err := shared[providerRow](t).Select("id").Where("id IN ?", ids).Find(t.ctx)
	for _, r := range rows {
		known[models.ProviderID(r.ID)] = true
	}
	return known, err
}
