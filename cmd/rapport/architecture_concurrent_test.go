package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// picked is how .ci/test finds what runs under the race detector.
var picked = regexp.MustCompile(`^Test\w*(Concurrent|Race)`)

// servers lists calls that answer requests in the background: a goroutine that
// does nothing else is the server a test talks to, not the test's own race.
var servers = []string{"Listener", "Serve", "run"}

// deed is what one function of a package's tests does.
type deed struct {
	at     string
	parts  bool            // starts a goroutine, or this binary once more
	called map[string]bool // functions and methods, by their name
}

// deeds reads the functions of test files: plain functions by their name,
// methods by "." and their name.
func deeds(files map[string][]byte) (map[string]*deed, error) {
	all := map[string]*deed{}
	at := token.NewFileSet()
	for name, text := range files {
		tree, err := parser.ParseFile(at, name, text, 0)
		if err != nil {
			return nil, err
		}
		for _, d := range tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			key := f.Name.Name
			if f.Recv != nil {
				key = "." + key
			}
			if all[key] == nil {
				all[key] = &deed{at: at.Position(f.Pos()).String(), called: map[string]bool{}}
			}
			all[key].read(f.Body)
		}
	}
	return all, nil
}

func (d *deed) read(body ast.Node) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			d.parts = d.parts || !serves(n)
		case *ast.CallExpr:
			switch f := n.Fun.(type) {
			case *ast.Ident:
				d.called[f.Name] = true
			case *ast.SelectorExpr:
				d.called["."+f.Sel.Name] = true
				with := len(n.Args) > 0 // a server starts with a context; exec.Cmd without
				d.parts = d.parts || f.Sel.Name == "Go" || f.Sel.Name == "Start" && with || f.Sel.Name == "Command" && with && again(n.Args[0])
			}
		}
		return true
	})
}

// serves tells whether a goroutine only answers requests.
func serves(g *ast.GoStmt) bool {
	calls, serving := 0, 0
	ast.Inspect(g.Call, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && c != g.Call {
			calls++
			if f, ok := c.Fun.(*ast.SelectorExpr); ok && slices.Contains(servers, f.Sel.Name) {
				serving++
			}
		}
		return true
	})
	return calls > 0 && calls == serving
}

// again tells whether a command is this test binary: os.Args[0].
func again(e ast.Expr) bool {
	i, ok := e.(*ast.IndexExpr)
	if !ok {
		return false
	}
	f, ok := i.X.(*ast.SelectorExpr)
	return ok && f.Sel.Name == "Args"
}

// unpicked returns the tests of one package that race and whose names do not
// say so.
func unpicked(files map[string][]byte) []string {
	all, err := deeds(files)
	if err != nil {
		return []string{err.Error()}
	}
	for changed := true; changed; {
		changed = false
		for _, d := range all {
			for name := range d.called {
				if of := all[name]; !d.parts && of != nil && of.parts {
					d.parts, changed = true, true
				}
			}
		}
	}
	var broken []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if d := all[name]; d.parts && strings.HasPrefix(name, "Test") && name != "TestMain" && !picked.MatchString(name) {
			broken = append(broken, d.at+": "+name+" starts goroutines or processes: give it a name with Concurrent in it, so that it runs under the race detector")
		}
	}
	return broken
}

func TestArchitectureParallelTestsSayThatTheyAre(t *testing.T) {
	for _, p := range packages(t) {
		files := map[string][]byte{}
		for _, name := range slices.Concat(p.TestGoFiles, p.XTestGoFiles) {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.ToSlash(filepath.Join(p.place(), name))] = text
		}
		report(t, unpicked(files))
	}
}

func TestArchitectureControlFlagsParallelTestsThatDoNotSayIt(t *testing.T) {
	for _, c := range []struct {
		text    string
		flagged bool
	}{
		{"func TestA(t *testing.T) { go f() }", true},
		{"func TestConcurrentA(t *testing.T) { go f() }", false},
		{"func TestA(t *testing.T) { wg.Go(f) }", true},
		{"func TestA(t *testing.T) { t.Run(n, func(t *testing.T) { wg.Go(f) }) }", true},
		{"func TestA(t *testing.T) { rush() }\nfunc rush() { deep() }\nfunc deep() { go f() }", true},
		{"func TestA(t *testing.T) { w.rush() }\nfunc (w *world) rush() { go f() }", true},
		{"func TestA(t *testing.T) { rush() }\nfunc (w *world) rush() { go f() }", false},
		{"func TestA(t *testing.T) { exec.Command(os.Args[0]) }", true},
		{"func TestA(t *testing.T) { exec.Command(\"pdftotext\", os.Args[0]) }", false},
		{"func TestA(t *testing.T) { d.Start(ctx) }", true},
		{"func TestA(t *testing.T) { cmd.Start() }", false},
		{"func TestA(t *testing.T) { go func() { done <- s.app.Listener(l) }() }", false},
		{"func TestA(t *testing.T) { go func() { post(); s.app.Listener(l) }() }", true},
		{"func TestA(t *testing.T) { stop() }", false},
		{"func BenchmarkA(b *testing.B) { go f() }", false},
	} {
		if got := unpicked(map[string][]byte{"a_test.go": []byte("package p\n" + c.text + "\n")}); len(got) > 0 != c.flagged {
			t.Errorf("%q, want flagged %v: %s", got, c.flagged, c.text)
		}
	}
}
