package referral

import (
	"context"
	"errors"
	"io"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/referral/otp"
)

var (
	errOTPRequired = fault.New(fault.Unauthenticated, "otp.required", "This account has a second factor. Send a code of the authenticator app, or a recovery code, as otp.")
	errOTPWrong    = fault.New(fault.Unauthenticated, "otp.wrong", "The code is wrong or was used before. Wait for the next one, or use a recovery code.")
	errPendingGone = fault.New(fault.Unauthenticated, "sign_in.too_slow", "This sign-in waited too long. Begin again.")
)

// Enrolment is what an authenticator app needs to know, in three forms: to
// type, to open, and to photograph. Picture has rows of dark and light.
type Enrolment struct {
	Secret  string
	URI     string
	Picture [][]bool
}

// enter is the first thing that the transaction of a sign-in does after the
// password: with a second factor a code is asked for and used up. The row of
// the factor is held meanwhile, so that codes tried at the same moment are
// counted one after the other.
func (p proof) enter(code string) func(*store.Tx) (models.User, error) {
	return p.withFactors(code, errOTPRequired, errOTPWrong)
}

func (p proof) withFactors(code string, required, wrong *fault.Error) func(*store.Tx) (models.User, error) {
	return func(tx *store.Tx) (models.User, error) {
		o, err := tx.LockOTP(p.user.ID)
		if err != nil {
			return p.user, err
		}
		if err := tx.Throttled(p.subjects); err != nil {
			return p.user, err
		}
		if o.On() {
			if err := p.spend(tx, o, code, required, wrong); err != nil {
				return p.user, err
			}
		}
		return p.user, tx.ForgetFailures(p.subjects[0])
	}
}

// spend uses a code up. A wrong one is counted with the wrong passwords; one
// that was used before is wrong.
func (p proof) spend(tx *store.Tx, o models.OTP, code string, required, wrong *fault.Error) error {
	if code = models.NormalCode(code); code == "" {
		return required
	}
	if step, ok := otp.Match(o.Secret, code, models.OTPStep(tx.Now()), o.LastStep); ok {
		if taken, err := tx.SpendStep(o.UserID, step); err != nil || taken {
			return err
		}
	}
	if taken, err := tx.SpendRecovery(o.UserID, code); err != nil {
		return err
	} else if taken {
		return logHome(tx, p.user, "otp.recover")
	}
	if err := p.failed(tx, wrong.Code); err != nil {
		return err
	}
	return stands(wrong)
}

// pend keeps a sign-in whose password was right until its code comes.
func (n *Network) pend(ctx context.Context, by models.Actor, p proof) (string, error) {
	token, err := n.secret()
	if err != nil {
		return "", err
	}
	return token, n.db.WriteLocked(ctx, own(by), func(_ context.Context, tx *store.Tx) error {
		return tx.AddChallenge(token, models.Challenge{Kind: models.ChallengeSecondFactor, UserID: p.user.ID, SecurityStamp: p.user.SecurityStamp,
			Subject: p.subjects[1].Subject, ExpiresAt: tx.Now().Add(models.ChallengeLife)})
	})
}

// PortalSecondFactor finishes a pending sign-in with a code: 401 otp.wrong, and
// 401 sign_in.too_slow when it has to begin again.
func (n *Network) PortalSecondFactor(ctx context.Context, by models.Actor, pending, code string) (PortalSession, error) {
	var p proof
	err := n.db.Read(ctx, by, func(_ context.Context, tx *store.Tx) error {
		c, err := tx.Challenge(pending, models.ChallengeSecondFactor)
		if err != nil {
			return err
		}
		p, err = challenged(tx, by, c)
		return err
	})
	if err != nil {
		return PortalSession{}, err
	}
	return n.enterPortal(ctx, by, func(tx *store.Tx) (models.User, error) {
		u, err := p.enter(code)(tx)
		if err != nil {
			return u, err
		}
		c, err := tx.TakeChallenge(pending, models.ChallengeSecondFactor)
		if err != nil {
			return u, err
		}
		_, err = challenged(tx, by, c)
		return u, err
	})
}

// challenged is the user of a challenge, as long as nothing about the account
// changed since it began.
func challenged(tx *store.Tx, by models.Actor, c models.Challenge) (proof, error) {
	if c.UserID == "" {
		return proof{}, errPendingGone
	}
	u, err := tx.User(c.UserID)
	if err != nil {
		return proof{}, err
	}
	if u.Disabled || u.SecurityStamp != c.SecurityStamp {
		return proof{}, errPendingGone
	}
	return proof{u, models.Throttles(u.Email, by.IP)}, nil
}

var (
	errOTPOn      = fault.New(fault.Conflict, "otp.enrolled", "An authenticator app is set up already. Turn it off before you set up another.")
	errOTPOff     = fault.New(fault.Conflict, "otp.not_enrolled", "No authenticator app is set up.")
	errOTPDraft   = fault.New(fault.Conflict, "otp.not_started", "No authenticator app waits for its first code. Begin again; the code is expected within an hour.")
	errOTPMissing = fault.New(fault.Forbidden, "otp.required", "Give a code of the authenticator app, or a recovery code.")
	errOTPNot     = fault.New(fault.Forbidden, "otp.wrong", "The code is wrong or was used before. Wait for the next one, or use a recovery code.")
)

// StartOTP draws the secret of an authenticator app. It counts for nothing
// until ConfirmOTP has seen a code of it.
func (n *Network) StartOTP(ctx context.Context, by models.Actor, password string) (Enrolment, error) {
	p, err := n.proveOwn(ctx, by, password)
	if err != nil {
		return Enrolment{}, err
	}
	var e Enrolment
	if e.Secret, e.URI, err = otp.Draw(n.cfg.Random, p.user.Email); err != nil {
		return Enrolment{}, err
	}
	if e.Picture, err = otp.Picture(e.URI); err != nil {
		return Enrolment{}, err
	}
	err = n.db.WriteLocked(ctx, own(by), func(_ context.Context, tx *store.Tx) error {
		if _, err := p.settle(tx); err != nil {
			return err
		}
		drawn, err := tx.DraftOTP(p.user.ID, e.Secret)
		if err == nil && !drawn {
			err = errOTPOn
		}
		return err
	})
	if err != nil {
		return Enrolment{}, err
	}
	return e, nil
}

// DrawnOTP is the enrolment that waits for its first code, to show it again.
func (n *Network) DrawnOTP(ctx context.Context, by models.Actor) (Enrolment, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (e Enrolment, err error) {
		u, err := tx.User(by.UserID)
		if err != nil {
			return e, err
		}
		o, err := tx.OTP(by.UserID)
		if err != nil {
			return e, err
		}
		if !o.Awaiting(tx.Now()) {
			return e, errOTPDraft
		}
		e.Secret = o.Secret
		if e.URI, err = otp.URI(o.Secret, u.Email); err == nil {
			e.Picture, err = otp.Picture(e.URI)
		}
		return e, err
	})
}

// ConfirmOTP turns the second factor on with a first code and returns the
// recovery codes, which are shown this once. The person's other sessions, made
// without a code, end.
func (n *Network) ConfirmOTP(ctx context.Context, by models.Actor, code string) ([]string, error) {
	codes, err := n.recoveryCodes()
	if err != nil {
		return nil, err
	}
	err = n.db.WriteLocked(ctx, own(by), func(_ context.Context, tx *store.Tx) error {
		u, err := tx.User(by.UserID)
		if err != nil {
			return err
		}
		o, err := tx.LockOTP(u.ID)
		if err != nil {
			return err
		}
		if o.On() {
			return errOTPOn
		}
		if !o.Awaiting(tx.Now()) {
			return errOTPDraft
		}
		step, ok := otp.Match(o.Secret, models.NormalCode(code), models.OTPStep(tx.Now()), o.LastStep)
		if !ok {
			return fault.New(fault.Forbidden, "otp.wrong", "This is not the code that the app shows now. Check that the clock of your phone is right.")
		}
		if _, err := tx.SpendStep(u.ID, step); err != nil {
			return err
		}
		if err := tx.ConfirmOTP(u.ID); err != nil {
			return err
		}
		if err := tx.SetRecoveryCodes(u.ID, codes); err != nil {
			return err
		}
		if err := tx.EndSignIns(u.ID, by.SignInID, u.SecurityStamp, "second_factor"); err != nil {
			return err
		}
		return logHome(tx, u, "otp.enrol")
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

func (n *Network) recoveryCodes() ([]string, error) {
	b := make([]byte, models.RecoveryBytes)
	if _, err := io.ReadFull(n.cfg.Random, b); err != nil {
		return nil, err
	}
	return models.NewRecoveryCodes(b), nil
}

// RemoveOTP turns the second factor off, with the password and a code.
func (n *Network) RemoveOTP(ctx context.Context, by models.Actor, password, code string) error {
	return n.withCode(ctx, by, password, code, func(tx *store.Tx, u models.User) error {
		if err := tx.RemoveOTP(u.ID); err != nil {
			return err
		}
		return logHome(tx, u, "otp.remove")
	})
}

// RenewRecoveryCodes replaces the recovery codes, with the password and a code.
func (n *Network) RenewRecoveryCodes(ctx context.Context, by models.Actor, password, code string) ([]string, error) {
	codes, err := n.recoveryCodes()
	if err != nil {
		return nil, err
	}
	err = n.withCode(ctx, by, password, code, func(tx *store.Tx, u models.User) error {
		if err := tx.SetRecoveryCodes(u.ID, codes); err != nil {
			return err
		}
		return logHome(tx, u, "otp.renew_recovery")
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// withCode does what only the person with password and app may: 403
// password.wrong, otp.required, otp.wrong.
func (n *Network) withCode(ctx context.Context, by models.Actor, password, code string, do func(*store.Tx, models.User) error) error {
	p, err := n.proveOwn(ctx, by, password)
	if err != nil {
		return err
	}
	return n.keeping(ctx, by, func(tx *store.Tx) error {
		o, err := tx.LockOTP(p.user.ID)
		if err != nil {
			return err
		}
		if err := tx.Throttled(p.subjects); err != nil {
			return err
		}
		if !o.On() {
			return errOTPOff
		}
		if err := p.spend(tx, o, code, errOTPMissing, errOTPNot); err != nil {
			return err
		}
		if err := do(tx, p.user); err != nil {
			return err
		}
		return tx.ForgetFailures(p.subjects[0])
	})
}

// ForgetFactors is the operator's, for somebody who lost phone and codes and is
// known otherwise: authenticator app, recovery codes and passkeys go, and all
// their sessions end.
func (n *Network) ForgetFactors(ctx context.Context, by models.Actor, email string) error {
	if err := by.May(models.CreatePractice); err != nil {
		return err
	}
	return n.db.WriteLocked(ctx, by, func(_ context.Context, tx *store.Tx) error {
		u, err := tx.UserByEmail(models.NormalEmail(email))
		if err != nil {
			return err
		}
		if err := errors.Join(tx.RemoveOTP(u.ID), tx.RemovePasskeys(u.ID)); err != nil {
			return err
		}
		if err := tx.EndSignIns(u.ID, "", u.SecurityStamp, "factors_forgotten"); err != nil {
			return err
		}
		return logHome(tx, u, "factors.forget")
	})
}
