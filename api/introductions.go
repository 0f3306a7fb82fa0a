package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) introductionRoutes(api huma.API) {
	const tag, path = "relationships", "/api/v1/clients/{id}/introductions"
	wire.Handle(api, wire.Operation{ID: "list-introductions", Method: http.MethodGet, Path: path, Tag: tag, Summary: "Doctors whom the client's release names and whom nobody has reached yet"}, a.listIntroductions)
	wire.Handle(api, wire.Operation{ID: "introduce", Method: http.MethodPost, Path: path, Tag: tag, Status: 201, Summary: "Make the introduction the next step with one of them; nothing is told"}, a.introduce)
}

type introductionOut struct {
	ProviderID     models.ProviderID     `json:"provider_id"`
	Name           string                `json:"name"`
	Office         string                `json:"office,omitempty"`
	RelationshipID models.RelationshipID `json:"relationship_id,omitempty"`
	Tried          bool                  `json:"tried,omitempty" doc:"Somebody tried and reached nobody"`
	Begun          bool                  `json:"begun,omitempty" doc:"It is the next step already"`
	NameUnder      models.Category       `json:"name_under,omitempty" doc:"The kind of information under which the client may be named; missing: name nobody"`
}

func newIntroductionOut(i models.Introduction) introductionOut {
	return introductionOut{i.ProviderID, i.Name, i.Office, i.RelationshipID, i.Tried, i.Begun, i.MayName()}
}

func (a *API) listIntroductions(ctx context.Context, in *struct {
	ID models.ClientID `path:"id"`
}) (*struct{ Body wire.ListOut[introductionOut] }, error) {
	all, err := a.net.Introductions(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[introductionOut] }{wire.MapList(models.List[models.Introduction]{Items: all}, newIntroductionOut)}, nil
}

func (a *API) introduce(ctx context.Context, in *struct {
	ID   models.ClientID `path:"id"`
	Body struct {
		ProviderID models.ProviderID `json:"provider_id"`
	}
}) (*struct{ Body introductionOut }, error) {
	i, err := a.net.Introduce(ctx, wire.Actor(ctx), in.ID, in.Body.ProviderID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body introductionOut }{newIntroductionOut(i)}, nil
}
