package referral

import (
	"context"
	"errors"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// CreatePractice makes a tenant with its first owner, who is also a therapist.
// An owner who signs in already gives the password they have; without any
// password the owner is asked in by a mailed link, and nobody else knows it. A
// name that another practice has is 409 practice.exists; a refusal leaves nothing.
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
	i := models.Invitation{Email: models.NormalEmail(d.OwnerEmail), Name: d.OwnerName, Role: models.Owner, Licence: d.Licence, InvitedBy: by.UserID}
	if err := validPractice(p, i); err != nil {
		return p, err
	}
	enter, err := n.owner(ctx, by, i, d.Password, p.Name)
	if err != nil {
		return p, err
	}
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Practice, error) {
		p := p
		if same, err := tx.PracticesNamed(p.Name); err != nil {
			return p, err
		} else if len(same) > 0 {
			return p, fault.New(fault.Conflict, "practice.exists", "There is a practice of this name on the server already. Give it another name, for example with its town.")
		}
		p.ID, p.CreatedAt = models.PracticeID(tx.NewID()), tx.Now()
		if err := tx.AddPractice(p); err != nil {
			return p, err
		}
		if err := enter(tx); err != nil {
			return p, err
		}
		tx.Log("practice.create", "practice", string(p.ID), "", "")
		return p, nil
	})
}

// validPractice gives every reason at once, the owner's under /owner.
func validPractice(p models.Practice, owner models.Invitation) error {
	var l fault.List
	if f, ok := fault.As(p.Validate()); ok {
		l.Put(f.Violations...)
	}
	if f, ok := fault.As(owner.Validate(models.Owner)); ok {
		for _, v := range f.Violations {
			v.Pointer = "/owner" + v.Pointer
			l.Put(v)
		}
	}
	return l.Invalid("The practice cannot be made like this.")
}

// owner prepares the first owner, who enters with the practice's transaction: a
// newcomer, somebody who proves who they are, or, without a password, somebody
// who is asked in.
func (n *Network) owner(ctx context.Context, by models.Actor, i models.Invitation, password, place string) (func(*store.Tx) error, error) {
	if password == "" {
		return func(tx *store.Tx) error {
			i := i
			i.PracticeID = tx.PracticeID()
			_, err := invite(tx, i)
			return err
		}, nil
	}
	arrive, err := n.ownerWith(ctx, by, i, password, place)
	return func(tx *store.Tx) error {
		u, err := arrive(tx)
		for _, r := range []models.Role{models.Owner, models.Therapist} {
			if err == nil {
				err = tx.AddRole(u.ID, models.RoleGrant{Role: r, PracticeID: tx.PracticeID()})
			}
		}
		return err
	}, err
}

// ownerWith checks the password that came along: a new one, or the one that the
// person has.
func (n *Network) ownerWith(ctx context.Context, by models.Actor, i models.Invitation, password, place string) (func(*store.Tx) (models.User, error), error) {
	_, err := look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.User, error) { return tx.UserByEmail(i.Email) })
	switch {
	case errors.Is(err, fault.NotFound):
		u, err := n.newUser(ctx, i.Email, i.Name, password, i.Licence, place)
		return u.arrive, err
	case err != nil:
		return nil, err
	}
	p, err := n.prove(ctx, by, i.Email, password)
	if err == errWrongPassword {
		err = fault.New(fault.Conflict, "user.exists", "Somebody signs in with this e-mail address already, and this is not their password. They become the owner with the password they have; else name another address.")
	}
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
	u, err := n.newUser(ctx, email, name, password, models.Licence{}, "")
	if err != nil {
		return models.User{}, err
	}
	var added models.User
	err = n.db.Write(ctx, by, func(_ context.Context, tx *store.Tx) (err error) {
		if added, err = u.arrive(tx); errors.Is(err, fault.Conflict) {
			return fault.New(fault.Conflict, "user.exists", "Somebody signs in with this e-mail address already. An operator has an address of their own: whoever runs the server sees no clinical content.").Because(err)
		} else if err != nil {
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
