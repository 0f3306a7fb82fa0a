// Command summary reads the output of "go test -json", shows a line for each
// package and the whole output of what failed, and ends with the sum of the
// tests. It fails when a test failed or was skipped, or when there was none.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of "go test -json"; "title" is our own and begins a part.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// key names a test, or with no test a package.
type key struct{ pkg, test string }

// row counts the tests of one part of the run on one engine.
type row struct {
	name            string
	passed, refused int
}

type summary struct {
	out                     io.Writer
	part                    string
	output                  map[key]*strings.Builder // of what has not passed yet
	parent                  map[key]bool             // tests with subtests are not counted
	bad                     map[key]bool             // and packages with a failure
	rows                    []*row
	ran                     map[string]int // by package
	passed, failed, skipped int
}

func newSummary(out io.Writer) *summary {
	return &summary{
		out: out, output: map[key]*strings.Builder{}, parent: map[key]bool{},
		bad: map[key]bool{}, ran: map[string]int{},
	}
}

func main() {
	s := newSummary(os.Stdout)
	if err := s.read(os.Stdin); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if !s.close() {
		os.Exit(1)
	}
}

func (s *summary) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) == nil && e.Action != "" {
				s.add(e)
			} else {
				s.out.Write(line)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *summary) add(e event) {
	k := key{e.Package, e.Test}
	switch e.Action {
	case "title":
		s.part = e.Output
		fmt.Fprintf(s.out, "\n%s\n", e.Output)
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "run":
		if i := strings.LastIndexByte(e.Test, '/'); i >= 0 {
			s.parent[key{e.Package, e.Test[:i]}] = true
		}
	case "output":
		if s.output[k] == nil {
			s.output[k] = &strings.Builder{}
		}
		s.output[k].WriteString(e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.endPackage(e)
		} else {
			s.endTest(k, e.Action)
		}
	}
}

func (s *summary) endTest(k key, action string) {
	s.ran[k.pkg]++
	if action == "pass" {
		delete(s.output, k)
		if !s.parent[k] {
			s.count(k.test, true)
		}
		return
	}
	if !s.parent[k] || !s.bad[k] {
		s.count(k.test, false)
	}
	if action == "skip" {
		s.skipped++
	}
	for name := k.test; ; {
		s.bad[key{k.pkg, name}] = true
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			break
		}
		name = name[:i]
	}
	s.bad[key{k.pkg, ""}] = true
	s.show(k)
}

// endPackage shows what is left of a package: a crash has no closing line for
// the test that caused it.
func (s *summary) endPackage(e event) {
	k := key{e.Package, ""}
	if e.Action == "fail" {
		for left := range s.output {
			if left.pkg == e.Package && left.test != "" {
				s.show(left)
			}
		}
		s.show(k)
		if !s.bad[k] {
			s.count("", false)
		}
		fmt.Fprintf(s.out, "FAIL  %-36s %6.1fs\n", e.Package, e.Elapsed)
	} else if s.ran[e.Package] > 0 {
		fmt.Fprintf(s.out, "ok    %-36s %6.1fs  %d tests\n", e.Package, e.Elapsed, s.ran[e.Package])
	}
	for left := range s.output {
		if left.pkg == e.Package {
			delete(s.output, left)
		}
	}
	delete(s.bad, k)
	delete(s.ran, e.Package)
}

func (s *summary) show(k key) {
	if s.output[k] == nil {
		return
	}
	fmt.Fprint(s.out, s.output[k].String())
	delete(s.output, k)
}

// engine tells by the name of a subtest what it ran on.
func engine(test string) string {
	for _, part := range strings.Split(strings.ToLower(test), "/")[1:] {
		switch {
		case strings.HasPrefix(part, "sqlite"):
			return "SQLite"
		case strings.HasPrefix(part, "postgres"):
			return "PostgreSQL"
		}
	}
	return "no engine named"
}

func (s *summary) count(test string, passed bool) {
	name := s.part + ": " + engine(test+"/")
	var at *row
	for _, r := range s.rows {
		if r.name == name {
			at = r
		}
	}
	if at == nil {
		at = &row{name: name}
		s.rows = append(s.rows, at)
	}
	if passed {
		at.passed++
		s.passed++
	} else {
		at.refused++
		s.failed++
	}
}

// close prints the sum and tells whether all is well.
func (s *summary) close() bool {
	fmt.Fprintf(s.out, "\n%-58s %7s %7s\n", "", "passed", "failed")
	for _, r := range s.rows {
		fmt.Fprintf(s.out, "%-58s %7d %7d\n", r.name, r.passed, r.refused)
	}
	if s.skipped > 0 {
		fmt.Fprintf(s.out, "%d of the failed were skipped, which is not allowed\n", s.skipped)
	}
	fmt.Fprintf(s.out, "%d passed, %d failed\n", s.passed, s.failed)
	return s.failed == 0 && s.passed > 0
}
