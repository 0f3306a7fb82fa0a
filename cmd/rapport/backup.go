package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"rapport/models/store"
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
	if err := syncFile(part); err != nil {
		return err
	}
	if err := os.Rename(part, name); err != nil {
		return err
	}
	return syncDir(filepath.Dir(name))
}

func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

type restoreCommand struct {
	settings
	From  string `arg:"" help:"A file that rapport backup wrote." type:"existingfile"`
	Force bool   `help:"Put the present database aside (it is kept beside, renamed)."`
}

// Run verifies a copy of the backup, then puts it in the database's place. A
// backup that does not verify changes nothing.
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
	_, err = os.Stat(path)
	present := err == nil
	if present && !c.Force {
		return fmt.Errorf("%s exists; stop the server and repeat with --force to put it aside", path)
	}
	part := path + ".part"
	if err := removeDatabase(part); err != nil { // of an earlier try that was cut off
		return err
	}
	if err := c.proven(out, s, part); err != nil {
		return errors.Join(fmt.Errorf("nothing was changed: %w", err), removeDatabase(part))
	}
	if err := syncFile(part); err != nil {
		return err
	}
	if present {
		aside := path + ".before-restore-" + time.Now().UTC().Format("20060102T150405")
		for _, suffix := range parts {
			if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
		fmt.Fprintln(out, "the database that was there is kept as", aside)
	}
	if err := errors.Join(os.Rename(part, path), syncDir(filepath.Dir(path))); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "restored and verified")
	return err
}

// parts are what SQLite keeps beside a database.
var parts = []string{"", "-wal", "-shm"}

func removeDatabase(path string) error {
	var errs []error
	for _, suffix := range append(parts, ".lock") {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// proven copies the backup beside the database, and checks and counts the copy.
func (c restoreCommand) proven(out io.Writer, s settings, part string) error {
	if err := copyFile(c.From, part); err != nil {
		return err
	}
	s.DatabaseURL = "sqlite:" + part
	db, err := s.open(nil, false)
	if err != nil {
		return err
	}
	if err := errors.Join(prove(context.Background(), out, db, s.SecretFile), db.Close(), os.Remove(part+".lock")); err != nil {
		return err
	}
	if rest, err := os.Stat(part + "-wal"); err == nil && rest.Size() > 0 {
		return errors.New("SQLite could not bring the copy into one file")
	}
	return nil
}

func prove(ctx context.Context, out io.Writer, db *store.DB, secret string) error {
	err := db.CheckFile(ctx)
	if err == nil {
		if used, e := db.InUse(ctx); e != nil || !used {
			err = errors.Join(errors.New("this file holds no practice"), e)
		}
	}
	if err == nil { // a backup of an older version is brought up first, as a start would
		err = migrate(ctx, db)
	}
	if err != nil {
		return err
	}
	sum, err := verify(ctx, db)
	if err != nil {
		return fmt.Errorf("the backup does not open with %s: %w", secret, err)
	}
	if len(sum.Broken) > 0 {
		return fmt.Errorf("the backup's records do not verify: %s %s", sum.Broken[0].Row, sum.Broken[0].Why)
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
	for _, n := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(out, "%8d %s\n", counts[n], n)
	}
	return nil
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
