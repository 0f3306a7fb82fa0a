package models_test

import (
	"testing"

	"rapport/models"
)

func TestOutlookSaysWhatTheOrderAllowsNext(t *testing.T) {
	type facts = models.OrderFacts
	for _, c := range []struct {
		name           string
		change         func(*facts)
		open, bookable bool
		next           models.Date
	}{
		{"nothing yet", func(*facts) {}, true, true, "2026-03-10"},
		{"the week is full", func(f *facts) { f.Done, f.First, f.Series.Used = []models.Date{"2026-03-09"}, "2026-03-09", 1 }, false, true, "2026-03-16"},
		{"the rest is booked", func(f *facts) { f.Booked = []models.Date{"2026-03-17", "2026-03-18", "2026-03-24", "2026-03-25"} }, true, false, "2026-03-10"},
		{"all visits are used", func(f *facts) { f.Series.Used = 4 }, false, false, ""},
		{"it begins next week", func(f *facts) { f.Order.Content.ValidFrom = "2026-03-16" }, false, true, "2026-03-16"},
		{"it is over", func(f *facts) { f.Today = "2026-04-01" }, false, false, ""},
		{"the last week is full", func(f *facts) { f.Today, f.Done = "2026-03-31", []models.Date{"2026-03-30"} }, false, false, ""},
		{"it is suspended", func(f *facts) { f.Order.Status = models.OrderSuspended }, false, false, ""},
		{"a lapsed licence is the therapist's", func(f *facts) { f.EnforceLicence, f.Licence.ExpiresOn = true, "2026-01-01" }, true, true, "2026-03-10"},
		{"no frequency", func(f *facts) { f.Order.Content.Scope.Frequency = nil }, true, true, "2026-03-10"},
	} {
		f := neckOrder()
		c.change(&f)
		got := f.Outlook()
		if got.Open != c.open || got.Bookable != c.bookable || got.Next != c.next || (got.Pace == nil) != (f.Order.Content.Scope.Frequency == nil) {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
}

func TestOutlookExpectsTheBookedVisits(t *testing.T) {
	at := func(day models.Date, s models.BookingState) models.Booking {
		return models.Booking{ID: models.BookingID(day) + "/" + models.BookingID(s), LocalDate: day, State: s}
	}
	var o models.Outlook
	o.Expect([]models.Booking{at("2026-02-02", models.BookingBooked), at("2026-03-02", models.BookingStarted), at("2026-03-05", models.BookingNoShow),
		at("2026-03-10", models.BookingCancelled), at("2026-03-10", models.BookingStarted), at("2026-03-10", models.BookingBooked), at("2026-03-11", models.BookingCompleted),
		at("2026-03-17", models.BookingBooked), at("2026-03-24", models.BookingBooked)}, "2026-03-10")
	for want, got := range map[models.BookingID]*models.Booking{"2026-03-02/started": o.Overdue, "2026-03-10/started": o.Today, "2026-03-17/booked": o.Coming} {
		if got == nil || got.ID != want {
			t.Errorf("got %+v, want %s", got, want)
		}
	}
	for _, c := range []struct {
		o    models.Outlook
		want *models.Booking
	}{{models.Outlook{Open: true, Today: o.Today, Overdue: o.Overdue}, o.Today}, {models.Outlook{Today: o.Today, Overdue: o.Overdue}, o.Today},
		{models.Outlook{Open: true, Overdue: o.Overdue}, nil}, {models.Outlook{Overdue: o.Overdue}, o.Overdue}, {models.Outlook{Coming: o.Coming}, nil}} {
		if got := c.o.Due(); got != c.want {
			t.Errorf("%+v: got %+v, want %+v", c.o, got, c.want)
		}
	}
	var none models.Outlook
	if none.Expect(nil, "2026-03-10"); none.Today != nil || none.Overdue != nil || none.Coming != nil {
		t.Errorf("got %+v of no bookings", none)
	}
}
