package referral

import (
	"context"

	"rapport/models"
	"rapport/models/store"
)

// AddClient takes a person into the practice's care.
func (n *Network) AddClient(ctx context.Context, by models.Actor, d models.ClientDraft) (models.Client, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Client, error) {
		if err := by.May(models.WriteClients); err != nil {
			return models.Client{}, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return models.Client{}, err
		}
		if err := d.Validate(p.Today(tx.Now())); err != nil {
			return models.Client{}, err
		}
		c := models.Client{ID: models.ClientID(tx.NewID()), PracticeID: tx.PracticeID(), Name: d.Name, BirthDate: d.BirthDate, Email: d.Email,
			Phone: d.Phone, ReferredBy: d.ReferredBy, State: models.ClientActive, CreatedAt: tx.Now(), Version: 1}
		tx.Log("client.add", "client", string(c.ID), c.ID, "")
		return c, tx.AddClient(c)
	})
}

// Client reads one client; an unknown or foreign id is not found. A provider
// reads those whom the gate lets them know.
func (n *Network) Client(ctx context.Context, by models.Actor, id models.ClientID) (models.Client, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Client, error) {
		if by.Outsider() {
			_, c, err := n.sharedClient(tx, by, id, "client.read")
			return c.Client, err
		}
		if err := by.May(models.ReadClients); err != nil {
			return models.Client{}, err
		}
		c, err := tx.Client(id)
		if err == nil {
			tx.Log("client.read", "client", string(id), id, "")
		}
		return c, err
	})
}

// Clients finds active clients by name. Who is a client here is on the trail as
// any reading is; what was looked for is not. A provider finds those whom the
// gate lets them know, practice by practice.
func (n *Network) Clients(ctx context.Context, by models.Actor, q string, page models.Page) (models.List[models.Client], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.Client], error) {
		if by.Outsider() {
			l, err := n.sharedClients(tx, by, q, page)
			out := models.List[models.Client]{Items: make([]models.Client, len(l.Items)), NextCursor: l.NextCursor}
			for i, c := range l.Items {
				out.Items[i] = c.Client
			}
			return out, err
		}
		if err := by.May(models.ReadClients); err != nil {
			return models.List[models.Client]{}, err
		}
		tx.Log("clients.list", "practice", string(tx.PracticeID()), "", "")
		return tx.Clients(q, page)
	})
}

// ChangeClient replaces a client's details when the caller saw the newest version.
func (n *Network) ChangeClient(ctx context.Context, by models.Actor, id models.ClientID, d models.ClientDraft) (models.Client, error) {
	return decide(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.Client, error) {
		if err := by.May(models.WriteClients); err != nil {
			return models.Client{}, err
		}
		c, err := tx.Client(id)
		if err != nil {
			return c, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return c, err
		}
		if err := d.Validate(p.Today(tx.Now())); err != nil {
			return c, err
		}
		seen := models.IfMatchOf(ctx)
		c.Name, c.BirthDate, c.Email, c.Phone, c.ReferredBy = d.Name, d.BirthDate, d.Email, d.Phone, d.ReferredBy
		tx.Log("client.change", "client", string(id), id, "")
		if err := tx.UpdateClient(c, seen); err != nil {
			return c, err
		}
		c.Version = seen + 1
		return c, nil
	})
}
