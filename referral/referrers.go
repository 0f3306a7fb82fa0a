package referral

import (
	"context"
	"slices"

	"rapport/models"
	"rapport/models/stillreferring"
	"rapport/models/store"
)

// ReferrerHistories are those of all practices with each of their referrers,
// without saying whose they are: what a network's parameters are fitted to.
func (n *Network) ReferrerHistories(ctx context.Context, by models.Actor) ([]stillreferring.History, error) {
	if err := by.May(models.VerifyIntegrity); err != nil {
		return nil, err
	}
	practices, err := look(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.PracticeID, error) { return tx.PracticeIDs() })
	if err != nil {
		return nil, err
	}
	var all []stillreferring.History
	for _, id := range practices {
		if id == models.NetworkPractice {
			continue
		}
		of, err := look(ctx, n, models.System(id), func(_ context.Context, tx *store.Tx) ([]stillreferring.History, error) { return historiesOf(tx) })
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	return all, nil
}

func historiesOf(tx *store.Tx) ([]stillreferring.History, error) {
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return nil, err
	}
	moments, err := tx.ReferralMoments()
	if err != nil {
		return nil, err
	}
	providers := make([]models.ProviderID, 0, len(moments))
	for id := range moments {
		providers = append(providers, id)
	}
	slices.Sort(providers)
	all := make([]stillreferring.History, len(providers))
	for i, id := range providers {
		var days []models.Date
		for _, at := range moments[id] {
			days = append(days, practice.Today(at))
		}
		all[i] = stillreferring.HistoryOf(days, practice.Today(tx.Now()))
	}
	return all, nil
}
