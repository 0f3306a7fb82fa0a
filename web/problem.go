package web

import (
	"github.com/gofiber/fiber/v2"

	"rapport/api/wire"
	"rapport/models/fault"
	"rapport/web/view"
)

// problem shows a refusal as a page: its sentence, what would be allowed, and
// a way on. It never shows the cause.
func (p *portal) problem(c *fiber.Ctx, e *wire.Problem) error {
	r, known := c.Locals(requestKey{}).(*request)
	if !known {
		r = p.passerBy(c)
	}
	page, err := r.page(view.ProblemTitle(e.Status))
	if err != nil {
		return err
	}
	refusal := &fault.Error{Code: e.Code, Text: e.Detail, Violations: e.Violations}
	return r.send(e.Status, view.Problem(page, e.Status, refusal, e.RequestID))
}

// passerBy asked for something that is no page: whoever is signed in keeps
// their ways to go, anybody else reads the refusal alone.
func (p *portal) passerBy(c *fiber.Ctx) *request {
	for _, at := range []realm{practiceRealm, providerRealm} {
		r := &request{portal: p, c: c, ctx: c.UserContext(), by: wire.Actor(c.UserContext())}
		if value := p.cookie(c, at.cookie()); value != "" && r.recognise(at, value) == nil {
			return r
		}
	}
	return &request{portal: p, c: c, ctx: c.UserContext(), by: wire.Actor(c.UserContext())}
}

// requestKey keeps the request, so that a refusal stands in the same frame as
// the page that was asked for.
type requestKey struct{}
