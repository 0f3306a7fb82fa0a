package referral

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// mostDuplicates is how many records are compared with one.
const mostDuplicates = 100

// Duplicates lists records that may be of the same person, the likeliest first.
func (n *Network) Duplicates(ctx context.Context, by models.Actor, id models.ProviderID) ([]models.Duplicate, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.Duplicate, error) {
		if err := by.May(models.WriteDirectory); err != nil {
			return nil, err
		}
		p, err := tx.Provider(id)
		if err != nil {
			return nil, err
		}
		name := store.Fold(p.Name.Family + " " + p.Name.Given)
		l, err := tx.Providers(models.ProviderQuery{Q: name}, models.Page{Limit: mostDuplicates})
		if err != nil {
			return nil, err
		}
		var out []models.Duplicate
		for _, other := range l.Items {
			if d, ok := models.CompareProviders(p, other, store.Fold(other.Name.Family+" "+other.Name.Given) == name); ok {
				out = append(out, d)
			}
		}
		slices.SortStableFunc(out, func(a, b models.Duplicate) int { return cmp.Compare(b.Score, a.Score) })
		return out, nil
	})
}

// MergeProviders makes one record an alias of another: whoever reads the old id
// finds the record that stays, and what practices hold about the two is held
// about one. A practice may not widen what clients of another practice signed:
// there the operator merges.
func (n *Network) MergeProviders(ctx context.Context, by models.Actor, from, into models.ProviderID) (models.Provider, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Provider, error) {
		if err := by.May(models.WriteDirectory); err != nil {
			return models.Provider{}, err
		}
		into, err := tx.Survivor(into)
		if errors.Is(err, fault.NotFound) {
			return models.Provider{}, fault.New(fault.Invalid, "validation", "The merge needs correction.").
				With(fault.Violation{Code: "provider.unknown", Pointer: "/into", Message: "There is no such provider in the directory."})
		}
		if err != nil {
			return models.Provider{}, err
		}
		goes, stays, err := tx.LockProviders(from, into)
		if err != nil {
			return models.Provider{}, err
		}
		if goes.MergedInto != "" && goes.MergedInto == stays.ID {
			return tx.Provider(stays.ID)
		}
		if goes.MergedInto != "" {
			return models.Provider{}, fault.New(fault.Conflict, "provider.merged", "This record was merged already. Merge the one that stayed.").Ref("provider_id", string(goes.MergedInto))
		}
		if err := seen(ctx, goes.Version); err != nil {
			return models.Provider{}, err
		}
		stays, offices, err := mergedRecord(tx, by, goes, stays)
		if err != nil {
			return models.Provider{}, err
		}
		if err := tx.MergeProvider(goes, stays, offices); err != nil {
			return models.Provider{}, err
		}
		if err := note(tx, "provider.merge", "provider", string(goes.ID), "into "+string(stays.ID)); err != nil {
			return models.Provider{}, err
		}
		return tx.Provider(stays.ID)
	})
}

// mergedRecord is the record that stays, and whether the offices come along; or
// why it may not be made.
func mergedRecord(tx *store.Tx, by models.Actor, goes, stays models.Provider) (models.Provider, bool, error) {
	accounts, err := tx.HasAccounts(goes.ID, stays.ID)
	if err != nil {
		return stays, false, err
	}
	if stays, err = models.MergeProviders(by, goes, stays, accounts); err != nil {
		return stays, false, err
	}
	if by.Is(models.Operator) || by.Kind == models.ActorSystem {
		return stays, true, nil
	}
	elsewhere, err := tx.HeldElsewhere(goes.ID)
	if err == nil && elsewhere {
		err = fault.New(fault.Forbidden, "provider.merge_shared", "Another practice holds orders, papers or signed releases under this record. The operator of the server merges it, or merge the other one into it.")
	}
	return stays, !accounts[stays.ID], err
}
