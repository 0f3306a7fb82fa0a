package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/referral"
	"rapport/web/view"
)

// ordersPage is the prescription inbox: what waits stands first.
func (r *request) ordersPage() error {
	list, err := r.net.Prescriptions(r.ctx, r.by, referral.OrderQuery{}, models.Page{Limit: 100, Cursor: r.query("after")})
	if err != nil {
		return err
	}
	v := view.Inbox{Next: list.NextCursor}
	for _, o := range list.Items {
		switch o.Now {
		case models.OrderSubmitted, models.OrderDraft:
			v.Waiting = append(v.Waiting, o)
		case models.OrderActive, models.OrderSuspended:
			v.Active = append(v.Active, o)
		default:
			v.Other = append(v.Other, o)
		}
	}
	changes, err := r.openChanges()
	if err != nil {
		return err
	}
	v.Changes = changes
	return r.show(fiber.StatusOK, "Orders", func(p view.Page) templ.Component { return view.Orders(p, v) })
}

// openChanges are the requests without an answer; who may not read them has
// none.
func (r *request) openChanges() ([]models.ChangeRequest, error) {
	var out []models.ChangeRequest
	for _, s := range []models.ChangeStatus{models.ChangeSent, models.ChangeSeen} {
		list, err := r.net.ChangeRequests(r.ctx, r.by, referral.ChangeQuery{Status: s}, models.Page{Limit: pageSize})
		if err != nil {
			return nil, err
		}
		out = append(out, list.Items...)
	}
	return out, nil
}
