package referral

import (
	"context"

	"rapport/models"
	"rapport/models/store"
)

// onMessage is what an object kind does with the messages about it. Nouns
// without an entry send what was posted and do not move along.
type onMessage struct {
	// may asks again, at the moment of sending, whether the message may go.
	may func(n *Network, ctx context.Context, tx *store.Tx, m models.Message) error
	// settled lets the object move along with its message.
	settled func(n *Network, ctx context.Context, tx *store.Tx, m models.Message) error
}

// outbox has one line for each noun that messages are about.
var outbox = map[string]onMessage{
	"invitation":     {may: invitationMayGo},
	"release":        {may: releaseMayGo},
	"session":        {may: (*Network).mayTellOfSession},
	"delivery":       {deliveryMaySend, deliverySettled},
	"change_request": {may: changeMayGo},
	"prescription":   {may: orderMayGo},
	"referral":       {may: referralMayGo},
	"packet":         {settled: packetSettled},

	"document_request": {may: requestMayGo},
}

// MayStillSend asks the object's noun again, in the transaction that claims the
// message. A refusal stops it for good.
func (n *Network) MayStillSend(ctx context.Context, tx *store.Tx, m models.Message) error {
	if on := outbox[m.ObjectKind]; on.may != nil {
		return on.may(n, ctx, tx, m)
	}
	return nil
}

// MessageSettled tells the object's noun what became of its message: sent,
// failed, uncertain, stopped, or queued again by a person.
func (n *Network) MessageSettled(ctx context.Context, tx *store.Tx, m models.Message) error {
	if on := outbox[m.ObjectKind]; on.settled != nil {
		return on.settled(n, ctx, tx, m)
	}
	return nil
}
