package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) healthRoutes(api huma.API) {
	wire.Handle(api, wire.Operation{ID: "read-relationship-health", Method: http.MethodGet, Path: "/api/v1/relationships/{id}/health", Tag: "relationships",
		Summary: "How a relationship stands: each part with its reason, and the next best act"}, a.readHealth)
	wire.Handle(api, wire.Operation{ID: "read-network", Method: http.MethodGet, Path: "/api/v1/network", Tag: "network",
		Summary: "Who refers to whom in the last 365 days, how concentrated that is, and who moved this week"}, a.readNetwork)
	wire.Handle(api, wire.Operation{ID: "export-network", Method: http.MethodGet, Path: "/api/v1/network/export", Tag: "network", Produces: []string{"text/csv"},
		Summary: "The partners with their counts as CSV"}, a.exportNetwork)
	wire.Handle(api, wire.Operation{ID: "read-practice-figures", Method: http.MethodGet, Path: "/api/v1/practice/figures", Tag: "practice",
		Summary: "The owner's figures, each with its denominator"}, a.readFigures)
	wire.Handle(api, wire.Operation{ID: "list-figure-cases", Method: http.MethodGet, Path: "/api/v1/practice/figures/{key}", Tag: "practice",
		Summary: "The cases behind a figure, the missed ones first"}, a.listFigureCases)
}

type healthPartOut struct {
	Name    models.HealthPartName `json:"name"`
	Value   *float64              `json:"value" doc:"null where it is not defined"`
	Band    []float64             `json:"band,omitempty" doc:"Four fifths of what the few cases leave open"`
	Score   *float64              `json:"score" doc:"0 to 100; null where it is not defined or not weighed"`
	Weight  int                   `json:"weight"`
	Reason  string                `json:"reason"`
	Figures map[string]float64    `json:"figures"`
}

type nextActOut struct {
	Action   models.OpenActKind `json:"action" enum:"report,referral,promise,call_back,contact,nothing"`
	Reason   string             `json:"reason"`
	DueOn    models.Date        `json:"due_on,omitempty" format:"date"`
	ObjectID string             `json:"object_id,omitempty"`
}

type stillReferringOut struct {
	PAlive     float64   `json:"p_alive"`
	Band       []float64 `json:"band"`
	Expected90 float64   `json:"expected_90_days"`
}

type healthOut struct {
	RelationshipID models.RelationshipID `json:"relationship_id"`
	ProviderID     models.ProviderID     `json:"provider_id"`
	Status         models.HealthStatus   `json:"status" enum:"new,one_time,silent,one_sided,cooling,steady,thriving"`
	Why            string                `json:"why" doc:"The condition of the ladder's rung"`
	Score          *int                  `json:"score" doc:"0 to 100; null while no part is defined"`
	Parts          []healthPartOut       `json:"parts"`
	NextAction     nextActOut            `json:"next_action"`
	Model          *stillReferringOut    `json:"model,omitempty" doc:"From three days with a referral on"`
}

func newHealthOut(h models.Health) healthOut {
	out := healthOut{RelationshipID: h.RelationshipID, ProviderID: h.ProviderID, Status: h.Status, Why: h.Why, Score: h.Score, Parts: make([]healthPartOut, len(h.Parts)),
		NextAction: nextActOut{h.Next.Action, h.Next.Reason, h.Next.DueOn, h.Next.ObjectID}}
	for i, p := range h.Parts {
		part := healthPartOut{Name: p.Name, Value: p.Value, Score: p.Score, Weight: p.Weight, Reason: p.Reason, Figures: map[string]float64{}}
		if p.Band != nil {
			part.Band = p.Band[:]
		}
		for _, f := range p.Figures {
			part.Figures[f.Name] = f.Value
		}
		out.Parts[i] = part
	}
	if s := h.Still; s.Alive != nil && s.Band != nil && s.Expected90 != nil {
		out.Model = &stillReferringOut{*s.Alive, s.Band[:], *s.Expected90}
	}
	return out
}

func (a *API) readHealth(ctx context.Context, in *RelationshipPath) (*struct{ Body healthOut }, error) {
	h, err := a.net.Health(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body healthOut }{newHealthOut(h)}, nil
}

type networkNodeOut struct {
	ID             string                `json:"id"`
	Kind           string                `json:"kind" enum:"practice,provider"`
	Name           string                `json:"name"`
	Discipline     string                `json:"discipline,omitempty"`
	RelationshipID models.RelationshipID `json:"relationship_id,omitempty"`
	Status         models.HealthStatus   `json:"status,omitempty"`
	Score          *int                  `json:"score,omitempty"`
}

type networkEdgeOut struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Count int    `json:"count" doc:"Referrals"`
}

type concentrationOut struct {
	Sources    int     `json:"sources"`
	Herfindahl float64 `json:"herfindahl" doc:"Sum of squared shares; 1 for a single source"`
	Effective  float64 `json:"effective_sources"`
	Normalised float64 `json:"normalised"`
	Gini       float64 `json:"gini"`
}

type referralStepOut struct {
	Step string `json:"step" enum:"sent,answered,visited,outcome,seen"`
	In   int    `json:"in"`
	Out  int    `json:"out"`
}

type moverOut struct {
	ProviderID models.ProviderID `json:"provider_id"`
	Name       string            `json:"name"`
	Week       int               `json:"week" doc:"Referrals of the last seven days, both directions"`
	Usual      float64           `json:"usual" doc:"A week's mean of the twelve weeks before"`
}

type networkOut struct {
	Since         models.Date       `json:"since" format:"date"`
	On            models.Date       `json:"on" format:"date"`
	Nodes         []networkNodeOut  `json:"nodes"`
	Edges         []networkEdgeOut  `json:"edges"`
	Concentration *concentrationOut `json:"concentration,omitempty" doc:"Of the referrals that came in"`
	Funnel        []funnelOut       `json:"funnel" doc:"Offices at each stage of the outreach"`
	Referrals     []referralStepOut `json:"referral_funnel" doc:"Referrals of the window that came as far"`
	Movers        []moverOut        `json:"movers"`
}

func newNetworkOut(v models.NetworkView) networkOut {
	us := string(v.Practice)
	out := networkOut{Since: v.Since, On: v.On, Nodes: []networkNodeOut{{ID: us, Kind: "practice", Name: v.PracticeName}}, Edges: []networkEdgeOut{},
		Funnel: []funnelOut{}, Referrals: []referralStepOut{}, Movers: []moverOut{}}
	for _, p := range v.Partners {
		id := string(p.ProviderID)
		out.Nodes = append(out.Nodes, networkNodeOut{id, "provider", p.Name, p.Discipline, p.RelationshipID, p.Status, p.Score})
		if p.In > 0 {
			out.Edges = append(out.Edges, networkEdgeOut{id, us, p.In})
		}
		if p.Out > 0 {
			out.Edges = append(out.Edges, networkEdgeOut{us, id, p.Out})
		}
	}
	if c := v.Concentration; c != nil {
		out.Concentration = &concentrationOut{c.Sources, c.Herfindahl, c.Effective, c.Normalised, c.Gini}
	}
	for _, f := range v.Offices {
		out.Funnel = append(out.Funnel, funnelOut(f))
	}
	for _, f := range v.Funnel {
		out.Referrals = append(out.Referrals, referralStepOut(f))
	}
	for _, m := range v.Movers {
		out.Movers = append(out.Movers, moverOut{m.ProviderID, m.Name, m.Week, m.Usual})
	}
	return out
}

func (a *API) readNetwork(ctx context.Context, _ *struct{}) (*struct{ Body networkOut }, error) {
	v, err := a.net.WhoRefers(ctx, wire.Actor(ctx))
	if err != nil {
		return nil, err
	}
	return &struct{ Body networkOut }{newNetworkOut(v)}, nil
}

func (a *API) exportNetwork(ctx context.Context, _ *struct{}) (*pdfAnswer, error) {
	v, err := a.net.WhoRefers(ctx, wire.Actor(ctx))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(v.Rows()); err != nil {
		return nil, err
	}
	return &pdfAnswer{ContentType: "text/csv; charset=utf-8", Disposition: `attachment; filename="network.csv"`, Body: b.Bytes()}, nil
}

type figureOut struct {
	Key        models.FigureKey `json:"key" enum:"loops_closed,first_acknowledgement,time_to_report,reports_opened,directory_freshness" doc:"time_to_report is the share sent within two working days after the day it was due; on_time of the report clocks is the stricter share, by that day"`
	Title      string           `json:"title"`
	Basis      string           `json:"basis" doc:"What is counted"`
	Met        int              `json:"met"`
	Of         int              `json:"of" doc:"The denominator"`
	Share      *float64         `json:"share" doc:"null of none"`
	Target     float64          `json:"target"`
	MedianDays *int             `json:"median_days,omitempty" doc:"Half were done by then; those not done yet count as waiting"`
}

func newFigureOut(f models.OwnerFigure) figureOut {
	out := figureOut{Key: f.Key, Title: f.Title, Basis: f.Basis, Met: f.Share.Part, Of: f.Share.Of, Target: f.Target, MedianDays: f.MedianDays}
	if f.Share.Of > 0 {
		v := f.Share.Value()
		out.Share = &v
	}
	return out
}

func (a *API) readFigures(ctx context.Context, _ *struct{}) (*struct{ Body wire.ListOut[figureOut] }, error) {
	all, err := a.net.Figures(ctx, wire.Actor(ctx))
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[figureOut] }{wire.MapList(models.List[models.OwnerFigure]{Items: all}, newFigureOut)}, nil
}

type figureCaseOut struct {
	Kind  string      `json:"kind" enum:"referral,report,order,provider"`
	ID    string      `json:"id"`
	About string      `json:"about,omitempty" doc:"A provider's name, or a client's initials"`
	From  models.Date `json:"from,omitempty" format:"date" doc:"Where the clock began"`
	On    models.Date `json:"on,omitempty" format:"date" doc:"When it was done"`
	Days  *int        `json:"days,omitempty"`
	Met   bool        `json:"met"`
}

func (a *API) listFigureCases(ctx context.Context, in *struct {
	wire.PageIn
	Key models.FigureKey `path:"key" enum:"loops_closed,first_acknowledgement,time_to_report,reports_opened,directory_freshness"`
}) (*struct{ Body wire.ListOut[figureCaseOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.FigureCases(ctx, wire.Actor(ctx), in.Key, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[figureCaseOut] }{wire.MapList(l, func(i models.FigureItem) figureCaseOut { return figureCaseOut(i) })}, nil
}
