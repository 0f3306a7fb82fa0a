package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/net/html"

	"rapport/api/wire"
	"rapport/models"
	"rapport/models/store/storetest"
	"rapport/referral"
	"rapport/referral/delivery"
	"rapport/referral/mail"
	"rapport/referral/password"
	"rapport/referral/token"
	"rapport/web"
)

const publicURL = "https://rapport.example"

// secretWords is a password that everybody in these tests has.
const secretWords = "neck and shoulders, thirty minutes"

// site is the portal on a world's database.
type site struct {
	t    testing.TB
	w    *storetest.World
	app  *fiber.App
	net  *referral.Network
	log  *bytes.Buffer
	box  *mail.Memory
	out  *delivery.Delivery
	at   string          // where it is reached, as its mails say
	met  map[string]bool // patterns of the routes that were asked for
	full atomic.Bool     // the disk is nearly full
	bad  *poison         // what is typed on top of every text; nil in most tests
}

type dice struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (d *dice) Read(b []byte) (int, error) { d.mu.Lock(); defer d.mu.Unlock(); return d.r.Read(b) }

func newSite(t testing.TB, w *storetest.World, address string) *site {
	t.Helper()
	s := &site{t: t, w: w, log: &bytes.Buffer{}, box: &mail.Memory{}, at: address, met: map[string]bool{}}
	random := &dice{r: rand.NewChaCha8([32]byte{7})}
	log := slog.New(slog.NewJSONHandler(s.log, nil))
	tokens := token.New(token.Config{Issuer: address, Now: w.Clock.Now, Random: random})
	s.net = referral.New(w.DB, tokens, password.New(random), referral.Config{PublicURL: address, Now: w.Clock.Now, Random: random, Log: log})
	var err error
	s.out, err = delivery.New(delivery.Config{DB: w.DB, Network: s.net, Sender: s.box, PublicURL: address, Now: w.Clock.Now, Random: random, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w.DB.SetQueue(s.out)
	set := wire.Settings{DiskLow: s.full.Load, PublicURL: address, Now: w.Clock.Now, NewID: w.NewID, Log: log, Budget: time.Minute}
	s.app = wire.New(set)
	web.Mount(s.app, s.net, web.Settings{PublicURL: address, Now: w.Clock.Now, Random: random, Log: log, Mails: s.mails})
	return s
}

// mails is what the demo would show.
func (s *site) mails() ([]web.Mail, error) {
	var out []web.Mail
	for _, m := range s.box.Sent() {
		shown := web.Mail{To: m.To, Subject: m.Subject, Text: m.Text, At: s.w.Clock.Now()}
		if strings.Contains(m.Text, models.LinkReport.Path()) {
			shown.Client, shown.Born = "Ana Silva", "1984-05-17"
		}
		out = append(out, shown)
	}
	return out, nil
}

// linkTo sends what waits and returns the path of the newest link of a kind
// that somebody was mailed.
func (s *site) linkTo(to string, kind models.LinkKind) string {
	s.t.Helper()
	if _, err := s.out.Drain(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	sent := s.box.Sent()
	for i := len(sent) - 1; i >= 0; i-- {
		for _, word := range strings.Fields(sent[i].Text) {
			if path, ok := strings.CutPrefix(word, s.at); ok && sent[i].To == to && strings.HasPrefix(path, kind.Path()) {
				return path
			}
		}
	}
	s.t.Fatalf("nobody mailed a link %s to %s", kind, to)
	return ""
}

// browser is somebody with cookies.
type browser struct {
	s       *site
	cookies map[string]string
	host    string
	who     string // e-mail of whoever signed in
}

func (s *site) browser() *browser {
	return &browser{s: s, cookies: map[string]string{}, host: "rapport.example"}
}

// as signs somebody in with a password.
func (s *site) as(email string) *browser {
	s.t.Helper()
	if err := s.net.ResetPassword(context.Background(), models.System(""), email, secretWords); err != nil {
		s.t.Fatal(err)
	}
	b := s.browser()
	b.who = email
	b.get("/sign-in").ok(http.StatusOK)
	b.submit("/sign-in", "/sign-in", "email", email, "password", secretWords).ok(http.StatusSeeOther)
	return b
}

// seen is an answer, read whole and parsed.
type seen struct {
	t      testing.TB
	asked  string
	status int
	header http.Header
	body   string
	doc    *html.Node
	bad    *poison
}

func (b *browser) do(req *http.Request) seen {
	b.s.t.Helper()
	b.s.meet(req.Method, req.URL.Path)
	req.Host = b.host
	if b.s.bad != nil {
		req.Header.Set("User-Agent", behind[0])
	}
	for k, v := range b.cookies {
		req.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	res, err := b.s.app.Test(req, -1)
	if err != nil {
		b.s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.s.t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	v := seen{t: b.s.t, asked: req.Method + " " + req.URL.Path, status: res.StatusCode, header: res.Header, body: string(body), bad: b.s.bad}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		if v.doc, err = html.Parse(bytes.NewReader(body)); err != nil {
			b.s.t.Fatal(err)
		}
	}
	b.s.bad.found(b, v)
	return v
}

// meet remembers which route a path belongs to.
func (s *site) meet(method, path string) {
	if r := s.route(method, path); r != "" {
		s.met[r] = true
	}
}

// route is the route that a path belongs to, "" for none.
func (s *site) route(method, path string) string {
	asked := strings.Split(path, "/")
	for _, r := range s.app.GetRoutes(true) {
		parts := strings.Split(r.Path, "/")
		if r.Method != method || len(parts) != len(asked) {
			continue
		}
		same := true
		for i := range parts {
			same = same && (parts[i] == asked[i] || strings.HasPrefix(parts[i], ":"))
		}
		if same {
			return method + " " + r.Path
		}
	}
	return ""
}

func (b *browser) get(path string) seen {
	b.s.t.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

// post sends a form as a browser does; pairs are names and values.
func (b *browser) post(path string, pairs ...string) seen {
	b.s.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], b.s.bad.into(pairs[i], pairs[i+1]))
	}
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "null") // what a browser sends under our referrer policy
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(req)
}

// submit fills in the form of a page: what stands in its fields goes along.
func (b *browser) submit(page, action string, pairs ...string) seen {
	b.s.t.Helper()
	p := b.get(page)
	p.ok(http.StatusOK)
	fields := p.form(action)
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Del(pairs[i])
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Add(pairs[i], pairs[i+1])
	}
	var flat []string
	for k, list := range fields {
		for _, v := range list {
			flat = append(flat, k, v)
		}
	}
	return b.post(action, flat...)
}

// follow goes where the answer sends the browser.
func (b *browser) follow(v seen) seen {
	b.s.t.Helper()
	v.ok(http.StatusSeeOther)
	return b.get(v.header.Get("Location"))
}

func (v seen) ok(status int) seen {
	v.t.Helper()
	if v.status != status {
		v.t.Fatalf("%s: got %d, want %d\n%s", v.asked, v.status, status, v.words())
	}
	return v
}

func (v seen) has(texts ...string) seen {
	v.t.Helper()
	words := v.words()
	for _, s := range texts {
		if !strings.Contains(words, s) {
			v.t.Errorf("%s: %q is not on the page:\n%s", v.asked, s, words)
		}
	}
	return v
}

func (v seen) hasNot(texts ...string) seen {
	v.t.Helper()
	words := v.words()
	for _, s := range texts {
		if strings.Contains(words, s) {
			v.t.Errorf("%s: %q is on the page", v.asked, s)
		}
	}
	return v
}

// words are the page's texts, as one reads them.
func (v seen) words() string {
	if v.doc == nil {
		return v.body
	}
	var out []string
	walk(v.doc, func(n *html.Node) {
		if n.Type == html.TextNode && n.Parent != nil && n.Parent.Data != "script" && n.Parent.Data != "style" {
			if s := strings.Join(strings.Fields(n.Data), " "); s != "" {
				out = append(out, s)
			}
		}
	})
	return v.bad.outOf(strings.Join(out, " "))
}

func walk(n *html.Node, f func(*html.Node)) {
	f(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, f)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// form reads what a page's form would send: the values that stand in it.
func (v seen) form(action string) url.Values {
	v.t.Helper()
	out := url.Values{}
	found := false
	walk(v.doc, func(n *html.Node) {
		if n.Data != "form" || attr(n, "action") != action || found {
			return
		}
		found = true
		walk(n, func(f *html.Node) {
			name := attr(f, "name")
			if name == "" {
				return
			}
			switch f.Data {
			case "input":
				kind := attr(f, "type")
				if (kind == "checkbox" || kind == "radio") && !hasAttr(f, "checked") || kind == "file" {
					return
				}
				out.Add(name, v.bad.outOf(attr(f, "value")))
			case "textarea":
				if f.FirstChild != nil {
					out.Add(name, v.bad.outOf(f.FirstChild.Data))
				}
			case "select":
				out.Add(name, selected(f))
			}
		})
	})
	if !found {
		v.t.Fatalf("%s: no form sends to %s", v.asked, action)
	}
	return out
}

func selected(sel *html.Node) string {
	first, chosen := "", ""
	n := 0
	walk(sel, func(o *html.Node) {
		if o.Data != "option" {
			return
		}
		if n == 0 {
			first = attr(o, "value")
		}
		n++
		if hasAttr(o, "selected") {
			chosen = attr(o, "value")
		}
	})
	if chosen != "" {
		return chosen
	}
	return first
}
