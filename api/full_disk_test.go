package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

func TestOnAFullDiskOnlyWhatTakesAccessAwayOrSignsInGoesOn(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := apitest.New(t, w)
	s.Full.Store(true)
	var on []string
	for _, op := range operationsOf(s.API.OpenAPI()) {
		path := strings.NewReplacer("{", "", "}", "").Replace(op.Path)
		if op.Method != http.MethodGet && s.With(s.SignedIn(w.Owner)).Do(op.Method, path, map[string]any{}).Text("code") != "disk.low" {
			on = append(on, op.OperationID)
		}
	}
	slices.Sort(on)
	want := "change-colleague change-password confirm-otp read-document-by-link refresh remove-otp renew-recovery-codes revoke-by-link revoke-release sign-in sign-out start-otp suspend-practice"
	if got := strings.Join(on, " "); got != want {
		t.Errorf("on a full disk go on\n%s, want\n%s", got, want)
	}
}

func TestAReleaseIsRevokedOnAFullDisk(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		c, born := w.Client("Ana", "Silva"), map[string]any{"birth_date": "1984-05-17"}
		signed := func() string {
			id := s.As(w.Therapist).Post("/api/v1/clients/"+string(c.ID)+"/releases", releaseBody(w)).Want(201).Text("id")
			s.As(w.Desk).Post("/api/v1/releases/"+id+"/signature", map[string]any{"method": "typed", "name": "Ana Silva", "electronic_records_consent": true, "witness": "Dana Kim"}).Want(200)
			return id
		}
		staff, own := signed(), signed()
		w.Write(func(tx *store.Tx) error {
			return tx.AddLink(models.Link{TokenHash: models.HashToken("secret"), Kind: models.LinkSign, ObjectID: own, ClientID: c.ID, Email: "ana@example.org"})
		})
		operator := w.Person("op@example.org", "Ona Perez", models.RoleGrant{Role: models.Operator})
		s.Full.Store(true)
		s.As(w.Therapist).Post("/api/v1/clients/"+string(c.ID)+"/releases", releaseBody(w)).Refused(503, "disk.low")
		s.Anonymous().Post("/api/v1/sign/secret/document", born).Want(200)
		if r := s.Anonymous().Post("/api/v1/sign/secret/revocation", born).Want(200); r.Text("status") != "revoked" {
			t.Errorf("by link %s", r.Body)
		}
		if r := s.As(w.Owner).Post("/api/v1/releases/"+staff+"/revocation", map[string]any{"received_at": w.Clock.Now(), "channel": "letter"}).Want(200); r.Text("status") != "revoked" {
			t.Errorf("by staff %s", r.Body)
		}
		s.As(w.Doctor).Get("/api/v1/releases").Want(200)
		s.As(operator).Post("/api/v1/practices/"+string(w.Practice.ID)+"/suspension", nil).Want(200)
		s.As(w.Therapist).Get("/api/v1/clients").Refused(403, "practice.suspended")
	})
}
