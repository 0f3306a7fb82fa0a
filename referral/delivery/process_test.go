package delivery_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
	"rapport/referral/delivery"
	"rapport/referral/mail"
)

// TestMain is also the process that dies: started again with a database in its
// environment, this binary works the queue and kills itself while it sends.
func TestMain(m *testing.M) {
	if url := os.Getenv("DELIVERY_TEST_DIES_ON"); url != "" {
		if err := die(url, os.Getenv("DELIVERY_TEST_LETTERBOX")); err != nil {
			os.Stderr.WriteString(err.Error())
		}
		os.Exit(3) // it should not have come so far
	}
	os.Exit(m.Run())
}

// killer drops the letter into a file, which nobody can take back, and dies.
type killer struct{ letterbox string }

func (k killer) Send(_ context.Context, m models.Mail) error {
	f, err := os.OpenFile(k.letterbox, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.WriteString(string(m.ID) + "\n"); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

func die(url, letterbox string) error {
	now := func() time.Time { return storetest.Start }
	db, err := store.Open(store.Config{URL: url, Now: now, NewID: rand.Text})
	if err != nil {
		return err
	}
	d, err := delivery.New(delivery.Config{DB: db, Network: &side{}, Sender: killer{letterbox}, PublicURL: "https://rapport.example", Now: now, Random: rand.Reader})
	if err != nil {
		return err
	}
	_, err = d.Drain(context.Background())
	return errors.Join(err, errors.New("the queue was worked and nobody died"))
}

func TestAKilledConcurrentProcessLeavesTheMessageUncertainAndNobodySendsItAgain(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			w := storetest.NewWorld(t, engine)
			p := open(w)
			id := p.send(models.MessageReportLink, models.LinkReport)
			letterbox := filepath.Join(t.TempDir(), "letterbox")
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), "DELIVERY_TEST_DIES_ON="+w.URL(), "DELIVERY_TEST_LETTERBOX="+letterbox)
			out, err := child.CombinedOutput()
			if ws, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || ws.Signal() != syscall.SIGKILL {
				t.Fatalf("the child ended otherwise: %v, %s", err, out)
			}
			p.expect(id, models.MessageSending, "", 1)
			p.drain(0) // its job may still be running elsewhere
			p.Clock.Advance(2*time.Minute + time.Second)
			p.drain(1)
			p.expect(id, models.MessageUncertain, "delivery.interrupted", 1)
			p.Clock.Advance(48 * time.Hour)
			p.drain(0)
			b, err := os.ReadFile(letterbox)
			if err != nil || string(b) != string(id)+"\n" || len(p.box.Sent()) != 0 {
				t.Errorf("letters %q and %d more, %v, want exactly one", b, len(p.box.Sent()), err)
			}
		})
	}
}

// eventually waits for what a running server does by itself.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if f() {
			return
		}
	}
	t.Fatal("never: " + what)
}

func start(t *testing.T, d *delivery.Delivery) {
	t.Helper()
	if err := d.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, d) })
}

func stop(t *testing.T, d *delivery.Delivery) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := d.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func TestTwoConcurrentServersOnOneDatabaseSendEachMessageOnce(t *testing.T) {
	p := open(storetest.NewWorld(t, "postgres"))
	other := &mail.Memory{}
	start(t, p.Delivery)
	start(t, p.office(p.World.Open(), other))
	const n = 40
	for range n {
		p.send(models.MessageReportNotice, "")
	}
	eventually(t, "all are sent", func() bool {
		var l models.List[models.Message]
		p.Write(func(tx *store.Tx) (err error) {
			l, err = tx.Messages(store.MessageFilter{State: models.MessageSent}, models.Page{Limit: 100})
			return err
		})
		return len(l.Items) == n
	})
	times := map[models.MessageID]int{}
	for _, m := range append(p.box.Sent(), other.Sent()...) {
		times[m.ID]++
	}
	for id, k := range times {
		if k != 1 {
			t.Errorf("message %s left %d times", id, k)
		}
	}
	if len(times) != n {
		t.Errorf("%d messages left, want %d", len(times), n)
	}
}

// slow takes a mail and hands it on when told.
type slow struct {
	taken, release chan struct{}
	box            mail.Memory
}

func (s *slow) Send(ctx context.Context, m models.Mail) error {
	close(s.taken)
	<-s.release
	return s.box.Send(ctx, m)
}

func TestAServerThatStopsConcurrentlyFinishesTheMailOnItsWayAndTakesNoOther(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		s := &slow{taken: make(chan struct{}), release: make(chan struct{})}
		d := p.office(p.DB, s)
		if err := d.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		id := p.send(models.MessageReportNotice, "")
		<-s.taken
		stopped := make(chan struct{})
		go func() { defer close(stopped); stop(t, d) }()
		time.Sleep(50 * time.Millisecond)
		next := p.send(models.MessageReportNotice, "")
		select {
		case <-stopped:
			t.Error("it stopped with a mail on its way")
		default:
		}
		close(s.release)
		<-stopped
		p.expect(id, models.MessageSent, "", 1)
		p.expect(next, models.MessageQueued, "", 0)
	})
}

func TestAStartedServerRunsThePassesConcurrently(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		start(t, p.Delivery)
		eventually(t, "a pass runs", func() bool { p.side.mu.Lock(); defer p.side.mu.Unlock(); return p.side.passes > 0 })
	})
}

func TestALateConcurrentAnswerOfALivingProcessBeatsTheSuspicionThatItDied(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		s := &slow{taken: make(chan struct{}), release: make(chan struct{})}
		first := p.office(p.World.Open(), s)
		id := p.send(models.MessageReportNotice, "")
		done := make(chan error)
		go func() { _, err := first.Drain(context.Background()); done <- err }()
		<-s.taken
		p.Clock.Advance(3 * time.Minute)
		p.drain(1)
		p.expect(id, models.MessageUncertain, "delivery.interrupted", 1)
		close(s.release)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		p.expect(id, models.MessageSent, "", 1)
		if len(p.box.Sent()) != 0 {
			t.Error("it was sent a second time")
		}
	})
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func TestTheLogOfConcurrentWorkNamesIdsAndCodesOnly(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	p := open(w)
	p.box.Fail(func(m models.Mail) error {
		return &models.SendError{Verdict: models.SendLater, Code: "mail.deferred_451", Cause: errors.New("451 mailbox of " + m.To + " is full")}
	})
	log := &lockedBuffer{}
	d, err := delivery.New(delivery.Config{DB: w.DB, Network: p.side, Sender: p.box, PublicURL: "https://rapport.example", Now: w.Clock.Now, Random: rand.Reader,
		Log: slog.New(slog.NewTextHandler(io.Writer(log), &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	start(t, d)
	id := p.send(models.MessageReportLink, models.LinkReport)
	eventually(t, "an attempt was logged", func() bool {
		log.mu.Lock()
		defer log.mu.Unlock()
		return strings.Contains(log.b.String(), "mail.deferred_451")
	})
	stop(t, d)
	for _, canary := range []string{"linh", "report-1", "client-1", string(w.Provider.ID), "/open/", "args"} {
		if strings.Contains(log.b.String(), canary) {
			t.Errorf("the log holds %q:\n%s", canary, log.b.String())
		}
	}
	if !strings.Contains(log.b.String(), string(id)) {
		t.Error("the log does not say which message")
	}
}
