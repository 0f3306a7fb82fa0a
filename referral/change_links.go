package referral

import (
	"context"
	"strings"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// changeLink opens a one-time link with the client's birth date and gives the
// actor that it makes of its holder.
func (n *Network) changeLink(ctx context.Context, by models.Actor, token string, born models.Date) (models.Actor, models.ChangeRequestID, error) {
	by, err := n.holder(ctx, by, token, models.LinkChange)
	if err != nil {
		return by, "", err
	}
	id, err := locked(models.WithoutIdempotency(ctx), n, by, func(_ context.Context, tx *store.Tx) (models.ChangeRequestID, error) {
		l, _, err := opened(tx, token, models.LinkChange, born)
		if err == nil {
			tx.Log("change_request.open_link", "change_request", l.ObjectID, l.ClientID, string(l.ID))
		}
		return models.ChangeRequestID(l.ObjectID), err
	})
	return by, id, err
}

// OpenChangeLink shows a change request to a prescriber without an account.
func (n *Network) OpenChangeLink(ctx context.Context, by models.Actor, token string, birth models.Date) (models.ChangeSheet, error) {
	a, id, err := n.changeLink(ctx, by, token, birth)
	if err != nil {
		return models.ChangeSheet{}, err
	}
	return n.ChangeRequest(models.WithoutIdempotency(ctx), a, id)
}

// DecideByLink is the answer of a prescriber without an account, who types
// their name. The link is spent with it.
func (n *Network) DecideByLink(ctx context.Context, by models.Actor, token string, birth models.Date, d models.Decision) (models.ChangeSheet, error) {
	if strings.TrimSpace(d.Name) == "" {
		var l fault.List
		l.Add("signature.name", "/name", "Type your name to sign your answer.")
		return models.ChangeSheet{}, l.Invalid("The answer needs correction.")
	}
	a, id, err := n.changeLink(ctx, by, token, birth)
	if err != nil {
		return models.ChangeSheet{}, err
	}
	return n.DecideChange(ctx, a, id, d)
}
