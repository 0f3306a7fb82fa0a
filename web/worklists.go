package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/referral"
	"rapport/web/view"
)

// worklistsPage is everything that is open, or one list of it: whose turn it
// is, which clock runs, and one tap to the act.
func (r *request) worklistsPage() error {
	v := view.WorklistsView{Name: models.Worklist(r.query("list")), Side: models.OwedBy(r.query("side"))}
	var err error
	if v.Counts, err = r.net.Worklists(r.ctx, r.by); err != nil {
		return err
	}
	page, err := r.net.Worklist(r.ctx, r.by, referral.WorklistQuery{Name: v.Name, Side: v.Side}, models.Page{Limit: pageSize, Cursor: r.after()})
	if err != nil {
		return err
	}
	v.Lines, v.Next = page.Items, page.NextCursor
	return r.show(fiber.StatusOK, "Worklists", func(p view.Page) templ.Component { return view.Worklists(p, v) })
}
