package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"rapport/models/store"
	"rapport/models/store/seal"
)

// settings are what every command that opens the network needs. Each may be
// given as a flag or as RAPPORT_ and its name in capitals; none is required.
type settings struct {
	DatabaseURL string `help:"sqlite:PATH or postgres://…; a file in the data directory when empty." placeholder:"URL"`
	DataDir     string `help:"Where the database, the secret and mails are kept." placeholder:"DIR"`
	SecretFile  string `help:"The master key; made at the first start with mode 0600." placeholder:"FILE"`
}

// dataDir is the user's data directory unless one is named.
func (s settings) dataDir() (string, error) {
	if s.DataDir != "" {
		return s.DataDir, nil
	}
	if x := os.Getenv("XDG_DATA_HOME"); x != "" {
		return filepath.Join(x, "rapport"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.New("no home directory; name a data directory with --data-dir")
	}
	return filepath.Join(home, ".local", "share", "rapport"), nil
}

// place makes the data directory and fills in the defaults that live there.
func (s settings) place() (settings, error) {
	dir, err := s.dataDir()
	if err != nil {
		return s, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return s, fmt.Errorf("data directory: %w", err)
	}
	s.DataDir = dir
	if s.DatabaseURL == "" {
		s.DatabaseURL = "sqlite:" + filepath.Join(dir, "rapport.db")
	}
	if s.SecretFile == "" {
		s.SecretFile = filepath.Join(dir, "secret.json")
	}
	return s, nil
}

func (s settings) sqlitePath() (string, bool) { return strings.CutPrefix(s.DatabaseURL, "sqlite:") }

// open opens the store with the machine's clock, ids and the master key. A key
// is made only for a database that nobody has used: a new one would leave all
// that is sealed there closed for ever, and the next start would not notice.
// A command may take its time with PostgreSQL; see serving.prepare for a server.
func (s settings) open(log *slog.Logger, asOwner bool) (*store.DB, error) {
	return s.openWith(store.Config{Log: log, AllowSuperuser: asOwner, Patient: true})
}

func (s settings) openWith(cfg store.Config) (*store.DB, error) {
	master, err := readSecret(s.SecretFile)
	fresh := errors.Is(err, os.ErrNotExist)
	if fresh {
		master, err = seal.NewMaster()
	}
	if err != nil {
		return nil, err
	}
	if path, ok := s.sqlitePath(); ok {
		if info, err := os.Stat(path); fresh && err == nil && info.Size() > 0 {
			return nil, s.orphaned()
		}
		if err := private(path); err != nil {
			return nil, err
		}
	}
	cfg.URL, cfg.Now, cfg.NewID, cfg.Master = s.DatabaseURL, time.Now, newID, master
	db, err := store.Open(cfg)
	if err != nil || !fresh {
		return db, err
	}
	used, err := db.InUse(context.Background())
	switch {
	case err != nil:
	case used:
		err = s.orphaned()
	default:
		err = writeSecret(s.SecretFile, master, os.O_EXCL)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (s settings) orphaned() error {
	return fmt.Errorf("there is no master key at %s, and the database was sealed with one; put your copy of the file there, or name its place with --secret-file", s.SecretFile)
}

// private makes the database file ours alone before SQLite makes it readable.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("database file: %w", err)
	}
	return f.Close()
}

// readSecret reads the master key; the error is os.ErrNotExist without a file.
func readSecret(path string) (*seal.Master, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("secret file: %w", err)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the secret file %s is readable by others; run chmod 600 on it", path)
	}
	return seal.ReadMaster(b)
}

// madeSecret makes the master key of an empty place, or reads the one there is.
func madeSecret(path string) (*seal.Master, error) {
	master, err := readSecret(path)
	if !errors.Is(err, os.ErrNotExist) {
		return master, err
	}
	if master, err = seal.NewMaster(); err != nil {
		return nil, err
	}
	return master, writeSecret(path, master, os.O_EXCL)
}

// writeSecret writes the master key whole or not at all, and syncs it: without
// it nothing sealed can be read again.
func writeSecret(path string, m *seal.Master, flag int) error {
	b, err := m.Bytes()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new") // its mode is 0600
	if err != nil {
		return fmt.Errorf("secret file: %w", err)
	}
	part := f.Name()
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("secret file: %w", err)
	}
	if flag&os.O_EXCL != 0 {
		err = errors.Join(os.Link(part, path), os.Remove(part)) // fails when somebody was faster
	} else {
		err = os.Rename(part, path)
	}
	if err != nil {
		return fmt.Errorf("secret file: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// newID is a UUIDv7: sorted by time, not guessable enough to be a secret.
func newID() string {
	id, err := uuid.NewV7FromReader(rand.Reader)
	if err != nil {
		panic(err) // the machine has no randomness left: nothing safe can go on
	}
	return id.String()
}

// newLog writes JSON lines; it never holds a person's words.
func newLog(w io.Writer) *slog.Logger { return slog.New(slog.NewJSONHandler(w, nil)) }
