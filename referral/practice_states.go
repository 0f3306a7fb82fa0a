package referral

import (
	"context"

	"rapport/models"
	"rapport/models/store"
)

// PracticeStates shows whoever runs the server every practice with its state,
// how much it holds, and whether its trail hangs together, in the order they
// were made; the network itself comes last. No clinical content is read.
func (n *Network) PracticeStates(ctx context.Context, by models.Actor, page models.Page) (models.List[models.PracticeState], error) {
	var l models.List[models.PracticeState]
	trails, err := n.Integrity(ctx, by, page)
	if err != nil {
		return l, err
	}
	l.NextCursor = trails.NextCursor
	for _, t := range trails.Items {
		s := models.PracticeState{ID: t.PracticeID}
		if t.PracticeID != models.NetworkPractice {
			if s, err = n.practiceState(ctx, by, t.PracticeID); err != nil {
				return l, err
			}
		}
		s.Trail = t
		l.Items = append(l.Items, s)
	}
	return l, nil
}

func (n *Network) practiceState(ctx context.Context, by models.Actor, id models.PracticeID) (models.PracticeState, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.PracticeState, error) {
		if err := tx.Enter(id); err != nil {
			return models.PracticeState{}, err
		}
		return tx.PracticeState()
	})
}

// SuspendPractice closes a practice, or opens it again: its people keep their
// accounts, their roles there do not count, no job of it sends and no pass works
// on it. Days that are set, such as those on which a request lapses, run on; what
// waited is sent and caught up with once it is open. On both trails stands who
// asked; a practice that is so already stays so.
func (n *Network) SuspendPractice(ctx context.Context, by models.Actor, id models.PracticeID, suspended bool) (models.PracticeState, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.PracticeState, error) {
		if err := by.May(models.CreatePractice); err != nil {
			return models.PracticeState{}, err
		}
		changed, err := tx.SetSuspended(id, suspended)
		if err != nil {
			return models.PracticeState{}, err
		}
		if suspended {
			err = noteOfPractice(tx, "practice.suspend", id)
		} else {
			err = noteOfPractice(tx, "practice.reopen", id)
		}
		if err != nil {
			return models.PracticeState{}, err
		}
		if changed && !suspended {
			if err := tx.EnqueueWaiting(); err != nil {
				return models.PracticeState{}, err
			}
		}
		return tx.PracticeState()
	})
}

// PracticesNamed finds the practices of a name, for commands.
func (n *Network) PracticesNamed(ctx context.Context, by models.Actor, name string) ([]models.PracticeID, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.PracticeID, error) {
		if err := by.May(models.CreatePractice); err != nil {
			return nil, err
		}
		return tx.PracticesNamed(name)
	})
}

// noteOfPractice puts what an operator did on the network's trail and on the
// practice's own, and enters the practice.
func noteOfPractice(tx *store.Tx, action string, id models.PracticeID) error {
	if err := note(tx, action, "practice", string(id), ""); err != nil {
		return err
	}
	if err := tx.Enter(id); err != nil {
		return err
	}
	tx.Log(action, "practice", string(id), "", "")
	return nil
}
