package referral

import (
	"strings"
	"testing"

	"rapport/models"
)

func TestTheWordsOfAReleaseAndOfADeliveryAreSealed(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		const event, note = "My care under this order ends", "Her employer has opened it"
		release := c.signed(t, everything, func(x *models.ReleaseTerms) { x.ExpiryEvent = event })
		d := c.send(t, c.written(t).ID, models.ByLink)
		if _, err := c.net.Misdirected(c.ctx, c.Therapist, d.ID, note); err != nil {
			t.Fatal(err)
		}
		behind, err := c.OwnerDB.Begin()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = behind.Rollback() }()
		if c.DB.Engine() == "postgres" {
			if _, err := behind.Exec("SELECT set_config('app.practice', $1, true)", string(c.Practice.ID)); err != nil {
				t.Fatal(err)
			}
		}
		for _, query := range []string{"SELECT expiry_event FROM releases", "SELECT note FROM delivery_events WHERE note IS NOT NULL"} {
			rows, err := behind.Query(query)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for ; rows.Next(); n++ {
				var kept []byte
				if err := rows.Scan(&kept); err != nil {
					t.Fatal(err)
				}
				if len(kept) == 0 || strings.Contains(string(kept), "care under") || strings.Contains(string(kept), "employer") {
					t.Errorf("%s: %q", query, kept)
				}
			}
			if err := rows.Err(); err != nil || n == 0 {
				t.Errorf("%s: %d rows, %v", query, n, err)
			}
		}
		if err := behind.Rollback(); err != nil {
			t.Fatal(err)
		}
		seen := c.delivery(t, d.ID)
		if got := seen.Events[len(seen.Events)-1].Note; got != note || release.ExpiryEvent != event {
			t.Errorf("read back %q and %q", got, release.ExpiryEvent)
		}
	})
}
