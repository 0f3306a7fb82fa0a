package web

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

// root leads to sign-in, or home.
func (r *request) root() error {
	for _, at := range []realm{practiceRealm, providerRealm} {
		if value := r.cookie(r.c, at.cookie()); value != "" {
			if err := r.recognise(at, value); err == nil {
				return r.to(at.home(), "")
			}
		}
	}
	return r.to("/sign-in", "")
}

func (r *request) signInPage() error { return r.showSignIn(fiber.StatusOK, view.Form{}) }

func (r *request) showSignIn(status int, form view.Form) error {
	next := localPath(r.query("next"))
	if form.Values != nil {
		next = localPath(form.Get("next"))
	}
	return r.show(status, "Sign in", func(p view.Page) templ.Component { return view.SignIn(p, form, next, r.net.PasskeysOffered()) })
}

var errPlain = fault.New(fault.Forbidden, "sign_in.https", "Sign in over https. Without it only the server's own machine may sign in.")

// signIn opens a session. Over plain http only this machine may: a password
// must not cross a network in the clear.
func (r *request) signIn() error {
	if !r.https && !r.plainHTTP(r.c) {
		return errPlain
	}
	s, pending, err := r.net.PortalSignIn(r.ctx, r.by, r.form.get("email"), r.form.raw("password"))
	if e, ok := fault.As(err); ok && (e.Kind == fault.Unauthenticated || e.Kind == fault.RateLimited || e.Kind == fault.Forbidden) {
		return r.showSignIn(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	if pending != "" {
		r.setCookie(r.c, pendingCookie, pending, models.ChallengeLife)
		return r.to("/sign-in/code?next="+url.QueryEscape(localPath(r.form.get("next"))), "")
	}
	return r.settle(s.Secret, localPath(r.form.get("next")))
}

// codePage asks for the second factor of a sign-in whose password was right.
func (r *request) codePage() error {
	if r.cookie(r.c, pendingCookie) == "" {
		return r.to("/sign-in", "")
	}
	return r.showCode(fiber.StatusOK, view.Form{}, localPath(r.query("next")))
}

func (r *request) showCode(status int, form view.Form, next string) error {
	return r.show(status, "Your code", func(p view.Page) templ.Component { return view.SignInCode(p, form, next) })
}

// signInWithCode finishes a sign-in; one that waited too long begins again.
func (r *request) signInWithCode() error {
	if !r.https && !r.plainHTTP(r.c) {
		return errPlain
	}
	next := localPath(r.form.get("next"))
	s, err := r.net.PortalSecondFactor(r.ctx, r.by, r.cookie(r.c, pendingCookie), r.form.get("otp"))
	e, refused := fault.As(err)
	switch {
	case refused && (e.Code == "sign_in.too_slow" || e.Kind == fault.Forbidden):
		r.dropCookie(r.c, pendingCookie)
		return r.showSignIn(statusOf(err), view.Form{Refusal: e})
	case refused && (e.Kind == fault.Unauthenticated || e.Kind == fault.RateLimited):
		return r.showCode(statusOf(err), view.Form{Refusal: e}, next)
	case err != nil:
		return err
	}
	r.dropCookie(r.c, pendingCookie)
	return r.settle(s.Secret, next)
}

// settle puts the session into the cookie of the realm where the person acts;
// with several places they choose first.
func (r *request) settle(secret, next string) error {
	a, _, err := r.net.PortalActor(r.ctx, secret, "")
	if err != nil {
		return err
	}
	me, err := r.net.Me(r.ctx, a)
	if err != nil {
		return err
	}
	at := realmOf(a.ProviderID)
	r.dropCookie(r.c, practiceCookie)
	r.dropCookie(r.c, providerCookie)
	r.dropCookie(r.c, formCookie)
	r.setCookie(r.c, at.cookie(), sessionValue(secret, placeID(models.Place{PracticeID: a.PracticeID, ProviderID: a.ProviderID})), 0)
	switch {
	case len(me.Places()) > 1:
		return r.to("/places", "")
	case next != "" && at == realmOfPath(next):
		return r.to(next, "")
	}
	return r.to(at.home(), "")
}

func placeID(p models.Place) string {
	if p.ProviderID != "" {
		return string(p.ProviderID)
	}
	return string(p.PracticeID)
}

// localPath keeps a way back only where it leads into the portal.
func localPath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\?#\r\n\t ") || len(s) > 200 {
		return ""
	}
	return s
}

func realmOfPath(path string) realm {
	if path == "/provider" || strings.HasPrefix(path, "/provider/") {
		return providerRealm
	}
	return practiceRealm
}

// signOut ends the session on the server and tells the browser to forget.
func (r *request) signOut() error {
	if err := r.net.PortalSignOut(r.ctx, r.by, r.secret); err != nil {
		return err
	}
	r.dropCookie(r.c, practiceCookie)
	r.dropCookie(r.c, providerCookie)
	r.c.Set("Clear-Site-Data", `"cache", "storage"`)
	return r.to("/sign-in", "signed_out")
}
