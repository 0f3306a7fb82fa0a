package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) measureRoutes(api huma.API) {
	wire.Handle(api, wire.Operation{ID: "list-measures", Method: http.MethodGet, Path: "/api/v1/clients/{id}/measures", Tag: "measures",
		Summary: "A client's readings, each with its change since the first of its kind"}, a.listMeasures)
	wire.Handle(api, wire.Operation{ID: "read-screening", Method: http.MethodGet, Path: "/api/v1/screening", Tag: "sessions",
		Summary: "The red-flag check as this practice asks it"}, a.readScreening)
	wire.Handle(api, wire.Operation{ID: "read-vocabulary", Method: http.MethodGet, Path: "/api/v1/vocabulary", Tag: "vocabulary",
		Summary: "The keys that orders and sessions use"}, a.readVocabulary)
}

type courseOut struct {
	SessionID models.SessionID `json:"session_id"`
	TakenAt   time.Time        `json:"taken_at"`
	LocalDate models.Date      `json:"local_date" format:"date"`
	measureOut
	Unit       string       `json:"unit"`
	Band       string       `json:"band,omitempty" doc:"Severity in words, where the instrument has bands"`
	Change     *float64     `json:"change" nullable:"true" doc:"Since the first reading of the same instrument, region, side and motion"`
	Percent    *float64     `json:"percent" nullable:"true"`
	Direction  models.Trend `json:"direction,omitempty" doc:"better, worse or same for the client"`
	BeyondMDC  *bool        `json:"beyond_mdc" nullable:"true" doc:"null = not assessed"`
	BeyondMCID *bool        `json:"beyond_mcid" nullable:"true" doc:"null = not assessed"`
	Real       bool         `json:"real" doc:"Better, and beyond both"`
	MDC        *float64     `json:"mdc" nullable:"true"`
	MCID       *float64     `json:"mcid" nullable:"true"`
	Citation   string       `json:"citation,omitempty"`
}

func newCourseOut(m models.Measured) courseOut {
	t := models.ThresholdOf(m.Reading.Instrument, m.Reading.Region)
	out := courseOut{SessionID: m.SessionID, TakenAt: m.At, LocalDate: m.On, measureOut: newMeasureOut(m.Reading), Unit: m.Unit, Band: m.Band,
		MDC: t.MDC, MCID: t.MCID, Citation: t.Citation}
	if c := m.Change; c != nil {
		out.Change, out.Percent, out.Direction, out.BeyondMDC, out.BeyondMCID, out.Real = &c.Delta, c.Percent, c.Direction, c.BeyondMDC, c.BeyondMCID, c.Real
	}
	return out
}

func (a *API) listMeasures(ctx context.Context, in *struct {
	ID         models.ClientID      `path:"id"`
	Instrument models.InstrumentKey `query:"instrument"`
}) (*struct{ Body wire.ListOut[courseOut] }, error) {
	all, err := a.net.Measures(ctx, wire.Actor(ctx), in.ID, in.Instrument)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[courseOut] }{wire.MapList(models.List[models.Measured]{Items: all}, newCourseOut)}, nil
}

func (a *API) readScreening(ctx context.Context, _ *struct{}) (*struct {
	Body wire.ListOut[models.Contraindication]
}, error) {
	list, err := a.net.Screening(ctx, wire.Actor(ctx))
	if err != nil {
		return nil, err
	}
	return &struct {
		Body wire.ListOut[models.Contraindication]
	}{wire.ListOut[models.Contraindication]{Items: list}}, nil
}

type vocabularyOut struct {
	Regions     []models.Region                  `json:"regions"`
	Techniques  []models.Term[models.Technique]  `json:"techniques"`
	Precautions []models.Term[models.Precaution] `json:"precautions"`
	Instruments []models.Instrument              `json:"instruments"`
	Motions     []models.Motion                  `json:"motions"`
	Procedures  []models.Term[models.Procedure]  `json:"procedures"`
	Categories  []models.Term[models.Category]   `json:"categories"`
}

func (a *API) readVocabulary(context.Context, *struct{}) (*struct{ Body vocabularyOut }, error) {
	return &struct{ Body vocabularyOut }{vocabularyOut{models.Regions(), models.Techniques(), models.Precautions(), models.Instruments(), models.Motions(),
		models.Procedures(), models.Categories()}}, nil
}
