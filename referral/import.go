package referral

import (
	"context"
	"errors"
	"fmt"
	"io"

	"rapport/models"
	"rapport/models/store"
)

// importBatch is how many rows are written in one transaction: few enough that
// others do not wait, enough that a commit costs little of each.
const importBatch = 200

// Registry is a file of registrations: io.EOF ends it, and a *models.BadRow is
// one row that cannot be used.
type Registry interface {
	Next() (models.Registration, error)
}

// ImportProviders takes registrations into the directory, by NPI, and tells
// what became of each row after it is written. A crash loses the batch that
// was not committed; running it again goes on, and changes nothing twice.
func (n *Network) ImportProviders(ctx context.Context, by models.Actor, from Registry, told func(models.ImportResult) error) error {
	if err := by.May(models.ImportDirectory); err != nil {
		return err
	}
	var batch []models.Registration
	inBatch := map[string]bool{}
	flush := func() error {
		results, err := n.importBatch(ctx, by, batch)
		for i := 0; i < len(results) && err == nil; i++ {
			err = told(results[i])
		}
		batch = batch[:0]
		clear(inBatch)
		return err
	}
	for {
		r, err := from.Next()
		if bad, ok := errors.AsType[*models.BadRow](err); ok {
			if err := told(models.ImportResult{Line: bad.Line, NPI: bad.NPI, Outcome: models.ImportFailed, Reason: bad.Reason}); err != nil {
				return err
			}
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return errors.Join(err, flush())
		}
		if err != nil || len(batch) == importBatch || inBatch[r.NPI] {
			if err := flush(); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
		batch = append(batch, r)
		inBatch[r.NPI] = true
	}
}

// importBatch writes some rows in one transaction.
func (n *Network) importBatch(ctx context.Context, by models.Actor, batch []models.Registration) ([]models.ImportResult, error) {
	if len(batch) == 0 {
		return nil, nil
	}
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.ImportResult, error) {
		npis := make([]string, len(batch))
		for i, r := range batch {
			npis[i] = r.NPI
		}
		known, err := tx.Registered(npis)
		if err != nil {
			return nil, err
		}
		count := map[models.ImportOutcome]int{}
		results := make([]models.ImportResult, len(batch))
		var named []models.ProviderID
		for i, r := range batch {
			old, found := known[r.NPI]
			id, result, err := importRow(tx, r, old, found)
			if err != nil {
				return nil, err
			}
			results[i], named = result, append(named, id)
			count[result.Outcome]++
		}
		if err := tx.IndexProviders(named); err != nil {
			return nil, err
		}
		if count[models.ImportNew]+count[models.ImportChanged]+count[models.ImportDeactivated] == 0 {
			return results, nil
		}
		return results, note(tx, "directory.import", "provider", "", fmt.Sprintf("new %d, changed %d, deactivated %d",
			count[models.ImportNew], count[models.ImportChanged], count[models.ImportDeactivated]))
	})
}

func importRow(tx *store.Tx, r models.Registration, old models.Registered, found bool) (models.ProviderID, models.ImportResult, error) {
	if !found {
		if !r.DeactivatedOn.IsZero() {
			return "", models.ImportResult{Line: r.Line, NPI: r.NPI, Outcome: models.ImportUnknown}, nil
		}
		now, out := r.Against(models.Registered{Provider: models.Provider{NPI: r.NPI}})
		now.ID, now.CreatedAt = models.ProviderID(tx.NewID()), tx.Now()
		out.Outcome, out.Changes = models.ImportNew, nil
		return now.ID, out, tx.AddRegistered(now)
	}
	now, out := r.Against(old)
	switch {
	case out.Outcome == models.ImportChanged, out.Outcome == models.ImportDeactivated:
		return now.ID, out, tx.UpdateRegistered(old, now)
	case now.Source != old.Source || now.SourceUpdatedOn != old.SourceUpdatedOn:
		return now.ID, out, tx.SeenRegistered(now)
	}
	return now.ID, out, nil
}
