package web_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"rapport/models"
)

// chromium is where Debian puts it.
const chromium = "/usr/bin/chromium"

// aBrowser starts a browser; each person gets a tab with cookies of their own.
func aBrowser(t *testing.T) context.Context {
	t.Helper()
	if _, err := os.Stat(chromium); err != nil {
		t.Fatal("a browser is needed to walk the portal: install the package chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(time.Minute))
	limited, stop := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(stop)
	started, end := chromedp.NewExecAllocator(limited, options...)
	t.Cleanup(end)
	first, leave := chromedp.NewContext(started)
	t.Cleanup(leave)
	if err := chromedp.Run(first); err != nil {
		t.Fatalf("the browser does not start: %v", err)
	}
	return first
}

// tab is one person's phone.
type tab struct {
	t    *testing.T
	ctx  context.Context
	site string
	who  string
	own  cdp.BrowserContextID // cookies and downloads of its own
}

// window opens a window that shares no cookies with others.
func window(t *testing.T, browser context.Context) (target.ID, cdp.BrowserContextID) {
	t.Helper()
	as := cdp.WithExecutor(browser, chromedp.FromContext(browser).Browser)
	own, err := target.CreateBrowserContext().Do(as)
	if err != nil {
		t.Fatal(err)
	}
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(own).WithNewWindow(true).Do(as)
	if err != nil {
		t.Fatal(err)
	}
	return id, own
}

// phone opens a screen of 390 by 844 points that is touched. What the browser
// complains of fails the test.
func phone(t *testing.T, browser context.Context, site, who string, before ...chromedp.Action) *tab {
	t.Helper()
	return watched(t, browser, site, who, func(complaint string) { t.Errorf("%s: %s", who, complaint) }, before...)
}

// noWindow makes a script that would ask or tell something fail instead.
const noWindow = `window.alert = window.confirm = window.prompt = said => { throw new Error("a window opened: " + said) }`

// watched is a phone that hands complaints on.
func watched(t *testing.T, browser context.Context, site, who string, complain func(string), before ...chromedp.Action) *tab {
	t.Helper()
	id, own := window(t, browser)
	ctx, leave := chromedp.NewContext(browser, chromedp.WithTargetID(id))
	t.Cleanup(leave)
	b := &tab{t, ctx, site, who, own}
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			complain("a script failed: " + e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			if e.Entry.Source == log.SourceSecurity || e.Entry.Source == log.SourceJavascript || e.Entry.Source == log.SourceViolation {
				complain("the browser complains: " + e.Entry.Text)
			}
		}
	})
	if err := chromedp.Run(ctx); err != nil { // the tab lives as long as this context, so it has no deadline of its own
		t.Fatalf("%s has no window: %v", who, err)
	}
	b.do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(noWindow).Do(ctx)
		return err
	}))
	b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch))
	b.do(before...)
	return b
}

func (b *tab) do(steps ...chromedp.Action) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, 30*time.Second)
	defer stop()
	if err := chromedp.Run(ctx, steps...); err != nil {
		b.t.Fatalf("%s at %s: %v\n%s", b.who, b.address(), err, b.words())
	}
}

// leads does what opens another page and looks at the page that came.
func (b *tab) leads(step chromedp.Action) *tab { b.t.Helper(); return b.answers(200, step) }

// answers is leads to a page with a status.
func (b *tab) answers(status int64, step chromedp.Action) *tab {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, 30*time.Second)
	defer stop()
	res, err := chromedp.RunResponse(ctx, step)
	if err != nil {
		b.t.Fatalf("%s at %s: %v\n%s", b.who, b.address(), err, b.words())
	}
	if res.Status != status {
		b.t.Fatalf("%s at %s: status %d, want %d\n%s", b.who, b.address(), res.Status, status, b.words())
	}
	var wide int
	b.do(chromedp.Evaluate("document.documentElement.scrollWidth", &wide))
	if wide > 390 {
		b.t.Errorf("%s: the page at %s is %d points wide on a phone of 390", b.who, b.address(), wide)
	}
	return b
}

func (b *tab) open(path string) *tab { b.t.Helper(); return b.leads(chromedp.Navigate(b.site + path)) }

// press taps what leads to another page: a link or a button.
func (b *tab) press(selector string) *tab {
	b.t.Helper()
	return b.leads(chromedp.Click(selector, chromedp.ByQuery))
}

// refuses presses a button whose form is refused with a status.
func (b *tab) refuses(status int64, selector string) *tab {
	b.t.Helper()
	return b.answers(status, chromedp.Click(selector, chromedp.ByQuery))
}

// saves presses a link that downloads, and returns the file that the browser kept.
func (b *tab) saves(selector string) []byte {
	b.t.Helper()
	dir, state := b.t.TempDir(), make(chan cdpbrowser.DownloadProgressState, 8)
	chromedp.ListenTarget(b.ctx, func(event any) {
		if e, ok := event.(*cdpbrowser.EventDownloadProgress); ok && e.State != cdpbrowser.DownloadProgressStateInProgress {
			state <- e.State
		}
	})
	b.do(cdpbrowser.SetDownloadBehavior(cdpbrowser.SetDownloadBehaviorBehaviorAllow).WithBrowserContextID(b.own).WithDownloadPath(dir).WithEventsEnabled(true),
		chromedp.Click(selector, chromedp.ByQuery))
	select {
	case s := <-state:
		if s != cdpbrowser.DownloadProgressStateCompleted {
			b.t.Fatalf("%s: the download is %s", b.who, s)
		}
	case <-time.After(30 * time.Second):
		b.t.Fatalf("%s: nothing was saved", b.who)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
	if err != nil || len(files) != 1 {
		b.t.Fatalf("%s saved %v, %v", b.who, files, err)
	}
	kept, err := os.ReadFile(files[0])
	if err != nil {
		b.t.Fatal(err)
	}
	return kept
}

// tap changes something on the page: a box, a choice, something folded.
func (b *tab) tap(selectors ...string) *tab {
	b.t.Helper()
	for _, s := range selectors {
		b.do(chromedp.Click(s, chromedp.ByQuery))
	}
	return b
}

// unfold opens the folded part that holds this.
func (b *tab) unfold(selector string) *tab {
	b.t.Helper()
	return b.tap(`details:not([open]):has(` + selector + `) > summary`)
}

// write types into fields; pairs are names and texts.
func (b *tab) write(pairs ...string) *tab {
	b.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		b.do(chromedp.SendKeys(`[name="`+pairs[i]+`"]`, pairs[i+1], chromedp.ByQuery))
	}
	return b
}

// choose sets fields that are picked rather than typed: days and lists.
func (b *tab) choose(pairs ...string) *tab {
	b.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		b.do(chromedp.SetValue(`[name="`+pairs[i]+`"]`, pairs[i+1], chromedp.ByQuery))
	}
	return b
}

func (b *tab) words() string {
	var s string
	ctx, stop := context.WithTimeout(b.ctx, 10*time.Second)
	defer stop()
	if err := chromedp.Run(ctx, chromedp.Evaluate("document.body.innerText", &s)); err != nil {
		return "(" + err.Error() + ")"
	}
	return s
}

func (b *tab) address() string {
	var s string
	ctx, stop := context.WithTimeout(b.ctx, 10*time.Second)
	defer stop()
	if err := chromedp.Run(ctx, chromedp.Location(&s)); err != nil {
		return "(" + err.Error() + ")"
	}
	return strings.TrimPrefix(s, b.site)
}

func (b *tab) reads(texts ...string) *tab {
	b.t.Helper()
	words := strings.Join(strings.Fields(b.words()), " ")
	for _, s := range texts {
		if !strings.Contains(words, s) {
			b.t.Errorf("%s at %s does not read %q:\n%s", b.who, b.address(), s, words)
		}
	}
	return b
}

func (b *tab) readsNot(texts ...string) *tab {
	b.t.Helper()
	words := strings.Join(strings.Fields(b.words()), " ")
	for _, s := range texts {
		if strings.Contains(words, s) {
			b.t.Errorf("%s at %s reads %q:\n%s", b.who, b.address(), s, words)
		}
	}
	return b
}

func (b *tab) signIn(email string) *tab {
	b.t.Helper()
	return b.open("/sign-in").write("email", email, "password", secretWords).press(`form[action="/sign-in"] button[type=submit]`)
}

// draw writes on the signature pad with a finger.
func (b *tab) draw() *tab {
	b.t.Helper()
	var at struct{ X, Y, Width, Height float64 }
	b.tap(`label[for="f-method-drawn"]`)
	b.do(chromedp.Evaluate(`document.querySelector("canvas").scrollIntoView({block: "center", behavior: "instant"})`, nil),
		chromedp.Evaluate(`(r => ({X: r.x, Y: r.y, Width: r.width, Height: r.height}))(document.querySelector("canvas").getBoundingClientRect())`, &at))
	finger := func(kind input.TouchType, x, y float64) {
		points := []*input.TouchPoint{{X: at.X + x*at.Width, Y: at.Y + y*at.Height}}
		if kind == input.TouchEnd {
			points = []*input.TouchPoint{}
		}
		b.do(input.DispatchTouchEvent(kind, points))
	}
	finger(input.TouchStart, 0.1, 0.8)
	for i := range 12 {
		finger(input.TouchMove, 0.1+float64(i)*0.05, 0.8-0.5*float64(i%3))
	}
	finger(input.TouchEnd, 0, 0)
	var image string
	b.do(chromedp.Value(`input[name="image"]`, &image, chromedp.ByQuery))
	if !strings.HasPrefix(image, "data:image/png;base64,") || len(image) < 500 {
		b.t.Fatalf("%s: nothing was drawn: %.60s", b.who, image)
	}
	return b
}

// withoutScript is a browser in which no page may run a script.
func withoutScript() chromedp.Action { return emulation.SetScriptExecutionDisabled(true) }

// password gives somebody the password of these tests.
func (s *site) password(email string) {
	s.t.Helper()
	if err := s.net.ResetPassword(s.t.Context(), models.System(""), email, secretWords); err != nil {
		s.t.Fatal(err)
	}
}
