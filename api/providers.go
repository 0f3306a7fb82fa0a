package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) providerRoutes(api huma.API) {
	const tag = "directory"
	wire.Handle(api, wire.Operation{ID: "add-provider", Method: http.MethodPost, Path: "/api/v1/providers", Tag: tag, Status: 201, Summary: "Add a provider to the directory"}, a.addProvider)
	wire.Handle(api, wire.Operation{ID: "list-providers", Method: http.MethodGet, Path: "/api/v1/providers", Tag: tag, Summary: "Find providers"}, a.listProviders)
	wire.Handle(api, wire.Operation{ID: "read-provider", Method: http.MethodGet, Path: "/api/v1/providers/{id}", Tag: tag, Summary: "Read a provider"}, a.readProvider)
	wire.Handle(api, wire.Operation{ID: "change-provider", Method: http.MethodPatch, Path: "/api/v1/providers/{id}", Tag: tag, MatchRequired: true, Summary: "Correct a provider's record"}, a.changeProvider)
	wire.Handle(api, wire.Operation{ID: "verify-provider", Method: http.MethodPost, Path: "/api/v1/providers/{id}/verification", Tag: tag,
		Summary: "Say that somebody checked the record today"}, a.verifyProvider)
	wire.Handle(api, wire.Operation{ID: "list-duplicates", Method: http.MethodGet, Path: "/api/v1/providers/{id}/duplicates", Tag: tag,
		Summary: "Records that may be of the same person, with what speaks for it"}, a.listDuplicates)
	wire.Handle(api, wire.Operation{ID: "merge-provider", Method: http.MethodPost, Path: "/api/v1/providers/{id}/merge", Tag: tag,
		Summary: "Make the record an alias of another that stays"}, a.mergeProvider)
	wire.Handle(api, wire.Operation{ID: "list-disciplines", Method: http.MethodGet, Path: "/api/v1/disciplines", Tag: tag,
		Summary: "The disciplines that a search may name"}, a.listDisciplines)
	wire.Handle(api, wire.Operation{ID: "invite-provider", Method: http.MethodPost, Path: "/api/v1/providers/{id}/invitation", Tag: tag, Status: 201,
		Summary: "Mail a link by which a provider or their staff sign in"}, a.inviteProvider)
}

type officeIn struct {
	Name             string             `json:"name" maxLength:"200"`
	Address          models.Address     `json:"address,omitempty"`
	Phone            string             `json:"phone,omitempty" maxLength:"40"`
	Fax              string             `json:"fax,omitempty" maxLength:"40"`
	PreferredChannel models.Channel     `json:"preferred_channel,omitempty" doc:"portal, link, letter, fax, email or phone"`
	Email            string             `json:"email,omitempty" maxLength:"254"`
	TimeZone         string             `json:"time_zone,omitempty" maxLength:"60" doc:"IANA zone of the hours"`
	Hours            []models.OpenHours `json:"hours,omitempty" maxItems:"21" doc:"Stretches of weekdays: {day: monday, from: 08:30, until: 12:00}"`
}

func (in *officeIn) office() *models.Office {
	if in == nil {
		return nil
	}
	return &models.Office{Name: in.Name, Address: in.Address, Phone: in.Phone, Fax: in.Fax, PreferredChannel: in.PreferredChannel,
		Email: models.NormalEmail(in.Email), TimeZone: in.TimeZone, Hours: in.Hours}
}

type officeChangeIn struct {
	ID               models.OfficeID     `json:"id"`
	Name             *string             `json:"name,omitempty" maxLength:"200"`
	Address          *models.Address     `json:"address,omitempty"`
	Phone            *string             `json:"phone,omitempty" maxLength:"40"`
	Fax              *string             `json:"fax,omitempty" maxLength:"40"`
	PreferredChannel *models.Channel     `json:"preferred_channel,omitempty"`
	Email            *string             `json:"email,omitempty" maxLength:"254"`
	TimeZone         *string             `json:"time_zone,omitempty" maxLength:"60"`
	Hours            *[]models.OpenHours `json:"hours,omitempty" maxItems:"21"`
}

func officeChanges(in []officeChangeIn) []models.OfficeChange {
	out := make([]models.OfficeChange, len(in))
	for i, o := range in {
		out[i] = models.OfficeChange(o)
	}
	return out
}

type providerIn struct {
	Name        models.PersonName `json:"name"`
	Credentials string            `json:"credentials,omitempty" maxLength:"60" doc:"For example DC, MD"`
	NPI         string            `json:"npi,omitempty" maxLength:"20"`
	Taxonomy    string            `json:"taxonomy,omitempty" maxLength:"20" doc:"NUCC code"`
	Email       string            `json:"email,omitempty" maxLength:"254"`
	Phone       string            `json:"phone,omitempty" maxLength:"40"`
	Office      *officeIn         `json:"office,omitempty" doc:"A new office"`
	OfficeID    models.OfficeID   `json:"office_id,omitempty" doc:"Or the id of a known one"`

	Accepting        models.Accepting `json:"accepting,omitempty" enum:"yes,no," doc:"New patients; empty where it is not known"`
	PreferredChannel models.Channel   `json:"preferred_channel,omitempty" doc:"Of the person, where it differs from the office's"`
}

type providerChangeIn struct {
	Name          *models.PersonName `json:"name,omitempty"`
	Credentials   *string            `json:"credentials,omitempty" maxLength:"60"`
	NPI           *string            `json:"npi,omitempty" maxLength:"20"`
	Taxonomy      *string            `json:"taxonomy,omitempty" maxLength:"20"`
	Email         *string            `json:"email,omitempty" maxLength:"254"`
	Phone         *string            `json:"phone,omitempty" maxLength:"40"`
	Verified      bool               `json:"verified,omitempty" doc:"Somebody checked the record today"`
	Office        *officeIn          `json:"office,omitempty" doc:"Also works at this new office"`
	OfficeID      models.OfficeID    `json:"office_id,omitempty" doc:"Also works at this known office"`
	LeavesOffices []models.OfficeID  `json:"leaves_offices,omitempty" maxItems:"50"`
	Offices       []officeChangeIn   `json:"offices,omitempty" maxItems:"50" doc:"Corrections of offices where they work"`

	Accepting        *models.Accepting `json:"accepting,omitempty" enum:"yes,no," doc:"New patients, as of today"`
	PreferredChannel *models.Channel   `json:"preferred_channel,omitempty"`
}

type officeOut struct {
	ID               models.OfficeID    `json:"id"`
	Name             string             `json:"name"`
	Address          models.Address     `json:"address"`
	Phone            string             `json:"phone,omitempty"`
	Fax              string             `json:"fax,omitempty"`
	PreferredChannel models.Channel     `json:"preferred_channel,omitempty"`
	Email            string             `json:"email,omitempty"`
	TimeZone         string             `json:"time_zone,omitempty"`
	Hours            []models.OpenHours `json:"hours,omitempty"`
	Unconfirmed      bool               `json:"unconfirmed,omitempty" doc:"Another practice wrote the address or fax; say that the record is right before a letter or fax goes there. Only where one record is read"`
}

type providerOut struct {
	ID          models.ProviderID `json:"id"`
	Name        models.PersonName `json:"name"`
	Credentials string            `json:"credentials,omitempty"`
	NPI         string            `json:"npi,omitempty"`
	Taxonomy    string            `json:"taxonomy,omitempty"`
	Specialty   string            `json:"specialty,omitempty" doc:"The taxonomy code in words, where we have them"`
	Email       string            `json:"email,omitempty"`
	Phone       string            `json:"phone,omitempty"`
	Offices     []officeOut       `json:"offices"`
	VerifiedOn  *models.Date      `json:"verified_on,omitempty" format:"date"`
	HasAccount  bool              `json:"has_account" doc:"Somebody signs in as this provider; the record is theirs to change"`

	Discipline       string           `json:"discipline,omitempty" doc:"What a search for the discipline finds"`
	Accepting        models.Accepting `json:"accepting" doc:"New patients: yes, no, or empty where it is not known"`
	AcceptingOn      *models.Date     `json:"accepting_on,omitempty" format:"date" doc:"When they said so"`
	PreferredChannel models.Channel   `json:"preferred_channel,omitempty"`
	Stale            bool             `json:"stale" doc:"Nobody has said for 180 days that the record is right"`
	Source           string           `json:"source,omitempty" doc:"nppes where it came from the public register"`
	DeactivatedOn    *models.Date     `json:"deactivated_on,omitempty" format:"date" doc:"The public register ended the NPI"`
	Miles            *float64         `json:"miles,omitempty" doc:"Of the nearest office, when a ZIP code was asked about"`
}

func newProviderOut(p models.Provider) providerOut {
	out := providerOut{ID: p.ID, Name: p.Name, Credentials: p.Credentials, NPI: p.NPI, Taxonomy: p.Taxonomy, Email: p.Email, Phone: p.Phone,
		Offices: make([]officeOut, len(p.Offices)), HasAccount: p.HasAccount, Accepting: p.Accepting, AcceptingOn: day(p.AcceptingOn),
		PreferredChannel: p.PreferredChannel, Stale: p.Stale, Source: p.Source, DeactivatedOn: day(p.DeactivatedOn), Miles: p.Miles, VerifiedOn: day(p.VerifiedOn)}
	if d, ok := models.DisciplineOf(p.Taxonomy); ok {
		out.Discipline = d.Key
	}
	if t, ok := models.LookupTaxonomy(p.Taxonomy); ok {
		out.Specialty = t.Label()
	}
	for i, o := range p.Offices {
		out.Offices[i] = officeOut{o.ID, o.Name, o.Address, o.Phone, o.Fax, o.PreferredChannel, o.Email, o.TimeZone, o.Hours, o.Unconfirmed}
	}
	return out
}

// day is a date that may be absent.
func day(d models.Date) *models.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

type providerAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     providerOut
}

func newProviderAnswer(p models.Provider, err error) (*providerAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &providerAnswer{ETag: wire.ETag(p.Version), Location: "/api/v1/providers/" + string(p.ID), Body: newProviderOut(p)}, nil
}

func (a *API) addProvider(ctx context.Context, in *struct{ Body providerIn }) (*providerAnswer, error) {
	b := in.Body
	return newProviderAnswer(a.net.AddProvider(ctx, wire.Actor(ctx), models.ProviderDraft{Name: b.Name, Credentials: b.Credentials, NPI: b.NPI,
		Taxonomy: b.Taxonomy, Email: b.Email, Phone: b.Phone, Office: b.Office.office(), OfficeID: b.OfficeID, Accepting: b.Accepting, PreferredChannel: b.PreferredChannel}))
}

func (a *API) readProvider(ctx context.Context, in *struct {
	ID models.ProviderID `path:"id"`
}) (*providerAnswer, error) {
	return newProviderAnswer(a.net.Provider(ctx, wire.Actor(ctx), in.ID))
}

func (a *API) changeProvider(ctx context.Context, in *struct {
	ID   models.ProviderID `path:"id"`
	Body providerChangeIn
}) (*providerAnswer, error) {
	b := in.Body
	return newProviderAnswer(a.net.ChangeProvider(ctx, wire.Actor(ctx), in.ID, models.ProviderChange{Name: b.Name, Credentials: b.Credentials, NPI: b.NPI,
		Taxonomy: b.Taxonomy, Email: b.Email, Phone: b.Phone, Verified: b.Verified, Joins: b.Office.office(), JoinsID: b.OfficeID, Leaves: b.LeavesOffices,
		Offices: officeChanges(b.Offices), Accepting: b.Accepting, PreferredChannel: b.PreferredChannel}))
}

func (a *API) listProviders(ctx context.Context, in *struct {
	wire.PageIn
	Q          string           `query:"q" maxLength:"100" doc:"Words of the name, whole or begun; accents and one wrong letter are forgiven"`
	Discipline string           `query:"discipline" maxLength:"60" doc:"One of /api/v1/disciplines"`
	Near       string           `query:"near" maxLength:"10" doc:"A ZIP code; the nearest come first"`
	Within     float64          `query:"within" minimum:"0" maximum:"200" doc:"Miles around it, 25 unless told"`
	Accepting  models.Accepting `query:"accepting" enum:"yes,no," doc:"Only those who said so about new patients"`
	NPI        string           `query:"npi" maxLength:"20"`
	Taxonomy   string           `query:"taxonomy" maxLength:"20"`
	City       string           `query:"city" maxLength:"120"`
	State      string           `query:"state" maxLength:"40"`
}) (*struct{ Body wire.ListOut[providerOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Providers(ctx, wire.Actor(ctx), models.ProviderQuery{Q: in.Q, NPI: in.NPI, Taxonomy: in.Taxonomy, City: in.City, State: in.State,
		Discipline: in.Discipline, Near: in.Near, Within: in.Within, Accepting: in.Accepting}, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[providerOut] }{wire.MapList(l, newProviderOut)}, nil
}

func (a *API) verifyProvider(ctx context.Context, in *struct {
	ID models.ProviderID `path:"id"`
}) (*providerAnswer, error) {
	return newProviderAnswer(a.net.VerifyProvider(ctx, wire.Actor(ctx), in.ID))
}

type duplicateOut struct {
	Provider providerOut `json:"provider"`
	Score    int         `json:"score" doc:"0 to 100"`
	Reasons  []string    `json:"reasons" doc:"name, name_similar, phone, email, office, city, taxonomy, discipline"`
}

func (a *API) listDuplicates(ctx context.Context, in *struct {
	ID models.ProviderID `path:"id"`
}) (*struct{ Body wire.ListOut[duplicateOut] }, error) {
	l, err := a.net.Duplicates(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[duplicateOut] }{wire.MapList(models.List[models.Duplicate]{Items: l}, func(d models.Duplicate) duplicateOut {
		return duplicateOut{newProviderOut(d.Provider), d.Score, d.Reasons}
	})}, nil
}

func (a *API) mergeProvider(ctx context.Context, in *struct {
	ID   models.ProviderID `path:"id"`
	Body struct {
		Into models.ProviderID `json:"into" doc:"The record that stays"`
	}
}) (*providerAnswer, error) {
	return newProviderAnswer(a.net.MergeProviders(ctx, wire.Actor(ctx), in.ID, in.Body.Into))
}

type disciplineOut struct {
	Key   string   `json:"key"`
	Label string   `json:"label"`
	Codes []string `json:"codes" doc:"How the NUCC codes of the discipline begin"`
}

func (a *API) listDisciplines(context.Context, *struct{}) (*struct{ Body wire.ListOut[disciplineOut] }, error) {
	return &struct{ Body wire.ListOut[disciplineOut] }{wire.MapList(models.List[models.Discipline]{Items: models.Disciplines()}, func(d models.Discipline) disciplineOut {
		return disciplineOut{d.Key, d.Label, d.Codes}
	})}, nil
}

func (a *API) inviteProvider(ctx context.Context, in *struct {
	ID   models.ProviderID `path:"id"`
	Body struct {
		Email string      `json:"email" maxLength:"254"`
		Role  models.Role `json:"role" enum:"provider,provider_staff"`
		Name  string      `json:"name,omitempty" maxLength:"200" doc:"Of provider_staff; the mailbox's name when empty. A provider's is in the record"`
	}
}) (*invitationAnswer, error) {
	return newInvitationAnswer(a.net.InviteProvider(ctx, wire.Actor(ctx), in.ID, in.Body.Email, in.Body.Role, in.Body.Name))
}
