package store

import (
	"time"

	"rapport/models"
)

type providerRow struct {
	ID          string
	Given       string
	Family      string
	Folded      string
	Credentials string
	NPI         *string `gorm:"column:npi"`
	Taxonomy    string
	Email       string
	Phone       string
	Licence     asJSON[models.Licence]
	VerifiedOn  models.Date
	CreatedAt   time.Time
	Version     int
}

func (providerRow) TableName() string { return "providers" }

type officeRow struct {
	ID               string
	Name             string
	Address          asJSON[models.Address]
	City             string
	State            string
	Phone            string
	Fax              string
	PreferredChannel string
	CreatedAt        time.Time
}

func (officeRow) TableName() string { return "offices" }

type providerRoleRow struct {
	ProviderID string
	OfficeID   string
	Since      time.Time
	Until      *time.Time
}

func (providerRoleRow) TableName() string { return "provider_roles" }

func (r officeRow) office() models.Office {
	return models.Office{ID: models.OfficeID(r.ID), Name: r.Name, Address: r.Address.V, Phone: r.Phone, Fax: r.Fax, PreferredChannel: models.Channel(r.PreferredChannel)}
}

// AddProvider inserts a clinician into the shared directory, with new offices
// and a role at each.
func (t *Tx) AddProvider(p models.Provider) error {
	err := shared[providerRow](t).Create(t.ctx, &providerRow{ID: string(p.ID), Given: p.Name.Given, Family: p.Name.Family,
		Folded: Fold(p.Name.Family + " " + p.Name.Given), Credentials: p.Credentials, NPI: opt(p.NPI), Taxonomy: p.Taxonomy, Email: p.Email, Phone: p.Phone,
		Licence: jsonOf(p.Licence), VerifiedOn: p.VerifiedOn, CreatedAt: p.CreatedAt, Version: 1})
	for _, o := range p.Offices {
		if err == nil {
			err = t.AddOffice(o)
		}
		if err == nil {
			err = t.AddProviderRole(p.ID, o.ID)
		}
	}
	return err
}

// AddOffice inserts a place.
func (t *Tx) AddOffice(o models.Office) error {
	return shared[officeRow](t).Create(t.ctx, &officeRow{ID: string(o.ID), Name: o.Name, Address: jsonOf(o.Address), City: o.Address.City,
		State: o.Address.State, Phone: o.Phone, Fax: o.Fax, PreferredChannel: string(o.PreferredChannel), CreatedAt: t.now})
}

// AddProviderRole says that a provider works at an office from now on.
func (t *Tx) AddProviderRole(p models.ProviderID, o models.OfficeID) error {
	return shared[providerRoleRow](t).Create(t.ctx, &providerRoleRow{ProviderID: string(p), OfficeID: string(o), Since: t.now})
}

// Provider reads a clinician with the offices where they hold a role now.
func (t *Tx) Provider(id models.ProviderID) (models.Provider, error) {
	r, err := shared[providerRow](t).Select("id", "given", "family", "credentials", "npi", "taxonomy", "email", "phone", "licence", "verified_on", "created_at", "version").
		Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.Provider{}, missing(err, "provider")
	}
	p := models.Provider{ID: models.ProviderID(r.ID), Name: models.PersonName{Given: r.Given, Family: r.Family}, Credentials: r.Credentials, NPI: val[string](r.NPI),
		Taxonomy: r.Taxonomy, Email: r.Email, Phone: r.Phone, Licence: r.Licence.V, VerifiedOn: r.VerifiedOn, CreatedAt: r.CreatedAt, Version: r.Version}
	offices, err := shared[officeRow](t).Select("id", "name", "address", "phone", "fax", "preferred_channel").
		Where("id IN (SELECT office_id FROM provider_roles WHERE provider_id = ? AND until IS NULL)", r.ID).Order("id").Find(t.ctx)
	for _, o := range offices {
		p.Offices = append(p.Offices, o.office())
	}
	return p, err
}
