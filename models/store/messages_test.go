package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

func post(w *storetest.World, object string) (id models.MessageID) {
	w.Write(func(tx *store.Tx) (err error) {
		id, err = tx.Post(models.Message{Kind: models.MessageReportLink, To: "linh@greenlake.example", ObjectKind: "report", ObjectID: object,
			LinkKind: models.LinkReport, ClientID: "c", ProviderID: w.Provider.ID})
		return err
	})
	return id
}

func TestPostKeepsTheMessageAndAsksForItsJob(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		id := post(w, "report-1")
		if want := (models.Job{Kind: store.JobMessage, PracticeID: w.Practice.ID, ObjectID: string(id)}); len(w.Jobs.All) != 1 || w.Jobs.All[0] != want {
			t.Errorf("jobs %+v, want %+v", w.Jobs.All, want)
		}
		w.Write(func(tx *store.Tx) error {
			got, err := tx.Message(id)
			want := models.Message{ID: id, PracticeID: w.Practice.ID, Kind: models.MessageReportLink, To: "linh@greenlake.example", ObjectKind: "report",
				ObjectID: "report-1", LinkKind: models.LinkReport, ClientID: "c", ProviderID: w.Provider.ID, State: models.MessageQueued, CreatedAt: storetest.Start}
			if err != nil || got != want {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
			return nil
		})
		err := w.DB.Write(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error {
			_, err := tx.Post(models.Message{Kind: models.MessageReportLink, To: "a@x.org\r\nBcc: b@y.org"})
			return err
		})
		if !errors.Is(err, fault.Invalid) {
			t.Errorf("an address with a header in it: %v, want invalid", err)
		}
	})
}

func TestAMessageOutsideEveryPracticeBelongsToTheNetwork(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		var id models.MessageID
		err := w.DB.Write(context.Background(), w.Doctor, func(_ context.Context, tx *store.Tx) (err error) {
			id, err = tx.Post(models.Message{Kind: models.MessageInvitation, To: "staff@greenlake.example", LinkKind: models.LinkInvitation, Role: models.ProviderStaff})
			if tx.PracticeID() != "" {
				t.Errorf("the transaction stayed in %q", tx.PracticeID())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = w.DB.Write(context.Background(), models.System(models.NetworkPractice), func(_ context.Context, tx *store.Tx) error {
			m, err := tx.Message(id)
			if m.Role != models.ProviderStaff {
				t.Errorf("message %+v", m)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestAMessageMovesOnlyFromTheStateThatWasSeen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		id := post(w, "report-1")
		w.Write(func(tx *store.Tx) error {
			m, err := tx.LockMessage(id)
			if err != nil {
				return err
			}
			m.State, m.Attempts, m.LinkID, m.Note = models.MessageSending, 1, "l", "Zoë said so"
			if err := tx.SetMessage(m, models.MessageQueued); err != nil {
				return err
			}
			got, err := tx.Message(id)
			if got != m {
				t.Errorf("got %+v, want %+v", got, m)
			}
			return err
		})
		err := w.DB.Write(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error {
			return tx.SetMessage(models.Message{ID: id, State: models.MessageSent}, models.MessageQueued)
		})
		if !errors.Is(err, fault.Conflict) {
			t.Errorf("a second claim: %v, want conflict", err)
		}
		var raw []byte
		if err := w.OwnerDB.QueryRow("SELECT note FROM messages").Scan(&raw); w.DB.Engine() == "sqlite" && (err != nil || len(raw) < 20 || string(raw) == `"Zoë said so"`) {
			t.Errorf("the note is stored as %q, %v", raw, err)
		}
	})
}

func TestMessagesAreListedByStateInPagesAndNotForOthers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		var ids []models.MessageID
		for range 3 {
			ids = append(ids, post(w, "report-1"))
		}
		read := func(by models.Actor, state models.MessageState, page models.Page) (l models.List[models.Message]) {
			t.Helper()
			if err := w.DB.Read(context.Background(), by, func(_ context.Context, tx *store.Tx) (err error) {
				l, err = tx.Messages(store.MessageFilter{State: state}, page)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return l
		}
		first := read(w.Owner, "", models.Page{Limit: 2})
		rest := read(w.Owner, models.MessageQueued, models.Page{Limit: 2, Cursor: first.NextCursor})
		if len(first.Items) != 2 || first.Items[0].ID != ids[2] || len(rest.Items) != 1 || rest.Items[0].ID != ids[0] || rest.NextCursor != "" {
			t.Errorf("pages %+v then %+v", first, rest)
		}
		if n := len(read(w.Owner, models.MessageFailed, models.Page{Limit: 2}).Items); n != 0 {
			t.Errorf("%d failed messages, want none", n)
		}
		if n := len(read(w.Stranger, "", models.Page{Limit: 2}).Items); n != 0 {
			t.Errorf("another practice sees %d messages", n)
		}
	})
}

func TestAnAddressIsNotFloodedWithLinks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		try := func(by models.Actor, to string, link models.LinkKind) error {
			return w.DB.Write(context.Background(), by, func(_ context.Context, tx *store.Tx) error {
				_, err := tx.Post(models.Message{Kind: models.MessageReportLink, To: to, LinkKind: link})
				return err
			})
		}
		for range models.LinkMailsPerHour {
			if err := try(w.Owner, "linh@greenlake.example", models.LinkReport); err != nil {
				t.Fatal(err)
			}
		}
		if err := try(w.Owner, "linh@greenlake.example", models.LinkSign); !errors.Is(err, fault.RateLimited) || fault.CodeOf(err) != "mail.too_many" {
			t.Errorf("one more link: %v, want mail.too_many", err)
		}
		for what, err := range map[string]error{"a notice": try(w.Owner, "linh@greenlake.example", ""), "another address": try(w.Owner, "sean@northgate.example", models.LinkReport),
			"another practice": try(w.Stranger, "linh@greenlake.example", models.LinkReport)} {
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		w.Clock.Advance(time.Hour)
		if err := try(w.Owner, "linh@greenlake.example", models.LinkReport); err != nil {
			t.Errorf("an hour later: %v", err)
		}
	})
}
