package referral

import (
	"context"
	"errors"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// CreatePractice makes a tenant with its first owner, who is also a therapist.
// An owner who signs in already gives the password they have.
func (n *Network) CreatePractice(ctx context.Context, by models.Actor, d models.PracticeDraft) (models.Practice, error) {
	if err := by.May(models.CreatePractice); err != nil {
		return models.Practice{}, err
	}
	p := models.Practice{Name: d.Name, TimeZone: d.TimeZone, Address: d.Address, Phone: d.Phone, Email: models.NormalEmail(d.Email), Mode: d.Mode,
		Settings: models.DefaultSettings(), Version: 1}
	if p.TimeZone == "" {
		p.TimeZone = "UTC"
	}
	if p.Mode == "" {
		p.Mode = models.Covered
	}
	if err := p.Validate(); err != nil {
		return p, err
	}
	arrive, err := n.owner(ctx, by, d)
	if err != nil {
		return p, err
	}
	err = n.db.Write(ctx, by, func(_ context.Context, tx *store.Tx) error {
		p.ID, p.CreatedAt = models.PracticeID(tx.NewID()), tx.Now()
		if err := tx.AddPractice(p); err != nil {
			return err
		}
		u, err := arrive(tx)
		if err != nil {
			return err
		}
		for _, r := range []models.Role{models.Owner, models.Therapist} {
			if err := tx.AddRole(u.ID, models.RoleGrant{Role: r, PracticeID: p.ID}); err != nil {
				return err
			}
		}
		tx.Log("practice.create", "practice", string(p.ID), "", "")
		return nil
	})
	return p, err
}

// owner prepares the first owner: a newcomer, or somebody who proves who they are.
func (n *Network) owner(ctx context.Context, by models.Actor, d models.PracticeDraft) (func(*store.Tx) (models.User, error), error) {
	email := models.NormalEmail(d.OwnerEmail)
	i := models.Invitation{Email: email, Name: d.OwnerName, Role: models.Owner, Licence: d.Licence}
	if err := i.Validate(models.Owner); err != nil {
		return nil, err
	}
	_, err := look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.User, error) { return tx.UserByEmail(email) })
	switch {
	case errors.Is(err, fault.NotFound):
		u, err := n.newUser(ctx, email, d.OwnerName, d.Password, d.Licence)
		return u.arrive, err
	case err != nil:
		return nil, err
	}
	p, err := n.prove(ctx, by, email, d.Password)
	return p.settle, err
}

// AddOperator adds somebody who runs the server and sees no clinical content.
func (n *Network) AddOperator(ctx context.Context, by models.Actor, email, name, password string) (models.User, error) {
	if err := by.May(models.CreatePractice); err != nil {
		return models.User{}, err
	}
	email = models.NormalEmail(email)
	if err := (models.Invitation{Email: email, Name: name, Role: models.Operator}).Validate(models.Operator); err != nil {
		return models.User{}, err
	}
	u, err := n.newUser(ctx, email, name, password, models.Licence{})
	if err != nil {
		return models.User{}, err
	}
	var added models.User
	err = n.db.Write(ctx, by, func(_ context.Context, tx *store.Tx) (err error) {
		if added, err = u.arrive(tx); err != nil {
			return err
		}
		if err := tx.AddRole(added.ID, models.RoleGrant{Role: models.Operator}); err != nil {
			return err
		}
		return note(tx, "operator.add", "user", string(added.ID), "")
	})
	return added, err
}

// Practices lists who a provider may order from, by name.
func (n *Network) Practices(ctx context.Context, by models.Actor, page models.Page) (models.List[models.Practice], error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.Practice], error) {
		if err := by.May(models.ReadDirectory); err != nil {
			return models.List[models.Practice]{}, err
		}
		return tx.Practices(page)
	})
}

// Practice is the caller's own practice with its settings.
func (n *Network) Practice(ctx context.Context, by models.Actor) (models.Practice, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Practice, error) {
		if err := by.May(models.ReadPractice); err != nil {
			return models.Practice{}, err
		}
		return tx.Practice(tx.PracticeID())
	})
}

// ChangePractice corrects the caller's own practice.
func (n *Network) ChangePractice(ctx context.Context, by models.Actor, c models.PracticeChange) (models.Practice, error) {
	return decide(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.Practice, error) {
		if err := by.May(models.WritePractice); err != nil {
			return models.Practice{}, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return p, err
		}
		if p, err = c.Apply(p); err != nil {
			return p, err
		}
		seen := models.IfMatchOf(ctx)
		tx.Log("practice.change", "practice", string(p.ID), "", "")
		if err := tx.UpdatePractice(p, seen); err != nil {
			return p, err
		}
		p.Version = seen + 1
		return p, nil
	})
}

// SuspendPractice closes a practice, or opens it again: its people keep their
// accounts, and their roles there count no more.
func (n *Network) SuspendPractice(ctx context.Context, by models.Actor, id models.PracticeID, suspended bool) error {
	if err := by.May(models.CreatePractice); err != nil {
		return err
	}
	return n.db.Write(ctx, by, func(_ context.Context, tx *store.Tx) error {
		if err := tx.SetSuspended(id, suspended); err != nil {
			return err
		}
		if !suspended {
			return note(tx, "practice.reopen", "practice", string(id), "")
		}
		return note(tx, "practice.suspend", "practice", string(id), "")
	})
}
