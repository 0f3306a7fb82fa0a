package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rapport/api/wire"
	"rapport/models"
	"rapport/models/store/storetest"
)

func TestSignInOpensTheRealmOfTheRole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		b := s.as("jose@ballard.example")
		if b.cookies["__Host-rapport_practice"] == "" || b.cookies["__Host-rapport_portal"] != "" {
			t.Errorf("got cookies %v", b.cookies)
		}
		b.get("/clients").ok(http.StatusOK).lookOver().has("José Álvarez", "Ballard Massage")
		doctor := s.as("linh@greenlake.example")
		if doctor.cookies["__Host-rapport_portal"] == "" || doctor.cookies["__Host-rapport_practice"] != "" {
			t.Errorf("got cookies %v", doctor.cookies)
		}
		doctor.get("/clients").ok(http.StatusSeeOther)
		doctor.cookies["__Host-rapport_practice"] = doctor.cookies["__Host-rapport_portal"] // a cookie moved to another realm opens nothing
		doctor.get("/clients").ok(http.StatusSeeOther)
	})
}

func TestCookiesAreBoundToTheHost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		res := s.browser().get("/sign-in").ok(http.StatusOK).lookOver()
		if got := res.header.Get("Content-Security-Policy"); got != wire.CSP {
			t.Errorf("got policy %q", got)
		}
		for _, c := range res.header.Values("Set-Cookie") {
			for _, want := range []string{"__Host-", "; path=/", "; HttpOnly", "; secure", "; SameSite=Lax"} {
				if !strings.Contains(strings.ToLower(c), strings.ToLower(want)) {
					t.Errorf("cookie %q lacks %s", c, want)
				}
			}
		}
	})
}

func TestSignInAnswersUnknownAndWrongAlike(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		s.as("jose@ballard.example")
		b := s.browser()
		wrong := b.submit("/sign-in", "/sign-in", "email", "jose@ballard.example", "password", "not this one at all").ok(http.StatusUnauthorized).lookOver()
		unknown := b.submit("/sign-in", "/sign-in", "email", "nobody@ballard.example", "password", "not this one at all").ok(http.StatusUnauthorized)
		const sentence = "The e-mail address or the password is wrong."
		wrong.has(sentence)
		unknown.has(sentence)
		if strings.Contains(wrong.body, "not this one") {
			t.Error("the password stands in the page")
		}
	})
}

func TestSignInOverPlainHTTPIsForThisMachineOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, "http://rapport.example")
		b := s.browser()
		token := b.get("/sign-in").form("/sign-in").Get("_csrf")
		b.post("/sign-in", "_csrf", token, "email", "x@example.org", "password", secretWords).ok(http.StatusForbidden).has("https")
	})
}

func TestSignInLeadsBackOnlyIntoThePortal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		s.as("jose@ballard.example")
		for next, want := range map[string]string{"/clients/new": "/clients/new", "//evil.example": "/today", "https://evil.example": "/today", "/\\evil.example": "/today",
			"/provider": "/today"} {
			b := s.browser()
			got := b.submit("/sign-in", "/sign-in", "email", "jose@ballard.example", "password", secretWords, "next", next).ok(http.StatusSeeOther)
			if l := got.header.Get("Location"); l != want {
				t.Errorf("next %q led to %q, want %q", next, l, want)
			}
		}
		if l := s.browser().get("/clients/new").ok(http.StatusSeeOther).header.Get("Location"); l != "/sign-in?next=%2Fclients%2Fnew" {
			t.Errorf("got %q", l)
		}
	})
}

func TestSignOutEndsTheSessionEverywhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		b := s.as("jose@ballard.example")
		stolen := s.browser()
		for k, v := range b.cookies {
			stolen.cookies[k] = v
		}
		b.submit("/clients", "/sign-out").ok(http.StatusSeeOther)
		if len(b.cookies) > 1 { // the sentence for the next page
			t.Errorf("cookies stayed: %v", b.cookies)
		}
		stolen.get("/clients").ok(http.StatusSeeOther)
	})
}

func TestFormsWithoutTheirTokenAreRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		b, other := s.as("jose@ballard.example"), s.as("olga@ballard.example")
		foreign := other.get("/clients/new").form("/clients/new").Get("_csrf")
		for name, token := range map[string]string{"missing": "", "invented": strings.Repeat("A", 43), "of another session": foreign} {
			b.post("/clients/new", "_csrf", token, "name/given", "Ana", "birth_date", "1980-01-01").ok(http.StatusForbidden).has("out of date")
			if t.Failed() {
				t.Fatalf("with a token that is %s", name)
			}
		}
		anonymous := s.browser()
		anonymous.post("/sign-in", "email", "x@example.org", "password", secretWords).ok(http.StatusForbidden)
	})
}

func TestFormsFromOtherSitesAreRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		b := s.as("jose@ballard.example")
		token := b.get("/clients/new").form("/clients/new").Get("_csrf")
		for _, c := range []struct {
			origin, site string
			want         int
		}{
			{"https://evil.example", "", http.StatusForbidden},
			{"https://evil.example", "cross-site", http.StatusForbidden},
			{"null", "cross-site", http.StatusForbidden},
			{"null", "", http.StatusForbidden},
			{"", "same-site", http.StatusForbidden},
			{"https://rapport.example", "", http.StatusUnprocessableEntity},
			{"null", "same-origin", http.StatusUnprocessableEntity},
			{"", "", http.StatusUnprocessableEntity},
		} {
			req := httptest.NewRequest(http.MethodPost, "/clients/new", strings.NewReader("_csrf="+token))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if c.origin != "" {
				req.Header.Set("Origin", c.origin)
			}
			if c.site != "" {
				req.Header.Set("Sec-Fetch-Site", c.site)
			}
			if got := b.do(req).ok(c.want); c.want == http.StatusForbidden {
				got.has("was not sent from a page of this site")
			}
		}
	})
}

func TestSomebodyWithSeveralPlacesChooses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		w.Person("both@ballard.example", "Bo Thorsen", models.RoleGrant{Role: models.Therapist, PracticeID: w.Practice.ID},
			models.RoleGrant{Role: models.ProviderRole, ProviderID: w.Provider.ID})
		b := s.as("both@ballard.example")
		b.get("/places").ok(http.StatusOK).lookOver().has("Ballard Massage", "Linh Nguyễn, DC", "Here now")
		got := b.submit("/places", "/places", "place", string(w.Provider.ID)).ok(http.StatusSeeOther)
		if l := got.header.Get("Location"); l != "/provider" || b.cookies["__Host-rapport_practice"] != "" || b.cookies["__Host-rapport_portal"] == "" {
			t.Errorf("led to %q with %v", l, b.cookies)
		}
		b.submit("/places", "/places", "place", string(w.Other.ID)).ok(http.StatusNotFound)
	})
}
