package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

func (r *request) newClientPage() error {
	if err := r.by.May(models.WriteClients); err != nil {
		return err
	}
	return r.show(fiber.StatusOK, "New client", func(p view.Page) templ.Component { return view.ClientForm(p, view.Form{}, models.Client{}) })
}

// clientDraft reads the fields of a client.
func (f form) clientDraft(l *fault.List) models.ClientDraft {
	return models.ClientDraft{Name: models.PersonName{Given: f.get("name/given"), Family: f.get("name/family")}, BirthDate: f.date("birth_date", l),
		Email: f.get("email"), Phone: f.get("phone"), ReferredBy: f.get("referred_by")}
}

func (r *request) addClient() error {
	var l fault.List
	c, err := r.net.AddClient(r.once("add"), r.by, r.form.clientDraft(&l))
	if err != nil {
		return r.again(err, "New client", func(p view.Page, f view.Form) templ.Component { return view.ClientForm(p, f, models.Client{}) })
	}
	return r.to("/clients/"+string(c.ID), "client_added")
}

func (r *request) editClientPage() error {
	c, err := r.net.Client(r.ctx, r.by, models.ClientID(r.param("id")))
	if err != nil {
		return err
	}
	return r.show(fiber.StatusOK, "Change details", func(p view.Page) templ.Component { return view.ClientForm(p, view.Form{}, c) })
}

// changeClient saves the details when nobody else changed them meanwhile.
func (r *request) changeClient() error {
	id := models.ClientID(r.param("id"))
	var l fault.List
	_, err := r.net.ChangeClient(r.seen(), r.by, id, r.form.clientDraft(&l))
	if err != nil {
		c, readErr := r.net.Client(r.ctx, r.by, id)
		if readErr != nil {
			return readErr
		}
		return r.again(err, "Change details", func(p view.Page, f view.Form) templ.Component { return view.ClientForm(p, f, c) })
	}
	return r.to("/clients/"+string(id), "client_changed")
}
