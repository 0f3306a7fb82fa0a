package referral

import (
	"context"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// RevokeRelease enters the client's revocation. It works from this commit on;
// what was told between its arrival and now is flagged in the log. Owner and
// therapist enter it: the front desk collects signatures, no more.
func (n *Network) RevokeRelease(ctx context.Context, by models.Actor, id models.ReleaseID, d models.RevocationDraft) (ReleaseView, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (ReleaseView, error) {
		if err := by.May(models.WriteReleases); err != nil {
			return ReleaseView{}, err
		}
		r, err := tx.LockRelease(id)
		if err != nil {
			return ReleaseView{}, err
		}
		tx.Log("release.revoke", "release", string(id), r.ClientID, "")
		if err := seen(ctx, r.Version); err != nil {
			return ReleaseView{}, err
		}
		if d.ReceivedAt.IsZero() {
			d.ReceivedAt = tx.Now()
		}
		return revoke(tx, by, r, d)
	})
}

// revoke ends a locked release. The moment is read after the lock: whoever was
// told under the release before it had the lock earlier. A client takes back
// what they allowed while the practice is suspended, too (45 CFR 164.508(b)(5)).
func revoke(tx *store.Tx, by models.Actor, r models.Release, d models.RevocationDraft) (ReleaseView, error) {
	p, err := tx.Home()
	if err != nil {
		return ReleaseView{}, err
	}
	if err := notRevocable(r); err != nil {
		return ReleaseView{}, err
	}
	at := tx.Moment()
	if err := d.Validate(at); err != nil {
		return ReleaseView{}, err
	}
	r.RevokedAt = &at
	r.Revocation = &models.Revocation{ReceivedAt: d.ReceivedAt.UTC(), Channel: d.Channel, Reason: d.Reason, ReceivedBy: by.UserID}
	if err := tx.RevokeRelease(r); err != nil {
		return ReleaseView{}, err
	}
	r.Status, r.Version = models.ReleaseRevoked, r.Version+1
	return viewOf(r, p, at), endLinks(tx, p, r.ClientID)
}

func notRevocable(r models.Release) error {
	switch r.Status {
	case models.ReleaseActive:
		return nil
	case models.ReleaseRevoked:
		return fault.New(fault.Conflict, "release.revoked", "This release is revoked already.")
	}
	return fault.New(fault.Conflict, "release.not_signed", "Only a signed release can be revoked. This one gives no permission.")
}

// endLinks closes the client's report links whose provider no live release
// names any more. The gate refuses them in any case; a closed link says so at once.
func endLinks(tx *store.Tx, p models.Practice, client models.ClientID) error {
	links, err := tx.LiveLinksTo(client, models.LinkReport)
	if err != nil || len(links) == 0 {
		return err
	}
	all, err := tx.ReleasesOf(client)
	if err != nil {
		return err
	}
	for _, l := range links {
		ask := models.Ask{ClientID: client, ProviderID: l.ProviderID, Purpose: models.PurposeCoordination, Mode: p.Mode, On: p.Today(tx.Now()), At: tx.Now()}
		if ask.Offices, err = tx.OfficesOf(l.ProviderID); err != nil {
			return err
		}
		if len(models.CoveredBy(ask, all)) > 0 {
			continue
		}
		if err := tx.CloseLink(l.ID); err != nil {
			return err
		}
	}
	return nil
}

// NoteExpiryEvent notes that the event which ends a release has happened; from
// that day on it is expired.
func (n *Network) NoteExpiryEvent(ctx context.Context, by models.Actor, id models.ReleaseID, on models.Date) (ReleaseView, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (ReleaseView, error) {
		if err := by.May(models.WriteReleases); err != nil {
			return ReleaseView{}, err
		}
		r, err := tx.LockRelease(id)
		if err != nil {
			return ReleaseView{}, err
		}
		p, err := tx.Home()
		if err != nil {
			return ReleaseView{}, err
		}
		tx.Log("release.event", "release", string(id), r.ClientID, "")
		if err := seen(ctx, r.Version); err != nil {
			return ReleaseView{}, err
		}
		today := p.Today(tx.Now())
		switch {
		case r.Status != models.ReleaseActive:
			return ReleaseView{}, notRevocable(r)
		case r.ExpiryEvent == "":
			return ReleaseView{}, fault.New(fault.Conflict, "release.no_event", "This release ends on a day, not by an event.")
		case !r.EventOccurred.IsZero():
			return ReleaseView{}, fault.New(fault.Conflict, "release.expired", "The event is noted already.")
		case on.IsZero() || on.After(today):
			var l fault.List
			l.Put(fault.Violation{Code: "occurred_on.future", Pointer: "/occurred_on", Message: "Give the day on which the event happened: today or earlier.", Allowed: "until " + string(today)})
			return ReleaseView{}, l.Invalid("The event cannot be noted.")
		}
		r.EventOccurred = on
		if err := tx.SetReleaseEvent(r); err != nil {
			return ReleaseView{}, err
		}
		r.Version++
		return viewOf(r, p, tx.Now()), endLinks(tx, p, r.ClientID)
	})
}
