package store

import (
	"rapport/models"
	"rapport/models/fault"
)

// registeredRow is what an import reads and writes of a provider; the rest of
// the row is nothing that the file knows.
type registeredRow struct {
	ID              string
	Given           string
	Family          string
	Folded          string
	Credentials     string
	NPI             *string `gorm:"column:npi"`
	Taxonomy        string
	Licence         asJSON[models.Licence]
	VerifiedOn      models.Date
	Version         int
	MergedInto      *string
	Source          string
	SourceUpdatedOn models.Date
	DeactivatedOn   models.Date
}

func (registeredRow) TableName() string { return "providers" }

func (r registeredRow) registered() models.Registered {
	return models.Registered{Provider: models.Provider{ID: models.ProviderID(r.ID), Name: models.PersonName{Given: r.Given, Family: r.Family}, Credentials: r.Credentials,
		NPI: val[string](r.NPI), Taxonomy: r.Taxonomy, Licence: r.Licence.V, VerifiedOn: r.VerifiedOn, Version: r.Version},
		Merged: r.MergedInto != nil, Source: r.Source, SourceUpdatedOn: r.SourceUpdatedOn, DeactivatedOn: r.DeactivatedOn}
}

func newRegisteredRow(g models.Registered) registeredRow {
	return registeredRow{ID: string(g.ID), Given: g.Name.Given, Family: g.Name.Family, Folded: Fold(g.Name.Family + " " + g.Name.Given), Credentials: g.Credentials,
		NPI: opt(g.NPI), Taxonomy: g.Taxonomy, Licence: jsonOf(g.Licence), Version: g.Version + 1, Source: g.Source, SourceUpdatedOn: g.SourceUpdatedOn, DeactivatedOn: g.DeactivatedOn}
}

// Registered reads the records that have these NPIs, each with its offices and
// whether somebody signs in for it, in three statements for any number.
func (t *Tx) Registered(npis []string) (map[string]models.Registered, error) {
	rows, err := shared[registeredRow](t).Select("id", "given", "family", "credentials", "npi", "taxonomy", "licence", "verified_on", "version",
		"merged_into", "source", "source_updated_on", "deactivated_on").Where("npi IN ?", npis).Order("id").Find(t.ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ps, ids := make([]models.Provider, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		ps[i], ids[i] = r.registered().Provider, r.ID
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
		g := r.registered()
		g.Provider, g.Owned = ps[i], signsIn[r.ID]
		for _, o := range g.Offices {
			if o.ID == models.RegisteredOffice(g.NPI, o) {
				g.FromFile = &o
			}
		}
		all[g.NPI] = g
	}
	return all, nil
}

// AddRegistered inserts a record that came from the file, with its office.
func (t *Tx) AddRegistered(g models.Registered) error {
	r := newProviderRow(g.Provider)
	if err := npiTaken(shared[providerRow](t).Create(t.ctx, &r)); err != nil {
		return err
	}
	g.Version = 0
	return t.updateRegistered(g, g.FromFile != nil, nil)
}

// UpdateRegistered writes what an import changed, when the record is still as
// it was read. The office that an earlier import gave is left for the new one.
func (t *Tx) UpdateRegistered(old, now models.Registered) error {
	moved := now.FromFile != nil && (old.FromFile == nil || old.FromFile.ID != now.FromFile.ID)
	return t.updateRegistered(now, moved, old.FromFile)
}

func (t *Tx) updateRegistered(g models.Registered, moved bool, leaves *models.Office) error {
	q := shared[registeredRow](t).Where("id = ?", string(g.ID))
	if g.Version > 0 {
		q = q.Where("version = ?", g.Version)
	}
	n, err := q.Select("given", "family", "folded", "credentials", "taxonomy", "licence", "version", "source", "source_updated_on", "deactivated_on").
		Updates(t.ctx, newRegisteredRow(g))
	if err == nil && n == 0 {
		err = fault.New(fault.Unavailable, "busy", "The record was changed at the same moment. Run the import again; it goes on where it was.")
	}
	if err != nil || !moved {
		return err
	}
	if leaves != nil {
		if err := t.EndProviderRole(g.ID, leaves.ID); err != nil {
			return err
		}
	}
	o := *g.FromFile
	if err := t.g.Exec(`INSERT INTO offices (id, name, address, city, state, phone, fax, preferred_channel, postal_code, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, ?) ON CONFLICT (id) DO NOTHING`, string(o.ID), o.Name, jsonOf(o.Address), Fold(o.Address.City), Fold(o.Address.State),
		o.Phone, o.Fax, o.Address.PostalCode[:min(5, len(o.Address.PostalCode))], t.now).Error; err != nil {
		return err
	}
	return t.AddProviderRole(g.ID, o.ID)
}

// SeenRegistered remembers that the file of a day says what the record says.
func (t *Tx) SeenRegistered(g models.Registered) error {
	_, err := shared[registeredRow](t).Where("id = ?", string(g.ID)).Select("source", "source_updated_on").
		Updates(t.ctx, registeredRow{Source: g.Source, SourceUpdatedOn: g.SourceUpdatedOn})
	return err
}
