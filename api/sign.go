package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) signRoutes(api huma.API) {
	const tag = "signing links"
	wire.Handle(api, wire.Operation{ID: "read-signing-link", Method: http.MethodGet, Path: "/api/v1/sign/{token}", Tag: tag, Public: true,
		Summary: "What a link is for; it names nobody"}, a.readSigningLink)
	wire.Handle(api, wire.Operation{ID: "sign-by-link", Method: http.MethodPost, Path: "/api/v1/sign/{token}", Tag: tag, Public: true,
		Summary: "Sign the release with the client's birth date"}, a.signByLink)
	wire.Handle(api, wire.Operation{ID: "read-document-by-link", Method: http.MethodPost, Path: "/api/v1/sign/{token}/document", Tag: tag, Always: true, Public: true,
		Summary: "The form to sign, or the signed copy"}, a.documentByLink)
	wire.Handle(api, wire.Operation{ID: "decline-by-link", Method: http.MethodPost, Path: "/api/v1/sign/{token}/declination", Tag: tag, Public: true,
		Summary: "Decline to sign"}, a.declineByLink)
	wire.Handle(api, wire.Operation{ID: "revoke-by-link", Method: http.MethodPost, Path: "/api/v1/sign/{token}/revocation", Tag: tag, Always: true, Public: true,
		Summary: "Take a signed release back"}, a.revokeByLink)
}

type linkOut struct {
	Waiting        bool      `json:"waiting" doc:"A form waits for a signature; else a signed copy can be read or revoked"`
	TriesLeft      int       `json:"tries_left"`
	ExpiresAt      time.Time `json:"expires_at"`
	ConsentVersion string    `json:"consent_version"`
	Consent        string    `json:"consent" doc:"What electronic_records_consent agrees to"`
	Intent         string    `json:"intent" doc:"The words beside the button"`
}

// LinkPath is the secret of a link; logs hold the route's pattern only.
type LinkPath struct {
	Token string `path:"token" maxLength:"100"`
}

// BornIn opens a link.
type BornIn struct {
	BirthDate models.Date `json:"birth_date,omitempty" format:"date" doc:"The client's; five tries"`
}

func (a *API) readSigningLink(ctx context.Context, in *LinkPath) (*struct{ Body linkOut }, error) {
	p, err := a.net.SigningLink(ctx, wire.Actor(ctx), in.Token)
	if err != nil {
		return nil, err
	}
	return &struct{ Body linkOut }{linkOut{p.Waiting, p.TriesLeft, p.ExpiresAt, p.ConsentVersion, p.Consent, p.Intent}}, nil
}

func (a *API) signByLink(ctx context.Context, in *struct {
	LinkPath
	Body struct {
		SignatureIn
		BornIn
	}
}) (*releaseAnswer, error) {
	return answerRelease(a.net.SignByLink(ctx, wire.Actor(ctx), in.Token, in.Body.BirthDate, in.Body.draft()))
}

func (a *API) documentByLink(ctx context.Context, in *struct {
	LinkPath
	Body BornIn
}) (*pdfAnswer, error) {
	d, err := a.net.DocumentByLink(ctx, wire.Actor(ctx), in.Token, in.Body.BirthDate)
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("release", d.SHA256, d.Bytes), nil
}

func (a *API) declineByLink(ctx context.Context, in *struct {
	LinkPath
	Body BornIn
}) (*releaseAnswer, error) {
	return answerRelease(a.net.DeclineByLink(ctx, wire.Actor(ctx), in.Token, in.Body.BirthDate))
}

func (a *API) revokeByLink(ctx context.Context, in *struct {
	LinkPath
	Body struct {
		BornIn
		Reason string `json:"reason,omitempty" maxLength:"4000"`
	}
}) (*releaseAnswer, error) {
	return answerRelease(a.net.RevokeByLink(ctx, wire.Actor(ctx), in.Token, in.Body.BirthDate, in.Body.Reason))
}
