package referral

import (
	"context"
	"errors"
	"slices"

	"rapport/documents"
	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// channelOf is how a referral goes out: as was asked for, or else as the
// provider wants it of this practice, for themselves, or at their office. The
// portal is for who signs in there, a fax for who has a number.
func channelOf(tx *store.Tx, to models.Provider, wanted models.Channel) (models.Channel, error) {
	ways := referralWays(to)
	if wanted != "" {
		if slices.Contains(ways, wanted) {
			return wanted, nil
		}
		v := fault.Violation{Code: "referral.channel", Pointer: "/channel", Message: "A referral goes out in the portal, as a letter or by fax.", Allowed: ways, Got: wanted}
		switch wanted {
		case models.ByPortal:
			v.Message = "This provider does not sign in here. Send a letter or a fax, or invite them."
		case models.ByFax:
			v.Message = "The directory has no fax number of this provider's office. Add it, or send a letter."
		}
		return "", fault.New(fault.Invalid, "validation", "This step needs correction.").With(v)
	}
	with, err := tx.RelationshipWith(to.ID)
	if err != nil && !errors.Is(err, fault.NotFound) {
		return "", err
	}
	prefer := []models.Channel{with.PreferredChannel, to.PreferredChannel}
	if len(to.Offices) > 0 {
		prefer = append(prefer, to.Offices[0].PreferredChannel)
	}
	for _, c := range prefer {
		if slices.Contains(ways, c) {
			return c, nil
		}
	}
	return ways[0], nil
}

// ReferralCover draws the cover sheet of a referral that goes out on paper. With
// it the packet leaves the house, so the gate is asked again.
func (n *Network) ReferralCover(ctx context.Context, by models.Actor, id models.ReferralID) ([]byte, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]byte, error) {
		if err := by.May(models.WriteReferrals); err != nil {
			return nil, err
		}
		r, err := heldReferral(tx, by, id)
		if err != nil {
			return nil, err
		}
		tx.Log("referral.cover", "referral", string(id), r.ClientID, "")
		if r.DocumentID == "" || r.Channel != models.ByLetter && r.Channel != models.ByFax {
			return nil, fault.New(fault.Conflict, "referral.not_on_paper", "A referral that went out as a letter or by fax has a cover sheet.")
		}
		v, err := n.tellReferral(tx, r, r.Channel)
		if err == nil {
			err = v.Refusal(false)
		}
		if err == nil {
			err = mayPost(tx, r.ProviderID)
		}
		if err != nil {
			return nil, err
		}
		return referralCover(tx, by, r)
	})
}

func referralCover(tx *store.Tx, by models.Actor, r models.Referral) ([]byte, error) {
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return nil, err
	}
	p, err := tx.Provider(r.ProviderID)
	if err != nil {
		return nil, err
	}
	to, err := addressee(tx, p)
	if err != nil {
		return nil, err
	}
	packet, err := tx.Document(r.DocumentID)
	if err != nil {
		return nil, err
	}
	return documents.FaxCover(documents.CoverPaper{Identity: documents.Identity{DocumentID: string(r.ID), At: tx.Now()}, Practice: letterheadOf(practice), To: to,
		From: by.Name, On: practice.Today(tx.Now()), Pages: 1 + pages(packet.Bytes)})
}

// referralWays are the ways to a provider, the one to take where nobody prefers
// any in front.
func referralWays(to models.Provider) []models.Channel {
	ways := []models.Channel{models.ByLetter}
	if to.HasAccount {
		ways = []models.Channel{models.ByPortal, models.ByLetter}
	}
	if len(to.Offices) > 0 && to.Offices[0].Fax != "" {
		ways = append(ways, models.ByFax)
	}
	return ways
}
