package main

import (
	"context"
	"fmt"
	"io"

	"rapport/models"
)

type operatorCommand struct {
	Create operatorCreateCommand `cmd:"" help:"Make a sign-in that runs the server and sees no clinical content."`
}

type operatorCreateCommand struct {
	settings
	Email         string `required:"" help:"They sign in with it; an address that nobody here has."`
	Name          string `required:"" help:"Their name."`
	PasswordStdin bool   `required:"" help:"Read the password from standard input, so that no shell keeps it."`
}

// Run adds an operator: for the person at the machine.
func (c operatorCreateCommand) Run(in io.Reader, out io.Writer) error {
	secret, err := passwordFrom(in)
	if err != nil {
		return err
	}
	n, err := c.network(context.Background())
	if err != nil {
		return err
	}
	defer n.db.Close()
	u, err := n.AddOperator(context.Background(), models.System(""), c.Email, c.Name, secret)
	if err != nil {
		return said(err)
	}
	_, err = fmt.Fprintf(out, "operator %s\n%s signs in and finds the server's practices\n", u.ID, u.Email)
	return err
}
