package referral

import (
	"context"

	"golang.org/x/text/unicode/norm"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// AskForChange keeps a wish outside scope and sends it to the prescriber, in
// one step. The order stands as it is until they approve. A wish that ended
// with an explanation is kept and sent to nobody.
func (n *Network) AskForChange(ctx context.Context, by models.Actor, id models.PrescriptionID, d models.ChangeDraft) (models.ChangeSheet, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.ChangeSheet, error) {
		var none models.ChangeSheet
		if err := mayChange(by); err != nil {
			return none, err
		}
		p, err := visibleOrder(tx, by, id)
		if err != nil {
			return none, err
		}
		c := models.ChangeRequest{ID: models.ChangeRequestID(tx.NewID()), PracticeID: tx.PracticeID(), SeriesID: p.SeriesID, PrescriptionID: p.ID,
			ClientID: p.ClientID, PrescriberID: p.PrescriberID, Status: models.ChangeDrafted, CreatedBy: by.UserID, CreatedAt: tx.Now(), RowVersion: 1}
		tx.Log("change_request.ask", "prescription", string(id), p.ClientID, string(c.ID))
		o, err := hold(tx, by, p)
		if err != nil {
			return none, err
		}
		if err := seen(ctx, o.order.RowVersion); err != nil {
			return none, err
		}
		if err := askable(tx, o); err != nil {
			return none, err
		}
		d.Words, d.ExplanationGiven = norm.NFC.String(d.Words), norm.NFC.String(d.ExplanationGiven)
		if err := d.Validate(o.order.Content, o.used()); err != nil {
			return none, err
		}
		c.AskedBy, c.Words, c.ShareWords, c.Proposed, c.ExplanationGiven = d.AskedBy, d.Words, d.ShareWords, d.Proposed, d.ExplanationGiven
		if d.Explained {
			at := tx.Now()
			c.Status, c.DecidedAt = models.ChangeExplained, &at
			if err := tx.AddChangeRequest(c); err != nil {
				return none, err
			}
			return n.sheet(tx, by, c)
		}
		if err := n.send(tx, o, &c, d.Channel); err != nil {
			return none, err
		}
		if err := tx.AddChangeRequest(c); err != nil {
			return none, err
		}
		return n.sheet(tx, by, c)
	})
}

// mayChange: those who may accept an order may ask to change it.
func mayChange(by models.Actor) error { return by.May(models.AcceptPrescription) }

// askable: the order in force, or one that is over, without an open request.
func askable(tx *store.Tx, o *heldOrder) error {
	if err := o.replaced(); err != nil {
		return err
	}
	if s := o.order.Status; s != models.OrderActive && s != models.OrderSuspended {
		return fault.New(fault.Conflict, "order.not_active", "This order is "+s.Label()+"; an order that is or was in force can be changed.")
	}
	open, err := tx.OpenChangeRequest(o.series.ID)
	if err == nil && open != "" {
		err = fault.New(fault.Conflict, "change.open", "A request for this order waits for an answer already. Withdraw it first, or wait.").Ref("change_request_id", string(open))
	}
	return err
}

// send asks the prescriber: in the portal where they have an account, else by
// one-time link, else on a fax-back form that the practice prints.
func (n *Network) send(tx *store.Tx, o *heldOrder, c *models.ChangeRequest, channel models.Channel) error {
	next, err := c.Step(models.ChangeSent, models.PracticeParty, o.today)
	if err != nil {
		return err
	}
	at := tx.Now()
	days := o.practice.Settings.ChangeLapseDays
	if days < 1 {
		days = models.DefaultSettings().ChangeLapseDays
	}
	next.SentAt, next.LapsesOn, next.DecidedAt = &at, o.today.AddDays(days), nil
	*c = next
	if err := tx.GrantOnce("change_request", string(c.ID), c.PrescriberID); err != nil {
		return err
	}
	m := models.Message{Kind: models.MessageChangeNotice, ObjectKind: "change_request", ObjectID: string(c.ID), ClientID: c.ClientID, ProviderID: c.PrescriberID}
	boxes, err := tx.ProviderMailboxes(c.PrescriberID)
	if err != nil {
		return err
	}
	if len(boxes) == 0 || channel == models.ByLink {
		if channel == models.ByPortal {
			return fault.New(fault.Conflict, "change.no_account", "Nobody signs in for this provider. Send a one-time link or a fax-back form.")
		}
		provider, err := tx.Provider(c.PrescriberID)
		if err != nil {
			return err
		}
		m.Kind, m.LinkKind, boxes = models.MessageChangeLink, models.LinkChange, nil
		if provider.Email != "" && channel != models.ByFaxBack {
			to, err := addressOf(tx, provider)
			if err != nil {
				return err
			}
			boxes = []string{to}
		} else if channel == models.ByLink {
			return fault.New(fault.Conflict, "change.no_email", "This provider has no e-mail address. Add it in the directory, or print the fax-back form.")
		}
	}
	if channel == models.ByFaxBack {
		return nil
	}
	for _, to := range boxes {
		if m.To = to; err == nil {
			_, err = tx.Post(m)
		}
	}
	return err
}

// sheet is the request with its order, as the caller may read it.
func (n *Network) sheet(tx *store.Tx, by models.Actor, c models.ChangeRequest) (models.ChangeSheet, error) {
	p, err := tx.Prescription(c.PrescriptionID)
	if err != nil {
		return models.ChangeSheet{}, err
	}
	view, err := n.orderView(tx, by, p)
	if err != nil {
		return models.ChangeSheet{}, err
	}
	return models.ChangeSheet{Request: toldChange(by, c, view.Ended), Order: view}, nil
}

// toldChange is the request as the caller may read it; ended says that the
// client's release to the prescriber is over.
func toldChange(by models.Actor, c models.ChangeRequest, ended bool) models.ChangeRequest {
	if by.Outsider() {
		c = c.ForPrescriber()
	}
	if ended {
		c = c.Frozen()
	}
	return c
}

// visibleChange reads a request that the caller may know of. The prescriber
// sees what was sent to them; anybody else's is not found.
func visibleChange(tx *store.Tx, by models.Actor, id models.ChangeRequestID) (models.ChangeRequest, error) {
	if by.Outsider() && by.Kind == models.ActorUser {
		if err := tx.EnterByGrant("change_request", string(id), "change request"); err != nil {
			return models.ChangeRequest{}, err
		}
	}
	c, err := tx.ChangeRequest(id)
	if err == nil && by.Outsider() && (c.PrescriberID != by.ProviderID || c.SentAt == nil) {
		err = fault.Missing("change request")
	}
	return c, err
}

// mayReadChange: a link was checked when it was opened.
func mayReadChange(by models.Actor) error {
	if by.Kind == models.ActorLink {
		return nil
	}
	return mayOnOrder(by, models.OrderPrescription, models.ReadPrescriptions)
}

// ChangeRequest reads one. It is seen once the prescriber opens it: they
// themselves or the holder of their link, and nobody of their staff.
func (n *Network) ChangeRequest(ctx context.Context, by models.Actor, id models.ChangeRequestID) (models.ChangeSheet, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.ChangeSheet, error) {
		if err := mayReadChange(by); err != nil {
			return models.ChangeSheet{}, err
		}
		c, err := visibleChange(tx, by, id)
		if err != nil {
			return models.ChangeSheet{}, err
		}
		tx.Log("change_request.read", "change_request", string(id), c.ClientID, "")
		prescriber := by.Kind == models.ActorLink || by.May(models.SignPrescription) == nil
		if by.Outsider() && prescriber && c.Status == models.ChangeSent {
			if c, err = see(tx, by, c); err != nil {
				return models.ChangeSheet{}, err
			}
		}
		return n.sheet(tx, by, c)
	})
}

func see(tx *store.Tx, by models.Actor, c models.ChangeRequest) (models.ChangeRequest, error) {
	if _, err := tx.LockSeries(c.SeriesID); err != nil {
		return c, err
	}
	c, err := tx.ChangeRequest(c.ID)
	if err != nil || c.Status != models.ChangeSent {
		return c, err
	}
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil || c.Lapsed(practice.Today(tx.Now())) {
		return c, err
	}
	at := tx.Now()
	next, err := c.Step(models.ChangeSeen, models.PartyOf(by), practice.Today(at))
	if err != nil {
		return c, err
	}
	next.SeenAt = &at
	err = tx.UpdateChangeRequest(next, c.RowVersion)
	next.RowVersion++
	return next, err
}

// ChangeQuery narrows a list of change requests.
type ChangeQuery struct {
	ClientID       models.ClientID
	PrescriptionID models.PrescriptionID
	Status         models.ChangeStatus
}

// ChangeRequests lists requests, newest first: the practice's, or those that
// were sent to a provider by any practice.
func (n *Network) ChangeRequests(ctx context.Context, by models.Actor, q ChangeQuery, page models.Page) (models.List[models.ChangeRequest], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.ChangeRequest], error) {
		if err := mayReadChange(by); err != nil {
			return models.List[models.ChangeRequest]{}, err
		}
		if by.Outsider() {
			return n.changesSent(tx, by, q, page)
		}
		f := store.ChangeFilter{ClientID: q.ClientID, Status: q.Status}
		if q.PrescriptionID != "" {
			p, err := visibleOrder(tx, by, q.PrescriptionID)
			if err != nil {
				return models.List[models.ChangeRequest]{}, err
			}
			f.SeriesID = p.SeriesID
		}
		tx.Log("change_request.list", "practice", string(tx.PracticeID()), q.ClientID, "")
		return tx.ChangeRequests(f, page)
	})
}

func (n *Network) changesSent(tx *store.Tx, by models.Actor, q ChangeQuery, page models.Page) (models.List[models.ChangeRequest], error) {
	l, err := tx.Grants("change_request", page)
	out := models.List[models.ChangeRequest]{NextCursor: l.NextCursor}
	for _, g := range l.Items {
		if err == nil {
			err = tx.Enter(g.PracticeID)
		}
		if err != nil {
			return out, err
		}
		c, err := visibleChange(tx, by, models.ChangeRequestID(g.ObjectID))
		if err != nil {
			return out, err
		}
		if q.Status != "" && c.Status != q.Status || q.ClientID != "" && c.ClientID != q.ClientID || q.PrescriptionID != "" && c.PrescriptionID != q.PrescriptionID {
			continue
		}
		p, err := tx.Prescription(c.PrescriptionID)
		if err != nil {
			return out, err
		}
		if q.Status != "" { // the filter must not tell what is not shown
			ask, all, err := n.asked(tx, askForOrder(p))
			if err != nil {
				return out, err
			}
			if models.JudgeReleases(ask, all).Ended {
				continue
			}
		}
		tx.Log("change_request.list", "change_request", string(c.ID), c.ClientID, "")
		v, err := n.tellOrder(tx, by, p, "change_request", string(c.ID), "Change request about the order")
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, toldChange(by, c, v.Ended))
	}
	return out, err
}

// moveChange is the frame of the practice's own steps on a request.
func (n *Network) moveChange(ctx context.Context, by models.Actor, id models.ChangeRequestID, action string,
	change func(*store.Tx, *heldOrder, *models.ChangeRequest) error) (models.ChangeSheet, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.ChangeSheet, error) {
		if err := mayChange(by); err != nil {
			return models.ChangeSheet{}, err
		}
		c, err := visibleChange(tx, by, id)
		if err != nil {
			return models.ChangeSheet{}, err
		}
		tx.Log(action, "change_request", string(id), c.ClientID, "")
		o, c, err := holdChange(ctx, tx, by, c)
		if err != nil {
			return models.ChangeSheet{}, err
		}
		seen := c.RowVersion
		if err := change(tx, o, &c); err != nil {
			return models.ChangeSheet{}, err
		}
		if err := tx.UpdateChangeRequest(c, seen); err != nil {
			return models.ChangeSheet{}, err
		}
		c.RowVersion = seen + 1
		return n.sheet(tx, by, c)
	})
}

// holdChange locks the series, then reads the request and the version in force.
func holdChange(ctx context.Context, tx *store.Tx, by models.Actor, c models.ChangeRequest) (*heldOrder, models.ChangeRequest, error) {
	s, err := tx.LockSeries(c.SeriesID)
	if err != nil {
		return nil, c, err
	}
	if c, err = tx.ChangeRequest(c.ID); err != nil {
		return nil, c, err
	}
	if err := matches(ctx, c.RowVersion); err != nil {
		return nil, c, err
	}
	o, err := hold(tx, by, models.Prescription{ID: s.CurrentID, SeriesID: c.SeriesID})
	return o, c, err
}

// WithdrawChange takes a wish back; the order stands as it is.
func (n *Network) WithdrawChange(ctx context.Context, by models.Actor, id models.ChangeRequestID) (models.ChangeSheet, error) {
	return n.moveChange(ctx, by, id, "change_request.withdraw", func(tx *store.Tx, o *heldOrder, c *models.ChangeRequest) error {
		next, err := c.Step(models.ChangeWithdrawn, o.party, o.today)
		if err != nil {
			return err
		}
		at := tx.Now()
		next.DecidedAt = &at
		*c = next
		return tx.CloseLinks(string(c.ID))
	})
}

// ReopenChange sends a wish that had ended with an explanation.
func (n *Network) ReopenChange(ctx context.Context, by models.Actor, id models.ChangeRequestID, proposed models.ScopePatch, channel models.Channel) (models.ChangeSheet, error) {
	return n.moveChange(ctx, by, id, "change_request.reopen", func(tx *store.Tx, o *heldOrder, c *models.ChangeRequest) error {
		if err := askable(tx, o); err != nil {
			return err
		}
		if !proposed.Empty() {
			c.Proposed = proposed
		}
		d := models.ChangeDraft{AskedBy: c.AskedBy, Words: c.Words, ExplanationGiven: c.ExplanationGiven, Proposed: c.Proposed, Channel: channel}
		if err := d.Validate(o.order.Content, o.used()); err != nil {
			return err
		}
		return n.send(tx, o, c, channel)
	})
}
