package referral

import (
	"context"
	"errors"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// tellPracticeOf promises word of a document request to those who answer it.
func tellPracticeOf(tx *store.Tx, r models.DocumentRequest, kind models.MessageKind) error {
	to, err := tx.PracticeMail(models.Owner, models.Therapist)
	for _, address := range to {
		if err == nil {
			_, err = tx.Post(models.Message{Kind: kind, To: address, ObjectKind: "document_request", ObjectID: string(r.ID), ClientID: r.ClientID})
		}
	}
	return err
}

// requestNews tells the other side that a request was declined or taken back.
// A provider without a known address reads it in the portal; what was sent
// brings its own notice.
func requestNews(tx *store.Tx, r models.DocumentRequest) error {
	if r.State == models.RequestWithdrawn {
		return tellPracticeOf(tx, r, models.MessageDocumentNews)
	}
	to, err := mailboxOf(tx, r.ProviderID)
	if errors.Is(err, fault.Invalid) || errors.Is(err, fault.Conflict) {
		return nil
	}
	if err == nil {
		_, err = tx.Post(models.Message{Kind: models.MessageDocumentNews, To: to, ObjectKind: "document_request", ObjectID: string(r.ID), ClientID: r.ClientID, ProviderID: r.ProviderID})
	}
	return err
}

// requestMayGo: nobody is told of a request that is settled meanwhile, and a
// provider hears nothing more once the client's release has ended.
func requestMayGo(n *Network, _ context.Context, tx *store.Tx, m models.Message) error {
	if m.ProviderID != "" {
		if _, err := n.stillShares(tx, m.ClientID, m.ProviderID); err != nil {
			return err
		}
	}
	if m.Kind != models.MessageDocumentAsked {
		return nil
	}
	r, err := tx.LockDocumentRequest(models.RequestID(m.ObjectID))
	if err != nil {
		return err
	}
	return r.MustBeOpen()
}
