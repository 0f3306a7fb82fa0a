package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

type serveCommand struct{ serving }

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
	debug.FreeOSMemory() // what only the start needed
	letGo()
	fmt.Fprintf(out, "Rapport listens on http://%s and is reached at %s\n", srv.ln.Addr(), s.PublicURL)
	return srv.run(ctx)
}
