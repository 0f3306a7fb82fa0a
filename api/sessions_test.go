package api_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store/storetest"
)

// accepted is an order for the neck that went the whole way over HTTP.
func accepted(s *apitest.Server, change ...func(body map[string]any)) (order, client string) {
	s.T.Helper()
	w := s.World
	body := neckOrderBody(w)
	for _, f := range change {
		f(body)
	}
	id := s.As(w.Doctor).Post("/api/v1/prescriptions", body).Want(201).Text("id")
	s.As(w.Doctor).Post("/api/v1/prescriptions/"+id+"/submission", map[string]any{"signature": map[string]any{"method": "typed", "name": "Linh Nguyễn"}}).Want(200)
	r := s.As(w.Therapist).Post("/api/v1/prescriptions/"+id+"/acceptance", map[string]any{}).Want(200)
	return id, r.Text("client_id")
}

// neckVisit is the body of a session inside that order.
func neckVisit(w *storetest.World, order, client string, change ...func(body map[string]any)) map[string]any {
	body := map[string]any{"client_id": client, "prescription_id": order, "started_at": w.Clock.Now().Add(-40 * time.Minute).Format(time.RFC3339), "minutes": 30,
		"regions": []any{map[string]any{"region": "neck", "side": "both"}}, "techniques": []string{"swedish"}, "precautions_acknowledged": []string{},
		"screening": map[string]any{"reviewed": true, "findings": []any{}},
		"soap":      map[string]any{"subjective": "Stiff", "objective": "Tight", "assessment": "Better", "plan": "Weekly"},
		"measures":  []any{map[string]any{"instrument": "nprs", "value": 6, "taken": "before"}, map[string]any{"instrument": "nprs", "value": 4, "taken": "after"}}}
	for _, f := range change {
		f(body)
	}
	return body
}

// keyed makes a fresh Idempotency-Key for each call.
func keyed(w *storetest.World) (name, key string) { return "Idempotency-Key", w.NewID() }

func post(c apitest.Caller, w *storetest.World, body any) *apitest.Response {
	name, key := keyed(w)
	return c.Post("/api/v1/sessions", body, name, key)
}

func TestTheSessionJourneyOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		order, client := accepted(s)
		me, desk := s.As(w.Therapist), s.As(w.Desk)
		ask := func(query string) *apitest.Response {
			return me.Get("/api/v1/prescriptions/" + order + "/admissibility?" + query).Want(200)
		}
		if r := ask("on=2026-03-02&minutes=30&region=neck:left&region=neck:right"); r.At("admissible") != true || r.Text("earliest_date") != "2026-03-02" || r.At("visits.left") != 4.0 {
			t.Errorf("admissible %s", r.Body)
		}
		booking := desk.Post("/api/v1/bookings", map[string]any{"client_id": client, "prescription_id": order, "starts_at": w.Clock.Now().Add(time.Hour).Format(time.RFC3339),
			"minutes": 30, "regions": []any{map[string]any{"region": "neck", "side": "both"}}}).Want(201)
		if booking.Text("state") != "booked" || booking.Text("client_name.given") != "Ana" || booking.Header.Get("ETag") != `"1"` {
			t.Errorf("booking %s", booking.Body)
		}
		at := "/api/v1/bookings/" + booking.Text("id")
		if r := desk.Post(at+"/start", map[string]any{}).Want(200); r.Text("state") != "started" {
			t.Errorf("started %s", r.Body)
		}
		me.Post("/api/v1/sessions", neckVisit(w, order, client)).Refused(400, "idempotency.key_required")
		if r := post(me, w, neckVisit(w, order, client)).Refused(409, "scope_violation"); r.Text("violations.0.code") != "frequency.period" ||
			r.Text("violations.0.allowed.earliest_date") != "2026-03-09" || r.Text("violations.0.pointer") != "/started_at" {
			t.Errorf("a second one in the week %s", r.Body)
		}
		body := neckVisit(w, order, client, func(b map[string]any) { b["booking_id"] = booking.Text("id") })
		done := me.Post("/api/v1/sessions", body, "Idempotency-Key", "visit-1").Want(201)
		again := me.Post("/api/v1/sessions", body, "Idempotency-Key", "visit-1").Want(201)
		if done.Text("id") != again.Text("id") || done.At("visit_number") != 1.0 || done.At("visits.used") != 1.0 || done.At("visits.left") != 3.0 || done.Text("state") != "open" {
			t.Errorf("done %s, again %s", done.Body, again.Body)
		}
		body["minutes"] = 20
		me.Post("/api/v1/sessions", body, "Idempotency-Key", "visit-1").Refused(422, "idempotency.body_differs")
		if r := desk.Get(at).Want(200); r.Text("state") != "completed" {
			t.Errorf("booking %s", r.Body)
		}
		one := "/api/v1/sessions/" + done.Text("id")
		me.Patch(one, map[string]any{"soap": map[string]any{"subjective": "New words"}}).Refused(428, "if_match.required")
		changed := me.Patch(one, map[string]any{"soap": map[string]any{"subjective": "New words"}}, "If-Match", done.Header.Get("ETag")).Want(200)
		me.Patch(one, map[string]any{"response": "x"}, "If-Match", done.Header.Get("ETag")).Refused(412, "version.stale")
		me.Post(one+"/addenda", map[string]any{"text": "too early"}).Refused(409, "session.open")
		s.As(w.Owner).Post(one+"/signature", map[string]any{}).Refused(403, "session.not_yours")
		me.Post(one+"/signature", map[string]any{}, "If-Match", done.Header.Get("ETag")).Refused(412, "version.stale")
		signed := me.Post(one+"/signature", map[string]any{}, "If-Match", changed.Header.Get("ETag")).Want(200)
		if signed.Text("state") != "signed" || len(signed.Text("content_sha256")) != 64 || signed.Text("soap.subjective") != "New words" {
			t.Errorf("signed %s", signed.Body)
		}
		me.Patch(one, map[string]any{"response": "x"}, "If-Match", signed.Header.Get("ETag")).Refused(409, "session.signed")
		if r := me.Post(one+"/addenda", map[string]any{"text": "Phoned: fine."}).Want(201); r.Text("addenda.0.author") != "José Álvarez" {
			t.Errorf("addendum %s", r.Body)
		}
		if r := me.Get("/api/v1/clients/" + client + "/measures?instrument=nprs").Want(200); r.At("items.0.value") != 6.0 || r.At("items.0.change") != nil ||
			r.At("items.1.change") != -2.0 || r.Text("items.1.direction") != "better" || r.At("items.1.beyond_mcid") == nil {
			t.Errorf("measures %s", r.Body)
		}
		if r := me.Get("/api/v1/sessions?state=signed&client_id=" + client).Want(200); r.Text("items.0.client_name.family") != "Silva" || r.At("items.0.visits_allowed") != 4.0 {
			t.Errorf("inbox %s", r.Body)
		}
		void := me.Post(one+"/void", map[string]any{"reason": "Wrong client"}).Want(200)
		if void.Text("state") != "void" || void.At("visit_number") != 1.0 || void.At("visit_rank") != nil || void.At("visits.left") != 4.0 {
			t.Errorf("void %s", void.Body)
		}
		if r := post(me, w, neckVisit(w, order, client)).Want(201); r.At("visit_number") != 2.0 || r.At("visit_rank") != 1.0 {
			t.Errorf("after the void %s", r.Body)
		}
		if r := s.As(w.Doctor).Get("/api/v1/prescriptions/" + order).Want(200); r.At("visits.used") != 1.0 || r.At("visits.left") != 3.0 {
			t.Errorf("the prescriber's counter %s", r.Body)
		}
		if strings.Contains(s.Logged(), "Silva") || strings.Contains(s.Logged(), "Stiff") {
			t.Error("the log names the client or the note")
		}
	})
}

func TestScopeRefusalsSayEverythingAtOnceOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		order, client := accepted(s)
		me := s.As(w.Therapist)
		outside := func(b map[string]any) {
			b["minutes"], b["regions"] = 60, []any{map[string]any{"region": "neck", "side": "left"}, map[string]any{"region": "lower_limb", "side": "both"}, map[string]any{"region": "foot", "side": "left"}}
		}
		r := post(me, w, neckVisit(w, order, client, outside)).Refused(409, "scope_violation")
		if got := strings.Join(r.Violations(), " "); got != "scope.region scope.region scope.minutes" || r.Text("violations.1.pointer") != "/regions/2" ||
			r.At("violations.2.allowed") != 30.0 || r.At("violations.2.got") != 60.0 || r.Text("violations.0.allowed.0.region") != "neck" {
			t.Errorf("got %s: %s", got, r.Body)
		}
		deviated := post(me, w, neckVisit(w, order, client, outside, func(b map[string]any) { b["deviation"] = map[string]any{"reason": "Cramp"} })).Want(201)
		if deviated.Text("kind") != "deviation" || deviated.At("visit_number") != 1.0 || deviated.Text("deviation.reason") != "Cramp" || deviated.Text("deviation.violations.0") != "scope.region" {
			t.Errorf("deviation %s", deviated.Body)
		}
		for _, x := range []struct {
			name string
			code string
			f    func(map[string]any)
		}{
			{"a day that does not exist", "validation", func(b map[string]any) { b["started_at"] = "2026-02-30T10:00:00Z" }},
			{"no time", "validation", func(b map[string]any) { delete(b, "started_at") }},
			{"the future", "validation", func(b map[string]any) { b["started_at"] = w.Clock.Now().Add(time.Hour).Format(time.RFC3339) }},
			{"an unknown field", "validation", func(b map[string]any) { b["visit_number"] = 9 }},
			{"half a minute", "validation", func(b map[string]any) { b["minutes"] = 29.5 }},
			{"minutes as text", "validation", func(b map[string]any) { b["minutes"] = "30" }},
			{"an unknown region", "validation", func(b map[string]any) { b["regions"] = []any{map[string]any{"region": "soul"}} }},
			{"a side left out", "validation", func(b map[string]any) { b["regions"] = []any{map[string]any{"region": "neck", "side": nil}} }},
			{"no screening", "validation", func(b map[string]any) { delete(b, "screening") }},
			{"a screening not reviewed", "validation", func(b map[string]any) { b["screening"] = map[string]any{"reviewed": false} }},
			{"an NPRS of 11", "validation", func(b map[string]any) {
				b["measures"] = []any{map[string]any{"instrument": "nprs", "value": 11, "taken": "before"}}
			}},
		} {
			r := post(me, w, neckVisit(w, order, client, x.f))
			if r.Status != 422 || r.Text("code") != x.code || len(r.Violations()) == 0 {
				t.Errorf("%s: %d %s", x.name, r.Status, r.Body)
			}
		}
		me.Get("/api/v1/prescriptions/" + order + "/admissibility?on=2026-02-30").Want(422)
		me.Get("/api/v1/prescriptions/"+order+"/admissibility?region=soul").Refused(422, "validation")
		me.Get("/api/v1/bookings?day=2026-13-01").Want(422)
		desk := s.As(w.Desk)
		post(desk, w, neckVisit(w, order, client)).Refused(403, "role.not_allowed")
		desk.Get("/api/v1/sessions/"+deviated.Text("id")).Refused(403, "role.not_allowed")
		desk.Get("/api/v1/sessions").Refused(403, "role.not_allowed")
		s.As(w.Stranger).Get("/api/v1/sessions/"+deviated.Text("id")).Refused(404, "not_found")
		s.Anonymous().Get("/api/v1/sessions").Refused(401, "sign_in.required")
	})
}

func TestARedFlagOverHTTPNamesWhatWasKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		order, client := accepted(s)
		me := s.As(w.Therapist)
		body := neckVisit(w, order, client, func(b map[string]any) {
			b["screening"] = map[string]any{"reviewed": true, "findings": []any{map[string]any{"key": "cauda_equina"}}}
		})
		r := me.Post("/api/v1/sessions", body, "Idempotency-Key", "k").Refused(409, "safety.red_flag")
		if r.Text("refs.stopped_session_id") == "" || r.Text("refs.referral_out_draft_id") == "" || !strings.Contains(r.Text("detail"), "Call emergency services") || r.Text("refs.emergency") != "true" {
			t.Errorf("got %s", r.Body)
		}
		if again := me.Post("/api/v1/sessions", body, "Idempotency-Key", "k").Refused(409, "safety.red_flag"); again.Text("refs.stopped_session_id") != r.Text("refs.stopped_session_id") {
			t.Errorf("the same key stopped another session: %s", again.Body)
		}
		if got := me.Get("/api/v1/sessions/" + r.Text("refs.stopped_session_id")).Want(200); got.Text("kind") != "stopped" || got.At("visit_number") != nil || got.At("visits.used") != 0.0 {
			t.Errorf("kept %s", got.Body)
		}
		self := neckVisit(w, order, client, func(b map[string]any) {
			delete(b, "prescription_id")
			b["screening"] = map[string]any{"reviewed": true, "findings": []any{map[string]any{"key": "fever"}}}
		})
		flag := post(me, w, self).Refused(409, "safety.red_flag").Text("refs.referral_out_draft_id")
		const flags = "/api/v1/referral-out-drafts" // nobody is known to send them to: it waits for a person
		if l := me.Get(flags).Want(200); l.Text("items.0.id") != flag || l.Text("items.0.client_id") != client || l.Text("items.0.findings.0") != "fever" || l.At("items.1.id") != nil {
			t.Errorf("the open red flags are %s", l.Body)
		}
		s.As(w.Doctor).Get(flags).Refused(403, "role.not_allowed")
		me.Post("/api/v1/referrals", map[string]any{"direction": "outbound", "client_id": client, "provider_id": w.Provider2.ID, "reason": "Fever.", "referral_out_draft_id": flag}).Want(201)
		if l := me.Get(flags).Want(200); l.At("items.0.id") != nil {
			t.Errorf("a settled red flag is still open: %s", l.Body)
		}
		post(me, w, neckVisit(w, order, client, func(b map[string]any) { delete(b, "prescription_id") })).Refused(409, "scope_violation")
	})
}

func TestConcurrentRequestsWithOneKeyOverHTTPMakeOneSession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		order, client := accepted(s)
		me, body := s.As(w.Therapist), neckVisit(w, order, client)
		var wg sync.WaitGroup
		ids := make([]string, 8)
		for i := range ids {
			wg.Go(func() {
				r := me.Post("/api/v1/sessions", body, "Idempotency-Key", "parallel")
				if r.Status != 201 && r.Text("code") != "idempotency.in_progress" {
					t.Errorf("got %d %s", r.Status, r.Body)
				}
				ids[i] = r.Text("id")
			})
		}
		wg.Wait()
		slices.Sort(ids)
		if seen := slices.Compact(ids); len(seen) > 2 || len(seen) == 2 && seen[0] != "" {
			t.Errorf("sessions %v", seen)
		}
		if r := me.Get("/api/v1/sessions").Want(200); r.At("items.1") != nil || r.At("items.0.visit_number") != 1.0 {
			t.Errorf("inbox %s", r.Body)
		}
	})
}

func TestADeviationIsToldToOwnerAndByReleaseToThePrescriber(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		order, client := accepted(s)
		deviate := func() {
			t.Helper()
			post(s.As(w.Therapist), w, neckVisit(w, order, client, func(b map[string]any) {
				b["minutes"], b["deviation"] = 45, map[string]any{"reason": "Needed longer"}
			})).Want(201)
			w.Clock.Advance(7 * 24 * time.Hour)
		}
		told := func() string {
			var to []string
			for _, m := range s.Deliver() {
				if m.Subject == "Please look at a record" {
					to = append(to, m.To)
				}
				if strings.Contains(fmt.Sprint(m), "Silva") || strings.Contains(fmt.Sprint(m), "Needed longer") {
					t.Errorf("the mail tells of the client: %+v", m)
				}
			}
			return strings.Join(to, " ")
		}
		deviate()
		if got := told(); got != "olga@ballard.example" {
			t.Errorf("without a release: %q", got)
		}
		released := release(s, models.Client{ID: models.ClientID(client)}, "session_notes")
		deviate()
		if got := told(); got != "olga@ballard.example olga@ballard.example linh@greenlake.example" {
			t.Errorf("with a release: %q", got)
		}
		post(s.As(w.Therapist), w, neckVisit(w, order, client, func(b map[string]any) { b["minutes"], b["deviation"] = 45, map[string]any{"reason": "Again"} })).Want(201)
		s.As(w.Owner).Post("/api/v1/releases/"+released+"/revocation", map[string]any{"received_at": w.Clock.Now(), "channel": "letter"}).Want(200)
		if got := told(); strings.Count(got, "linh@greenlake.example") != 1 {
			t.Errorf("revoked while the notice waited: %q", got)
		}
	})
}

func TestTheVocabularyAndTheScreeningListAreServed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		v := s.As(w.Doctor).Get("/api/v1/vocabulary").Want(200)
		for _, path := range []string{"regions.0.key", "techniques.0.label", "precautions.0.key", "instruments.0.citation", "motions.0.region", "procedures.0.key", "categories.0.key"} {
			if v.Text(path) == "" {
				t.Errorf("%s is empty", path)
			}
		}
		if r := s.As(w.Desk).Get("/api/v1/screening").Want(200); r.Text("items.0.key") != "fever" || r.At("items.21.key") == nil {
			t.Errorf("screening %s", r.Body)
		}
		s.As(w.Doctor).Get("/api/v1/screening").Refused(403, "role.not_allowed")
	})
}
