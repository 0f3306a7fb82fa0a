package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
	"rapport/web/view"
)

// reportLinkPage is what a doctor without an account opens. Looking spends
// nothing and names nobody. Once the report was opened, the same link leads to
// the answer.
func (r *request) reportLinkPage() error { return r.showReportDoor(fiber.StatusOK, view.Form{}) }

func (r *request) showReportDoor(status int, form view.Form) error {
	l, err := r.net.ReportLink(r.ctx, r.by, r.param("token"))
	if fault.CodeOf(err) == "link.ended" {
		return r.showOpened(status, form)
	}
	if err != nil {
		return err
	}
	return r.show(status, "A report waits for you", func(p view.Page) templ.Component {
		return view.ReportDoor(p, form, r.c.Path(), l.TriesLeft)
	})
}

// showOpened is the link after it gave the report.
func (r *request) showOpened(status int, form view.Form) error {
	l, err := r.net.SpentReportLink(r.ctx, r.by, r.param("token"))
	if err != nil {
		return err
	}
	title := "You opened this report"
	if l.Answered {
		title = "This report is answered"
	}
	return r.show(status, title, func(p view.Page) templ.Component {
		p.Loc = l.Zone
		return view.ReportOpened(p, form, r.linkPath(), p.When(l.UsedAt), l.Answered)
	})
}

func (r *request) linkPath() string { return models.LinkReport.Path() + r.param("token") }

// useReportLink shows the way to the report to whoever knows the birth date, and
// gives the report itself, once: the link is spent with it. The page stays, with
// the answer on it.
func (r *request) useReportLink() error {
	var l fault.List
	born := r.form.date("birth_date", &l)
	act := r.form.get("act")
	if act == "mistake" {
		if err := r.net.MisdirectedByLink(r.ctx, r.by, r.param("token"), r.form.get("note")); err != nil {
			return r.refusedAtReportDoor(err)
		}
		return r.linkDone("Thank you for saying so", "The link is closed, nothing was shown, and the practice has been told.")
	}
	if err := l.Invalid("Write the birth date."); err != nil {
		return r.refusedAtReportDoor(err)
	}
	switch act {
	case "acknowledge":
		if _, err := r.net.AcknowledgeByLink(r.ctx, r.by, r.param("token"), born, r.form.get("reply")); err != nil {
			return r.refusedAtReply(err, born)
		}
		return r.linkDone("Thank you", "The therapist sees that the report arrived, and your word with it.")
	case "download":
		v, err := r.net.OpenReportLink(r.ctx, r.by, r.param("token"), born)
		if err != nil {
			return r.refusedAtReportDoor(err)
		}
		r.attach = true
		return r.pdf("report", string(v.PDF.ID), v.PDF.Bytes)
	}
	proved, err := r.net.ProveReportLink(r.ctx, r.by, r.param("token"), born)
	if err != nil {
		return r.refusedAtReportDoor(err)
	}
	return r.showReportHere(fiber.StatusOK, view.Form{}, born, proved)
}

// showReportHere has the download and, below it, the answer.
func (r *request) showReportHere(status int, form view.Form, born models.Date, l referral.ProvedLink) error {
	return r.show(status, "Your report is here", func(p view.Page) templ.Component {
		p.Loc = l.Zone
		return view.ReportHere(p, form, r.linkPath(), string(born), l.Practice, p.When(l.ExpiresAt))
	})
}

func (r *request) refusedAtReportDoor(err error) error {
	e, ok := refusal(err)
	switch {
	case ok:
		return r.showReportDoor(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	case fault.CodeOf(err) == "link.ended":
		return r.showOpened(statusOf(err), view.Form{})
	}
	return err
}

// reportReplyPage answers a report that was opened by its link.
func (r *request) reportReplyPage() error { return r.showReply(fiber.StatusOK, view.Form{}) }

func (r *request) showReply(status int, form view.Form) error {
	return r.show(status, "Answer the report", func(p view.Page) templ.Component { return view.ReplyByLink(p, form, r.linkPath()) })
}

// refusedAtReply asks for the download first where the report was not opened.
func (r *request) refusedAtReply(err error, born models.Date) error {
	e, ok := refusal(err)
	if !ok {
		return err
	}
	form := view.Form{Values: r.form.values, Refusal: e}
	if e.Code == "link.not_opened" {
		if proved, err := r.net.ProveReportLink(r.ctx, r.by, r.param("token"), born); err == nil {
			return r.showReportHere(fiber.StatusConflict, form, born, proved)
		}
	}
	return r.showReply(statusOf(err), form)
}
