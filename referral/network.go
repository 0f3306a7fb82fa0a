// Package referral is what people do in the network: one method for each verb,
// one transaction in each method. It decides who may, asks the pure rules of
// models, writes through models/store, and promises what must be sent by jobs
// in the same transaction. Nothing leaves the process from here.
package referral

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"reflect"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// Config is what a Network is wired with.
type Config struct {
	PublicURL string           // links in mails begin with it
	Now       func() time.Time // for what happens outside transactions
	Random    io.Reader        // tokens
	Log       *slog.Logger
}

// Network holds the verbs.
type Network struct {
	db     *store.DB
	cfg    Config
	tokens Tokens
	hash   Passwords
	keys   keysLoaded
	away   turnedAway
}

// Tokens issues and checks access tokens with the keys it was handed.
type Tokens interface {
	Issue(user models.UserID, signIn models.SignInID) (token string, expiresIn int, err error)
	Verify(token string) (user models.UserID, signIn models.SignInID, err error)
	NewKey(state models.KeyState) (models.SigningKey, error)
	Use(keys []models.SigningKey) error
}

// Passwords hashes and checks passwords, a few at a time.
type Passwords interface {
	Hash(ctx context.Context, password string) (string, error)
	Matches(ctx context.Context, password, hash string) (bool, error)
}

// New wires a Network.
func New(db *store.DB, tokens Tokens, passwords Passwords, cfg Config) *Network {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Network{db: db, cfg: cfg, tokens: tokens, hash: passwords}
}

// DB is for cmd and tests: verify, backup, keys.
func (n *Network) DB() *store.DB { return n.db }

type begin func(context.Context, models.Actor, func(context.Context, *store.Tx) error) error

// decide runs a verb that decides on more than locked rows: serializable.
func decide[T any](ctx context.Context, n *Network, by models.Actor, f func(context.Context, *store.Tx) (T, error)) (T, error) {
	return verb(ctx, n, n.db.Write, by, f)
}

// locked runs a verb that first locks the rows it decides on: counting verbs,
// audited reads, gate decisions.
func locked[T any](ctx context.Context, n *Network, by models.Actor, f func(context.Context, *store.Tx) (T, error)) (T, error) {
	return verb(ctx, n, n.db.WriteLocked, by, f)
}

// look runs a read that needs no audit.
func look[T any](ctx context.Context, n *Network, by models.Actor, f func(context.Context, *store.Tx) (T, error)) (T, error) {
	return reading(ctx, n.db.Read, by, f)
}

func reading[T any](ctx context.Context, open begin, by models.Actor, f func(context.Context, *store.Tx) (T, error)) (T, error) {
	var v T
	err := open(ctx, by, func(ctx context.Context, tx *store.Tx) (err error) {
		v, err = f(ctx, tx)
		return err
	})
	return v, err
}

// standing is a refusal whose writes stay: a wrong birth date spends a try.
type standing struct{ refusal *fault.Error }

func (s *standing) Error() string { return s.refusal.Error() }

// stands makes a refusal standing.
func stands(refusal *fault.Error) error { return &standing{refusal} }

// verb runs f in one transaction. With an Idempotency-Key the first answer is
// kept with the verb's own commit and given again, to an outsider only as far
// as the gate lets it through now; a refusal is decided anew.
// What f logged before refusing is put on the trail with the refusal's code,
// and what the gate refused into the ledger.
func verb[T any](ctx context.Context, n *Network, open begin, by models.Actor, f func(context.Context, *store.Tx) (T, error)) (T, error) {
	var v T
	err := n.act(ctx, open, by, &v, func(ctx context.Context, tx *store.Tx) (err error) {
		v, err = f(ctx, tx)
		return err
	})
	return v, err
}

// act is verb for an answer of any type, which f leaves at the address.
func (n *Network) act(ctx context.Context, open begin, by models.Actor, answer any, f func(context.Context, *store.Tx) error) error {
	var trail []models.AuditEvent
	var told []models.Disclosure
	var kept *standing
	v := reflect.ValueOf(answer).Elem()
	err := open(ctx, by, func(ctx context.Context, tx *store.Tx) error {
		v.SetZero()
		trail, told, kept = nil, nil, nil
		idem, keyed := models.IdempotencyOf(ctx)
		if keyed {
			if seen, err := tx.Replay(idem, answer); seen || err != nil {
				if err == nil {
					err = n.stillShown(tx, by, answer)
				}
				if err != nil {
					v.SetZero()
					trail, told = tx.Trail(), tx.Told()
				}
				return err
			}
		}
		err := f(ctx, tx)
		if errors.As(err, &kept) {
			tx.Refuse(kept.refusal.Code)
			if keyed {
				return tx.Unclaim(idem)
			}
			return nil
		}
		trail, told = tx.Trail(), tx.Told()
		if err == nil && keyed {
			err = tx.Answer(idem, v.Interface())
		}
		return err
	})
	if err == nil && kept != nil {
		return kept.refusal
	}
	if err != nil && !errors.Is(err, fault.Unavailable) && len(trail) > 0 {
		if e := n.refused(ctx, by, trail, told, fault.CodeOf(err)); e != nil {
			return fault.New(fault.Unavailable, "audit.unavailable", "The audit trail cannot be written, so nothing is answered. Try again.").Because(errors.Join(err, e))
		}
	}
	return err
}

// stillShown asks the gate again before an outsider is given an answer about an
// order, a referral or a wish once more: after the release ended it shows what a fresh read would.
func (n *Network) stillShown(tx *store.Tx, by models.Actor, answer any) error {
	if !by.Outsider() {
		return nil
	}
	switch a := answer.(type) {
	case *models.OrderView:
		_, err := visibleOrder(tx, by, a.ID)
		if err == nil {
			*a, err = n.shown(tx, by, *a)
		}
		return err
	case *models.ReferralView:
		r, err := heldReferral(tx, by, a.ID)
		if err == nil {
			*a, err = n.referralView(tx, by, r)
		}
		return err
	case *models.RequestLine:
		if err := tx.EnterByGrant("document_request", string(a.ID), "request"); err != nil {
			return err
		}
		r, err := tx.LockDocumentRequest(a.ID)
		if err == nil {
			tx.Log("document_request.read", "document_request", string(a.ID), r.ClientID, "")
			*a, err = n.shownRequest(tx, r, "Asked for a document")
		}
		return err
	case *models.ChangeSheet:
		_, err := visibleChange(tx, by, a.Request.ID)
		if err == nil {
			a.Order, err = n.shown(tx, by, a.Order)
		}
		a.Request = toldChange(by, a.Request, a.Order.Ended)
		return err
	}
	return nil
}

func (n *Network) refused(ctx context.Context, by models.Actor, trail []models.AuditEvent, told []models.Disclosure, code string) error {
	return n.db.WriteLocked(ctx, by, func(_ context.Context, tx *store.Tx) error {
		tx.AppendRefused(trail, told, code)
		return nil
	})
}
