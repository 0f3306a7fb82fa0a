package referral

import (
	"context"
	"errors"

	"rapport/documents"
	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// thankByMail promises the thank-you for a referral whose first visit has
// taken place. Where no address is known, or another practice's people wrote
// it, a letter waits to be printed.
func thankByMail(tx *store.Tx, r *models.Referral) error {
	if r.ThankedAt != nil {
		return nil
	}
	to, err := mailboxOf(tx, r.ProviderID)
	if errors.Is(err, fault.Invalid) || errors.Is(err, fault.Conflict) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.Post(models.Message{Kind: models.MessageThanks, To: to, ObjectKind: "referral", ObjectID: string(r.ID), ClientID: r.ClientID, ProviderID: r.ProviderID}); err != nil {
		return err
	}
	return thanked(tx, r, models.ContactEmail)
}

// thanked notes the thank-you, once, and puts it into the contact log.
func thanked(tx *store.Tx, r *models.Referral, channel models.ContactChannel) error {
	at := tx.Now()
	r.ThankedAt = &at
	return tx.AddContact(models.Contact{ID: models.ContactID(tx.NewID()), RelationshipID: r.RelationshipID, At: at, Channel: channel, Direction: "out",
		Outcome: models.ContactSent, Note: "Thank-you for a referral.", CreatedBy: tx.By().UserID, CreatedAt: at})
}

// ThankYouLetter draws the thank-you to be sent by post; it names nobody. The
// first time counts as sent.
func (n *Network) ThankYouLetter(ctx context.Context, by models.Actor, id models.ReferralID) ([]byte, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]byte, error) {
		if err := by.May(models.WriteReferrals); err != nil {
			return nil, err
		}
		r, err := heldReferral(tx, by, id)
		if err != nil {
			return nil, err
		}
		tx.Log("referral.thank", "referral", string(id), r.ClientID, "")
		if r.Direction != models.Inbound || r.FirstVisitAt == nil {
			return nil, fault.New(fault.Conflict, "referral.no_visit_yet", "The thank-you goes out after the first visit of somebody who was referred to the practice.")
		}
		practice, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return nil, err
		}
		to, err := tx.Provider(r.ProviderID)
		if err != nil {
			return nil, err
		}
		if err := mayPost(tx, to.ID); err != nil {
			return nil, err
		}
		address, err := addressee(tx, to)
		if err != nil {
			return nil, err
		}
		p := documents.ThanksPaper{Identity: documents.Identity{DocumentID: string(r.ID), At: tx.Now()}, Practice: letterheadOf(practice), To: address,
			On: practice.Today(tx.Now()), First: r.FirstOfProvider}
		if p.Signature, err = signatureOf(tx, by, practice); err != nil {
			return nil, err
		}
		if r.ThankedAt == nil {
			if err := thanked(tx, &r, models.ContactLetter); err != nil {
				return nil, err
			}
			if err := tx.UpdateReferral(r, r.Version); err != nil {
				return nil, err
			}
		}
		return documents.Thanks(p)
	})
}
