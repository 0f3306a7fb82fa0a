package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/web/view"
)

func (r *request) introductionsPage() error {
	return r.showIntroductions(fiber.StatusOK, view.Form{})
}

// showIntroductions is to whom of a client's doctors the practice could
// introduce itself.
func (r *request) showIntroductions(status int, form view.Form) error {
	c, err := r.net.Client(r.ctx, r.by, models.ClientID(r.param("id")))
	if err != nil {
		return err
	}
	list, err := r.net.Introductions(r.ctx, r.by, c.ID)
	if err != nil {
		return err
	}
	return r.show(status, "Introduce us", func(p view.Page) templ.Component { return view.Introductions(p, form, c, list) })
}

// introduce begins it and opens the form of the call, or the packet's page.
func (r *request) introduce() error {
	client, to := models.ClientID(r.param("id")), models.ProviderID(r.form.get("provider_id"))
	i, err := r.net.Introduce(r.once("introduce"), r.by, client, to)
	if e, ok := refusal(err); ok {
		return r.showIntroductions(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	if r.form.get("act") == "packet" {
		return r.to("/providers/"+string(to)+"/packet", "introducing")
	}
	call := "/contacts/new?provider=" + string(to)
	if i.MayName() != "" {
		call += "&client=" + string(client)
	}
	return r.to(call, "introducing")
}
