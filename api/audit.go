package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) auditRoutes(api huma.API) {
	const tag = "audit"
	wire.Handle(api, wire.Operation{ID: "read-audit", Method: http.MethodGet, Path: "/api/v1/audit", Tag: tag,
		Summary: "Who did what to what, newest first; a therapist reads what concerns the clients they treat"}, a.readAudit)
	wire.Handle(api, wire.Operation{ID: "read-integrity", Method: http.MethodGet, Path: "/api/v1/audit/integrity", Tag: tag,
		Summary: "Where the trail of each practice ends and whether its newest events hang together"}, a.readIntegrity)
}

type auditEventOut struct {
	Seq        int64              `json:"seq"`
	At         time.Time          `json:"at"`
	Actor      string             `json:"actor" doc:"user:id, link:id, system or anonymous"`
	ActorName  string             `json:"actor_name,omitempty" doc:"As the person is called now; of a sign-in that was let in, whose it is; of a link, to whom it was sent"`
	ActorRoles []models.Role      `json:"actor_roles,omitempty" doc:"What the person may be now, in the practice or for providers"`
	ActorFor   []string           `json:"actor_for,omitempty" doc:"Providers for whom the person may act now"`
	Action     string             `json:"action"`
	Words      string             `json:"words" doc:"The action in words"`
	ObjectKind string             `json:"object_kind"`
	ObjectID   string             `json:"object_id,omitempty"`
	Object     string             `json:"object,omitempty" doc:"The record in words, as it is now: Session of Mar 2, 2026. Of an account, whose it is"`
	ClientID   models.ClientID    `json:"client_id,omitempty"`
	ClientName *models.PersonName `json:"client_name,omitempty" doc:"As the client is called now, for who may read clients"`
	Outcome    string             `json:"outcome" doc:"done, allowed, refused, or the refusal's code"`
	Detail     string             `json:"detail,omitempty" doc:"Ids and codes"`
	Hash       string             `json:"hash" doc:"Of the event with its predecessor's hash; the names are read beside it and stand in no event"`
}

func newAuditEventOut(e models.TrailLine) auditEventOut {
	out := auditEventOut{e.Seq, e.At, e.Principal, e.ActorName, e.Roles, e.For, e.Action, models.TrailWords(e.Action), e.ObjectKind, e.ObjectID, e.Title,
		e.ClientID, nil, e.Outcome, e.Detail, e.Hash}
	if e.Client != (models.PersonName{}) {
		out.ClientName = &e.Client
	}
	return out
}

func (a *API) readAudit(ctx context.Context, in *struct {
	wire.PageIn
	ClientID models.ClientID `query:"client_id" maxLength:"64"`
	Actor    models.UserID   `query:"actor" maxLength:"64" doc:"Id of the user who acted"`
	Action   string          `query:"action" maxLength:"64" doc:"An action such as report.download, or its area: report"`
	ObjectID string          `query:"object_id" maxLength:"64"`
	From     models.Date     `query:"from" format:"date" doc:"First day, as the practice counts days"`
	Until    models.Date     `query:"until" format:"date" doc:"Last day"`
}) (*struct{ Body wire.ListOut[auditEventOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	f := models.TrailFilter{ClientID: in.ClientID, Actor: in.Actor, Action: in.Action, ObjectID: in.ObjectID, From: in.From, Until: in.Until}
	l, err := a.net.AuditTrail(ctx, wire.Actor(ctx), f, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[auditEventOut] }{wire.MapList(l, newAuditEventOut)}, nil
}

type integrityOut struct {
	PracticeID models.PracticeID `json:"practice_id" doc:"network is what happened outside every practice"`
	Seq        int64             `json:"seq" doc:"Number of the last event"`
	Hash       string            `json:"hash" doc:"Its hash: note it elsewhere, and a trail that was rewritten shows"`
	Checked    int               `json:"checked" doc:"How many of the newest events were compared; rapport verify compares all"`
	Intact     bool              `json:"intact"`
	Broken     int64             `json:"broken,omitempty" doc:"Number of the first event that does not fit"`
}

func newIntegrityOut(c models.TrailCheck) integrityOut {
	return integrityOut{c.PracticeID, c.Seq, c.Hash, c.Checked, c.Broken == 0, c.Broken}
}

func (a *API) readIntegrity(ctx context.Context, in *struct{ wire.PageIn }) (*struct{ Body wire.ListOut[integrityOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Integrity(ctx, wire.Actor(ctx), page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[integrityOut] }{wire.MapList(l, newIntegrityOut)}, nil
}
