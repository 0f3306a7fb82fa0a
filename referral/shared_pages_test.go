package referral

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store"
)

// crowd adds clients with a release to the doctor as the pattern's, for these
// kinds, and with one signed session each, the first one's the newest.
func (c *clinic) crowd(t *testing.T, pattern ReleaseView, n int, name string, newest time.Time, kinds ...models.Category) (all []models.Client) {
	t.Helper()
	c.Write(func(tx *store.Tx) error {
		r, err := tx.Release(pattern.ID)
		if err != nil {
			return err
		}
		for i := range n {
			who := models.Client{ID: models.ClientID(c.NewID()), PracticeID: c.Practice.ID, Name: models.PersonName{Given: name, Family: fmt.Sprintf("%04d", i)},
				BirthDate: "1984-05-17", State: models.ClientActive, CreatedAt: c.Clock.Now(), Version: 1}
			r.ID, r.ClientID, r.Categories, r.Status, r.Version = models.ReleaseID(c.NewID()), who.ID, kinds, models.ReleaseDraft, 1
			at := newest.Add(-time.Duration(i) * time.Minute)
			s := models.Session{ID: models.SessionID(c.NewID()), PracticeID: c.Practice.ID, ClientID: who.ID, TherapistID: c.Therapist.UserID, Kind: models.SelfPay,
				State: models.NoteSigned, StartedAt: at, LocalDate: models.DateOf(at, c.Practice.Location()), Minutes: 30, SignedAt: &at, SignedBy: c.Therapist.UserID,
				CreatedBy: c.Therapist.UserID, CreatedAt: at, Version: 1}
			s.ContentSHA256 = s.ContentHash()
			if err := errors.Join(tx.AddClient(who), tx.AddRelease(r), tx.SignRelease(r), tx.GrantOnce("release", string(r.ID), c.Provider.ID), tx.AddSession(s)); err != nil {
				return err
			}
			all = append(all, who)
		}
		return nil
	})
	return all
}

// TestWhoComesAfterManyThatAreNotShownIsFound by the visits, by the bookings and
// by name: with more clients than one round reads, of whom the gate shows none,
// and none of whom a cursor tells.
func TestWhoComesAfterManyThatAreNotShownIsFound(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.granted()
		pattern := c.signed(t, of(models.CategorySessionNotes))
		now := c.Clock.Now().Truncate(time.Second)
		hidden := c.crowd(t, pattern, 3*readAtLeast+7, "Bo", now, models.CategoryMeasures)
		seen := c.crowd(t, pattern, 3, "Zoe", now.AddDate(0, 0, -3), models.CategorySessionNotes)
		hidden = append(hidden, c.crowd(t, pattern, 4, "Cy", now.AddDate(0, 0, -5), models.CategoryHIV)...)
		var got []models.ClientID
		page := models.Page{Limit: 2}
		for {
			l, err := c.net.Sessions(c.ctx, c.Doctor, SessionFilter{}, page)
			if err != nil || len(l.Items) > 2 {
				t.Fatalf("%d sessions, %v", len(l.Items), err)
			}
			for _, s := range l.Items {
				got = append(got, s.ClientID)
			}
			if page.Cursor = l.NextCursor; page.Cursor == "" {
				break
			}
		}
		if want := []models.ClientID{seen[0].ID, seen[1].ID, seen[2].ID}; !slices.Equal(got, want) {
			t.Errorf("sessions of %q, want %q", got, want)
		}
		on := c.behind(t)
		lines := column[string](t, on, "SELECT client_id FROM disclosures")
		if slices.ContainsFunc(hidden, func(x models.Client) bool { return slices.Contains(lines, string(x.ID)) }) {
			t.Error("the ledger has a line about a client of whom nothing was shown")
		}
		if last := string(seen[2].ID); !slices.Contains(lines, last) {
			t.Error("the ledger has no line about a client who was listed")
		}
		runs(t, on, "UPDATE releases SET status = 'revoked', revoked_at = signed_at WHERE client_id IN (SELECT id FROM clients WHERE given = 'Bo')")
		got, page = nil, models.Page{Limit: 2}
		for {
			l, err := c.net.Clients(c.ctx, c.Doctor, "", page)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range l.Items {
				got = append(got, x.ID)
			}
			if page.Cursor = l.NextCursor; page.Cursor == "" {
				break
			}
		}
		if want := []models.ClientID{seen[0].ID, seen[1].ID, seen[2].ID, c.client.ID}; !slices.Equal(got, want) {
			t.Errorf("clients %q, want %q", got, want)
		}
	})
}

// TestBookingsOfManyAreReadAPageAtATime: each once, in the order of their time,
// and those under others' orders not at all.
func TestBookingsOfManyAreReadAPageAtATime(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.granted()
		var want []models.BookingID
		c.Write(func(tx *store.Tx) error {
			other := c.order
			other.ID, other.SeriesID, other.PrescriberID = models.PrescriptionID(c.NewID()), models.SeriesID(c.NewID()), c.Provider2.ID
			err := errors.Join(tx.AddSeries(models.Series{ID: other.SeriesID, ClientID: other.ClientID, CurrentID: other.ID, Allowed: 12}), tx.AddPrescription(other))
			for i := range 2*readAtLeast + 3 {
				under, at := c.order, c.Clock.Now().Truncate(time.Second).Add(time.Duration(i)*time.Hour)
				if i%2 > 0 {
					under = other
				}
				b := models.Booking{ID: models.BookingID(c.NewID()), ClientID: under.ClientID, PrescriptionID: under.ID, SeriesID: under.SeriesID, TherapistID: c.Therapist.UserID,
					StartsAt: at, LocalDate: models.DateOf(at, c.Practice.Location()), Minutes: 30, State: models.BookingBooked, CreatedAt: c.Clock.Now(), Version: 1}
				if err = errors.Join(err, tx.AddBooking(b)); i%2 == 0 {
					want = append(want, b.ID)
				}
			}
			return err
		})
		var got []models.BookingID
		page := models.Page{Limit: 7}
		for {
			l, err := c.net.Bookings(c.ctx, c.Doctor, BookingFilter{State: models.BookingBooked}, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range l.Items {
				got = append(got, b.ID)
			}
			if page.Cursor = l.NextCursor; page.Cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d bookings, want %d", len(got), len(want))
		}
		r := c.signed(t, of(models.CategorySessionNotes))
		c.revoke(t, r)
		if l, err := c.net.Bookings(c.ctx, c.Doctor, BookingFilter{}, models.Page{Limit: 7}); err != nil || len(l.Items) != 0 {
			t.Errorf("after the release was revoked: %d bookings, %v", len(l.Items), err)
		}
	})
}

// TestAPageCostsTheSameAmongManyClients in statements, and in what those are
// given: the clients whose releases are held, the visits that are read, the
// lines that are written.
func TestAPageCostsTheSameAmongManyClients(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.granted()
		pattern := c.signed(t, of(models.ReportCategories()...))
		reads := map[string]func() error{
			"sessions": func() error {
				_, err := c.net.Sessions(c.ctx, c.Doctor, SessionFilter{}, models.Page{Limit: 10})
				return err
			},
			"bookings": func() error {
				_, err := c.net.Bookings(c.ctx, c.Doctor, BookingFilter{}, models.Page{Limit: 10})
				return err
			},
			"clients": func() error { _, err := c.net.Clients(c.ctx, c.Doctor, "", models.Page{Limit: 10}); return err },
		}
		cost := func(f func() error) (statements, parameters int) {
			parameters = c.Parameters(func() {
				statements = c.Statements(func() {
					if err := f(); err != nil {
						t.Fatal(err)
					}
				})
			})
			return statements, parameters
		}
		now := c.Clock.Now().Truncate(time.Second)
		c.crowd(t, pattern, 10, "Ana", now, models.CategorySessionNotes)
		few, some := map[string]int{}, map[string]int{}
		for name, f := range reads {
			few[name], _ = cost(f)
		}
		c.crowd(t, pattern, readAtLeast, "Bea", now, models.CategorySessionNotes)
		for name, f := range reads {
			_, some[name] = cost(f)
		}
		c.crowd(t, pattern, 440, "Cleo", now, models.CategorySessionNotes)
		for name, f := range reads {
			n, given := cost(f)
			if n != few[name] {
				t.Errorf("%s: %d statements with 10 clients, %d with 500", name, few[name], n)
			}
			if given != some[name] {
				t.Errorf("%s: %d parameters with %d clients, %d with 500", name, some[name], readAtLeast+10, given)
			}
		}
		t.Logf("statements %v, parameters %v", few, some)
	})
}

// TestAListOfOwnOrdersIsOneLineForEachClient, in the ledger and on the trail, and
// asks as much for many orders as for a few.
func TestAListOfOwnOrdersIsOneLineForEachClient(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.granted()
		write := func(n int, of models.ClientID) {
			c.Write(func(tx *store.Tx) (err error) {
				for range n {
					o := c.order
					o.ID, o.SeriesID, o.ClientID = models.PrescriptionID(c.NewID()), models.SeriesID(c.NewID()), of
					err = errors.Join(err, tx.AddSeries(models.Series{ID: o.SeriesID, ClientID: o.ClientID, CurrentID: o.ID, Allowed: 12}), tx.AddPrescription(o),
						tx.Grant("prescription", string(o.ID), c.Provider.ID))
				}
				return err
			})
		}
		on := c.behind(t)
		look := func(q OrderQuery, orders, clients int) (statements int) {
			t.Helper()
			events := column[int](t, on, "SELECT COUNT(*) FROM audit_events")[0]
			lines := column[int](t, on, "SELECT COUNT(*) FROM disclosures")[0]
			statements = c.Statements(func() {
				l, err := c.net.Prescriptions(c.ctx, c.Doctor, q, models.Page{Limit: 50})
				if err != nil || len(l.Items) != orders || !slices.IsSortedFunc(l.Items, func(a, b models.OrderView) int { return strings.Compare(string(b.ID), string(a.ID)) }) {
					t.Fatalf("%d orders, want %d in their order, %v", len(l.Items), orders, err)
				}
			})
			if n := column[int](t, on, "SELECT COUNT(*) FROM disclosures")[0] - lines; n != clients {
				t.Errorf("%d lines in the ledger, want %d", n, clients)
			}
			if n := column[int](t, on, "SELECT COUNT(*) FROM audit_events")[0] - events; n != clients+1 {
				t.Errorf("%d events on the trail, want %d", n, clients+1)
			}
			return statements
		}
		few := look(OrderQuery{}, 1, 1)
		write(3, c.client.ID)
		for i := range 30 {
			write(1, c.Client("Ana", fmt.Sprint("Silva ", i)).ID)
		}
		if n := look(OrderQuery{}, 34, 31); n != few {
			t.Errorf("%d statements for one order, %d for 34", few, n)
		}
		look(OrderQuery{Status: models.OrderActive}, 34, 31)
		look(OrderQuery{Status: models.OrderCompleted}, 0, 0)
		look(OrderQuery{ClientID: c.client.ID}, 4, 1)
		r := c.signed(t)
		c.revoke(t, r)
		look(OrderQuery{Status: models.OrderActive}, 30, 30) // the ended ones fit no status
		look(OrderQuery{}, 34, 31)
		t.Logf("%d statements", few)
	})
}
