package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// aside is where a command says how far it is: standard error.
type aside struct{ io.Writer }

// progress shows how much of a file has been read: as a bar on a terminal, as
// a line now and then anywhere else.
type progress struct {
	out      io.Writer
	terminal bool
	size     int64
	read     int64
	shown    time.Time
	of       counted
}

// counted is what is being read.
type counted interface {
	Rows() int64
	Matches() int64
}

func newProgress(out io.Writer, size int64) *progress {
	p := &progress{out: out, size: size}
	if f, ok := out.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

// step adds what was read, and shows it when enough time has passed.
func (p *progress) step(n int64, now time.Time) {
	p.read += n
	every := 5 * time.Second
	if p.terminal {
		every = 200 * time.Millisecond
	}
	if p.shown.IsZero() {
		p.shown = now
	}
	if p.of != nil && now.Sub(p.shown) >= every {
		p.shown = now
		p.show()
	}
}

func (p *progress) show() {
	share := 0.0
	line := fmt.Sprintf("%.1f MB  %d rows  %d matched", float64(p.read)/1e6, p.of.Rows(), p.of.Matches())
	if p.size > 0 { // of a workbook nobody knows it before the end
		share = min(1, float64(p.read)/float64(p.size))
		line = fmt.Sprintf("%3.0f%%  %.1f of %.1f MB  %d rows  %d matched", 100*share, float64(p.read)/1e6, float64(p.size)/1e6, p.of.Rows(), p.of.Matches())
	}
	if !p.terminal {
		fmt.Fprintln(p.out, line)
		return
	}
	const width = 24
	full := int(share * width)
	fmt.Fprintf(p.out, "\r[%s%s] %s\x1b[K", strings.Repeat("=", full), strings.Repeat(" ", width-full), line)
}

// end shows the last state and leaves the line.
func (p *progress) end() {
	if p.of == nil {
		return
	}
	p.show()
	if p.terminal {
		fmt.Fprintln(p.out)
	}
}
