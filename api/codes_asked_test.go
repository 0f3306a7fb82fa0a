package api_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// inWords are the codes that only pages show, which say them in words: each with
// the words that a test of the portal looks for.
var inWords = map[string]string{
	"contact.whom":        "Choose with whom",
	"csrf.origin":         "was not sent from a page of this site",
	"csrf.token":          "out of date",
	"field.number":        "Write a whole number here",
	"passkey.cloned":      "seems to have been copied",
	"passkey.failed":      "The passkey was not accepted",
	"passkey.too_slow":    "answered too late",
	"passkey.unavailable": "Passkeys need https",
	"sign_in.https":       "https",
	"view.unknown":        "in full, or as the statutory accounting",
}

// TestEveryCodeIsAskedForByATest: a refusal that no test provokes may never be
// given, or given for the wrong reason.
func TestEveryCodeIsAskedForByATest(t *testing.T) {
	table, err := os.ReadFile("../models/fault/codes.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, named := textsOfTests(t), map[string]bool{}
	for _, text := range regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"|`[^`]*`").FindAll(tests, -1) { // what is quoted
		for _, word := range regexp.MustCompile(`[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*`).FindAll(text, -1) {
			named[string(word)] = true
		}
	}
	rows := regexp.MustCompile(`(?m)^\| ([a-z][a-z0-9_.]*) \|.*$`).FindAllSubmatch(table, -1)
	if len(rows) < 300 {
		t.Fatalf("only %d codes", len(rows))
	}
	for _, row := range rows {
		code := string(row[1])
		if code == "code" {
			continue
		}
		if words, only := inWords[code]; only {
			if !bytes.Contains(row[0], []byte(words)) || !bytes.Contains(tests, []byte(words)) {
				t.Errorf("%s is not said as %q, or no test looks for that", code, words)
			}
		} else if !named[code] {
			t.Errorf("no test asks for %s; refusals_test.go is a table of requests with one mistake each", code)
		}
	}
}

// textsOfTests are all tests and their tables, but for this one.
func textsOfTests(t *testing.T) []byte {
	t.Helper()
	var all bytes.Buffer
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && (d.Name() == "gofpdf" || strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2) {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(p, "_test.go") && !(strings.Contains(p, "testdata") && strings.HasSuffix(p, ".csv")) || strings.HasSuffix(p, "codes_asked_test.go") {
			return nil
		}
		b, err := os.ReadFile(p)
		all.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.Bytes()
}
