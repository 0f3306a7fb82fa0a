package referral

import (
	"context"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// LinkPage is what a link's page may show before the birth date: no name.
type LinkPage struct {
	Waiting        bool // true: a form waits for a signature; false: a signed copy can be read or revoked
	TriesLeft      int
	ExpiresAt      time.Time
	ConsentVersion string
	Consent        string
	Intent         string
}

// SigningLink says what a link is for. It names nobody and spends nothing.
func (n *Network) SigningLink(ctx context.Context, by models.Actor, token string) (LinkPage, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (LinkPage, error) {
		l, err := tx.LinkByToken(token, models.LinkSign)
		if err != nil {
			return LinkPage{}, err
		}
		if err := tx.Enter(l.PracticeID); err != nil {
			return LinkPage{}, err
		}
		r, err := tx.Release(models.ReleaseID(l.ObjectID))
		return LinkPage{Waiting: r.Status == models.ReleaseDraft, TriesLeft: l.TriesLeft, ExpiresAt: l.ExpiresAt,
			ConsentVersion: models.ElectronicConsentVersion, Consent: models.ElectronicConsent, Intent: models.SigningIntent}, err
	})
}

// holder turns a token into the actor who holds it, ended or not: the verb
// decides that in its own transaction.
func (n *Network) holder(ctx context.Context, by models.Actor, token string, kind models.LinkKind) (models.Actor, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Actor, error) {
		l, err := tx.LinkByToken(token, kind)
		if l.ID == "" {
			return models.Actor{}, err
		}
		a := models.LinkActor(l)
		a.IP, a.Agent = by.IP, by.Agent
		return a, nil
	})
}

// opened checks the link and the client's birth date. A try is spent first and
// given back when the date is right, so that a hundred guesses at once are
// still five. A wrong date is a standing refusal: the try stays spent.
func opened(tx *store.Tx, token string, kind models.LinkKind, born models.Date) (models.Link, models.Client, error) {
	l, err := tx.LinkByToken(token, kind)
	if err != nil {
		return l, models.Client{}, err
	}
	c, err := knowsBirthDate(tx, l, born)
	return l, c, err
}

func knowsBirthDate(tx *store.Tx, l models.Link, born models.Date) (models.Client, error) {
	if born.IsZero() {
		var v fault.List
		v.Add("birth_date.required", "/birth_date", "Give the client's birth date to open the link.")
		return models.Client{}, v.Invalid("The link needs the client's birth date.")
	}
	if err := tx.SpendTry(l.ID); err != nil {
		return models.Client{}, err
	}
	c, err := tx.Client(l.ClientID)
	if err != nil {
		return c, err
	}
	if c.BirthDate != born {
		tx.Log("link.try", "link", string(l.ID), l.ClientID, "")
		return c, stands(fault.New(fault.Forbidden, "link.birth_date", "This is not the birth date we have. After five tries the link ends; the practice can send a new one."))
	}
	return c, tx.GiveBackTry(l.ID)
}

// byLink runs what a client does with a signing link and the right birth date.
func byLink[T any](ctx context.Context, n *Network, by models.Actor, token string, born models.Date, f func(*store.Tx, models.Actor, models.Link, models.Release) (T, error)) (T, error) {
	by, err := n.holder(ctx, by, token, models.LinkSign)
	if err != nil {
		var zero T
		return zero, err
	}
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (T, error) {
		var zero T
		l, _, err := opened(tx, token, models.LinkSign, born)
		if err != nil {
			return zero, err
		}
		r, err := tx.LockRelease(models.ReleaseID(l.ObjectID))
		if err != nil {
			return zero, err
		}
		return f(tx, by, l, r)
	})
}

// SignByLink takes the signature of a client who holds a link. The link is
// spent; another one to the signed copy goes to the same address.
func (n *Network) SignByLink(ctx context.Context, by models.Actor, token string, born models.Date, d models.SignatureDraft) (ReleaseView, error) {
	return byLink(ctx, n, by, token, born, func(tx *store.Tx, by models.Actor, l models.Link, r models.Release) (ReleaseView, error) {
		tx.Log("release.sign", "release", string(r.ID), r.ClientID, identifiedByLink)
		if r.Status != models.ReleaseDraft {
			return ReleaseView{}, models.LinkEnded()
		}
		if err := tx.UseLink(l.ID); err != nil {
			return ReleaseView{}, err
		}
		v, err := sign(tx, by, r, d, identifiedByLink)
		if err != nil {
			return ReleaseView{}, err
		}
		return v, postCopy(tx, v.Release, l.Email)
	})
}

// DeclineByLink lets a client say no. Nothing is asked about the reason.
func (n *Network) DeclineByLink(ctx context.Context, by models.Actor, token string, born models.Date) (ReleaseView, error) {
	return byLink(ctx, n, by, token, born, func(tx *store.Tx, _ models.Actor, l models.Link, r models.Release) (ReleaseView, error) {
		tx.Log("release.decline", "release", string(r.ID), r.ClientID, identifiedByLink)
		if r.Status != models.ReleaseDraft {
			return ReleaseView{}, models.LinkEnded()
		}
		if err := tx.UseLink(l.ID); err != nil {
			return ReleaseView{}, err
		}
		if err := tx.DeclineRelease(r); err != nil {
			return ReleaseView{}, err
		}
		p, err := tx.Practice(tx.PracticeID())
		r.Status, r.Version = models.ReleaseDeclined, r.Version+1
		return viewOf(r, p, tx.Now()), err
	})
}

// RevokeByLink lets a client take a signed release back with the link to the
// copy. Received and entered are one moment.
func (n *Network) RevokeByLink(ctx context.Context, by models.Actor, token string, born models.Date, reason string) (ReleaseView, error) {
	return byLink(ctx, n, by, token, born, func(tx *store.Tx, by models.Actor, l models.Link, r models.Release) (ReleaseView, error) {
		tx.Log("release.revoke", "release", string(r.ID), r.ClientID, identifiedByLink)
		if err := tx.UseLink(l.ID); err != nil {
			return ReleaseView{}, err
		}
		return revoke(tx, by, r, models.RevocationDraft{ReceivedAt: tx.Moment(), Channel: "link", Reason: reason})
	})
}

// DocumentByLink gives the client the form to sign, or the signed copy; reading
// does not spend the link. The answer is never kept for a repeated request:
// whether the link still opens is decided each time.
func (n *Network) DocumentByLink(ctx context.Context, by models.Actor, token string, born models.Date) (models.Document, error) {
	return byLink(models.WithoutIdempotency(ctx), n, by, token, born, func(tx *store.Tx, _ models.Actor, _ models.Link, r models.Release) (models.Document, error) {
		tx.Log("release.document", "release", string(r.ID), r.ClientID, identifiedByLink)
		n.tellClient(tx, r.ClientID, []models.Category{models.CategoryDemographics}, about{ObjectKind: "release", ObjectID: string(r.ID), Description: "Release form", Channel: "link"})
		if r.SignedAt != nil {
			if err := copyGiven(tx, &r); err != nil {
				return models.Document{}, err
			}
		}
		return formOf(tx, r)
	})
}
