package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
)

func (a *API) promiseRoutes(api huma.API) {
	const tag, all = "promises", "/api/v1/promises"
	wire.Handle(api, wire.Operation{ID: "list-promises", Method: http.MethodGet, Path: all, Tag: tag, Summary: "What is owed, the first due in front"}, a.listPromises)
	wire.Handle(api, wire.Operation{ID: "make-promise", Method: http.MethodPost, Path: all, Tag: tag, Status: 201, Summary: "Write down what is owed by a day"}, a.makePromise)
	wire.Handle(api, wire.Operation{ID: "keep-promise", Method: http.MethodPost, Path: all + "/{id}/keep", Tag: tag, Summary: "Say that it was kept today"}, a.keepPromise)
	wire.Handle(api, wire.Operation{ID: "release-promise", Method: http.MethodPost, Path: all + "/{id}/release", Tag: tag, Summary: "End it without keeping it, with the reason"}, a.releasePromise)
}

type promiseOut struct {
	ID             models.PromiseID      `json:"id"`
	RelationshipID models.RelationshipID `json:"relationship_id"`
	ProviderID     models.ProviderID     `json:"provider_id"`
	Provider       string                `json:"provider"`
	ClientID       models.ClientID       `json:"client_id,omitempty"`
	OwedBy         models.OwedBy         `json:"owed_by"`
	Kind           models.PromiseKind    `json:"kind"`
	What           string                `json:"what"`
	DueOn          models.Date           `json:"due_on" format:"date"`
	State          models.PromiseState   `json:"state" doc:"open, late, kept, released"`
	SourceKind     string                `json:"source_kind,omitempty" doc:"contact, packet_wish (its id is the contact's), referral, report_clock, document_request"`
	SourceID       string                `json:"source_id,omitempty"`
	KeptKind       string                `json:"kept_kind,omitempty" doc:"What kept it: delivery, contact, prescription, change_request, referral; absent for a person's word"`
	KeptID         string                `json:"kept_id,omitempty"`
	KeptOn         models.Date           `json:"kept_on,omitempty" format:"date"`
	SettledAt      *time.Time            `json:"settled_at,omitempty"`
	Reason         string                `json:"reason,omitempty"`
	CreatedAt      time.Time             `json:"created_at"`
}

func newPromiseOut(p models.PromiseLine) promiseOut {
	return promiseOut{p.ID, p.RelationshipID, p.ProviderID, p.Provider, p.ClientID, p.OwedBy, p.Kind, p.What, p.DueOn, p.State, p.SourceKind, p.SourceID, p.KeptKind,
		p.KeptID, p.KeptOn, p.SettledAt, p.Reason, p.CreatedAt}
}

type promiseAnswer struct {
	ETag string `header:"ETag"`
	Body promiseOut
}

func answerPromise(p models.PromiseLine, err error) (*promiseAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &promiseAnswer{wire.ETag(p.Version), newPromiseOut(p)}, nil
}

func (a *API) makePromise(ctx context.Context, in *struct {
	Body struct {
		RelationshipID models.RelationshipID `json:"relationship_id,omitempty"`
		PrescriptionID models.PrescriptionID `json:"prescription_id,omitempty" doc:"Promise the report that this order's clock asks for; relationship, kind and day follow from it"`
		ReferralID     models.ReferralID     `json:"referral_id,omitempty" doc:"What is owed for this referral; relationship and client follow from it, and the day of its clock where due_on is left out"`
		ClientID       models.ClientID       `json:"client_id,omitempty"`
		OwedBy         models.OwedBy         `json:"owed_by,omitempty" doc:"us or them"`
		Kind           models.PromiseKind    `json:"kind,omitempty" doc:"report, packet, letter, call, document, other"`
		What           string                `json:"what,omitempty" maxLength:"200"`
		DueOn          models.Date           `json:"due_on,omitempty" format:"date"`
	}
}) (*promiseAnswer, error) {
	b := in.Body
	if b.PrescriptionID != "" && b.ReferralID != "" {
		return nil, fault.New(fault.Invalid, "promise.one_source", "A promise is made for an order's report or for a referral; name one of them.")
	}
	if b.PrescriptionID != "" {
		return answerPromise(a.net.PromiseReport(ctx, wire.Actor(ctx), b.PrescriptionID, b.DueOn, b.What))
	}
	d := models.PromiseDraft{RelationshipID: b.RelationshipID, ClientID: b.ClientID, OwedBy: b.OwedBy, Kind: b.Kind, What: b.What, DueOn: b.DueOn}
	if b.ReferralID != "" {
		return answerPromise(a.net.PromiseOnReferral(ctx, wire.Actor(ctx), b.ReferralID, d))
	}
	return answerPromise(a.net.Promise(ctx, wire.Actor(ctx), d))
}

// PromisePath names a promise.
type PromisePath struct {
	ID models.PromiseID `path:"id"`
}

func (a *API) keepPromise(ctx context.Context, in *struct {
	PromisePath
	Body *struct{}
}) (*promiseAnswer, error) {
	return answerPromise(a.net.KeepPromise(ctx, wire.Actor(ctx), in.ID))
}

func (a *API) releasePromise(ctx context.Context, in *struct {
	PromisePath
	Body struct {
		Reason string `json:"reason" maxLength:"500"`
	}
}) (*promiseAnswer, error) {
	return answerPromise(a.net.ReleasePromise(ctx, wire.Actor(ctx), in.ID, in.Body.Reason))
}

func (a *API) listPromises(ctx context.Context, in *struct {
	wire.PageIn
	State          models.PromiseState   `query:"state" enum:"open,late,kept,released"`
	RelationshipID models.RelationshipID `query:"relationship_id"`
	ClientID       models.ClientID       `query:"client_id"`
	OwedBy         models.OwedBy         `query:"owed_by" enum:"us,them"`
}) (*struct{ Body wire.ListOut[promiseOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Promises(ctx, wire.Actor(ctx), referral.PromiseQuery{State: in.State, RelationshipID: in.RelationshipID, ClientID: in.ClientID, OwedBy: in.OwedBy}, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[promiseOut] }{wire.MapList(l, newPromiseOut)}, nil
}
