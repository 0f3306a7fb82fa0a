package api_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// failed posts a message that the mail server refuses for good.
func failed(s *apitest.Server) (id models.MessageID) {
	s.T.Helper()
	s.Box.Fail(func(models.Mail) error { return &models.SendError{Verdict: models.SendNever, Code: "mail.refused_550"} })
	s.World.Write(func(tx *store.Tx) (err error) {
		id, err = tx.Post(models.Message{Kind: models.MessageReportLink, To: "linh@greenlake.example", ObjectKind: "thing", ObjectID: "thing-1", LinkKind: models.LinkReport})
		return err
	})
	s.Deliver()
	s.Box.Fail(nil)
	return id
}

func TestMessagesAreListedForOwnerAndTherapistOfThePractice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		id := failed(s)
		for _, by := range []models.Actor{w.Owner, w.Therapist} {
			r := s.As(by).Get("/api/v1/messages?state=failed").Want(200)
			if r.Text("items.0.id") != string(id) || r.Text("items.0.state") != "failed" || r.Text("items.0.reason") != "mail.refused_550" ||
				r.Text("items.0.to") != "linh@greenlake.example" || r.At("items.0.attempts") != 1.0 || r.At("items.1") != nil {
				t.Errorf("got %s", r.Body)
			}
		}
		if r := s.As(w.Owner).Get("/api/v1/messages?state=sent").Want(200); r.At("items.0") != nil {
			t.Errorf("got %s", r.Body)
		}
		if r := s.As(w.Stranger).Get("/api/v1/messages").Want(200); r.At("items.0") != nil {
			t.Errorf("another practice got %s", r.Body)
		}
		s.As(w.Desk).Get("/api/v1/messages").Refused(403, "role.not_allowed")
		s.As(w.Doctor).Get("/api/v1/messages").Refused(403, "role.not_allowed")
		s.As(w.Owner).Get("/api/v1/messages?state=lost").Want(422)
	})
}

func TestAPersonSettlesAFailedMessage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		id := failed(s)
		path := "/api/v1/messages/" + string(id) + "/resolution"
		s.As(w.Owner).Post(path, map[string]string{"outcome": "sent"}).Refused(422, "validation")
		s.As(w.Desk).Post(path, map[string]string{"outcome": "retry"}).Refused(403, "role.not_allowed")
		a := s.As(w.Stranger).Post(path, map[string]string{"outcome": "retry"}).Refused(404, "not_found")
		b := s.As(w.Stranger).Post("/api/v1/messages/nothing/resolution", map[string]string{"outcome": "retry"}).Refused(404, "not_found")
		if withoutID(a) != withoutID(b) {
			t.Errorf("a foreign message shows: %s, %s", a.Body, b.Body)
		}

		if r := s.As(w.Owner).Post(path, map[string]string{"outcome": "retry"}).Want(200); r.Text("state") != "queued" {
			t.Errorf("got %s", r.Body)
		}
		if sent := s.Deliver(); len(sent) != 1 || sent[0].ID != id {
			t.Errorf("mails %+v", sent)
		}
		s.As(w.Owner).Post(path, map[string]string{"outcome": "retry"}).Refused(409, "message.not_waiting")
		if sent := s.Deliver(); len(sent) != 1 {
			t.Errorf("%d mails, want 1", len(sent))
		}
	})
}

func TestGivingUpClosesTheLinkAndSayingSentKeepsIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		for outcome, want := range map[string]models.MessageState{"gave_up": models.MessageStopped, "sent": models.MessageSent} {
			id := failed(s)
			r := s.As(w.Therapist).Post("/api/v1/messages/"+string(id)+"/resolution", map[string]string{"outcome": outcome, "note": "The office called."}).Want(200)
			if r.Text("state") != string(want) || r.Text("note") != "The office called." {
				t.Errorf("got %s", r.Body)
			}
			w.Write(func(tx *store.Tx) error {
				m, err := tx.Message(id)
				if err != nil {
					return err
				}
				l, err := tx.Link(m.LinkID)
				if m.State != want || m.Note != "The office called." || (l.ClosedAt != nil) != (outcome == "gave_up") {
					t.Errorf("%s: message %+v, link closed at %v", outcome, m, l.ClosedAt)
				}
				events, err2 := tx.Audit(0, 100)
				if !slices.ContainsFunc(events, func(e models.AuditEvent) bool {
					return e.Action == "message.resolve" && e.ObjectID == string(id) && e.Outcome == "done" && e.Detail == outcome
				}) {
					t.Errorf("trail %+v", events)
				}
				return errors.Join(err, err2)
			})
		}
	})
}

func TestPassesForgetAnswersAndCloseLinksAndMayRunTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		body := map[string]any{"name": map[string]string{"given": "Ana", "family": "Silva"}, "birth_date": "1984-05-17"}
		s.As(w.Owner).Post("/api/v1/clients", body, "Idempotency-Key", "k").Want(201)
		token := models.Token([]byte("a token of a link that expires"))
		w.Write(func(tx *store.Tx) error {
			return tx.AddLink(models.Link{TokenHash: models.HashToken(token), Kind: models.LinkSign, ObjectID: "r", Email: "a@x.org"})
		})
		count := func(q string) (n int) {
			t.Helper()
			if err := w.DB.Pool().QueryRow("SELECT count(*) FROM " + q).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		run := func() {
			t.Helper()
			if err := s.Net.RunPasses(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		run()
		if count("idempotency_keys") != 1 || count("links WHERE closed_at IS NOT NULL") != 0 {
			t.Error("a pass took what is still alive")
		}
		w.Clock.Advance(14 * 24 * time.Hour)
		run()
		run()
		if count("idempotency_keys") != 0 || count("links WHERE closed_at IS NOT NULL") != 1 {
			t.Error("a pass left what has expired")
		}
		w.Write(func(tx *store.Tx) error {
			if _, err := tx.LinkByToken(token, models.LinkSign); !errors.Is(err, fault.Gone) {
				t.Errorf("link: %v", err)
			}
			return nil
		})
	})
}
