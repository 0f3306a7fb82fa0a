package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/web/view"
)

const pageSize = 50

// clientsPage finds clients by name. The name is sent as a form, so that it
// stands in no address and no history.
func (r *request) clientsPage() error {
	q := r.form.get("q")
	list, err := r.net.Clients(r.ctx, r.by, q, models.Page{Limit: pageSize, Cursor: r.after()})
	if err != nil {
		return err
	}
	return r.show(fiber.StatusOK, "Clients", func(p view.Page) templ.Component {
		return view.Clients(p, q, list.Items, list.NextCursor)
	})
}

// after is where the next part of a list begins.
func (r *request) after() string {
	if a := r.form.get("after"); a != "" {
		return a
	}
	return r.query("after")
}
