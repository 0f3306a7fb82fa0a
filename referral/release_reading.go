package referral

import (
	"context"

	"rapport/models"
	"rapport/models/store"
)

// ReleaseReading is a form as the holder of its link reads it: whose it is and
// which practice asks.
type ReleaseReading struct {
	ReleaseView
	Person models.Client
	At     models.Practice
}

// ReadReleaseByLink shows the form, or the signed copy, to a client who holds
// a link and knows the birth date. Reading does not spend the link.
func (n *Network) ReadReleaseByLink(ctx context.Context, by models.Actor, token string, born models.Date) (ReleaseReading, error) {
	return byLink(models.WithoutIdempotency(ctx), n, by, token, born, func(tx *store.Tx, _ models.Actor, _ models.Link, r models.Release) (ReleaseReading, error) {
		tx.Log("release.read", "release", string(r.ID), r.ClientID, identifiedByLink)
		c, err := tx.Client(r.ClientID)
		if err != nil {
			return ReleaseReading{}, err
		}
		p, err := practiceOfForm(tx, r)
		if err != nil {
			return ReleaseReading{}, err
		}
		n.tellClient(tx, r.ClientID, []models.Category{models.CategoryDemographics}, about{ObjectKind: "release", ObjectID: string(r.ID), Description: "Release form", Channel: "link"})
		return ReleaseReading{ReleaseView: viewOf(r, p, tx.Now()), Person: c, At: p}, nil
	})
}

// practiceOfForm is the practice of a form. What is signed can be read, and from
// there be taken back, while the practice is suspended; nothing can be signed.
func practiceOfForm(tx *store.Tx, r models.Release) (models.Practice, error) {
	if r.SignedAt != nil {
		return tx.Home()
	}
	return tx.Practice(tx.PracticeID())
}
