package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

// outreachRoutes are how the practice introduces itself.
func (p *portal) outreachRoutes(app *fiber.App) {
	p.get(app, "/outreach", practiceRealm, (*request).outreachPage)
	p.get(app, "/practice/profile", practiceRealm, (*request).profilePage)
	p.post(app, "/practice/profile", practiceRealm, (*request).writeProfile)
	p.get(app, "/practice/packet", practiceRealm, (*request).packetPreview)
	p.get(app, "/providers/:id/packet", practiceRealm, (*request).packetPage)
	p.post(app, "/providers/:id/packet", practiceRealm, (*request).sendPacket)
	p.get(app, "/providers/:id/staff", practiceRealm, (*request).staffPage)
	p.post(app, "/providers/:id/staff", practiceRealm, (*request).addStaff)
	p.post(app, "/providers/:id/staff/:staff", practiceRealm, (*request).changeStaff)
	p.get(app, "/clients/:id/introductions", practiceRealm, (*request).introductionsPage)
	p.post(app, "/clients/:id/introductions", practiceRealm, (*request).introduce)
	p.get(app, "/packets/:id/pdf", practiceRealm, (*request).packetPDF)
	p.get(app, "/providers/:id/card", practiceRealm, (*request).partnerCard)
	p.get(app, "/relationships/cards", practiceRealm, (*request).partnerCards)
}

func (r *request) profilePage() error { return r.showProfile(fiber.StatusOK, view.Form{}) }

// showProfile is what stands in the intro packet.
func (r *request) showProfile(status int, form view.Form) error {
	p, err := r.net.Profile(r.ctx, r.by)
	if err != nil {
		return err
	}
	writes := r.by.May(models.WriteProfile) == nil
	return r.show(status, "Our profile", func(page view.Page) templ.Component { return view.Profile(page, form, p, writes) })
}

func (r *request) writeProfile() error {
	var l fault.List
	f := r.form
	p := models.PracticeProfile{About: f.get("about"), Treats: f.lines("treats"), Techniques: keys[models.Technique](f.list("techniques")), Languages: f.lines("languages"),
		Payment: f.lines("payment"), Hours: f.lines("hours"), HowToRefer: f.get("how_to_refer"), Access: f.get("access"), ReportWithinDays: f.number("report_within_days", &l)}
	err := l.Invalid("The profile needs correction.")
	if err == nil {
		_, err = r.net.WriteProfile(r.seen(), r.by, p)
	}
	if e, ok := refusal(err); ok {
		return r.showProfile(statusOf(err), view.Form{Values: f.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/practice/profile", "profile_saved")
}
