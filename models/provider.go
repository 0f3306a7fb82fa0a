package models

import "time"

// Channel is how an office or a recipient prefers to be reached.
type Channel string

// The channels.
const (
	ByPortal Channel = "portal"
	ByLink   Channel = "link"
	ByLetter Channel = "letter"
	ByFax    Channel = "fax"
	ByEmail  Channel = "email"
	ByPhone  Channel = "phone"
)

// Provider is a clinician in the directory that all practices share.
type Provider struct {
	ID          ProviderID
	Name        PersonName
	Credentials string
	NPI         string
	Taxonomy    string // NUCC code
	Email       string
	Phone       string
	Licence     Licence
	Offices     []Office // where they hold a role now
	CreatedAt   time.Time
	VerifiedOn  Date
	Version     int
}

// DisplayName is the name with credentials: "Linh Nguyễn, DC".
func (p Provider) DisplayName() string {
	if p.Credentials == "" {
		return p.Name.String()
	}
	return p.Name.String() + ", " + p.Credentials
}

// Office is the place where providers work.
type Office struct {
	ID               OfficeID
	Name             string
	Address          Address
	Phone            string
	Fax              string
	PreferredChannel Channel
}

// ProviderDraft is what somebody types to add a provider.
type ProviderDraft struct {
	Name        PersonName
	Credentials string
	NPI         string
	Taxonomy    string
	Email       string
	Office      *Office
}
