package web

import (
	"cmp"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

func (r *request) requestsPage() error { return r.showRequests(fiber.StatusOK, view.Form{}) }

// showRequests is what providers asked for: of the practice, or the provider's
// own. Whom a new wish is about they chose among their patients before; to name
// all of them here would be a disclosure each.
func (r *request) showRequests(status int, form view.Form) error {
	state := models.RequestState(r.query("state"))
	list, err := r.net.DocumentRequests(r.ctx, r.by, state, models.Page{Limit: pageSize, Cursor: r.query("after")})
	if err != nil {
		return err
	}
	v := view.RequestsView{List: list.Items, Next: list.NextCursor, Answers: r.by.May(models.WriteReports) == nil}
	if r.realm == providerRealm {
		v.Outside = true
		if id := cmp.Or(r.form.get("client_id"), r.query("client")); id != "" {
			if v.About, err = r.net.Client(r.ctx, r.by, models.ClientID(id)); err != nil {
				return err
			}
		}
	}
	title := "Document requests"
	if v.Outside {
		title = "Ask for a document"
	}
	return r.show(status, title, func(p view.Page) templ.Component { return view.Requests(p, form, v) })
}

func (r *request) askForDocument() error {
	var l fault.List
	f := r.form
	d := models.RequestDraft{ClientID: models.ClientID(f.get("client_id")), Kind: f.get("kind"), WantedBy: f.date("wanted_by", &l), Note: f.get("note")}
	err := l.Invalid("The request needs correction.")
	if err == nil {
		_, err = r.net.AskForDocument(r.once("ask"), r.by, d)
	}
	return r.requestDone(err, "/provider/requests", "document_asked")
}

func (r *request) declineDocument() error {
	_, err := r.net.DeclineDocument(r.ctx, r.by, models.RequestID(r.param("id")), r.form.get("reason"))
	return r.requestDone(err, "/requests", "document_declined")
}

func (r *request) withdrawDocument() error {
	_, err := r.net.WithdrawDocument(r.ctx, r.by, models.RequestID(r.param("id")))
	return r.requestDone(err, "/provider/requests", "document_withdrawn")
}

func (r *request) requestDone(err error, url, said string) error {
	if e, ok := refusal(err); ok {
		return r.showRequests(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to(url, said)
}
