package web

import (
	"cmp"
	"errors"
	"slices"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
	"rapport/web/view"
)

func (r *request) contactPage() error { return r.showContact(fiber.StatusOK, view.Form{}) }

// showContact is the form of the contact log: with whom, what came of it, save.
func (r *request) showContact(status int, form view.Form) error {
	if err := r.by.May(models.WriteRelationships); err != nil {
		return err
	}
	v := view.ContactForm{ProviderID: cmp.Or(r.query("provider"), r.form.get("provider_other"), r.form.get("provider_id")), ClientID: r.query("client")}
	list, err := r.net.Relationships(r.ctx, r.by, referral.RelationshipQuery{}, models.Page{Limit: 500})
	if err != nil {
		return err
	}
	v.Near, v.Far = view.WhoToCall(list.Items, v.ProviderID)
	if v.Directory, err = r.directory(); err != nil {
		return err
	}
	if v.Directory, err = r.chosen(v.Directory, models.ProviderID(v.ProviderID)); err != nil {
		return err
	}
	if v.ProviderID != "" {
		rel, err := r.net.RelationshipWith(r.ctx, r.by, models.ProviderID(v.ProviderID))
		if err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
		v.Relationship = rel.Relationship
		v.Zone, v.Staff = rel.Zone, rel.Staff
	}
	clients, err := r.net.Clients(r.ctx, r.by, "", models.Page{Limit: 200})
	if err != nil {
		return err
	}
	for _, c := range clients.Items {
		v.Clients = append(v.Clients, view.Option{Value: string(c.ID), Label: c.Name.String()})
	}
	if !slices.ContainsFunc(v.Clients, func(o view.Option) bool { return o.Value == v.ClientID }) {
		v.ClientID = "" // nobody of ours, or not on the list
	}
	return r.show(status, "Log a contact", func(p view.Page) templ.Component { return view.LogContact(p, form, v) })
}

// logContact writes one line of the log. The relationship begins with it,
// where there is none yet.
func (r *request) logContact() error {
	provider := models.ProviderID(r.form.get("provider_id"))
	if other := r.form.get("provider_other"); other != "" {
		provider = models.ProviderID(other)
	}
	var l fault.List
	if provider == "" {
		l.Add("contact.whom", "/provider_id", "Choose with whom.")
	}
	d := r.contactDraft(&l)
	err := l.Invalid("The contact needs correction.")
	if err == nil {
		var rel referral.RelationshipView
		if rel, err = r.net.Relate(r.ctx, r.by, provider); err == nil {
			_, err = r.net.LogContact(r.once("contact"), r.by, rel.ID, d)
		}
	}
	if e, ok := refusal(err); ok {
		return r.showContact(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/providers/"+string(provider), "contact_logged")
}

func (r *request) contactDraft(l *fault.List) models.ContactDraft {
	f := r.form
	d := models.ContactDraft{At: r.moment("at", l), Channel: models.ContactChannel(f.get("channel")), Direction: f.get("direction"), StaffID: models.StaffID(f.get("with/staff_id")), WithName: f.get("with/name"),
		WithRole: f.get("with/role"), Outcome: models.ContactOutcome(f.get("outcome")), Note: f.get("note"), NextStep: f.get("next_step/what"),
		NextStepOn: f.date("next_step/due_on", l), Checklist: f.checklist(l), Said: keys[models.Category](f.list("said")), AlreadySaid: f.ticked("already_said")}
	if c := f.get("client_id"); c != "" {
		d.Clients = []models.ClientID{models.ClientID(c)}
	} else {
		d.Said, d.AlreadySaid = nil, false // ticked in advance, and nobody was spoken of
	}
	if f.get("call_back/on")+f.get("call_back/at") != "" {
		d.CallBack = &models.CallBack{On: f.date("call_back/on", l), At: f.get("call_back/at")}
	}
	if f.get("promise/what") != "" {
		d.Promise = &models.PromiseDraft{OwedBy: models.OwedBy(f.get("promise/owed_by")), Kind: models.PromiseKind(f.get("promise/kind")), What: f.get("promise/what"),
			DueOn: f.date("promise/due_on", l)}
		if len(d.Clients) > 0 {
			d.Promise.ClientID = d.Clients[0]
		}
	}
	return d
}

// checklist reads the typed answers of the script.
func (f form) checklist(l *fault.List) models.Checklist {
	c := models.Checklist{Script: f.get("checklist/script"), CurrentTherapist: f.get("checklist/current_therapist"), ReferralList: models.ReferralList(f.get("checklist/referral_list")),
		AcceptingNew: models.Accepting(f.get("checklist/accepting_new")), PacketWanted: models.Channel(f.get("checklist/packet_wanted"))}
	for name, to := range map[string]**bool{"introduced": &c.Introduced, "contact_allowed": &c.ContactAllowed, "few_minutes_with_doctor": &c.FewMinutesWithDoctor} {
		if s := f.get("checklist/" + name); s != "" {
			yes := s == "yes"
			*to = &yes
		}
	}
	if s := f.get("checklist/massage_referrals_per_month"); s != "" {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			l.Add("field.number", "/checklist/massage_referrals_per_month", "Write a number here.")
		}
		c.MassageReferralsPerMonth = &n
	}
	return c
}

// relationshipsPage lists whom the practice knows, in the order asked for.
func (r *request) relationshipsPage() error {
	sort := models.RelationshipOrder(r.query("sort"))
	list, err := r.net.Relationships(r.ctx, r.by, referral.RelationshipQuery{Sort: sort}, models.Page{Limit: pageSize, Cursor: r.query("after")})
	if err != nil {
		return err
	}
	return r.show(fiber.StatusOK, "Doctors", func(p view.Page) templ.Component { return view.Relationships(p, sort, list.Items, list.NextCursor) })
}

// relation is what a provider's page shows of the practice's relationship.
func (r *request) relation(id models.ProviderID) (*view.Relation, error) {
	if r.by.May(models.ReadRelationships) != nil {
		return nil, nil
	}
	v := &view.Relation{Provider: id}
	rel, err := r.net.RelationshipWith(r.ctx, r.by, id)
	if errors.Is(err, fault.NotFound) {
		return v, nil
	}
	if err != nil {
		return nil, err
	}
	v.Known, v.Relationship, v.DaysSince, v.Overdue, v.Zone, v.Staff = true, rel.Relationship, rel.DaysSince, rel.Overdue, rel.Zone, rel.Staff
	log, err := r.net.Contacts(r.ctx, r.by, referral.ContactQuery{RelationshipID: rel.ID}, models.Page{Limit: 20})
	if err != nil {
		return nil, err
	}
	v.Contacts = log.Items
	promises, err := r.net.Promises(r.ctx, r.by, referral.PromiseQuery{RelationshipID: rel.ID}, models.Page{Limit: 20})
	if v.Promises = promises.Items; err != nil {
		return nil, err
	}
	v.Health, err = r.net.Health(r.ctx, r.by, rel.ID)
	return v, err
}

func (r *request) relationshipPage() error { return r.showRelationship(fiber.StatusOK, view.Form{}) }

func (r *request) showRelationship(status int, form view.Form) error {
	rel, err := r.net.RelationshipWith(r.ctx, r.by, models.ProviderID(r.param("id")))
	if errors.Is(err, fault.NotFound) {
		rel, err = r.net.Relate(r.ctx, r.by, models.ProviderID(r.param("id")))
	}
	if err != nil {
		return err
	}
	return r.show(status, "Tier, interval, notes", func(p view.Page) templ.Component {
		return view.EditRelationship(p, form, rel.Relationship, rel.Provider)
	})
}

func (r *request) changeRelationship() error {
	id := models.ProviderID(r.param("id"))
	rel, err := r.net.RelationshipWith(r.ctx, r.by, id)
	if err != nil {
		return err
	}
	var l fault.List
	f := r.form
	tier, days, channel, accepting, notes := models.Tier(f.get("tier")), f.number("wanted_interval_days", &l), models.Channel(f.get("preferred_channel")),
		models.Accepting(f.get("accepting_new")), f.get("notes")
	c := models.RelationshipChange{Tier: &tier, WantedIntervalDays: &days, PreferredChannel: &channel, Notes: &notes}
	if accepting != rel.Accepting {
		c.Accepting = &accepting
	}
	if err = l.Invalid("The relationship needs correction."); err == nil {
		_, err = r.net.ChangeRelationship(r.seen(), r.by, rel.ID, c)
	}
	if e, ok := refusal(err); ok {
		return r.showRelationship(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/providers/"+string(id), "relationship_saved")
}

// promisesPage is what is owed, by us and to us.
func (r *request) promisesPage() error { return r.showPromises(fiber.StatusOK, view.Form{}) }

func (r *request) showPromises(status int, form view.Form) error {
	state := models.PromiseState(r.query("state"))
	if state == "" {
		state = models.PromiseOpen
	}
	list, err := r.net.Promises(r.ctx, r.by, referral.PromiseQuery{State: state}, models.Page{Limit: pageSize, Cursor: r.query("after")})
	if err != nil {
		return err
	}
	rels, err := r.net.Relationships(r.ctx, r.by, referral.RelationshipQuery{}, models.Page{Limit: 500})
	if err != nil {
		return err
	}
	return r.show(status, "Promises", func(p view.Page) templ.Component {
		return view.Promises(p, form, state, list.Items, list.NextCursor, rels.Items)
	})
}

func (r *request) makePromise() error {
	var l fault.List
	f := r.form
	d := models.PromiseDraft{RelationshipID: models.RelationshipID(f.get("relationship_id")), OwedBy: models.OwedBy(f.get("owed_by")), Kind: models.PromiseKind(f.get("kind")),
		What: f.get("what"), DueOn: f.date("due_on", &l)}
	err := l.Invalid("The promise needs correction.")
	if of := models.ReferralID(f.get("referral_id")); err == nil && of != "" {
		_, err = r.net.PromiseOnReferral(r.once("promise"), r.by, of, d)
	} else if err == nil {
		_, err = r.net.Promise(r.once("promise"), r.by, d)
	}
	return r.promiseDone(err, "promise_made")
}

func (r *request) keepPromise() error {
	_, err := r.net.KeepPromise(r.ctx, r.by, models.PromiseID(r.param("id")))
	return r.promiseDone(err, "promise_kept")
}

func (r *request) releasePromise() error {
	_, err := r.net.ReleasePromise(r.ctx, r.by, models.PromiseID(r.param("id")), r.form.get("reason"))
	return r.promiseDone(err, "promise_released")
}

func (r *request) promiseDone(err error, said string) error {
	if e, ok := refusal(err); ok {
		return r.showPromises(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/promises", said)
}

// outreachPage is whom to call next, each with its reason.
func (r *request) outreachPage() error {
	v, err := r.net.Outreach(r.ctx, r.by)
	if err != nil {
		return err
	}
	return r.show(fiber.StatusOK, "Whom to call next", func(p view.Page) templ.Component { return view.Outreach(p, v.Next, v.Funnel) })
}
