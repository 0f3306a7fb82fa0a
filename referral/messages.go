package referral

import (
	"context"
	"slices"
	"strings"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// MessageQuery narrows a list of messages; empty fields do not. To is a part of
// the address.
type MessageQuery struct {
	State models.MessageState
	To    string
}

// Messages lists what the practice's mails came to, newest first. A failed or
// uncertain one waits for a person.
func (n *Network) Messages(ctx context.Context, by models.Actor, q MessageQuery, page models.Page) (models.List[models.Message], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.Message], error) {
		if err := by.May(models.ReadReports); err != nil {
			return models.List[models.Message]{}, err
		}
		if q.State != "" && !slices.Contains(models.MessageStates(), q.State) {
			return models.List[models.Message]{}, fault.New(fault.Invalid, "validation", "There is no such state of a message.").
				With(fault.Violation{Code: "message.state_unknown", Pointer: "/state", Message: "The state is one of the listed ones.", Allowed: models.MessageStates()})
		}
		tx.Log("messages.list", "practice", string(tx.PracticeID()), "", string(q.State))
		return tx.Messages(store.MessageFilter{State: q.State, To: strings.TrimSpace(q.To)}, page)
	})
}

// ResolveMessage settles a message that failed or whose fate nobody knows: it
// arrived, it goes out again, or it will not be sent.
func (n *Network) ResolveMessage(ctx context.Context, by models.Actor, id models.MessageID, r models.Resolution) (models.Message, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.Message, error) {
		if err := by.May(models.WriteReports); err != nil {
			return models.Message{}, err
		}
		m, err := tx.LockMessage(id)
		if err != nil {
			return m, err
		}
		tx.Log("message.resolve", "message", string(id), m.ClientID, models.TraceKey(r.Outcome, models.ResolvedSent, models.ResolvedRetry, models.ResolvedGaveUp))
		next, err := m.Resolve(r)
		if err != nil {
			return models.Message{}, err
		}
		seen := m.State
		m.State, m.Note = next, r.Note
		switch next {
		case models.MessageSent:
			at := tx.Now()
			m.SentAt = &at
		case models.MessageQueued:
			if err := tx.EnqueueMessage(id); err != nil {
				return m, err
			}
		case models.MessageStopped:
			if err := tx.CloseLink(m.LinkID); err != nil {
				return m, err
			}
		}
		if err := tx.SetMessage(m, seen); err != nil {
			return m, err
		}
		return m, n.MessageSettled(ctx, tx, m)
	})
}
