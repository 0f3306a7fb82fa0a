package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) careTeamRoutes(api huma.API) {
	const tag = "clients"
	wire.Handle(api, wire.Operation{ID: "read-care-team", Method: http.MethodGet, Path: "/api/v1/clients/{id}/care-team", Tag: tag, Summary: "The doctors a client sees"}, a.readCareTeam)
	wire.Handle(api, wire.Operation{ID: "set-care-team", Method: http.MethodPut, Path: "/api/v1/clients/{id}/care-team", Tag: tag, Summary: "Replace the list of doctors"}, a.setCareTeam)
}

type careTeamAnswer struct{ Body []models.CareTeamMember }

func newCareTeamAnswer(team []models.CareTeamMember, err error) (*careTeamAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &careTeamAnswer{append([]models.CareTeamMember{}, team...)}, nil
}

func (a *API) readCareTeam(ctx context.Context, in *struct {
	ID models.ClientID `path:"id"`
}) (*careTeamAnswer, error) {
	return newCareTeamAnswer(a.net.CareTeam(ctx, wire.Actor(ctx), in.ID))
}

func (a *API) setCareTeam(ctx context.Context, in *struct {
	ID   models.ClientID `path:"id"`
	Body []models.CareTeamMember
}) (*careTeamAnswer, error) {
	return newCareTeamAnswer(a.net.SetCareTeam(ctx, wire.Actor(ctx), in.ID, in.Body))
}
