package web

import (
	"errors"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

// placesPage asks somebody with several places where to act.
func (r *request) placesPage() error {
	me, err := r.net.Me(r.ctx, r.by)
	if err != nil {
		return err
	}
	var list []view.Place
	for _, at := range me.Places() {
		p, err := r.describe(me, at)
		if errors.Is(err, models.ErrPracticeSuspended) {
			continue
		}
		if err != nil {
			return err
		}
		list = append(list, p)
	}
	return r.show(fiber.StatusOK, "Choose where you work", func(p view.Page) templ.Component { return view.Places(p, list) })
}

// describe names a place as the person knows it, seen from there.
func (r *request) describe(me models.User, at models.Place) (view.Place, error) {
	a, _, err := r.net.PortalActor(r.ctx, r.secret, models.PracticeID(placeID(at)))
	if err != nil {
		return view.Place{}, err
	}
	v := view.Place{ID: placeID(at), Roles: view.RoleWords(a.Roles...), Here: a.PracticeID == r.by.PracticeID && a.ProviderID == r.by.ProviderID, Name: "This server"}
	switch {
	case at.ProviderID != "":
		p, err := r.net.Provider(r.ctx, a, at.ProviderID)
		if err != nil {
			return v, err
		}
		v.Name = p.DisplayName()
	case at.PracticeID != "":
		p, err := r.net.Practice(r.ctx, a)
		if err != nil {
			return v, err
		}
		v.Name = p.Name
	}
	return v, nil
}

// choosePlace moves the session's cookie to the realm of the place.
func (r *request) choosePlace() error {
	id := r.form.get("place")
	a, _, err := r.net.PortalActor(r.ctx, r.secret, models.PracticeID(id))
	if errors.Is(err, models.ErrPracticeSuspended) {
		return err
	}
	if err != nil || id == "" {
		return fault.Missing("place where you hold a role")
	}
	at := realmOf(a.ProviderID)
	r.dropCookie(r.c, practiceCookie)
	r.dropCookie(r.c, providerCookie)
	r.setCookie(r.c, at.cookie(), sessionValue(r.secret, id), 0)
	return r.to(at.home(), "")
}
