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
	wire.Handle(api, wire.Operation{ID: "invite-provider", Method: http.MethodPost, Path: "/api/v1/providers/{id}/invitation", Tag: tag, Status: 201,
		Summary: "Mail a link by which a provider or their staff sign in"}, a.inviteProvider)
}

type officeIn struct {
	Name             string         `json:"name" maxLength:"200"`
	Address          models.Address `json:"address,omitempty"`
	Phone            string         `json:"phone,omitempty" maxLength:"40"`
	Fax              string         `json:"fax,omitempty" maxLength:"40"`
	PreferredChannel models.Channel `json:"preferred_channel,omitempty" doc:"portal, link, letter, fax, email or phone"`
}

func (in *officeIn) office() *models.Office {
	if in == nil {
		return nil
	}
	return &models.Office{Name: in.Name, Address: in.Address, Phone: in.Phone, Fax: in.Fax, PreferredChannel: in.PreferredChannel}
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
}

type officeOut struct {
	ID               models.OfficeID `json:"id"`
	Name             string          `json:"name"`
	Address          models.Address  `json:"address"`
	Phone            string          `json:"phone,omitempty"`
	Fax              string          `json:"fax,omitempty"`
	PreferredChannel models.Channel  `json:"preferred_channel,omitempty"`
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
	HasAccount  bool              `json:"has_account" doc:"Somebody signs in as this provider"`
}

func newProviderOut(p models.Provider) providerOut {
	out := providerOut{ID: p.ID, Name: p.Name, Credentials: p.Credentials, NPI: p.NPI, Taxonomy: p.Taxonomy, Email: p.Email, Phone: p.Phone,
		Offices: make([]officeOut, len(p.Offices)), HasAccount: p.HasAccount}
	if t, ok := models.LookupTaxonomy(p.Taxonomy); ok {
		out.Specialty = t.Label()
	}
	if !p.VerifiedOn.IsZero() {
		out.VerifiedOn = &p.VerifiedOn
	}
	for i, o := range p.Offices {
		out.Offices[i] = officeOut{o.ID, o.Name, o.Address, o.Phone, o.Fax, o.PreferredChannel}
	}
	return out
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
		Taxonomy: b.Taxonomy, Email: b.Email, Phone: b.Phone, Office: b.Office.office(), OfficeID: b.OfficeID}))
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
		Taxonomy: b.Taxonomy, Email: b.Email, Phone: b.Phone, Verified: b.Verified, Joins: b.Office.office(), JoinsID: b.OfficeID, Leaves: b.LeavesOffices}))
}

func (a *API) listProviders(ctx context.Context, in *struct {
	wire.PageIn
	Q        string `query:"q" maxLength:"100" doc:"Words of the name; accents are forgiven"`
	NPI      string `query:"npi" maxLength:"20"`
	Taxonomy string `query:"taxonomy" maxLength:"20"`
	City     string `query:"city" maxLength:"120"`
	State    string `query:"state" maxLength:"40"`
}) (*struct{ Body wire.ListOut[providerOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Providers(ctx, wire.Actor(ctx), models.ProviderQuery{Q: in.Q, NPI: in.NPI, Taxonomy: in.Taxonomy, City: in.City, State: in.State}, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[providerOut] }{wire.MapList(l, newProviderOut)}, nil
}

func (a *API) inviteProvider(ctx context.Context, in *struct {
	ID   models.ProviderID `path:"id"`
	Body struct {
		Email string      `json:"email" maxLength:"254"`
		Role  models.Role `json:"role" enum:"provider,provider_staff"`
	}
}) (*invitationAnswer, error) {
	return newInvitationAnswer(a.net.InviteProvider(ctx, wire.Actor(ctx), in.ID, in.Body.Email, in.Body.Role))
}
