package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) invitationRoutes(api huma.API) {
	wire.Handle(api, wire.Operation{ID: "accept-invitation", Method: http.MethodPost, Path: "/api/v1/invitations/{token}", Tag: "sign-in", Public: true, SignIn: true,
		Summary: "Accept an invitation: a new person sets a password, a known one gives theirs"}, a.acceptInvitation)
}

type invitationOut struct {
	ID         string            `json:"id"`
	Email      string            `json:"email"`
	Name       string            `json:"name"`
	Role       models.Role       `json:"role"`
	ProviderID models.ProviderID `json:"provider_id,omitempty"`
	CreatedAt  time.Time         `json:"created_at"`
}

func newInvitationOut(i models.Invitation) invitationOut {
	return invitationOut{i.ID, i.Email, i.Name, i.Role, i.ProviderID, i.CreatedAt}
}

type invitationAnswer struct{ Body invitationOut }

func newInvitationAnswer(i models.Invitation, err error) (*invitationAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &invitationAnswer{newInvitationOut(i)}, nil
}

func (a *API) acceptInvitation(ctx context.Context, in *struct {
	Token string `path:"token" maxLength:"200"`
	Body  struct {
		Password string `json:"password" maxLength:"1000" doc:"At least 15 characters"`
		OTP      string `json:"otp,omitempty" maxLength:"60" doc:"Of a known person whose account has a second factor"`
	}
}) (*tokensAnswer, error) {
	p, err := a.net.AcceptInvitation(ctx, wire.Actor(ctx), in.Token, in.Body.Password, in.Body.OTP)
	if err != nil {
		return nil, err
	}
	return newTokensAnswer(p), nil
}
