package web_test

import (
	"net/http"
	"testing"

	"github.com/descope/virtualwebauthn"
	"golang.org/x/net/html"

	"rapport/models"
	"rapport/models/store/storetest"
)

// device holds passkeys, as a phone does.
type device struct {
	s    *site
	at   virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

func (s *site) device() *device {
	return &device{s, virtualwebauthn.RelyingParty{ID: "rapport.example", Name: "Rapport", Origin: publicURL}, virtualwebauthn.NewAuthenticator(),
		credential()}
}

// question is what the page asks the device.
func (v seen) question() string {
	v.t.Helper()
	out := ""
	walk(v.doc, func(n *html.Node) {
		if n.Data == "form" && attr(n, "data-options") != "" {
			out = attr(n, "data-options")
		}
	})
	if out == "" {
		v.t.Fatalf("%s asks no device", v.asked)
	}
	return out
}

// make answers a page that asks for a new passkey.
func (d *device) make(page seen) string {
	d.s.t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(page.question())
	if err != nil {
		d.s.t.Fatal(err)
	}
	d.auth.Options.UserHandle = []byte(o.UserID)
	return virtualwebauthn.CreateAttestationResponse(d.at, d.auth, d.key, *o)
}

// answer answers a page that asks who is there.
func (d *device) answer(page seen) string {
	d.s.t.Helper()
	o, err := virtualwebauthn.ParseAssertionOptions(page.question())
	if err != nil {
		d.s.t.Fatal(err)
	}
	return virtualwebauthn.CreateAssertionResponse(d.at, d.auth, d.key, *o)
}

// asks opens the page where a device answers at the door.
func (b *browser) asks() seen {
	b.s.t.Helper()
	return b.submit("/sign-in", "/sign-in/passkey", "next", "/account").ok(http.StatusOK).lookOver()
}

// answers sends a device's answer in the page's form.
func (b *browser) answers(page seen, action, answer string) seen {
	b.s.t.Helper()
	f := page.form(action)
	return b.post(action, "_csrf", f.Get("_csrf"), "token", f.Get("token"), "name", f.Get("name"), "next", f.Get("next"), "credential", answer)
}

// addsPasskey goes from the password to a passkey in the list.
func (d *device) addsPasskey(b *browser) {
	d.s.t.Helper()
	page := b.submit("/account/passkeys/new", "/account/passkeys/new", "name", "Work phone", "password", secretWords).ok(http.StatusOK).lookOver().has("Make the passkey")
	b.follow(b.answers(page, "/account/passkeys", d.make(page))).ok(http.StatusOK).lookOver().has("Work phone", "not used yet")
}

const answerAt = "/sign-in/passkey/answer"

func TestAPasskeyIsAddedSignsInAndIsRemoved(t *testing.T) {
	newSite(t, storetest.NewWorld(t, "sqlite"), publicURL).walkPasskeys("olga@ballard.example")
}

// walkPasskeys does on pages all that a person does with a passkey.
func (s *site) walkPasskeys(email string) {
	s.t.Helper()
	b, d := s.as(email), s.device()
	b.get("/account").has("Passkeys", "Add")
	b.get("/account/passkeys/new").ok(http.StatusOK).lookOver()
	b.submit("/account/passkeys/new", "/account/passkeys/new", "password", "not this one at all").ok(http.StatusForbidden).lookOver().has("The present password is wrong.")
	page := b.submit("/account/passkeys/new", "/account/passkeys/new", "password", secretWords).ok(http.StatusOK)
	b.answers(page, "/account/passkeys", "").ok(http.StatusUnprocessableEntity).lookOver().has("no passkey that can be used")
	b.answers(page, "/account/passkeys", d.make(page)).ok(http.StatusConflict).lookOver().has("Begin again")
	d.addsPasskey(b)

	door := s.browser()
	asked := door.asks()
	in := door.answers(asked, answerAt, d.answer(asked)).ok(http.StatusSeeOther)
	if l := in.header.Get("Location"); l != "/account" {
		s.t.Errorf("led to %q", l)
	}
	mine := door.get("/account").ok(http.StatusOK).lookOver().has("last used", email)
	late := s.browser()
	late.post(answerAt, "_csrf", late.get("/sign-in").form("/sign-in").Get("_csrf"), "token", asked.form(answerAt).Get("token"), "credential", d.answer(asked)).
		ok(http.StatusUnauthorized).lookOver().has("waited too long") // the same question, answered twice
	var remove string
	walk(mine.doc, func(n *html.Node) {
		if n.Data == "form" && len(attr(n, "action")) > len("/account/passkeys//remove") && attr(n, "action")[:len("/account/passkeys/")] == "/account/passkeys/" {
			remove = attr(n, "action")
		}
	})
	door.follow(door.submit("/account", remove)).ok(http.StatusOK).lookOver().has("The passkey is removed here").hasNot("Work phone")
	asked = door.asks()
	door.answers(asked, answerAt, d.answer(asked)).ok(http.StatusUnauthorized).lookOver().has("The passkey was not accepted")
}

func TestAPasskeyOfAnotherSiteOrWithoutItsPersonIsRefused(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	b, d := s.as("olga@ballard.example"), s.device()
	d.addsPasskey(b)
	for name, change := range map[string]func(d *device){
		"another origin":    func(d *device) { d.at.Origin = "https://rapport.example.evil.example" },
		"another port":      func(d *device) { d.at.Origin = "https://rapport.example:8443" },
		"plain http":        func(d *device) { d.at.Origin = "http://rapport.example" },
		"another party":     func(d *device) { d.at.ID = "evil.example" },
		"no finger, no PIN": func(d *device) { d.auth.Options.UserNotVerified = true },
		"another person":    func(d *device) { d.auth.Options.UserHandle = []byte(w.Desk.UserID) },
		"no person":         func(d *device) { d.auth.Options.UserHandle = nil },
		"another private key": func(d *device) {
			id := d.key.ID
			d.key = credential()
			d.key.ID = id
		},
	} {
		wrong := *d
		change(&wrong)
		door := s.browser()
		asked := door.asks()
		door.answers(asked, answerAt, wrong.answer(asked)).ok(http.StatusUnauthorized).has("The passkey was not accepted")
		if door.cookies["__Host-rapport_practice"] != "" {
			t.Errorf("%s signed in", name)
		}
		door.answers(asked, answerAt, d.answer(asked)).ok(http.StatusUnauthorized) // a question is spent by a wrong answer too
	}
	door := s.browser()
	asked := door.asks()
	w.Clock.Advance(models.ChallengeLife)
	door.answers(asked, answerAt, d.answer(asked)).ok(http.StatusUnauthorized).has("waited too long")
	page := b.submit("/account/passkeys/new", "/account/passkeys/new", "password", secretWords).ok(http.StatusOK)
	other := s.as("dana@ballard.example")
	f := other.get("/account/passkeys/new").form("/account/passkeys/new")
	other.post("/account/passkeys", "_csrf", f.Get("_csrf"), "token", page.form("/account/passkeys").Get("token"), "credential", s.device().make(page)).ok(http.StatusConflict).has("answered too late")
	again := s.device()
	again.at.Origin = "https://evil.example"
	page = b.submit("/account/passkeys/new", "/account/passkeys/new", "password", secretWords).ok(http.StatusOK)
	b.answers(page, "/account/passkeys", again.make(page)).ok(http.StatusUnprocessableEntity).has("no passkey that can be used")
}

func TestACopiedPasskeyIsNoticed(t *testing.T) {
	s := newSite(t, storetest.NewWorld(t, "sqlite"), publicURL)
	d := s.device()
	d.key.Counter = 5
	d.addsPasskey(s.as("olga@ballard.example"))
	for i, c := range []struct {
		counter uint32
		want    int
	}{{6, http.StatusSeeOther}, {6, http.StatusUnauthorized}, {4, http.StatusUnauthorized}, {0, http.StatusUnauthorized}, {7, http.StatusSeeOther}} {
		d.key.Counter = c.counter
		door := s.browser()
		asked := door.asks()
		if got := door.answers(asked, answerAt, d.answer(asked)).ok(c.want); c.want == http.StatusUnauthorized {
			got.lookOver().has("seems to have been copied")
		}
		if t.Failed() {
			t.Fatalf("step %d", i)
		}
	}
}

func TestPasskeysAreOfferedOnlyWhereBrowsersMakeThem(t *testing.T) {
	for address, want := range map[string]bool{publicURL: true, "http://localhost:8080": true, "http://127.0.0.1:8080": false, "https://192.0.2.7": false, "http://rapport.example": false} {
		s := newSite(t, storetest.NewWorld(t, "sqlite"), address)
		if got := s.net.PasskeysOffered(); got != want {
			t.Errorf("%s: got %v", address, got)
		}
	}
	s := newSite(t, storetest.NewWorld(t, "sqlite"), "https://192.0.2.7")
	b := s.browser()
	page := b.get("/sign-in").ok(http.StatusOK).hasNot("passkey")
	b.post("/sign-in/passkey", "_csrf", page.form("/sign-in").Get("_csrf")).ok(http.StatusConflict).has("Passkeys need https")
}

// credential is a key as devices write it: this library leaves out the leading
// zeros of a coordinate, one time in a hundred, and no server takes that.
func credential() virtualwebauthn.Credential {
	for {
		if c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(c.Key.AttestationData()) == 77 {
			return c
		}
	}
}
