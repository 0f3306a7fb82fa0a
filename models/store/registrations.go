package store

import (
	"gorm.io/gorm/clause"

	"rapport/models"
	"rapport/models/fault"
)

// Registered reads the records that have these NPIs, each with its offices and
// whether somebody signs in for it, in three statements for any number.
func (t *Tx) Registered(npis []string) (map[string]models.Registered, error) {
	rows, err := shared[providerRow](t).Select("id", providerColumns...).Where("npi IN ?", npis).Order("id").Find(t.ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ps, ids := make([]models.Provider, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		ps[i], ids[i] = r.provider(), r.ID
	}
	if err := t.fill(ps); err != nil {
		return nil, err
	}
	var owned []string
	if err := t.g.Raw(`SELECT DISTINCT provider_id FROM user_roles WHERE role = 'provider' AND provider_id IN ?`, ids).Scan(&owned).Error; err != nil {
		return nil, err
	}
	signsIn := map[string]bool{}
	for _, id := range owned {
		signsIn[id] = true
	}
	all := make(map[string]models.Registered, len(rows))
	for i, r := range rows {
		g := models.Registered{Provider: ps[i], Owned: signsIn[r.ID]}
		for _, o := range g.Offices {
			if o.ID == models.RegisteredOffice(g.NPI, o) {
				g.FromFile = &o
			}
		}
		all[g.NPI] = g
	}
	return all, nil
}

// AddRegistered inserts a record that came from the file, with its office. The
// caller brings the search's index up to date, for many records at once.
func (t *Tx) AddRegistered(g models.Registered) error {
	r := newProviderRow(g.Provider)
	if err := npiTaken(shared[providerRow](t).Create(t.ctx, &r)); err != nil || g.FromFile == nil {
		return err
	}
	return t.worksAt(g.ID, *g.FromFile)
}

// UpdateRegistered writes what an import changed, when the record is still as
// it was read. The office that an earlier import gave is left for the new one.
// The caller brings the search's index up to date.
func (t *Tx) UpdateRegistered(old, now models.Registered) error {
	r := newProviderRow(now.Provider)
	r.Version = old.Version + 1
	n, err := shared[providerRow](t).Where("id = ? AND version = ?", r.ID, old.Version).
		Select("given", "family", "folded", "credentials", "taxonomy", "licence", "version", "source", "source_updated_on", "deactivated_on").Updates(t.ctx, r)
	if err == nil && n == 0 {
		err = fault.New(fault.Unavailable, "busy", "The record was changed at the same moment. Run the import again; it goes on where it was.")
	}
	if err != nil || now.FromFile == nil || old.FromFile != nil && old.FromFile.ID == now.FromFile.ID {
		return err
	}
	if old.FromFile != nil {
		if err := t.EndProviderRole(now.ID, old.FromFile.ID); err != nil {
			return err
		}
	}
	return t.worksAt(now.ID, *now.FromFile)
}

// worksAt ties a provider to the office of the file, which may be known from
// an earlier time.
func (t *Tx) worksAt(p models.ProviderID, o models.Office) error {
	r := newOfficeRow(o, t.now)
	if err := t.g.Clauses(clause.OnConflict{DoNothing: true}).Create(&r).Error; err != nil {
		return err
	}
	return t.AddProviderRole(p, o.ID)
}

// SeenRegistered remembers that the file of a day says what the record says.
func (t *Tx) SeenRegistered(g models.Registered) error {
	_, err := shared[providerRow](t).Where("id = ?", string(g.ID)).Select("source", "source_updated_on").
		Updates(t.ctx, providerRow{Source: g.Source, SourceUpdatedOn: g.SourceUpdatedOn})
	return err
}
