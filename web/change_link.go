package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

const (
	changeDoorTitle = "A question waits for your answer"
	changeDoorWords = "A massage practice asks whether an order may change. To read the question, give your patient’s birth date."
)

// changeLinkPage is what a doctor without an account opens. Looking does
// nothing, names nobody, and does not even say whether the link lives.
func (r *request) changeLinkPage() error { return r.showChangeDoor(fiber.StatusOK, view.Form{}) }

func (r *request) showChangeDoor(status int, form view.Form) error {
	return r.show(status, changeDoorTitle, func(p view.Page) templ.Component {
		return view.LinkDoor(p, form, r.c.Path(), changeDoorTitle, changeDoorWords, "Read the question", view.Field{Label: "Birth date of the patient"}, 0)
	})
}

// useChangeLink opens the question with the birth date, and takes the answer.
func (r *request) useChangeLink() error {
	var l fault.List
	born := r.form.date("birth_date", &l)
	if born.IsZero() && len(l.Items()) == 0 {
		l.Add("birth_date.required", "/birth_date", "Give the birth date to open the link.")
	}
	if err := l.Invalid("Write the birth date."); err != nil {
		return r.refusedAtChangeDoor(err)
	}
	s, err := r.net.OpenChangeLink(r.ctx, r.by, r.param("token"), born)
	if err != nil {
		return r.refusedAtChangeDoor(err)
	}
	if r.form.get("act") == "" {
		return r.showChangeReading(fiber.StatusOK, view.Form{}, s, born)
	}
	d := r.form.decision(s.Order.Content, &l)
	if err = l.Invalid("The answer needs correction."); err == nil {
		_, err = r.net.DecideByLink(r.once("decide"), r.by, r.param("token"), born, d)
	}
	if e, ok := refusal(err); ok {
		return r.showChangeReading(statusOf(err), view.Form{Values: r.form.values, Refusal: e}, s, born)
	}
	if err != nil {
		return err
	}
	if d.Approve {
		return r.linkDone("Thank you, the order is changed", "The new version counts from this moment. The therapist has been told.")
	}
	return r.linkDone("Thank you", "The order stays as it is. The therapist has been told, with your reason.")
}

func (r *request) showChangeReading(status int, form view.Form, s models.ChangeSheet, born models.Date) error {
	v := view.ChangeView{Sheet: s, Diffs: view.Diffs(s.Order.Content, s.Request.Proposed), Decides: s.Request.Status.Open(), Action: r.c.Path(),
		Born: string(born), ByLink: true}
	return r.show(status, "Change request", func(p view.Page) templ.Component { return view.ChangePage(r.zoned(p, s.Order), form, v) })
}

func (r *request) refusedAtChangeDoor(err error) error {
	e, ok := refusal(err)
	if !ok {
		return err
	}
	return r.showChangeDoor(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
}
