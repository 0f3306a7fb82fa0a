package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rapport/api/apitest"
)

// TestEveryOperationForEveryPrincipal tries each operation with a request that
// is right in itself as everybody, and compares the statuses with
// testdata/matrix.txt. A new operation needs no more than -update, and a line in
// requests (matrix_seed_test.go) when the docs page's example and the usual ids
// do not fit it. No cell is a 5xx, and at least one principal succeeds.
func TestEveryOperationForEveryPrincipal(t *testing.T) {
	if *update {
		everyOperation(t, "sqlite")
		return
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { t.Parallel(); everyOperation(t, engine) })
	}
}

func everyOperation(t *testing.T, engine string) {
	n := seeded(t, engine)
	ops := operationsOf(n.API.OpenAPI())
	var b strings.Builder
	fmt.Fprintf(&b, "%-62s", "")
	for _, p := range n.principals {
		fmt.Fprintf(&b, " %-10s", p.name)
	}
	b.WriteString("\n")
	for _, name := range slices.SortedFunc(maps.Keys(ops), byPath) {
		op := ops[name]
		r := n.requestOf(op.OperationID, op.Method, op.Path)
		row, allowed, last := fmt.Sprintf("%-62s", name), false, []byte(nil)
		for _, p := range n.principals {
			a := p.call.Do(op.Method, r.path, r.body, r.headers...)
			row += fmt.Sprintf(" %-10d", a.Status)
			if a.Status >= 500 {
				t.Errorf("%s as %s: %d %s", name, p.name, a.Status, a.Body)
			}
			if op.Responses[strconv.Itoa(a.Status)] == nil {
				t.Errorf("%s as %s: %d is not described", name, p.name, a.Status)
			}
			if a.Status != 401 && a.Status != 403 && a.Status != 404 {
				last = a.Body
			}
			if a.Status < 300 {
				allowed = true
				if op.Method != http.MethodGet {
					n.restore()
				}
			}
		}
		if !allowed {
			t.Errorf("%s: nobody may:%s\nIts request needs a line in requests (matrix_seed_test.go): %s", name, row[62:], last)
		}
		b.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	golden(t, "testdata/matrix.txt", b.String())
}

// byPath sorts "METHOD path" by path.
func byPath(a, b string) int {
	am, ap, _ := strings.Cut(a, " ")
	bm, bp, _ := strings.Cut(b, " ")
	return strings.Compare(ap+" "+am, bp+" "+bm)
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("%s differs (%v); read the change, and take it with -update when it is meant:\n%s", file, err, firstDifference(string(want), got))
	}
}

// TestForeignObjectsAnswerLikeMissingOnes: another practice's id and a random
// one give the same bytes but for the request's name.
func TestForeignObjectsAnswerLikeMissingOnes(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			n := seeded(t, engine)
			ops := operationsOf(n.API.OpenAPI())
			const random = "0196e000-ffff-7000-8000-00000000dead"
			requestID := regexp.MustCompile(`"request_id":"[^"]*"`)
			tried := 0
			for _, name := range slices.SortedFunc(maps.Keys(ops), byPath) {
				op := ops[name]
				if !strings.Contains(op.Path, "{id}") || strings.Contains(op.Path, "/providers/") || strings.Contains(op.Path, "/colleagues/") || strings.Contains(op.Path, "/offices/") {
					continue
				}
				r := n.requestOf(op.OperationID, op.Method, op.Path)
				noun := strings.Split(op.Path, "/")[3]
				id := strings.Split(r.path, "/")[4]
				if i := strings.Index(id, "?"); i >= 0 {
					id = id[:i]
				}
				for _, p := range n.principals {
					if p.name != "stranger" && p.name != "ungranted" {
						continue
					}
					own := p.call.Do(op.Method, r.path, r.body, r.headers...)
					none := p.call.Do(op.Method, strings.Replace(r.path, id, random, 1), r.body, append(slices.Clone(r.headers), "Idempotency-Key", "other")...)
					if own.Status != none.Status || !bytes.Equal(requestID.ReplaceAll(own.Body, nil), requestID.ReplaceAll(none.Body, nil)) {
						t.Errorf("%s as %s:\n foreign %d %s\n missing %d %s", name, p.name, own.Status, own.Body, none.Status, none.Body)
					}
					if own.Status != 404 && own.Status != 403 {
						t.Errorf("%s as %s: a foreign object of %s: %d %s", name, p.name, noun, own.Status, own.Body)
					}
				}
				tried++
			}
			if tried < 50 {
				t.Errorf("only %d operations", tried)
			}
		})
	}
}

// TestAnOldVersionIsRefusedWhereOneIsAskedFor: If-Match is looked at wherever it
// is required.
func TestAnOldVersionIsRefusedWhereOneIsAskedFor(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			n := seeded(t, engine)
			for name, op := range operationsOf(n.API.OpenAPI()) {
				if op.Responses["428"] == nil {
					continue
				}
				r := n.requestOf(op.OperationID, op.Method, op.Path)
				stale := false
				for _, p := range n.principals {
					a := p.call.Do(op.Method, r.path, r.body, append(slices.Clone(r.headers), "If-Match", `"999"`)...)
					stale = stale || a.Status == http.StatusPreconditionFailed
					if a.Status < 300 {
						t.Errorf("%s as %s: an unknown version was taken: %d", name, p.name, a.Status)
					}
				}
				if !stale {
					t.Errorf("%s: nobody got 412", name)
				}
			}
		})
	}
}

// TestTheSameKeyGivesTheSameAnswerEverywhere repeats every POST that succeeds.
func TestTheSameKeyGivesTheSameAnswerEverywhere(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			n := seeded(t, engine)
			ops := operationsOf(n.API.OpenAPI())
			tried := 0
			for _, name := range slices.SortedFunc(maps.Keys(ops), byPath) {
				op := ops[name]
				if op.Method != http.MethodPost || len(op.Security) == 0 || strings.HasPrefix(op.Path, "/api/v1/auth/") {
					continue
				}
				r := n.requestOf(op.OperationID, op.Method, op.Path)
				for _, p := range n.principals {
					one := p.call.Do(op.Method, r.path, r.body, r.headers...)
					if one.Status >= 300 {
						continue
					}
					two := p.call.Do(op.Method, r.path, r.body, r.headers...)
					if one.Status != two.Status || !sameJSON(one.Body, two.Body) || one.Header.Get("ETag") != two.Header.Get("ETag") || one.Header.Get("Location") != two.Header.Get("Location") {
						t.Errorf("%s as %s:\n first %d %s %s\n again %d %s %s", name, p.name, one.Status, one.Header.Get("ETag"), one.Body, two.Status, two.Header.Get("ETag"), two.Body)
					}
					n.restore()
					tried++
					break
				}
			}
			if tried < 40 {
				t.Errorf("only %d operations", tried)
			}
		})
	}
}

func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && fmt.Sprint(x) == fmt.Sprint(y) || bytes.Equal(a, b)
}

// TestNoClientIsNamedInTheLog sends marked names through every operation.
func TestNoClientIsNamedInTheLog(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			n := seeded(t, engine)
			for name, op := range operationsOf(n.API.OpenAPI()) {
				r := n.requestOf(op.OperationID, op.Method, op.Path)
				for _, p := range []apitest.Caller{n.principals[1].call, n.principals[5].call, n.principals[0].call} {
					p.Do(op.Method, r.path, r.body, r.headers...)
					p.Get(r.path + "?q=Zzyzx-Silva")
					p.Do(op.Method, strings.Replace(op.Path, "{", "Zzyzx-Silva", 1), []byte(`{"name":"Zzyzx-Silva"`), "Idempotency-Key", "Zzyzx-Silva", "If-Match", `"Zzyzx-Silva"`)
				}
				_ = name
			}
			log := n.Logged()
			for _, word := range []string{"Silva", "Zzyzx", "1984-05-17", "M54.2", "ana@example.org", "client@example.org"} {
				if i := strings.Index(log, word); i >= 0 {
					t.Errorf("the log has %q: %s", word, log[max(0, i-200):min(len(log), i+100)])
				}
			}
			if strings.Count(log, `"msg":"request"`) < 500 {
				t.Error("the requests were not logged")
			}
		})
	}
}

// TestRequestsNameOperations: a line for an operation that is gone helps nobody.
func TestRequestsNameOperations(t *testing.T) {
	n := seeded(t, "sqlite")
	ids := map[string]bool{}
	for _, op := range operationsOf(n.API.OpenAPI()) {
		ids[op.OperationID] = true
	}
	for id := range n.requests() {
		if !ids[id] {
			t.Errorf("requests has a line for %s, which is no operation", id)
		}
	}
}
