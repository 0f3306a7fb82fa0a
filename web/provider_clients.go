package web

import (
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/web/view"
)

// sharedRoutes are what practices share of their clients with a provider.
func (p *portal) sharedRoutes(app *fiber.App) {
	p.get(app, "/provider/clients", providerRealm, (*request).sharedClientsPage)
	p.search(app, "/provider/clients", providerRealm, (*request).sharedClientsPage)
	p.get(app, "/provider/clients/:practice/:client", providerRealm, (*request).sharedClientPage)
	p.get(app, "/provider/releases/:id/document", providerRealm, (*request).releaseDocument)
}

// sharedClientsPage finds a provider's patients by name. The name is sent as a
// form, so that it stands in no address and no history.
func (r *request) sharedClientsPage() error {
	f := view.Find{Q: r.form.get("q")}
	list, err := r.net.SharedClients(r.ctx, r.by, f.Q, models.Page{Limit: pageSize, Cursor: r.after()})
	if err != nil {
		return err
	}
	return r.show(fiber.StatusOK, "Patients", func(p view.Page) templ.Component {
		return view.SharedClients(p, f, list.Items, list.NextCursor)
	})
}

// sharedClientPage is one of them, as far as the release goes, in the hours of
// the practice that looks after them.
func (r *request) sharedClientPage() error {
	v, err := r.net.SharedClient(r.ctx, r.by, models.PracticeID(r.param("practice")), models.ClientID(r.param("client")))
	if err != nil {
		return err
	}
	s := view.SharedClientView{SharedClient: v.SharedClient, Orders: v.Orders, Sessions: v.Sessions, More: v.More, Booked: v.Booked,
		Trends: view.Trends(v.Measured), Measured: v.Measured, Reports: v.Reports, Prepares: r.by.May(models.OrderPrescription) == nil}
	for _, x := range v.Releases {
		s.Releases = append(s.Releases, view.ReleaseLine{Release: x.Release, Status: x.Status})
	}
	return r.show(fiber.StatusOK, "Patient", func(p view.Page) templ.Component {
		if loc, err := time.LoadLocation(v.TimeZone); err == nil {
			p.Loc = loc
		}
		p.Wide = true
		return view.SharedClientPage(p, s)
	})
}
