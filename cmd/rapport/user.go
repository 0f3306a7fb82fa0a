package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"rapport/models"
)

type userCommand struct {
	Password userPasswordCommand `cmd:"" help:"Give somebody a new password; it ends their sign-ins."`
	Disable  userDisableCommand  `cmd:"" help:"End somebody's access."`
	Enable   userEnableCommand   `cmd:"" help:"Give access back."`
	Factors  userFactorsCommand  `cmd:"" help:"Forget the second factor of somebody who lost phone and recovery codes."`
}

type userPasswordCommand struct {
	settings
	Email         string `required:"" help:"Whose."`
	PasswordStdin bool   `required:"" help:"Read the password from standard input, so that no shell keeps it."`
}

// Run replaces a password without the old one: for the person at the machine.
func (c userPasswordCommand) Run(in io.Reader, out io.Writer) error {
	secret, err := passwordFrom(in)
	if err != nil {
		return err
	}
	n, err := c.network(context.Background())
	if err != nil {
		return err
	}
	defer n.db.Close()
	if err := n.ResetPassword(context.Background(), models.System(""), c.Email, secret); err != nil {
		return said(err)
	}
	_, err = fmt.Fprintln(out, "the password is set; earlier sign-ins have ended")
	return err
}

type userDisableCommand struct {
	settings
	Email string `required:"" help:"Whose."`
}

// Run ends access at once, sign-ins included.
func (c userDisableCommand) Run(out io.Writer) error { return c.able(out, c.Email, true) }

type userEnableCommand struct {
	settings
	Email string `required:"" help:"Whose."`
}

// Run gives access back; the person signs in anew.
func (c userEnableCommand) Run(out io.Writer) error { return c.able(out, c.Email, false) }

type userFactorsCommand struct {
	settings
	Email  string `required:"" help:"Whose."`
	Forget bool   `required:"" help:"Yes: the authenticator app, the recovery codes and the passkeys go, and every sign-in ends."`
}

// Run is for the person at the machine, who knows who asks.
func (c userFactorsCommand) Run(out io.Writer) error {
	n, err := c.network(context.Background())
	if err != nil {
		return err
	}
	defer n.db.Close()
	if err := n.ForgetFactors(context.Background(), models.System(""), c.Email); err != nil {
		return said(err)
	}
	_, err = fmt.Fprintln(out, "forgotten; the password alone signs in now")
	return err
}

func (s settings) able(out io.Writer, email string, disabled bool) error {
	n, err := s.network(context.Background())
	if err != nil {
		return err
	}
	defer n.db.Close()
	if err := n.DisableUser(context.Background(), models.System(""), email, disabled); err != nil {
		return said(err)
	}
	_, err = fmt.Fprintln(out, "done")
	return err
}

// passwordFrom reads one line.
func passwordFrom(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("no password came on standard input")
	}
	return line, nil
}
