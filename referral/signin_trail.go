package referral

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"sync"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// own is the actor of a verb on their own account, which belongs to the person
// and not to the place where they act: no practice bounds it.
func own(by models.Actor) models.Actor {
	by.VouchedBy = nil
	return by
}

// logHome puts what concerns an account on the trail of the user's first
// practice, or of the network where they have none.
func logHome(tx *store.Tx, u models.User, action string) error {
	home := models.NetworkPractice
	for _, p := range u.Places() {
		if p.PracticeID != "" {
			home = p.PracticeID
			break
		}
	}
	if err := tx.Enter(home); err != nil {
		return err
	}
	tx.Log(action, "user", string(u.ID), "", "")
	return nil
}

// writtenStrangers is how many failures for accounts that nobody has are each
// written in a day; after them only every doubling is. The throttle bounds what
// one account or one address can write, this bounds all of them together.
const writtenStrangers = 100

// failed counts a failed attempt and puts it on the trail: of a known account
// on its home practice, else on the network, where no address is named. What
// the throttle turns away is not written here.
func (p proof) failed(tx *store.Tx, code string) error {
	pause, err := tx.CountFailure(p.subjects)
	if err != nil {
		return err
	}
	if p.user.ID != "" {
		err = logHome(tx, p.user, "sign_in")
	} else {
		err = logStranger(tx)
	}
	if err != nil {
		return err
	}
	tx.Refuse(code)
	if pause > 0 && p.user.ID != "" {
		tx.Log("sign_in.pause", "user", string(p.user.ID), "", fmt.Sprintf("seconds:%d", int(pause.Seconds())))
	}
	return nil
}

func logStranger(tx *store.Tx) error {
	n, err := tx.CountStrangers()
	if err != nil || n > writtenStrangers && bits.OnesCount(uint(n)) != 1 {
		return err
	}
	if err := tx.Enter(models.NetworkPractice); err != nil {
		return err
	}
	tx.Log("sign_in", "user", "", "", fmt.Sprintf("unknown account, today:%d", n))
	return nil
}

// keeping runs f in a transaction whose writes stay when f refuses by stands: a
// wrong code is counted.
func (n *Network) keeping(ctx context.Context, by models.Actor, f func(*store.Tx) error) error {
	var kept *standing
	err := n.db.WriteLocked(ctx, own(by), func(_ context.Context, tx *store.Tx) error {
		kept = nil
		err := f(tx)
		if errors.As(err, &kept) {
			return nil
		}
		return err
	})
	if err == nil && kept != nil {
		return kept.refusal
	}
	return n.away.seen(err)
}

// turnedAway counts the attempts that the throttle refused unseen. Each of them
// would be a write that an attacker asks for; they are told to the trail
// together, when time passes.
type turnedAway struct {
	mu       sync.Mutex
	attempts int
}

// seen counts a refusal of the throttle and returns every error as it is.
func (t *turnedAway) seen(err error) error {
	if errors.Is(err, fault.RateLimited) {
		t.add(1)
	}
	return err
}

func (t *turnedAway) add(attempts int) { t.mu.Lock(); t.attempts += attempts; t.mu.Unlock() }

func (t *turnedAway) take() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.attempts
	t.attempts = 0
	return n
}

// tellTurnedAway puts the count on the network's trail; what cannot be written
// is counted on.
func (n *Network) tellTurnedAway(ctx context.Context) error {
	attempts := n.away.take()
	if attempts == 0 {
		return nil
	}
	err := n.db.WriteLocked(ctx, models.System(models.NetworkPractice), func(_ context.Context, tx *store.Tx) error {
		tx.Log("sign_in.turn_away", "user", "", "", fmt.Sprintf("attempts:%d", attempts))
		return nil
	})
	if err != nil {
		n.away.add(attempts)
	}
	return err
}
