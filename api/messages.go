package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/referral"
)

func (a *API) messageRoutes(api huma.API) {
	const tag = "messages"
	wire.Handle(api, wire.Operation{ID: "list-messages", Method: http.MethodGet, Path: "/api/v1/messages", Tag: tag, Summary: "What went out, failed or waits for a person"}, a.listMessages)
	wire.Handle(api, wire.Operation{ID: "resolve-message", Method: http.MethodPost, Path: "/api/v1/messages/{id}/resolution", Tag: tag,
		Summary: "Settle a message that failed or whose fate is unknown"}, a.resolveMessage)
}

// messageOut is a message without its words, which its kind fixes.
type messageOut struct {
	ID         models.MessageID    `json:"id"`
	Kind       models.MessageKind  `json:"kind"`
	To         string              `json:"to"`
	ObjectKind string              `json:"object_kind"`
	ObjectID   string              `json:"object_id"`
	ClientID   models.ClientID     `json:"client_id,omitempty"`
	ProviderID models.ProviderID   `json:"provider_id,omitempty"`
	State      models.MessageState `json:"state" enum:"queued,sending,sent,failed,uncertain,stopped"`
	Attempts   int                 `json:"attempts"`
	Reason     string              `json:"reason,omitempty" doc:"Code: why it failed, stopped or is uncertain"`
	Note       string              `json:"note,omitempty"`
	CreatedAt  time.Time           `json:"created_at"`
	SentAt     *time.Time          `json:"sent_at,omitempty"`
}

func newMessageOut(m models.Message) messageOut {
	return messageOut{m.ID, m.Kind, m.To, m.ObjectKind, m.ObjectID, m.ClientID, m.ProviderID, m.State, m.Attempts, m.Reason, m.Note, m.CreatedAt, m.SentAt}
}

func (a *API) listMessages(ctx context.Context, in *struct {
	wire.PageIn
	State models.MessageState `query:"state" enum:"queued,sending,sent,failed,uncertain,stopped" doc:"Only messages in this state"`
}) (*struct{ Body wire.ListOut[messageOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Messages(ctx, wire.Actor(ctx), referral.MessageQuery{State: in.State}, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[messageOut] }{wire.MapList(l, newMessageOut)}, nil
}

func (a *API) resolveMessage(ctx context.Context, in *struct {
	ID   models.MessageID `path:"id"`
	Body struct {
		Outcome models.ResolutionOutcome `json:"outcome" enum:"sent,retry,gave_up"`
		Note    string                   `json:"note,omitempty" maxLength:"500" doc:"Required with sent: how you know"`
	}
}) (*struct{ Body messageOut }, error) {
	m, err := a.net.ResolveMessage(ctx, wire.Actor(ctx), in.ID, models.Resolution{Outcome: in.Body.Outcome, Note: in.Body.Note})
	if err != nil {
		return nil, err
	}
	return &struct{ Body messageOut }{newMessageOut(m)}, nil
}
