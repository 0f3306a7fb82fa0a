package api_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store"
)

// TestAProviderTurnsThePagesOfTheirLists by the cursor that each page gives: a
// cursor of theirs for this list, whole, and no other.
func TestAProviderTurnsThePagesOfTheirLists(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := newBusy(t, engine, 3)
			p.Write(func(tx *store.Tx) (err error) {
				for i, o := range p.orders {
					b := models.Booking{ID: models.BookingID(p.NewID()), ClientID: o.ClientID, PrescriptionID: o.ID, SeriesID: o.SeriesID, TherapistID: p.Therapist.UserID,
						StartsAt: p.Clock.Now().Add(time.Duration(i) * time.Hour).Truncate(time.Second), LocalDate: "2026-03-02", Minutes: 30, State: models.BookingBooked,
						CreatedAt: p.Clock.Now(), Version: 1}
					err = errors.Join(err, tx.GrantOnce("prescription", string(o.ID), p.Provider.ID), tx.AddBooking(b))
				}
				return err
			})
			doctor, cursors := p.server.As(p.Doctor), map[string]string{}
			for _, list := range []string{"/api/v1/clients?limit=1", "/api/v1/bookings?limit=1"} {
				var seen []string
				for cursor := ""; len(seen) <= 3; {
					page := doctor.Get(list + "&cursor=" + cursor).Want(200)
					seen = append(seen, page.Text("items.0.id"))
					next, more := page.At("next_cursor").(string)
					if !more {
						break
					}
					if cursor = next; strings.Contains(cursor, string(p.Practice.ID)) {
						t.Errorf("%s: the cursor tells %s", list, cursor)
					}
					cursors[list] = cursor
				}
				if slices.Sort(seen); len(slices.Compact(seen)) != 3 {
					t.Errorf("%s: %q", list, seen)
				}
			}
			for list, other := range map[string]string{"/api/v1/clients?limit=1": cursors["/api/v1/bookings?limit=1"], "/api/v1/bookings?limit=1": cursors["/api/v1/clients?limit=1"]} {
				own := cursors[list]
				doctor.Get(list + "&cursor=" + own).Want(200)
				for _, bad := range []string{other, own[:len(own)-4], "MDE5NmUwMDA", strings.Repeat("A", len(own))} {
					doctor.Get(list+"&cursor="+bad).Refused(422, "cursor.invalid")
				}
				p.server.As(p.Doctor2).Get(list+"&cursor="+own).Refused(422, "cursor.invalid")
			}
		})
	}
}
