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
		r = &request{portal: p, c: c, ctx: c.UserContext(), by: wire.Actor(c.UserContext())}
	}
	page, err := r.page(view.ProblemTitle(e.Status))
	if err != nil {
		return err
	}
	refusal := &fault.Error{Text: e.Detail, Violations: e.Violations}
	return r.send(e.Status, view.Problem(page, e.Status, refusal, e.RequestID))
}

// requestKey keeps the request, so that a refusal stands in the same frame as
// the page that was asked for.
type requestKey struct{}
