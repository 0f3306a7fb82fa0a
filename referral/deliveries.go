package referral

import (
	"context"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// DeliverReport sends a signed report to its recipient, if the release gate
// lets it: a grant with a notice in the portal, a one-time link by mail, or a
// letter that goes out by hand.
func (n *Network) DeliverReport(ctx context.Context, by models.Actor, id models.ReportID, d models.DeliveryDraft) (models.Delivery, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.Delivery, error) {
		r, err := n.reportToWrite(ctx, tx, by, id, "report.deliver")
		if err != nil {
			return models.Delivery{}, err
		}
		if err := d.Validate(r); err != nil {
			return models.Delivery{}, err
		}
		if err := r.MayBeDelivered(); err != nil {
			return models.Delivery{}, err
		}
		if d.ProviderID == "" {
			d.ProviderID = r.ProviderID
		} else if known, err := tx.Survivor(d.ProviderID); err == nil {
			d.ProviderID = known
		}
		sent := models.Delivery{ID: models.DeliveryID(tx.NewID()), PracticeID: tx.PracticeID(), ReportID: r.ID, ClientID: r.ClientID, ProviderID: d.ProviderID,
			Channel: d.Channel, CreatedBy: by.UserID, CreatedAt: tx.Now(), Version: 1}
		if sent.Override, err = override(tx, by, r, d); err != nil {
			return models.Delivery{}, err
		}
		v, err := n.tellReport(tx, r, sent, string(d.Channel))
		if err == nil {
			err = v.Refusal(false)
		}
		if err == nil {
			err = r.Recipient(d.ProviderID)
		}
		if err != nil {
			return models.Delivery{}, err
		}
		sent.ReleaseID = v.ReleaseID
		if v.Basis != models.BasisOverride {
			sent.Override = nil // the release was enough
		}
		return sent, dispatch(tx, by, &sent)
	})
}

func override(tx *store.Tx, by models.Actor, r models.Report, d models.DeliveryDraft) (*models.Override, error) {
	if d.Override == nil {
		return nil, nil
	}
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return nil, err
	}
	return models.NewOverride(*d.Override, p, by, r.ID, d.ProviderID, tx.Now())
}

// tellReport asks the gate for everything that the report holds.
func (n *Network) tellReport(tx *store.Tx, r models.Report, d models.Delivery, channel string) (models.Verdict, error) {
	a, err := aboutReport(tx, r, d, channel)
	if err != nil {
		return models.Verdict{}, err
	}
	return n.tell(tx, askForReport(r, d), a)
}

func aboutReport(tx *store.Tx, r models.Report, d models.Delivery, channel string) (about, error) {
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return about{}, err
	}
	description := map[models.ReportKind]string{models.ReportInitial: "Initial report", models.ReportProgress: "Progress report", models.ReportDischarge: "Discharge report"}[r.Kind]
	if r.SignedAt != nil {
		description += " of " + string(p.Today(*r.SignedAt))
	}
	return about{ObjectKind: "report", ObjectID: string(r.ID), Description: description, Channel: channel, Override: d.Override}, nil
}

func askForReport(r models.Report, d models.Delivery) models.Ask {
	return models.Ask{ClientID: r.ClientID, ProviderID: d.ProviderID, Payer: r.Payer, Categories: r.CategoriesIncluded, Purpose: models.PurposeCoordination}
}

// dispatch writes the delivery with its first evidence and promises the mail.
func dispatch(tx *store.Tx, by models.Actor, d *models.Delivery) error {
	d.State = models.DeliveryPrepared
	d.Events = []models.DeliveryEvent{{At: tx.Now(), State: models.DeliveryPrepared, By: by.Principal()}}
	if d.Channel == models.ByLetter {
		if d.ProviderID != "" {
			if err := mayPost(tx, d.ProviderID); err != nil {
				return err
			}
		}
		return tx.AddDelivery(*d)
	}
	m := models.Message{Kind: models.MessageReportNotice, ObjectKind: "delivery", ObjectID: string(d.ID), ClientID: d.ClientID, ProviderID: d.ProviderID}
	if d.Channel == models.ByLink {
		m.Kind, m.LinkKind = models.MessageReportLink, models.LinkReport
	} else if err := tx.GrantOnce("report", string(d.ReportID), d.ProviderID); err != nil {
		return err
	}
	var err error
	if m.To, err = mailboxOf(tx, d.ProviderID); err != nil {
		return err
	}
	if d.MessageID, err = tx.Post(m); err != nil {
		return err
	}
	d.State = models.DeliveryQueued
	d.Events = append(d.Events, models.DeliveryEvent{At: tx.Now(), State: models.DeliveryQueued, By: by.Principal()})
	return tx.AddDelivery(*d)
}

// mailboxOf is where a provider is told: where they sign in, else the address
// of the directory.
func mailboxOf(tx *store.Tx, id models.ProviderID) (string, error) {
	to, err := tx.ProviderMailboxes(id)
	if err != nil {
		return "", err
	}
	if len(to) > 0 {
		return to[0], nil
	}
	p, err := tx.Provider(id)
	if err == nil && p.Email == "" {
		err = fault.New(fault.Invalid, "delivery.no_address", "This provider has no e-mail address and no account. Add an address, or send a letter.")
	}
	if err != nil {
		return "", err
	}
	return addressOf(tx, p)
}

// proved moves a locked delivery and keeps the proof; old news changes nothing.
func proved(tx *store.Tx, d models.Delivery, to models.DeliveryState, reason string, e models.DeliveryEvent) (models.Delivery, error) {
	moved, news := d.Moved(to, reason)
	if !news {
		return d, nil
	}
	e.State = to
	if e.At.IsZero() {
		e.At = tx.Now()
	}
	if e.By == "" {
		e.By = tx.By().Principal()
	}
	if err := tx.SetDelivery(moved, d.Version); err != nil {
		return d, err
	}
	moved.Version, moved.Events = d.Version+1, append(moved.Events, e)
	if err := outcomeDelivered(tx, moved); err != nil {
		return d, err
	}
	if to.WentOut() && !d.State.WentOut() {
		if err := deliveryKeeps(tx, moved, e.At); err != nil {
			return d, err
		}
	}
	return moved, tx.AddDeliveryEvents(d.ID, e)
}

// DeliveryQuery narrows a list of deliveries; empty fields do not.
type DeliveryQuery struct {
	ReportID models.ReportID
	State    models.DeliveryState
}

// Deliveries lists what was sent, the newest first.
func (n *Network) Deliveries(ctx context.Context, by models.Actor, q DeliveryQuery, page models.Page) (models.List[models.DeliveryLine], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.DeliveryLine], error) {
		if err := by.May(models.ReadReports); err != nil {
			return models.List[models.DeliveryLine]{}, err
		}
		tx.Log("delivery.list", "practice", string(tx.PracticeID()), "", "")
		return tx.Deliveries(store.DeliveryFilter{ReportID: q.ReportID, State: q.State}, page)
	})
}

// Overrides lists what was told without a release, for the owner's review.
func (n *Network) Overrides(ctx context.Context, by models.Actor, page models.Page) (models.List[models.DeliveryLine], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.DeliveryLine], error) {
		if err := by.May(models.ReadDisclosures); err != nil {
			return models.List[models.DeliveryLine]{}, err
		}
		tx.Log("override.list", "practice", string(tx.PracticeID()), "", "")
		return tx.Deliveries(store.DeliveryFilter{Overridden: true}, page)
	})
}

// Delivery reads one delivery with its evidence.
func (n *Network) Delivery(ctx context.Context, by models.Actor, id models.DeliveryID) (models.Delivery, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Delivery, error) {
		if err := by.May(models.ReadReports); err != nil {
			return models.Delivery{}, err
		}
		d, err := tx.Delivery(id)
		if err == nil {
			tx.Log("delivery.read", "delivery", string(id), d.ClientID, "")
		}
		return d, err
	})
}

// RecordProof keeps evidence that a person has: a fax confirmation, a tracking
// number, a call. Facts are not refused, so the gate is not asked.
func (n *Network) RecordProof(ctx context.Context, by models.Actor, id models.DeliveryID, p models.Proof) (models.Delivery, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.Delivery, error) {
		d, err := n.deliveryToWrite(ctx, tx, by, id, "delivery.proof")
		if err != nil {
			return d, err
		}
		if err := p.Validate(d, tx.Now()); err != nil {
			return d, err
		}
		reason := ""
		if p.State == models.DeliveryFailed {
			reason = "delivery.failed_by_hand"
		}
		return proved(tx, d, p.State, reason, models.DeliveryEvent{At: p.At, Note: p.Note})
	})
}

func (n *Network) deliveryToWrite(ctx context.Context, tx *store.Tx, by models.Actor, id models.DeliveryID, action string) (models.Delivery, error) {
	if err := by.May(models.WriteReports); err != nil {
		return models.Delivery{}, err
	}
	d, err := tx.LockDelivery(id)
	if err != nil {
		return d, err
	}
	tx.Log(action, "delivery", string(id), d.ClientID, "")
	return d, seen(ctx, d.Version)
}

// Misdirected notes that a delivery reached somebody else: its link closes,
// and nothing of it can be read any more.
func (n *Network) Misdirected(ctx context.Context, by models.Actor, id models.DeliveryID, note string) (models.Delivery, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.Delivery, error) {
		d, err := n.deliveryToWrite(ctx, tx, by, id, "delivery.misdirected")
		if err != nil {
			return d, err
		}
		return misdirected(tx, d, note)
	})
}

func misdirected(tx *store.Tx, d models.Delivery, note string) (models.Delivery, error) {
	if len([]rune(note)) > 500 {
		var l fault.List
		l.Add("note.too_long", "/note", "A note has at most 500 characters.")
		return d, l.Invalid("The note is too long.")
	}
	if d.State == models.DeliveryStopped && !d.Misdirected() {
		return d, models.DeliveryIsStopped()
	}
	if err := tx.CloseLinks(string(d.ID)); err != nil {
		return d, err
	}
	return proved(tx, d, models.DeliveryStopped, models.ReasonMisdirected, models.DeliveryEvent{Note: note})
}
