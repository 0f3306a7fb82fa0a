package api

import (
	"context"
	"time"

	"rapport/api/wire"
	"rapport/models"
)

type callNextOut struct {
	OfficeID models.OfficeID   `json:"office_id,omitempty"`
	Office   string            `json:"office,omitempty"`
	Phone    string            `json:"phone,omitempty"`
	Reason   models.CallReason `json:"reason" doc:"call_back_due, shared_clients, known_or_near, cold"`
	Shared   int               `json:"shared_clients"`
	Overdue  float64           `json:"overdue"`
	CallAt   *time.Time        `json:"call_back_at,omitempty"`
	People   []relationshipOut `json:"relationships"`
	Why      string            `json:"why" doc:"The reason in words"`
	New      []nearbyOut       `json:"not_met,omitempty" doc:"Of the directory, near; then there is no relationship at the office"`
	Miles    *float64          `json:"miles,omitempty"`
}

type nearbyOut struct {
	ProviderID models.ProviderID `json:"provider_id"`
	Name       string            `json:"name"`
	Taxonomy   string            `json:"taxonomy,omitempty"`
	Accepting  models.Accepting  `json:"accepting,omitempty"`
	Phone      string            `json:"phone,omitempty"`
}

type funnelOut struct {
	Stage   models.Stage `json:"stage"`
	Offices int          `json:"offices"`
}

type outreachOut struct {
	Next   []callNextOut `json:"whom_to_call_next"`
	Funnel []funnelOut   `json:"funnel"`
}

func (a *API) readOutreach(ctx context.Context, _ *struct{}) (*struct{ Body outreachOut }, error) {
	v, err := a.net.Outreach(ctx, wire.Actor(ctx))
	if err != nil {
		return nil, err
	}
	out := outreachOut{Next: []callNextOut{}, Funnel: []funnelOut{}}
	for _, c := range v.Next {
		x := callNextOut{c.Office.ID, c.Office.Name, c.Office.Phone, c.Reason, c.Shared, c.Overdue, c.CallAt, []relationshipOut{}, c.Why(), nil, c.Miles}
		for _, l := range c.People {
			x.People = append(x.People, newRelationshipOut(l.Relationship, l.DisplayName(), l.DaysSince, l.Overdue))
		}
		for _, p := range c.New {
			x.New = append(x.New, nearbyOut{p.ProviderID, p.DisplayName(), p.Taxonomy, p.Accepting, p.Phone})
		}
		out.Next = append(out.Next, x)
	}
	for _, f := range v.Funnel {
		out.Funnel = append(out.Funnel, funnelOut(f))
	}
	return &struct{ Body outreachOut }{out}, nil
}
