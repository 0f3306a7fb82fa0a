package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"rapport/models"
	"rapport/models/fault"
)

type practiceCommand struct {
	Create  practiceCreateCommand  `cmd:"" help:"Make a practice with its owner."`
	List    practiceListCommand    `cmd:"" help:"Show every practice, how much it holds and whether its audit trail is whole."`
	Suspend practiceSuspendCommand `cmd:"" help:"Close a practice: nobody acts in it, nothing is sent, nothing is lost."`
	Resume  practiceResumeCommand  `cmd:"" help:"Open a suspended practice again."`
}

type practiceCreateCommand struct {
	settings
	Name          string `required:"" help:"As on the letterhead."`
	OwnerEmail    string `required:"" help:"The owner signs in with it."`
	OwnerName     string `help:"The owner's name; the part before the @ when empty."`
	TimeZone      string `help:"IANA zone in which days are counted." default:"America/Los_Angeles"`
	PasswordStdin bool   `required:"" help:"Read the owner's password from standard input, so that no shell keeps it."`
}

// Run makes the first tenant without a browser.
func (c practiceCreateCommand) Run(in io.Reader, out io.Writer) error {
	secret, err := passwordFrom(in)
	if err != nil {
		return err
	}
	n, err := c.network(context.Background())
	if err != nil {
		return err
	}
	defer n.db.Close()
	if c.OwnerName == "" {
		c.OwnerName, _, _ = strings.Cut(c.OwnerEmail, "@")
	}
	p, err := n.CreatePractice(context.Background(), models.System(""), models.PracticeDraft{Name: c.Name, TimeZone: c.TimeZone,
		OwnerName: c.OwnerName, OwnerEmail: c.OwnerEmail, Password: secret})
	if err != nil {
		return said(err)
	}
	_, err = fmt.Fprintf(out, "practice %s\n%s signs in as its owner\n", p.ID, c.OwnerEmail)
	return err
}

type practiceListCommand struct{ settings }

// Run prints one line for each practice; it reads no clinical content.
func (c practiceListCommand) Run(out io.Writer) error {
	n, err := c.network(context.Background())
	if err != nil {
		return err
	}
	defer n.db.Close()
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tNAME\tSTATE\tPEOPLE\tCLIENTS\tSESSIONS\tREPORTS\tMAILS WAITING\tAUDIT TRAIL")
	page := models.Page{Limit: 100}
	for {
		l, err := n.PracticeStates(context.Background(), models.System(""), page)
		if err != nil {
			return said(err)
		}
		for _, s := range l.Items {
			state, name := "open", s.Name
			if s.Suspended {
				state = "suspended"
			}
			if s.ID == models.NetworkPractice {
				state, name = "-", "(outside every practice)"
			}
			trail := fmt.Sprintf("%d events, whole", s.Trail.Seq)
			if s.Trail.Broken != 0 {
				trail = fmt.Sprintf("BROKEN at event %d", s.Trail.Broken)
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\n", s.ID, name, state, s.People, s.Clients, s.Sessions, s.Reports, s.Waiting, trail)
		}
		if page.Cursor = l.NextCursor; page.Cursor == "" {
			return table.Flush()
		}
	}
}

type practiceSuspendCommand struct {
	settings
	Practice string `arg:"" help:"Its id or its name."`
}

// Run closes a practice at once, for every sign-in of its people.
func (c practiceSuspendCommand) Run(out io.Writer) error { return c.suspend(out, c.Practice, true) }

type practiceResumeCommand struct {
	settings
	Practice string `arg:"" help:"Its id or its name."`
}

// Run opens a practice again; what waited is sent once a server runs.
func (c practiceResumeCommand) Run(out io.Writer) error { return c.suspend(out, c.Practice, false) }

func (s settings) suspend(out io.Writer, practice string, suspended bool) error {
	ctx := context.Background()
	n, err := s.network(ctx)
	if err != nil {
		return err
	}
	defer n.db.Close()
	named, err := n.PracticesNamed(ctx, models.System(""), practice)
	if err != nil {
		return said(err)
	}
	id := models.PracticeID(practice)
	switch len(named) {
	case 0:
	case 1:
		id = named[0]
	default:
		return fmt.Errorf("%d practices have this name; say which by its id: %v", len(named), named)
	}
	state, err := n.SuspendPractice(ctx, models.System(""), id, suspended)
	if err != nil {
		return said(err)
	}
	word := "open"
	if state.Suspended {
		word = "suspended"
	}
	_, err = fmt.Fprintf(out, "%s (%s) is %s; %d mails wait\n", state.Name, state.ID, word, state.Waiting)
	return err
}

// said turns a refusal into its sentences, with the code to look it up by.
func said(err error) error {
	e, ok := fault.As(err)
	if !ok {
		return err
	}
	lines := []string{e.Text + " (" + e.Code + ")"}
	for _, v := range e.Violations {
		lines = append(lines, "- "+v.Message)
	}
	return errors.New(strings.Join(lines, "\n"))
}
