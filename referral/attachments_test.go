package referral_test

import (
	"fmt"
	"testing"
	"time"

	"rapport/models/fault"
)

func TestAScanNeverJoinsAConcurrentlySubmittedOrder(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		draft := o.writes(o.neckOnly())
		submission, err := o.OwnerDB.Begin()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = submission.Rollback() }()
		do := func(statement string, id any) {
			t.Helper()
			if _, err := submission.Exec(fmt.Sprintf(statement, id)); err != nil {
				t.Fatal(err)
			}
		}
		if o.DB.Engine() == "postgres" {
			do("SELECT set_config('app.practice', '%s', true)", o.Practice.ID)
		}
		do("UPDATE order_series SET used = used WHERE id = '%s'", draft.SeriesID)
		attached := make(chan error, 1)
		go func() {
			_, err := o.net.AttachScan(o.ctx, o.Doctor, draft.ID, scan())
			attached <- err
		}()
		time.Sleep(300 * time.Millisecond) // it has read the draft and waits for the series
		do("UPDATE prescriptions SET status = 'submitted' WHERE id = '%s'", draft.ID)
		if err := submission.Commit(); err != nil {
			t.Fatal(err)
		}
		refusedWith(t, <-attached, fault.Conflict, "order.frozen")
	})
}
