package store

import (
	"time"

	"rapport/models"
)

type releaseRow struct {
	PracticeID     string
	ID             string
	ClientID       string
	Status         string
	Categories     asJSON[[]models.Category]
	Purpose        string
	ExpiresOn      models.Date
	ExpiryEvent    []byte
	EventOccurred  models.Date
	Representative []byte
	FormVersion    string
	FormID         *string
	FormSHA256     string `gorm:"column:form_sha256"`
	Signature      []byte
	SignedAt       *time.Time
	DocumentID     *string
	DocumentSHA256 string `gorm:"column:document_sha256"`
	CopyGivenAt    *time.Time
	RevokedAt      *time.Time
	Revocation     []byte
	CreatedBy      string
	CreatedAt      time.Time
	Version        int
}

func (releaseRow) TableName() string { return "releases" }

type releaseRecipientRow struct {
	PracticeID  string
	ReleaseID   string
	Position    int
	ProviderID  *string
	OfficeID    *string
	PayerName   string
	ClaimNumber string
	Name        string
	Phone       string
	Role        string
	Label       string
}

func (releaseRecipientRow) TableName() string { return "release_recipients" }

func (r releaseRecipientRow) recipient() models.Recipient {
	return models.Recipient{ProviderID: val[models.ProviderID](r.ProviderID), OfficeID: val[models.OfficeID](r.OfficeID), PayerName: r.PayerName,
		ClaimNumber: r.ClaimNumber, Name: r.Name, Phone: r.Phone, Role: r.Role, Label: r.Label}
}

const releaseColumns = `practice_id, id, client_id, status, categories, purpose, expires_on, expiry_event, event_occurred, representative, form_version,
	form_id, form_sha256, signature, signed_at, document_id, document_sha256, copy_given_at, revoked_at, revocation, created_by, created_at, version`

// AddRelease inserts a draft with its recipients.
func (t *Tx) AddRelease(r models.Release) error {
	rep, err := t.sealed(string(r.ID), "representative", r.Representative != nil, r.Representative)
	if err != nil {
		return err
	}
	event, err := t.sealed(string(r.ID), "expiry_event", r.ExpiryEvent != "", r.ExpiryEvent)
	if err != nil {
		return err
	}
	err = shared[releaseRow](t).Create(t.ctx, &releaseRow{PracticeID: string(t.practice), ID: string(r.ID), ClientID: string(r.ClientID), Status: string(r.Status),
		Categories: jsonOf(r.Categories), Purpose: string(r.Purpose), ExpiresOn: r.ExpiresOn, ExpiryEvent: event, Representative: rep,
		FormVersion: r.FormVersion, FormID: opt(r.FormID), FormSHA256: r.FormSHA256, CreatedBy: string(r.CreatedBy), CreatedAt: t.now, Version: 1})
	if err != nil {
		return err
	}
	rows := make([]releaseRecipientRow, len(r.Recipients))
	for i, x := range r.Recipients {
		rows[i] = releaseRecipientRow{PracticeID: string(t.practice), ReleaseID: string(r.ID), Position: i, ProviderID: opt(x.ProviderID), OfficeID: opt(x.OfficeID),
			PayerName: x.PayerName, ClaimNumber: x.ClaimNumber, Name: x.Name, Phone: x.Phone, Role: x.Role, Label: x.Label}
	}
	return shared[releaseRecipientRow](t).CreateInBatches(t.ctx, &rows, 100)
}

// sealed encrypts an optional column of a release.
func (t *Tx) sealed(row, column string, is bool, v any) ([]byte, error) {
	if !is {
		return nil, nil
	}
	return t.seal("releases", row, column, v)
}

// Release reads one release; another practice's is not found.
func (t *Tx) Release(id models.ReleaseID) (models.Release, error) {
	r, err := scoped[releaseRow](t).Select(releaseColumns).Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.Release{}, missing(err, "release")
	}
	l, err := t.releases([]releaseRow{r})
	if err != nil {
		return models.Release{}, err
	}
	return l[0], nil
}

// LockRelease reads a release that the verb is about to change and holds it
// against every gate decision until the commit.
func (t *Tx) LockRelease(id models.ReleaseID) (models.Release, error) {
	var held string
	q := t.forUpdate("SELECT id FROM releases WHERE practice_id = ? AND id = ?")
	if err := t.g.Raw(q, string(t.practice), string(id)).Scan(&held).Error; err != nil {
		return models.Release{}, err
	}
	return t.Release(id)
}

// ReleasesForGate reads all releases of some clients and holds them as they are
// until the commit: a revocation waits, or was there first and is seen.
func (t *Tx) ReleasesForGate(clients ...models.ClientID) ([]models.Release, error) {
	return t.releasesOf(scoped[releaseRow](t).ForShare(), clients)
}

// ReleasesOf reads all releases of some clients, oldest first.
func (t *Tx) ReleasesOf(clients ...models.ClientID) ([]models.Release, error) {
	return t.releasesOf(scoped[releaseRow](t), clients)
}

func (t *Tx) releasesOf(c rows[releaseRow], clients []models.ClientID) ([]models.Release, error) {
	found, err := c.Select(releaseColumns).Where("client_id IN ?", clients).Order("id").Find(t.ctx)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return t.releases(found)
}

// Releases lists the practice's releases, newest first, of one client or of all.
func (t *Tx) Releases(client models.ClientID, page models.Page) (models.List[models.Release], error) {
	c := scoped[releaseRow](t).Select(releaseColumns)
	if client != "" {
		c = c.Where("client_id = ?", string(client))
	}
	if id, _, ok := splitCursor(page.Cursor); ok || id != "" {
		c = c.Where("id < ?", id)
	}
	rows, err := c.Order("id DESC").Limit(page.Limit + 1).Find(t.ctx)
	if err != nil {
		return models.List[models.Release]{}, err
	}
	l := pageOf(rows, page.Limit, func(r releaseRow) releaseRow { return r }, func(r releaseRow) string { return joinCursor(r.ID, "") })
	items, err := t.releases(l.Items)
	return models.List[models.Release]{Items: items, NextCursor: l.NextCursor}, err
}

// followedProvider reads a recipient's record, or the one it was merged into:
// the row stays as it was signed, and names the same person.
const followedProvider = `COALESCE((SELECT p.merged_into FROM providers p WHERE p.id = release_recipients.provider_id), release_recipients.provider_id) AS provider_id`

// releases opens the sealed columns and adds the recipients.
func (t *Tx) releases(rows []releaseRow) ([]models.Release, error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	recipients, err := scoped[releaseRecipientRow](t).Select("practice_id", "release_id", "position", followedProvider, "office_id", "payer_name", "claim_number",
		"name", "phone", "role", "label").Where("release_id IN ?", ids).Order("release_id").Order("position").Find(t.ctx)
	if err != nil {
		return nil, err
	}
	named := map[string][]models.Recipient{}
	for _, x := range recipients {
		named[x.ReleaseID] = append(named[x.ReleaseID], x.recipient())
	}
	out := make([]models.Release, len(rows))
	for i, r := range rows {
		out[i] = models.Release{ID: models.ReleaseID(r.ID), PracticeID: models.PracticeID(r.PracticeID), ClientID: models.ClientID(r.ClientID),
			Status: models.ReleaseStatus(r.Status), Recipients: named[r.ID], Categories: r.Categories.V, Purpose: models.Purpose(r.Purpose),
			ExpiresOn: r.ExpiresOn, EventOccurred: r.EventOccurred, FormVersion: r.FormVersion,
			FormID: val[models.DocumentID](r.FormID), FormSHA256: r.FormSHA256, SignedAt: r.SignedAt, DocumentID: val[models.DocumentID](r.DocumentID),
			DocumentSHA256: r.DocumentSHA256, CopyGivenAt: r.CopyGivenAt, RevokedAt: r.RevokedAt, CreatedBy: models.UserID(r.CreatedBy),
			CreatedAt: r.CreatedAt, Version: r.Version}
		if err := t.openRelease(r, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (t *Tx) openRelease(r releaseRow, to *models.Release) error {
	for column, part := range map[string]struct {
		sealed []byte
		v      any
	}{"expiry_event": {r.ExpiryEvent, &to.ExpiryEvent}, "representative": {r.Representative, &to.Representative},
		"signature": {r.Signature, &to.Signature}, "revocation": {r.Revocation, &to.Revocation}} {
		if err := t.open("releases", r.ID, column, part.sealed, part.v); err != nil {
			return err
		}
	}
	return nil
}

// SetReleaseForm keeps which form was drawn for signing.
func (t *Tx) SetReleaseForm(r models.Release) error {
	n, err := scoped[releaseRow](t).Where("id = ? AND status = ?", string(r.ID), string(models.ReleaseDraft)).Select("form_id", "form_sha256").
		Updates(t.ctx, releaseRow{FormID: opt(r.FormID), FormSHA256: r.FormSHA256})
	return one(n, err, "release")
}

// SignRelease puts a draft into force; of several at once one finds a draft,
// the others get stale.
func (t *Tx) SignRelease(r models.Release) error {
	t.released(r.ClientID)
	sig, err := t.sealed(string(r.ID), "signature", r.Signature != nil, r.Signature)
	if err != nil {
		return err
	}
	return stale(scoped[releaseRow](t).Where("id = ? AND status = ? AND version = ?", string(r.ID), string(models.ReleaseDraft), r.Version).
		Select("status", "signature", "signed_at", "document_id", "document_sha256", "version").
		Updates(t.ctx, releaseRow{Status: string(models.ReleaseActive), Signature: sig, SignedAt: r.SignedAt, DocumentID: opt(r.DocumentID),
			DocumentSHA256: r.DocumentSHA256, Version: r.Version + 1}))
}

// DeclineRelease ends a draft that the client does not want to sign.
func (t *Tx) DeclineRelease(r models.Release) error {
	t.released(r.ClientID)
	return stale(scoped[releaseRow](t).Where("id = ? AND status = ? AND version = ?", string(r.ID), string(models.ReleaseDraft), r.Version).
		Select("status", "version").Updates(t.ctx, releaseRow{Status: string(models.ReleaseDeclined), Version: r.Version + 1}))
}

// RevokeRelease ends a signed release for ever.
func (t *Tx) RevokeRelease(r models.Release) error {
	t.released(r.ClientID)
	rev, err := t.sealed(string(r.ID), "revocation", r.Revocation != nil, r.Revocation)
	if err != nil {
		return err
	}
	return stale(scoped[releaseRow](t).Where("id = ? AND status = ? AND version = ?", string(r.ID), string(models.ReleaseActive), r.Version).
		Select("status", "revoked_at", "revocation", "version").
		Updates(t.ctx, releaseRow{Status: string(models.ReleaseRevoked), RevokedAt: r.RevokedAt, Revocation: rev, Version: r.Version + 1}))
}

// SetReleaseEvent notes the day on which the expiry event happened.
func (t *Tx) SetReleaseEvent(r models.Release) error {
	t.released(r.ClientID)
	return stale(scoped[releaseRow](t).Where("id = ? AND version = ?", string(r.ID), r.Version).Select("event_occurred", "version").
		Updates(t.ctx, releaseRow{EventOccurred: r.EventOccurred, Version: r.Version + 1}))
}

// SetReleaseCopy notes when the client got a copy.
func (t *Tx) SetReleaseCopy(r models.Release) error {
	return stale(scoped[releaseRow](t).Where("id = ? AND version = ?", string(r.ID), r.Version).Select("copy_given_at", "version").
		Updates(t.ctx, releaseRow{CopyGivenAt: r.CopyGivenAt, Version: r.Version + 1}))
}

// MatchRecipient ties a recipient who was named in words to a provider; the
// words on the form stay.
func (t *Tx) MatchRecipient(r models.Release, position int, to models.ProviderID) error {
	t.released(r.ClientID)
	n, err := scoped[releaseRecipientRow](t).Where("release_id = ? AND position = ? AND provider_id IS NULL AND office_id IS NULL AND payer_name = ''", string(r.ID), position).
		Update(t.ctx, "provider_id", string(to))
	if err := one(n, err, "recipient"); err != nil {
		return err
	}
	return stale(scoped[releaseRow](t).Where("id = ? AND version = ?", string(r.ID), r.Version).Update(t.ctx, "version", r.Version+1))
}

// OfficesOf lists where a provider holds a role at this moment.
func (t *Tx) OfficesOf(p models.ProviderID) ([]models.OfficeID, error) {
	rows, err := shared[providerRoleRow](t).Select("office_id").Where("provider_id = ? AND since <= ? AND (until IS NULL OR until > ?)", string(p), t.now, t.now).
		Order("office_id").Find(t.ctx)
	out := make([]models.OfficeID, len(rows))
	for i, r := range rows {
		out[i] = models.OfficeID(r.OfficeID)
	}
	return out, err
}

// Treats says whether a therapist has booked or treated the client, and
// whether others have.
func (t *Tx) Treats(client models.ClientID, who models.UserID) (mine, others bool, err error) {
	var by []string
	err = t.g.Raw(`SELECT therapist_id FROM sessions WHERE practice_id = ? AND client_id = ? UNION SELECT therapist_id FROM bookings WHERE practice_id = ? AND client_id = ?`,
		string(t.practice), string(client), string(t.practice), string(client)).Scan(&by).Error
	for _, id := range by {
		mine, others = mine || id == string(who), others || id != string(who)
	}
	return mine, others, err
}

// OfficeName is how an office is called now.
func (t *Tx) OfficeName(id models.OfficeID) (string, error) {
	r, err := shared[officeRow](t).Select("id", "name").Where("id = ?", string(id)).Take(t.ctx)
	return r.Name, missing(err, "office")
}
