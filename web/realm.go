package web

import (
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/models/fault"
)

type page func(*request) error

// get adds a page that changes nothing. HEAD works like GET.
func (p *portal) get(app *fiber.App, path string, where realm, show page) {
	app.Get(path, func(c *fiber.Ctx) error {
		r, err := p.enter(c, where)
		if err != nil {
			return p.door(c, err)
		}
		return show(r)
	})
}

// post adds what a form does: sent from this site, with the session's token.
func (p *portal) post(app *fiber.App, path string, where realm, act page) {
	p.accept(app, path, where, taking{most: wire.MaxBody}, act)
}

// search is post for a form that only looks for something: what is looked for
// stays out of URLs. It is a reading, and goes on while the disk is nearly full.
func (p *portal) search(app *fiber.App, path string, where realm, show page) {
	p.accept(app, path, where, taking{most: wire.MaxBody, always: true}, show)
}

// always is post for what no full disk may hold up: taking access away, and
// signing in and out. It writes a row or two.
func (p *portal) always(app *fiber.App, path string, where realm, act page) {
	p.accept(app, path, where, taking{most: wire.MaxBody, always: true}, act)
}

// upload is post for a form with a scan.
func (p *portal) upload(app *fiber.App, path string, where realm, act page) {
	p.accept(app, path, where, taking{most: wire.MaxUpload}, act)
}

// taking is how a form is taken: the bytes it has at most, and whether it goes
// on while the disk is nearly full.
type taking struct {
	most   int
	always bool
}

func (p *portal) accept(app *fiber.App, path string, where realm, how taking, act page) {
	app.Post(path, func(c *fiber.Ctx) error {
		if len(c.Request().Body()) > how.most {
			return fault.New(fault.TooLarge, "too_large", "This form has at most 1 MiB; a scan belongs to an order.")
		}
		if err := sameSite(c); err != nil {
			return err
		}
		r, err := p.enter(c, where)
		if err != nil {
			return p.door(c, err)
		}
		if r.form, err = readForm(c); err != nil {
			return err
		}
		if err := guarded(r.form.raw("_csrf"), r.token); err != nil {
			return err
		}
		if !how.always {
			if err := wire.Writable(r.ctx); err != nil {
				return err
			}
		}
		return act(r)
	})
}

// enter finds out who asks.
func (p *portal) enter(c *fiber.Ctx, where realm) (*request, error) {
	r := &request{portal: p, c: c, ctx: c.UserContext(), by: wire.Actor(c.UserContext()), realm: where}
	c.Locals(requestKey{}, r)
	if where == nobody {
		return r, r.stranger()
	}
	realms := []realm{where}
	if where == eitherRealm {
		realms = []realm{practiceRealm, providerRealm}
	}
	err := error(fault.New(fault.Unauthenticated, "sign_in.required", "Sign in first."))
	for _, at := range realms {
		value := p.cookie(c, at.cookie())
		if value == "" {
			continue
		}
		if err = r.recognise(at, value); err == nil || !errors.Is(err, fault.Unauthenticated) {
			break
		}
	}
	return r, err
}

// stranger gives forms of people who are not signed in a token of their own,
// kept in a cookie: nobody can be signed in by somebody else's page.
func (r *request) stranger() error {
	r.token = r.cookie(r.c, formCookie)
	if len(r.token) == 32 {
		return nil
	}
	var err error
	r.token, err = r.fresh()
	r.setCookie(r.c, formCookie, r.token, 0)
	return err
}

// recognise turns a cookie into the person, at the place it names.
func (r *request) recognise(at realm, value string) error {
	secret, place := splitSession(value)
	a, csrf, err := r.net.PortalActor(r.ctx, secret, models.PracticeID(place))
	if err != nil {
		return err
	}
	if realmOf(a.ProviderID) != at {
		return fault.New(fault.Unauthenticated, "sign_in.required", "Sign in first.")
	}
	a.IP, a.Agent = r.by.IP, r.by.Agent
	r.by, r.token, r.secret, r.realm = a, csrf, secret, at
	r.ctx = wire.WithActor(r.ctx, a)
	r.c.SetUserContext(r.ctx)
	return r.place()
}

// place reads where the person acts: its name and its zone are on every page.
func (r *request) place() error {
	var err error
	switch {
	case r.by.PracticeID != "":
		r.practice, err = r.net.Practice(r.ctx, r.by)
	case r.by.ProviderID != "":
		if r.provider, err = r.net.Provider(r.ctx, r.by, r.by.ProviderID); err == nil {
			r.zone, err = r.net.LocalZone(r.ctx, r.by)
		}
	}
	return err
}

// door sends somebody who is not signed in to the sign-in page, and back later.
func (p *portal) door(c *fiber.Ctx, err error) error {
	if !errors.Is(err, fault.Unauthenticated) {
		return err
	}
	next := ""
	if c.Method() == fiber.MethodGet && c.Path() != "/" {
		next = "?next=" + url.QueryEscape(c.Path())
	}
	c.Set(fiber.HeaderLocation, "/sign-in"+next)
	return c.SendStatus(fiber.StatusSeeOther)
}
