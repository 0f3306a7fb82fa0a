package referral

import (
	"context"

	"golang.org/x/text/unicode/norm"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// replaced refuses what belongs to the newest version and names it.
func (o *heldOrder) replaced() error {
	if o.order.ID == o.series.CurrentID {
		return nil
	}
	return fault.New(fault.Conflict, "order.not_active", "A newer version replaced this order; use that one.").
		Ref("current_prescription_id", string(o.series.CurrentID)).
		With(fault.Violation{Code: "order.not_active", Pointer: "/prescription_id", Message: "This is the version in force.", Allowed: o.series.CurrentID, Got: o.order.Status})
}

// used counts the visits taken with the opening balance.
func (o *heldOrder) used() int { return o.series.OpeningUsed + o.series.Used }

// succeed replaces the order in force with version n+1 and carries the used
// visits over, all in this transaction. Open bookings stay and follow the order; each
// is judged by it when its session starts.
func succeed(tx *store.Tx, by models.Actor, o *heldOrder, patch models.ScopePatch, pointer string, source models.OrderSource,
	finish func(*models.Prescription)) (models.Prescription, error) {
	if err := o.replaced(); err != nil {
		return o.order, err
	}
	var l fault.List
	if patch.Validate(o.order.Content, o.used(), &l, pointer); len(l.Items()) > 0 {
		if l.Items()[0].Code == "order.total_below_used" {
			return o.order, fault.New(fault.Invalid, "order.total_below_used", l.Items()[0].Message).With(l.Items()...)
		}
		return o.order, l.Invalid("The changed order needs correction.")
	}
	old, err := o.order.Step(models.OrderSuperseded, o.party, "")
	if err != nil {
		return o.order, err
	}
	content := patch.Merge(o.order.Content).Normalised(norm.NFC.String)
	next := o.order.Succeed(models.PrescriptionID(tx.NewID()), content, source, tx.Now(), by.UserID)
	finish(&next)
	if err := tx.UpdatePrescription(old, old.RowVersion); err != nil {
		return next, err
	}
	if err := tx.AddPrescription(next); err != nil {
		return next, err
	}
	tx.Log("prescription.supersede", "prescription", string(old.ID), old.ClientID, string(next.ID))
	s := o.series.Series
	s.CurrentID = next.ID
	limit(&s, content)
	if err := tx.SetSeries(s); err != nil {
		return next, err
	}
	if err := tx.FollowVersion(s.ID, next.ID); err != nil {
		return next, err
	}
	return next, tx.Grant("prescription", string(next.ID), next.PrescriberID)
}

// NoteVerbalOrder opens the scope as the prescriber stated it on the phone: a
// new version at once, suspended on day 15 unless they countersign it.
func (n *Network) NoteVerbalOrder(ctx context.Context, by models.Actor, id models.PrescriptionID, d models.VerbalOrderDraft) (models.OrderView, error) {
	if d.ChangeRequestID != "" {
		return n.verbalAnswer(ctx, by, id, d)
	}
	return n.moveOrder(ctx, by, id, "prescription.verbal_order", acceptors, func(tx *store.Tx, o *heldOrder) error {
		var l fault.List
		if d.Scope.Empty() {
			l.Add("scope.required", "/scope", "Name what the prescriber changed.")
		}
		next, err := phoned(tx, by, o, d.Scope, d.VerbalDraft, "/scope", &l)
		if err != nil {
			return err
		}
		o.order = next
		return n.postToProvider(tx, models.MessageCountersign, next)
	})
}

// phoned makes the version that a verbal order opens.
func phoned(tx *store.Tx, by models.Actor, o *heldOrder, patch models.ScopePatch, d models.VerbalDraft, pointer string, l *fault.List) (models.Prescription, error) {
	var pending *models.VerbalOrder
	if o.order.Countersigned == nil {
		pending = o.order.Verbal
	}
	v, err := d.Take(by.UserID, tx.Now(), o.practice.Location(), pending)
	if f, ok := fault.As(err); ok {
		l.Put(f.Violations...)
	} else if err != nil {
		return o.order, err
	}
	if err := l.Invalid("The verbal order needs correction."); err != nil {
		return o.order, err
	}
	return succeed(tx, by, o, patch, pointer, models.FromVerbal, func(p *models.Prescription) { p.Verbal, p.StatusBy = &v, models.PracticeParty })
}

// RenewPrescription makes the next order from the last one in one action:
// signed and submitted by the prescriber, a draft for their signature when
// their staff or the practice asks.
func (n *Network) RenewPrescription(ctx context.Context, by models.Actor, id models.PrescriptionID, d *models.SignatureDraft) (models.OrderView, error) {
	return n.moveOrder(ctx, by, id, "prescription.renew", [2]models.Action{models.OrderPrescription, models.AcceptPrescription}, func(tx *store.Tx, o *heldOrder) error {
		if err := o.replaced(); err != nil {
			return err
		}
		if s := o.order.Status; s != models.OrderActive && s != models.OrderSuspended {
			return fault.New(fault.Conflict, "order.status", "This order is "+s.Label()+"; an order that was in force can be renewed.")
		}
		next, err := renewal(tx, by, o)
		if err != nil {
			return err
		}
		signs := by.May(models.SignPrescription) == nil && d != nil
		if signs {
			at := tx.Now()
			if next.Signature, err = signed(tx, by, d, next.ContentSHA256, o.practice); err != nil {
				return err
			}
			next.Status, next.SubmittedAt, next.IssuedOn = models.OrderSubmitted, &at, o.today
		}
		if err := addOrder(tx, next); err != nil {
			return err
		}
		if err := tx.Grant("prescription", string(next.ID), next.PrescriberID); err != nil {
			return err
		}
		o.order = next
		if signs {
			if err := orderReferral(tx, by, o.practice, next); err != nil {
				return err
			}
			return n.orderNews(tx, o)
		}
		return n.postToProvider(tx, models.MessageCountersign, next)
	})
}

// renewal is the next order as a draft: a series of its own, nothing used yet.
func renewal(tx *store.Tx, by models.Actor, o *heldOrder) (models.Prescription, error) {
	old := o.order
	_, until := old.Window(o.series.First)
	now := old.StatusOn(o.today, o.series.Series, old.Content.ValidFrom, until)
	c := old.Content.Renewal(o.today, until, now == models.OrderCompleted || now == models.OrderExpired)
	if err := namePrescriber(tx, &c, old.PrescriberID); err != nil {
		return old, err
	}
	client, err := tx.Client(old.ClientID)
	if err != nil {
		return old, err
	}
	c.ClientName, c.ClientBirth = client.Name, client.BirthDate
	c = c.Normalised(norm.NFC.String)
	return models.Prescription{ID: models.PrescriptionID(tx.NewID()), PracticeID: old.PracticeID, SeriesID: models.SeriesID(tx.NewID()), Version: 1,
		RenewedFrom: old.ID, ClientID: old.ClientID, PrescriberID: old.PrescriberID, Status: models.OrderDraft, StatusBy: o.party, Content: c,
		ContentSHA256: c.SHA256(), Source: models.FromPortal, CreatedBy: by.UserID, CreatedAt: tx.Now(), RowVersion: 1}, nil
}
