package web_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

var update = flag.Bool("update", false, "write the golden files anew")

// assets are the same for everybody and hold nothing of anybody.
var assets = []string{"/robots.txt", "/favicon.ico", "/static/:name"}

// TestEveryPageAndFormForEveryVisitor asks for each route of the portal as
// everybody, and compares the statuses with testdata/matrix.txt. A form is sent
// as its page shows it, with what asks (below) adds. A new route needs -update,
// and a line in asks where its usual ids or what its page shows do not do. No
// cell is a 5xx, somebody succeeds, and another practice's things are missing.
func TestEveryPageAndFormForEveryVisitor(t *testing.T) {
	if *update {
		everyRoute(t, "sqlite")
		return
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { t.Parallel(); everyRoute(t, engine) })
	}
}

func everyRoute(t *testing.T, engine string) {
	p := seeded(t, engine)
	asks := p.asks()
	shown := p.formsShown(asks)
	var b strings.Builder
	fmt.Fprintf(&b, "%-50s", "")
	for _, v := range p.people {
		fmt.Fprintf(&b, " %-10s", v.name)
	}
	b.WriteString("\n")
	for _, route := range p.routes() {
		method, _, _ := strings.Cut(route, " ")
		a := p.askOf(asks, route)
		row, allowed, last := fmt.Sprintf("%-50s", route), false, ""
		for _, v := range p.people {
			var got seen
			if method == http.MethodGet {
				got = v.fresh().get(a.path)
			} else {
				got = v.posts(a.path, p.filled(shown[strings.SplitN(a.path, "?", 2)[0]], a.form))
			}
			status := cell(route, v.name, got)
			row += fmt.Sprintf(" %-10s", status)
			switch {
			case got.status >= 500:
				t.Errorf("%s as %s: %d %s", route, v.name, got.status, got.words())
			case got.status < 400 && status != "sign-in":
				allowed = true
				if method == http.MethodPost {
					p.restore()
				}
			case got.status != http.StatusForbidden && got.status != http.StatusNotFound && status != "sign-in":
				last = got.words()
			}
			if status != "sign-in" && (v.name == "rival" || v.name == "ungranted") {
				p.isLikeMissing(route, a, v, got)
			}
		}
		if !allowed {
			t.Errorf("%s: nobody may:%s\nIts request needs a line in asks: %s", route, row[50:], last)
		}
		b.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	golden(t, "testdata/matrix.txt", b.String())
}

// cell is a status, or that the way leads to the sign-in page.
func cell(route, who string, got seen) string {
	if to := got.header.Get("Location"); (to == "/sign-in" || strings.HasPrefix(to, "/sign-in?")) && (route != "POST /sign-out" || who == "nobody") {
		return "sign-in"
	}
	return fmt.Sprint(got.status)
}

var (
	anID      = regexp.MustCompile(`0196e000-0000-7000-8000-[0-9a-f]{12}`)
	requestID = regexp.MustCompile(`Reference:? *[0-9a-f-]{36}`)
)

// shared begin the routes whose ids stand for what every practice sees, or for
// what is the visitor's own.
var shared = []string{"/providers/:id", "/account/", "/figures/", "/server/practices/"}

// isLikeMissing: what belongs to another practice, or to a provider whom no
// release names, answers as if it were not there.
func (p *practiced) isLikeMissing(route string, a ask, v visitor, got seen) {
	method, pattern, _ := strings.Cut(route, " ")
	if !anID.MatchString(a.path) || slices.ContainsFunc(shared, func(s string) bool { return strings.HasPrefix(pattern, s) }) {
		return
	}
	id := anID.FindString(a.path)
	missing := strings.Replace(a.path, id, "0196e000-ffff-7000-8000-00000000dead", 1)
	var none seen
	if method == http.MethodGet {
		none = v.fresh().get(missing)
	} else {
		none = v.posts(missing, p.filled(nil, a.form))
	}
	if got.status != http.StatusNotFound || none.status != http.StatusNotFound || requestID.ReplaceAllString(got.words(), "") != requestID.ReplaceAllString(none.words(), "") {
		p.t.Errorf("%s as %s: %d, a missing one %d\n%s\n%s", route, v.name, got.status, none.status, got.words(), none.words())
	}
}

// routes are those of the portal as "METHOD path", by path.
func (p *practiced) routes() (out []string) {
	for _, r := range p.app.GetRoutes(true) {
		if (r.Method == http.MethodGet || r.Method == http.MethodPost) && !slices.Contains(assets, r.Path) {
			out = append(out, r.Method+" "+r.Path)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		am, ap, _ := strings.Cut(a, " ")
		bm, bp, _ := strings.Cut(b, " ")
		return strings.Compare(ap+" "+am, bp+" "+bm)
	})
	return out
}

// ask is where a request goes and what is typed into its form.
type ask struct {
	path string
	form []string
}

// askOf is a route's own line, or the usual ids.
func (p *practiced) askOf(asks map[string]ask, route string) ask {
	_, pattern, _ := strings.Cut(route, " ")
	a := asks[route]
	if a.path == "" {
		parts := strings.Split(pattern, "/")
		for i, part := range parts {
			if strings.HasPrefix(part, ":") {
				parts[i] = p.ids[parts[i-1]]
			}
		}
		a.path = strings.Join(parts, "/")
	}
	return a
}

// filled is a form as its page showed it, with pairs typed over it.
func (p *practiced) filled(shown url.Values, pairs []string) url.Values {
	out := url.Values{}
	for k, list := range shown {
		out[k] = slices.Clone(list)
	}
	out.Set("_key", p.w.NewID())
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Del(pairs[i])
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Add(pairs[i], pairs[i+1])
	}
	return out
}

// formsShown walks the links of all pages as those who are shown the most, and
// keeps each form by where it sends to.
func (p *practiced) formsShown(asks map[string]ask) map[string]url.Values {
	out := map[string]url.Values{}
	for _, v := range p.people {
		if !slices.Contains([]string{"nobody", "half", "owner", "therapist", "provider", "operator"}, v.name) {
			continue
		}
		seenAt, todo := map[string]bool{}, []string{"/", "/today", "/provider"}
		for _, r := range p.routes() {
			if path := p.askOf(asks, r).path; strings.HasPrefix(r, "GET ") {
				todo = append(todo, path)
			}
		}
		for len(todo) > 0 {
			path := todo[0]
			todo = todo[1:]
			if seenAt[path] {
				continue
			}
			seenAt[path] = true
			page := v.fresh().get(path)
			if page.status != http.StatusOK || page.doc == nil {
				continue
			}
			walk(page.doc, func(n *html.Node) {
				if at := attr(n, "href"); n.Data == "a" && strings.HasPrefix(at, "/") {
					todo = append(todo, strings.SplitN(at, "#", 2)[0])
				}
				if action := attr(n, "action"); n.Data == "form" && attr(n, "method") == "post" && out[action] == nil {
					out[action] = page.form(action)
				}
				if action := attr(n, "action"); n.Data == "form" {
					p.note(action, n)
				}
			})
		}
	}
	return out
}

// note remembers the names of a form's fields, ticked or not.
func (p *practiced) note(action string, form *html.Node) {
	action = anID.ReplaceAllString(action, ":")
	if p.fields[action] == nil {
		p.fields[action] = map[string]bool{}
	}
	walk(form, func(n *html.Node) { p.fields[action][attr(n, "name")] = true })
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
		t.Errorf("%s differs (%v); read the change, and take it with -update when it is meant:\n%s", file, err, got)
	}
}
