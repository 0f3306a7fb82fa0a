package web_test

import (
	"net/http"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store/storetest"
	"rapport/referral/otp"
)

func TestSomebodyLooksAfterTheirOwnSignIn(t *testing.T) {
	newSite(t, storetest.NewWorld(t, "sqlite"), publicURL).walkAccount("olga@ballard.example")
}

// phoneOf is the authenticator app that photographed a page.
type phoneOf struct {
	s      *site
	secret string
}

func (p phoneOf) code(steps int64) string {
	p.s.t.Helper()
	c, err := otp.Code(p.secret, models.OTPStep(p.s.w.Clock.Now())+steps)
	if err != nil {
		p.s.t.Fatal(err)
	}
	return c
}

// setUp goes from the password to the recovery codes.
func (s *site) setUp(b *browser) (phoneOf, []string) {
	s.t.Helper()
	b.submit("/account/otp", "/account/otp", "password", "not this one at all").ok(http.StatusForbidden).lookOver().has("The present password is wrong.")
	page := b.submit("/account/otp", "/account/otp", "password", secretWords).ok(http.StatusOK).lookOver().has("Type the code")
	_, key, _ := strings.Cut(page.words(), "Or type this key: ")
	key, _, _ = strings.Cut(key, " 2. ")
	p := phoneOf{s, strings.ReplaceAll(key, " ", "")}
	if !strings.Contains(page.body, "secret="+p.secret) || !strings.Contains(page.body, `class="qr"`) {
		s.t.Errorf("the page has no picture or no address of %q", p.secret)
	}
	f := page.form("/account/otp/confirm")
	b.post("/account/otp/confirm", "_csrf", f.Get("_csrf"), "otp", "000000").ok(http.StatusForbidden).lookOver().has("not the code that the app shows now", key)
	codes := b.post("/account/otp/confirm", "_csrf", f.Get("_csrf"), "otp", p.code(0)).ok(http.StatusOK).lookOver().has("They are not shown again")
	var out []string
	for _, word := range strings.Fields(codes.words()) {
		if strings.Count(word, "-") == 5 {
			out = append(out, word)
		}
	}
	if len(out) != models.RecoveryCodes {
		s.t.Fatalf("got %d recovery codes", len(out))
	}
	return p, out
}

// walkAccount does on pages all that a person does with their own sign-in.
func (s *site) walkAccount(email string) {
	s.t.Helper()
	b, second := s.as(email), s.browser()
	second.submit("/sign-in", "/sign-in", "email", email, "password", secretWords).ok(http.StatusSeeOther)
	b.get("/today").has("Your sign-in")
	page := b.get("/account").ok(http.StatusOK).lookOver().has("Your sign-in", email, "Off", "This one")
	_, end, _ := strings.Cut(page.body, `action="/account/sessions/`)
	end, _, _ = strings.Cut(end, `"`)
	b.follow(b.submit("/account", "/account/sessions/"+end)).ok(http.StatusOK).lookOver().has("That session has ended.")
	second.get("/today").ok(http.StatusSeeOther)
	b.submit("/account/password", "/account/password", "old_password", secretWords, "password", "short").ok(http.StatusUnprocessableEntity).lookOver().has("at least 15 characters")
	b.follow(b.submit("/account/password", "/account/password", "old_password", secretWords, "password", "blue lakes in late june")).lookOver().has("The password is changed.")
	b.follow(b.submit("/account/password", "/account/password", "old_password", "blue lakes in late june", "password", secretWords)).lookOver()

	app, recovery := s.setUp(b)
	b.get("/account").ok(http.StatusOK).lookOver().has("10 recovery codes are left", "Recovery codes, or turn it off")
	s.signsInWithCode(email, app, recovery[0])
	b.get("/account/otp").ok(http.StatusOK).lookOver()
	b.submit("/account/otp", "/account/otp/change", "password", secretWords, "otp", "000000", "act", "renew").ok(http.StatusForbidden).lookOver().has("The code is wrong")
	b.submit("/account/otp", "/account/otp/change", "password", secretWords, "otp", recovery[1], "act", "renew").ok(http.StatusOK).lookOver().has("They are not shown again")
	s.w.Clock.Advance(2 * models.OTPPeriod)
	b.follow(b.submit("/account/otp", "/account/otp/change", "password", secretWords, "otp", app.code(0), "act", "remove")).lookOver().has("The second factor is off", "Off")
	if strings.Contains(s.log.String(), email) || strings.Contains(s.log.String(), app.secret) {
		s.t.Error("the log names somebody, or a secret")
	}
}

// signsInWithCode walks the second page of a sign-in.
func (s *site) signsInWithCode(email string, app phoneOf, recovery string) {
	s.t.Helper()
	b := s.browser()
	b.get("/sign-in/code").ok(http.StatusSeeOther)
	password := func(next string) seen {
		return b.submit("/sign-in", "/sign-in", "email", email, "password", secretWords, "next", next).ok(http.StatusSeeOther)
	}
	asked := password("/clients/new")
	if b.cookies["__Host-rapport_practice"] != "" || b.cookies["__Host-rapport_pending"] == "" {
		s.t.Errorf("after the password alone: %v", b.cookies)
	}
	for _, path := range []string{"/today", "/account", "/clients"} {
		b.get(path).ok(http.StatusSeeOther)
	}
	b.cookies["__Host-rapport_practice"] = b.cookies["__Host-rapport_pending"] // a pending sign-in moved opens nothing
	b.get("/today").ok(http.StatusSeeOther)
	delete(b.cookies, "__Host-rapport_practice")
	page := b.follow(asked).ok(http.StatusOK).lookOver().has("Your code")
	f := page.form("/sign-in/code")
	b.post("/sign-in/code", "_csrf", f.Get("_csrf"), "otp", "000000").ok(http.StatusUnauthorized).lookOver().has("The code is wrong")
	in := b.post("/sign-in/code", "_csrf", f.Get("_csrf"), "next", f.Get("next"), "otp", app.code(1)).ok(http.StatusSeeOther)
	if l := in.header.Get("Location"); l != "/clients/new" || b.cookies["__Host-rapport_pending"] != "" {
		s.t.Errorf("led to %q with %v", l, b.cookies)
	}
	b.get("/today").ok(http.StatusOK)
	b = s.browser()
	b.follow(password("")).ok(http.StatusOK)
	s.w.Clock.Advance(models.ChallengeLife)
	b.submit("/sign-in/code", "/sign-in/code", "otp", recovery).ok(http.StatusUnauthorized).lookOver().has("waited too long")
	b = s.browser()
	b.follow(password("")).ok(http.StatusOK)
	b.submit("/sign-in/code", "/sign-in/code", "otp", recovery).ok(http.StatusSeeOther)
}
