package store

import "rapport/models"

// TiedVisit is a session or a booking of a tied client: one about which the
// gate is asked.
type TiedVisit struct {
	ID     string
	Client models.TiedClient
}

type tiedVisitRow struct {
	Row     tiedRow `gorm:"embedded"`
	VisitID string
}

// visitList is how the sessions or the bookings of tied clients are listed. It
// leaves out what the gate shows in no case: of whom no release is in force,
// all but the visits under the provider's own orders.
type visitList struct{ visits, after, order string }

const (
	visitsOfTied = ` v JOIN clients c ON c.practice_id = v.practice_id AND c.id = v.client_id JOIN ` + tied + ` ON k.client_id = c.id
		WHERE v.practice_id = ? AND c.state = 'active' AND `
	visitColumns = `SELECT v.id AS visit_id, ` + tiedColumns + ` FROM `
	underOwn     = `k.ordered + k.referred > 0 AND v.series_id IN (SELECT series_id FROM prescriptions WHERE practice_id = ? AND prescriber_id = ?)`
)

var (
	tiedSessions = visitList{visitColumns + "sessions" + visitsOfTied + "v.signed_at IS NOT NULL AND (k.released = 1 OR v.visit_number IS NOT NULL AND " + underOwn + ")",
		" AND (v.started_at, v.id) < (SELECT started_at, id FROM sessions WHERE practice_id = ? AND id = ?)", " ORDER BY v.started_at DESC, v.id DESC LIMIT ?"}
	tiedBookings = visitList{visitColumns + "bookings" + visitsOfTied + underOwn,
		" AND (v.starts_at, v.id) > (SELECT starts_at, id FROM bookings WHERE practice_id = ? AND id = ?)", " ORDER BY v.starts_at, v.id LIMIT ?"}
)

// TiedSessions lists signed sessions of clients about whom a provider may ask
// on a day, the newest first. Its cursor is CursorOf a session's id, because it
// may be one that the gate does not show.
func (t *Tx) TiedSessions(who TiedFilter, on models.Date, f SessionFilter, page models.Page) (models.List[TiedVisit], error) {
	return t.tiedVisits(tiedSessions, who, on, [][2]string{{"v.series_id", string(f.SeriesID)}, {"v.therapist_id", string(f.TherapistID)}, {"v.state", string(f.State)}}, page)
}

// TiedBookings lists bookings under a provider's own orders of clients about
// whom they may ask on a day, in the order of their time; its cursor is like
// that of TiedSessions.
func (t *Tx) TiedBookings(who TiedFilter, on models.Date, f BookingFilter, page models.Page) (models.List[TiedVisit], error) {
	return t.tiedVisits(tiedBookings, who, on, [][2]string{{"v.local_date", string(f.Day)}, {"v.series_id", string(f.SeriesID)}, {"v.state", string(f.State)}}, page)
}

func (t *Tx) tiedVisits(l visitList, who TiedFilter, on models.Date, narrow [][2]string, page models.Page) (models.List[TiedVisit], error) {
	p := string(t.practice)
	q, args := l.visits, append(t.tied(who, on), p, p, string(who.ProviderID))
	for _, n := range narrow {
		if n[1] != "" {
			q, args = q+" AND "+n[0]+" = ?", append(args, n[1])
		}
	}
	if id := CursorID(page.Cursor); id != "" {
		q, args = q+l.after, append(args, p, id)
	}
	rows, err := asked[tiedVisitRow](t, q+l.order, append(args, page.Limit+1)...)
	return pageOf(rows, page.Limit, func(r tiedVisitRow) TiedVisit { return TiedVisit{r.VisitID, t.tiedClient(r.Row)} },
		func(r tiedVisitRow) string { return CursorOf(r.VisitID) }), err
}
