package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"rapport/models/store/storetest"
)

const built = "../../bin/rapport" // make bench builds it first

// running is the program, started on a data directory.
type running struct {
	at   string // http://host:port
	pid  string
	took time.Duration // from exec to the first page
}

// serveOn starts the program, asks it for one path until it answers, and looks
// at it with f.
func serveOn(b *testing.B, dir, path string, f func(running)) {
	b.Helper()
	c := exec.Command(built, "serve", "--addr", "127.0.0.1:0")
	c.Env = append(os.Environ(), "RAPPORT_DATA_DIR="+dir)
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := c.Start(); err != nil {
		b.Fatalf("%v: build the program first", err)
	}
	defer func() { _ = c.Process.Kill(); _ = c.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	r := running{at: regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line), pid: strconv.Itoa(c.Process.Pid)}
	if err != nil || r.at == "" {
		b.Fatalf("%q, %v", line, err)
	}
	r.get(b, path)
	r.took = time.Since(start)
	f(r)
}

// get asks until there is an answer.
func (r running) get(b *testing.B, path string) {
	b.Helper()
	for range 200 {
		res, err := http.Get(r.at + path)
		if err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode >= 500 {
				b.Fatalf("%s: %s", path, res.Status)
			}
			return
		}
		time.Sleep(time.Millisecond)
	}
	b.Fatal("the server does not answer")
}

// holds is what Linux counts for the program in units of 1024 × 1024 bytes: all
// of it, its own pages, and those of the file it was started from. The kernel
// takes these back when it needs them, and maps them in pieces as large as the
// file lies in its cache: a copy just written counts up to 20 MB more than the
// same file read from disk.
func (r running) holds(b *testing.B) (all, own, file float64) {
	b.Helper()
	status, err := os.ReadFile("/proc/" + r.pid + "/status")
	if err != nil {
		b.Fatal(err)
	}
	mb := func(name string) float64 {
		_, rest, _ := strings.Cut(string(status), name)
		kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
		if err != nil {
			b.Fatal(err)
		}
		return kib / 1024
	}
	return mb("VmRSS:"), mb("RssAnon:"), mb("RssFile:")
}

// BenchmarkFigureStart is the time from exec to the first page on a SQLite
// database that is up to date.
func BenchmarkFigureStart(b *testing.B) {
	dir := b.TempDir()
	var rounds []float64
	for range 6 {
		serveOn(b, dir, "/sign-in", func(r running) { rounds = append(rounds, float64(r.took)/float64(time.Millisecond)) })
	}
	storetest.Figure(b, storetest.Median(rounds[1:]), "ms", 150)
}

// BenchmarkFigureMemory is what the server holds when it waits for its first
// request (the question whether it lives is not one), and beside the goal what
// it holds after a page and an answer of the API, whose tables are made then.
func BenchmarkFigureMemory(b *testing.B) {
	dir := b.TempDir()
	var waiting, own, file, busy []float64
	for range 6 {
		serveOn(b, dir, livePath, func(r running) {
			all, o, f := r.holds(b)
			waiting, own, file = append(waiting, all), append(own, o), append(file, f)
			r.get(b, "/sign-in")
			r.get(b, "/api/v1/practices")
			all, _, _ = r.holds(b)
			busy = append(busy, all)
		})
	}
	b.ReportMetric(storetest.Median(own[1:]), "MB-own")
	b.ReportMetric(storetest.Median(file[1:]), "MB-program-file")
	b.ReportMetric(storetest.Median(busy[1:]), "MB-after-requests")
	storetest.Figure(b, storetest.Median(waiting[1:]), "MB", 30)
}

// BenchmarkFigureProgram is the size of the static program.
func BenchmarkFigureProgram(b *testing.B) {
	f, err := os.Stat(filepath.FromSlash(built))
	if err != nil {
		b.Fatalf("%v: build the program first", err)
	}
	storetest.Figure(b, float64(f.Size())/1e6, "MB", 45)
}
