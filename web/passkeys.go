package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models/fault"
	"rapport/web/view"
)

// askPasskey puts the server's question to the device of somebody unknown.
func (r *request) askPasskey() error {
	if !r.https && !r.plainHTTP(r.c) {
		return errPlain
	}
	s, err := r.net.StartPasskeySignIn(r.ctx, r.by)
	if e, ok := refusal(err); ok {
		return r.showSignIn(statusOf(err), view.Form{Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.show(fiber.StatusOK, "Your passkey", func(p view.Page) templ.Component {
		p.Keys = true
		return view.PasskeySignIn(p, view.Ask{Token: s.Token, Options: s.Options, Next: localPath(r.form.get("next"))})
	})
}

// signInWithPasskey takes the device's answer; after a wrong one the door is
// shown again, where the password works as well.
func (r *request) signInWithPasskey() error {
	if !r.https && !r.plainHTTP(r.c) {
		return errPlain
	}
	next := localPath(r.form.get("next"))
	s, err := r.net.PasskeySignIn(r.ctx, r.by, r.form.raw("token"), r.form.raw("credential"))
	e, refused := fault.As(err)
	switch {
	case refused && (e.Kind == fault.Unauthenticated || e.Kind == fault.RateLimited || e.Kind == fault.Conflict):
		return r.showSignIn(statusOf(err), view.Form{Refusal: e})
	case err != nil:
		return err
	}
	return r.settle(s.Secret, next)
}

func (r *request) newPasskeyPage() error { return r.showNewPasskey(fiber.StatusOK, view.Form{}) }

func (r *request) showNewPasskey(status int, form view.Form) error {
	a, err := r.net.Account(r.ctx, r.by)
	if err != nil {
		return err
	}
	return r.show(status, "New passkey", func(p view.Page) templ.Component { return view.NewPasskey(p, form, a.OTP.On()) })
}

// startPasskey puts the server's question to the person's device.
func (r *request) startPasskey() error {
	s, err := r.net.StartPasskey(r.ctx, r.by, r.form.get("name"), r.form.raw("password"), r.form.get("otp"))
	if e, ok := refusal(err); ok {
		return r.showNewPasskey(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.show(fiber.StatusOK, "New passkey", func(p view.Page) templ.Component {
		p.Keys = true
		return view.MakePasskey(p, view.Ask{Token: s.Token, Options: s.Options, Name: r.form.get("name")})
	})
}

func (r *request) addPasskey() error {
	err := r.net.AddPasskey(r.ctx, r.by, r.form.raw("token"), r.form.get("name"), r.form.raw("credential"))
	if e, ok := refusal(err); ok {
		return r.showNewPasskey(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/account", "passkey_added")
}

func (r *request) removePasskey() error {
	if err := r.net.RemovePasskey(r.ctx, r.by, r.param("id")); err != nil {
		return err
	}
	return r.to("/account", "passkey_removed")
}
