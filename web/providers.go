package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/referral"
	"rapport/web/view"
)

// providersPage is the directory that all practices share.
func (r *request) providersPage() error {
	q := models.ProviderQuery{Q: r.form.get("q"), City: r.form.get("city"), Discipline: r.form.get("discipline"), Near: r.form.get("near"), Accepting: models.Accepting(r.form.get("accepting"))}
	if models.ValidNPI(q.Q) { // one line takes names and numbers
		q.Q, q.NPI = "", q.Q
	}
	list, err := r.net.Providers(r.ctx, r.by, q, models.Page{Limit: pageSize, Cursor: r.after()})
	form, status := view.Form{Values: r.form.values}, fiber.StatusOK
	if e, ok := refusal(err); ok {
		form.Refusal, status = e, statusOf(err)
	} else if err != nil {
		return err
	}
	return r.show(status, "Directory", func(p view.Page) templ.Component { return view.Providers(p, form, list.Items, list.NextCursor) })
}

func (r *request) duplicatesPage() error {
	return r.showDuplicates(fiber.StatusOK, view.Form{}, models.ProviderID(r.param("id")))
}

func (r *request) showDuplicates(status int, form view.Form, id models.ProviderID) error {
	x, err := r.net.Provider(r.ctx, r.by, id)
	if err != nil {
		return err
	}
	list, err := r.net.Duplicates(r.ctx, r.by, id)
	if err != nil {
		return err
	}
	return r.show(status, "Is this provider here twice?", func(p view.Page) templ.Component { return view.Duplicates(p, form, x, list) })
}

// mergeProvider makes one of two records an alias of the other.
func (r *request) mergeProvider() error {
	into := models.ProviderID(r.form.get("into"))
	p, err := r.net.MergeProviders(r.once("merge"), r.by, models.ProviderID(r.param("id")), into)
	if e, ok := refusal(err); ok {
		return r.showDuplicates(statusOf(err), view.Form{Values: r.form.values, Refusal: e}, into)
	}
	if err != nil {
		return err
	}
	return r.to("/providers/"+string(p.ID), "provider_saved")
}

func (r *request) newProviderPage() error {
	return r.show(fiber.StatusOK, "New provider", func(p view.Page) templ.Component { return view.NewProvider(p, view.Form{}) })
}

func (r *request) addProvider() error {
	f := r.form
	d := models.ProviderDraft{Name: models.PersonName{Given: f.get("name/given"), Family: f.get("name/family")}, Credentials: f.get("credentials"), NPI: f.get("npi"),
		Taxonomy: f.get("taxonomy"), Email: f.get("email"), Phone: f.get("phone")}
	if f.get("office/name") != "" {
		d.Office = &models.Office{Name: f.get("office/name"), Phone: f.get("office/phone"), Fax: f.get("office/fax"),
			PreferredChannel: models.Channel(f.get("office/preferred_channel")), Address: models.Address{Line1: f.get("office/address/line1"),
				City: f.get("office/address/city"), State: f.get("office/address/state"), PostalCode: f.get("office/address/postal_code")}}
	}
	p, err := r.net.AddProvider(r.once("add"), r.by, d)
	if err != nil {
		return r.again(err, "New provider", view.NewProvider)
	}
	return r.to("/providers/"+string(p.ID), "provider_added")
}

func (r *request) providerPage() error { return r.showProvider(fiber.StatusOK, view.Form{}) }

func (r *request) showProvider(status int, form view.Form) error {
	x, err := r.net.Provider(r.ctx, r.by, models.ProviderID(r.param("id")))
	if err != nil {
		return err
	}
	relation, err := r.relation(x.ID)
	if err != nil {
		return err
	}
	var referrals models.List[models.ReferralView]
	if r.by.May(models.ReadReferrals) == nil {
		if referrals, err = r.net.Referrals(r.ctx, r.by, referral.ReferralQuery{ProviderID: x.ID}, models.Page{Limit: 10}); err != nil {
			return err
		}
	}
	return r.show(status, x.DisplayName(), func(p view.Page) templ.Component {
		return view.ProviderPage(p, form, x, relation, referrals.Items, r.by.May(models.WriteReports) == nil)
	})
}

// inviteProvider mails a link by which a provider, or their staff, may sign in.
func (r *request) inviteProvider() error {
	id := models.ProviderID(r.param("id"))
	_, err := r.net.InviteProvider(r.once("invite"), r.by, id, r.form.get("email"), models.Role(r.form.get("role")), r.form.get("name"))
	if e, ok := refusal(err); ok {
		return r.showProvider(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/providers/"+string(id), "invited")
}

// confirmAddress says that the practice asked the provider for this address.
func (r *request) confirmAddress() error {
	id, address := models.ProviderID(r.param("id")), r.form.get("address")
	_, err := r.net.ChangeProvider(models.WithIfMatch(r.once("address"), r.version()), r.by, id, models.ProviderChange{Email: &address, Verified: true})
	if e, ok := refusal(err); ok {
		return r.showProvider(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/providers/"+string(id), "address_confirmed")
}
