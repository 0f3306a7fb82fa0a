package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

func (r *request) newReleasePage() error { return r.showNewRelease(fiber.StatusOK, view.Form{}) }

// showNewRelease offers the doctors of the care team first; those who may be
// told are chosen already.
func (r *request) showNewRelease(status int, form view.Form) error {
	if err := r.by.May(models.WriteReleases); err != nil {
		return err
	}
	c, err := r.net.Client(r.ctx, r.by, models.ClientID(r.param("id")))
	if err != nil {
		return err
	}
	f := view.ReleaseForm{Client: c, ExpiresOn: r.today().AddMonths(12), Minor: c.BirthDate.AddMonths(12 * 18).After(r.today())}
	team, err := r.careTeam(c.ID)
	if err != nil {
		return err
	}
	for _, m := range team {
		f.CareTeam = append(f.CareTeam, view.Option{Value: string(m.Provider.ID), Label: m.Provider.DisplayName(), Hint: m.Role})
		if m.MayBeTold {
			f.Chosen = append(f.Chosen, string(m.Provider.ID))
		}
	}
	if f.Directory, err = r.directory(); err != nil {
		return err
	}
	return r.show(status, "New release", func(p view.Page) templ.Component { return view.NewRelease(p, form, f) })
}

// directory are the providers that a form offers.
func (r *request) directory() ([]view.Option, error) {
	list, err := r.net.Providers(r.ctx, r.by, models.ProviderQuery{}, models.Page{Limit: 200})
	if err != nil {
		return nil, err
	}
	var out []view.Option
	for _, p := range list.Items {
		label := p.DisplayName()
		if place := view.PlaceWords(p.Offices); place != "" {
			label += ", " + place
		}
		out = append(out, view.Option{Value: string(p.ID), Label: label})
	}
	return out, nil
}

func (f form) releaseTerms(l *fault.List) models.ReleaseTerms {
	t := models.ReleaseTerms{Categories: keys[models.Category](f.list("categories")), Purpose: models.Purpose(f.get("purpose")),
		ExpiresOn: f.date("expires_on", l), ExpiryEvent: f.get("expiry_event")}
	for _, id := range append(f.list("recipients"), f.list("recipient_other")...) {
		t.Recipients = append(t.Recipients, models.Recipient{ProviderID: models.ProviderID(id)})
	}
	if f.get("payer_name")+f.get("claim_number") != "" {
		t.Recipients = append(t.Recipients, models.Recipient{PayerName: f.get("payer_name"), ClaimNumber: f.get("claim_number")})
	}
	if f.get("person_name")+f.get("person_role")+f.get("person_phone") != "" {
		t.Recipients = append(t.Recipients, models.Recipient{Name: f.get("person_name"), Role: f.get("person_role"), Phone: f.get("person_phone")})
	}
	rep := models.Representative{Name: f.get("representative/name"), Relation: f.get("representative/relation"),
		Authority: f.get("representative/authority"), DocumentSeen: f.get("representative/document_seen")}
	if rep != (models.Representative{}) {
		t.Representative = &rep
	}
	return t
}

func (r *request) draftRelease() error {
	var l fault.List
	terms := r.form.releaseTerms(&l)
	v, err := r.net.DraftRelease(r.once("draft"), r.by, models.ClientID(r.param("id")), terms)
	if e, ok := refusal(err); ok {
		return r.showNewRelease(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/releases/"+string(v.ID), onPaper("release_drafted", v.Warnings))
}
