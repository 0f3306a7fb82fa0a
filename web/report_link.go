package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

// reportLinkPage is what a doctor without an account opens. Looking spends
// nothing and names nobody.
func (r *request) reportLinkPage() error { return r.showReportDoor(fiber.StatusOK, view.Form{}) }

func (r *request) showReportDoor(status int, form view.Form) error {
	l, err := r.net.ReportLink(r.ctx, r.by, r.param("token"))
	if err != nil {
		return err
	}
	return r.show(status, "A report waits for you", func(p view.Page) templ.Component {
		return view.ReportDoor(p, form, r.c.Path(), l.TriesLeft)
	})
}

// useReportLink gives the report itself, once: the answer to the birth date is
// the PDF, and the link is spent with it.
func (r *request) useReportLink() error {
	var l fault.List
	born := r.form.date("birth_date", &l)
	if err := l.Invalid("Write the birth date."); err != nil {
		return r.refusedAtReportDoor(err)
	}
	switch r.form.get("act") {
	case "mistake":
		if err := r.net.MisdirectedByLink(r.ctx, r.by, r.param("token"), r.form.get("note")); err != nil {
			return r.refusedAtReportDoor(err)
		}
		return r.linkDone("Thank you for saying so", "The link is closed, nothing was shown, and the practice has been told.")
	case "acknowledge":
		if _, err := r.net.AcknowledgeByLink(r.ctx, r.by, r.param("token"), born, r.form.get("reply")); err != nil {
			return r.refusedAtReply(err)
		}
		return r.linkDone("Thank you", "The therapist sees that the report arrived, and your word with it.")
	}
	v, err := r.net.OpenReportLink(r.ctx, r.by, r.param("token"), born)
	if err != nil {
		return r.refusedAtReportDoor(err)
	}
	return r.pdf("report", string(v.PDF.ID), v.PDF.Bytes)
}

func (r *request) refusedAtReportDoor(err error) error {
	e, ok := refusal(err)
	if !ok {
		return err
	}
	return r.showReportDoor(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
}

// reportReplyPage answers a report that was opened by its link.
func (r *request) reportReplyPage() error { return r.showReply(fiber.StatusOK, view.Form{}) }

func (r *request) showReply(status int, form view.Form) error {
	return r.show(status, "Answer the report", func(p view.Page) templ.Component {
		return view.ReplyByLink(p, form, models.LinkReport.Path()+r.param("token"))
	})
}

func (r *request) refusedAtReply(err error) error {
	e, ok := refusal(err)
	if !ok {
		return err
	}
	return r.showReply(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
}
