package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"rapport/models/store/storetest"
)

// focused is what the keyboard has reached, in points of the page.
type focused struct {
	Name              string
	Top, Left, Bottom float64
	Main, Shown, Ring bool
}

const atFocus = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return {Name: ""};
	const r = e.getBoundingClientRect(), look = getComputedStyle(e), label = e.labels && e.labels[0];
	const ring = x => { const s = getComputedStyle(x); return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none"; };
	return {Name: e.tagName + " " + (e.id || e.textContent.trim().slice(0, 30)), Top: r.top + scrollY, Left: r.left, Bottom: r.bottom + scrollY,
		Main: !!e.closest("main") && e.tagName !== "MAIN", Shown: r.bottom > 0 && r.top < innerHeight && look.visibility === "visible",
		Ring: ring(e) || (label ? ring(label) : false)};
})()`

func TestTheKeyboardWalksEachPageInTheOrderItIsRead(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s, address := served(t, w)
	s.password("jose@ballard.example")
	c := w.Client("Ana", "Silva")
	b := phone(t, aBrowser(t), address, "the therapist")
	b.open("/sign-in").keyboard(3)
	b.signIn("jose@ballard.example")
	for path, least := range map[string]int{"/": 3, "/clients/new": 5, "/contacts/new": 10, "/providers": 5, "/clients/" + string(c.ID): 5, "/clients/" + string(c.ID) + "/releases/new": 8} {
		b.open(path).keyboard(least)
	}
}

// keyboard presses Tab through a page: the first stop leads past what is on
// every page, each stop can be seen and is marked, and in the page's own part
// none lies above the one before it, unless in the next column.
func (b *tab) keyboard(least int) {
	b.t.Helper()
	var before focused
	stops := 0
	for i := range 80 {
		var at focused
		b.do(chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(atFocus, &at))
		if at.Name == "" {
			break
		}
		if i == 0 && at.Name != "A Skip to the content" {
			b.t.Errorf("%s: the first stop is %q", b.address(), at.Name)
		}
		if !at.Shown {
			b.t.Errorf("%s: %q has the keyboard and cannot be seen", b.address(), at.Name)
		}
		if !at.Ring && at.Name != before.Name { // the parts of a date mark themselves
			b.t.Errorf("%s: %q has the keyboard and is not marked", b.address(), at.Name)
		}
		if !at.Main {
			continue
		}
		if stops++; before.Main && at.Bottom < before.Top && at.Left <= before.Left {
			b.t.Errorf("%s: from %q the keyboard goes back up to %q", b.address(), before.Name, at.Name)
		}
		before = at
	}
	if stops < least {
		b.t.Errorf("%s: the keyboard stops at %d places, want at least %d", b.address(), stops, least)
	}
}

// small lists what a finger misses on a phone: less than 44 points high, or 24
// wide. Links within a sentence are read, and not aimed at.
const small = `(() => {
	const out = [];
	document.querySelectorAll("details:not(.whereabouts)").forEach(d => { d.open = true; });
	for (const e of document.querySelectorAll("a[href], button, select, textarea, summary, input:not([type=hidden])")) {
		if (e.classList.contains("skip") || !e.checkVisibility()) continue;
		const boxed = e.type === "checkbox" || e.type === "radio", target = boxed ? e.closest("label") || e.labels[0] : e, r = target.getBoundingClientRect();
		const sentence = e.tagName === "A" && getComputedStyle(e).display === "inline" && e.parentElement.textContent.trim().length > e.textContent.trim().length;
		if (r.height > 0 && !sentence && (r.height < 43.5 || r.width < 24)) out.push(e.tagName + " " + (e.id || e.textContent.trim().slice(0, 30)) + " " + r.width + " by " + r.height);
	}
	return out;
})()`

func TestWhatIsTappedIsLargeEnough(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	client, order, session := newSite(t, w, publicURL).treated("Ana", "Silva")
	s, address := served(t, w)
	linh := string(w.Provider.ID)
	if _, err := s.net.Relate(t.Context(), w.Therapist, w.Provider.ID); err != nil {
		t.Fatal(err)
	}
	for who, paths := range map[string][]string{
		"olga@ballard.example": {"/today", "/practice?invite=yes", "/practice/settings", "/clients", "/clients/new", client, client + "/releases/new", order, order + "/ask", order + "/sessions/new",
			order + "/reports/new", session, "/providers", "/providers/new", "/providers/" + linh, "/relationships", "/contacts/new", "/promises", "/outreach", "/network", "/referrals/new", "/account", "/account/otp"},
		"linh@greenlake.example": {"/provider", "/provider/orders/new", "/provider/clients/" + string(w.Practice.ID) + strings.TrimPrefix(client, "/clients"), "/provider/record", "/provider" + order, "/provider/referrals/new"},
	} {
		s.password(who)
		b := phone(t, aBrowser(t), address, who).signIn(who)
		for _, path := range paths {
			var found []string
			b.open(path).do(chromedp.Evaluate(small, &found))
			if len(found) > 0 {
				t.Errorf("%s: too small to tap: %s", path, strings.Join(found, "; "))
			}
		}
	}
}
