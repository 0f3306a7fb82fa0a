package referral

import (
	"context"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// deliveryMaySend asks the gate once more before a notice or a link leaves.
func deliveryMaySend(n *Network, _ context.Context, tx *store.Tx, m models.Message) error {
	d, err := tx.LockDelivery(models.DeliveryID(m.ObjectID))
	if err != nil {
		return err
	}
	if d.State == models.DeliveryStopped {
		return models.DeliveryIsStopped()
	}
	r, err := tx.Report(d.ReportID)
	if err != nil {
		return err
	}
	if err := r.MayBeDelivered(); err != nil {
		return err
	}
	v, err := n.tellReport(tx, r, d, string(models.ByEmail))
	if err != nil {
		return err
	}
	return v.Refusal(false)
}

// deliverySettled lets a delivery move along with its mail.
func deliverySettled(_ *Network, _ context.Context, tx *store.Tx, m models.Message) error {
	d, err := tx.LockDelivery(models.DeliveryID(m.ObjectID))
	if err != nil {
		return err
	}
	to, known := map[models.MessageState]models.DeliveryState{models.MessageQueued: models.DeliveryQueued, models.MessageSent: models.DeliverySent,
		models.MessageFailed: models.DeliveryFailed, models.MessageUncertain: models.DeliveryUncertain, models.MessageStopped: models.DeliveryStopped}[m.State]
	if !known {
		return fault.New(fault.Internal, "message.state_unknown", "This state of a message is not known.")
	}
	e := models.DeliveryEvent{}
	if m.SentAt != nil && m.State == models.MessageSent {
		e.At = *m.SentAt
	}
	d.LinkID = m.LinkID
	_, err = proved(tx, d, to, m.Reason, e)
	return err
}
