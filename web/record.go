package web

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

// record is the record that a page is about: the provider's own, or the one
// of the directory that the path names; and the page it stands on.
func (r *request) record() (id models.ProviderID, at string) {
	if r.realm == providerRealm {
		return r.by.ProviderID, "/provider/record"
	}
	id = models.ProviderID(r.param("id"))
	return id, "/providers/" + string(id)
}

func (r *request) ownRecord() error { return r.showKept(fiber.StatusOK, view.Form{}) }

// showKept is the page of the record, for whoever keeps it.
func (r *request) showKept(status int, form view.Form) error {
	if r.realm != providerRealm {
		return r.showProvider(status, form)
	}
	return r.show(status, "My record", func(p view.Page) templ.Component { return view.OwnRecord(p, form, r.provider) })
}

// verifyProvider is the one tap "still right".
func (r *request) verifyProvider() error {
	id, at := r.record()
	p, err := r.net.VerifyProvider(r.once("verify"), r.by, id)
	if err != nil {
		return err
	}
	if r.realm == practiceRealm {
		at = "/providers/" + string(p.ID)
	}
	return r.to(at, "record_verified")
}

// changeProvider keeps a record right: the provider's own, or any while nobody
// signs in for it. A field that the form does not have stays as it is.
func (r *request) changeProvider() error {
	id, at := r.record()
	c := models.ProviderChange{Credentials: r.form.maybe("credentials"), Taxonomy: r.form.maybe("taxonomy"), Phone: r.form.maybe("phone"),
		Accepting: said[models.Accepting](r.form, "accepting"), PreferredChannel: said[models.Channel](r.form, "preferred_channel"), Verified: r.form.ticked("verified")}
	if given, family := r.form.maybe("name/given"), r.form.maybe("name/family"); given != nil && family != nil {
		c.Name = &models.PersonName{Given: *given, Family: *family}
	}
	_, err := r.net.ChangeProvider(models.WithIfMatch(r.once("change"), r.version()), r.by, id, c)
	if e, ok := refusal(err); ok {
		return r.showKept(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to(at, "provider_saved")
}

// maybe is a field's value, nil where the form has no such field.
func (f form) maybe(name string) *string {
	if len(f.values[name]) == 0 {
		return nil
	}
	s := f.get(name)
	return &s
}

// said is maybe for a word of a list.
func said[K ~string](f form, name string) *K {
	s := f.maybe(name)
	if s == nil {
		return nil
	}
	k := K(*s)
	return &k
}

func (r *request) officePage() error { return r.showOffice(fiber.StatusOK, view.Form{}) }

// showOffice is the form of the office that the path names, or of a new one.
func (r *request) showOffice(status int, form view.Form) error {
	id, at := r.record()
	x, err := r.net.Provider(r.ctx, r.by, id)
	if err != nil {
		return err
	}
	v := view.OfficeView{Provider: x, At: at, Action: at + "/offices/new", Prefix: "office", Own: r.realm == providerRealm}
	if o := models.OfficeID(r.param("office")); o != "" {
		i := slices.IndexFunc(x.Offices, func(known models.Office) bool { return known.ID == o })
		if i < 0 {
			return fault.Missing("office")
		}
		v.Office, v.Action, v.Prefix = x.Offices[i], at+"/offices/"+string(o), "offices/0"
	}
	return r.show(status, v.Title(), func(p view.Page) templ.Component { return view.Office(p, form, v) })
}

// saveOffice writes what was typed of an office: as a correction, or as one
// more place where the provider works.
func (r *request) saveOffice() error {
	f, c := r.form, models.ProviderChange{}
	if id := models.OfficeID(r.param("office")); id != "" {
		const at = "offices/0"
		address, hours := f.address(at+"/address"), f.hours(at)
		c.Offices = []models.OfficeChange{{ID: id, Name: f.maybe(at + "/name"), Address: &address, Phone: f.maybe(at + "/phone"), Fax: f.maybe(at + "/fax"),
			Email: f.maybe(at + "/email"), PreferredChannel: said[models.Channel](f, at+"/preferred_channel"), TimeZone: f.maybe(at + "/time_zone"), Hours: &hours}}
	} else {
		const at = "office"
		c.Joins = &models.Office{Name: f.get(at + "/name"), Address: f.address(at + "/address"), Phone: f.get(at + "/phone"), Fax: f.get(at + "/fax"),
			Email: f.get(at + "/email"), PreferredChannel: models.Channel(f.get(at + "/preferred_channel")), TimeZone: f.get(at + "/time_zone"), Hours: f.hours(at)}
	}
	return r.changeOffices(c, "office_saved")
}

// leaveOffice takes an office off the record.
func (r *request) leaveOffice() error {
	return r.changeOffices(models.ProviderChange{Leaves: []models.OfficeID{models.OfficeID(r.param("office"))}}, "office_left")
}

func (r *request) changeOffices(c models.ProviderChange, done string) error {
	id, at := r.record()
	_, err := r.net.ChangeProvider(models.WithIfMatch(r.once("office"), r.version()), r.by, id, c)
	if e, ok := refusal(err); ok {
		form := view.Form{Values: r.form.values, Refusal: e}
		if len(c.Leaves) > 0 {
			form.Values = nil // the page begins anew: nothing was typed
		}
		return r.showOffice(statusOf(err), form)
	}
	if err != nil {
		return err
	}
	return r.to(at, done)
}

// address reads the lines of an address.
func (f form) address(at string) models.Address {
	return models.Address{Line1: f.get(at + "/line1"), Line2: f.get(at + "/line2"), City: f.get(at + "/city"), State: f.get(at + "/state"), PostalCode: f.get(at + "/postal_code")}
}

// hours reads the hours of a week. Midnight ends a day; Tuesday to Friday may
// be asked to be as Monday.
func (f form) hours(at string) []models.OpenHours {
	var out []models.OpenHours
	for i, day := range models.Weekdays {
		from := day
		if i < 5 && f.ticked(at+"/same") {
			from = models.Weekdays[0]
		}
		for n := range 3 {
			name := at + "/hours/" + from + "/" + strconv.Itoa(n)
			h := models.OpenHours{Day: day, From: f.get(name + "/from"), Until: f.get(name + "/until")}
			if h.Until == "00:00" {
				h.Until = "24:00"
			}
			if h.From+h.Until != "" {
				out = append(out, h)
			}
		}
	}
	return out
}
