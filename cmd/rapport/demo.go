package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

type demoCommand struct {
	serving
	Keep bool `help:"Go on with the demo network of the last start."`
}

// demoPassword is printed at the start; demo data is invented.
const demoPassword = "demo-neck-and-back"

// Help is shown by rapport demo --help.
func (demoCommand) Help() string {
	return "Makes a demo network (a practice, twelve providers, forty clients, a year of history) in a directory of its own and serves it on this machine. Mails become files, to be read in the portal at /demo/mail."
}

// Run seeds, serves and prints how to sign in.
func (c demoCommand) Run(out io.Writer) error {
	if c.DatabaseURL != "" || c.SMTPURL != "" {
		return errors.New("the demo keeps to its own directory and mails nobody; leave --database-url and --smtp-url out")
	}
	fmt.Fprintln(out, "Rapport demo: a practice, twelve providers, forty clients, a year of history. All of it is invented.")
	dir, err := c.dataDir()
	if err != nil {
		return err
	}
	c.DataDir = filepath.Join(dir, "demo")
	s, err := c.fill()
	if err != nil {
		return err
	}
	if err := s.free(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if !c.Keep || !seeded(s) {
		begun := time.Now()
		fmt.Fprintln(out, "Making the demo network takes some seconds …")
		release, err := s.hold(true)
		if err == nil {
			err = errors.Join(reseed(ctx, s, begun), release())
		}
		if err != nil {
			return fmt.Errorf("demo network: %w", err)
		}
		fmt.Fprintf(out, "done in %s\n", time.Since(begun).Round(100*time.Millisecond))
	}
	srv, err := s.start(ctx, newLog(io.Discard), true)
	if err != nil {
		return err
	}
	signIns(out, s.PublicURL)
	return srv.run(ctx)
}

// free looks whether a demo can be served, before anything is made: the address
// has to be free, and no other demo may live in the directory.
func (s serving) free() error {
	release, err := s.hold(true)
	if err != nil {
		return fmt.Errorf("a demo runs in %s already; stop it, or name another directory with --data-dir", s.DataDir)
	}
	ln, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return errors.Join(taken(err), release())
	}
	return errors.Join(ln.Close(), release())
}

// taken says what helps when the address is another program's.
func taken(err error) error {
	return fmt.Errorf("%w; name another address with --addr, for example --addr 127.0.0.1:9090", err)
}

func seeded(s serving) bool {
	path, _ := s.sqlitePath()
	_, err := os.Stat(path)
	return err == nil
}

// clear removes what an earlier demo left, and nothing else.
func clear(s serving) error {
	path, _ := s.sqlitePath()
	var errs []error
	for _, f := range []string{path, path + "-wal", path + "-shm", path + ".lock"} {
		if err := os.Remove(f); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	mails, err := filepath.Glob(filepath.Join(s.MailDir, "*.eml"))
	errs = append(errs, err)
	for _, f := range mails {
		errs = append(errs, os.Remove(f))
	}
	return errors.Join(errs...)
}

func signIns(out io.Writer, url string) {
	fmt.Fprintf(out, "\nOpen %s and sign in. The password is always  %s\n\n", url, demoPassword)
	for _, p := range demoSignIns {
		fmt.Fprintf(out, "  %-28s %s\n", p.email, p.who)
	}
	fmt.Fprintf(out, "\nMails are read at %s/demo/mail, the API's pages are at %s/api/docs. Stop with Ctrl-C.\n", url, url)
}

var demoSignIns = []struct{ email, who string }{
	{"olga@ballard.example", "Olga Müller, owner of Ballard Massage, also treats"},
	{"jose@ballard.example", "José Álvarez, massage therapist"},
	{"dana@ballard.example", "Dana Kim, front desk"},
	{"linh@green.example", "Linh Nguyễn, DC, chiropractor"},
	{"hyejin@ballard-chiro.example", "Hye-jin Park, DC, chiropractor"},
	{"priya@northgate.example", "Priya Raman, MD, physician"},
	{"staff@green.example", "Robin Castillo, staff for Linh Nguyễn"},
	{"ona@rapport.example", "Ona Perez, runs the server and sees no clinical content"},
}
