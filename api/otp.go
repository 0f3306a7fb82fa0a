package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
)

func (a *API) otpRoutes(api huma.API) {
	const tag = "sign-in"
	wire.Handle(api, wire.Operation{ID: "start-otp", Method: http.MethodPost, Path: "/api/v1/auth/otp", Tag: tag, Always: true, SignIn: true,
		Summary: "Draw the secret of an authenticator app; it counts once a code of it was confirmed"}, a.startOTP)
	wire.Handle(api, wire.Operation{ID: "confirm-otp", Method: http.MethodPost, Path: "/api/v1/auth/otp/confirmation", Tag: tag, Always: true, SignIn: true,
		Summary: "Turn the second factor on with a first code; the recovery codes are shown this once"}, a.confirmOTP)
	wire.Handle(api, wire.Operation{ID: "remove-otp", Method: http.MethodPost, Path: "/api/v1/auth/otp/removal", Tag: tag, Always: true, SignIn: true, Status: 204,
		Summary: "Turn the second factor off, with password and code"}, a.removeOTP)
	wire.Handle(api, wire.Operation{ID: "renew-recovery-codes", Method: http.MethodPost, Path: "/api/v1/auth/otp/recovery-codes", Tag: tag, Always: true, SignIn: true,
		Summary: "Replace the recovery codes, with password and code"}, a.renewRecoveryCodes)
}

type enrolmentAnswer struct {
	Body struct {
		Secret string `json:"secret" doc:"Base32; six digits, 30 seconds, SHA-1"`
		URI    string `json:"uri" doc:"otpauth://…, for a QR code"`
	}
}

func (a *API) startOTP(ctx context.Context, in *struct {
	Body struct {
		Password string `json:"password" maxLength:"1000"`
	}
}) (*enrolmentAnswer, error) {
	e, err := a.net.StartOTP(ctx, wire.Actor(ctx), in.Body.Password)
	if err != nil {
		return nil, err
	}
	out := &enrolmentAnswer{}
	out.Body.Secret, out.Body.URI = e.Secret, e.URI
	return out, nil
}

type recoveryCodesAnswer struct {
	Body struct {
		RecoveryCodes []string `json:"recovery_codes" doc:"Each works once, in place of a code of the app"`
	}
}

func newRecoveryCodesAnswer(codes []string, err error) (*recoveryCodesAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := &recoveryCodesAnswer{}
	out.Body.RecoveryCodes = codes
	return out, nil
}

func (a *API) confirmOTP(ctx context.Context, in *struct {
	Body struct {
		OTP string `json:"otp" maxLength:"60"`
	}
}) (*recoveryCodesAnswer, error) {
	return newRecoveryCodesAnswer(a.net.ConfirmOTP(ctx, wire.Actor(ctx), in.Body.OTP))
}

type passwordAndCode struct {
	Body struct {
		Password string `json:"password" maxLength:"1000"`
		OTP      string `json:"otp" maxLength:"60" doc:"A code of the app, or a recovery code"`
	}
}

func (a *API) removeOTP(ctx context.Context, in *passwordAndCode) (*struct{}, error) {
	return nil, a.net.RemoveOTP(ctx, wire.Actor(ctx), in.Body.Password, in.Body.OTP)
}

func (a *API) renewRecoveryCodes(ctx context.Context, in *passwordAndCode) (*recoveryCodesAnswer, error) {
	return newRecoveryCodesAnswer(a.net.RenewRecoveryCodes(ctx, wire.Actor(ctx), in.Body.Password, in.Body.OTP))
}
