package referral

import (
	"context"
	"errors"
	"fmt"

	"rapport/models"
	"rapport/models/store"
)

// pass is something that time brings in one practice. It reads the time from
// tx.Now and may run twice: the second time it finds nothing to do.
type pass struct {
	name string
	run  func(n *Network, ctx context.Context, tx *store.Tx) error
}

// passes has one line for each; they run in this order in every practice,
// each in a serializable transaction of its own.
var passes = []pass{
	{"lapse change requests", (*Network).lapseChangeRequests},
	{"suspend uncountersigned orders", (*Network).suspendUncountersigned},
	{"ending orders", (*Network).warnEndingOrders},
	{"expire referrals", (*Network).expireReferrals},
	{"worklists", (*Network).keepWorklists},
}

// RunPasses runs every pass once. One that fails in a practice does not keep
// the others from running; all failures are returned together.
func (n *Network) RunPasses(ctx context.Context) error {
	var practices []models.PracticeID
	err := n.db.Write(ctx, models.System(""), func(_ context.Context, tx *store.Tx) (err error) {
		if err = tx.ForgetAnswers(); err != nil {
			return err
		}
		if err = tx.CloseExpiredLinks(); err != nil {
			return err
		}
		if err = tx.ForgetSignIns(tx.Now().Add(-models.SignInMemory)); err != nil {
			return err
		}
		practices, err = tx.PracticesAtWork() // what a suspended one missed comes when it is resumed
		return err
	})
	errs := []error{err, n.tellTurnedAway(ctx), n.indexDirectory(ctx)}
	for _, p := range practices {
		for _, pass := range passes {
			if ctx.Err() != nil {
				return errors.Join(append(errs, ctx.Err())...)
			}
			err := n.db.Write(ctx, models.System(p), func(ctx context.Context, tx *store.Tx) error { return pass.run(n, ctx, tx) })
			if err != nil {
				errs = append(errs, fmt.Errorf("pass %s in practice %s: %w", pass.name, p, err))
			}
		}
	}
	return errors.Join(errs...)
}

// indexBatch is how many names one transaction indexes: others wait no longer
// than for that.
const indexBatch = 500

// indexDirectory makes findable by their words the providers who were written
// before there was a search index. What one run does not reach the next does.
func (n *Network) indexDirectory(ctx context.Context) error {
	for ctx.Err() == nil {
		var found int
		err := n.db.Write(ctx, models.System(models.NetworkPractice), func(_ context.Context, tx *store.Tx) (err error) {
			found, err = tx.IndexRest(indexBatch)
			return err
		})
		if err != nil || found < indexBatch {
			return err
		}
	}
	return ctx.Err()
}
