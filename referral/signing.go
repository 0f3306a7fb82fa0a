package referral

import (
	"context"
	"errors"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// How a signer was identified.
const (
	identifiedInPerson = "in_person"
	identifiedByLink   = "one_time_link"
)

// SignRelease takes the client's or representative's signature on the
// practice's device. Owner, therapist and front desk may collect it. Of two
// tabs that sign the same form one wins.
func (n *Network) SignRelease(ctx context.Context, by models.Actor, id models.ReleaseID, d models.SignatureDraft) (ReleaseView, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (ReleaseView, error) {
		if err := by.May(models.CollectReleases); err != nil {
			return ReleaseView{}, err
		}
		r, err := tx.LockRelease(id)
		if err != nil {
			return ReleaseView{}, err
		}
		tx.Log("release.sign", "release", string(id), r.ClientID, identifiedInPerson)
		if err := seen(ctx, r.Version); err != nil {
			return ReleaseView{}, err
		}
		return sign(tx, by, r, d, identifiedInPerson)
	})
}

// seen honours If-Match where it was sent.
func seen(ctx context.Context, version int) error {
	if v := models.IfMatchOf(ctx); v != 0 && v != version {
		return fault.New(fault.Stale, "version.stale", "Somebody changed this in the meantime. Load it again and repeat your change.")
	}
	return nil
}

// notDraft refuses to sign what is signed, declined or over.
func notDraft(r models.Release, today models.Date) error {
	switch {
	case r.Status == models.ReleaseDeclined:
		return fault.New(fault.Conflict, "release.declined", "The client declined this release. Prepare a new one.")
	case r.Status != models.ReleaseDraft:
		return fault.New(fault.Conflict, "release.already_signed", "This release is signed already. To change it, prepare a new one.")
	case !r.ExpiresOn.IsZero() && today.After(r.ExpiresOn):
		return fault.New(fault.Conflict, "release.expired", "The last day of this release is over. Prepare a new one.")
	}
	return nil
}

// sign puts a locked draft into force with the evidence of the act. The form
// that was shown stays beside the signed one, so that both hashes can be checked.
func sign(tx *store.Tx, by models.Actor, r models.Release, d models.SignatureDraft, identified string) (ReleaseView, error) {
	c, p, err := clientHere(tx, r.ClientID)
	if err != nil {
		return ReleaseView{}, err
	}
	if err := notDraft(r, p.Today(tx.Now())); err != nil {
		return ReleaseView{}, err
	}
	if err := d.Validate(); err != nil {
		return ReleaseView{}, err
	}
	at := tx.Now()
	r.SignedAt = &at
	r.Signature = &models.Signature{Method: d.Method, Name: d.Name, Image: d.Image, ConsentVersion: models.ElectronicConsentVersion, Intent: models.SigningIntent,
		IdentifiedBy: identified, Witness: d.Witness, At: at, Zone: p.TimeZone, IP: by.IP, Agent: by.Agent, DocumentSHA256: r.FormSHA256}
	if identified == identifiedInPerson {
		r.Signature.AttendedBy = by.UserID
	}
	if lacks := r.Incomplete(); len(lacks) > 0 {
		return ReleaseView{}, fault.New(fault.Invalid, "release.incomplete", "The release lacks what 45 CFR 164.508(c) asks for. Prepare it anew.").With(lacks...)
	}
	form, warnings, err := drawForm(r, p, c)
	if err != nil {
		return ReleaseView{}, err
	}
	doc, err := tx.AddDocument(c.ID, "signed_release", "application/pdf", form)
	if err != nil {
		return ReleaseView{}, err
	}
	r.DocumentID, r.DocumentSHA256 = doc.ID, doc.SHA256
	if err := tx.SignRelease(r); err != nil {
		return ReleaseView{}, err
	}
	r.Status, r.Version = models.ReleaseActive, r.Version+1
	if err := grantRelease(tx, r); err != nil {
		return ReleaseView{}, err
	}
	v := viewOf(r, p, tx.Now())
	v.Warnings = warnings
	return v, tx.CloseLinks(string(r.ID))
}

// grantRelease lets the ids of those who are named resolve to this practice;
// what they see the gate decides each time.
func grantRelease(tx *store.Tx, r models.Release) error {
	for _, x := range r.Recipients {
		var err error
		switch {
		case x.ProviderID != "":
			err = tx.GrantOnce("release", string(r.ID), x.ProviderID)
		case x.OfficeID != "":
			err = tx.GrantOffice(r.ID, x.OfficeID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// SendSigningLink promises a mail with a one-time link to the form. Links that
// were sent before end.
func (n *Network) SendSigningLink(ctx context.Context, by models.Actor, id models.ReleaseID, email string) (models.MessageID, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.MessageID, error) {
		if err := by.May(models.CollectReleases); err != nil {
			return "", err
		}
		r, p, err := releaseHere(tx, id)
		if err != nil {
			return "", err
		}
		tx.Log("release.link", "release", string(id), r.ClientID, "")
		if err := seen(ctx, r.Version); err != nil {
			return "", err
		}
		if err := notDraft(r, p.Today(tx.Now())); err != nil {
			return "", err
		}
		if !models.ValidEmail(email) {
			var l fault.List
			l.Add("email.invalid", "/email", "Give the client's e-mail address.")
			return "", l.Invalid("The link cannot be sent.")
		}
		if err := tx.CloseLinks(string(id)); err != nil {
			return "", err
		}
		return tx.Post(models.Message{Kind: models.MessageSigningLink, To: email, ObjectKind: "release", ObjectID: string(id), LinkKind: models.LinkSign, ClientID: r.ClientID})
	})
}

// GiveReleaseCopy notes that the client got the signed copy on paper, or with
// an e-mail address promises a link to it (45 CFR 164.508(c)(4)).
func (n *Network) GiveReleaseCopy(ctx context.Context, by models.Actor, id models.ReleaseID, email string) (ReleaseView, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (ReleaseView, error) {
		if err := by.May(models.CollectReleases); err != nil {
			return ReleaseView{}, err
		}
		r, err := tx.LockRelease(id)
		if err != nil {
			return ReleaseView{}, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return ReleaseView{}, err
		}
		if r.SignedAt == nil {
			return ReleaseView{}, fault.New(fault.Conflict, "release.not_signed", "There is a copy to give once the release is signed.")
		}
		tx.Log("release.copy", "release", string(id), r.ClientID, "")
		if err := seen(ctx, r.Version); err != nil {
			return ReleaseView{}, err
		}
		if email != "" {
			return viewOf(r, p, tx.Now()), postCopy(tx, r, email)
		}
		n.tellClient(tx, r.ClientID, []models.Category{models.CategoryDemographics}, about{ObjectKind: "release", ObjectID: string(id), Description: "Signed release", Channel: "letter"})
		if err := copyGiven(tx, &r); err != nil {
			return ReleaseView{}, err
		}
		return viewOf(r, p, tx.Now()), nil
	})
}

func copyGiven(tx *store.Tx, r *models.Release) error {
	if r.CopyGivenAt != nil {
		return nil
	}
	at := tx.Now()
	r.CopyGivenAt = &at
	if err := tx.SetReleaseCopy(*r); err != nil {
		return err
	}
	r.Version++
	return nil
}

// postCopy promises the client a link under which the signed copy can be read
// and the release be revoked.
func postCopy(tx *store.Tx, r models.Release, email string) error {
	if !models.ValidEmail(email) {
		var l fault.List
		l.Add("email.invalid", "/email", "Give the client's e-mail address.")
		return l.Invalid("The copy cannot be sent.")
	}
	_, err := tx.Post(models.Message{Kind: models.MessageReleaseCopy, To: email, ObjectKind: "release", ObjectID: string(r.ID), LinkKind: models.LinkSign, ClientID: r.ClientID})
	return err
}

// releaseMayGo is asked when a mail about a release is sent: a signing link
// only while there is something to sign, a copy only of what was signed.
func releaseMayGo(_ *Network, _ context.Context, tx *store.Tx, m models.Message) error {
	r, p, err := releaseHere(tx, models.ReleaseID(m.ObjectID))
	if err != nil {
		return err
	}
	if m.Kind == models.MessageSigningLink {
		return notDraft(r, p.Today(tx.Now()))
	}
	if r.SignedAt == nil {
		return fault.New(fault.Conflict, "release.not_signed", "There is nothing signed to send.")
	}
	return nil
}

// MatchRecipient ties somebody whom the form names in words to a provider of
// the directory. Only then the release names them.
func (n *Network) MatchRecipient(ctx context.Context, by models.Actor, id models.ReleaseID, position int, to models.ProviderID) (ReleaseView, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (ReleaseView, error) {
		if err := by.May(models.WriteReleases); err != nil {
			return ReleaseView{}, err
		}
		r, err := tx.LockRelease(id)
		if err != nil {
			return ReleaseView{}, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return ReleaseView{}, err
		}
		tx.Log("release.match", "release", string(id), r.ClientID, models.TraceID(to))
		if err := seen(ctx, r.Version); err != nil {
			return ReleaseView{}, err
		}
		if position < 0 || position >= len(r.Recipients) || !r.Recipients[position].Unmatched() {
			return ReleaseView{}, fault.New(fault.Conflict, "recipient.matched", "Only a recipient who is named in words can be matched, once.")
		}
		if _, err := tx.Provider(to); errors.Is(err, fault.NotFound) {
			var l fault.List
			l.Add("recipient.unknown", "/provider_id", "The directory does not know this provider.")
			return ReleaseView{}, l.Invalid("The recipient cannot be matched.")
		} else if err != nil {
			return ReleaseView{}, err
		}
		if err := tx.MatchRecipient(r, position, to); err != nil {
			return ReleaseView{}, err
		}
		r.Recipients[position].ProviderID, r.Version = to, r.Version+1
		if r.SignedAt != nil {
			err = tx.GrantOnce("release", string(id), to)
		}
		return viewOf(r, p, tx.Now()), err
	})
}
