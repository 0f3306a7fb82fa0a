package referral

import (
	"context"
	"slices"
	"time"

	"rapport/models"
	"rapport/models/store"
)

// Of a client's sessions and reports, so many stand on their page.
const shownSessions, shownReports = 50, 20

// SharedView is one client as a provider sees them: each part as far as the
// release goes, and their own orders.
type SharedView struct {
	models.SharedClient
	TimeZone string
	Releases []ReleaseView // that name the provider, ended ones too
	Orders   []models.OrderView
	Sessions []models.SessionLine // with notes where they are released
	More     bool                 // sessions than stand here
	Booked   []models.BookingLine
	Measured []models.Measured
	Reports  []models.Report
}

// SharedClients finds the clients whom a provider may know, by name, practice
// by practice.
func (n *Network) SharedClients(ctx context.Context, by models.Actor, q string, page models.Page) (models.List[models.SharedClient], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.SharedClient], error) {
		return n.sharedClients(tx, by, q, page)
	})
}

// SharedClient is everything that a practice shares about one client with who
// asks: one line in the ledger for what the release shows, and one for the
// provider's own orders where the release does not cover their status.
func (n *Network) SharedClient(ctx context.Context, by models.Actor, at models.PracticeID, id models.ClientID) (SharedView, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (SharedView, error) {
		var v SharedView
		a, err := asksForShared(tx, by)
		if err != nil {
			return v, err
		}
		if v.SharedClient, err = a.find(tx, at, id, "", "client.read", "client", string(id)); err != nil {
			return v, err
		}
		v.TimeZone, v.Releases = a.practice.TimeZone, a.releasesTo(v.SharedClient, tx.Now())
		for _, part := range []func(*store.Tx, *SharedView) error{a.orders, a.visits, a.findings} {
			if err := part(tx, &v); err != nil {
				return v, err
			}
		}
		a.tell(tx, v.SharedClient, "Client’s page")
		if len(v.Orders) > 0 && v.Shared.Basis == models.BasisRelease && !v.Shared.Sees(models.CategoryPrescriptionStatus) {
			own := v.SharedClient
			own.Shared = own.Shared.ByOwn()
			a.tell(tx, own, "Own orders and their status")
		}
		return v, nil
	})
}

// releasesTo are the releases that name the provider, the newest first.
func (a *asking) releasesTo(c models.SharedClient, now time.Time) []ReleaseView {
	out := []ReleaseView{}
	for _, r := range slices.Backward(c.Shared.Named) {
		out = append(out, viewOf(r, a.practice, now).forProvider(a.ask.ProviderID))
	}
	return out
}

// shownOrders are the orders that stand on a client's page: neither drafts nor
// those that another version followed.
var shownOrders = []models.PrescriptionStatus{models.OrderSubmitted, models.OrderActive, models.OrderSuspended, models.OrderDeclined, models.OrderRevoked,
	models.OrderEnteredInError}

// orders are the provider's own about the client.
func (a *asking) orders(tx *store.Tx, v *SharedView) error {
	own := models.Ask{ClientID: v.ID, Prescriber: a.ask.ProviderID, Categories: []models.Category{models.CategoryPrescriptionStatus}, Purpose: models.PurposeCoordination}
	if _, verdict := a.judge(own); verdict.Ended {
		return nil
	}
	l, err := tx.Prescriptions(store.OrderFilter{ClientID: v.ID, PrescriberID: a.ask.ProviderID, Statuses: shownOrders}, models.Page{Limit: 100})
	if err != nil {
		return err
	}
	var ids []models.SeriesID
	list := slices.DeleteFunc(l.Items, func(p models.Prescription) bool {
		ids = append(ids, p.SeriesID)
		return !p.VisibleTo(tx.By())
	})
	if len(list) == 0 {
		return nil
	}
	uses, err := tx.SeriesUses(ids)
	for _, p := range list {
		if err != nil {
			return err
		}
		var o models.OrderView
		o, err = orderViewOf(p, uses[p.SeriesID], a.practice, a.ask.On)
		v.Orders = append(v.Orders, o)
	}
	return err
}

// visits are sessions that were signed, and when the next ones are.
func (a *asking) visits(tx *store.Tx, v *SharedView) error {
	shared, known := a.visitsOf([]models.SharedClient{v.SharedClient})
	if len(known) == 0 {
		return nil
	}
	l, err := tx.Sessions(store.SessionFilter{ClientID: v.ID, Shared: &shared}, models.Page{Limit: shownSessions})
	if err != nil {
		return err
	}
	if v.Sessions, v.More = l.Items, l.NextCursor != ""; len(shared.Notes) > 0 && len(v.Sessions) > 0 {
		if err := tx.AddNotes(v.Sessions); err != nil {
			return err
		}
	}
	for i, s := range v.Sessions {
		v.Sessions[i] = toldLine(s, v.SharedClient)
	}
	if !v.Shared.Own {
		return nil
	}
	booked, err := tx.Bookings(store.BookingFilter{ClientID: v.ID, State: models.BookingBooked, Shared: &shared}, models.Page{Limit: shownSessions})
	for _, b := range booked.Items {
		v.Booked = append(v.Booked, models.BookingLine{Booking: b.Told()})
	}
	return err
}

// findings are the course of the measures, and the reports that the provider
// got and may still read.
func (a *asking) findings(tx *store.Tx, v *SharedView) error {
	if v.Shared.Sees(models.CategoryMeasures) {
		readings, err := tx.Readings(v.ID, store.ReadingFilter{Signed: true})
		if err != nil {
			return err
		}
		v.Measured = models.Course(readings)
	}
	if !v.Shared.Sees(models.CategoryProgressReport) {
		return nil
	}
	reports, err := tx.ReportsTo(a.ask.ProviderID, v.ID, shownReports)
	v.Reports = slices.DeleteFunc(reports, func(r models.Report) bool {
		_, verdict := a.judge(askForReport(r, models.Delivery{}))
		return !verdict.Allowed
	})
	return err
}
