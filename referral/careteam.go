package referral

import (
	"context"

	"rapport/models"
	"rapport/models/store"
)

// CareTeam lists the doctors a client sees and whether they may be told.
func (n *Network) CareTeam(ctx context.Context, by models.Actor, client models.ClientID) ([]models.CareTeamMember, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.CareTeamMember, error) {
		if err := by.May(models.ReadClients); err != nil {
			return nil, err
		}
		if _, err := tx.Client(client); err != nil {
			return nil, err
		}
		tx.Log("care_team.read", "client", string(client), client, "")
		return tx.CareTeam(client)
	})
}

// SetCareTeam replaces the list. It is the client's word about their doctors;
// what may be told is decided by releases alone.
func (n *Network) SetCareTeam(ctx context.Context, by models.Actor, client models.ClientID, team []models.CareTeamMember) ([]models.CareTeamMember, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.CareTeamMember, error) {
		if err := by.May(models.WriteClients); err != nil {
			return nil, err
		}
		if _, err := tx.Client(client); err != nil {
			return nil, err
		}
		ids := make([]models.ProviderID, len(team))
		for i, m := range team {
			ids[i] = m.ProviderID
		}
		known, err := tx.KnownProviders(ids)
		if err != nil {
			return nil, err
		}
		if err := models.ValidateCareTeam(team, known); err != nil {
			return nil, err
		}
		for _, id := range ids {
			if _, err := tx.EnsureRelationship(id); err != nil {
				return nil, err
			}
		}
		tx.Log("care_team.set", "client", string(client), client, "")
		if err := tx.SetCareTeam(client, team); err != nil {
			return nil, err
		}
		return tx.CareTeam(client)
	})
}
