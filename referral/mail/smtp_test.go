package mail_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"rapport/models"
	"rapport/referral/mail"
)

// server is a mail server in this process that keeps what it takes.
type server struct {
	mu    sync.Mutex
	met   int
	took  []string
	rcpt  error
	data  error
	after func(net.Conn) // called once the whole letter was read, instead of an answer
	addr  string
}

type dialogue struct {
	s    *server
	conn net.Conn
}

func (s *server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.met++
	return &dialogue{s, c.Conn()}, nil
}
func (*dialogue) Reset()                                 {}
func (*dialogue) Logout() error                          { return nil }
func (*dialogue) Mail(string, *smtp.MailOptions) error   { return nil }
func (d *dialogue) Rcpt(string, *smtp.RcptOptions) error { return d.s.rcpt }
func (d *dialogue) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	if d.s.data != nil {
		return d.s.data
	}
	d.s.took = append(d.s.took, string(b))
	if d.s.after != nil {
		d.s.after(d.conn)
	}
	return nil
}

func serve(t *testing.T, secure *tls.Config) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{addr: l.Addr().String()}
	srv := smtp.NewServer(s)
	srv.Domain, srv.ErrorLog, srv.TLSConfig = "localhost", quiet{}, secure
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { srv.Close() })
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func clock() time.Time { return time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC) }

func sender(t *testing.T, s *server) *mail.SMTP {
	t.Helper()
	m, err := mail.NewSMTP("smtp://"+s.addr, "rapport@ballard.example", clock)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var letter = models.Mail{ID: "0196e000-0000-7000-8000-000000000001", To: "linh@greenlake.example", FromName: "Ballard Massage – Zoë", ReplyTo: "desk@ballard.example",
	Subject: "A document waits for you", Text: "Ballard Massage – Zoë has a document.\n\nhttps://rapport.example/open/token\n"}

func TestAMailArrivesOnceWithTheMessagesIDAndNoWordAboutTheProgram(t *testing.T) {
	s := serve(t, nil)
	if err := sender(t, s).Send(context.Background(), letter); err != nil {
		t.Fatal(err)
	}
	if len(s.took) != 1 {
		t.Fatalf("%d mails, want 1", len(s.took))
	}
	head, body, _ := strings.Cut(s.took[0], "\r\n\r\n")
	for _, want := range []string{"Message-ID: <0196e000-0000-7000-8000-000000000001@ballard.example>", "To: <linh@greenlake.example>", "<rapport@ballard.example>",
		"Subject: A document waits for you", "Date: Mon, 02 Mar 2026 20:00:00 +0000", "Auto-Submitted: auto-generated", "Reply-To: <desk@ballard.example>"} {
		if !strings.Contains(head, want) {
			t.Errorf("the head lacks %q:\n%s", want, head)
		}
	}
	for _, unwanted := range []string{"User-Agent", "X-Mailer", "Bcc", "go-mail"} {
		if strings.Contains(head, unwanted) {
			t.Errorf("the head has %q", unwanted)
		}
	}
	if !strings.Contains(body, "https://rapport.example/open/token") {
		t.Errorf("body %q", body)
	}
}

func TestAPaperGoesAlongWithAMail(t *testing.T) {
	s := serve(t, nil)
	m := letter
	m.Files = []models.MailFile{{Name: "introduction.pdf", MediaType: "application/pdf", Bytes: []byte("%PDF-1.3 a letter")}}
	if err := sender(t, s).Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"multipart/mixed", `filename="introduction.pdf"`, "application/pdf", base64.StdEncoding.EncodeToString(m.Files[0].Bytes), "https://rapport.example/open/token"} {
		if !strings.Contains(s.took[0], want) {
			t.Errorf("the mail lacks %q:\n%s", want, s.took[0])
		}
	}
	m.Files[0].Name = "a\r\nBcc: eve@x.org"
	var e *models.SendError
	if err := sender(t, s).Send(context.Background(), m); !errors.As(err, &e) || e.Verdict != models.SendNever || len(s.took) != 1 {
		t.Errorf("a file's name that ends its header: %v", err)
	}
}

func TestAnyPracticesNameComesThrough(t *testing.T) {
	s := serve(t, nil)
	names := []string{"", "Ballard Massage", `Ballard "The" Massage`, `O'Neill, Sean \ Partners`, "Zoë Đặng – Körpertherapie", "a@b <c>", strings.Repeat("long name ", 30)}
	for i, name := range names {
		m := letter
		m.FromName = name
		if err := sender(t, s).Send(context.Background(), m); err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		got, err := netmail.ReadMessage(strings.NewReader(s.took[i]))
		if err != nil {
			t.Fatal(err)
		}
		from, err := got.Header.AddressList("From")
		if err != nil || len(from) != 1 || from[0].Name != strings.TrimSpace(name) && from[0].Name != name || from[0].Address != "rapport@ballard.example" {
			t.Errorf("%q arrived as %v, %v", name, from, err)
		}
	}
}

func TestWhatTheServerSaysBecomesAVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		set     func(*server)
		verdict models.SendVerdict
		code    string
	}{
		"greylisted":           {func(s *server) { s.rcpt = &smtp.SMTPError{Code: 451, Message: "try again"} }, models.SendLater, "mail.deferred_451"},
		"no such mailbox":      {func(s *server) { s.rcpt = &smtp.SMTPError{Code: 550, Message: "no such user"} }, models.SendNever, "mail.refused_550"},
		"content refused":      {func(s *server) { s.data = &smtp.SMTPError{Code: 554, Message: "no"} }, models.SendNever, "mail.refused_554"},
		"content deferred":     {func(s *server) { s.data = &smtp.SMTPError{Code: 452, Message: "full"} }, models.SendLater, "mail.deferred_452"},
		"line cut at the end":  {func(s *server) { s.after = func(c net.Conn) { c.Close() } }, models.SendUnknown, "mail.no_answer"},
		"nobody at the number": {func(s *server) { s.addr = "127.0.0.1:1" }, models.SendLater, "mail.unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, nil)
			c.set(s)
			err := sender(t, s).Send(context.Background(), letter)
			var e *models.SendError
			if !errors.As(err, &e) || e.Verdict != c.verdict || e.Code != c.code {
				t.Errorf("got %v, want %s %s", err, c.verdict, c.code)
			}
			if err != nil && strings.Contains(err.Error(), "linh") {
				t.Errorf("the error names the recipient: %v", err)
			}
		})
	}
}

func TestNoHeaderCanBeSmuggledIn(t *testing.T) {
	s := serve(t, nil)
	for name, change := range map[string]func(*models.Mail){
		"in the subject":   func(m *models.Mail) { m.Subject = "Hello\r\nBcc: eve@x.org" },
		"in the name":      func(m *models.Mail) { m.FromName = "Ballard\nBcc: eve@x.org" },
		"in the recipient": func(m *models.Mail) { m.To = "a@x.org\r\nBcc: eve@x.org" },
		"in the reply-to":  func(m *models.Mail) { m.ReplyTo = "a@x.org\r\nBcc: eve@x.org" },
		"in the id":        func(m *models.Mail) { m.ID = "1>\r\nBcc: eve@x.org" },
		"a zero byte":      func(m *models.Mail) { m.Subject = "Hello\x00" },
		"two recipients":   func(m *models.Mail) { m.To = "a@x.org, eve@x.org" },
	} {
		m := letter
		change(&m)
		var e *models.SendError
		if err := sender(t, s).Send(context.Background(), m); !errors.As(err, &e) || e.Verdict != models.SendNever {
			t.Errorf("%s: %v, want a refusal for good", name, err)
		}
	}
	if len(s.took) != 0 {
		t.Errorf("%d mails left", len(s.took))
	}
}

func TestTowardsAnotherMachineTheLineIsEncryptedOrNothingIsSaid(t *testing.T) {
	s := serve(t, nil) // does not offer STARTTLS
	_, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.NewSMTP("smtp://0.0.0.0:"+port, "rapport@ballard.example", clock) // reaches this machine without saying so
	if err != nil {
		t.Fatal(err)
	}
	var e *models.SendError
	if err := m.Send(context.Background(), letter); !errors.As(err, &e) || e.Verdict != models.SendLater {
		t.Errorf("got %v, want a later try", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.met != 1 || len(s.took) != 0 {
		t.Errorf("the server was met %d times and took %d mails in clear, want 1 and 0", s.met, len(s.took))
	}
}

func TestSmtpsRefusesACertificateThatNobodyKnows(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.ParseIP("127.0.0.1")}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	m, err := mail.NewSMTP("smtps://"+s.addr, "rapport@ballard.example", clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Send(context.Background(), letter); err == nil || len(s.took) != 0 {
		t.Errorf("sent to an unknown server: %v", err)
	}
}

func TestASettingThatCannotWorkIsRefusedWithoutItsPassword(t *testing.T) {
	for _, u := range []string{"", "mail.example", "http://mail.example", "smtp://", "smtp://u:hunter2@mail.example:99999", "smtp://u:hunter2@mail.example/path",
		"smtp://u:hunter2@mail.example?tls=off", "smtp://u:hunter2@mail example"} {
		_, err := mail.NewSMTP(u, "rapport@ballard.example", clock)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", u, err)
		}
	}
	for _, from := range []string{"", "rapport", "A <a@x.org>", "a@x.org\r\nBcc: b@x.org"} {
		if _, err := mail.NewSMTP("smtp://mail.example", from, clock); err == nil {
			t.Errorf("sender %q was accepted", from)
		}
	}
	if _, err := mail.NewSMTP("smtps://u:hunter2@mail.example", "rapport@ballard.example", clock); err != nil {
		t.Error(err)
	}
}
