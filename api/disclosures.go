package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) disclosureRoutes(api huma.API) {
	const tag = "disclosures"
	wire.Handle(api, wire.Operation{ID: "list-disclosures", Method: http.MethodGet, Path: "/api/v1/clients/{id}/disclosures", Tag: tag,
		Summary: "Every decision of the release gate, or the accounting of 45 CFR 164.528"}, a.listDisclosures)
	wire.Handle(api, wire.Operation{ID: "print-disclosures", Method: http.MethodGet, Path: "/api/v1/clients/{id}/disclosures/document", Tag: tag,
		Summary: "The same on paper"}, a.printDisclosures)
}

type overrideOut struct {
	Basis  string        `json:"basis"`
	Reason string        `json:"reason"`
	By     models.UserID `json:"by"`
	At     time.Time     `json:"at"`
	Until  time.Time     `json:"until"`
}

type disclosureOut struct {
	ID             models.DisclosureID `json:"id"`
	Seq            int64               `json:"seq" doc:"Number of its event on the audit trail"`
	At             time.Time           `json:"at"`
	ClientID       models.ClientID     `json:"client_id"`
	Actor          string              `json:"actor"`
	Recipient      models.Recipient    `json:"recipient"`
	Categories     []models.Category   `json:"categories"`
	Purpose        models.Purpose      `json:"purpose"`
	Description    string              `json:"description"`
	ObjectKind     string              `json:"object_kind"`
	ObjectID       string              `json:"object_id"`
	Channel        string              `json:"channel"`
	Verdict        string              `json:"verdict" enum:"allowed,refused"`
	Basis          string              `json:"basis,omitempty" enum:"release,own_order,override,individual"`
	Reasons        []string            `json:"reasons,omitempty"`
	RuleVersion    string              `json:"rule_version"`
	ReleaseID      models.ReleaseID    `json:"release_id,omitempty"`
	ReleaseVersion int                 `json:"release_version,omitempty"`
	Override       *overrideOut        `json:"override,omitempty"`
	Flagged        bool                `json:"flagged" doc:"Told after the client's revocation had arrived and before it was entered"`
}

func newDisclosureOut(d models.Disclosure) disclosureOut {
	out := disclosureOut{ID: d.ID, Seq: d.Seq, At: d.At, ClientID: d.ClientID, Actor: d.ActorID, Recipient: d.Recipient, Categories: d.Categories, Purpose: d.Purpose,
		Description: d.Description, ObjectKind: d.ObjectKind, ObjectID: d.ObjectID, Channel: d.Channel, Verdict: "refused", Basis: d.Basis, Reasons: d.Reasons,
		RuleVersion: d.RuleVersion, ReleaseID: d.ReleaseID, ReleaseVersion: d.ReleaseVersion, Flagged: d.Flagged}
	if d.Allowed {
		out.Verdict = "allowed"
	}
	if o := d.Override; o != nil {
		out.Override = &overrideOut{o.Basis, o.Reason, o.By, o.At, o.Until}
	}
	return out
}

func (a *API) listDisclosures(ctx context.Context, in *struct {
	ID models.ClientID `path:"id"`
	wire.PageIn
	View models.DisclosureView `query:"view" enum:"full,statutory" default:"full"`
}) (*struct{ Body wire.ListOut[disclosureOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Disclosures(ctx, wire.Actor(ctx), in.ID, in.View, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[disclosureOut] }{wire.MapList(l, newDisclosureOut)}, nil
}

func (a *API) printDisclosures(ctx context.Context, in *struct {
	ID   models.ClientID       `path:"id"`
	View models.DisclosureView `query:"view" enum:"full,statutory" default:"full"`
}) (*pdfAnswer, error) {
	b, err := a.net.DisclosureLog(ctx, wire.Actor(ctx), in.ID, in.View)
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("disclosures", "", b), nil
}
