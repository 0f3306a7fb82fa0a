package store

import (
	"time"

	"rapport/models"
)

type bookingRow struct {
	PracticeID     string
	ID             string
	ClientID       string
	PrescriptionID *string
	SeriesID       *string
	TherapistID    string
	StartsAt       time.Time
	LocalDate      models.Date
	Minutes        int
	Regions        asJSON[[]models.RegionSide]
	State          string
	CreatedAt      time.Time
	Version        int
}

func (bookingRow) TableName() string { return "bookings" }

var bookingColumns = []any{"id", "client_id", "prescription_id", "series_id", "therapist_id", "starts_at", "local_date", "minutes", "regions",
	"state", "created_at", "version"}

func (r bookingRow) booking() models.Booking {
	return models.Booking{ID: models.BookingID(r.ID), PracticeID: models.PracticeID(r.PracticeID), ClientID: models.ClientID(r.ClientID),
		PrescriptionID: val[models.PrescriptionID](r.PrescriptionID), SeriesID: val[models.SeriesID](r.SeriesID), TherapistID: models.UserID(r.TherapistID),
		StartsAt: r.StartsAt, LocalDate: r.LocalDate, Minutes: r.Minutes, Regions: r.Regions.V, State: models.BookingState(r.State),
		CreatedAt: r.CreatedAt, Version: r.Version}
}

// AddBooking inserts a session to come.
func (t *Tx) AddBooking(b models.Booking) error {
	return shared[bookingRow](t).Create(t.ctx, &bookingRow{PracticeID: string(t.practice), ID: string(b.ID), ClientID: string(b.ClientID),
		PrescriptionID: opt(b.PrescriptionID), SeriesID: opt(b.SeriesID), TherapistID: string(b.TherapistID), StartsAt: b.StartsAt.UTC(),
		LocalDate: b.LocalDate, Minutes: b.Minutes, Regions: jsonOf(b.Regions), State: string(b.State), CreatedAt: b.CreatedAt, Version: 1})
}

// Booking reads one booking; another practice's is not found.
func (t *Tx) Booking(id models.BookingID) (models.Booking, error) {
	r, err := scoped[bookingRow](t).Select("practice_id", bookingColumns...).Where("id = ?", string(id)).Take(t.ctx)
	return r.booking(), missing(err, "booking")
}

// LockBooking is Booking that holds the row until the commit; a verb that also
// counts visits locks the series first.
func (t *Tx) LockBooking(id models.BookingID) (models.Booking, error) {
	r, err := table[bookingRow](t).ForUpdate().Select("practice_id", bookingColumns...).
		Where("practice_id = ? AND id = ?", string(t.practice), string(id)).Take(t.ctx)
	return r.booking(), missing(err, "booking")
}

// MoveBooking writes a booking's new state, when nobody was faster.
func (t *Tx) MoveBooking(b models.Booking, to models.BookingState) error {
	return stale(scoped[bookingRow](t).Where("id = ? AND version = ?", string(b.ID), b.Version).Select("state", "version").
		Updates(t.ctx, bookingRow{State: string(to), Version: b.Version + 1}))
}

// BookingFilter narrows a list of bookings; empty fields do not.
type BookingFilter struct {
	IDs      []string
	Day      models.Date
	ClientID models.ClientID
	SeriesID models.SeriesID
	State    models.BookingState
	Shared   *SharedVisits // what somebody outside may read of; nil for the practice
}

type bookingLineRow struct {
	Row       bookingRow `gorm:"embedded"`
	Given     string
	Family    string
	Therapist *string
}

const bookingLines = `SELECT b.practice_id, b.id, b.client_id, b.prescription_id, b.series_id, b.therapist_id, b.starts_at, b.local_date, b.minutes,
	b.regions, b.state, b.created_at, b.version, c.given, c.family, u.name AS therapist
	FROM bookings b JOIN clients c ON c.practice_id = b.practice_id AND c.id = b.client_id LEFT JOIN users u ON u.id = b.therapist_id
	WHERE b.practice_id = ? AND (? = '' OR b.local_date = ?) AND (? = '' OR b.client_id = ?) AND (? = '' OR b.series_id = ?) AND (? = '' OR b.state = ?)
	AND (? = '' OR b.starts_at > ? OR (b.starts_at = ? AND b.id > ?))`

// Bookings lists bookings in the order of their time, with the people's names.
func (t *Tx) Bookings(f BookingFilter, page models.Page) (models.List[models.BookingLine], error) {
	after, id := timeCursor(page.Cursor)
	q, args := bookingLines, []any{string(t.practice), string(f.Day), string(f.Day), string(f.ClientID), string(f.ClientID), string(f.SeriesID), string(f.SeriesID),
		string(f.State), string(f.State), id, after, after, id}
	if f.IDs != nil {
		q, args = q+" AND b.id IN ?", append(args, f.IDs)
	}
	if f.Shared != nil {
		q, args = q+" AND b.client_id"+ownSeries("b"), append(args, f.Shared.Own, string(t.practice), string(f.Shared.Prescriber))
	}
	var rows []bookingLineRow
	err := t.g.Raw(q+" ORDER BY b.starts_at, b.id LIMIT ?", append(args, page.Limit+1)...).Scan(&rows).Error
	return pageOf(rows, page.Limit, func(r bookingLineRow) models.BookingLine {
		return models.BookingLine{Booking: r.Row.booking(), Client: models.PersonName{Given: r.Given, Family: r.Family}, Therapist: val[string](r.Therapist)}
	}, func(r bookingLineRow) string { return joinCursor(r.Row.StartsAt.Format(time.RFC3339Nano), r.Row.ID) }), err
}

// timeCursor reads a place in a list that is ordered by time and id.
func timeCursor(s string) (at time.Time, id string) {
	first, id, ok := splitCursor(s)
	if !ok {
		return time.Time{}, ""
	}
	at, err := time.Parse(time.RFC3339Nano, first)
	if err != nil {
		return time.Time{}, ""
	}
	return at, id
}

// OpenBookings counts the bookings that hold a place under an order.
func (t *Tx) OpenBookings(id models.SeriesID) (int, error) {
	n, err := scoped[bookingRow](t).Where("series_id = ? AND state IN ?", string(id), openStates).Count(t.ctx, "id")
	return int(n), err
}

var openStates = []models.BookingState{models.BookingBooked, models.BookingStarted}

// BookingsOfSeries reads all bookings under an order between two days, both
// inclusive, in the order of their time.
func (t *Tx) BookingsOfSeries(id models.SeriesID, from, to models.Date) ([]models.Booking, error) {
	rows, err := scoped[bookingRow](t).Select("practice_id", bookingColumns...).Where("series_id = ? AND local_date >= ? AND local_date <= ?", string(id), from, to).
		Order("starts_at").Order("id").Find(t.ctx)
	out := make([]models.Booking, len(rows))
	for i, r := range rows {
		out[i] = r.booking()
	}
	return out, err
}
