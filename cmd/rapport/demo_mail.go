package main

import (
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rapport/web"
)

// mails reads the .eml files of the demo, newest first.
func (s serving) mails() ([]web.Mail, error) {
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
