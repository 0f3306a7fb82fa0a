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

// serveOn starts the program on a data directory and returns once it answers.
func serveOn(b *testing.B, dir string) (took time.Duration, resident float64) {
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
	at := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line)
	if err != nil || at == "" {
		b.Fatalf("%q, %v", line, err)
	}
	status := func() string {
		s, _ := os.ReadFile("/proc/" + strconv.Itoa(c.Process.Pid) + "/status")
		return string(s)
	}
	answered := false
	for range 200 {
		res, err := http.Get(at + "/livez")
		if err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			answered = true
			break
		}
		time.Sleep(time.Millisecond)
	}
	took = time.Since(start)
	if !answered {
		b.Fatal("the server does not answer")
	}
	_, rest, _ := strings.Cut(status(), "VmRSS:")
	kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return took, kb / 1000
}

// BenchmarkFigureStart is the time from exec to the first answer on a SQLite
// database that is up to date.
func BenchmarkFigureStart(b *testing.B) {
	dir := b.TempDir()
	serveOn(b, dir)
	var rounds []float64
	for range 5 {
		took, _ := serveOn(b, dir)
		rounds = append(rounds, float64(took)/float64(time.Millisecond))
	}
	storetest.Figure(b, storetest.Median(rounds), "ms", 150)
}

// BenchmarkFigureMemory is what the server holds when it has just begun to
// answer; the question itself is one small request.
func BenchmarkFigureMemory(b *testing.B) {
	dir := b.TempDir()
	serveOn(b, dir)
	var rounds []float64
	for range 5 {
		_, mb := serveOn(b, dir)
		rounds = append(rounds, mb)
	}
	storetest.Figure(b, storetest.Median(rounds), "MB", 30)
}

// BenchmarkFigureProgram is the size of the static program.
func BenchmarkFigureProgram(b *testing.B) {
	f, err := os.Stat(filepath.FromSlash(built))
	if err != nil {
		b.Fatalf("%v: build the program first", err)
	}
	storetest.Figure(b, float64(f.Size())/1e6, "MB", 45)
}
