package store

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"rapport/models"
)

type providerMergeRow struct {
	ID         string
	FromID     string
	IntoID     string
	At         time.Time
	ByUser     string
	PracticeID *string
}

func (providerMergeRow) TableName() string { return "provider_merges" }

// LockProviders holds records until the commit, always in one order, and reads
// them as they are: an alias as an alias.
func (t *Tx) LockProviders(a, b models.ProviderID) (first, second models.Provider, err error) {
	if a > b {
		second, first, err = t.LockProviders(b, a)
		return first, second, err
	}
	if err = t.LockProvider(a); err == nil {
		err = t.LockProvider(b)
	}
	if err == nil {
		first, err = t.provider("id = ?", string(a))
	}
	if err == nil {
		second, err = t.provider("id = ?", string(b))
	}
	return first, second, err
}

// HasAccounts says for which of the records somebody signs in as the provider,
// whichever practice vouches for them.
func (t *Tx) HasAccounts(ids ...models.ProviderID) (map[models.ProviderID]bool, error) {
	var have []models.ProviderID
	err := t.g.Raw("SELECT DISTINCT provider_id FROM user_roles WHERE role = 'provider' AND provider_id IN ?", ids).Scan(&have).Error
	out := map[models.ProviderID]bool{}
	for _, id := range have {
		out[id] = true
	}
	return out, err
}

// OfficeHasOwner says that somebody who works at the office signs in, other
// than this provider.
func (t *Tx) OfficeHasOwner(o models.OfficeID, but models.ProviderID) (bool, error) {
	var n int
	err := t.g.Raw(`SELECT COUNT(*) FROM provider_roles r JOIN user_roles u ON u.provider_id = r.provider_id AND u.role = 'provider'
		WHERE r.office_id = ? AND r.until IS NULL AND r.provider_id <> ?`, string(o), string(but)).Scan(&n).Error
	return n > 0, err
}

// held are the practice's tables that name a provider, and the column.
var held = map[string]string{"care_team": "provider_id", "prescriptions": "prescriber_id", "change_requests": "prescriber_id", "reports": "provider_id",
	"deliveries": "provider_id", "messages": "provider_id", "referrals": "provider_id", "document_requests": "provider_id", "open_items": "provider_id"}

// HeldElsewhere says that another practice holds something about the record: an
// order, a referral, a paper, a relationship, or a signed release that names it
// or an office where it works. The transaction is in its own practice again
// afterwards.
func (t *Tx) HeldElsewhere(id models.ProviderID) (bool, error) {
	found := false
	err := t.inEachPractice(func() error {
		if found || t.practice == t.by.PracticeID {
			return nil
		}
		p, who := string(t.practice), string(id)
		var n int
		err := t.g.Raw(`SELECT COUNT(*) FROM release_recipients x JOIN releases r ON r.practice_id = x.practice_id AND r.id = x.release_id
			WHERE x.practice_id = ? AND r.status = 'active' AND (x.provider_id = ?
			OR x.office_id IN (SELECT office_id FROM provider_roles WHERE provider_id = ? AND until IS NULL))`, p, who, who).Scan(&n).Error
		found = n > 0
		for _, table := range append(slices.Sorted(maps.Keys(held)), "relationships", "grants") {
			if err != nil || found {
				break
			}
			column := cmp.Or(held[table], "provider_id")
			err = t.g.Raw("SELECT COUNT(*) FROM "+table+" WHERE practice_id = ? AND "+column+" = ?", p, who).Scan(&n).Error
			found = n > 0
		}
		return err
	})
	return found, err
}

// inEachPractice runs f in every practice and comes back.
func (t *Tx) inEachPractice(f func() error) error {
	home := t.practice
	ids, err := t.PracticeIDs()
	for _, id := range ids {
		if err == nil {
			err = t.Enter(id)
		}
		if err == nil {
			err = f()
		}
	}
	if err != nil {
		return err
	}
	return t.Enter(home)
}

// MergeProvider makes one record an alias of another. What points to it in the
// directory and in every practice points to the one that stays from now on,
// except what was signed: a release keeps the record that it names, and every
// read of it finds the one that stayed. Where somebody else keeps that record,
// its offices stay as they are.
func (t *Tx) MergeProvider(from, into models.Provider, offices bool) error {
	f, i := string(from.ID), string(into.ID)
	if err := t.g.Exec("UPDATE providers SET merged_into = ?, npi = NULL, version = version + 1 WHERE id = ?", i, f).Error; err != nil {
		return err
	}
	if err := t.forget(f); err != nil {
		return err
	}
	for _, x := range [][]any{
		{"UPDATE providers SET merged_into = ? WHERE merged_into = ?", i, f},
		{`UPDATE providers SET npi = ?, taxonomy = ?, credentials = ?, phone = ?, email = ?, accepting = ?, accepting_on = ?, source = ?, source_updated_on = ?,
			version = version + 1 WHERE id = ?`, opt(into.NPI), into.Taxonomy, into.Credentials, into.Phone, into.Email, string(into.Accepting), into.AcceptingOn,
			into.Source, into.SourceUpdatedOn, i},
		{`INSERT INTO provider_roles (provider_id, office_id, since, until) SELECT ?, office_id, since, until FROM provider_roles WHERE provider_id = ? AND ?
			ON CONFLICT (provider_id, office_id) DO UPDATE SET until = NULL WHERE excluded.until IS NULL`, i, f, offices},
		{"UPDATE provider_roles SET until = ? WHERE provider_id = ? AND until IS NULL", t.now, f},
		{`INSERT INTO grants (object_kind, object_id, provider_id, practice_id, created_at) SELECT object_kind, object_id, ?, practice_id, created_at FROM grants
			WHERE provider_id = ? ON CONFLICT DO NOTHING`, i, f},
		{"DELETE FROM grants WHERE provider_id = ?", f},
		{`DELETE FROM user_roles WHERE provider_id = ? AND EXISTS (SELECT 1 FROM user_roles o WHERE o.provider_id = ? AND o.user_id = user_roles.user_id
			AND o.role = user_roles.role AND COALESCE(o.practice_id, '') = COALESCE(user_roles.practice_id, ''))`, f, i},
		{"UPDATE user_roles SET provider_id = ? WHERE provider_id = ?", i, f},
		{"UPDATE invitations SET provider_id = ? WHERE provider_id = ?", i, f},
		{"UPDATE links SET provider_id = ? WHERE provider_id = ?", i, f},
	} {
		if err := t.g.Exec(x[0].(string), x[1:]...).Error; err != nil {
			return npiTaken(err)
		}
	}
	row := providerMergeRow{ID: t.NewID(), FromID: f, IntoID: i, At: t.now, ByUser: t.by.Principal(), PracticeID: opt(t.by.PracticeID)}
	if err := shared[providerMergeRow](t).Create(t.ctx, &row); err != nil {
		return err
	}
	return t.inEachPractice(func() error { return t.mergeInPractice(f, i) })
}

// mergeInPractice points the practice's own rows to the record that stays.
func (t *Tx) mergeInPractice(from, into string) error {
	p := string(t.practice)
	if err := t.g.Exec(`DELETE FROM care_team WHERE practice_id = ? AND provider_id = ? AND client_id IN
		(SELECT client_id FROM care_team WHERE practice_id = ? AND provider_id = ?)`, p, from, p, into).Error; err != nil {
		return err
	}
	if err := t.mergeRelationships(from, into); err != nil {
		return err
	}
	var named []models.ClientID
	if err := t.g.Raw(`SELECT DISTINCT r.client_id FROM releases r JOIN release_recipients x ON x.practice_id = r.practice_id AND x.release_id = r.id
		WHERE r.practice_id = ? AND x.provider_id IN ? AND r.status = 'active'`, p, []string{from, into}).Scan(&named).Error; err != nil {
		return err
	}
	for _, c := range named {
		t.released(c)
	}
	moved := int64(0)
	for table, column := range held {
		done := t.g.Exec("UPDATE "+table+" SET "+column+" = ? WHERE practice_id = ? AND "+column+" = ?", into, p, from)
		if done.Error != nil {
			return done.Error
		}
		moved += done.RowsAffected
	}
	if moved > 0 && t.practice != t.by.PracticeID { // the practice's own trail says why its papers name another record
		t.Log("provider.merge", "provider", from, "", "into "+into)
	}
	return nil
}
