package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) clientRoutes(api huma.API) {
	const tag = "clients"
	wire.Handle(api, wire.Operation{ID: "add-client", Method: http.MethodPost, Path: "/api/v1/clients", Tag: tag, Status: 201, Summary: "Add a client"}, a.addClient)
	wire.Handle(api, wire.Operation{ID: "list-clients", Method: http.MethodGet, Path: "/api/v1/clients", Tag: tag, Summary: "Find clients by name; a provider finds those whom an order, a referral or a release lets them know"}, a.listClients)
	wire.Handle(api, wire.Operation{ID: "read-client", Method: http.MethodGet, Path: "/api/v1/clients/{id}", Tag: tag, Summary: "Read a client"}, a.readClient)
	wire.Handle(api, wire.Operation{ID: "change-client", Method: http.MethodPatch, Path: "/api/v1/clients/{id}", Tag: tag, MatchRequired: true, Summary: "Change a client's details"}, a.changeClient)
}

type clientIn struct {
	Name       models.PersonName `json:"name"`
	BirthDate  models.Date       `json:"birth_date" format:"date"`
	Email      string            `json:"email,omitempty" maxLength:"254"`
	Phone      string            `json:"phone,omitempty" maxLength:"40"`
	ReferredBy string            `json:"referred_by,omitempty" maxLength:"200"`
}

func (in clientIn) draft() models.ClientDraft {
	return models.ClientDraft{Name: in.Name, BirthDate: in.BirthDate, Email: in.Email, Phone: in.Phone, ReferredBy: in.ReferredBy}
}

type clientOut struct {
	ID         models.ClientID    `json:"id"`
	PracticeID models.PracticeID  `json:"practice_id"`
	Name       models.PersonName  `json:"name"`
	BirthDate  models.Date        `json:"birth_date"`
	Email      string             `json:"email,omitempty"`
	Phone      string             `json:"phone,omitempty"`
	ReferredBy string             `json:"referred_by,omitempty"`
	State      models.ClientState `json:"state"`
	CreatedAt  time.Time          `json:"created_at"`
}

func newClientOut(c models.Client) clientOut {
	return clientOut{c.ID, c.PracticeID, c.Name, c.BirthDate, c.Email, c.Phone, c.ReferredBy, c.State, c.CreatedAt}
}

type clientAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     clientOut
}

func newClientAnswer(c models.Client) *clientAnswer {
	return &clientAnswer{ETag: wire.ETag(c.Version), Location: "/api/v1/clients/" + string(c.ID), Body: newClientOut(c)}
}

func (a *API) addClient(ctx context.Context, in *struct{ Body clientIn }) (*clientAnswer, error) {
	c, err := a.net.AddClient(ctx, wire.Actor(ctx), in.Body.draft())
	if err != nil {
		return nil, err
	}
	return newClientAnswer(c), nil
}

func (a *API) readClient(ctx context.Context, in *struct {
	ID models.ClientID `path:"id"`
}) (*clientAnswer, error) {
	c, err := a.net.Client(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return newClientAnswer(c), nil
}

func (a *API) changeClient(ctx context.Context, in *struct {
	ID   models.ClientID `path:"id"`
	Body clientIn
}) (*clientAnswer, error) {
	c, err := a.net.ChangeClient(ctx, wire.Actor(ctx), in.ID, in.Body.draft())
	if err != nil {
		return nil, err
	}
	return newClientAnswer(c), nil
}

func (a *API) listClients(ctx context.Context, in *struct {
	wire.PageIn
	Q string `query:"q" maxLength:"100" doc:"Part of a name; accents are forgiven"`
}) (*struct{ Body wire.ListOut[clientOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Clients(ctx, wire.Actor(ctx), in.Q, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[clientOut] }{wire.MapList(l, newClientOut)}, nil
}
