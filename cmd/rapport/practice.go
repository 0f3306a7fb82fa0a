package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"rapport/models"
	"rapport/models/fault"
)

type practiceCommand struct {
	Create practiceCreateCommand `cmd:"" help:"Make a practice with its owner."`
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

// said turns a refusal into its sentences.
func said(err error) error {
	e, ok := fault.As(err)
	if !ok {
		return err
	}
	lines := []string{e.Text}
	for _, v := range e.Violations {
		lines = append(lines, "- "+v.Message)
	}
	return errors.New(strings.Join(lines, "\n"))
}
