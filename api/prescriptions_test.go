package api_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

func neckOrderBody(w *storetest.World) map[string]any {
	return map[string]any{"practice_id": w.Practice.ID, "client": map[string]any{"name": map[string]any{"given": "Ana", "family": "Silva"}, "birth_date": "1984-05-17"},
		"diagnosis_codes": []string{"M54.2"}, "valid_from": "2026-03-02", "valid_until": "2026-03-29", "expiry": "strict", "clock": "issued",
		"focus_reason": "The neck must calm down first.", "report_every": map[string]any{"sessions": 4, "days": 30},
		"scope": map[string]any{"regions": []any{map[string]any{"region": "neck", "side": "both"}}, "minutes_per_session": 30, "sessions_total": 4,
			"frequency": map[string]any{"sessions": 1, "per": "week", "window": "calendar"}, "self_pay_allowed": false}}
}

func scanForm(t *testing.T, name string, content []byte) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	f, err := m.CreateFormFile(name, "order with a name in it.png")
	if err == nil {
		_, err = f.Write(content)
	}
	if err != nil || m.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m.FormDataContentType()
}

func pngScan(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 30))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheOrderJourneyOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		doctor, therapist := s.As(w.Doctor), s.As(w.Therapist)
		draft := doctor.Post("/api/v1/prescriptions", neckOrderBody(w), "Idempotency-Key", "one").Want(201)
		again := doctor.Post("/api/v1/prescriptions", neckOrderBody(w), "Idempotency-Key", "one").Want(201)
		id := draft.Text("id")
		if draft.Text("status") != "draft" || again.Text("id") != id || draft.Header.Get("Location") != "/api/v1/prescriptions/"+id || draft.Header.Get("ETag") != `"1"` {
			t.Errorf("draft %s", draft.Body)
		}
		at := "/api/v1/prescriptions/" + id
		doctor.Patch(at, map[string]any{"instructions": "No rush."}).Refused(428, "if_match.required")
		changed := doctor.Patch(at, map[string]any{"instructions": "No rush."}, "If-Match", `"1"`).Want(200)
		if changed.Header.Get("ETag") != `"2"` || changed.Text("content_sha256") == draft.Text("content_sha256") {
			t.Errorf("changed %s", changed.Body)
		}
		doctor.Patch(at, map[string]any{"instructions": "Other tab."}, "If-Match", `"1"`).Refused(412, "version.stale")
		therapist.Get(at).Refused(404, "not_found")
		doctor.Post(at+"/submission", map[string]any{}).Refused(422, "validation")
		signed := doctor.Post(at+"/submission", map[string]any{"signature": map[string]any{"method": "typed", "name": "Linh Nguyễn"}}).Want(200)
		if signed.Text("status") != "submitted" || signed.Text("signature.document_sha256") != signed.Text("content_sha256") || signed.Text("signature.intent") == "" {
			t.Errorf("signed %s", signed.Body)
		}
		if l := therapist.Get("/api/v1/prescriptions?status=submitted").Want(200); l.Text("items.0.id") != id {
			t.Errorf("waiting %s", l.Body)
		}
		newer := doctor.Post("/api/v1/prescriptions", neckOrderBody(w)).Want(201).Text("id")
		page := doctor.Get("/api/v1/prescriptions?limit=1").Want(200)
		if next := doctor.Get("/api/v1/prescriptions?limit=1&cursor=" + page.Text("next_cursor")).Want(200); page.Text("items.0.id") != newer || next.Text("items.0.id") != id {
			t.Errorf("pages %s and %s", page.Body, next.Body)
		}
		s.As(w.Desk).Post(at+"/acceptance", map[string]any{}).Refused(403, "role.not_allowed")
		doctor.Post(at+"/acceptance", map[string]any{}).Refused(403, "role.not_allowed")
		accepted := therapist.Post(at+"/acceptance", map[string]any{}).Want(200)
		if accepted.Text("status") != "active" || accepted.At("visits.left") != 4.0 || accepted.At("visits.booked") != 0.0 || accepted.Text("effective_until") != "2026-03-29" {
			t.Errorf("accepted %s", accepted.Body)
		}
		if seen := doctor.Get(at).Want(200); seen.Text("status") != "active" || seen.At("visits.used") != 0.0 {
			t.Errorf("the prescriber reads %s", seen.Body)
		}
		s.As(w.Doctor2).Get(at).Refused(404, "not_found")
		s.As(w.Stranger).Get(at).Refused(404, "not_found")
		if pdf := therapist.Get(at + "/document").Want(200); pdf.Header.Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(pdf.Body, []byte("%PDF")) {
			t.Errorf("paper %s", pdf.Header)
		}
		doctor.Post(at+"/revocation", map[string]any{}).Refused(422, "validation")
		if log := s.Logged(); strings.Contains(log, "Silva") || strings.Contains(log, "M54.2") {
			t.Error("the log names the client or the diagnosis")
		}
	})
}

func TestAnOrderOutsideTheFormIsRefusedWithEveryReason(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		bad := neckOrderBody(w)
		bad["expiry"], bad["clock"], bad["diagnosis_codes"] = "sliding", "first_session", []string{"neck pain"}
		scope := bad["scope"].(map[string]any)
		scope["minutes_per_session"] = 4
		delete(scope, "sessions_total")
		scope["frequency"] = nil
		scope["regions"] = []any{map[string]any{"region": "shoulder", "side": nil}, map[string]any{"region": "knie"}}
		scope["techniques"] = map[string]any{"only": []string{"swedish"}, "except": []string{"cupping"}}
		got := s.As(w.Doctor).Post("/api/v1/prescriptions", bad).Refused(422, "validation").Violations()
		want := []string{"diagnosis.invalid", "expiry.sliding_first_session", "frequency.required", "minutes.range", "region.side_required", "region.unknown",
			"sessions_total.required", "techniques.only_or_except"}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		zero := neckOrderBody(w)
		zero["scope"].(map[string]any)["sessions_total"] = 0
		s.As(w.Doctor).Post("/api/v1/prescriptions", zero).Refused(422, "validation")
		free := neckOrderBody(w)
		delete(free["scope"].(map[string]any), "sessions_total")
		free["scope"].(map[string]any)["limit"] = "none"
		if r := s.As(w.Doctor).Post("/api/v1/prescriptions", free).Want(201); r.At("visits.limited") != false {
			t.Errorf("without limit %s", r.Body)
		}
		s.As(w.Doctor).Post("/api/v1/prescriptions", map[string]any{"client_id": "none", "colour": "red"}).Refused(422, "validation")
		s.Anonymous().Post("/api/v1/prescriptions", neckOrderBody(w)).Refused(401, "sign_in.required")
	})
}

func TestATranscriptionAndItsScanOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		owner := s.As(w.Owner)
		body := neckOrderBody(w)
		body["prescriber_id"], body["opening"] = w.Provider.ID, map[string]any{"used": 1, "as_of": "2026-03-01"}
		id := owner.Post("/api/v1/prescriptions", body).Want(201).Text("id")
		at := "/api/v1/prescriptions/" + id
		owner.Post(at+"/submission", map[string]any{}).Refused(422, "order.scan_required")
		form, kind := scanForm(t, "file", []byte("<html>not a scan</html>"))
		owner.Post(at+"/attachments", form, "Content-Type", kind).Refused(415, "scan.unsupported")
		form, kind = scanForm(t, "scan", pngScan(t))
		owner.Post(at+"/attachments", form, "Content-Type", kind).Refused(422, "validation")
		owner.Post(at+"/attachments", map[string]any{"file": "x"}).Refused(415, "media_type")
		form, kind = scanForm(t, "file", pngScan(t))
		a := owner.Post(at+"/attachments", form, "Content-Type", kind, "Idempotency-Key", "scan").Want(201)
		if b := owner.Post(at+"/attachments", form, "Content-Type", kind, "Idempotency-Key", "scan").Want(201); b.Text("id") != a.Text("id") {
			t.Error("a repeated upload made a second scan")
		}
		got := owner.Get(at + "/attachments/" + a.Text("id")).Want(200)
		if got.Header.Get("Content-Type") != "image/png" || got.Header.Get("Content-Disposition") != `attachment; filename="scan.png"` ||
			got.Header.Get("X-Content-Type-Options") != "nosniff" || !bytes.Equal(got.Body, pngScan(t)) {
			t.Errorf("scan %s", got.Header)
		}
		s.As(w.Stranger).Get(at+"/attachments/"+a.Text("id")).Refused(404, "not_found")
		owner.Post(at+"/submission", map[string]any{}).Want(200)
		accepted := owner.Post(at+"/acceptance", map[string]any{"received_on": "2026-03-01"}).Want(200)
		if accepted.At("visits.used") != 1.0 || accepted.At("visits.left") != 3.0 || accepted.Text("received_on") != "2026-03-01" {
			t.Errorf("accepted %s", accepted.Body)
		}
		if c := s.As(w.Doctor).Post(at+"/countersignature", map[string]any{"signature": map[string]any{"method": "typed", "name": "Linh Nguyễn"}}).Want(200); c.Text("countersigned.name") == "" {
			t.Errorf("countersigned %s", c.Body)
		}
	})
}

func TestTheChangeJourneyOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		doctor, therapist := s.As(w.Doctor), s.As(w.Therapist)
		id := doctor.Post("/api/v1/prescriptions", neckOrderBody(w)).Want(201).Text("id")
		at := "/api/v1/prescriptions/" + id
		doctor.Post(at+"/submission", map[string]any{"signature": map[string]any{"method": "typed", "name": "Linh Nguyễn"}}).Want(200)
		therapist.Post(at+"/acceptance", map[string]any{}).Want(200)
		wish := map[string]any{"asked_by": "client", "words": "My legs and feet ache too.", "explanation_given": "I ask your doctor.",
			"proposed": map[string]any{"regions": []any{map[string]any{"region": "neck", "side": "both"}, map[string]any{"region": "lower_limb", "side": "both"}}}}
		first := therapist.Post(at+"/change-requests", wish).Want(201)
		if first.Text("status") != "sent" || first.Text("lapses_on") != "2026-03-16" {
			t.Errorf("asked %s", first.Body)
		}
		therapist.Post(at+"/change-requests", wish).Refused(409, "change.open")
		one := "/api/v1/change-requests/" + first.Text("id")
		if r := doctor.Get(one).Want(200); r.Text("status") != "seen" || r.At("words") != nil || r.Text("prescription.client_name.family") != "Silva" {
			t.Errorf("seen %s", r.Body)
		}
		doctor.Post(one+"/decision", map[string]any{"decision": "declined"}).Refused(422, "validation")
		doctor.Post(one+"/decision", map[string]any{"decision": "maybe"}).Refused(422, "validation")
		doctor.Post(one+"/decision", map[string]any{"decision": "declined", "reason": "Neck first."}).Want(200)
		if r := therapist.Get(at).Want(200); r.Text("status") != "active" || r.Text("current_id") != id {
			t.Errorf("the plan stands: %s", r.Body)
		}
		second := therapist.Post(at+"/change-requests", wish).Want(201)
		two := "/api/v1/change-requests/" + second.Text("id")
		therapist.Post(two+"/decision", map[string]any{"decision": "approved"}).Refused(403, "role.not_allowed")
		if pdf := therapist.Get(two + "/fax-back").Want(200); !bytes.HasPrefix(pdf.Body, []byte("%PDF")) {
			t.Error("the fax-back form is no PDF")
		}
		done := doctor.Post(two+"/decision", map[string]any{"decision": "approved"}).Want(200)
		next := therapist.Get("/api/v1/prescriptions/" + done.Text("new_prescription_id")).Want(200)
		if next.Text("status") != "active" || next.At("version") != 2.0 || next.Text("replaces") != id || next.Text("scope.regions.1.region") != "lower_limb" {
			t.Errorf("version 2 %s", next.Body)
		}
		if r := therapist.Get(at).Want(200); r.Text("status") != "superseded" || r.Text("current_id") != next.Text("id") {
			t.Errorf("version 1 %s", r.Body)
		}
		stale := therapist.Post(at+"/change-requests", wish).Refused(409, "order.not_active")
		if stale.Text("refs.current_prescription_id") != next.Text("id") {
			t.Errorf("refs %s", stale.Body)
		}
		if l := doctor.Get("/api/v1/change-requests?status=approved").Want(200); l.Text("items.0.id") != second.Text("id") {
			t.Errorf("approved %s", l.Body)
		}
		kept := therapist.Post("/api/v1/prescriptions/"+next.Text("id")+"/change-requests", map[string]any{"asked_by": "client", "words": "And my arms?",
			"explanation_given": "Legs and neck first.", "outcome": "explained"}).Want(201)
		if kept.Text("status") != "explained" {
			t.Errorf("explained %s", kept.Body)
		}
		verbal := therapist.Post("/api/v1/prescriptions/"+next.Text("id")+"/verbal-orders", map[string]any{"scope": map[string]any{"minutes_per_session": 45},
			"given_by": "Dr. Nguyễn", "taken_at": "2026-03-02T19:30:00Z", "read_back": true}).Want(201)
		if verbal.At("version") != 3.0 || verbal.Text("verbal.countersign_by") != "2026-03-16" || verbal.At("scope.minutes_per_session") != 45.0 {
			t.Errorf("verbal %s", verbal.Body)
		}
		if r := doctor.Post("/api/v1/prescriptions/"+verbal.Text("id")+"/renewal", map[string]any{"signature": map[string]any{"method": "typed", "name": "Linh"}}).Want(201); r.Text("status") != "submitted" || r.Text("valid_from") != "2026-03-30" {
			t.Errorf("renewed %s", r.Body)
		}
	})
}

func TestADecisionByLinkOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		doctor, therapist := s.As(w.Doctor), s.As(w.Therapist)
		at := "/api/v1/prescriptions/" + doctor.Post("/api/v1/prescriptions", neckOrderBody(w)).Want(201).Text("id")
		doctor.Post(at+"/submission", map[string]any{"signature": map[string]any{"method": "typed", "name": "Linh Nguyễn"}}).Want(200)
		client := therapist.Post(at+"/acceptance", map[string]any{}).Want(200).Text("client_id")
		c := therapist.Post(at+"/change-requests", map[string]any{"asked_by": "therapist", "words": "More time.", "explanation_given": "I ask.", "channel": "link",
			"proposed": map[string]any{"minutes_per_session": 45}}).Want(201)
		token := models.Token([]byte(strings.Repeat("d", models.TokenBytes)))
		w.Write(func(tx *store.Tx) error {
			return tx.AddLink(models.Link{TokenHash: models.HashToken(token), Kind: models.LinkChange, ObjectID: c.Text("id"), ClientID: models.ClientID(client), ProviderID: w.Provider.ID})
		})
		link := "/api/v1/decide/" + token
		s.Anonymous().Post(link, map[string]any{"birth_date": "1984-05-18"}).Refused(403, "link.birth_date")
		if r := s.Anonymous().Post(link, map[string]any{"birth_date": "1984-05-17"}).Want(200); r.Text("status") != "seen" {
			t.Errorf("opened %s", r.Body)
		}
		done := s.Anonymous().Post(link+"/decision", map[string]any{"birth_date": "1984-05-17", "decision": "approved", "name": "Linh Nguyễn, DC"}).Want(200)
		if done.Text("status") != "approved" || done.Text("decision.via") != "link" {
			t.Errorf("approved %s", done.Body)
		}
		s.Anonymous().Post(link, map[string]any{"birth_date": "1984-05-17"}).Refused(410, "link.ended")
	})
}
