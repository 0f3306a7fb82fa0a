package referral

import (
	"cmp"
	"context"
	"strings"

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

// ServerPractice is one practice as whoever runs the server sees it.
func (n *Network) ServerPractice(ctx context.Context, by models.Actor, id models.PracticeID) (models.PracticeState, error) {
	if err := by.May(models.CreatePractice); err != nil {
		return models.PracticeState{}, err
	}
	return n.practiceState(ctx, by, id)
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

// AskOwner mails a practice that nobody owns yet a link for its owner: again,
// when the first ran out, went astray or was addressed wrongly. Empty name and
// address are those of the invitation before. Earlier invitations are withdrawn,
// whatever their address. An owned practice is 409 practice.has_owner.
func (n *Network) AskOwner(ctx context.Context, by models.Actor, id models.PracticeID, name, email string) (models.Invitation, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Invitation, error) {
		var i models.Invitation
		if err := by.May(models.CreatePractice); err != nil {
			return i, err
		}
		if err := tx.LockPractice(id); err != nil {
			return i, err
		}
		if err := noteOfPractice(tx, "practice.ask_owner", id); err != nil {
			return i, err
		}
		team, err := tx.Colleagues()
		if err != nil {
			return i, err
		}
		if models.Owned(team) {
			return i, models.ErrPracticeHasOwner
		}
		before, err := tx.WithdrawOwners()
		if err != nil {
			return i, err
		}
		i = models.Invitation{Email: cmp.Or(models.NormalEmail(email), before.Email), Name: cmp.Or(strings.TrimSpace(name), before.Name), Role: models.Owner,
			Licence: before.Licence, PracticeID: id, InvitedBy: by.UserID}
		if err := i.Validate(models.Owner); err != nil {
			return i, err
		}
		return invite(tx, i)
	})
}

// invitationMayGo: the mail of an invitation that was accepted, withdrawn or
// sent to another address meanwhile stays. Of two mails of one invitation only
// the later link opens.
func invitationMayGo(_ *Network, _ context.Context, tx *store.Tx, m models.Message) error {
	if _, err := tx.LockInvitation(m.ObjectID); err != nil {
		return err
	}
	return tx.CloseInvitationLinks(m.ObjectID)
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
