package mail_test

import (
	"bytes"
	"context"
	"errors"
	netmail "net/mail"
	"os"
	"path/filepath"
	"testing"

	"rapport/models"
	"rapport/referral/mail"
)

func TestTheDirectoryHoldsOneWholeFileForEachMessage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	d, err := mail.NewDirectory(dir, "rapport@ballard.example", clock)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the same message again replaces its file
		if err := d.Send(context.Background(), letter); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || files[0].Name() != string(letter.ID)+".eml" {
		t.Fatalf("files %v, %v", files, err)
	}
	info, err := files[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600", info.Mode(), err)
	}
	b, err := os.ReadFile(filepath.Join(dir, files[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(b))
	if err != nil || m.Header.Get("Subject") != letter.Subject || m.Header.Get("User-Agent") != "" {
		t.Errorf("mail %v, %v", m, err)
	}
}

func TestTheDirectoryWritesNowhereElse(t *testing.T) {
	d, err := mail.NewDirectory(t.TempDir(), "rapport@ballard.example", clock)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []models.MessageID{"", "../x", "a/b", ".", `a\b`} {
		m := letter
		m.ID = id
		var e *models.SendError
		if err := d.Send(context.Background(), m); !errors.As(err, &e) || e.Verdict != models.SendNever {
			t.Errorf("id %q: %v", id, err)
		}
	}
}

func TestAFullDirectoryMeansLater(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	d, err := mail.NewDirectory(dir, "rapport@ballard.example", clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	var e *models.SendError
	if err := d.Send(context.Background(), letter); !errors.As(err, &e) || e.Verdict != models.SendLater || e.Code != "mail.directory" {
		t.Errorf("got %v, want later", err)
	}
}

func TestMemoryKeepsWhatWasNotMadeToFail(t *testing.T) {
	var m mail.Memory
	m.Fail(func(models.Mail) error { return errors.New("no") })
	if m.Send(context.Background(), letter) == nil || len(m.Sent()) != 0 {
		t.Error("a failing memory kept a mail")
	}
	m.Fail(nil)
	if m.Send(context.Background(), letter) != nil || len(m.Sent()) != 1 {
		t.Error("the mail was not kept")
	}
}
