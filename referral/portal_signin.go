package referral

import (
	"context"
	"time"

	"rapport/models"
	"rapport/models/store"
)

// PortalSession is a sign-in to the pages: the cookie's secret, which is stored
// hashed, and the token that every form carries.
type PortalSession struct {
	Secret    string
	CSRF      string
	ExpiresAt time.Time
}

// PortalSignIn opens a session for the pages; refusals are those of SignIn.
// Each sign-in has a fresh secret, whatever cookie came with the request. An
// account with a second factor gets no session yet but a pending one, which
// opens nothing but PortalSecondFactor.
func (n *Network) PortalSignIn(ctx context.Context, by models.Actor, email, password string) (s PortalSession, pending string, err error) {
	p, err := n.prove(ctx, by, email, password)
	if err != nil {
		return PortalSession{}, "", err
	}
	s, err = n.enterPortal(ctx, by, p.enter(""))
	if err == errOTPRequired {
		pending, err = n.pend(ctx, by, p)
	}
	return s, pending, err
}

func (n *Network) enterPortal(ctx context.Context, by models.Actor, first func(*store.Tx) (models.User, error)) (PortalSession, error) {
	var s PortalSession
	var err error
	if s.Secret, err = n.secret(); err != nil {
		return PortalSession{}, err
	}
	if s.CSRF, err = n.secret(); err != nil {
		return PortalSession{}, err
	}
	err = n.keeping(ctx, by, func(tx *store.Tx) error {
		u, err := first(tx)
		if err != nil {
			return err
		}
		s.ExpiresAt = tx.Now().Add(models.PortalLife)
		id := models.SignInID(tx.NewID())
		err = tx.AddSignIn(models.SignIn{ID: id, UserID: u.ID, Realm: models.RealmPortal,
			SecretHash: models.HashToken(s.Secret), CSRF: s.CSRF, SecurityStamp: u.SecurityStamp, ExpiresAt: s.ExpiresAt, Agent: by.Agent})
		if err == nil {
			err = mayEnter(tx, u, id)
		}
		if err != nil {
			return err
		}
		return logHome(tx, u, "sign_in.portal")
	})
	if err != nil {
		return PortalSession{}, err
	}
	return s, nil
}

// PortalActor turns a cookie's secret into the actor and the form token of the
// session, in one statement. Once in five minutes it keeps the session awake.
func (n *Network) PortalActor(ctx context.Context, secret string, wanted models.PracticeID) (models.Actor, string, error) {
	var s models.Standing
	var now time.Time
	a, err := reading(ctx, n.db.Glance, models.Anonymous("", ""), func(_ context.Context, tx *store.Tx) (models.Actor, error) {
		var err error
		now = tx.Now()
		if s, err = tx.StandingBySecret(secret); err != nil {
			return models.Actor{}, err
		}
		if err := s.Live(models.RealmPortal, now); err != nil {
			return models.Actor{}, err
		}
		return s.Actor(string(wanted))
	})
	if err == nil && now.Sub(s.SignIn.SeenAt) >= models.PortalMarked {
		err = n.db.WriteLocked(ctx, a, func(_ context.Context, tx *store.Tx) error { return tx.TouchSignIn(s.SignIn.ID) })
	}
	if err != nil {
		return models.Actor{}, "", err
	}
	return a, s.SignIn.CSRF, nil
}

// PortalSignOut ends the session that a cookie's secret opens; an unknown one
// is already out.
func (n *Network) PortalSignOut(ctx context.Context, by models.Actor, secret string) error {
	return n.db.WriteLocked(ctx, own(by), func(_ context.Context, tx *store.Tx) error {
		s, err := tx.StandingBySecret(secret)
		if err != nil {
			return err
		}
		return signOut(tx, s)
	})
}
