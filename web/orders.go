package web

import (
	"errors"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
	"rapport/web/view"
)

// orderStatuses are those to look for, in the order of an order's life.
var orderStatuses = []models.PrescriptionStatus{models.OrderSubmitted, models.OrderActive, models.OrderSuspended, models.OrderCompleted, models.OrderExpired,
	models.OrderDraft, models.OrderDeclined, models.OrderRevoked, models.OrderSuperseded, models.OrderEnteredInError}

// ordersPage is the prescription inbox: what waits stands first. A search shows
// what fits and nothing else.
func (r *request) ordersPage() error {
	v := view.Inbox{Find: find(r, orderStatuses, view.OrderState)}
	list, err := r.net.Prescriptions(r.ctx, r.by, referral.OrderQuery{Name: v.Find.Q, Status: models.PrescriptionStatus(v.Find.Status)}, models.Page{Limit: 100, Cursor: r.after()})
	if err != nil {
		return err
	}
	v.Next = list.NextCursor
	if v.Find.Asked() {
		v.Found = list.Items
		return r.show(fiber.StatusOK, "Orders", func(p view.Page) templ.Component { return view.Orders(p, v) })
	}
	for _, o := range list.Items {
		switch o.Now {
		case models.OrderDraft:
			v.Drafts = append(v.Drafts, o)
		case models.OrderSubmitted:
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
	if v.Changes, err = r.named(changes, list.Items); err != nil {
		return err
	}
	return r.show(fiber.StatusOK, "Orders", func(p view.Page) templ.Component { return view.Orders(p, v) })
}

// named puts the client's name to change requests. The orders at hand are asked
// first; one that the reader may no longer see leaves its request without a name.
func (r *request) named(list []models.ChangeRequest, orders []models.OrderView) ([]view.ChangeLine, error) {
	names := map[models.PrescriptionID]string{}
	for _, o := range orders {
		names[o.ID] = o.Content.ClientName.String()
	}
	var out []view.ChangeLine
	for _, c := range list {
		if _, known := names[c.PrescriptionID]; !known {
			o, err := r.net.Prescription(r.ctx, r.by, c.PrescriptionID)
			if err != nil && !errors.Is(err, fault.NotFound) && !errors.Is(err, fault.Forbidden) {
				return nil, err
			}
			names[c.PrescriptionID] = o.Content.ClientName.String()
		}
		out = append(out, view.ChangeLine{ChangeRequest: c, Client: names[c.PrescriptionID]})
	}
	return out, nil
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
