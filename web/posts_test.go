package web_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"rapport/models/store/storetest"
)

var parameter = regexp.MustCompile(`:[a-z_]+`)

// TestEveryFormWithoutItsOwnTokenOrFromElsewhereIsRefused walks the route
// table, so that a form added later is asked as well.
func TestEveryFormWithoutItsOwnTokenOrFromElsewhereIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		therapist, doctor := s.as("jose@ballard.example"), s.as("linh@greenlake.example")
		foreign := s.as("olga@ballard.example").get("/clients/new").form("/clients/new").Get("_csrf")
		own := therapist.get("/clients/new").form("/clients/new").Get("_csrf")
		forms := 0
		for _, r := range s.app.GetRoutes(true) {
			if r.Method != http.MethodPost {
				continue
			}
			forms++
			path := parameter.ReplaceAllString(r.Path, "none")
			for name, token := range map[string]string{"without a token": "", "with another session's token": foreign} {
				refused := 0
				for who, b := range map[string]*browser{"therapist": therapist, "doctor": doctor, "nobody": s.browser()} {
					got := b.post(path, "_csrf", token)
					switch {
					case got.status == http.StatusForbidden && strings.Contains(got.body, "out of date"):
						refused++
					case got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/sign-in"):
						t.Errorf("POST %s %s by %s: %d", r.Path, name, who, got.status)
					}
				}
				if refused == 0 {
					t.Errorf("POST %s %s: nobody was told that the page is out of date", r.Path, name)
				}
			}
			for _, b := range []*browser{therapist, doctor, s.browser()} {
				req := httptest.NewRequest(http.MethodPost, path, strings.NewReader("_csrf="+own))
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				req.Header.Set("Origin", "https://evil.example")
				if got := b.do(req); got.status != http.StatusForbidden || !strings.Contains(got.body, "not sent from a page of this site") {
					t.Errorf("POST %s from another site: %d", r.Path, got.status)
				}
			}
		}
		if forms < 40 {
			t.Errorf("%d forms: this test looks in the wrong place", forms)
		}
	})
}
