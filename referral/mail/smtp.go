package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"rapport/models"
)

// SMTP sends through a mail server, with one connection for each mail.
type SMTP struct {
	host string
	from string
	now  func() time.Time
	opts []gomail.Option
}

// NewSMTP reads smtp://[user:password@]host[:port] (STARTTLS is required,
// except towards this machine) or smtps://… (TLS from the first byte). Default
// ports are 587 and 465. The error never holds the URL, which has the password.
func NewSMTP(rawURL, from string, now func() time.Time) (*SMTP, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, errors.New("the SMTP URL is smtp://user:password@host:port or smtps://user:password@host:port")
	}
	if err := checkFrom(from); err != nil {
		return nil, errors.New("the sender of mails is one e-mail address")
	}
	s := &SMTP{host: u.Hostname(), from: from, now: now}
	port := map[string]int{"smtp": 587, "smtps": 465}[u.Scheme]
	if port == 0 {
		return nil, errors.New("the SMTP URL begins with smtp:// or smtps://")
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil || port < 1 || port > 65535 {
			return nil, errors.New("the SMTP URL's port is a number up to 65535")
		}
	}
	s.opts = []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(20 * time.Second), gomail.WithHELO(domain(from)),
		gomail.WithTLSConfig(&tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12})}
	switch {
	case u.Scheme == "smtps":
		s.opts = append(s.opts, gomail.WithSSL())
	case loopback(s.host):
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		s.opts = append(s.opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	if _, err := gomail.NewClient(s.host, s.opts...); err != nil {
		return nil, errors.New("the SMTP URL cannot be used")
	}
	return s, nil
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && a.IsLoopback())
}

// Send hands one mail to the server; nil means that the server took it.
func (s *SMTP) Send(ctx context.Context, m models.Mail) error {
	msg, err := compose(m, s.from, s.now())
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(s.host, s.opts...)
	if err != nil {
		return &models.SendError{Verdict: models.SendLater, Code: "mail.settings", Cause: err}
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return &models.SendError{Verdict: models.SendLater, Code: "mail.unreachable", Cause: err}
	}
	defer func() { _ = client.CloseWithSMTPClient(conn) }() // what counts was said before
	err = client.SendWithSMTPClient(conn, msg)
	if err == nil || msg.IsDelivered() {
		return nil
	}
	return judge(err)
}

// judge reads what a failure means. Until the final dot nothing is accepted;
// after it, without the server's answer, nobody knows.
func judge(err error) error {
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return &models.SendError{Verdict: models.SendLater, Code: "mail.failed", Cause: err}
	}
	switch code := e.ErrorCode(); {
	case code >= 500:
		return never(fmt.Sprintf("mail.refused_%d", code), err)
	case code >= 400:
		return &models.SendError{Verdict: models.SendLater, Code: fmt.Sprintf("mail.deferred_%d", code), Cause: err}
	}
	switch e.Reason {
	case gomail.ErrSMTPDataClose:
		return &models.SendError{Verdict: models.SendUnknown, Code: "mail.no_answer", Cause: err}
	case gomail.ErrGetSender, gomail.ErrGetRcpts, gomail.ErrNoUnencoded:
		return never("mail.address_invalid", err)
	}
	return &models.SendError{Verdict: models.SendLater, Code: "mail.broken_off", Cause: err}
}
