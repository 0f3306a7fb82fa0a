package delivery_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
	"rapport/referral/delivery"
	"rapport/referral/mail"
)

// side is the network's side of the seam: what a test wants the gate to say,
// and what it was told.
type side struct {
	mu      sync.Mutex
	refuse  error
	settled []models.MessageState
	asked   int
	passes  int
	wait    chan struct{}
}

func (s *side) MayStillSend(context.Context, *store.Tx, models.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	return s.refuse
}

func (s *side) MessageSettled(_ context.Context, tx *store.Tx, m models.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settled = append(s.settled, m.State)
	_, err := tx.Message(m.ID) // the hook may use the transaction
	return err
}

func (s *side) RunPasses(context.Context) error {
	s.mu.Lock()
	s.passes++
	s.mu.Unlock()
	if s.wait != nil {
		<-s.wait
	}
	return nil
}

func (s *side) seen() []models.MessageState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.settled)
}

// post is a world with its post office.
type post struct {
	*storetest.World
	side *side
	box  *mail.Memory
	*delivery.Delivery
}

func open(w *storetest.World) *post {
	p := &post{World: w, side: &side{}, box: &mail.Memory{}}
	p.Delivery = p.office(w.DB, p.box)
	w.DB.SetQueue(p.Delivery)
	return p
}

func (p *post) office(db *store.DB, sender delivery.Sender) *delivery.Delivery {
	p.T.Helper()
	d, err := delivery.New(delivery.Config{DB: db, Network: p.side, Sender: sender, PublicURL: "https://rapport.example/", Now: p.Clock.Now,
		Random: rand.Reader, PassEvery: time.Hour})
	if err != nil {
		p.T.Fatal(err)
	}
	return d
}

func each(t *testing.T, f func(t *testing.T, p *post)) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) { f(t, open(w)) })
}

func (p *post) send(kind models.MessageKind, link models.LinkKind) (id models.MessageID) {
	p.T.Helper()
	p.Write(func(tx *store.Tx) (err error) {
		id, err = tx.Post(models.Message{Kind: kind, To: "linh@greenlake.example", ObjectKind: "report", ObjectID: "report-1", LinkKind: link,
			ClientID: "client-1", ProviderID: p.Provider.ID})
		return err
	})
	return id
}

func (p *post) message(id models.MessageID) (m models.Message) {
	p.T.Helper()
	p.Write(func(tx *store.Tx) (err error) { m, err = tx.Message(id); return err })
	return m
}

func (p *post) drain(want int) {
	p.T.Helper()
	n, err := p.Drain(context.Background())
	if err != nil || n != want {
		p.T.Errorf("%d attempts, %v, want %d", n, err, want)
	}
}

func (p *post) expect(id models.MessageID, state models.MessageState, reason string, attempts int) models.Message {
	p.T.Helper()
	m := p.message(id)
	if m.State != state || m.Reason != reason || m.Attempts != attempts {
		p.T.Errorf("message is %s %q after %d attempts, want %s %q after %d", m.State, m.Reason, m.Attempts, state, reason, attempts)
	}
	return m
}

func TestARollbackLeavesNoJobAndACommitIsWorkedOnce(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		err := p.DB.Write(context.Background(), p.Owner, func(_ context.Context, tx *store.Tx) error {
			if _, err := tx.Post(models.Message{Kind: models.MessageReportNotice, To: "linh@greenlake.example"}); err != nil {
				return err
			}
			return fault.Missing("thing")
		})
		if !errors.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		p.drain(0)
		id := p.send(models.MessageReportNotice, "")
		p.drain(1)
		p.drain(0)
		m := p.expect(id, models.MessageSent, "", 1)
		if m.SentAt == nil || !m.SentAt.Equal(storetest.Start) || m.LinkID != "" {
			t.Errorf("message %+v", m)
		}
		if got := p.side.seen(); !slices.Equal(got, []models.MessageState{models.MessageSent}) {
			t.Errorf("the network was told %v", got)
		}
		sent := p.box.Sent()
		if len(sent) != 1 || sent[0].ID != id || sent[0].To != "linh@greenlake.example" || !strings.Contains(sent[0].Text, "https://rapport.example/\n") {
			t.Errorf("mails %+v", sent)
		}
	})
}

func TestALinkIsMintedAtTheClaimAndStoredOnlyAsItsHash(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		id := p.send(models.MessageReportLink, models.LinkReport)
		p.drain(1)
		_, rest, found := strings.Cut(p.box.Sent()[0].Text, "https://rapport.example/open/")
		if !found {
			t.Fatalf("no link in %q", p.box.Sent()[0].Text)
		}
		token, _, _ := strings.Cut(rest, "\n")
		m := p.message(id)
		p.Write(func(tx *store.Tx) error {
			l, err := tx.LinkByToken(token, models.LinkReport)
			if err != nil || l.ID != m.LinkID || l.ObjectID != "report-1" || l.Email != m.To || l.ProviderID != p.Provider.ID || l.ClientID != "client-1" ||
				!l.ExpiresAt.Equal(storetest.Start.AddDate(0, 0, 14)) || l.PracticeID != p.Practice.ID {
				t.Errorf("link %+v, %v", l, err)
			}
			return nil
		})
		var n int
		if err := p.OwnerDB.QueryRow("SELECT count(*) FROM links WHERE token_hash = '" + token + "'").Scan(&n); err != nil || n != 0 {
			t.Errorf("the token is in the database: %d, %v", n, err)
		}
	})
}

func TestATemporaryRefusalIsRetriedLaterWithAFreshLink(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		var tokens []string
		p.box.Fail(func(m models.Mail) error {
			_, rest, _ := strings.Cut(m.Text, "/open/")
			token, _, _ := strings.Cut(rest, "\n")
			tokens = append(tokens, token)
			if len(tokens) <= 2 {
				return &models.SendError{Verdict: models.SendLater, Code: "mail.deferred_451"}
			}
			return nil
		})
		id := p.send(models.MessageReportLink, models.LinkReport)
		p.drain(1)
		p.expect(id, models.MessageQueued, "mail.deferred_451", 1)
		p.drain(0)
		p.Clock.Advance(15 * time.Second)
		p.drain(1)
		p.Clock.Advance(29 * time.Second)
		p.drain(0)
		p.Clock.Advance(time.Second)
		p.drain(1)
		p.expect(id, models.MessageSent, "", 3)
		if got := p.side.seen(); !slices.Equal(got, []models.MessageState{models.MessageSent}) {
			t.Errorf("the network was told %v, want sent only", got)
		}
		p.Write(func(tx *store.Tx) error {
			for i, token := range tokens {
				_, err := tx.LinkByToken(token, models.LinkReport)
				if errors.Is(err, fault.Gone) != (i < 2) {
					t.Errorf("link %d: %v", i+1, err)
				}
			}
			return nil
		})
	})
}

func TestARefusalForGoodFailsAndWaitsForAPerson(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.box.Fail(func(models.Mail) error { return &models.SendError{Verdict: models.SendNever, Code: "mail.refused_550"} })
		id := p.send(models.MessageReportNotice, "")
		p.drain(1)
		p.Clock.Advance(48 * time.Hour)
		p.drain(0)
		p.expect(id, models.MessageFailed, "mail.refused_550", 1)
		if got := p.side.seen(); !slices.Equal(got, []models.MessageState{models.MessageFailed}) {
			t.Errorf("the network was told %v", got)
		}
	})
}

func TestAServerThatIsDownForDaysEndsInFailedNotInSilence(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.box.Fail(func(models.Mail) error { return errors.New("no route") })
		id := p.send(models.MessageReportNotice, "")
		for range 19 {
			p.drain(1)
			p.Clock.Advance(time.Hour)
		}
		p.expect(id, models.MessageQueued, "mail.failed", 19)
		p.drain(1)
		p.Clock.Advance(48 * time.Hour)
		p.drain(0)
		p.expect(id, models.MessageFailed, "mail.failed", 20)
	})
}

func TestAGateThatCannotAnswerIsAskedAgainAndEndsInFailed(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.side.refuse = errors.New("disk on fire")
		id := p.send(models.MessageReportNotice, "")
		p.drain(1)
		p.expect(id, models.MessageQueued, "", 0)
		for range 19 {
			p.Clock.Advance(time.Hour)
			p.drain(1)
		}
		p.expect(id, models.MessageFailed, "delivery.gave_up", 0)
		if len(p.box.Sent()) != 0 {
			t.Error("a mail left without an answer of the gate")
		}
	})
}

func TestARevocationStopsWhatIsAlreadyQueued(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		id := p.send(models.MessageReportLink, models.LinkReport)
		p.side.refuse = fault.New(fault.Gone, "release.ended", "The release has ended.")
		p.drain(1)
		m := p.expect(id, models.MessageStopped, "release.ended", 0)
		if len(p.box.Sent()) != 0 || m.LinkID != "" {
			t.Error("a mail left, or a link was made, after the gate said no")
		}
		p.Write(func(tx *store.Tx) error {
			events, err := tx.Audit(0, 100)
			if err != nil || len(events) != 1 || events[0].Action != "message.stopped" || events[0].Detail != "release.ended" {
				t.Errorf("trail %+v, %v", events, err)
			}
			return nil
		})
	})
}

func TestAnUnknownFateIsNeverSentAgain(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		left := 0
		p.box.Fail(func(models.Mail) error {
			left++
			return &models.SendError{Verdict: models.SendUnknown, Code: "mail.no_answer"}
		})
		id := p.send(models.MessageReportNotice, "")
		p.drain(1)
		p.Clock.Advance(48 * time.Hour)
		p.drain(0)
		p.expect(id, models.MessageUncertain, "mail.no_answer", 1)
		if left != 1 {
			t.Errorf("it left %d times", left)
		}
	})
}

func TestAPanicWhileSendingEndsInUncertain(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		left := 0
		p.box.Fail(func(models.Mail) error { left++; panic("Zoë Đặng") })
		id := p.send(models.MessageReportNotice, "")
		p.drain(1)
		p.Clock.Advance(time.Minute)
		p.drain(1)
		p.expect(id, models.MessageUncertain, "delivery.interrupted", 1)
		var errs string
		column := "errors"
		if p.DB.Engine() == "postgres" {
			column = "errors::text"
		}
		if err := p.OwnerDB.QueryRow("SELECT " + column + " FROM river_job").Scan(&errs); err != nil || strings.Contains(errs, "Zoë") || !strings.Contains(errs, "panic") {
			t.Errorf("the job's errors are %q, %v", errs, err)
		}
		if left != 1 {
			t.Errorf("it left %d times", left)
		}
	})
}

func TestOnlyOnePassWaitsAtATime(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		for range 3 {
			p.Write(func(tx *store.Tx) error { return tx.Enqueue(models.Job{Kind: store.JobPass}, tx.Now()) })
		}
		p.drain(1)
		p.Write(func(tx *store.Tx) error { return tx.Enqueue(models.Job{Kind: store.JobPass}, tx.Now().Add(time.Hour)) })
		p.drain(0)
		p.Clock.Advance(time.Hour)
		p.drain(1)
		if p.side.passes != 2 {
			t.Errorf("%d passes, want 2", p.side.passes)
		}
	})
}

func TestEveryKindHasWordsThatNameNobody(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	p := open(w)
	c := w.Client("Zoë", "Canary-Đặng")
	for _, kind := range models.MessageKinds() {
		link := map[models.MessageKind]models.LinkKind{models.MessageInvitation: models.LinkInvitation, models.MessageSigningLink: models.LinkSign,
			models.MessageReleaseCopy: models.LinkSign, models.MessageReportLink: models.LinkReport, models.MessageChangeLink: models.LinkChange}[kind]
		w.Write(func(tx *store.Tx) error {
			_, err := tx.Post(models.Message{Kind: kind, To: "linh@greenlake.example", ObjectKind: "report", ObjectID: "report-canary", LinkKind: link, ClientID: c.ID})
			return err
		})
	}
	p.drain(len(models.MessageKinds()))
	for _, m := range p.box.Sent() {
		if m.Subject == "" || m.FromName != w.Practice.Name || !strings.Contains(m.Text, w.Practice.Name) || !strings.Contains(m.Text, "https://rapport.example/") ||
			strings.Contains(m.Text, "{") {
			t.Errorf("letter %+v", m)
		}
		if len(m.Files) > 0 {
			t.Errorf("a paper goes along: %+v", m)
		}
		for _, canary := range []string{"Zoë", "Canary", string(c.ID), "report-canary", string(w.Provider.ID), "neck", "massage therapy"} {
			if strings.Contains(m.Subject+m.Text+m.FromName+m.ReplyTo, canary) {
				t.Errorf("a letter holds %q: %+v", canary, m)
			}
		}
	}
}

func TestAnInvitationOutsideEveryPracticeIsSentToo(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		err := p.DB.Write(context.Background(), p.Doctor, func(_ context.Context, tx *store.Tx) error {
			_, err := tx.Post(models.Message{Kind: models.MessageInvitation, To: "staff@greenlake.example", ObjectKind: "provider", ObjectID: string(p.Provider.ID),
				LinkKind: models.LinkInvitation, Role: models.ProviderStaff, ProviderID: p.Provider.ID})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		p.drain(1)
		sent := p.box.Sent()
		if len(sent) != 1 || !strings.Contains(sent[0].Text, "A colleague invites you") {
			t.Fatalf("mails %+v", sent)
		}
		_, rest, _ := strings.Cut(sent[0].Text, "/invitations/")
		token, _, _ := strings.Cut(rest, "\n")
		p.Write(func(tx *store.Tx) error {
			l, err := tx.LinkByToken(token, models.LinkInvitation)
			if l.Role != models.ProviderStaff || l.ProviderID != p.Provider.ID || l.PracticeID != models.NetworkPractice {
				t.Errorf("link %+v", l)
			}
			return err
		})
	})
}

func TestASuspendedPracticeSendsNothingUntilItIsResumed(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		id := p.send(models.MessageReportNotice, "")
		suspend := func(on bool) {
			p.Write(func(tx *store.Tx) error { _, err := tx.SetSuspended(p.Practice.ID, on); return err })
		}
		suspend(true)
		p.drain(1)
		p.expect(id, models.MessageQueued, "", 0)
		p.drain(0) // it does not ask again and again
		if len(p.box.Sent()) != 0 || p.side.asked != 0 {
			t.Error("a mail left, or the gate was asked")
		}
		suspend(false)
		p.Write(func(tx *store.Tx) error { return tx.EnqueueWaiting() })
		p.drain(1)
		p.expect(id, models.MessageSent, "", 1)
		if len(p.box.Sent()) != 1 {
			t.Errorf("%d mails", len(p.box.Sent()))
		}
	})
}
