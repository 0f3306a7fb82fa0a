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
		x := callNextOut{c.Office.ID, c.Office.Name, c.Office.Phone, c.Reason, c.Shared, c.Overdue, c.CallAt, nil}
		for _, l := range c.People {
			x.People = append(x.People, newRelationshipOut(l.Relationship, l.DisplayName(), l.DaysSince, l.Overdue))
		}
		out.Next = append(out.Next, x)
	}
	for _, f := range v.Funnel {
		out.Funnel = append(out.Funnel, funnelOut(f))
	}
	return &struct{ Body outreachOut }{out}, nil
}
