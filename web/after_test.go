package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store/storetest"
)

// after is what ends somebody's access, and with which browser they come back.
type after struct {
	name, who string
	end       func(p *practiced, b *browser) *browser
}

func afters() []after {
	revoked := func(p *practiced, b *browser) *browser {
		p.make(p.chief, "/releases/"+p.ids["releases"]+"/revocation", map[string]any{"channel": "letter"})
		return b
	}
	expired := func(p *practiced, b *browser) *browser {
		p.w.Clock.Set(time.Date(2027, 1, 2, 20, 0, 0, 0, time.UTC))
		return nil
	}
	return []after{
		{"signed_out", "therapist", func(p *practiced, b *browser) *browser {
			old := visitor{at: b}.fresh()
			b.submit("/account", "/sign-out").ok(http.StatusSeeOther)
			return old
		}},
		{"ended", "therapist", func(p *practiced, b *browser) *browser {
			other := p.browser()
			other.submit("/sign-in", "/sign-in", "email", "jose@ballard.example", "password", secretWords).ok(http.StatusSeeOther)
			page := other.get("/account")
			other.submit("/account", "/account/sessions/"+between(page.body, `action="/account/sessions/`, `/end"`)+"/end").ok(http.StatusSeeOther)
			return b
		}},
		{"password", "therapist", func(p *practiced, b *browser) *browser {
			other := p.browser()
			other.submit("/sign-in", "/sign-in", "email", "jose@ballard.example", "password", secretWords).ok(http.StatusSeeOther)
			other.submit("/account/password", "/account/password", "old_password", secretWords, "password", "blue lakes in late june").ok(http.StatusSeeOther)
			return b
		}},
		{"role_ended", "therapist", func(p *practiced, b *browser) *browser {
			p.api.As(p.chief).Put("/api/v1/practice/colleagues/"+string(p.w.Therapist.UserID), map[string]any{"roles": []string{}}).Want(200)
			return b
		}},
		{"suspended", "therapist", func(p *practiced, b *browser) *browser {
			if _, err := p.net.SuspendPractice(context.Background(), models.System(""), p.w.Practice.ID, true); err != nil {
				p.t.Fatal(err)
			}
			return b
		}},
		{"revoked", "provider", revoked}, {"rev_staff", "staff", revoked},
		{"expired", "provider", expired}, {"exp_staff", "staff", expired},
	}
}

// ownPages show a prescriber their own order and the questions about it,
// whatever became of the release; the last ones while nobody took it back.
var ownPages = []string{"/provider/orders/:id", "/provider/orders/:id/paper", "/provider/orders/:id/scans/:scan", "/provider/changes/:id", "/provider"}
var ownStatus = []string{"/provider/referrals", "/provider/referrals/new", "/provider/requests", "/provider/clients", "/provider/clients/:practice/:client"}

// TestAfterItEndedNoPageShowsTheClient: each event, and then every page, with
// the browser that was signed in before it, compared with testdata/after.txt.
func TestAfterItEndedNoPageShowsTheClient(t *testing.T) {
	if *update {
		afterEach(t, "sqlite")
		return
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { t.Parallel(); afterEach(t, engine) })
	}
}

func afterEach(t *testing.T, engine string) {
	p := seeded(t, engine)
	asks := p.asks()
	pages := slices.DeleteFunc(p.routes(), func(r string) bool {
		return !strings.HasPrefix(r, "GET ") || strings.Contains(r, ":token") || strings.Contains(r, "/sign-in") || r == "GET /demo/mail" || r == "GET /"
	})
	rows, head := map[string]string{}, fmt.Sprintf("%-50s", "")
	for _, a := range afters() {
		p.w.Clock.Set(storetest.Start)
		p.restore()
		p.rename()
		head += fmt.Sprintf(" %-10s", a.name)
		v := p.people[slices.IndexFunc(p.people, func(v visitor) bool { return v.name == a.who })]
		b := a.end(p, v.fresh())
		if b == nil { // a session does not last so long
			b = p.as(map[string]string{"provider": "linh@greenlake.example", "staff": "front@greenlake.example"}[a.who])
		}
		for _, route := range pages {
			got := b.do(httptest.NewRequest(http.MethodGet, p.askOf(asks, route).path, nil))
			rows[route] += " " + fmt.Sprintf("%-10s", cell(route, v.name, got))
			p.showsNothing(a.name, route, got)
		}
	}
	var b strings.Builder
	b.WriteString(head + "\n")
	for _, route := range pages {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-50s", route)+rows[route], " ") + "\n")
	}
	golden(t, "testdata/after.txt", b.String())
}

// rename gives the client a name that nobody else here has.
func (p *practiced) rename() {
	p.t.Helper()
	at := "/api/v1/clients/" + p.ids["clients"]
	owner := p.api.As(p.chief)
	owner.Patch(at, map[string]any{"name": map[string]any{"given": "Ana", "family": "Quintero"}, "birth_date": "1984-05-17"}, "If-Match", owner.Get(at).Header.Get("ETag")).Want(200)
}

func (p *practiced) showsNothing(event, route string, got seen) {
	p.t.Helper()
	page := strings.TrimPrefix(route, "GET ")
	words := []string{"Tight", "Carry on", "Numb fingers", "My jaw"}
	if !slices.Contains(ownPages, page) && (!strings.HasPrefix(event, "exp") || !slices.Contains(ownStatus, page)) {
		words = append(words, "Quintero", "%PDF-")
	}
	for _, word := range words {
		if got.status < 300 && strings.Contains(got.body, word) {
			p.t.Errorf("%s, %s shows %q: %.600s", event, route, word, got.words())
		}
	}
}
