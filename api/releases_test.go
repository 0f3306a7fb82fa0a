package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"image"
	"image/png"
	"strings"
	"testing"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

func releaseBody(w *storetest.World) map[string]any {
	return map[string]any{"recipients": []any{map[string]any{"provider_id": w.Provider.ID}}, "categories": []string{"progress_report", "measures"},
		"purpose": "coordination", "expires_on": "2026-12-31"}
}

func TestTheReleaseJourneyOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		c := w.Client("Ana", "Silva")
		base := "/api/v1/clients/" + string(c.ID)
		r := s.As(w.Therapist).Post(base+"/releases", releaseBody(w)).Want(201)
		id := r.Text("id")
		if r.Text("status") != "draft" || r.Header.Get("Location") != "/api/v1/releases/"+id || r.At("recipients.0.label") != "Linh Nguyễn, DC, Green Lake Spine" {
			t.Errorf("draft %s", r.Body)
		}
		at := "/api/v1/releases/" + id
		if pdf := s.As(w.Desk).Get(at + "/document").Want(200); pdf.Header.Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(pdf.Body, []byte("%PDF")) {
			t.Errorf("form: %s", pdf.Header)
		}
		s.As(w.Desk).Post(at+"/signature", map[string]any{"method": "typed", "name": "Ana Silva", "electronic_records_consent": false}).Refused(422, "validation")
		var drawn bytes.Buffer
		if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 40, 10))); err != nil {
			t.Fatal(err)
		}
		sig := map[string]any{"method": "drawn", "name": "Ana Silva", "image": "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawn.Bytes()),
			"electronic_records_consent": true, "witness": "Dana Kim"}
		signed := s.As(w.Desk).Post(at+"/signature", sig).Want(200)
		if signed.Text("status") != "active" || signed.Text("signature.identified_by") != "in_person" || signed.Header.Get("ETag") != `"2"` {
			t.Errorf("signed %s", signed.Body)
		}
		pdf := s.As(w.Therapist).Get(at + "/document").Want(200)
		if sum := sha256.Sum256(pdf.Body); hex.EncodeToString(sum[:]) != signed.Text("document_sha256") {
			t.Error("the document's hash is not the one that was answered")
		}
		s.As(w.Desk).Post(at+"/signature", sig).Refused(409, "release.already_signed")
		if l := s.As(w.Doctor).Get("/api/v1/releases").Want(200); l.Text("items.0.id") != id || l.At("items.0.client") != nil || strings.Contains(string(l.Body), string(c.ID)) {
			t.Errorf("provider's list %s", l.Body)
		}
		if one := s.As(w.Doctor).Get(at).Want(200); one.Text("client.name.family") != "Silva" {
			t.Errorf("provider's view %s", one.Body)
		}
		s.As(w.Doctor2).Get(at).Refused(404, "not_found")
		s.As(w.Stranger).Get(at).Refused(404, "not_found")
		s.As(w.Desk).Post(at+"/revocation", map[string]any{"received_at": w.Clock.Now(), "channel": "letter"}).Refused(403, "role.not_allowed")
		s.As(w.Owner).Post(at+"/revocation", map[string]any{"channel": "letter"}, "If-Match", `"1"`).Refused(412, "version.stale")
		gone := s.As(w.Owner).Post(at+"/revocation", map[string]any{"received_at": w.Clock.Now(), "channel": "letter", "reason": "Moved"}).Want(200)
		if gone.Text("status") != "revoked" || gone.Text("revocation.channel") != "letter" {
			t.Errorf("revoked %s", gone.Body)
		}
		if l := s.As(w.Owner).Get(base + "/disclosures?view=full").Want(200); l.Text("items.0.verdict") != "allowed" || l.Text("items.0.release_id") != id {
			t.Errorf("ledger %s", l.Body)
		}
		if l := s.As(w.Therapist).Get(base + "/disclosures?view=statutory").Want(200); l.At("items.0") != nil {
			t.Errorf("accounting %s", l.Body)
		}
		s.As(w.Owner).Get(base+"/disclosures?view=secret").Refused(422, "validation")
		s.As(w.Owner).Get(base + "/disclosures/document").Want(200)
		s.As(w.Doctor).Get(base+"/disclosures").Refused(403, "role.not_allowed")
		if l := s.As(w.Desk).Get(base + "/releases?limit=1").Want(200); l.Text("items.0.id") != id {
			t.Errorf("list %s", l.Body)
		}
		if strings.Contains(s.Logged(), "Silva") {
			t.Error("a client's name is in the log")
		}
	})
}

func TestAClientSignsByLinkOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		c := w.Client("Ana", "Silva")
		id := s.As(w.Therapist).Post("/api/v1/clients/"+string(c.ID)+"/releases", releaseBody(w)).Want(201).Text("id")
		s.As(w.Desk).Post("/api/v1/releases/"+id+"/signing-link", map[string]any{"email": "nobody"}).Refused(422, "validation")
		s.As(w.Desk).Post("/api/v1/releases/"+id+"/signing-link", map[string]any{"email": "ana@example.org"}).Want(201)
		w.Write(func(tx *store.Tx) error {
			return tx.AddLink(models.Link{TokenHash: models.HashToken("secret"), Kind: models.LinkSign, ObjectID: id, ClientID: c.ID, Email: "ana@example.org"})
		})
		anyone := s.Anonymous()
		if p := anyone.Get("/api/v1/sign/secret").Want(200); p.At("waiting") != true || strings.Contains(string(p.Body), "Silva") || strings.Contains(string(p.Body), "Ballard") {
			t.Errorf("page %s", p.Body)
		}
		anyone.Get("/api/v1/sign/other").Refused(404, "not_found")
		sig := map[string]any{"method": "typed", "name": "Ana Silva", "electronic_records_consent": true}
		anyone.Post("/api/v1/sign/secret", sig).Refused(422, "validation")
		sig["birth_date"] = "1984-05-18"
		anyone.Post("/api/v1/sign/secret", sig).Refused(403, "link.birth_date")
		if p := anyone.Get("/api/v1/sign/secret").Want(200); p.At("tries_left") != 4.0 {
			t.Errorf("after a wrong date %s", p.Body)
		}
		anyone.Post("/api/v1/sign/secret/document", map[string]any{"birth_date": "1984-05-17"}).Want(200)
		sig["birth_date"] = "1984-05-17"
		if r := anyone.Post("/api/v1/sign/secret", sig).Want(200); r.Text("status") != "active" || r.Text("signature.identified_by") != "one_time_link" {
			t.Errorf("signed %s", r.Body)
		}
		anyone.Post("/api/v1/sign/secret", sig).Refused(410, "link.ended")
		anyone.Get("/api/v1/sign/secret").Refused(410, "link.ended")
	})
}

func TestARepeatedReleaseGivesTheSameAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		at := "/api/v1/clients/" + string(w.Client("Ana", "Silva").ID) + "/releases"
		first := s.As(w.Therapist).Post(at, releaseBody(w), "Idempotency-Key", "k1").Want(201)
		again := s.As(w.Therapist).Post(at, releaseBody(w), "Idempotency-Key", "k1").Want(201)
		if string(first.Body) != string(again.Body) || first.Header.Get("ETag") != again.Header.Get("ETag") {
			t.Errorf("got %s, then %s", first.Body, again.Body)
		}
		if l := s.As(w.Therapist).Get(at).Want(200); l.At("items.1") != nil {
			t.Errorf("two releases: %s", l.Body)
		}
		sign := "/api/v1/releases/" + first.Text("id") + "/signature"
		sig := map[string]any{"method": "typed", "name": "Ana Silva", "electronic_records_consent": true}
		one := s.As(w.Desk).Post(sign, sig, "Idempotency-Key", "k2").Want(200)
		two := s.As(w.Desk).Post(sign, sig, "Idempotency-Key", "k2").Want(200)
		if string(one.Body) != string(two.Body) {
			t.Errorf("got %s, then %s", one.Body, two.Body)
		}
	})
}
