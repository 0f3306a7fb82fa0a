package referral

import (
	"context"
	"time"

	"rapport/models"
	"rapport/models/store"
)

// LocalZone is the zone in which somebody of a provider reads days and hours:
// that of their first office that told one, else that of a practice that holds
// something for them, else that of the first practice they may write to. It is
// UTC where nothing tells a zone.
func (n *Network) LocalZone(ctx context.Context, by models.Actor) (*time.Location, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (*time.Location, error) {
		if err := by.May(models.ReadDirectory); err != nil || by.ProviderID == "" {
			return time.UTC, err
		}
		p, err := tx.Provider(by.ProviderID)
		if err != nil {
			return time.UTC, err
		}
		if zone := p.Zone(); zone != nil {
			return zone, nil
		}
		held, err := tx.PracticesOf()
		if err != nil {
			return time.UTC, err
		}
		if len(held) > 0 {
			if err := tx.Enter(held[0]); err != nil {
				return time.UTC, err
			}
			practice, err := tx.Practice(held[0])
			return practice.Location(), err
		}
		all, err := tx.Practices(models.Page{Limit: 1})
		if err != nil || len(all.Items) == 0 {
			return time.UTC, err
		}
		return all.Items[0].Location(), nil
	})
}
