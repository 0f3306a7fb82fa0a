package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/referral"
	"rapport/web/view"
)

// otpPage offers an authenticator app to who has none, and new recovery codes
// or the way out to who has one.
func (r *request) otpPage() error { return r.showOTP(fiber.StatusOK, view.Form{}) }

func (r *request) showOTP(status int, form view.Form) error {
	a, err := r.net.Account(r.ctx, r.by)
	if err != nil {
		return err
	}
	return r.show(status, "Authenticator app", func(p view.Page) templ.Component { return view.SecondFactor(p, form, a.OTP) })
}

// startOTP shows a fresh secret; the first code of it comes to confirmOTP.
func (r *request) startOTP() error {
	e, err := r.net.StartOTP(r.ctx, r.by, r.form.raw("password"))
	if f, ok := refusal(err); ok {
		return r.showOTP(statusOf(err), view.Form{Refusal: f})
	}
	if err != nil {
		return err
	}
	return r.showEnrolment(fiber.StatusOK, view.Form{}, e)
}

func (r *request) showEnrolment(status int, form view.Form, e referral.Enrolment) error {
	return r.show(status, "Set up the app", func(p view.Page) templ.Component {
		return view.Enrol(p, form, view.Enrolment{Secret: e.Secret, URI: e.URI, Picture: e.Picture})
	})
}

// confirmOTP turns the second factor on and shows the recovery codes, once.
func (r *request) confirmOTP() error {
	codes, err := r.net.ConfirmOTP(r.ctx, r.by, r.form.get("otp"))
	f, ok := refusal(err)
	switch {
	case ok && f.Code == "otp.wrong":
		e, err := r.net.DrawnOTP(r.ctx, r.by)
		if err != nil {
			return err
		}
		return r.showEnrolment(statusOf(f), view.Form{Refusal: f}, e)
	case ok:
		return r.showOTP(statusOf(err), view.Form{Refusal: f})
	case err != nil:
		return err
	}
	return r.showCodes(codes)
}

func (r *request) showCodes(codes []string) error {
	return r.show(fiber.StatusOK, "Recovery codes", func(p view.Page) templ.Component { return view.RecoveryCodes(p, codes) })
}

// changeOTP makes new recovery codes or turns the second factor off.
func (r *request) changeOTP() error {
	password, code := r.form.raw("password"), r.form.get("otp")
	var codes []string
	var err error
	if r.form.get("act") == "remove" {
		err = r.net.RemoveOTP(r.ctx, r.by, password, code)
	} else {
		codes, err = r.net.RenewRecoveryCodes(r.ctx, r.by, password, code)
	}
	if f, ok := refusal(err); ok {
		return r.showOTP(statusOf(err), view.Form{Refusal: f})
	}
	if err != nil {
		return err
	}
	if codes != nil {
		return r.showCodes(codes)
	}
	return r.to("/account", "otp_removed")
}
