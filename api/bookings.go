package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/referral"
)

func (a *API) bookingRoutes(api huma.API) {
	const tag, one = "bookings", "/api/v1/bookings/{id}"
	wire.Handle(api, wire.Operation{ID: "book", Method: http.MethodPost, Path: "/api/v1/bookings", Tag: tag, Status: 201, Summary: "Book a session; the order's scope decides"}, a.book)
	wire.Handle(api, wire.Operation{ID: "list-bookings", Method: http.MethodGet, Path: "/api/v1/bookings", Tag: tag, Summary: "The diary in the order of time"}, a.listBookings)
	wire.Handle(api, wire.Operation{ID: "read-booking", Method: http.MethodGet, Path: one, Tag: tag, Summary: "Read a booking"}, a.readBooking)
	wire.Handle(api, wire.Operation{ID: "start-booking", Method: http.MethodPost, Path: one + "/start", Tag: tag, Summary: "Begin a booked session; the scope is checked again"}, a.startBooking)
	wire.Handle(api, wire.Operation{ID: "cancel-booking", Method: http.MethodPost, Path: one + "/cancellation", Tag: tag, Summary: "Cancel a booking"}, a.cancelBooking)
	wire.Handle(api, wire.Operation{ID: "miss-booking", Method: http.MethodPost, Path: one + "/no-show", Tag: tag, Summary: "Note that the client did not come"}, a.missBooking)
}

type bookingIn struct {
	ClientID       models.ClientID       `json:"client_id"`
	PrescriptionID models.PrescriptionID `json:"prescription_id,omitempty"`
	TherapistID    models.UserID         `json:"therapist_id,omitempty"`
	StartsAt       time.Time             `json:"starts_at"`
	Minutes        int                   `json:"minutes"`
	Regions        []regionIn            `json:"regions,omitempty" maxItems:"60"`
}

type bookingOut struct {
	ID             models.BookingID      `json:"id"`
	ClientID       models.ClientID       `json:"client_id"`
	ClientName     *models.PersonName    `json:"client_name,omitempty"`
	PrescriptionID models.PrescriptionID `json:"prescription_id,omitempty"`
	TherapistID    models.UserID         `json:"therapist_id,omitempty"`
	Therapist      string                `json:"therapist,omitempty"`
	StartsAt       time.Time             `json:"starts_at"`
	LocalDate      models.Date           `json:"local_date" format:"date"`
	Minutes        int                   `json:"minutes,omitempty"`
	Regions        []models.RegionSide   `json:"regions"`
	State          models.BookingState   `json:"state"`
	CreatedAt      time.Time             `json:"created_at"`
}

func newBookingOut(b models.Booking) bookingOut {
	return bookingOut{ID: b.ID, ClientID: b.ClientID, PrescriptionID: b.PrescriptionID, TherapistID: b.TherapistID, StartsAt: b.StartsAt, LocalDate: b.LocalDate,
		Minutes: b.Minutes, Regions: listed(b.Regions), State: b.State, CreatedAt: b.CreatedAt}
}

func newBookingLineOut(l models.BookingLine) bookingOut {
	out := newBookingOut(l.Booking)
	out.ClientName, out.Therapist = &l.Client, l.Therapist
	return out
}

type bookingAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     bookingOut
}

func newBookingAnswer(l models.BookingLine, err error) (*bookingAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := newBookingOut(l.Booking)
	if l.Client != (models.PersonName{}) {
		out = newBookingLineOut(l)
	}
	return &bookingAnswer{ETag: wire.ETag(l.Version), Location: "/api/v1/bookings/" + string(l.ID), Body: out}, nil
}

func (a *API) book(ctx context.Context, in *struct{ Body bookingIn }) (*bookingAnswer, error) {
	b := in.Body
	l, err := a.net.Book(ctx, wire.Actor(ctx), models.BookingDraft{ClientID: b.ClientID, PrescriptionID: b.PrescriptionID, TherapistID: b.TherapistID,
		StartsAt: b.StartsAt, Minutes: b.Minutes, Regions: regionsOf(b.Regions)})
	return newBookingAnswer(l, err)
}

type bookingPath struct {
	ID models.BookingID `path:"id"`
}

func (a *API) readBooking(ctx context.Context, in *bookingPath) (*bookingAnswer, error) {
	b, err := a.net.Booking(ctx, wire.Actor(ctx), in.ID)
	return newBookingAnswer(models.BookingLine{Booking: b}, err)
}

func (a *API) startBooking(ctx context.Context, in *struct {
	ID   models.BookingID `path:"id"`
	Body *struct {
		Screening       screeningIn         `json:"screening,omitempty" doc:"May be answered now; the completed session needs it anyway"`
		PrecautionsRead []models.Precaution `json:"precautions_acknowledged,omitempty" maxItems:"60"`
	}
}) (*bookingAnswer, error) {
	var check models.SessionDraft
	if in.Body != nil {
		check = models.SessionDraft{Screening: in.Body.Screening.screening(), PrecautionsRead: in.Body.PrecautionsRead}
	}
	b, err := a.net.StartBooking(ctx, wire.Actor(ctx), in.ID, check)
	return newBookingAnswer(models.BookingLine{Booking: b}, err)
}

type emptyBookingIn struct {
	ID   models.BookingID `path:"id"`
	Body *struct{}
}

func (a *API) cancelBooking(ctx context.Context, in *emptyBookingIn) (*bookingAnswer, error) {
	b, err := a.net.CancelBooking(ctx, wire.Actor(ctx), in.ID)
	return newBookingAnswer(models.BookingLine{Booking: b}, err)
}

func (a *API) missBooking(ctx context.Context, in *emptyBookingIn) (*bookingAnswer, error) {
	b, err := a.net.MissBooking(ctx, wire.Actor(ctx), in.ID)
	return newBookingAnswer(models.BookingLine{Booking: b}, err)
}

func (a *API) listBookings(ctx context.Context, in *struct {
	wire.PageIn
	Day      models.Date         `query:"day" format:"date"`
	ClientID models.ClientID     `query:"client_id"`
	State    models.BookingState `query:"state" enum:"booked,started,completed,cancelled,no_show"`
}) (*struct{ Body wire.ListOut[bookingOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Bookings(ctx, wire.Actor(ctx), referral.BookingFilter{Day: in.Day, ClientID: in.ClientID, State: in.State}, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[bookingOut] }{wire.MapList(l, newBookingLineOut)}, nil
}
