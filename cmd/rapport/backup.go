package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

type backupCommand struct {
	settings
	To string `arg:"" help:"The file to write; it must not exist yet." type:"path"`
}

// Run copies a SQLite database while the server runs: one consistent moment,
// documents included, because they live in the database.
func (c backupCommand) Run(out io.Writer) error {
	s, err := c.place()
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.To); err == nil {
		return fmt.Errorf("%s exists already; name a new file", c.To)
	}
	if err := s.present(); err != nil {
		return err
	}
	db, err := s.open(nil, false)
	if err != nil {
		return err
	}
	defer db.Close()
	part := c.To + ".part"
	_ = os.Remove(part) // of an earlier try that was cut off
	if err := private(part); err != nil {
		return err
	}
	if err := db.Copy(context.Background(), part); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	if err := settle(part, c.To); err != nil {
		return err
	}
	info, err := os.Stat(c.To)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "copied %d bytes to %s\nkeep a copy of %s in another place: without it nothing sealed can be read\n", info.Size(), c.To, s.SecretFile)
	return err
}

// settle makes a finished file durable under its name.
func settle(part, name string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, name); err != nil {
		return err
	}
	return syncDir(filepath.Dir(name))
}

type restoreCommand struct {
	settings
	From  string `arg:"" help:"A file that rapport backup wrote." type:"existingfile"`
	Force bool   `help:"Put the present database aside (it is kept beside, renamed)."`
}

// Run puts a backup in the database's place and verifies it before it says done.
func (c restoreCommand) Run(out io.Writer) error {
	s, err := c.place()
	if err != nil {
		return err
	}
	path, ok := s.sqlitePath()
	if !ok {
		return errors.New("PostgreSQL is restored with its own tools; see docs/operate.md")
	}
	release, err := s.hold(true)
	if err != nil {
		return err
	}
	defer release()
	if _, err := os.Stat(path); err == nil {
		if !c.Force {
			return fmt.Errorf("%s exists; stop the server and repeat with --force to put it aside", path)
		}
		aside := path + ".before-restore-" + time.Now().UTC().Format("20060102T150405")
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
		fmt.Fprintln(out, "the present database is kept as", aside)
	}
	if err := copyFile(c.From, path+".part"); err != nil {
		return err
	}
	if err := settle(path+".part", path); err != nil {
		return err
	}
	return c.prove(out, s)
}

func (c restoreCommand) prove(out io.Writer, s settings) error {
	ctx := context.Background()
	db, err := s.open(nil, false)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.CheckFile(ctx); err != nil {
		return err
	}
	sum, err := verify(ctx, db)
	if err != nil {
		return fmt.Errorf("the restored database does not open with %s: %w", s.SecretFile, err)
	}
	if len(sum.Broken) > 0 {
		return fmt.Errorf("the restored records do not verify: %s %s", sum.Broken[0].Row, sum.Broken[0].Why)
	}
	held, err := db.AfterRestore(ctx)
	if err != nil {
		return err
	}
	if held > 0 {
		fmt.Fprintf(out, "%d mails were still queued in the backup; they may have gone out since, so a person decides about each on the messages page\n", held)
	}
	counts, err := db.Counts(ctx)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(counts))
	for n := range counts {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		fmt.Fprintf(out, "%8d %s\n", counts[n], n)
	}
	_, err = fmt.Fprintln(out, "restored and verified")
	return err
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	f, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, in)
	return errors.Join(err, f.Close())
}
