package store

import (
	"errors"
	"strings"
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

func (r providerRow) provider() models.Provider {
	return models.Provider{ID: models.ProviderID(r.ID), Name: models.PersonName{Given: r.Given, Family: r.Family}, Credentials: r.Credentials, NPI: val[string](r.NPI),
		Taxonomy: r.Taxonomy, Email: r.Email, Phone: r.Phone, Licence: r.Licence.V, VerifiedOn: r.VerifiedOn, CreatedAt: r.CreatedAt, Version: r.Version}
}

func newProviderRow(p models.Provider) providerRow {
	return providerRow{ID: string(p.ID), Given: p.Name.Given, Family: p.Name.Family, Folded: Fold(p.Name.Family + " " + p.Name.Given),
		Credentials: p.Credentials, NPI: opt(p.NPI), Taxonomy: p.Taxonomy, Email: p.Email, Phone: p.Phone, Licence: jsonOf(p.Licence),
		VerifiedOn: p.VerifiedOn, CreatedAt: p.CreatedAt, Version: 1}
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
	return err
}

// UpdateProvider writes what may be corrected, when the version is still the one seen.
func (t *Tx) UpdateProvider(p models.Provider, seen int) error {
	r := newProviderRow(p)
	r.Version = seen + 1
	n, err := shared[providerRow](t).Where("id = ? AND version = ?", string(p.ID), seen).
		Select("given", "family", "folded", "credentials", "npi", "taxonomy", "email", "phone", "verified_on", "version").Updates(t.ctx, r)
	return stale(n, npiTaken(err))
}

// AddOffice inserts a place. City and state are kept as they are compared; the
// address is kept as it is written.
func (t *Tx) AddOffice(o models.Office) error {
	return shared[officeRow](t).Create(t.ctx, &officeRow{ID: string(o.ID), Name: o.Name, Address: jsonOf(o.Address), City: Fold(o.Address.City),
		State: Fold(o.Address.State), Phone: o.Phone, Fax: o.Fax, PreferredChannel: string(o.PreferredChannel), CreatedAt: t.now})
}

// Office reads a place.
func (t *Tx) Office(id models.OfficeID) (models.Office, error) {
	r, err := shared[officeRow](t).Select("id", "name", "address", "phone", "fax", "preferred_channel").Where("id = ?", string(id)).Take(t.ctx)
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

var providerColumns = []any{"given", "family", "folded", "credentials", "npi", "taxonomy", "email", "phone", "licence", "verified_on", "created_at", "version"}

// Provider reads a clinician with the offices where they hold a role now.
func (t *Tx) Provider(id models.ProviderID) (models.Provider, error) {
	return t.provider("id = ?", string(id))
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

// Providers searches the directory by name; each word of q begins a word of
// the name, without accents.
func (t *Tx) Providers(q models.ProviderQuery, page models.Page) (models.List[models.Provider], error) {
	c := shared[providerRow](t).Select("id", providerColumns...).Where("version > 0")
	for word := range strings.FieldsSeq(Fold(q.Q)) {
		word = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word)
		c = c.Where(`(folded LIKE ? ESCAPE '\' OR folded LIKE ? ESCAPE '\')`, word+"%", "% "+word+"%")
	}
	if q.NPI != "" {
		c = c.Where("npi = ?", q.NPI)
	}
	if q.Taxonomy != "" {
		c = c.Where("taxonomy = ?", q.Taxonomy)
	}
	if city, state := Fold(q.City), Fold(q.State); city != "" || state != "" {
		c = c.Where(`id IN (SELECT r.provider_id FROM provider_roles r JOIN offices o ON o.id = r.office_id
			WHERE r.until IS NULL AND (? = '' OR o.city = ?) AND (? = '' OR o.state = ?))`, city, city, state, state)
	}
	if name, id, ok := splitCursor(page.Cursor); ok {
		c = c.Where("(folded > ? OR (folded = ? AND id > ?))", name, name, id)
	}
	rows, err := c.Order("folded").Order("id").Limit(page.Limit + 1).Find(t.ctx)
	if err != nil {
		return models.List[models.Provider]{}, err
	}
	l := pageOf(rows, page.Limit, providerRow.provider, func(r providerRow) string { return joinCursor(r.Folded, r.ID) })
	return l, t.fill(l.Items)
}

// fill adds offices and accounts to providers, in two statements for any number.
func (t *Tx) fill(ps []models.Provider) error {
	if len(ps) == 0 {
		return nil
	}
	at, ids := map[string]int{}, make([]string, len(ps))
	for i, p := range ps {
		at[string(p.ID)], ids[i] = i, string(p.ID)
	}
	var offices []struct {
		ProviderID       string
		ID               string
		Name             string
		Address          asJSON[models.Address]
		Phone            string
		Fax              string
		PreferredChannel string
	}
	if err := t.g.Raw(`SELECT r.provider_id, o.id, o.name, o.address, o.phone, o.fax, o.preferred_channel FROM provider_roles r
		JOIN offices o ON o.id = r.office_id WHERE r.provider_id IN ? AND r.until IS NULL ORDER BY o.id`, ids).Scan(&offices).Error; err != nil {
		return err
	}
	for _, o := range offices {
		p := &ps[at[o.ProviderID]]
		p.Offices = append(p.Offices, officeRow{ID: o.ID, Name: o.Name, Address: o.Address, Phone: o.Phone, Fax: o.Fax, PreferredChannel: o.PreferredChannel}.office())
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
