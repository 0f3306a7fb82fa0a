// Package mail hands letters over: to a mail server, into a directory of .eml
// files, or into memory. It knows nothing of practices or clients.
package mail

import (
	"bytes"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"rapport/models"
)

// codeHeader is the refusal of a value that would end its header line.
const codeHeader = "mail.header_refused"

// never is a refusal for good.
func never(code string, cause error) error {
	return &models.SendError{Verdict: models.SendNever, Code: code, Cause: cause}
}

// domain is the part of an address that a Message-ID ends with.
func domain(from string) string { return from[strings.LastIndexByte(from, '@')+1:] }

// checkFrom refuses a sender's address that is more or less than an address.
func checkFrom(from string) error {
	a, err := mail.ParseAddress(from)
	if err != nil || a.Address != from {
		return never("mail.from_invalid", err)
	}
	return nil
}

// compose makes the message: plain text, the papers that go along, a Message-ID
// that stays the same when the message is sent again, no word about the program that wrote it.
func compose(m models.Mail, from string, now time.Time) (*gomail.Msg, error) {
	for _, v := range []string{string(m.ID), m.To, m.FromName, m.ReplyTo, m.Subject} {
		if strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return nil, never(codeHeader, nil)
		}
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP))
	if err := msg.From((&mail.Address{Name: m.FromName, Address: from}).String()); err != nil {
		return nil, never("mail.from_invalid", err)
	}
	if err := msg.To(m.To); err != nil {
		return nil, never("mail.address_invalid", err)
	}
	if m.ReplyTo != "" {
		if err := msg.ReplyTo(m.ReplyTo); err != nil {
			return nil, never("mail.address_invalid", err)
		}
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(now)
	msg.SetMessageIDWithValue(string(m.ID) + "@" + domain(from))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	for _, f := range m.Files {
		if strings.ContainsFunc(f.Name+f.MediaType, func(r rune) bool { return r < ' ' || r == 0x7f || r == '"' }) {
			return nil, never(codeHeader, nil)
		}
		msg.AttachReadSeeker(f.Name, bytes.NewReader(f.Bytes), gomail.WithFileContentType(gomail.ContentType(f.MediaType)))
	}
	return msg, nil
}
