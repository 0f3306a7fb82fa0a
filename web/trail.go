package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

// trailFields are the names in the page's address of what is asked, by the
// pointer under which a refusal names them.
var trailFields = map[string]string{"/client_id": "client", "/actor": "who", "/action": "what", "/object_id": "object", "/from": "from", "/until": "until"}

// trailPage is who did what: of the practice, of one client, or of one record.
// The questions stand in the address, which holds ids and days only.
func (r *request) trailPage() error {
	v := view.TrailView{Filter: models.TrailFilter{ClientID: models.ClientID(r.query("client")), Actor: models.UserID(r.query("who")), Action: r.query("what"),
		ObjectID: r.query("object"), From: models.Date(r.query("from")), Until: models.Date(r.query("until"))}, All: r.by.Is(models.Owner)}
	if v.Filter.ClientID != "" {
		c, err := r.net.Client(r.ctx, r.by, v.Filter.ClientID)
		if err != nil {
			return err
		}
		v.Client = c.Name.String()
	}
	status, form := fiber.StatusOK, view.Form{}
	list, err := r.net.AuditTrail(r.ctx, r.by, v.Filter, models.Page{Limit: 2 * pageSize, Cursor: r.query("after")})
	if e, ok := refusal(err); ok && e.Kind == fault.Invalid {
		status, form, v.Refused = statusOf(err), r.trailForm(e), true
	} else if err != nil {
		return err
	}
	v.Lines, v.Next = list.Items, list.NextCursor
	if v.Team, err = r.net.Colleagues(r.ctx, r.by); err != nil {
		return err
	}
	return r.show(status, "Audit trail", func(p view.Page) templ.Component { return view.Trail(p, form, v) })
}

// trailForm is the page's form as it was asked, with what is wrong with it.
func (r *request) trailForm(e *fault.Error) view.Form {
	refused := *e
	refused.Violations = nil
	form := view.Form{Values: map[string][]string{}, Refusal: &refused}
	for _, name := range trailFields {
		form.Values[name] = []string{r.query(name)}
	}
	for _, x := range e.Violations {
		if name, ok := trailFields[x.Pointer]; ok {
			x.Pointer = "/" + name
		}
		if x.Code == "audit.action_unknown" {
			x.Allowed = nil // the form offers them
		}
		refused.Violations = append(refused.Violations, x)
	}
	return form
}
