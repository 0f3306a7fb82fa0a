package store

import (
	"gorm.io/gorm/clause"

	"rapport/models"
)

// The directory is common to all practices, so what one of them writes there
// does not move the papers of the others: a practice mails, prints and faxes
// only to what it stands for itself, or to what no practice wrote.

// mailbox is the kind of the grants by which practices stand for an address.
func mailbox(address string) string { return "mailbox:" + models.HashToken(address) }

// ConfirmAddress keeps that this practice stands for a provider's address.
func (t *Tx) ConfirmAddress(p models.ProviderID, address string) error {
	if t.practice == "" || t.practice == models.NetworkPractice || address == "" {
		return nil
	}
	return t.GrantOnce(mailbox(address), string(t.practice), p)
}

// AddressConfirmed says that this practice stands for a provider's address, or
// that no practice does: then the provider or the operator gave it.
func (t *Tx) AddressConfirmed(p models.ProviderID, address string) (bool, error) {
	rows, err := shared[grantRow](t).Select("practice_id").Where("object_kind = ? AND provider_id = ?", mailbox(address), string(p)).Find(t.ctx)
	for _, r := range rows {
		if r.PracticeID == string(t.practice) {
			return true, err
		}
	}
	return len(rows) == 0, err
}

// postbox is the kind of the grants by which practices stand for where the
// letters and faxes of an office go.
func postbox(o models.Office) string {
	return "post:" + string(o.ID) + ":" + models.HashToken(o.PostWords())
}

// workplace is the kind of those by which they stand for a provider's working
// at an office.
func workplace(o models.OfficeID) string { return "workplace:" + string(o) }

// ConfirmPost keeps that who acts stands for the address and fax of a
// provider's offices, as they now read, and for the provider's working there.
// Whom no practice bounds speaks for all: then nobody in particular does.
func (t *Tx) ConfirmPost(p models.ProviderID, offices ...models.Office) error {
	for _, o := range offices {
		if err := t.standFor(postbox(o), p, false); err != nil {
			return err
		}
		if err := t.ConfirmWorkplace(p, o.ID); err != nil {
			return err
		}
	}
	return nil
}

// ConfirmWorkplace is ConfirmPost of an office that was known before.
func (t *Tx) ConfirmWorkplace(p models.ProviderID, o models.OfficeID) error {
	return t.standFor(workplace(o), p, true)
}

func (t *Tx) standFor(kind string, p models.ProviderID, ofOne bool) error {
	practices := t.by.VouchedBy
	if t.practice != "" && t.practice != models.NetworkPractice {
		practices = []models.PracticeID{t.practice}
	}
	if len(practices) == 0 {
		_, err := shared[grantRow](t).Where("object_kind = ? AND (provider_id = ? OR ?)", kind, string(p), !ofOne).Delete(t.ctx)
		return err
	}
	for _, by := range practices {
		row := grantRow{ObjectKind: kind, ObjectID: string(by), ProviderID: string(p), PracticeID: string(by), CreatedAt: t.now}
		if err := t.g.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return err
		}
	}
	return nil
}

// PostConfirmed says that this practice stands for where a provider's letters
// and faxes go at an office, or that no practice does: then the provider or the
// operator wrote it.
func (t *Tx) PostConfirmed(p models.ProviderID, o models.Office) (bool, error) {
	if o.PostWords() == "" {
		return true, nil
	}
	rows, err := shared[grantRow](t).Select("object_kind", "practice_id").
		Where("object_kind = ? OR (object_kind = ? AND provider_id = ?)", postbox(o), workplace(o.ID), string(p)).Find(t.ctx)
	others, own := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		if r.PracticeID == string(t.practice) {
			own[r.ObjectKind] = true
		} else {
			others[r.ObjectKind] = true
		}
	}
	for kind := range others {
		if !own[kind] {
			return false, err
		}
	}
	return true, err
}

// Unverify says that nobody has checked the records of an office since its
// address or fax was changed, but the one that was checked with it.
func (t *Tx) Unverify(o models.OfficeID, but models.ProviderID) error {
	return t.g.Exec(`UPDATE providers SET verified_on = NULL WHERE verified_on IS NOT NULL AND id <> ?
		AND id IN (SELECT provider_id FROM provider_roles WHERE office_id = ? AND until IS NULL)`, string(but), string(o)).Error
}
