package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

// invitationPage lets an invited person choose a password, or prove the one
// they have. It names nobody.
func (r *request) invitationPage() error { return r.showInvitation(fiber.StatusOK, view.Form{}) }

func (r *request) showInvitation(status int, form view.Form) error {
	known, err := r.net.OpenInvitation(r.ctx, r.by, r.param("token"))
	if err != nil {
		return err
	}
	return r.show(status, "Welcome to Rapport", func(p view.Page) templ.Component {
		return view.Invitation(p, form, models.LinkInvitation.Path()+r.param("token"), known)
	})
}

func (r *request) acceptInvitation() error {
	if !r.https && !r.plainHTTP(r.c) {
		return errPlain
	}
	s, err := r.net.AcceptInvitationInPortal(r.ctx, r.by, r.param("token"), r.form.raw("password"), r.form.get("otp"))
	if e, ok := fault.As(err); ok && (e.Kind == fault.Invalid || e.Kind == fault.Unauthenticated || e.Kind == fault.RateLimited) {
		return r.showInvitation(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.settle(s.Secret, "")
}
