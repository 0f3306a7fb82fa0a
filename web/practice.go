package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

// practicePage shows the practice's settings and its people; only the owner
// changes them.
func (r *request) practicePage() error { return r.showPractice(fiber.StatusOK, view.Form{}) }

func (r *request) showPractice(status int, invite view.Form) error {
	team, err := r.net.Colleagues(r.ctx, r.by)
	if err != nil {
		return err
	}
	owner := r.by.May(models.WritePractice) == nil
	v := view.PracticeView{Practice: r.practice, Team: team, Owner: owner, Invites: owner && (invite.Refusal != nil || r.query("invite") != "")}
	return r.show(status, "Practice", func(p view.Page) templ.Component {
		return view.PracticePage(p, invite, v)
	})
}

func (r *request) settingsPage() error { return r.showSettings(fiber.StatusOK, view.Form{}) }

func (r *request) showSettings(status int, form view.Form) error {
	if err := r.by.May(models.WritePractice); err != nil {
		return err
	}
	return r.show(status, "Settings", func(p view.Page) templ.Component { return view.PracticeSettings(p, form, r.practice) })
}

// changePractice saves the settings that the page shows.
func (r *request) changePractice() error {
	f := r.form
	var l fault.List
	text := func(name string) *string { s := f.get(name); return &s }
	yes := func(name string) *bool { b := f.ticked(name); return &b }
	number := func(name string) *int { n := f.number(name, &l); return &n }
	address := models.Address{Line1: f.get("address/line1"), Line2: f.get("address/line2"), City: f.get("address/city"), State: f.get("address/state"),
		PostalCode: f.get("address/postal_code")}
	mode := models.PracticeMode(f.get("mode"))
	every := models.ReportEvery{Sessions: f.number("settings/report_every/sessions", &l), Days: f.number("settings/report_every/days", &l)}
	lines := f.lines("settings/letterhead_lines")
	weigh := func(part string) int { return f.number("settings/health_weights/"+part, &l) }
	weights := models.HealthWeights{Momentum: weigh("momentum"), Reciprocity: weigh("reciprocity"), Closure: weigh("closure"), Promises: weigh("promises"),
		Contact: weigh("contact"), Outcomes: weigh("outcomes"), TimeToReport: weigh("time_to_report")}
	c := models.PracticeChange{Name: text("name"), TimeZone: text("time_zone"), Address: &address, Phone: text("phone"), Fax: text("fax"), Email: text("email"),
		Mode: &mode, Settings: &models.SettingsChange{EnforceLicence: yes("settings/enforce_licence"), ReportEvery: &every,
			ChangeLapseDays: number("settings/change_lapse_days"), AcceptsOrders: yes("settings/accepts_orders"), LetterheadLines: &lines,
			ReplyByFaxNumber: text("settings/reply_by_fax_number"), HealthWeights: &weights}}
	err := l.Invalid("The settings need correction.")
	if err == nil {
		_, err = r.net.ChangePractice(r.seen(), r.by, c)
	}
	if e, ok := refusal(err); ok {
		return r.showSettings(statusOf(err), view.Form{Values: f.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/practice", "practice_saved")
}

// inviteColleague mails a link by which somebody joins the practice.
func (r *request) inviteColleague() error {
	var l fault.List
	i := models.Invitation{Email: r.form.get("email"), Name: r.form.get("name"), Role: models.Role(r.form.get("role")),
		Licence: models.Licence{State: r.form.get("licence/state"), Number: r.form.get("licence/number"), ExpiresOn: r.form.date("licence/expires_on", &l)}}
	err := l.Invalid("The invitation needs correction.")
	if err == nil {
		_, err = r.net.InviteColleague(r.once("invite"), r.by, i)
	}
	if e, ok := refusal(err); ok {
		return r.showPractice(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/practice", "invited")
}

func (r *request) colleaguePage() error { return r.showColleague(fiber.StatusOK, view.Form{}) }

func (r *request) showColleague(status int, form view.Form) error {
	if err := r.by.May(models.WritePractice); err != nil {
		return err
	}
	team, err := r.net.Colleagues(r.ctx, r.by)
	if err != nil {
		return err
	}
	for _, u := range team {
		if string(u.ID) == r.param("id") {
			return r.show(status, u.Name, func(p view.Page) templ.Component { return view.Colleague(p, form, u, r.by.PracticeID) })
		}
	}
	return fault.Missing("colleague")
}

func (r *request) licenceOfForm() (models.Licence, error) {
	var l fault.List
	licence := models.Licence{State: r.form.get("licence/state"), Number: r.form.get("licence/number"), ExpiresOn: r.form.date("licence/expires_on", &l),
		Certifications: r.form.lines("licence/certifications"), NPI: r.form.get("licence/npi")}
	return licence, l.Invalid("The licence needs correction.")
}

// changeColleague sets somebody's roles here and their licence; without a role
// they leave the practice at once.
func (r *request) changeColleague() error {
	licence, err := r.licenceOfForm()
	if err == nil {
		_, err = r.net.ChangeColleague(r.once("colleague"), r.by, models.UserID(r.param("id")), keys[models.Role](r.form.list("roles")), licence)
	}
	if e, ok := refusal(err); ok {
		return r.showColleague(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/practice", "colleague_saved")
}
