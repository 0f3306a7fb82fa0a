package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/referral"
)

func (a *API) authRoutes(api huma.API) {
	const tag = "sign-in"
	wire.Handle(api, wire.Operation{ID: "sign-in", Method: http.MethodPost, Path: "/api/v1/auth/token", Tag: tag, Always: true, Public: true, SignIn: true,
		Summary: "Sign in with e-mail address and password, and a code where the account has a second factor"}, a.signIn)
	wire.Handle(api, wire.Operation{ID: "refresh", Method: http.MethodPost, Path: "/api/v1/auth/refresh", Tag: tag, Always: true, Public: true, SignIn: true,
		Summary: "Get new tokens for a refresh token, which dies with it"}, a.refresh)
	wire.Handle(api, wire.Operation{ID: "sign-out", Method: http.MethodPost, Path: "/api/v1/auth/sign-out", Tag: tag, Always: true, Status: 204,
		Summary: "End this session and every token of it"}, a.signOut)
	wire.Handle(api, wire.Operation{ID: "change-password", Method: http.MethodPost, Path: "/api/v1/auth/password", Tag: tag, Always: true, Status: 204,
		Summary: "Change the own password; other sessions end"}, a.changePassword)
}

type signInIn struct {
	Email    string `json:"email" maxLength:"254"`
	Password string `json:"password" maxLength:"1000"`
	OTP      string `json:"otp,omitempty" maxLength:"60" doc:"Of accounts with a second factor: a code of the authenticator app, or a recovery code"`
}

type tokensOut struct {
	AccessToken  string `json:"access_token" doc:"Send it as Authorization: Bearer"`
	TokenType    string `json:"token_type" enum:"Bearer"`
	ExpiresIn    int    `json:"expires_in" doc:"Seconds"`
	RefreshToken string `json:"refresh_token" doc:"Works once"`
}

type tokensAnswer struct{ Body tokensOut }

func newTokensAnswer(p referral.TokenPair) *tokensAnswer {
	return &tokensAnswer{Body: tokensOut{p.AccessToken, "Bearer", p.ExpiresIn, p.RefreshToken}}
}

func (a *API) signIn(ctx context.Context, in *struct{ Body signInIn }) (*tokensAnswer, error) {
	p, err := a.net.SignIn(ctx, wire.Actor(ctx), in.Body.Email, in.Body.Password, in.Body.OTP)
	if err != nil {
		return nil, err
	}
	return newTokensAnswer(p), nil
}

func (a *API) refresh(ctx context.Context, in *struct {
	Body struct {
		RefreshToken string `json:"refresh_token" maxLength:"200"`
	}
}) (*tokensAnswer, error) {
	p, err := a.net.Refresh(ctx, wire.Actor(ctx), in.Body.RefreshToken)
	if err != nil {
		return nil, err
	}
	return newTokensAnswer(p), nil
}

func (a *API) signOut(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, a.net.SignOut(ctx, wire.Actor(ctx))
}

func (a *API) changePassword(ctx context.Context, in *struct {
	Body struct {
		Old string `json:"old_password" maxLength:"1000"`
		New string `json:"password" maxLength:"1000" doc:"At least 15 characters"`
	}
}) (*struct{}, error) {
	return nil, a.net.ChangePassword(ctx, wire.Actor(ctx), in.Body.Old, in.Body.New)
}
