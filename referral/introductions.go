package referral

import (
	"context"
	"slices"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// Introductions lists the doctors of a client to whom the practice could
// introduce itself: a release in force names them, by name or by their office,
// and nobody has reached them yet. Nothing is told by it.
func (n *Network) Introductions(ctx context.Context, by models.Actor, client models.ClientID) ([]models.Introduction, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.Introduction, error) {
		if err := by.May(models.ReadRelationships); err != nil {
			return nil, err
		}
		if err := by.May(models.ReadReleases); err != nil {
			return nil, err
		}
		if _, err := tx.Client(client); err != nil {
			return nil, err
		}
		tx.Log("introduction.list", "client", string(client), client, "")
		return n.introductions(tx, client)
	})
}

func (n *Network) introductions(tx *store.Tx, client models.ClientID) ([]models.Introduction, error) {
	ask, all, err := n.asked(tx, models.Ask{ClientID: client, Purpose: models.PurposeCoordination})
	if err != nil {
		return nil, err
	}
	team, err := tx.CareTeam(client)
	if err != nil {
		return nil, err
	}
	var ids []models.ProviderID
	for _, r := range all {
		for _, to := range r.Recipients {
			ids = append(ids, to.ProviderID)
		}
	}
	for _, m := range team {
		ids = append(ids, m.ProviderID)
	}
	slices.Sort(ids)
	out := []models.Introduction{}
	for _, id := range slices.Compact(ids) {
		if id == "" {
			continue
		}
		ask.ProviderID = id
		if ask.Offices, err = tx.OfficesOf(id); err != nil {
			return nil, err
		}
		covered := models.CoveredBy(ask, all)
		if len(covered) == 0 {
			continue
		}
		i, cold, err := introduction(tx, id, covered)
		if err != nil {
			return nil, err
		}
		if cold {
			out = append(out, i)
		}
	}
	return out, nil
}

// introduction is one doctor, and whether nobody has reached them yet.
func introduction(tx *store.Tx, id models.ProviderID, covered []models.Category) (models.Introduction, bool, error) {
	p, err := tx.Provider(id)
	if err != nil {
		return models.Introduction{}, false, err
	}
	i := models.Introduction{ProviderID: p.ID, Name: p.DisplayName(), Covered: covered}
	if len(p.Offices) > 0 {
		i.Office = p.Offices[0].Name
	}
	r, err := tx.RelationshipWith(p.ID)
	if fault.CodeOf(err) == "not_found" {
		return i, true, nil
	}
	i.RelationshipID, i.Tried, i.Begun = r.ID, r.LastContactAt != nil, r.NextStep == models.IntroduceStep
	return i, r.Cold(), err
}

// Introduce makes the introduction the next step with a doctor: it begins the
// relationship and sets the script. The client is named by it to nobody.
func (n *Network) Introduce(ctx context.Context, by models.Actor, client models.ClientID, to models.ProviderID) (models.Introduction, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Introduction, error) {
		var none models.Introduction
		if err := by.May(models.WriteRelationships); err != nil {
			return none, err
		}
		if err := by.May(models.ReadReleases); err != nil {
			return none, err
		}
		if _, err := tx.Client(client); err != nil {
			return none, err
		}
		tx.Log("introduction.begin", "client", string(client), client, models.TraceID(to))
		all, err := n.introductions(tx, client)
		if err != nil {
			return none, err
		}
		at := slices.IndexFunc(all, func(i models.Introduction) bool { return i.ProviderID == to })
		if at < 0 {
			return none, fault.New(fault.Conflict, "introduction.not_open", "There is nobody to introduce yourselves to: no release in force names this provider, or you know each other already.")
		}
		i := all[at]
		practice, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return none, err
		}
		r, err := tx.EnsureRelationship(to)
		if err == nil {
			r, err = tx.LockRelationship(r.ID)
		}
		if err != nil {
			return none, err
		}
		i.RelationshipID, i.Begun = r.ID, true
		return i, tx.SetRelationship(r.Introducing(i.MayName() != "", practice.Today(tx.Now())), r.Version)
	})
}
