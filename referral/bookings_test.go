package referral_test

import (
	"errors"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store/storetest"
	"rapport/referral"
)

// place is a booking inside the order, so many days ahead.
func (c *clinic) place(days int) models.BookingDraft {
	return models.BookingDraft{ClientID: c.client.ID, PrescriptionID: c.order.ID, StartsAt: c.Clock.Now().AddDate(0, 0, days), Minutes: 30,
		Regions: []models.RegionSide{{Region: "neck", Side: models.SideLeft}}}
}

func (c *clinic) book(d models.BookingDraft) models.Booking {
	c.T.Helper()
	b, err := c.net.Book(background, c.Desk, d)
	if err != nil {
		c.T.Fatal(codesOf(err))
	}
	return b.Booking
}

func TestBookingAsksTheScopeLock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		c.must(c.visit())
		for _, x := range []struct {
			want string
			by   models.Actor
			d    func(*models.BookingDraft)
		}{
			{"scope_violation frequency.period", c.Desk, func(d *models.BookingDraft) { d.StartsAt = c.Clock.Now().AddDate(0, 0, 6) }},
			{"scope_violation scope.region scope.minutes", c.Desk, func(d *models.BookingDraft) { d.Regions[0].Region, d.Minutes = "foot", 45 }},
			{"scope_violation order.expired", c.Therapist, func(d *models.BookingDraft) { d.StartsAt = c.Clock.Now().AddDate(0, 3, 0) }},
			{"validation starts_at.past order.not_started", c.Desk, func(d *models.BookingDraft) { d.StartsAt = c.Clock.Now().AddDate(0, 0, -7) }},
			{"validation therapist.unknown", c.Desk, func(d *models.BookingDraft) { d.TherapistID = c.Stranger.UserID }},
			{"validation therapist.unknown", c.Desk, func(d *models.BookingDraft) { d.TherapistID = c.Desk.UserID }},
			{"scope_violation self_pay.not_allowed", c.Desk, func(d *models.BookingDraft) { d.PrescriptionID = "" }},
			{"not_found", c.Stranger, func(*models.BookingDraft) {}},
			{"role.not_allowed role.not_allowed", c.Doctor, func(*models.BookingDraft) {}},
		} {
			d := c.place(7)
			x.d(&d)
			if _, err := c.net.Book(background, x.by, d); codesOf(err) != x.want {
				t.Errorf("got %s, want %s", codesOf(err), x.want)
			}
		}
		b, err := c.net.Book(background, c.Therapist, c.place(7))
		if err != nil || b.TherapistID != c.Therapist.UserID || b.Client != c.client.Name || b.State != models.BookingBooked || b.LocalDate != "2026-03-09" {
			t.Errorf("got %+v, %v", b, err)
		}
	})
}

func TestABookingHoldsItsPlaceUntilItIsClosed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		b := c.book(c.place(7))
		if _, err := c.net.Book(background, c.Desk, c.place(9)); codesOf(err) != "scope_violation frequency.period" {
			t.Errorf("second in the week: %s", codesOf(err))
		}
		if _, err := c.net.CancelBooking(background, c.Desk, b.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := c.net.MissBooking(background, c.Desk, b.ID); codesOf(err) != "booking.closed booking.closed" {
			t.Errorf("closed twice: %s", codesOf(err))
		}
		second := c.book(c.place(9))
		c.Clock.Advance(9 * 24 * time.Hour)
		if _, err := c.net.MissBooking(background, c.Desk, second.ID); err != nil {
			t.Fatal(err)
		}
		c.must(c.visit()) // neither the cancelled nor the missed one counts
		if _, err := c.net.CancelBooking(background, c.Stranger, second.ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("another practice cancelled: %v", err)
		}
	})
}

func TestABookedVisitIsStartedAndCompletedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		b := c.book(c.place(0))
		started, err := c.net.StartBooking(background, c.Desk, b.ID, models.SessionDraft{})
		if err != nil || started.State != models.BookingStarted {
			t.Fatalf("got %+v, %v", started, err)
		}
		if _, err := c.net.StartBooking(background, c.Desk, b.ID, models.SessionDraft{}); codesOf(err) != "booking.closed booking.closed" {
			t.Errorf("started twice: %s", codesOf(err))
		}
		if _, err := c.record(c.visit()); codesOf(err) != "scope_violation frequency.period" {
			t.Errorf("without naming the booking: %s", codesOf(err))
		}
		done := func(d *models.SessionDraft) { d.BookingID = b.ID }
		s := c.must(c.visit(done))
		if s.BookingID != b.ID || *s.Visits != (models.Visits{Allowed: 4, Used: 1, Left: 3, Limited: true}) {
			t.Errorf("got %+v, %+v", s, s.Visits)
		}
		if _, err := c.record(c.visit(done)); codesOf(err) != "booking.closed booking.closed" {
			t.Errorf("completed twice: %s", codesOf(err))
		}
		if _, err := c.net.VoidSession(background, c.Therapist, s.ID, "wrong note"); err != nil {
			t.Fatal(err)
		}
		if again := c.must(c.visit(done)); again.VisitNumber != 2 || again.VisitRank != 1 {
			t.Errorf("written again after the void: %+v", again)
		}
	})
}

func TestAStartIsJudgedByTheDayItHappens(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		b := c.book(c.place(7))
		c.nextWeek()
		c.setStatus(models.OrderSuspended)
		if _, err := c.net.StartBooking(background, c.Therapist, b.ID, models.SessionDraft{}); codesOf(err) != "scope_violation order.not_active" {
			t.Errorf("suspended meanwhile: %s", codesOf(err))
		}
		c.setStatus(models.OrderActive)
		c.Clock.Set(time.Date(2026, 5, 3, 20, 0, 0, 0, time.UTC))
		if _, err := c.net.StartBooking(background, c.Therapist, b.ID, models.SessionDraft{}); codesOf(err) != "scope_violation order.expired" {
			t.Errorf("expired meanwhile: %s", codesOf(err))
		}
	})
}

func TestARedFlagAtTheStartEndsTheBooking(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		b := c.book(c.place(0))
		check := models.SessionDraft{PrecautionsRead: []models.Precaution{"no_heat"}, Screening: models.Screening{Reviewed: true, Findings: []models.Finding{{Key: "fever"}}}}
		if _, err := c.net.StartBooking(background, c.Desk, b.ID, check); !errors.Is(err, fault.Forbidden) {
			t.Errorf("the front desk answered the red-flag check: %v", err)
		}
		_, err := c.net.StartBooking(background, c.Therapist, b.ID, check)
		f, _ := fault.As(err)
		if f == nil || f.Code != "safety.red_flag" || f.Refs["stopped_session_id"] == "" {
			t.Fatalf("got %v", err)
		}
		if got, err := c.net.Booking(background, c.Desk, b.ID); err != nil || got.State != models.BookingCancelled {
			t.Errorf("booking %+v, %v", got, err)
		}
		check.Screening.Findings, check.PrecautionsRead = nil, nil
		if _, err := c.net.StartBooking(background, c.Therapist, c.book(c.place(0)).ID, check); codesOf(err) != "scope_violation precaution.unacknowledged" {
			t.Errorf("precaution open at the start: %s", codesOf(err))
		}
	})
}

func TestSelfPayNeverTakesThePlaceOfAPrescribedVisit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w, func(p *models.Prescription) { p.Content.Scope.SelfPayAllowed = true })
		b := c.book(c.place(0))
		if _, err := c.record(c.visit(func(d *models.SessionDraft) { d.PrescriptionID, d.BookingID = "", b.ID })); codesOf(err) != "self_pay.prescribed_booking self_pay.prescribed_booking" {
			t.Errorf("got %s", codesOf(err))
		}
		other := w.Client("Ben", "Ode")
		if _, err := c.record(c.visit(func(d *models.SessionDraft) { d.PrescriptionID, d.BookingID, d.ClientID = "", b.ID, other.ID })); codesOf(err) != "booking.other_client booking.other_client" {
			t.Errorf("got %s", codesOf(err))
		}
	})
}

func TestAdmissibilityAnswersForADayBeforeAnybodyBooks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		ask := func(on models.Date, d models.SessionDraft) referral.Admissibility {
			a, err := c.net.Admissible(background, c.Desk, c.order.ID, on, d)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		if a := ask("", models.SessionDraft{}); !a.Admission.Admitted() || *a.Admission.Earliest != "2026-03-02" || a.Visits.Left != 4 || a.Until != "2026-05-01" {
			t.Errorf("today: %+v", a)
		}
		c.book(c.place(1))
		if a := ask("2026-03-05", models.SessionDraft{}); a.Admission.Admitted() || *a.Admission.Earliest != "2026-03-09" || a.Visits.Booked != 1 {
			t.Errorf("booked week: %+v", a)
		}
		if a := ask("2026-03-09", models.SessionDraft{Regions: []models.RegionSide{{Region: "foot", Side: "left"}}}); a.Admission.Admitted() || a.Admission.Earliest != nil {
			t.Errorf("a region that no date helps: %+v", a)
		}
		if _, err := c.net.Admissible(background, c.Desk, c.order.ID, "", models.SessionDraft{Regions: []models.RegionSide{{Region: "neck"}}}); codesOf(err) != "validation region.side_required" {
			t.Errorf("side left out: %s", codesOf(err))
		}
	})
}
