package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) redFlagRoutes(api huma.API) {
	wire.Handle(api, wire.Operation{ID: "list-red-flags", Method: http.MethodGet, Path: "/api/v1/referral-out-drafts", Tag: "referrals",
		Summary: "Red flags that stopped a session and of which no referral has come yet"}, a.listRedFlags)
}

type redFlagOut struct {
	ID        string           `json:"id" doc:"The referral_out_draft_id of the referral that comes of it"`
	ClientID  models.ClientID  `json:"client_id"`
	SessionID models.SessionID `json:"session_id" doc:"The session that was stopped"`
	Findings  []string         `json:"findings" doc:"Keys of the red-flag check, see /api/v1/screening"`
	CreatedAt time.Time        `json:"created_at"`
}

func (a *API) listRedFlags(ctx context.Context, _ *struct{}) (*struct{ Body wire.ListOut[redFlagOut] }, error) {
	all, err := a.net.RedFlags(ctx, wire.Actor(ctx))
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[redFlagOut] }{wire.MapList(models.List[models.ReferralOutDraft]{Items: all}, func(d models.ReferralOutDraft) redFlagOut {
		return redFlagOut{d.ID, d.ClientID, d.SessionID, append([]string{}, d.Findings...), d.CreatedAt}
	})}, nil
}
