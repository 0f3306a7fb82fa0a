package mail

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"rapport/models"
)

// Directory writes each mail as <message id>.eml, readable by the owner only.
// It is what sends when no mail server is configured.
type Directory struct {
	path string
	from string
	now  func() time.Time
}

// NewDirectory makes the directory when it is missing, mode 0700.
func NewDirectory(path, from string, now func() time.Time) (*Directory, error) {
	if err := checkFrom(from); err != nil {
		return nil, errors.New("the sender of mails is one e-mail address")
	}
	return &Directory{path: path, from: from, now: now}, os.MkdirAll(path, 0o700)
}

// Send writes the file whole or not at all; the same message again replaces it.
func (d *Directory) Send(_ context.Context, m models.Mail) error {
	msg, err := compose(m, d.from, d.now())
	if err != nil {
		return err
	}
	if id := string(m.ID); id == "" || strings.ContainsAny(id, `/\.`) {
		return never(codeHeader, nil)
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return never("mail.cannot_write", err)
	}
	if err := d.write(string(m.ID)+".eml", b.Bytes()); err != nil {
		return &models.SendError{Verdict: models.SendLater, Code: "mail.directory", Cause: err}
	}
	return nil
}

func (d *Directory) write(name string, b []byte) (err error) {
	draft := filepath.Join(d.path, "."+name+".part")
	f, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(draft))
	}
	if err := os.Rename(draft, filepath.Join(d.path, name)); err != nil {
		return err
	}
	dir, err := os.Open(d.path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
