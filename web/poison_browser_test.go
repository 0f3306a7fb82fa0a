package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"rapport/api/wire"
)

// opened looks at the pages that show poison in a real browser, which tells of
// every script that ran, failed or was blocked.
func (p *poison) opened(t *testing.T, walked *site) {
	_, address := served(t, walked.w)
	chromium := aBrowser(t)
	tabs, without := map[string]*tab{}, map[string]*browser{}
	for _, who := range []string{"jose@ballard.example", "olga@ballard.example", "linh@greenlake.example", "sean@northgate.example"} {
		without[who] = walked.as(who)
		tabs[who] = phone(t, chromium, address, who).signIn(who)
	}
	n := 0
	for _, at := range p.pages {
		if b := tabs[at.by.who]; b != nil && at.shows && without[at.by.who].get(at.path).status == http.StatusOK { // some are gone by the end of the walk
			b.open(at.path)
			n++
		}
	}
	if n < 40 {
		t.Errorf("%d pages were opened", n)
	}
}

// TestTheBrowserTellsOfObeyedPoison: blocked by the policy of our pages, and
// run where there is none.
func TestTheBrowserTellsOfObeyedPoison(t *testing.T) {
	for policy, want := range map[string]string{wire.CSP: "Content Security Policy", "": "a window opened: pwn"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if policy != "" {
				w.Header().Set("Content-Security-Policy", policy)
			}
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<!doctype html><title>x</title><p>" + strings.Join(behind, "</p><p>") + "</p>"))
		}))
		defer server.Close()
		var mu sync.Mutex
		var told []string
		b := watched(t, aBrowser(t), server.URL, "anyone", func(s string) { mu.Lock(); defer mu.Unlock(); told = append(told, s) })
		b.do(chromedp.Navigate(server.URL + "/"))
		mu.Lock()
		if !strings.Contains(strings.Join(told, "\n"), want) {
			t.Errorf("with the policy %q the browser tells %q, want %q", policy, told, want)
		}
		mu.Unlock()
	}
}
