package web_test

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// elsewhere are fields that the same form has in another state: a question to a
// doctor without an account, a patient sent before and a practice that refers, a report
// that no release covers.
var elsewhere = map[string][]string{"POST /orders/:id/ask": {"channel"}, "POST /provider/referrals/new": {"client_id", "provider_id", "direction"}, "POST /reports/:id/deliver": {"override"}}

// TestNoColumnIsWrittenThatTheFormHasNot sends each form twice from the same
// beginning: as its page shows it, and with a field for every column of every
// table besides. The rows are the same afterwards, but for what is new each
// time: ids, random texts and what is sealed.
func TestNoColumnIsWrittenThatTheFormHasNot(t *testing.T) {
	p := seeded(t, "sqlite")
	asks := p.asks()
	shown, columns, tried := p.formsShown(asks), p.w.Columns(), 0
	for _, route := range p.routes() {
		if !strings.HasPrefix(route, "POST ") || strings.Contains(route, "passkey") {
			continue
		}
		a := p.askOf(asks, route)
		form := p.filled(shown[strings.SplitN(a.path, "?", 2)[0]], a.form)
		crowded := maps.Clone(form)
		for _, c := range columns {
			if !p.fields[anID.ReplaceAllString(a.path, ":")][c] && form[c] == nil && !slices.Contains(elsewhere[route], c) {
				crowded[c] = []string{coveted(c)}
			}
		}
		v, ok := p.whoMay(route, a.path, form)
		if !ok {
			t.Errorf("%s: nobody may", route)
			continue
		}
		got, rows := p.sent(v, a.path, form)
		again, others := p.sent(v, a.path, crowded)
		if again.status != got.status {
			t.Errorf("%s as %s: %d, with more fields %d %s", route, v.name, got.status, again.status, again.words())
		}
		for table, want := range rows {
			if have := others[table]; !slices.Equal(want, have) {
				t.Errorf("%s as %s writes %s otherwise:\n%s\n%s", route, v.name, table, missingOf(want, have), missingOf(have, want))
			}
		}
		tried++
	}
	p.restore()
	if tried < 70 {
		t.Errorf("only %d forms", tried)
	}
}

// whoMay is the first visitor whose form is taken.
func (p *practiced) whoMay(route, path string, form url.Values) (visitor, bool) {
	p.t.Helper()
	p.restore()
	for _, v := range p.people {
		if got := v.posts(path, maps.Clone(form)); got.status < 400 && cell(route, v.name, got) != "sign-in" {
			return v, true
		}
	}
	return visitor{}, false
}

// coveted is what somebody would like a column to hold.
func coveted(column string) string {
	switch {
	case strings.HasSuffix(column, "_id"), column == "id":
		return "0196e000-ffff-7000-8000-00000000dead"
	case strings.HasSuffix(column, "_at"):
		return "2020-01-01T00:00:00Z"
	case strings.HasSuffix(column, "_on"):
		return "2020-01-01"
	}
	return "7"
}

// sent is the answer to a form and the rows after it, each as a text without
// what is new each time.
func (p *practiced) sent(v visitor, path string, form url.Values) (seen, map[string][]string) {
	p.t.Helper()
	p.restore()
	known := p.seededIDs()
	got := v.posts(path, maps.Clone(form))
	out := map[string][]string{}
	for table, rows := range p.w.Kept() {
		if strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "audit_") || table == "idempotency_keys" {
			continue // the same act has another key and another place in the chain
		}
		for _, row := range rows {
			out[table] = append(out[table], plain(row, known))
		}
		slices.Sort(out[table])
	}
	return got, out
}

var (
	chars = regexp.MustCompile(`[0-9A-Za-z_-]{20,}`)
)

// plain writes a row without ids that were not seeded, long random texts, and
// bytes.
func plain(row map[string]string, known map[string]bool) string {
	var b strings.Builder
	for _, column := range slices.Sorted(maps.Keys(row)) {
		value := row[column]
		if column == "password_hash" || column == "size" && row["sealed"] != "" {
			value = "bytes"
		}
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\n' || r == '�' }) {
			value = "bytes"
		}
		value = chars.ReplaceAllStringFunc(value, func(s string) string {
			if anID.MatchString(s) && known[s] || strings.HasPrefix(s, "0196e000-ffff") {
				return s
			}
			return "new"
		})
		fmt.Fprintf(&b, "%s=%s ", column, value)
	}
	return b.String()
}

// seededIDs are those in the database at the beginning.
func (p *practiced) seededIDs() map[string]bool {
	if p.known == nil {
		p.known = map[string]bool{}
		for _, rows := range p.w.Kept() {
			for _, row := range rows {
				for _, value := range row {
					for _, id := range anID.FindAllString(value, -1) {
						p.known[id] = true
					}
				}
			}
		}
	}
	return p.known
}

func missingOf(rows, in []string) string {
	var out []string
	for _, r := range rows {
		if !slices.Contains(in, r) {
			out = append(out, r)
		}
	}
	return strings.Join(out, "\n")
}
