package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/web/view"
)

// serverRoutes are for those who run the server.
func (p *portal) serverRoutes(app *fiber.App) {
	p.get(app, "/server", practiceRealm, (*request).serverPage)
	p.post(app, "/server/practices", practiceRealm, (*request).makePractice)
	p.get(app, "/server/practices/:id/owner", practiceRealm, (*request).ownerPage)
	p.post(app, "/server/practices/:id/owner", practiceRealm, (*request).askOwner)
	p.always(app, "/server/practices/:id/suspend", practiceRealm, func(r *request) error { return r.suspendPractice(true, "practice_suspended") })
	p.post(app, "/server/practices/:id/resume", practiceRealm, func(r *request) error { return r.suspendPractice(false, "practice_resumed") })
}

// runsServer says that somebody acts as an operator and as nothing else.
func (r *request) runsServer() bool {
	return r.by.Is(models.Operator) && !r.by.Is(models.Owner, models.Therapist, models.FrontDesk)
}

func (r *request) serverPage() error { return r.showServer(fiber.StatusOK, view.Form{}) }

func (r *request) showServer(status int, form view.Form) error {
	l, err := r.net.PracticeStates(r.ctx, r.by, models.Page{Limit: pageSize, Cursor: r.query("after")})
	if err != nil {
		return err
	}
	v := view.ServerView{Practices: l.Items, Next: l.NextCursor}
	return r.show(status, "The server", func(p view.Page) templ.Component { return view.Server(p, form, v) })
}

func (r *request) suspendPractice(suspended bool, said string) error {
	if _, err := r.net.SuspendPractice(r.once("suspension"), r.by, models.PracticeID(r.param("id")), suspended); err != nil {
		return err
	}
	return r.to("/server", said)
}

func (r *request) ownerPage() error { return r.showOwner(fiber.StatusOK, view.Form{}) }

func (r *request) showOwner(status int, form view.Form) error {
	s, err := r.net.ServerPractice(r.ctx, r.by, models.PracticeID(r.param("id")))
	if err != nil {
		return err
	}
	return r.show(status, "Ask the owner in", func(p view.Page) templ.Component { return view.AskOwner(p, form, s) })
}

// askOwner mails the owner's link again, perhaps to another address.
func (r *request) askOwner() error {
	_, err := r.net.AskOwner(r.once("owner"), r.by, models.PracticeID(r.param("id")), r.form.get("name"), r.form.get("email"))
	if e, ok := refusal(err); ok {
		return r.showOwner(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/server", "owner_asked")
}

// makePractice asks the owner in by mail: nobody else knows their password.
func (r *request) makePractice() error {
	f := r.form
	_, err := r.net.CreatePractice(r.once("practice"), r.by, models.PracticeDraft{Name: f.get("name"), TimeZone: f.get("time_zone"),
		OwnerName: f.get("owner/name"), OwnerEmail: f.get("owner/email")})
	if e, ok := refusal(err); ok {
		return r.showServer(statusOf(err), view.Form{Values: f.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/server", "practice_made")
}
