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

// find reads what somebody looks for in a list. Like a client's name anywhere,
// it is sent as a form and stands in no address. A status that is none of those
// offered is left out.
func find[K ~string](r *request, statuses []K, words func(K) view.State) view.Find {
	f := view.Find{Q: r.form.get("q")}
	for _, s := range statuses {
		f.Offered = append(f.Offered, view.Option{Value: string(s), Label: words(s).Words})
		if string(s) == r.form.get("status") {
			f.Status = string(s)
		}
	}
	return f
}
