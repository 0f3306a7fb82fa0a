package referral_test

import (
	"context"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store/storetest"
)

// TestPassesForgetSignInsAMonthAfterTheyRanOut: not a day earlier, and with
// their refresh tokens.
func TestPassesForgetSignInsAMonthAfterTheyRanOut(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := withPassword(t, w)
		if _, err := n.SignIn(ctx, nobody, olga, olgasPassword, ""); err != nil {
			t.Fatal(err)
		}
		left := func() (rows int) {
			t.Helper()
			if err := n.RunPasses(ctx); err != nil {
				t.Fatal(err)
			}
			if err := w.OwnerDB.QueryRow("SELECT (SELECT COUNT(*) FROM sign_ins) + (SELECT COUNT(*) FROM refresh_tokens)").Scan(&rows); err != nil {
				t.Fatal(err)
			}
			return rows
		}
		w.Clock.Advance(models.APILife + models.SignInMemory - time.Hour)
		if got := left(); got != 2 {
			t.Errorf("%d rows within the month, want 2", got)
		}
		w.Clock.Advance(2 * time.Hour)
		if got := left(); got != 0 {
			t.Errorf("%d rows after it, want none", got)
		}
	})
}
