package store

import (
	"errors"
	"time"

	"gorm.io/gorm"

	"rapport/models"
	"rapport/models/fault"
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

	Accepting        string
	AcceptingOn      models.Date
	PreferredChannel string
	MergedInto       *string
	Source           string
	SourceUpdatedOn  models.Date
	DeactivatedOn    models.Date
	Indexed          string // the words of the name as they stand in the search's index
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
	Hours            asJSON[[]models.OpenHours]
	TimeZone         string
	Email            string
	PostalCode       string // five digits, for comparing
	Latitude         *float64
	Longitude        *float64
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
	return models.Office{ID: models.OfficeID(r.ID), Name: r.Name, Address: r.Address.V, Phone: r.Phone, Fax: r.Fax, PreferredChannel: models.Channel(r.PreferredChannel),
		Hours: r.Hours.V, TimeZone: r.TimeZone, Email: r.Email}
}

// newOfficeRow keeps city and state as they are compared, the address as it is
// written, and where its ZIP code lies.
func newOfficeRow(o models.Office, at time.Time) officeRow {
	r := officeRow{ID: string(o.ID), Name: o.Name, Address: jsonOf(o.Address), City: Fold(o.Address.City), State: Fold(o.Address.State), Phone: o.Phone, Fax: o.Fax,
		PreferredChannel: string(o.PreferredChannel), Hours: jsonOf(o.Hours), TimeZone: o.TimeZone, Email: o.Email, PostalCode: models.ZIP5(o.Address.PostalCode), CreatedAt: at}
	if at, ok := models.LookupZIP(r.PostalCode); ok {
		r.Latitude, r.Longitude = &at.Latitude, &at.Longitude
	}
	return r
}

func (r providerRow) provider() models.Provider {
	return models.Provider{ID: models.ProviderID(r.ID), Name: models.PersonName{Given: r.Given, Family: r.Family}, Credentials: r.Credentials, NPI: val[string](r.NPI),
		Taxonomy: r.Taxonomy, Email: r.Email, Phone: r.Phone, Licence: r.Licence.V, VerifiedOn: r.VerifiedOn, CreatedAt: r.CreatedAt, Version: r.Version,
		Accepting: models.Accepting(r.Accepting), AcceptingOn: r.AcceptingOn, PreferredChannel: models.Channel(r.PreferredChannel), MergedInto: val[models.ProviderID](r.MergedInto),
		Source: r.Source, SourceUpdatedOn: r.SourceUpdatedOn, DeactivatedOn: r.DeactivatedOn}
}

func newProviderRow(p models.Provider) providerRow {
	return providerRow{ID: string(p.ID), Given: p.Name.Given, Family: p.Name.Family, Folded: Fold(p.Name.Family + " " + p.Name.Given),
		Credentials: p.Credentials, NPI: opt(p.NPI), Taxonomy: p.Taxonomy, Email: p.Email, Phone: p.Phone, Licence: jsonOf(p.Licence),
		VerifiedOn: p.VerifiedOn, CreatedAt: p.CreatedAt, Version: 1, Accepting: string(p.Accepting), AcceptingOn: p.AcceptingOn,
		PreferredChannel: string(p.PreferredChannel), MergedInto: opt(p.MergedInto), Source: p.Source, SourceUpdatedOn: p.SourceUpdatedOn, DeactivatedOn: p.DeactivatedOn}
}

// npiTaken is how the unique index is told: 409 provider.npi_taken.
func npiTaken(err error) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, "provider.npi_taken", "The directory has a provider with this NPI already. Use that record.").Because(err)
	}
	return err
}

// AddProvider inserts a clinician into the shared directory, with new offices
// and a role at each.
func (t *Tx) AddProvider(p models.Provider) error {
	r := newProviderRow(p)
	err := npiTaken(shared[providerRow](t).Create(t.ctx, &r))
	for _, o := range p.Offices {
		if err == nil {
			err = t.AddOffice(o)
		}
		if err == nil {
			err = t.AddProviderRole(p.ID, o.ID)
		}
	}
	if err != nil {
		return err
	}
	return t.IndexProviders([]models.ProviderID{p.ID})
}

// UpdateProvider writes what may be corrected, when the version is still the one seen.
func (t *Tx) UpdateProvider(p models.Provider, seen int) error {
	r := newProviderRow(p)
	r.Version = seen + 1
	n, err := shared[providerRow](t).Where("id = ? AND version = ?", string(p.ID), seen).
		Select("given", "family", "folded", "credentials", "npi", "taxonomy", "email", "phone", "verified_on", "accepting", "accepting_on", "preferred_channel", "version").
		Updates(t.ctx, r)
	if err := stale(n, npiTaken(err)); err != nil {
		return err
	}
	return t.IndexProviders([]models.ProviderID{p.ID})
}

// AddOffice inserts a place.
func (t *Tx) AddOffice(o models.Office) error {
	r := newOfficeRow(o, t.now)
	return shared[officeRow](t).Create(t.ctx, &r)
}

// UpdateOffice writes what may be corrected of a place.
func (t *Tx) UpdateOffice(o models.Office) error {
	n, err := shared[officeRow](t).Where("id = ?", string(o.ID)).Select("name", "address", "city", "state", "phone", "fax", "preferred_channel", "hours",
		"time_zone", "email", "postal_code", "latitude", "longitude").Updates(t.ctx, newOfficeRow(o, t.now))
	return one(n, err, "office")
}

// Office reads a place.
func (t *Tx) Office(id models.OfficeID) (models.Office, error) {
	r, err := shared[officeRow](t).Select("id", "name", "address", "phone", "fax", "preferred_channel", "hours", "time_zone", "email").Where("id = ?", string(id)).Take(t.ctx)
	return r.office(), missing(err, "office")
}

// AddProviderRole says that a provider works at an office from now on.
func (t *Tx) AddProviderRole(p models.ProviderID, o models.OfficeID) error {
	return t.g.Exec(`INSERT INTO provider_roles (provider_id, office_id, since) VALUES (?, ?, ?)
		ON CONFLICT (provider_id, office_id) DO UPDATE SET since = excluded.since, until = NULL`, string(p), string(o), t.now).Error
}

// EndProviderRole says that a provider no longer works at an office.
func (t *Tx) EndProviderRole(p models.ProviderID, o models.OfficeID) error {
	n, err := shared[providerRoleRow](t).Where("provider_id = ? AND office_id = ? AND until IS NULL", string(p), string(o)).Update(t.ctx, "until", t.now)
	return one(n, err, "office")
}

var providerColumns = []any{"given", "family", "folded", "credentials", "npi", "taxonomy", "email", "phone", "licence", "verified_on", "created_at", "version",
	"accepting", "accepting_on", "preferred_channel", "merged_into", "source", "source_updated_on", "deactivated_on"}

// Provider reads a clinician with the offices where they hold a role now. Of a
// record that was merged it reads the one that stayed.
func (t *Tx) Provider(id models.ProviderID) (models.Provider, error) {
	p, err := t.provider("id = ?", string(id))
	if err == nil && p.MergedInto != "" {
		return t.provider("id = ?", string(p.MergedInto))
	}
	return p, err
}

// Survivor is the record that an id leads to: the one it was merged into, or itself.
func (t *Tx) Survivor(id models.ProviderID) (models.ProviderID, error) {
	r, err := shared[providerRow](t).Select("id", "merged_into").Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return id, missing(err, "provider")
	}
	if r.MergedInto != nil {
		return models.ProviderID(*r.MergedInto), nil
	}
	return id, nil
}

// LockProvider holds the record until the commit.
func (t *Tx) LockProvider(id models.ProviderID) error {
	_, err := shared[providerRow](t).Select("id").Where("id = ?", string(id)).ForUpdate().Take(t.ctx)
	return missing(err, "provider")
}

// ProviderByNPI reads the clinician who has this NPI.
func (t *Tx) ProviderByNPI(npi string) (models.Provider, error) { return t.provider("npi = ?", npi) }

func (t *Tx) provider(where, arg string) (models.Provider, error) {
	r, err := shared[providerRow](t).Select("id", providerColumns...).Where(where, arg).Take(t.ctx)
	if err != nil {
		return models.Provider{}, missing(err, "provider")
	}
	one := []models.Provider{r.provider()}
	err = t.fill(one)
	return one[0], err
}

// fill adds offices and accounts to providers, in two statements for any number.
func (t *Tx) fill(ps []models.Provider) error {
	if len(ps) == 0 {
		return nil
	}
	at, ids := map[string]int{}, make([]string, len(ps))
	for i, p := range ps {
		at[string(p.ID)], ids[i] = i, string(p.ID)
		ps[i].Stale = p.StaleOn(models.Date(t.now.Format("2006-01-02")))
	}
	var offices []struct {
		ProviderID string
		At         officeRow `gorm:"embedded"`
	}
	if err := t.g.Raw(`SELECT r.provider_id, o.id, o.name, o.address, o.phone, o.fax, o.preferred_channel, o.hours, o.time_zone, o.email FROM provider_roles r
		JOIN offices o ON o.id = r.office_id WHERE r.provider_id IN ? AND r.until IS NULL ORDER BY o.id`, ids).Scan(&offices).Error; err != nil {
		return err
	}
	for _, o := range offices {
		p := &ps[at[o.ProviderID]]
		p.Offices = append(p.Offices, o.At.office())
	}
	var accounts []string
	if err := t.g.Raw(`SELECT DISTINCT provider_id FROM user_roles WHERE role = 'provider' AND provider_id IN ?
		AND (practice_id IS NULL OR practice_id = ?)`, ids, string(t.practice)).Scan(&accounts).Error; err != nil {
		return err
	}
	for _, id := range accounts {
		ps[at[id]].HasAccount = true
	}
	return nil
}
