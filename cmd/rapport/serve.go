package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

type serveCommand struct{ serving }

// settled is when the jobs' first round is over.
const settled = 5 * time.Second

// Run serves until it is told to stop.
func (c serveCommand) Run(out io.Writer) error {
	s, err := c.fill()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	srv, err := s.start(ctx, newLog(os.Stderr), false)
	if err != nil {
		return err
	}
	lean()
	time.AfterFunc(settled, lean)
	fmt.Fprintf(out, "Rapport listens on http://%s and is reached at %s\n", srv.ln.Addr(), s.PublicURL)
	return srv.run(ctx)
}
