package referral

import (
	"context"
	"time"

	"rapport/models"
	"rapport/models/store"
)

// SpentLink is what a link that served may still say to whoever opens it again,
// as long as it would have lived. It names nobody.
type SpentLink struct {
	UsedAt   time.Time
	Signed   time.Time      // when the release was signed; zero where it was not
	Revoked  bool           // it was taken back
	Answered bool           // the report was acknowledged
	Zone     *time.Location // of the practice
}

// SpentReportLink: the report was opened by this link, which answers it from now
// on. A link that ended any other way is 410 link.ended.
func (n *Network) SpentReportLink(ctx context.Context, _ models.Actor, token string) (SpentLink, error) {
	return n.spent(ctx, token, models.LinkReport, func(tx *store.Tx, l models.Link, s *SpentLink) error {
		d, err := tx.Delivery(models.DeliveryID(l.ObjectID))
		if err == nil && d.State == models.DeliveryStopped {
			err = models.LinkEnded()
		}
		s.Answered = d.State == models.DeliveryAcknowledged
		return err
	})
}

// SpentSigningLink: by this link the form was signed or declined, or the signed
// release taken back. A link that ended any other way is 410 link.ended.
func (n *Network) SpentSigningLink(ctx context.Context, _ models.Actor, token string) (SpentLink, error) {
	return n.spent(ctx, token, models.LinkSign, func(tx *store.Tx, l models.Link, s *SpentLink) error {
		r, err := tx.Release(models.ReleaseID(l.ObjectID))
		if r.SignedAt != nil {
			s.Signed, s.Revoked = *r.SignedAt, r.RevokedAt != nil
		}
		return err
	})
}

func (n *Network) spent(ctx context.Context, token string, kind models.LinkKind, about func(*store.Tx, models.Link, *SpentLink) error) (SpentLink, error) {
	return look(ctx, n, models.Anonymous("", ""), func(_ context.Context, tx *store.Tx) (SpentLink, error) {
		l, err := tx.LinkByToken(token, kind)
		if l.ID == "" {
			return SpentLink{}, err
		}
		used := l.UsedAt
		if l.UsedAt = nil; used == nil || l.Ended(tx.Now()) != nil {
			return SpentLink{}, models.LinkEnded()
		}
		if err := tx.Enter(l.PracticeID); err != nil {
			return SpentLink{}, err
		}
		p, err := tx.Practice(l.PracticeID)
		if err != nil {
			return SpentLink{}, err
		}
		s := SpentLink{UsedAt: *used, Zone: p.Location()}
		return s, about(tx, l, &s)
	})
}
