package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// nasty are values that stand where something else is due.
var nasty = []any{nil, true, 0, -1, 1e18, 1.5, "", " ", "'; DROP TABLE clients; --", "\u202e\u0301\U0001F600", "\x01\x1f", "../../etc/passwd", "{{7*7}}",
	"=cmd|' /C calc'!A0", "\r\nBcc: a@example.org", strings.Repeat("x", 64<<10), "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "2026-02-30", "0001-01-01",
	[]any{}, []any{nil}, []any{map[string]any{}}, map[string]any{}, map[string]any{"$ref": "#"}}

// columns are names that a writer of rows would like to set.
var columns = []string{"id", "practice_id", "status", "state", "version", "used", "last_number", "signed_at", "role", "created_at", "content_sha256"}

// TestHostileRequestsAreNeverOurFault bends a right request of each operation in
// every place its schema names, as those who may: wrong types, missing and extra
// fields, large and odd values, broken JSON. No answer is a 5xx, none takes two
// seconds, and each status is described.
func TestHostileRequestsAreNeverOurFault(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { t.Parallel(); hostile(t, seeded(t, engine)) })
	}
}

func hostile(t *testing.T, n *network) {
	ops := operationsOf(n.API.OpenAPI())
	sent := 0
	for _, name := range slices.SortedFunc(maps.Keys(ops), byPath) {
		op := ops[name]
		r := n.requestOf(op.OperationID, op.Method, op.Path)
		who := n.caller(op, r)
		try := func(what, path string, body any, headers ...string) {
			start := time.Now()
			a := n.principals[who].call.Do(op.Method, path, body, headers...)
			if sent++; a.Status >= 500 || time.Since(start) > 20*time.Second || op.Responses[strconv.Itoa(a.Status)] == nil {
				t.Errorf("%s, %.120s: %d after %v: %.300s\n%s", name, what, a.Status, time.Since(start), a.Body, lastCause(n.Logged()))
			}
			if a.Status < 300 && op.Method != http.MethodGet {
				n.restore()
			}
		}
		fresh := func() []string {
			h := []string{"Idempotency-Key", n.World.NewID()}
			for i := 0; i+1 < len(r.headers); i += 2 {
				if r.headers[i] != "Idempotency-Key" {
					h = append(h, r.headers[i], r.headers[i+1])
				}
			}
			return h
		}
		n.bendPath(op, r, func(what, path string) { try(what, path, r.body, fresh()...) })
		if op.Method == http.MethodGet {
			continue
		}
		for _, broken := range []string{"", "{", "[]", "null", `"x"`, `{"a":`, "\xff\xfe", strings.Repeat("[", 5000), `{"a":1}{"b":2}`} {
			try("body "+strconv.Quote(broken[:min(len(broken), 20)]), r.path, []byte(broken), fresh()...)
		}
		for _, h := range [][2]string{{"Content-Type", "text/xml"}, {"If-Match", "*"}, {"If-Match", `"99999999999999999999"`}, {"Content-Encoding", "br"}} {
			try(h[0]+" "+h[1], r.path, r.body, append(fresh(), h[0], h[1])...)
		}
		bend(r.body, func(what string, body any) { try(what, r.path, body, fresh()...) })
	}
	t.Logf("%d requests", sent)
	if sent < 5000 {
		t.Errorf("only %d requests", sent)
	}
}

// caller is the first principal for whom the right request succeeds.
func (n *network) caller(op *huma.Operation, r request) int {
	for i, p := range n.principals {
		a := p.call.Do(op.Method, r.path, r.body, r.headers...)
		if a.Status < 300 {
			if op.Method != http.MethodGet {
				n.restore()
			}
			return i
		}
	}
	return 0
}

// bendPath tries odd ids and odd values of every query parameter.
func (n *network) bendPath(op *huma.Operation, r request, try func(what, path string)) {
	for _, id := range []string{"0", "'", "%00", "%2e%2e", strings.Repeat("a", 190), "0196e000-0000-7000-8000-000000000000"} {
		if i := strings.Index(op.Path, "{"); i >= 0 {
			try("id "+id, op.Path[:i]+id+op.Path[strings.Index(op.Path, "}")+1:])
		}
	}
	path, _, _ := strings.Cut(r.path, "?")
	for _, p := range op.Parameters {
		if p.In != "query" {
			continue
		}
		for _, v := range []string{"", "0", "-1", "1e9", "x", "'", "%", "_", "neck:left", "2026-02-30", "9999-12-31", "\u0301", strings.Repeat("x", 5000), "AA", "eAB5", "eAAAeA", "eB95", "Hx8", "////"} {
			try(p.Name+"="+v, path+"?"+url.QueryEscape(p.Name)+"="+url.QueryEscape(v))
		}
	}
}

// bend changes one place of a body at a time.
func bend(body any, try func(what string, body any)) {
	text, ok := body.(string)
	if !ok {
		if _, form := body.([]byte); form {
			return
		}
		b, err := json.Marshal(body)
		if err != nil {
			return
		}
		text = string(b)
	}
	var root any
	if json.Unmarshal([]byte(text), &root) != nil {
		return
	}
	each(root, "", func(v any) any { return v }, func(at string, put func(any) any, remove func() any) {
		for i, bad := range nasty {
			try(fmt.Sprintf("%s = nasty %d", at, i), put(bad))
		}
		if remove != nil {
			try(at+" removed", remove())
		}
	})
	if m, ok := root.(map[string]any); ok {
		for _, c := range columns {
			if _, own := m[c]; !own {
				m[c] = "x"
				try("with "+c, m)
				delete(m, c)
			}
		}
	}
}

// each visits every place of a value with functions that give the whole with
// that place changed; nothing is changed in the original.
func each(v any, at string, rebuild func(any) any, f func(at string, put func(any) any, remove func() any)) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			put := func(x any) any { c := maps.Clone(v); c[k] = x; return rebuild(c) }
			f(at+"/"+k, put, func() any { c := maps.Clone(v); delete(c, k); return rebuild(c) })
			each(v[k], at+"/"+k, put, f)
		}
	case []any:
		for i := range v[:min(len(v), 2)] {
			put := func(x any) any { c := slices.Clone(v); c[i] = x; return rebuild(c) }
			f(at+"/"+strconv.Itoa(i), put, nil)
			each(v[i], at+"/"+strconv.Itoa(i), put, f)
		}
	}
}

func lastCause(log string) string {
	lines := strings.Split(log, "\n")
	for _, l := range slices.Backward(lines) {
		if strings.Contains(l, `"level":"ERROR"`) {
			return l
		}
	}
	return ""
}
