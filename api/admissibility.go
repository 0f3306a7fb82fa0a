package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/models/fault"
)

func (a *API) admissibilityRoutes(api huma.API) {
	wire.Handle(api, wire.Operation{ID: "ask-admissibility", Method: http.MethodGet, Path: "/api/v1/prescriptions/{id}/admissibility", Tag: "prescriptions",
		Summary: "Ask the scope lock about a session before anybody books it"}, a.askAdmissibility)
}

type admissibilityOut struct {
	Admissible   bool              `json:"admissible"`
	Violations   []fault.Violation `json:"violations"`
	EarliestDate *models.Date      `json:"earliest_date" nullable:"true" format:"date" doc:"First day on which nothing would be refused; null when no date helps"`
	Visits       models.Visits     `json:"visits"`
	From         models.Date       `json:"effective_from" format:"date"`
	Until        models.Date       `json:"effective_until" format:"date"`
}

func (a *API) askAdmissibility(ctx context.Context, in *struct {
	ID        models.PrescriptionID `path:"id"`
	On        models.Date           `query:"on" format:"date" doc:"Today when left out"`
	Minutes   int                   `query:"minutes" minimum:"0" maximum:"480"`
	Region    []string              `query:"region,explode" maxItems:"60" doc:"region or region:side, may be repeated; for example neck:left"`
	Technique []models.Technique    `query:"technique,explode" maxItems:"60"`
}) (*struct{ Body admissibilityOut }, error) {
	d := models.SessionDraft{Minutes: in.Minutes, Techniques: in.Technique}
	for _, r := range in.Region {
		region, side, _ := strings.Cut(r, ":")
		d.Regions = append(d.Regions, models.RegionSide{Region: models.RegionKey(region), Side: models.Side(side)})
	}
	v, err := a.net.Admissible(ctx, wire.Actor(ctx), in.ID, in.On, d)
	if err != nil {
		return nil, err
	}
	return &struct{ Body admissibilityOut }{admissibilityOut{v.Admission.Admitted(), listed(v.Admission.Violations), v.Admission.Earliest, v.Visits, v.From, v.Until}}, nil
}
