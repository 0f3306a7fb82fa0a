package web_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// lookOver checks what every page promises: one h1, headings in order, a label
// for each field, names for buttons and links, no inline script or style,
// nothing loaded from elsewhere, unique ids, a token in every form that
// changes something, and a bound on its weight.
func (v seen) lookOver() seen {
	v.t.Helper()
	if v.doc == nil {
		v.t.Fatalf("%s: not a page", v.asked)
	}
	if len(v.body) > 120<<10 {
		v.t.Errorf("%s: the page weighs %d KiB", v.asked, len(v.body)>>10)
	}
	ids, labels := map[string]int{}, map[string]bool{}
	walk(v.doc, func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		if n.Data == "label" && n.Type == html.ElementNode {
			labels[attr(n, "for")] = true
		}
	})
	for id, n := range ids {
		if n > 1 {
			v.t.Errorf("%s: id %s occurs %d times", v.asked, id, n)
		}
	}
	v.headings()
	v.named()
	v.menu()
	v.told()
	walk(v.doc, func(n *html.Node) {
		if n.Type != html.ElementNode {
			return
		}
		v.inline(n)
		switch n.Data {
		case "input", "select", "textarea":
			if kind := attr(n, "type"); kind != "hidden" && !labels[attr(n, "id")] {
				v.t.Errorf("%s: field %s has no label", v.asked, attr(n, "name"))
			}
			if d := attr(n, "aria-describedby"); d != "" {
				for id := range strings.FieldsSeq(d) {
					if ids[id] == 0 {
						v.t.Errorf("%s: field %s is described by a missing %s", v.asked, attr(n, "name"), id)
					}
				}
			}
		case "form":
			v.guards(n)
		case "a", "button":
			if strings.TrimSpace(textOf(n)) == "" && attr(n, "aria-label") == "" {
				v.t.Errorf("%s: a %s without a name: %s", v.asked, n.Data, attr(n, "href"))
			}
		case "img":
			if !hasAttr(n, "alt") {
				v.t.Errorf("%s: a picture without a text", v.asked)
			}
		}
	})
	return v
}

func (v seen) headings() {
	v.t.Helper()
	last, ones := 0, 0
	walk(v.doc, func(n *html.Node) {
		if len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' || n.Type != html.ElementNode {
			return
		}
		level := int(n.Data[1] - '0')
		if level == 1 {
			ones++
		}
		if level > last+1 {
			v.t.Errorf("%s: heading %q jumps from level %d to %d", v.asked, textOf(n), last, level)
		}
		last = level
	})
	if ones != 1 {
		v.t.Errorf("%s: %d main headings, want 1", v.asked, ones)
	}
}

// kinds are the titles of pages whose heading is about somebody: the name of a
// client stands in no title, and so in no history of a browser.
var kinds = []string{"Client", "Patient", "Order", "Session", "Report", "Referral"}

// named: a page has one name, in its title and in its heading.
func (v seen) named() {
	v.t.Helper()
	title, heading := "", ""
	walk(v.doc, func(n *html.Node) {
		switch {
		case n.Type == html.ElementNode && n.Data == "title" && n.Parent.Data == "head":
			title = strings.Join(strings.Fields(textOf(n)), " ")
		case n.Type == html.ElementNode && n.Data == "h1":
			heading = strings.Join(strings.Fields(textOf(n)), " ")
		}
	})
	title, ours := strings.CutSuffix(title, " – Rapport")
	if !ours {
		return
	}
	if title != heading && !slices.Contains(kinds, title) {
		v.t.Errorf("%s: the title is %q, the heading %q", v.asked, title, heading)
	}
	if strings.Contains(title, "Silva") || strings.Contains(title, "Peña") {
		v.t.Errorf("%s: the title names a client: %q", v.asked, title)
	}
}

// menu: one way of the menu is lit, or the one behind the person's name.
func (v seen) menu() {
	v.t.Helper()
	tabs, lit, behind := false, 0, false
	walk(v.doc, func(n *html.Node) {
		switch {
		case n.Data == "nav" && attr(n, "class") == "tabs":
			tabs = true
			walk(n, func(a *html.Node) {
				if attr(a, "aria-current") == "page" {
					lit++
				}
			})
		case n.Data == "summary" && attr(n, "class") == "here":
			behind = true
		}
	})
	if tabs && (lit > 1 || v.status == 200 && lit == 0 && !behind) {
		v.t.Errorf("%s: %d ways of the menu are lit", v.asked, lit)
	}
}

// told: each error is named as the description of what it is about.
func (v seen) told() {
	v.t.Helper()
	described := map[string]bool{}
	walk(v.doc, func(n *html.Node) {
		for id := range strings.FieldsSeq(attr(n, "aria-describedby")) {
			described[id] = true
		}
	})
	walk(v.doc, func(n *html.Node) {
		if slices.Contains(strings.Fields(attr(n, "class")), "error") && !described[attr(n, "id")] {
			v.t.Errorf("%s: nothing is described by the error %q", v.asked, textOf(n))
		}
	})
}

// inline finds what the content policy would block.
func (v seen) inline(n *html.Node) {
	v.t.Helper()
	if n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
		v.t.Errorf("%s: inline %s", v.asked, n.Data)
	}
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			v.t.Errorf("%s: attribute %s on %s", v.asked, a.Key, n.Data)
		}
		foreign := strings.HasPrefix(a.Val, "//") || strings.Contains(a.Val, "://") && !strings.HasPrefix(a.Val, "otpauth://")
		if (a.Key == "src" || a.Key == "href" || a.Key == "action") && (foreign || strings.HasPrefix(a.Val, "javascript:")) {
			v.t.Errorf("%s: %s leads away: %s", v.asked, a.Key, a.Val)
		}
	}
}

func (v seen) guards(form *html.Node) {
	v.t.Helper()
	if strings.EqualFold(attr(form, "method"), "get") {
		return
	}
	token := false
	walk(form, func(n *html.Node) {
		if n.Data == "input" && attr(n, "name") == "_csrf" && attr(n, "value") != "" {
			token = true
		}
	})
	if !token {
		v.t.Errorf("%s: the form to %s carries no token", v.asked, attr(form, "action"))
	}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	walk(n, func(c *html.Node) {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	})
	return b.String()
}

func TestLookOverFindsWhatIsWrong(t *testing.T) {
	for _, bad := range []string{
		`<h1>a</h1><h3>b</h3>`, `<h1>a</h1><input name="x" id="x">`, `<h1>a</h1><p style="color:red">`, `<h1>a</h1><a href="/x"></a>`,
		`<h1>a</h1><form method="post" action="/x"></form>`, `<h1>a</h1><i id="x"></i><b id="x"></b>`, `<p>no heading</p>`,
		`<title>b – Rapport</title><h1>a</h1>`, `<h1>a</h1><span class="error" id="x">wrong</span>`, `<title>Ana Silva – Rapport</title><h1>Ana Silva</h1>`,
		`<h1>a</h1><nav class="tabs"><a href="/x" aria-current="page">x</a><a href="/y" aria-current="page">y</a></nav>`,
		`<h1>a</h1><img src="//elsewhere.example/x.png" alt="">`, `<h1>a</h1><script>1</script>`,
	} {
		probe := &testing.T{}
		doc, err := html.Parse(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		seen{t: probe, body: bad, doc: doc}.lookOver()
		if !probe.Failed() {
			t.Errorf("nothing was found in %s", bad)
		}
	}
}
