package referral

import (
	"context"
	"errors"
	"io"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// TokenPair is what a sign-in to the API gives: an access token for minutes and
// a refresh token that works once.
type TokenPair struct {
	AccessToken  string
	ExpiresIn    int // seconds
	RefreshToken string
}

// secret draws 256 bits for a token that is stored hashed.
func (n *Network) secret() (string, error) {
	b := make([]byte, models.TokenBytes)
	_, err := io.ReadFull(n.cfg.Random, b)
	return models.Token(b), err
}

// proof is a user whose password was right.
type proof struct {
	user     models.User
	subjects []models.Throttle
}

// settle is the first thing that the transaction of somebody signed in does
// after their password: attempts that waited in line while the account was
// closed do not pass. With a second factor the password alone forgets nothing:
// wrong codes would be counted anew as often as somebody likes.
func (p proof) settle(tx *store.Tx) (models.User, error) {
	o, err := tx.LockOTP(p.user.ID)
	if err != nil {
		return p.user, err
	}
	if err := tx.Throttled(p.subjects); err != nil || o.On() {
		return p.user, err
	}
	return p.user, tx.ForgetFailures(p.subjects[0])
}

var errWrongPassword = fault.New(fault.Unauthenticated, "sign_in.failed", "The e-mail address or the password is wrong.")

// prove checks a password outside every transaction, because it takes long.
// Unknown and disabled accounts cost the same work and get the same answer.
func (n *Network) prove(ctx context.Context, by models.Actor, email, password string) (proof, error) {
	p := proof{subjects: models.Throttles(email, by.IP)}
	err := n.db.Read(ctx, by, func(_ context.Context, tx *store.Tx) error {
		if err := tx.Throttled(p.subjects); err != nil {
			return err
		}
		var err error
		p.user, err = tx.UserByEmail(models.NormalEmail(email))
		if errors.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return proof{}, n.away.seen(err)
	}
	ok, err := n.hash.Matches(ctx, password, p.user.PasswordHash)
	if err != nil {
		return proof{}, err
	}
	if ok && !p.user.Disabled {
		return p, nil
	}
	err = n.db.WriteLocked(ctx, own(by), func(_ context.Context, tx *store.Tx) error { return p.failed(tx, errWrongPassword.Code) })
	if err != nil {
		return proof{}, n.away.seen(err)
	}
	return proof{}, errWrongPassword
}

// SignIn gives tokens for an e-mail address and a password, and a code where
// the account has a second factor: 401 sign_in.failed, otp.required, otp.wrong,
// and 429 sign_in.throttled after too many failures.
func (n *Network) SignIn(ctx context.Context, by models.Actor, email, password, code string) (TokenPair, error) {
	p, err := n.prove(ctx, by, email, password)
	if err != nil {
		return TokenPair{}, err
	}
	return n.begin(ctx, by, p.enter(code))
}

// begin opens an API session for the user that first returns, in its transaction.
func (n *Network) begin(ctx context.Context, by models.Actor, first func(*store.Tx) (models.User, error)) (TokenPair, error) {
	refresh, err := n.secret()
	if err != nil {
		return TokenPair{}, err
	}
	var id models.SignInID
	var u models.User
	err = n.keeping(ctx, by, func(tx *store.Tx) (err error) {
		if u, err = first(tx); err != nil {
			return err
		}
		id = models.SignInID(tx.NewID())
		err = tx.AddSignIn(models.SignIn{ID: id, UserID: u.ID, Realm: models.RealmAPI, SecretHash: "api:" + string(id),
			SecurityStamp: u.SecurityStamp, Agent: by.Agent, ExpiresAt: tx.Now().Add(models.APILife)})
		if err != nil {
			return err
		}
		if err := mayEnter(tx, u, id); err != nil {
			return err
		}
		if err := tx.AddRefresh(refresh, id, tx.Now().Add(models.RefreshLife)); err != nil {
			return err
		}
		return logHome(tx, u, "sign_in.api")
	})
	if err != nil {
		return TokenPair{}, err
	}
	return n.pair(ctx, u.ID, id, refresh)
}

// mayEnter refuses a session to somebody all of whose places are suspended.
func mayEnter(tx *store.Tx, u models.User, id models.SignInID) error {
	s, err := tx.StandingOf(u.ID, id)
	if err == nil {
		_, err = s.Actor("")
	}
	return err
}

func (n *Network) pair(ctx context.Context, user models.UserID, id models.SignInID, refresh string) (TokenPair, error) {
	access, seconds, err := n.issue(ctx, user, id)
	return TokenPair{AccessToken: access, ExpiresIn: seconds, RefreshToken: refresh}, err
}

// Refresh gives a new pair for a refresh token, which dies with it. A token
// used before ends the whole session: 401 refresh.reused.
func (n *Network) Refresh(ctx context.Context, by models.Actor, refresh string) (TokenPair, error) {
	next, err := n.secret()
	if err != nil {
		return TokenPair{}, err
	}
	var id models.SignInID
	var user models.UserID
	var reused bool
	err = n.db.WriteLocked(ctx, by, func(_ context.Context, tx *store.Tx) (err error) {
		if id, user, reused, err = tx.SpendRefresh(refresh); err != nil {
			return err
		}
		s, err := tx.StandingOf(user, id)
		if err != nil {
			return err
		}
		if reused {
			return endReused(tx, s)
		}
		if err := s.Live(models.RealmAPI, tx.Now()); err != nil {
			return err
		}
		return tx.AddRefresh(next, id, earlier(s.SignIn.ExpiresAt, tx.Now().Add(models.RefreshLife)))
	})
	if err != nil {
		return TokenPair{}, err
	}
	if reused {
		return TokenPair{}, fault.New(fault.Unauthenticated, "refresh.reused", "This refresh token was used before, so the session was ended. Sign in again.")
	}
	return n.pair(ctx, user, id, next)
}

// endReused ends the session of a refresh token that came twice. It goes on the
// trail once: whoever sends a dead token again and again writes nothing.
func endReused(tx *store.Tx, s models.Standing) error {
	if s.SignIn.EndedAt != nil {
		return nil
	}
	if err := tx.EndSignIn(s.SignIn.ID, "refresh_reused"); err != nil {
		return err
	}
	if err := logHome(tx, s.User, "refresh.use"); err != nil {
		return err
	}
	tx.Refuse("refresh.reused")
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// SignOut ends the caller's own session, at once and for every token of it.
func (n *Network) SignOut(ctx context.Context, by models.Actor) error {
	return n.db.WriteLocked(ctx, own(by), func(_ context.Context, tx *store.Tx) error {
		s, err := tx.StandingOf(by.UserID, by.SignInID)
		if err != nil {
			return err
		}
		return signOut(tx, s)
	})
}

// signOut ends a session; one that ended before stays as it is.
func signOut(tx *store.Tx, s models.Standing) error {
	if s.SignIn.ID == "" || s.SignIn.EndedAt != nil {
		return nil
	}
	if err := tx.EndSignIn(s.SignIn.ID, "signed_out"); err != nil {
		return err
	}
	return logHome(tx, s.User, "sign_out."+string(s.SignIn.Realm))
}

// Authenticate turns an access token into the actor; user, session and roles
// are read in one statement at each request. wanted names a practice or a
// provider for a user with several places.
func (n *Network) Authenticate(ctx context.Context, token string, wanted models.PracticeID) (models.Actor, error) {
	user, id, err := n.verify(ctx, token)
	if err != nil {
		return models.Actor{}, err
	}
	return reading(ctx, n.db.Glance, models.Anonymous("", ""), func(_ context.Context, tx *store.Tx) (models.Actor, error) {
		s, err := tx.StandingOf(user, id)
		if err != nil {
			return models.Actor{}, err
		}
		if err := s.Live(models.RealmAPI, tx.Now()); err != nil {
			return models.Actor{}, err
		}
		return s.Actor(string(wanted))
	})
}

// Me is the caller with all roles, those of other places too.
func (n *Network) Me(ctx context.Context, by models.Actor) (models.User, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.User, error) { return tx.User(by.UserID) })
}
