package web_test

import (
	"hash/fnv"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"rapport/models/store/storetest"
)

// poison is what a page must show as it was typed and never obey. It is typed
// before or after every text of the walk, and taken off again where the walk
// reads: each page has to show the same words as without it.
type poison struct {
	typed int
	pages map[string]*visited // a page of each route
}

// visited is a page, and by whom.
type visited struct {
	path  string
	by    *browser
	shows bool // poison, as text
}

// ahead stands before a text, behind after it.
var (
	ahead  = []string{`javascript:alert("pwn")//`, `" onfocus=alert("pwn") autofocus x="`}
	behind = []string{`<script>alert("pwn")</script>`, `"><img src=pwn onerror=alert("pwn")>`, `'-alert("pwn")-'{{7*7}}`, `</textarea></title></option><svg onload=alert("pwn")>`}
)

// exact are the fields in which only certain texts are valid.
var exact = regexp.MustCompile(`^_|^q$|password|token|credential|secret|otp|code|time_zone|phone|fax|email|state$|number|channel|npi|_id$|^address$|^city$`)

// into types a text with poison.
func (p *poison) into(field, text string) string {
	if p == nil || len(text) < 2 || exact.MatchString(field) || unicode.IsDigit(rune(text[0])) ||
		!strings.ContainsFunc(text, func(r rune) bool { return unicode.IsUpper(r) || r == ' ' }) {
		return text
	}
	p.typed++
	h := fnv.New32a()
	_, _ = h.Write([]byte(text))
	n := int(h.Sum32() % uint32(len(ahead)+len(behind)))
	if n < len(ahead) {
		return ahead[n] + text
	}
	return text + behind[n-len(ahead)]
}

// outOf takes the poison off.
func (p *poison) outOf(text string) string {
	if p == nil {
		return text
	}
	for _, bad := range slices.Concat(ahead, behind) {
		text = strings.ReplaceAll(text, bad, "")
	}
	return text
}

// found looks for poison in an answer.
func (p *poison) found(b *browser, v seen) {
	b.s.t.Helper()
	if p == nil {
		return
	}
	for k, list := range v.header {
		if strings.Contains(strings.Join(list, " "), "pwn") {
			v.t.Errorf("%s: the header %s says %q", v.asked, k, list)
		}
	}
	if v.doc == nil {
		return
	}
	v.obeysNothing()
	method, path, _ := strings.Cut(v.asked, " ")
	if method != http.MethodGet || v.status != http.StatusOK {
		return
	}
	route := b.s.route(method, path)
	if was := p.pages[route]; was == nil || !was.shows || was.by.who == "" && b.who != "" {
		p.pages[route] = &visited{path, b, shows(v.doc)}
	}
}

// shown counts the pages that show poison.
func (p *poison) shown() (n int) {
	for _, v := range p.pages {
		if v.shows {
			n++
		}
	}
	return n
}

// asks puts poison into the address of each page and into each field of its
// forms, those too in which it is not valid.
func (p *poison) asks(s *site) {
	fresh := map[string]*browser{"": s.browser()}
	for _, route := range slices.Sorted(maps.Keys(p.pages)) {
		at := p.pages[route]
		if fresh[at.by.who] == nil {
			fresh[at.by.who] = s.as(at.by.who)
		}
		b := fresh[at.by.who]
		page := b.get(at.path)
		p.addresses(b, at.path)
		if page.doc != nil {
			p.forms(b, page)
		}
	}
}

// addresses asks for a page with each parameter that some page reads; one that
// is refused hides the others, so then each comes alone.
func (p *poison) addresses(b *browser, path string) {
	b.s.t.Helper()
	names := []string{"next", "q", "status", "state", "what", "after", "from", "until", "who", "client", "provider", "object", "view", "kind", "region", "booking", "said", "for", "owed",
		"side", "list", "name", "direction", "open", "discipline", "city", "period", "group"}
	ask := func(names ...string) int {
		v := url.Values{}
		for _, name := range names {
			v.Set(name, behind[1]+ahead[0])
		}
		got := b.get(path + "?" + v.Encode())
		if got.status >= http.StatusInternalServerError {
			b.s.t.Errorf("%s with %s: %d", got.asked, names, got.status)
		}
		return got.status
	}
	if ask(names...) == http.StatusOK {
		return
	}
	for _, name := range names {
		ask(name)
	}
}

// forms sends each form of a page with poison in every field, those too in
// which it is not valid, and looks at the refusals.
func (p *poison) forms(b *browser, page seen) {
	b.s.t.Helper()
	walk(page.doc, func(n *html.Node) {
		action := attr(n, "action")
		if n.Data != "form" || attr(n, "method") != "post" || action == "/sign-out" || strings.HasPrefix(action, "/account") {
			return
		}
		var pairs []string
		for name, list := range page.form(action) {
			for _, value := range list {
				if !strings.HasPrefix(name, "_") {
					value = behind[1]
				}
				pairs = append(pairs, name, value)
			}
		}
		if v := b.post(action, pairs...); v.status >= http.StatusInternalServerError {
			b.s.t.Errorf("%s: %d", v.asked, v.status)
		}
	})
}

// shows says that poison stands on a page as text.
func shows(doc *html.Node) (yes bool) {
	walk(doc, func(n *html.Node) { yes = yes || n.Type == html.TextNode && strings.Contains(n.Data, "pwn") })
	return yes
}

// obeysNothing fails when what was typed became a part of the page: an element,
// an attribute, a comment, a script, or where something leads.
func (v seen) obeysNothing() {
	v.t.Helper()
	walk(v.doc, func(n *html.Node) {
		within := n.Parent != nil && (n.Parent.Data == "script" || n.Parent.Data == "style")
		switch {
		case n.Type == html.CommentNode && strings.Contains(n.Data, "pwn"), n.Type == html.TextNode && within && strings.Contains(n.Data, "pwn"):
			v.t.Errorf("%s: typed text became a part of the page: %q", v.asked, n.Data)
		case n.Type == html.ElementNode:
			v.inline(n)
			for _, a := range n.Attr {
				leads := slices.Contains([]string{"href", "src", "action", "formaction", "srcdoc", "data", "style", "content"}, a.Key)
				if strings.Contains(a.Key, "pwn") || leads && strings.Contains(a.Val, "pwn") && !strings.HasPrefix(a.Val, "/") { // a way of ours may carry it, encoded
					v.t.Errorf("%s: typed text became %s=%q of %s", v.asked, a.Key, a.Val, n.Data)
				}
			}
		}
	})
}

func TestNoPageObeysWhatWasTyped(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	s.bad = &poison{pages: map[string]*visited{}}
	for _, change := range []string{"UPDATE users SET name = name || ?", "UPDATE practices SET name = name || ?", "UPDATE providers SET family = family || ?", "UPDATE offices SET name = name || ?"} {
		if _, err := w.OwnerDB.Exec(change, behind[0]); err != nil {
			t.Fatal(err)
		}
	}
	s.walk(t)
	if s.bad.typed < 120 || s.bad.shown() < 60 {
		t.Errorf("poison was typed %d times and stood on %d pages", s.bad.typed, s.bad.shown())
	}
	s.bad.opened(t, s)
	s.bad.asks(s)
	if strings.Contains(s.log.String(), "pwn") {
		t.Error("what was typed is in the log")
	}
}

// TestObeyedPoisonIsFound: a page that escapes nothing is told.
func TestObeyedPoisonIsFound(t *testing.T) {
	for _, around := range [][2]string{{"<p>", "</p>"}, {`<input value="`, `">`}, {`<a href="`, `">x</a>`}, {"<textarea>", "</textarea>"}, {"<!-- ", " -->"}, {"<script>var x = '", "'</script>"}} {
		told := 0
		for _, bad := range slices.Concat(ahead, behind) {
			probe := &testing.T{}
			doc, err := html.Parse(strings.NewReader(around[0] + bad + around[1]))
			if err != nil {
				t.Fatal(err)
			}
			seen{t: probe, doc: doc}.obeysNothing()
			if probe.Failed() {
				told++
			}
			probe = &testing.T{}
			if doc, err = html.Parse(strings.NewReader(`<p>` + html.EscapeString(bad) + `<input value="` + html.EscapeString(bad) + `"></p>`)); err != nil {
				t.Fatal(err)
			}
			if (seen{t: probe, doc: doc}).obeysNothing(); probe.Failed() || !shows(doc) {
				t.Errorf("escaped, %s is told all the same", bad)
			}
		}
		if told == 0 {
			t.Errorf("nothing is told between %s and %s", around[0], around[1])
		}
	}
}
