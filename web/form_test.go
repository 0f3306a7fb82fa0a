package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rapport/models/store/storetest"
)

func TestAFormWithTextThatNoDatabaseKeepsIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		stranger, jose := s.browser(), s.as("jose@ballard.example")
		for name, text := range map[string]string{"U+0000": "a\x00b", "not UTF-8": "a\xffb"} {
			v := stranger.submit("/sign-in", "/sign-in", "email", text, "password", "x")
			if v.status != http.StatusBadRequest {
				t.Errorf("%s before sign-in: %d", name, v.status)
			}
			if v = jose.submit("/clients", "/clients", "q", text); v.status != http.StatusBadRequest {
				t.Errorf("%s in a search: %d", name, v.status)
			}
		}
		for _, path := range []string{"/clients/%00", "/clients/%ff", "/orders/%00/sessions/new"} {
			if v := jose.get(path); v.status != http.StatusNotFound {
				t.Errorf("%s: %d", path, v.status)
			}
		}
	})
}

func TestOnlyAScanMayBeLarge(t *testing.T) {
	s := newSite(t, storetest.NewWorld(t, "sqlite"), publicURL)
	b := s.as("jose@ballard.example")
	for path, want := range map[string]int{"/clients/new": http.StatusRequestEntityTooLarge, "/sign-in": http.StatusRequestEntityTooLarge,
		"/orders/0196e000-0000-7000-8000-000000000000/scan": http.StatusForbidden} { // read, and its token is missing
		body := "--x\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"a\"\r\n\r\n" + strings.Repeat("a", 2<<20) + "\r\n--x--\r\n"
		req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		req.Header.Set("Origin", "null")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		if v := b.do(req); v.status != want {
			t.Errorf("%s: %d, want %d", path, v.status, want)
		}
	}
}
