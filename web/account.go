package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/web/view"
)

// accountPage shows how the person signs in, and where they are signed in now.
func (r *request) accountPage() error {
	a, err := r.net.Account(r.ctx, r.by)
	if err != nil {
		return err
	}
	v := view.Account{Email: a.User.Email, Treats: a.User.TreatsSomewhere(), Licence: a.User.Licence, OTP: a.OTP, SignIns: a.SignIns, Here: r.by.SignInID, Passkeys: a.Passkeys, Offered: r.net.PasskeysOffered()}
	return r.show(fiber.StatusOK, "Your sign-in", func(p view.Page) templ.Component { return view.YourSignIn(p, v) })
}

func (r *request) passwordPage() error { return r.showPassword(fiber.StatusOK, view.Form{}) }

func (r *request) showPassword(status int, form view.Form) error {
	return r.show(status, "Change the password", func(p view.Page) templ.Component { return view.ChangePassword(p, form) })
}

// changePassword replaces the person's own password.
func (r *request) changePassword() error {
	err := r.net.ChangePassword(r.ctx, r.by, r.form.raw("old_password"), r.form.raw("password"))
	if e, ok := refusal(err); ok {
		return r.showPassword(statusOf(err), view.Form{Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/account", "password_changed")
}

// endSession ends one of the person's sessions; their own leads to the door.
func (r *request) endSession() error {
	id := models.SignInID(r.param("id"))
	if id == r.by.SignInID {
		return r.signOut()
	}
	if err := r.net.EndSignIn(r.ctx, r.by, id); err != nil {
		return err
	}
	return r.to("/account", "session_ended")
}

func (r *request) licencePage() error { return r.showLicence(fiber.StatusOK, view.Form{}) }

func (r *request) showLicence(status int, form view.Form) error {
	a, err := r.net.Account(r.ctx, r.by)
	if err != nil {
		return err
	}
	return r.show(status, "Your licence", func(p view.Page) templ.Component { return view.OwnLicence(p, form, a.User.Licence) })
}

// changeLicence replaces the therapist's own licence.
func (r *request) changeLicence() error {
	licence, err := r.licenceOfForm()
	if err == nil {
		_, err = r.net.ChangeOwnLicence(r.once("licence"), r.by, licence)
		err = under(err, "licence")
	}
	if e, ok := refusal(err); ok {
		return r.showLicence(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/account", "licence_changed")
}
