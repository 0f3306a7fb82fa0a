package referral

import (
	"context"
	"errors"
	"sync"
	"time"

	"rapport/models"
	"rapport/models/store"
)

// keysLoaded remembers when the signing keys were read.
type keysLoaded struct {
	mu sync.Mutex
	at time.Time
}

// keysFresh is how long loaded keys sign unasked; keysAgain how soon an
// unknown key is looked up once more, so that forged key names cost nothing.
const (
	keysFresh = 5 * time.Minute
	keysAgain = 10 * time.Second
)

// loadKeys reads the signing keys when those in memory are older than age; the
// first server of a network makes them.
func (n *Network) loadKeys(ctx context.Context, age time.Duration) error {
	n.keys.mu.Lock()
	defer n.keys.mu.Unlock()
	if !n.keys.at.IsZero() && n.cfg.Now().Sub(n.keys.at) < age {
		return nil
	}
	var keys []models.SigningKey
	read := func(_ context.Context, tx *store.Tx) (err error) {
		keys, err = tx.SigningKeys()
		return err
	}
	err := n.db.Read(ctx, models.System(""), read)
	if err == nil && len(keys) == 0 {
		err = n.db.Write(ctx, models.System(""), func(ctx context.Context, tx *store.Tx) error {
			if err := read(ctx, tx); err != nil || len(keys) > 0 {
				return err
			}
			return n.addKeys(tx, &keys, models.KeyActive, models.KeyNext)
		})
	}
	if err == nil {
		err = n.tokens.Use(keys)
	}
	if err == nil {
		n.keys.at = n.cfg.Now()
	}
	return err
}

func (n *Network) addKeys(tx *store.Tx, keys *[]models.SigningKey, states ...models.KeyState) error {
	for _, s := range states {
		k, err := n.tokens.NewKey(s)
		if err != nil {
			return err
		}
		if err := tx.AddSigningKey(k); err != nil {
			return err
		}
		*keys = append(*keys, k)
	}
	return nil
}

// RotateSigningKeys retires the active key, lets the next one sign and draws
// another. Tokens in use stay valid; other servers follow within minutes.
func (n *Network) RotateSigningKeys(ctx context.Context, by models.Actor) error {
	if err := by.May(models.VerifyIntegrity); err != nil {
		return err
	}
	if err := n.loadKeys(ctx, 0); err != nil {
		return err
	}
	err := n.db.Write(ctx, by, func(_ context.Context, tx *store.Tx) error {
		if err := tx.TurnSigningKeys(tx.Now().Add(-time.Hour)); err != nil {
			return err
		}
		var keys []models.SigningKey
		return n.addKeys(tx, &keys, models.KeyNext)
	})
	if err != nil {
		return err
	}
	return n.loadKeys(ctx, 0)
}

// issue signs an access token.
func (n *Network) issue(ctx context.Context, user models.UserID, signIn models.SignInID) (string, int, error) {
	if err := n.loadKeys(ctx, keysFresh); err != nil {
		return "", 0, err
	}
	return n.tokens.Issue(user, signIn)
}

// verify checks an access token; a key that another server made meanwhile is
// looked up once.
func (n *Network) verify(ctx context.Context, token string) (models.UserID, models.SignInID, error) {
	user, id, err := n.tokens.Verify(token)
	if errors.Is(err, models.ErrUnknownKey) {
		if err := n.loadKeys(ctx, keysAgain); err != nil {
			return "", "", err
		}
		return n.tokens.Verify(token)
	}
	return user, id, err
}
