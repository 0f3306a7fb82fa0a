package referral

import (
	"context"
	"errors"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// ChangePassword replaces the caller's password and ends their other sessions.
// The old password is asked for, and counted like a sign-in when wrong.
func (n *Network) ChangePassword(ctx context.Context, by models.Actor, old, fresh string) error {
	p, err := n.proveOwn(ctx, by, old)
	if err != nil {
		return err
	}
	return n.setPassword(ctx, by, p.user, fresh, p.settle, by.SignInID)
}

// proveOwn asks somebody who is signed in for their password once more.
func (n *Network) proveOwn(ctx context.Context, by models.Actor, password string) (proof, error) {
	u, err := n.Me(ctx, by)
	if err != nil {
		return proof{}, err
	}
	p, err := n.prove(ctx, by, u.Email, password)
	if err == errWrongPassword {
		err = fault.New(fault.Forbidden, "password.wrong", "The present password is wrong.")
	}
	return p, err
}

// ResetPassword is the operator's: the person is known otherwise. All their
// sessions end.
func (n *Network) ResetPassword(ctx context.Context, by models.Actor, email, fresh string) error {
	if err := by.May(models.CreatePractice); err != nil {
		return err
	}
	u, err := look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.User, error) {
		return tx.UserByEmail(models.NormalEmail(email))
	})
	if err != nil {
		return err
	}
	return n.setPassword(ctx, by, u, fresh, func(*store.Tx) (models.User, error) { return u, nil }, "")
}

func (n *Network) setPassword(ctx context.Context, by models.Actor, u models.User, fresh string, first func(*store.Tx) (models.User, error), keep models.SignInID) error {
	places, err := look(ctx, n, own(by), func(_ context.Context, tx *store.Tx) ([]string, error) { return placeNames(tx, u.Roles...) })
	if err != nil {
		return err
	}
	if err := models.ValidatePassword(fresh, append(places, u.Email, u.Name)...); err != nil {
		return err
	}
	hash, err := n.hash.Hash(ctx, fresh)
	if err != nil {
		return err
	}
	stamp, err := n.secret()
	if err != nil {
		return err
	}
	return n.db.WriteLocked(ctx, own(by), func(_ context.Context, tx *store.Tx) error {
		if _, err := first(tx); err != nil {
			return err
		}
		if err := tx.SetPassword(u.ID, hash, stamp); err != nil {
			return err
		}
		if err := tx.EndSignIns(u.ID, keep, stamp, "password_changed"); err != nil {
			return err
		}
		return logHome(tx, u, "password.change")
	})
}

// placeNames are what the practices of some roles are called: nobody's password
// is made of them.
func placeNames(tx *store.Tx, roles ...models.RoleGrant) ([]string, error) {
	var out []string
	for _, g := range roles {
		p, err := tx.Practice(g.PracticeID)
		if err != nil && !errors.Is(err, fault.NotFound) {
			return nil, err
		}
		out = append(out, p.Name)
	}
	return out, nil
}

// DisableUser closes an account, or opens it again, at once for every session.
func (n *Network) DisableUser(ctx context.Context, by models.Actor, email string, disabled bool) error {
	if err := by.May(models.CreatePractice); err != nil {
		return err
	}
	return n.db.WriteLocked(ctx, by, func(_ context.Context, tx *store.Tx) error {
		u, err := tx.UserByEmail(models.NormalEmail(email))
		if err != nil {
			return err
		}
		if err := tx.SetDisabled(u.ID, disabled); err != nil {
			return err
		}
		if err := tx.EndSignIns(u.ID, "", u.SecurityStamp, "disabled"); err != nil {
			return err
		}
		if !disabled {
			return logHome(tx, u, "user.enable")
		}
		return logHome(tx, u, "user.disable")
	})
}
