package main

import (
	"context"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/web"
)

// mails reads the .eml files of the demo, newest first, and looks up whose birth
// date their links ask for: the mails themselves name no client.
func (s serving) mails(db *store.DB) ([]web.Mail, error) {
	files, err := filepath.Glob(filepath.Join(s.MailDir, "*.eml"))
	if err != nil {
		return nil, err
	}
	out := make([]web.Mail, 0, len(files))
	for _, f := range files {
		m, err := readMail(f)
		if err != nil {
			return nil, err
		}
		if err := birthDate(db, &m); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b web.Mail) int { return b.At.Compare(a.At) })
	return out, nil
}

func readMail(path string) (web.Mail, error) {
	f, err := os.Open(path)
	if err != nil {
		return web.Mail{}, err
	}
	defer f.Close()
	m, err := mail.ReadMessage(f)
	if err != nil {
		return web.Mail{}, err
	}
	at, err := m.Header.Date()
	if err != nil {
		return web.Mail{}, err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return web.Mail{}, err
	}
	var body io.Reader = m.Body
	if strings.EqualFold(m.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	return web.Mail{To: strings.Trim(m.Header.Get("To"), "<>"), Subject: subject, Text: string(text), At: at}, err
}

var linked = regexp.MustCompile(`(/(?:sign|open|decide)/)([A-Za-z0-9_-]{43})`)

// birthDate fills in the client of a mail's link, alive or ended. A link that is
// not in the database any more asks nobody.
func birthDate(db *store.DB, m *web.Mail) error {
	found := linked.FindStringSubmatch(m.Text)
	if found == nil {
		return nil
	}
	return db.Read(context.Background(), models.System(""), func(_ context.Context, tx *store.Tx) error {
		for _, kind := range []models.LinkKind{models.LinkSign, models.LinkReport, models.LinkChange} {
			if kind.Path() != found[1] {
				continue
			}
			l, err := tx.LinkByToken(found[2], kind)
			if l.ClientID == "" {
				if _, ok := fault.As(err); ok {
					err = nil
				}
				return err
			}
			if err := tx.Enter(l.PracticeID); err != nil {
				return err
			}
			c, err := tx.Client(l.ClientID)
			m.Client, m.Born = c.Name.String(), c.BirthDate
			return err
		}
		return nil
	})
}
