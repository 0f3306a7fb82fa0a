package api_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/api/apitest"
	"rapport/models/store/storetest"
)

// outgrown is an order that a booking no longer fits in any way: a verbal order
// narrowed it, both visits are used, the week has one, and it ran out yesterday.
func outgrown(s *apitest.Server) (order, client, booking string) {
	s.T.Helper()
	w := s.World
	order, client = accepted(s, func(b map[string]any) {
		scope := b["scope"].(map[string]any)
		b["valid_until"], scope["sessions_total"], scope["minutes_per_session"] = "2026-03-10", 2, 45
	})
	post(s.As(w.Therapist), w, neckVisit(w, order, client)).Want(201)
	at := bookingBody(order, client, "2026-03-09T20:00:00Z")
	at["minutes"] = 45
	booking = s.As(w.Desk).Post("/api/v1/bookings", at, "Idempotency-Key", "booked").Want(201).Text("id")
	w.Clock.Set(time.Date(2026, 3, 9, 20, 0, 0, 0, time.UTC))
	post(s.As(w.Therapist), w, neckVisit(w, order, client, func(b map[string]any) { b["deviation"] = map[string]any{"reason": "Came on another day."} })).Want(201)
	order = s.As(w.Therapist).Post("/api/v1/prescriptions/"+order+"/verbal-orders", map[string]any{"given_by": "Dr. Nguyễn", "taken_at": "2026-03-09T19:30:00Z", "read_back": true,
		"scope": map[string]any{"minutes_per_session": 30, "regions": []any{map[string]any{"region": "low_back", "side": "both"}}}}).Want(201).Text("id")
	w.Clock.Set(time.Date(2026, 3, 11, 20, 0, 0, 0, time.UTC))
	return order, client, booking
}

// TestEveryStepRefusesForEveryReasonAtOnce: place, minutes, total, window and
// frequency stand against the same session, at booking, at its start and at its
// completion; each is told with where it stands, and nothing is written.
func TestEveryStepRefusesForEveryReasonAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		order, client, booking := outgrown(s)
		book := bookingBody(order, client, "2026-03-12T20:00:00Z")
		book["minutes"] = 45
		want := []string{"frequency.period /started_at", "order.exhausted /prescription_id", "order.expired /started_at", "scope.minutes /minutes", "scope.region /regions/0"}
		for step, ask := range map[string]func() *apitest.Response{
			"booking": func() *apitest.Response {
				return s.As(w.Desk).Post("/api/v1/bookings", book, "Idempotency-Key", "again")
			},
			"start": func() *apitest.Response {
				return s.As(w.Therapist).Post("/api/v1/bookings/"+booking+"/start", map[string]any{})
			},
			"completion": func() *apitest.Response {
				return post(s.As(w.Therapist), w, neckVisit(w, order, client, func(b map[string]any) { b["minutes"] = 45 }))
			},
			"completion of the booked one": func() *apitest.Response {
				return post(s.As(w.Therapist), w, neckVisit(w, order, client, func(b map[string]any) { b["minutes"], b["booking_id"] = 45, booking }))
			},
		} {
			before := standing(s, order, booking)
			r := ask().Refused(409, "scope_violation")
			var got []string
			var p struct {
				Violations []struct{ Code, Pointer, Message string }
			}
			r.JSON(&p)
			for _, v := range p.Violations {
				got = append(got, v.Code+" "+v.Pointer)
				if v.Message == "" {
					t.Errorf("%s: %s says nothing", step, v.Code)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s is refused for %v, want %v", step, got, want)
			}
			if after := standing(s, order, booking); after != before {
				t.Errorf("%s was refused and wrote\n%s\n%s", step, before, after)
			}
		}
	})
}

// standing is all that a booking, a start or a completion would have changed.
func standing(s *apitest.Server, order, booking string) string {
	s.T.Helper()
	w := s.World
	var b strings.Builder
	for _, path := range []string{"/prescriptions/" + order, "/bookings/" + booking, "/bookings", "/sessions", "/change-requests", "/worklists"} {
		b.Write(s.As(w.Owner).Get("/api/v1" + path).Want(200).Body)
		b.WriteString("\n")
	}
	var jobs, keys int
	if err := w.OwnerDB.QueryRow("SELECT count(*) FROM river_job").Scan(&jobs); err != nil {
		s.T.Fatal(err)
	}
	if w.DB.Engine() == "sqlite" { // row-level security hides them from the owner of the tables elsewhere
		if err := w.OwnerDB.QueryRow("SELECT count(*) FROM idempotency_keys").Scan(&keys); err != nil {
			s.T.Fatal(err)
		}
	}
	return b.String() + strings.Repeat("job ", jobs) + strings.Repeat("key ", keys)
}
