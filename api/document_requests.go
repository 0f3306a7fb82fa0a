package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) documentRequestRoutes(api huma.API) {
	const tag, all = "document requests", "/api/v1/document-requests"
	wire.Handle(api, wire.Operation{ID: "ask-for-document", Method: http.MethodPost, Path: all, Tag: tag, Status: 201, Summary: "Ask a practice for a document about a patient in common"}, a.askForDocument)
	wire.Handle(api, wire.Operation{ID: "list-document-requests", Method: http.MethodGet, Path: all, Tag: tag, Summary: "What was asked for: of the practice, or by the provider"}, a.listDocumentRequests)
	wire.Handle(api, wire.Operation{ID: "decline-document", Method: http.MethodPost, Path: all + "/{id}/declination", Tag: tag, Summary: "Say no, with the reason"}, a.declineDocument)
	wire.Handle(api, wire.Operation{ID: "withdraw-document", Method: http.MethodPost, Path: all + "/{id}/withdrawal", Tag: tag, Summary: "Take the request back"}, a.withdrawDocument)
}

type documentRequestOut struct {
	ID           models.RequestID    `json:"id"`
	ClientID     models.ClientID     `json:"client_id"`
	ClientName   models.PersonName   `json:"client_name"`
	ProviderID   models.ProviderID   `json:"provider_id"`
	Provider     string              `json:"provider"`
	Practice     string              `json:"practice"`
	Kind         string              `json:"kind" doc:"progress_report, discharge_report, session_notes, order_status"`
	WantedBy     models.Date         `json:"wanted_by,omitempty" format:"date"`
	Note         string              `json:"note,omitempty"`
	State        models.RequestState `json:"state" doc:"open, sent, declined, withdrawn"`
	AnsweredKind string              `json:"answered_kind,omitempty"`
	AnsweredID   string              `json:"answered_id,omitempty"`
	Reason       string              `json:"reason,omitempty"`
	CreatedAt    time.Time           `json:"created_at"`
	SettledAt    *time.Time          `json:"settled_at,omitempty"`
	Ended        bool                `json:"ended,omitempty" doc:"The client's release to the provider ended: only what they wrote is shown"`
}

func newDocumentRequestOut(r models.RequestLine) documentRequestOut {
	return documentRequestOut{r.ID, r.ClientID, r.Client, r.ProviderID, r.Provider, r.Practice, r.Kind, r.WantedBy, r.Note, r.State, r.AnsweredKind, r.AnsweredID,
		r.Reason, r.CreatedAt, r.SettledAt, r.Ended}
}

type documentRequestAnswer struct {
	ETag string `header:"ETag"`
	Body documentRequestOut
}

func answerDocumentRequest(r models.RequestLine, err error) (*documentRequestAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &documentRequestAnswer{wire.ETag(r.Version), newDocumentRequestOut(r)}, nil
}

func (a *API) askForDocument(ctx context.Context, in *struct {
	Body struct {
		ClientID models.ClientID `json:"client_id"`
		Kind     string          `json:"kind" doc:"progress_report, discharge_report, session_notes, order_status"`
		WantedBy models.Date     `json:"wanted_by,omitempty" format:"date"`
		Note     string          `json:"note,omitempty" maxLength:"1000"`
	}
}) (*documentRequestAnswer, error) {
	b := in.Body
	return answerDocumentRequest(a.net.AskForDocument(ctx, wire.Actor(ctx), models.RequestDraft{ClientID: b.ClientID, Kind: b.Kind, WantedBy: b.WantedBy, Note: b.Note}))
}

func (a *API) declineDocument(ctx context.Context, in *struct {
	ID   models.RequestID `path:"id"`
	Body struct {
		Reason string `json:"reason" maxLength:"500"`
	}
}) (*documentRequestAnswer, error) {
	return answerDocumentRequest(a.net.DeclineDocument(ctx, wire.Actor(ctx), in.ID, in.Body.Reason))
}

func (a *API) withdrawDocument(ctx context.Context, in *struct {
	ID   models.RequestID `path:"id"`
	Body *struct{}
}) (*documentRequestAnswer, error) {
	return answerDocumentRequest(a.net.WithdrawDocument(ctx, wire.Actor(ctx), in.ID))
}

func (a *API) listDocumentRequests(ctx context.Context, in *struct {
	wire.PageIn
	State models.RequestState `query:"state" enum:"open,sent,declined,withdrawn"`
}) (*struct {
	Body wire.ListOut[documentRequestOut]
}, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.DocumentRequests(ctx, wire.Actor(ctx), in.State, page)
	if err != nil {
		return nil, err
	}
	return &struct {
		Body wire.ListOut[documentRequestOut]
	}{wire.MapList(l, newDocumentRequestOut)}, nil
}
