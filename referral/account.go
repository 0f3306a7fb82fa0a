package referral

import (
	"context"

	"rapport/models"
	"rapport/models/store"
)

// Account is how somebody signs in.
type Account struct {
	User     models.User
	OTP      models.OTP // without its secret
	Passkeys []models.Passkey
	SignIns  []models.SignIn
}

// Account shows the caller their own.
func (n *Network) Account(ctx context.Context, by models.Actor) (Account, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (a Account, err error) {
		if a.User, err = tx.User(by.UserID); err != nil {
			return a, err
		}
		a.User.PasswordHash = ""
		if a.OTP, err = tx.OTP(by.UserID); err != nil {
			return a, err
		}
		a.OTP.Secret = ""
		if a.Passkeys, err = tx.Passkeys(by.UserID); err != nil {
			return a, err
		}
		a.SignIns, err = tx.SignInsOf(by.UserID)
		return a, err
	})
}

// EndSignIn ends one of the caller's sessions, at once and for every token of
// it; another person's is not found.
func (n *Network) EndSignIn(ctx context.Context, by models.Actor, id models.SignInID) error {
	return n.db.WriteLocked(ctx, own(by), func(_ context.Context, tx *store.Tx) error {
		u, err := tx.User(by.UserID)
		if err != nil {
			return err
		}
		if err := tx.EndSignInOf(u.ID, id, "ended_by_user"); err != nil {
			return err
		}
		return logHome(tx, u, "sign_in.end")
	})
}
