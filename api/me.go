package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) meRoutes(api huma.API) {
	wire.Handle(api, wire.Operation{ID: "me", Method: http.MethodGet, Path: "/api/v1/me", Tag: "sign-in", Summary: "Who is signed in, with all roles"}, a.me)
	wire.Handle(api, wire.Operation{ID: "change-own-licence", Method: http.MethodPut, Path: "/api/v1/me/licence", Tag: "sign-in",
		Summary: "A therapist's own licence, the same in every practice where they work"}, a.changeOwnLicence)
}

type meOut struct {
	ID    models.UserID      `json:"id"`
	Email string             `json:"email"`
	Name  string             `json:"name"`
	Roles []models.RoleGrant `json:"roles"`
}

func (a *API) me(ctx context.Context, _ *struct{}) (*struct{ Body meOut }, error) {
	u, err := a.net.Me(ctx, wire.Actor(ctx))
	if err != nil {
		return nil, err
	}
	return &struct{ Body meOut }{meOut{u.ID, u.Email, u.Name, append([]models.RoleGrant{}, u.Roles...)}}, nil
}

func (a *API) changeOwnLicence(ctx context.Context, in *struct{ Body licenceIn }) (*struct{ Body models.Licence }, error) {
	l, err := a.net.ChangeOwnLicence(ctx, wire.Actor(ctx), models.Licence(in.Body))
	if err != nil {
		return nil, err
	}
	return &struct{ Body models.Licence }{l}, nil
}
