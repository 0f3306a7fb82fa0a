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

func (a *API) changeRoutes(api huma.API) {
	const tag, base = "change requests", "/api/v1/change-requests"
	wire.Handle(api, wire.Operation{ID: "ask-for-change", Method: http.MethodPost, Path: "/api/v1/prescriptions/{id}/change-requests", Tag: tag, Status: 201,
		Summary: "Keep a wish outside scope and send it to the prescriber"}, a.askForChange)
	wire.Handle(api, wire.Operation{ID: "list-change-requests", Method: http.MethodGet, Path: base, Tag: tag,
		Summary: "The practice's requests, or those sent to a provider, newest first"}, a.listChanges)
	wire.Handle(api, wire.Operation{ID: "read-change-request", Method: http.MethodGet, Path: base + "/{id}", Tag: tag,
		Summary: "Read a request; opened by the prescriber it is seen"}, a.readChange)
	wire.Handle(api, wire.Operation{ID: "decide-change-request", Method: http.MethodPost, Path: base + "/{id}/decision", Tag: tag,
		Summary: "The prescriber approves or declines"}, a.decideChange)
	wire.Handle(api, wire.Operation{ID: "withdraw-change-request", Method: http.MethodPost, Path: base + "/{id}/withdrawal", Tag: tag,
		Summary: "Take the wish back"}, a.withdrawChange)
	wire.Handle(api, wire.Operation{ID: "reopen-change-request", Method: http.MethodPost, Path: base + "/{id}/sending", Tag: tag,
		Summary: "Send a wish that had ended with an explanation"}, a.reopenChange)
	wire.Handle(api, wire.Operation{ID: "record-answer", Method: http.MethodPost, Path: base + "/{id}/recorded-answer", Tag: tag,
		Summary: "Write down the prescriber's answer from a fax or a call"}, a.recordAnswer)
	wire.Handle(api, wire.Operation{ID: "read-fax-back-form", Method: http.MethodGet, Path: base + "/{id}/fax-back", Tag: tag,
		Summary: "The form that the office signs and faxes back"}, a.readFaxBack)
	wire.Handle(api, wire.Operation{ID: "open-change-link", Method: http.MethodPost, Path: "/api/v1/decide/{token}", Tag: tag, Public: true,
		Summary: "Open a one-time link with the client's birth date"}, a.openChangeLink)
	wire.Handle(api, wire.Operation{ID: "decide-by-link", Method: http.MethodPost, Path: "/api/v1/decide/{token}/decision", Tag: tag, Public: true,
		Summary: "Approve or decline without an account; the link is spent with it"}, a.decideByLink)
}

type changeDecisionOut struct {
	Decision string             `json:"decision"`
	Reason   string             `json:"reason,omitempty"`
	Scope    *models.ScopePatch `json:"scope,omitempty" doc:"What the prescriber allowed instead of what was proposed"`
	Via      string             `json:"via" doc:"portal, link, fax_back or verbal"`
}

type changeOut struct {
	ID               models.ChangeRequestID `json:"id"`
	PrescriptionID   models.PrescriptionID  `json:"prescription_id"`
	SeriesID         models.SeriesID        `json:"series_id"`
	ClientID         models.ClientID        `json:"client_id"`
	PrescriberID     models.ProviderID      `json:"prescriber_id"`
	Status           models.ChangeStatus    `json:"status"`
	AskedBy          string                 `json:"asked_by"`
	Words            string                 `json:"words,omitempty" doc:"To the prescriber only if the client agreed"`
	ShareWords       bool                   `json:"share_words"`
	ExplanationGiven string                 `json:"explanation_given,omitempty"`
	Proposed         models.ScopePatch      `json:"proposed"`
	SentAt           *time.Time             `json:"sent_at,omitempty"`
	SeenAt           *time.Time             `json:"seen_at,omitempty"`
	LapsesOn         models.Date            `json:"lapses_on,omitempty" doc:"The last day on which an answer counts"`
	DecidedAt        *time.Time             `json:"decided_at,omitempty"`
	Decision         *changeDecisionOut     `json:"decision,omitempty"`
	NewVersionID     models.PrescriptionID  `json:"new_prescription_id,omitempty" doc:"The version that the approval made"`
	Prescription     *prescriptionOut       `json:"prescription,omitempty" doc:"The version it asks to change"`
	CreatedAt        time.Time              `json:"created_at"`
}

func newChangeOut(c models.ChangeRequest) changeOut {
	out := changeOut{ID: c.ID, PrescriptionID: c.PrescriptionID, SeriesID: c.SeriesID, ClientID: c.ClientID, PrescriberID: c.PrescriberID, Status: c.Status,
		AskedBy: c.AskedBy, Words: c.Words, ShareWords: c.ShareWords, ExplanationGiven: c.ExplanationGiven, Proposed: c.Proposed, SentAt: c.SentAt,
		SeenAt: c.SeenAt, LapsesOn: c.LapsesOn, DecidedAt: c.DecidedAt, NewVersionID: c.NewVersionID, CreatedAt: c.CreatedAt}
	if c.DecidedVia != "" {
		out.Decision = &changeDecisionOut{string(c.Status), c.DecisionReason, c.DecidedScope, c.DecidedVia}
	}
	return out
}

type changeAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     changeOut
}

// answerChange is what every verb on a request ends with.
func answerChange(ctx context.Context, s models.ChangeSheet, err error) (*changeAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := newChangeOut(s.Request)
	party := models.PartyOf(wire.Actor(ctx))
	if wire.Actor(ctx).Kind == models.ActorAnonymous {
		party = models.PrescriberParty // came by link
	}
	p := newPrescriptionOut(party)(s.Order)
	out.Prescription = &p
	return &changeAnswer{ETag: wire.ETag(s.Request.RowVersion), Location: "/api/v1/change-requests/" + string(s.Request.ID), Body: out}, nil
}

// ChangePath is embedded in inputs; huma finds fields of exported types only.
type ChangePath struct {
	ID models.ChangeRequestID `path:"id"`
}

func (a *API) askForChange(ctx context.Context, in *struct {
	OrderPath
	Body struct {
		AskedBy          string         `json:"asked_by" doc:"client or therapist"`
		Words            string         `json:"words"`
		ShareWords       bool           `json:"share_words,omitempty" doc:"The client agrees that the prescriber reads the words"`
		Proposed         scopePatchIn   `json:"proposed,omitempty" doc:"Full fields, laid over the scope in force"`
		ExplanationGiven string         `json:"explanation_given,omitempty"`
		Outcome          string         `json:"outcome,omitempty" enum:"explained" doc:"explained: kept with the explanation, sent to nobody"`
		Channel          models.Channel `json:"channel,omitempty" doc:"portal, link or fax_back; chosen when left out"`
	}
}) (*changeAnswer, error) {
	b := in.Body
	s, err := a.net.AskForChange(ctx, wire.Actor(ctx), in.ID, models.ChangeDraft{AskedBy: b.AskedBy, Words: b.Words, ShareWords: b.ShareWords,
		Proposed: b.Proposed.patch(), ExplanationGiven: b.ExplanationGiven, Explained: b.Outcome != "", Channel: b.Channel})
	return answerChange(ctx, s, err)
}

func (a *API) listChanges(ctx context.Context, in *struct {
	wire.PageIn
	Status         models.ChangeStatus   `query:"status"`
	ClientID       models.ClientID       `query:"client_id"`
	PrescriptionID models.PrescriptionID `query:"prescription_id"`
}) (*struct{ Body wire.ListOut[changeOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.ChangeRequests(ctx, wire.Actor(ctx), referral.ChangeQuery{ClientID: in.ClientID, PrescriptionID: in.PrescriptionID, Status: in.Status}, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[changeOut] }{wire.MapList(l, newChangeOut)}, nil
}

func (a *API) readChange(ctx context.Context, in *ChangePath) (*changeAnswer, error) {
	s, err := a.net.ChangeRequest(ctx, wire.Actor(ctx), in.ID)
	return answerChange(ctx, s, err)
}

// DecisionIn is the prescriber's answer.
type DecisionIn struct {
	Decision string        `json:"decision" enum:"approved,declined"`
	Reason   string        `json:"reason,omitempty"`
	Scope    *scopePatchIn `json:"scope,omitempty" doc:"Approved instead of what was proposed"`
}

func (in DecisionIn) decision() models.Decision {
	d := models.Decision{Approve: in.Decision == string(models.ChangeApproved), Reason: in.Reason}
	if in.Scope != nil {
		p := in.Scope.patch()
		d.Scope = &p
	}
	return d
}

func (a *API) decideChange(ctx context.Context, in *struct {
	ChangePath
	Body DecisionIn
}) (*changeAnswer, error) {
	s, err := a.net.DecideChange(ctx, wire.Actor(ctx), in.ID, in.Body.decision())
	return answerChange(ctx, s, err)
}

func (a *API) withdrawChange(ctx context.Context, in *struct {
	ChangePath
	Body struct{}
}) (*changeAnswer, error) {
	s, err := a.net.WithdrawChange(ctx, wire.Actor(ctx), in.ID)
	return answerChange(ctx, s, err)
}

func (a *API) reopenChange(ctx context.Context, in *struct {
	ChangePath
	Body struct {
		Proposed *scopePatchIn  `json:"proposed,omitempty"`
		Channel  models.Channel `json:"channel,omitempty"`
	}
}) (*changeAnswer, error) {
	s, err := a.net.ReopenChange(ctx, wire.Actor(ctx), in.ID, in.Body.Proposed.patch(), in.Body.Channel)
	return answerChange(ctx, s, err)
}

func (a *API) recordAnswer(ctx context.Context, in *struct {
	ChangePath
	Body struct {
		DecisionIn
		Via          string    `json:"via" doc:"fax_back or verbal"`
		AttachmentID string    `json:"attachment_id,omitempty" doc:"fax_back: the scan of the signed form, attached to the prescription"`
		Verbal       *VerbalIn `json:"verbal,omitempty"`
	}
}) (*changeAnswer, error) {
	s, err := a.net.RecordAnswer(ctx, wire.Actor(ctx), in.ID, models.AnswerDraft{Decision: in.Body.decision(), Via: in.Body.Via,
		AttachmentID: in.Body.AttachmentID, Verbal: in.Body.Verbal.verbal()})
	return answerChange(ctx, s, err)
}

func (a *API) readFaxBack(ctx context.Context, in *ChangePath) (*pdfAnswer, error) {
	p, err := a.net.FaxBackForm(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("change-request", "", p.Bytes), nil
}

func (a *API) openChangeLink(ctx context.Context, in *struct {
	LinkPath
	Body BornIn
}) (*changeAnswer, error) {
	s, err := a.net.OpenChangeLink(ctx, wire.Actor(ctx), in.Token, in.Body.BirthDate)
	return answerChange(ctx, s, err)
}

func (a *API) decideByLink(ctx context.Context, in *struct {
	LinkPath
	Body struct {
		DecisionIn
		BornIn
		Name string `json:"name" maxLength:"200" doc:"The prescriber's typed signature"`
	}
}) (*changeAnswer, error) {
	d := in.Body.decision()
	d.Name = in.Body.Name
	s, err := a.net.DecideByLink(ctx, wire.Actor(ctx), in.Token, in.Body.BirthDate, d)
	return answerChange(ctx, s, err)
}
