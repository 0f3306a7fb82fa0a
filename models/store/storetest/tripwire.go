package storetest

import (
	"io/fs"
	"regexp"
	"strings"
	"sync"

	"rapport/migrations"
)

var (
	fenced    = regexp.MustCompile(`(?m)^ALTER TABLE (\w+) FORCE ROW LEVEL SECURITY`)
	inserts   = regexp.MustCompile("(?i)\\bINSERT\\s+INTO\\s+[\"`]?(\\w+)[\"`]?\\s*\\(([^)]*)\\)")
	mentions  = regexp.MustCompile("(?i)\\b(?:FROM|JOIN|UPDATE)\\s+[\"`]?(\\w+)[\"`]?")
	predicate = regexp.MustCompile("(?i)\\bpractice_id[\"`]?\\s*(?:=|IN\\b)")
)

// owned are the tables that a practice owns: those with a fence of their own in
// the PostgreSQL schema.
var owned = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	_ = fs.WalkDir(migrations.Files("postgres"), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			b, _ := fs.ReadFile(migrations.Files("postgres"), p)
			for _, m := range fenced.FindAllStringSubmatch(string(b), -1) {
				out[m[1]] = true
			}
		}
		return err
	})
	return out
})

// Astray says what a statement lacks: each table that a practice owns is read
// and changed by its practice, and each row is inserted with one.
func Astray(sql string) string {
	tables := owned()
	for _, m := range inserts.FindAllStringSubmatch(sql, -1) {
		if tables[m[1]] && !strings.Contains(m[2], "practice_id") {
			return "a row of " + m[1] + " without practice_id"
		}
	}
	var named []string
	for _, m := range mentions.FindAllStringSubmatch(sql, -1) {
		if tables[m[1]] {
			named = append(named, m[1])
		}
	}
	if len(predicate.FindAllString(sql, -1)) < len(named) {
		return "no practice_id for each of " + strings.Join(named, ", ")
	}
	return ""
}

var judged sync.Map // SQL to what it lacks

// watch counts a statement and its parameters, and keeps it when it names no practice.
func (w *World) watch(sql string) {
	w.statements.Add(1)
	w.parameters.Add(int64(strings.Count(sql, "?") + strings.Count(sql, "$")))
	lacks, known := judged.Load(sql)
	if !known {
		lacks = Astray(sql)
		judged.Store(sql, lacks)
	}
	if lacks == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.astray == nil {
		w.astray = map[string]bool{}
	}
	w.astray[lacks.(string)+": "+sql] = true
}

// tellAstray fails the test for statements that name no practice.
func (w *World) tellAstray() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for s := range w.astray {
		w.T.Error(s)
	}
}
