package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/web/view"
)

// trailPage is who did what: of the practice, of one client, or of one record.
// The questions stand in the address, which holds ids and days only.
func (r *request) trailPage() error {
	v := view.TrailView{Filter: models.TrailFilter{ClientID: models.ClientID(r.query("client")), Actor: models.UserID(r.query("who")), Action: r.query("what"),
		ObjectID: r.query("object"), From: models.Date(r.query("from")), Until: models.Date(r.query("until"))}, All: r.by.Is(models.Owner)}
	status, form := fiber.StatusOK, view.Form{}
	if err := v.Filter.Validate(); err != nil {
		form.Refusal, _ = refusal(err)
		status, v.Filter = statusOf(err), models.TrailFilter{ClientID: v.Filter.ClientID, ObjectID: v.Filter.ObjectID}
	}
	if v.Filter.ClientID != "" {
		c, err := r.net.Client(r.ctx, r.by, v.Filter.ClientID)
		if err != nil {
			return err
		}
		v.Client = c.Name.String()
	}
	list, err := r.net.AuditTrail(r.ctx, r.by, v.Filter, models.Page{Limit: pageSize, Cursor: r.query("after")})
	if err != nil {
		return err
	}
	v.Lines, v.Next = list.Items, list.NextCursor
	if v.Team, err = r.net.Colleagues(r.ctx, r.by); err != nil {
		return err
	}
	return r.show(status, "Audit trail", func(p view.Page) templ.Component { return view.Trail(p, form, v) })
}
