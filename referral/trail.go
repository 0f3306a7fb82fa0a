package referral

import (
	"context"

	"rapport/models"
	"rapport/models/store"
)

// AuditTrail reads the practice's trail, newest first: the owner all of it, a
// therapist what concerns the clients they treat and those whom nobody treats
// yet. Reading it is on it.
func (n *Network) AuditTrail(ctx context.Context, by models.Actor, f models.TrailFilter, page models.Page) (models.List[models.TrailLine], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (l models.List[models.TrailLine], err error) {
		if err := by.May(models.ReadAudit); err != nil {
			return l, err
		}
		if err := f.Validate(); err != nil {
			return l, err
		}
		before, err := seqOf(page.Cursor)
		if err != nil {
			return l, err
		}
		tx.Log("audit.read", "practice", string(tx.PracticeID()), f.ClientID, f.Action)
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return l, err
		}
		q := store.TrailQuery{TrailFilter: f, Before: before, Limit: page.Limit}
		if !f.From.IsZero() {
			q.From = f.From.Time(p.Location()).UTC()
		}
		if !f.Until.IsZero() {
			q.Until = f.Until.AddDays(1).Time(p.Location()).UTC()
		}
		if !by.Is(models.Owner) && by.Kind != models.ActorSystem {
			q.Treating = by.UserID
		}
		var more bool
		if l.Items, more, err = tx.Events(q); err != nil {
			return l, err
		}
		if more {
			l.NextCursor = cursorOf(l.Items[len(l.Items)-1].Seq)
		}
		if err := tx.NameRecords(l.Items); err != nil {
			return l, err
		}
		for i := range l.Items {
			l.Items[i].Entitle(p.Location())
		}
		return l, nil
	})
}

// newestChecked is how many events of each trail Integrity compares; all of
// them take as long as the network is old.
const newestChecked = 1000

// Integrity says for each practice where its trail ends and whether its newest
// events hang together, and shows nothing of what they are about. Each practice
// is read by itself, so that no snapshot is held long.
func (n *Network) Integrity(ctx context.Context, by models.Actor, page models.Page) (models.List[models.TrailCheck], error) {
	ids, err := locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (ids []models.PracticeID, err error) {
		if err := by.May(models.VerifyIntegrity); err != nil {
			return nil, err
		}
		if ids, err = tx.PracticeIDs(); err != nil {
			return nil, err
		}
		return ids, note(tx, "integrity.read", "practice", "", "")
	})
	var l models.List[models.TrailCheck]
	if err != nil {
		return l, err
	}
	after := models.PracticeID(store.CursorID(page.Cursor))
	for _, id := range append(ids, models.NetworkPractice) {
		if id <= after {
			continue
		}
		if len(l.Items) == page.Limit {
			l.NextCursor = store.CursorOf(string(l.Items[page.Limit-1].PracticeID))
			break
		}
		c, err := look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.TrailCheck, error) {
			if err := tx.Enter(id); err != nil {
				return models.TrailCheck{}, err
			}
			return tx.CheckTrail(newestChecked)
		})
		if err != nil {
			return l, err
		}
		l.Items = append(l.Items, c)
	}
	return l, nil
}
