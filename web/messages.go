package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/referral"
	"rapport/web/view"
)

// messagesPage lists what went out; what failed or is uncertain stands first
// and waits for a person.
func (r *request) messagesPage() error { return r.showMessages(fiber.StatusOK, view.Form{}) }

func (r *request) showMessages(status int, form view.Form) error {
	var v view.MessagesView
	v.Find = find(r, models.MessageStates(), view.MessageState)
	for _, state := range []models.MessageState{models.MessageFailed, models.MessageUncertain} {
		list, err := r.net.Messages(r.ctx, r.by, referral.MessageQuery{State: state}, models.Page{Limit: pageSize})
		if err != nil {
			return err
		}
		v.Waiting = append(v.Waiting, list.Items...)
	}
	list, err := r.net.Messages(r.ctx, r.by, referral.MessageQuery{State: models.MessageState(v.Find.Status), To: v.Find.Q}, models.Page{Limit: pageSize, Cursor: r.after()})
	if err != nil {
		return err
	}
	v.All, v.Next = list.Items, list.NextCursor
	return r.show(status, "Messages", func(p view.Page) templ.Component { return view.Messages(p, form, v) })
}

// resolveMessage settles a message whose fate a person found out.
func (r *request) resolveMessage() error {
	_, err := r.net.ResolveMessage(r.once("resolve"), r.by, models.MessageID(r.param("id")),
		models.Resolution{Outcome: models.ResolutionOutcome(r.form.get("outcome")), Note: r.form.get("note")})
	if e, ok := refusal(err); ok {
		return r.showMessages(statusOf(err), view.Form{Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/messages", "message_resolved")
}
