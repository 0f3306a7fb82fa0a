package web

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
	"rapport/web/view"
)

// referralRoutes are the referrals of both sides: one page in each realm.
func (p *portal) referralRoutes(app *fiber.App) {
	for base, where := range map[string]realm{"/referrals": practiceRealm, "/provider/referrals": providerRealm} {
		p.get(app, base, where, (*request).referralsPage)
		p.get(app, base+"/new", where, (*request).newReferralPage)
		p.post(app, base+"/new", where, (*request).refer)
		p.get(app, base+"/:id", where, (*request).referralPage)
		p.post(app, base+"/:id/act", where, (*request).actOnReferral)
		p.get(app, base+"/:id/packet", where, (*request).referralPacket)
	}
	p.get(app, "/referrals/:id/cover", practiceRealm, (*request).referralCover)
	p.post(app, "/referrals/:id/thank-you", practiceRealm, (*request).thankYouLetter)
}

// referrals is where the realm keeps its referrals.
func (r *request) referrals() string {
	if r.realm == providerRealm {
		return "/provider/referrals"
	}
	return "/referrals"
}

func (r *request) writesReferrals() bool {
	return r.realm == providerRealm || r.by.May(models.WriteReferrals) == nil
}

func (r *request) referralsPage() error {
	l := view.ReferralList{Base: r.referrals(), Direction: r.query("direction"), State: r.query("state"), Open: r.query("open") != "",
		Practice: r.realm == practiceRealm, Writes: r.writesReferrals()}
	list, err := r.net.Referrals(r.ctx, r.by, referral.ReferralQuery{Direction: models.Direction(l.Direction), State: models.ReferralState(l.State), Open: l.Open},
		models.Page{Limit: pageSize, Cursor: r.query("after")})
	if err != nil {
		return err
	}
	l.Items, l.Next = list.Items, list.NextCursor
	if l.Practice {
		if l.RedFlags, err = r.net.RedFlags(r.ctx, r.by); err != nil {
			return err
		}
	}
	return r.show(fiber.StatusOK, "Referrals", func(p view.Page) templ.Component { return view.Referrals(p, l) })
}

func (r *request) newReferralPage() error { return r.showNewReferral(fiber.StatusOK, view.Form{}) }

func (r *request) showNewReferral(status int, form view.Form) error {
	f := view.ReferralForm{Action: r.referrals() + "/new", Practice: r.realm == practiceRealm, Client: r.query("client"), Provider: r.query("provider"),
		RedFlagID: r.query("flag"), Direction: "outbound", Back: r.referrals(), BackName: "Referrals"}
	if r.query("direction") == string(models.Inbound) {
		f.Direction = string(models.Inbound)
	}
	var err error
	if f.Practice {
		err = r.referralChoices(&f)
	} else {
		err = r.providerChoices(&f)
	}
	if err != nil {
		return err
	}
	if id := begun(form.Refusal); id != "" {
		f.Begun = r.referrals() + "/" + string(id)
	}
	return r.show(status, "New referral", func(p view.Page) templ.Component { return view.NewReferral(p, form, f) })
}

// referralChoices offers the practice's clients and the directory.
func (r *request) referralChoices(f *view.ReferralForm) error {
	clients, err := r.net.Clients(r.ctx, r.by, "", models.Page{Limit: 200})
	if err != nil {
		return err
	}
	f.Clients = []view.Option{{Label: "somebody new"}}
	for _, c := range clients.Items {
		f.Clients = append(f.Clients, view.Option{Value: string(c.ID), Label: c.Name.String() + ", born " + view.Born(c.BirthDate)})
	}
	if f.Providers, err = r.directory(); err != nil {
		return err
	}
	if f.Known = len(f.Providers) > 0; f.Provider == "" {
		f.Providers = slices.Insert(f.Providers, 0, view.Option{Label: "choose"}) // nobody is referred to because they stood first
	}
	f.Providers, err = r.chosen(f.Providers, models.ProviderID(f.Provider))
	return err
}

// providerChoices offers the practices that take referrals and the patients
// whom the provider sent before.
func (r *request) providerChoices(f *view.ReferralForm) error {
	practices, err := r.net.Practices(r.ctx, r.by, models.Page{Limit: pageSize})
	if err != nil {
		return err
	}
	for _, p := range practices.Items {
		f.Practices = append(f.Practices, view.Option{Value: string(p.ID), Label: p.Name})
	}
	f.Clients = []view.Option{{Label: "somebody new"}}
	before, err := r.net.Referrals(r.ctx, r.by, referral.ReferralQuery{Direction: models.Inbound}, models.Page{Limit: 100})
	for _, v := range before.Items {
		o := view.Option{Value: string(v.ClientID), Label: v.Client.String()}
		if v.ClientID != "" && !v.Ended && !slices.Contains(f.Clients, o) {
			f.Clients = append(f.Clients, o)
		}
	}
	return err
}

func (r *request) refer() error {
	f := r.form
	var l fault.List
	d := models.ReferralOutline{Direction: models.Direction(f.get("direction")), PracticeID: models.PracticeID(f.get("practice_id")), ClientID: models.ClientID(f.get("client_id")),
		ProviderID: models.ProviderID(f.get("provider_id")), Reason: f.get("reason"), Priority: models.Priority(f.get("priority")), WantedBy: f.date("wanted_by", &l),
		RedFlagID: f.get("flag")}
	if f.get("client/name/given")+f.get("client/name/family") != "" {
		d.Client = &models.ClientDraft{Name: models.PersonName{Given: f.get("client/name/given"), Family: f.get("client/name/family")},
			BirthDate: f.date("client/birth_date", &l), Phone: f.get("client/phone")}
	}
	if d.ClientID != "" {
		d.PracticeID = ""
	}
	var v models.ReferralView
	err := l.Invalid("The referral needs correction.")
	if err == nil {
		v, err = r.net.Refer(r.once("refer"), r.by, d)
	}
	if e, ok := refusal(err); ok {
		return r.showNewReferral(statusOf(err), view.Form{Values: f.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to(r.referrals()+"/"+string(v.ID), "referral_saved")
}

func (r *request) referralID() models.ReferralID { return models.ReferralID(r.param("id")) }

func (r *request) referralPage() error { return r.showReferral(fiber.StatusOK, view.Form{}) }

// showReferral is one referral as the reader's side sees it. What can no
// longer be acted on is shown without actions.
func (r *request) showReferral(status int, form view.Form) error {
	x, err := r.net.Referral(r.ctx, r.by, r.referralID())
	if err != nil {
		return err
	}
	r.placeOf(x)
	v := view.ReferralPageView{ReferralView: x, Base: r.referrals(), Practice: r.realm == practiceRealm, Writes: r.writesReferrals()}
	if v.Writes && !x.Ended {
		actions, _, err := r.net.ReferralActions(r.ctx, r.by, x.ID)
		if err != nil {
			return err
		}
		v.Steps, v.Phoned = view.ReferralSteps(actions)
	}
	if form.Refusal != nil {
		v.Doubt(form.Refusal)
	}
	return r.show(status, "Referral", func(p view.Page) templ.Component { return view.ReferralPage(p, form, v) })
}

// placeOf takes the zone of the practice, in which appointments are told to
// both sides.
func (r *request) placeOf(x models.ReferralView) {
	r.zone = models.Practice{TimeZone: x.TimeZone}.Location()
}

// actOnReferral does what a button says; each field is named after its action.
func (r *request) actOnReferral() error {
	action := r.form.get("act")
	if r.realm == providerRealm {
		x, err := r.net.Referral(r.ctx, r.by, r.referralID())
		if err != nil {
			return err
		}
		r.placeOf(x)
	}
	var l fault.List
	s := referral.ReferralStep{Confirm: r.form.ticked(action + "/confirm"), Channel: models.Channel(r.form.get(action + "/channel"))}
	s.Action, s.Reason, s.Note, s.SaidBy = models.ReferralAction(action), r.form.get(action+"/reason"), r.form.get(action+"/note"), r.form.get(action+"/said_by")
	s.VisitDone = r.form.ticked(action + "/visit_done")
	if action == "phoned" {
		words := r.form.get("phoned/words")
		s.Action, s.Reason, s.Note, s.VisitDone = models.ReferralAction(r.form.get("phoned/action")), words, words, true
	}
	if at := r.moment(action+"/scheduled_at", &l); !at.IsZero() {
		s.ScheduledAt = &at
	}
	err := l.Invalid("This step needs correction.")
	if err == nil {
		_, err = r.net.ActOnReferral(models.WithIfMatch(r.once("act"), r.version()), r.by, r.referralID(), s)
		err = under(err, action)
	}
	if e, ok := refusal(err); ok {
		return r.showReferral(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to(r.referrals()+"/"+string(r.referralID()), "referral_moved")
}

// under puts what is wrong with an act to the fields of its own form.
func under(err error, action string) error {
	f, ok := fault.As(err)
	if !ok {
		return err
	}
	moved := *f
	moved.Violations = slices.Clone(f.Violations)
	for i, v := range moved.Violations {
		if strings.HasPrefix(v.Pointer, "/") {
			moved.Violations[i].Pointer = "/" + action + v.Pointer
		}
	}
	return &moved
}

func (r *request) referralPacket() error {
	d, err := r.net.ReferralPacket(r.ctx, r.by, r.referralID())
	if err != nil {
		return err
	}
	return r.pdf("referral", r.param("id"), d.Bytes)
}

func (r *request) referralCover() error {
	b, err := r.net.ReferralCover(r.ctx, r.by, r.referralID())
	if e, ok := refusal(err); ok {
		return r.showReferral(statusOf(err), view.Form{Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.pdf("cover", r.param("id"), b)
}

func (r *request) thankYouLetter() error {
	b, err := r.net.ThankYouLetter(r.once("thank"), r.by, r.referralID())
	if err != nil {
		return err
	}
	return r.pdf("thank-you", r.param("id"), b)
}
