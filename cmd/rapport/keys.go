package main

import (
	"context"
	"fmt"
	"io"
)

type keysCommand struct {
	Rotate rotateCommand `cmd:"" help:"Make new keys; what was sealed before still opens."`
}

type rotateCommand struct{ settings }

// Run writes the new master key to the secret file first (it still unwraps
// what the old one wrapped), then wraps every practice's keys anew.
func (c rotateCommand) Run(out io.Writer) error {
	s, err := c.place()
	if err != nil {
		return err
	}
	if err := s.present(); err != nil {
		return err
	}
	old, err := readSecret(s.SecretFile)
	if err != nil {
		return err
	}
	fresh, err := old.Rotated()
	if err != nil {
		return err
	}
	if err := writeSecret(s.SecretFile, fresh, 0); err != nil {
		return err
	}
	db, err := s.open(nil, true)
	if err != nil {
		return err
	}
	defer db.Close()
	n, err := db.RotateKeys(context.Background(), fresh)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "new keys for %d practices; restart running servers so that they read %s again\n", n, s.SecretFile)
	return err
}
