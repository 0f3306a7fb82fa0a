package referral

import (
	"context"

	"rapport/models"
	"rapport/models/store"
)

// promised writes an open promise that a person or an object made.
func promised(tx *store.Tx, by models.Actor, r models.RelationshipID, d models.PromiseDraft, sourceKind, sourceID string) (models.Promise, error) {
	if d.ClientID != "" {
		if _, err := tx.Client(d.ClientID); err != nil {
			return models.Promise{}, err
		}
	}
	if d.Kind == "" {
		d.Kind = models.PromiseOther
	}
	p := models.Promise{ID: models.PromiseID(tx.NewID()), RelationshipID: r, ClientID: d.ClientID, OwedBy: d.OwedBy, Kind: d.Kind, What: d.What, DueOn: d.DueOn,
		State: models.PromiseOpen, SourceKind: sourceKind, SourceID: sourceID, CreatedBy: by.UserID, CreatedAt: tx.Now(), Version: 1}
	tx.Log("promise.make", "promise", string(p.ID), p.ClientID, string(p.Kind))
	return p, tx.AddPromise(p)
}

// keeps settles the open promises that something which was sent, or arrived,
// keeps: each of them once.
func keeps(tx *store.Tx, s models.Settles) error {
	open, err := tx.OpenPromises(s)
	if err != nil {
		return err
	}
	for _, p := range open {
		if p.SourceKind == "document_request" {
			continue // its request says whether this is what was asked for
		}
		p.State, p.KeptKind, p.KeptID, p.KeptOn = models.PromiseKept, s.Kind, s.ID, s.On
		done, err := tx.SettlePromise(p)
		if err != nil {
			return err
		}
		if done {
			tx.Log("promise.keep", "promise", string(p.ID), p.ClientID, s.Kind)
		}
	}
	return nil
}

// Promise writes down what somebody owes somebody by a day.
func (n *Network) Promise(ctx context.Context, by models.Actor, d models.PromiseDraft) (models.PromiseLine, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.PromiseLine, error) {
		if err := by.May(models.WriteRelationships); err != nil {
			return models.PromiseLine{}, err
		}
		practice, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return models.PromiseLine{}, err
		}
		if err := d.Validate(practice.Today(tx.Now())); err != nil {
			return models.PromiseLine{}, err
		}
		if _, err := tx.Relationship(d.RelationshipID); err != nil {
			return models.PromiseLine{}, err
		}
		p, err := promised(tx, by, d.RelationshipID, d, "", "")
		if err != nil {
			return models.PromiseLine{}, err
		}
		return promiseLine(tx, p)
	})
}

// PromiseReport promises the report that an order's clock asks for: by the day
// on which the clock rings, unless another day was said.
func (n *Network) PromiseReport(ctx context.Context, by models.Actor, order models.PrescriptionID, dueOn models.Date, what string) (models.PromiseLine, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.PromiseLine, error) {
		if err := by.May(models.WriteRelationships); err != nil {
			return models.PromiseLine{}, err
		}
		rx, err := tx.Prescription(order)
		if err != nil {
			return models.PromiseLine{}, err
		}
		tx.Log("report_clock.promise", "prescription", string(order), rx.ClientID, "")
		practice, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return models.PromiseLine{}, err
		}
		today := practice.Today(tx.Now())
		if dueOn.IsZero() {
			if dueOn, err = clockDay(tx, rx, practice, today); err != nil {
				return models.PromiseLine{}, err
			}
		}
		d := models.PromiseDraft{RelationshipID: "-", ClientID: rx.ClientID, OwedBy: models.OwedByUs, Kind: models.PromiseReport, What: what, DueOn: dueOn}
		if d.What == "" {
			d.What = "The next report"
		}
		if err := d.Validate(today); err != nil {
			return models.PromiseLine{}, err
		}
		if err := notPromised(tx, "report_clock", string(rx.SeriesID)); err != nil {
			return models.PromiseLine{}, err
		}
		r, err := tx.EnsureRelationship(rx.PrescriberID)
		if err != nil {
			return models.PromiseLine{}, err
		}
		p, err := promised(tx, by, r.ID, d, "report_clock", string(rx.SeriesID))
		if err != nil {
			return models.PromiseLine{}, err
		}
		return promiseLine(tx, p)
	})
}

// clockDay is when the order's clock asks for its next report; a clock that
// stands still asks a month from now.
func clockDay(tx *store.Tx, rx models.Prescription, p models.Practice, today models.Date) (models.Date, error) {
	rows, err := tx.ClocksOfClient(rx.ClientID, today.AddMonths(-models.ClockMonths))
	for _, line := range clockLines(rows, p, today) {
		if line.SeriesID == rx.SeriesID && !line.DueOn.IsZero() {
			return max(line.DueOn, today), err
		}
	}
	return today.AddMonths(1), err
}

func promiseLine(tx *store.Tx, p models.Promise) (models.PromiseLine, error) {
	l := models.PromiseLine{Promise: p}
	r, err := tx.Relationship(p.RelationshipID)
	if err != nil {
		return l, err
	}
	doctor, err := tx.Provider(r.ProviderID)
	if err != nil {
		return l, err
	}
	l.ProviderID, l.Provider = doctor.ID, doctor.DisplayName()
	if p.ClientID != "" {
		c, err := tx.Client(p.ClientID)
		if err != nil {
			return l, err
		}
		l.Client = c.Name
	}
	return l, nil
}

// KeepPromise takes a person's word that a promise was kept, today.
func (n *Network) KeepPromise(ctx context.Context, by models.Actor, id models.PromiseID) (models.PromiseLine, error) {
	return n.settlePromise(ctx, by, id, models.PromiseKept, "")
}

// ReleasePromise ends a promise that will not be kept, with the reason.
func (n *Network) ReleasePromise(ctx context.Context, by models.Actor, id models.PromiseID, reason string) (models.PromiseLine, error) {
	return n.settlePromise(ctx, by, id, models.PromiseReleased, reason)
}

func (n *Network) settlePromise(ctx context.Context, by models.Actor, id models.PromiseID, to models.PromiseState, reason string) (models.PromiseLine, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.PromiseLine, error) {
		if err := by.May(models.WriteRelationships); err != nil {
			return models.PromiseLine{}, err
		}
		p, err := tx.LockPromise(id)
		if err != nil {
			return models.PromiseLine{}, err
		}
		tx.Log("promise."+string(to), "promise", string(id), p.ClientID, "")
		if err := fresh(ctx, p.Version); err != nil {
			return models.PromiseLine{}, err
		}
		if to == models.PromiseReleased {
			if err := models.CheckReason(reason); err != nil {
				return models.PromiseLine{}, err
			}
		}
		if err := p.MustBeOpen(); err != nil {
			return models.PromiseLine{}, err
		}
		practice, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return models.PromiseLine{}, err
		}
		at := tx.Now()
		p.State, p.Reason, p.SettledAt = to, reason, &at
		if to == models.PromiseKept {
			p.KeptOn = practice.Today(at)
		}
		done, err := tx.SettlePromise(p)
		if err != nil {
			return models.PromiseLine{}, err
		}
		if !done {
			return models.PromiseLine{}, models.Promise{}.MustBeOpen()
		}
		p.Version++
		return promiseLine(tx, p)
	})
}

// PromiseQuery narrows a list of promises; empty fields do not.
type PromiseQuery struct {
	State          models.PromiseState
	RelationshipID models.RelationshipID
	ClientID       models.ClientID
	OwedBy         models.OwedBy
}

// Promises lists what is owed, the first due in front.
func (n *Network) Promises(ctx context.Context, by models.Actor, q PromiseQuery, page models.Page) (models.List[models.PromiseLine], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.PromiseLine], error) {
		if err := by.May(models.ReadRelationships); err != nil {
			return models.List[models.PromiseLine]{}, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return models.List[models.PromiseLine]{}, err
		}
		tx.Log("promise.list", "practice", string(tx.PracticeID()), q.ClientID, "")
		today := p.Today(tx.Now())
		l, err := tx.Promises(store.PromiseFilter{State: q.State, RelationshipID: q.RelationshipID, ClientID: q.ClientID, OwedBy: q.OwedBy, Today: today}, page)
		for i := range l.Items {
			l.Items[i].State = l.Items[i].StateOn(today)
		}
		return l, err
	})
}
