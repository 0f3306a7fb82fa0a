package referral

import (
	"context"

	"rapport/models"
	"rapport/models/store"
)

// Outreach is whom to call next and how far the offices came.
type Outreach struct {
	Next   []models.CallNext
	Funnel []models.FunnelStep
}

// Outreach ranks the offices that the practice knows, each with its reason, and
// after them those of the directory that are near and that it does not know.
func (n *Network) Outreach(ctx context.Context, by models.Actor) (Outreach, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (Outreach, error) {
		if err := by.May(models.ReadRelationships); err != nil {
			return Outreach{}, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return Outreach{}, err
		}
		lines, err := relationshipLines(tx)
		if err != nil {
			return Outreach{}, err
		}
		shared, referred, err := tx.OutreachFacts()
		facts := make([]models.OutreachFacts, len(lines))
		for i, l := range lines {
			facts[i] = models.OutreachFacts{RelationshipLine: l, Shared: shared[l.ID], Referred: referred[l.ID]}
		}
		if err != nil {
			return Outreach{}, err
		}
		near, err := tx.Nearby(p.Address)
		return Outreach{append(models.WhomToCall(facts, p.Address, tx.Now()), models.ColdOffices(near)...), models.Funnel(facts)}, err
	})
}
