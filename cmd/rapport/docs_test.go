package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

func document(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// blocks are the commands of a document, block by block.
func blocks(text string) (list []string) {
	for _, m := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```").FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	return list
}

// TestTheLoopOfTheReadmeRuns pastes the README's walk into a shell beside the
// demo, as a newcomer does, and reads what it prints.
func TestTheLoopOfTheReadmeRuns(t *testing.T) {
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is needed to walk through the README: install the package %s", tool, tool)
		}
	}
	s, err := serving{settings: settings{DataDir: copyOfYear(t)}, Addr: "127.0.0.1:0"}.fill()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	srv, err := s.start(ctx, newLog(io.Discard), true)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.run(ctx) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("stopping: %v", err)
		}
	}()
	script := ""
	for _, b := range blocks(document(t, "README.md")) {
		if strings.HasPrefix(b, "B=http://127.0.0.1:8080/api/v1\n") {
			script = strings.Replace(b, "127.0.0.1:8080", srv.ln.Addr().String(), 1)
		}
	}
	walk := exec.Command("bash", "-c", script)
	walk.Dir = t.TempDir()
	out, err := walk.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said := string(out)
	for _, want := range []string{`"status":"active"`, `"code":"scope_violation"`, `"code":"scope.region"`, `"code":"scope.minutes"`, `"decision":"approved"`, `"visit_number":1`,
		`"status":"signed"`, `"state":"queued"`, `"state":"acknowledged"`, `"reply":"Thank you."`, `"verdict":"allowed"`, `"code":"release.ended"`} {
		i := strings.Index(said, want)
		if i < 0 {
			t.Fatalf("the walk does not come to %s:\n%s", want, out)
		}
		said = said[i:] // in this order
	}
	if pdf, err := os.ReadFile(filepath.Join(walk.Dir, "report.pdf")); err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("report.pdf: %.20q, %v", pdf, err)
	}
}

// TestEveryCommandOfTheDocumentsIsUnderstood parses what README.md and
// docs/operate.md tell people to type, and wants each variable to be a flag's.
func TestEveryCommandOfTheDocumentsIsUnderstood(t *testing.T) {
	var p program
	parser, err := kong.New(&p, kong.Name("rapport"), kong.DefaultEnvars("RAPPORT"), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	variables := map[string]bool{}
	_ = kong.Visit(parser.Model, func(n kong.Visitable, next kong.Next) error {
		if f, ok := n.(*kong.Flag); ok {
			for _, e := range f.Envs {
				variables[e] = true
			}
		}
		return next(nil)
	})
	call := regexp.MustCompile(`(?:^|[\s;|&])(?:bin/rapport|go run \./cmd/rapport|\$as rapport|rapport) ((?:serve|demo|migrate|practice|operator|user|backup|restore|verify|audit|import|calibrate|keys|version)\b[^\n]*)`)
	understood, texts := 0, map[string]string{"README.md": document(t, "README.md"), "docs/operate.md": document(t, "docs/operate.md")}
	home := t.TempDir()
	t.Chdir(home)
	t.Setenv("HOME", home)
	for _, file := range []string{"NPPES.zip", "rapport-heads", "rapport-2026-11-21.db", time.Now().Format("rapport-2006-01-02.db")} {
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range texts {
		for _, v := range regexp.MustCompile(`RAPPORT_[A-Z_]+`).FindAllString(text, -1) {
			if !variables[v] {
				t.Errorf("%s: no flag reads %s", name, v)
			}
		}
		for _, b := range blocks(text) {
			for _, m := range call.FindAllStringSubmatch(strings.ReplaceAll(b, "\\\n", " "), -1) {
				words := exec.Command("bash", "-c", "printf '%s\\0' "+regexp.MustCompile(`\s(#|[|;]|&&).*`).ReplaceAllString(m[1], ""))
				out, err := words.Output()
				if err != nil {
					t.Fatalf("%s: %s: %v", name, m[1], err)
				}
				if _, err := parser.Parse(strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")); err != nil {
					t.Errorf("%s: rapport %s: %v", name, m[1], err)
				}
				understood++
			}
		}
	}
	if understood < 15 {
		t.Errorf("only %d commands were found", understood)
	}
}
