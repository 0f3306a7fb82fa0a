package referral

import (
	"context"
	"strings"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// changeLink opens a one-time link with the client's birth date and gives the
// actor that it makes of its holder. A wrong date spends one of the tries.
func (n *Network) changeLink(ctx context.Context, by models.Actor, token string, birth models.Date) (models.Actor, models.ChangeRequestID, error) {
	type opened struct {
		Actor models.Actor
		ID    models.ChangeRequestID
	}
	ctx = models.WithoutIdempotency(ctx) // the key belongs to the verb behind the link
	o, err := locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (opened, error) {
		l, err := tx.LinkByToken(token, models.LinkChange)
		if err != nil {
			return opened{}, err
		}
		if err := tx.Enter(l.PracticeID); err != nil {
			return opened{}, err
		}
		client, err := tx.Client(l.ClientID)
		if err != nil {
			return opened{}, err
		}
		tx.Log("change_request.open_link", "change_request", l.ObjectID, l.ClientID, string(l.ID))
		if birth != client.BirthDate {
			if err := tx.SpendTry(l.ID); err != nil {
				return opened{}, err
			}
			return opened{}, stands(fault.New(fault.Forbidden, "link.birth_date", "This is not the client's birth date. After five wrong tries the link is closed."))
		}
		a := models.LinkActor(l)
		a.IP, a.Agent = by.IP, by.Agent
		return opened{a, models.ChangeRequestID(l.ObjectID)}, nil
	})
	return o.Actor, o.ID, err
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
