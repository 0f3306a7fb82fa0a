package referral

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// ReleaseView is a release as somebody may see it. A practice sees all of it;
// a provider whom it names sees the client only while it is in force.
type ReleaseView struct {
	models.Release
	Status    models.ReleaseStatus // expired is derived from the day
	KeptUntil models.Date
	Practice  string
	Client    *models.Client    // for a provider while the release is in force
	Warnings  []fault.Violation // after drafting and signing: signs that the form could not show
}

func viewOf(r models.Release, p models.Practice, now time.Time) ReleaseView {
	return ReleaseView{Release: r, Status: r.StatusOn(p.Today(now)), KeptUntil: r.KeptUntil(p.Location()), Practice: p.Name}
}

// DraftRelease prepares a release for the client to sign. The form that will
// be shown is drawn now and kept, so that the words shown are the words signed.
func (n *Network) DraftRelease(ctx context.Context, by models.Actor, client models.ClientID, terms models.ReleaseTerms) (ReleaseView, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (ReleaseView, error) {
		if err := by.May(models.WriteReleases); err != nil {
			return ReleaseView{}, err
		}
		c, p, err := clientHere(tx, client)
		if err != nil {
			return ReleaseView{}, err
		}
		if err := terms.Validate(c, p.Today(tx.Now())); err != nil {
			return ReleaseView{}, err
		}
		r := models.Release{ID: models.ReleaseID(tx.NewID()), PracticeID: p.ID, ClientID: c.ID, Status: models.ReleaseDraft, Categories: terms.Categories,
			Purpose: terms.Purpose, ExpiresOn: terms.ExpiresOn, ExpiryEvent: strings.TrimSpace(terms.ExpiryEvent), Representative: terms.Representative,
			FormVersion: models.ReleaseFormVersion, CreatedBy: by.UserID, CreatedAt: tx.Now(), Version: 1}
		if r.Recipients, err = recipients(tx, terms.Recipients); err != nil {
			return ReleaseView{}, err
		}
		if err := tx.AddRelease(r); err != nil {
			return ReleaseView{}, err
		}
		form, warnings, err := drawForm(r, p, c)
		if err != nil {
			return ReleaseView{}, err
		}
		doc, err := tx.AddDocument(c.ID, "release_form", "application/pdf", form)
		if err != nil {
			return ReleaseView{}, err
		}
		r.FormID, r.FormSHA256 = doc.ID, doc.SHA256
		tx.Log("release.draft", "release", string(r.ID), c.ID, "")
		v := viewOf(r, p, tx.Now())
		v.Warnings = warnings
		return v, tx.SetReleaseForm(r)
	})
}

// clientHere reads a client of the transaction's practice, and the practice.
func clientHere(tx *store.Tx, id models.ClientID) (models.Client, models.Practice, error) {
	c, err := tx.Client(id)
	if err != nil {
		return c, models.Practice{}, err
	}
	p, err := tx.Practice(tx.PracticeID())
	return c, p, err
}

// recipients looks each recipient up and fixes the words of the form.
func recipients(tx *store.Tx, named []models.Recipient) ([]models.Recipient, error) {
	var l fault.List
	out := make([]models.Recipient, len(named))
	for i, r := range named {
		var err error
		switch {
		case r.ProviderID != "":
			var p models.Provider
			p, err = tx.Provider(r.ProviderID)
			r.Label = p.DisplayName()
			if len(p.Offices) > 0 {
				r.Label += ", " + p.Offices[0].Name
			}
		case r.OfficeID != "":
			var office string
			office, err = tx.OfficeName(r.OfficeID)
			r.Label = "Whoever treats patients at " + office
		case r.PayerName != "":
			r.Label = r.PayerName + ", claim " + r.ClaimNumber
		default:
			r.Label = strings.Join(nonEmpty(r.Name, r.Role, r.Phone), ", ")
		}
		if f, ok := fault.As(err); ok && f.Kind == fault.NotFound {
			l.Add("recipient.unknown", "/recipients/"+strconv.Itoa(i), "The directory does not know this recipient. Add the provider first, or name the person in words.")
		} else if err != nil {
			return nil, err
		}
		out[i] = r
	}
	return out, l.Invalid("The release needs correction.")
}

func nonEmpty(s ...string) (out []string) {
	for _, x := range s {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

// Release reads one release. A provider reads those that name them; while one
// is in force that is a disclosure, and the client's name comes with it.
func (n *Network) Release(ctx context.Context, by models.Actor, id models.ReleaseID) (ReleaseView, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (ReleaseView, error) {
		if by.Outsider() {
			return n.releaseForProvider(tx, by, id)
		}
		if err := by.May(models.ReadReleases); err != nil {
			return ReleaseView{}, err
		}
		r, p, err := releaseHere(tx, id)
		if err != nil {
			return ReleaseView{}, err
		}
		tx.Log("release.read", "release", string(id), r.ClientID, "")
		return viewOf(r, p, tx.Now()), nil
	})
}

func releaseHere(tx *store.Tx, id models.ReleaseID) (models.Release, models.Practice, error) {
	r, err := tx.Release(id)
	if err != nil {
		return r, models.Practice{}, err
	}
	p, err := tx.Practice(tx.PracticeID())
	return r, p, err
}

// namedRelease is a signed release that names who asks, with what the gate says
// to it. One that never named them is not found.
func (n *Network) namedRelease(tx *store.Tx, by models.Actor, id models.ReleaseID, action, description string) (models.Release, models.Verdict, error) {
	if err := by.May(models.ReceiveReports); err != nil {
		return models.Release{}, models.Verdict{}, err
	}
	if err := tx.EnterByGrant("release", string(id), "release"); err != nil {
		return models.Release{}, models.Verdict{}, err
	}
	r, err := tx.Release(id)
	if err != nil {
		return r, models.Verdict{}, err
	}
	tx.Log(action, "release", string(id), r.ClientID, "")
	v, err := n.tell(tx, models.Ask{ClientID: r.ClientID, ProviderID: by.ProviderID, Categories: r.Categories, Purpose: r.Purpose},
		about{ObjectKind: "release", ObjectID: string(id), Description: description, Channel: "portal"})
	if err == nil && !v.Allowed && !v.Ended {
		err = fault.Missing("release")
	}
	return r, v, err
}

func (n *Network) releaseForProvider(tx *store.Tx, by models.Actor, id models.ReleaseID) (ReleaseView, error) {
	r, v, err := n.namedRelease(tx, by, id, "release.read", "Who the client is, with the release")
	if err != nil {
		return ReleaseView{}, err
	}
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return ReleaseView{}, err
	}
	view := viewOf(r, p, tx.Now()).forProvider(by.ProviderID)
	if v.Allowed {
		c, err := tx.Client(r.ClientID)
		c = c.Known(slices.Contains(r.Categories, models.CategoryDemographics))
		view.Client = &c
		return view, err
	}
	return view, nil
}

// forProvider leaves out what is between the client and the practice: who else
// is named, how it was signed, why it was taken back.
func (v ReleaseView) forProvider(p models.ProviderID) ReleaseView {
	var mine []models.Recipient
	for _, r := range v.Recipients {
		if r.ProviderID == p || r.OfficeID != "" {
			mine = append(mine, r)
		}
	}
	v.Recipients, v.Signature, v.Representative, v.Revocation, v.ClientID, v.CreatedBy, v.KeptUntil = mine, nil, nil, nil, "", "", ""
	return v
}

// Releases lists a client's releases, or the practice's, newest first; for a
// provider those that name them, all on one page where they ask for a client.
func (n *Network) Releases(ctx context.Context, by models.Actor, client models.ClientID, page models.Page) (models.List[ReleaseView], error) {
	if by.Outsider() && client == "" {
		return n.releasesTo(ctx, by, page)
	}
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (out models.List[ReleaseView], err error) {
		if by.Outsider() {
			a, c, err := n.sharedClient(tx, by, client, "releases.list")
			if err == nil {
				out.Items = a.releasesTo(c, tx.Now())
			}
			return out, err
		}
		if err := by.May(models.ReadReleases); err != nil {
			return out, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return out, err
		}
		l, err := tx.Releases(client, page)
		if err != nil {
			return out, err
		}
		if client != "" && len(l.Items) == 0 {
			if _, err := tx.Client(client); err != nil {
				return out, err
			}
		}
		for _, r := range l.Items {
			out.Items = append(out.Items, viewOf(r, p, tx.Now()))
		}
		out.NextCursor = l.NextCursor
		tx.Log("releases.list", "practice", string(p.ID), client, "")
		return out, err
	})
}

// releasesTo lists the releases that name a provider, over all practices,
// without saying whose they are: Release tells that, and is recorded.
func (n *Network) releasesTo(ctx context.Context, by models.Actor, page models.Page) (models.List[ReleaseView], error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (out models.List[ReleaseView], err error) {
		if err := by.May(models.ReceiveReports); err != nil {
			return out, err
		}
		l, err := tx.Grants("release", page)
		if err != nil {
			return out, err
		}
		for _, g := range l.Items {
			if err := tx.Enter(g.PracticeID); err != nil {
				return out, err
			}
			r, p, err := releaseHere(tx, models.ReleaseID(g.ObjectID))
			if errors.Is(err, fault.NotFound) {
				continue // of a suspended practice
			}
			if err != nil {
				return out, err
			}
			v := viewOf(r, p, tx.Now()).forProvider(by.ProviderID)
			v.ExpiryEvent = "" // the client's own words may say who they are
			out.Items = append(out.Items, v)
		}
		out.NextCursor = l.NextCursor
		return out, nil
	})
}

// ReleaseDocument gives the form to sign, or once it is signed exactly the
// bytes that were signed; to a provider whom it names while it is in force.
func (n *Network) ReleaseDocument(ctx context.Context, by models.Actor, id models.ReleaseID) (models.Document, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Document, error) {
		if by.Outsider() {
			r, v, err := n.namedRelease(tx, by, id, "release.document", "Signed release")
			if err == nil {
				err = v.Refusal(true)
			}
			if err != nil {
				return models.Document{}, err
			}
			return formOf(tx, r)
		}
		if err := by.May(models.ReadReleases); err != nil {
			return models.Document{}, err
		}
		r, err := tx.Release(id)
		if err != nil {
			return models.Document{}, err
		}
		tx.Log("release.document", "release", string(id), r.ClientID, "")
		return formOf(tx, r)
	})
}

func formOf(tx *store.Tx, r models.Release) (models.Document, error) {
	if r.DocumentID != "" {
		return tx.Document(r.DocumentID)
	}
	return tx.Document(r.FormID)
}
