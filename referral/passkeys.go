package referral

import (
	"context"
	"errors"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/referral/passkey"
)

// PasskeyStep is what a browser is asked, and the token by which its answer
// finds the question again: once, within minutes.
type PasskeyStep struct {
	Token   string
	Options string // JSON of WebAuthn
}

var (
	errNoPasskeys     = fault.New(fault.Conflict, "passkey.unavailable", "Passkeys need https and a name instead of a number in the address.")
	errPasskeyFailed  = fault.New(fault.Unauthenticated, "passkey.failed", "The passkey was not accepted. Try again, or sign in with your password.")
	errPasskeyCloned  = fault.New(fault.Unauthenticated, "passkey.cloned", "This passkey seems to have been copied and is not accepted. Sign in with your password and remove it.")
	errPasskeyRefused = fault.New(fault.Invalid, "passkey.failed", "The device gave no passkey that can be used here. Try again.")
	errPasskeyLate    = fault.New(fault.Conflict, "passkey.too_slow", "The device answered too late, or twice. Begin again.")
	errPasskeysFull   = fault.New(fault.Conflict, "passkey.limit", "A person has at most 10 passkeys. Remove one first.")
)

// PasskeysOffered says whether browsers make passkeys for this server.
func (n *Network) PasskeysOffered() bool {
	_, err := passkey.For(n.cfg.PublicURL)
	return err == nil
}

func (n *Network) passkeySite() (passkey.Site, error) {
	s, err := passkey.For(n.cfg.PublicURL)
	if errors.Is(err, passkey.ErrNoSite) {
		return s, errNoPasskeys
	}
	return s, err
}

// StartPasskey begins a new passkey of the caller, who gives their password
// once more, and a code where they have a second factor: a passkey opens the
// account without either.
func (n *Network) StartPasskey(ctx context.Context, by models.Actor, name, password, code string) (PasskeyStep, error) {
	if _, err := models.ValidatePasskeyName(name); err != nil {
		return PasskeyStep{}, err
	}
	site, err := n.passkeySite()
	if err != nil {
		return PasskeyStep{}, err
	}
	p, err := n.proveOwn(ctx, by, password)
	if err != nil {
		return PasskeyStep{}, err
	}
	step := PasskeyStep{}
	if step.Token, err = n.secret(); err != nil {
		return PasskeyStep{}, err
	}
	err = n.keeping(ctx, by, func(tx *store.Tx) error {
		u, err := p.withFactors(code, errOTPMissing, errOTPNot)(tx)
		if err != nil {
			return err
		}
		have, err := tx.Passkeys(u.ID)
		if err != nil {
			return err
		}
		if len(have) >= models.Passkeys {
			return errPasskeysFull
		}
		c := models.Challenge{Kind: models.ChallengePasskeyAdd, UserID: u.ID, SecurityStamp: u.SecurityStamp, Subject: p.subjects[1].Subject,
			ExpiresAt: tx.Now().Add(models.ChallengeLife)}
		if step.Options, c.Ceremony, err = site.Begin(u, have); err != nil {
			return err
		}
		return tx.AddChallenge(step.Token, c)
	})
	if err != nil {
		return PasskeyStep{}, err
	}
	return step, nil
}

// AddPasskey finishes what StartPasskey began with the device's answer. The
// person's row is held while their passkeys are counted: of devices that answer
// at the same moment no more get in than there is room for.
func (n *Network) AddPasskey(ctx context.Context, by models.Actor, token, name, response string) error {
	name, err := models.ValidatePasskeyName(name)
	if err != nil {
		return err
	}
	site, err := n.passkeySite()
	if err != nil {
		return err
	}
	return n.keeping(ctx, by, func(tx *store.Tx) error {
		c, err := tx.TakeChallenge(token, models.ChallengePasskeyAdd)
		if err != nil {
			return err
		}
		u, err := tx.User(by.UserID)
		if err != nil {
			return err
		}
		if c.UserID != u.ID || c.SecurityStamp != u.SecurityStamp {
			return stands(errPasskeyLate)
		}
		k, err := site.Add(u, c.Ceremony, response)
		if err != nil {
			return stands(errPasskeyRefused)
		}
		if err := tx.LockUser(u.ID); err != nil {
			return err
		}
		have, err := tx.Passkeys(u.ID)
		if err != nil {
			return err
		}
		if len(have) >= models.Passkeys {
			return errPasskeysFull
		}
		k.Name = name
		if err := tx.AddPasskey(k); err != nil {
			return err
		}
		return logHome(tx, u, "passkey.add")
	})
}

// RemovePasskey forgets one of the caller's.
func (n *Network) RemovePasskey(ctx context.Context, by models.Actor, id string) error {
	return n.db.WriteLocked(ctx, own(by), func(_ context.Context, tx *store.Tx) error {
		u, err := tx.User(by.UserID)
		if err != nil {
			return err
		}
		if err := tx.RemovePasskey(u.ID, id); err != nil {
			return err
		}
		return logHome(tx, u, "passkey.remove")
	})
}

// StartPasskeySignIn asks for a passkey of somebody unknown yet.
func (n *Network) StartPasskeySignIn(ctx context.Context, by models.Actor) (PasskeyStep, error) {
	site, err := n.passkeySite()
	if err != nil {
		return PasskeyStep{}, err
	}
	step := PasskeyStep{}
	if step.Token, err = n.secret(); err != nil {
		return PasskeyStep{}, err
	}
	address := models.Throttles("", by.IP)[1]
	err = n.db.WriteLocked(ctx, by, func(_ context.Context, tx *store.Tx) error {
		if err := tx.Throttled([]models.Throttle{address}); err != nil {
			return err
		}
		c := models.Challenge{Kind: models.ChallengePasskeySignIn, Subject: address.Subject, ExpiresAt: tx.Now().Add(models.ChallengeLife)}
		if step.Options, c.Ceremony, err = site.BeginSignIn(); err != nil {
			return err
		}
		return tx.AddChallenge(step.Token, c)
	})
	return step, n.away.seen(err)
}

// PasskeySignIn opens a session for the pages. The device has asked for finger,
// face or PIN, so that a passkey is both factors at once; wrong passwords of
// others do not close this door, only too many failures from one address.
func (n *Network) PasskeySignIn(ctx context.Context, by models.Actor, token, response string) (PortalSession, error) {
	site, err := n.passkeySite()
	if err != nil {
		return PortalSession{}, err
	}
	return n.enterPortal(ctx, by, func(tx *store.Tx) (models.User, error) {
		p := proof{subjects: models.Throttles("", by.IP)[1:]}
		if err := tx.Throttled(p.subjects); err != nil {
			return p.user, err
		}
		c, err := tx.TakeChallenge(token, models.ChallengePasskeySignIn)
		if err != nil {
			return p.user, err
		}
		if c.Kind == "" {
			return p.user, errPendingGone
		}
		k, err := tx.PasskeyByCredential(passkey.Credential(response))
		if err != nil {
			return p.user, err
		}
		if k.ID != "" {
			if p.user, err = tx.User(k.UserID); err != nil {
				return p.user, err
			}
		}
		now, cloned, err := site.SignIn(c.Ceremony, response, p.user, k)
		switch {
		case cloned:
			return p.user, p.turnDown(tx, errPasskeyCloned)
		case err != nil || k.ID == "" || p.user.Disabled:
			return p.user, p.turnDown(tx, errPasskeyFailed)
		}
		return p.user, tx.UsePasskey(now)
	})
}

// turnDown counts a failed attempt, whose challenge stays used up. What the
// library says of it holds names and stays out of the log.
func (p proof) turnDown(tx *store.Tx, refusal *fault.Error) error {
	if err := p.failed(tx, refusal.Code); err != nil {
		return err
	}
	return stands(refusal)
}
