package api_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store/storetest"
	"rapport/referral/otp"
)

const olga, olgasPassword = "olga@ballard.example", "green hills in early may"

func serve(t *testing.T, w *storetest.World) *apitest.Server {
	t.Helper()
	return apitest.New(t, w)
}

func signIn(s *apitest.Server, email, password string) *apitest.Response {
	return s.Anonymous().Post("/api/v1/auth/token", map[string]string{"email": email, "password": password})
}

func TestSignInGivesTokensThatWork(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		s.SetPassword(olga, olgasPassword)
		r := signIn(s, "  Olga@Ballard.example ", olgasPassword).Want(200)
		if r.Text("token_type") != "Bearer" || r.At("expires_in") != 600.0 || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("got %s", r.Body)
		}
		me := s.With(r.Text("access_token")).Get("/api/v1/me").Want(200)
		if me.Text("email") != olga || me.Text("roles.0.role") != "owner" || me.Text("roles.0.practice_id") != string(w.Practice.ID) {
			t.Errorf("got %s", me.Body)
		}
	})
}

func TestWrongPasswordAndUnknownAccountAnswerAlike(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		s.SetPassword(olga, olgasPassword)
		a := signIn(s, olga, "wrong but long enough").Refused(401, "sign_in.failed")
		b := signIn(s, "nobody@ballard.example", "wrong but long enough").Refused(401, "sign_in.failed")
		if x, y := withoutID(a), withoutID(b); x != y {
			t.Errorf("they differ:\n%s\n%s", x, y)
		}
		if a.Header.Get("WWW-Authenticate") != "Bearer" {
			t.Error("no WWW-Authenticate")
		}
	})
}

func withoutID(r *apitest.Response) string {
	var m map[string]any
	r.JSON(&m)
	delete(m, "request_id")
	return fmt.Sprint(m)
}

func TestTenFailuresCloseAnAccountForAWhile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		s.SetPassword(olga, olgasPassword)
		for _, email := range []string{olga, "nobody@ballard.example"} {
			for range models.AccountFailures {
				signIn(s, email, "wrong but long enough").Refused(401, "sign_in.failed")
			}
			if r := signIn(s, email, olgasPassword).Refused(429, "sign_in.throttled"); r.Header.Get("Retry-After") != "30" {
				t.Errorf("%s: Retry-After %q", email, r.Header.Get("Retry-After"))
			}
		}
		w.Clock.Advance(31 * time.Second)
		signIn(s, olga, "wrong but long enough").Refused(401, "sign_in.failed")
		if r := signIn(s, olga, olgasPassword).Refused(429, "sign_in.throttled"); r.Header.Get("Retry-After") != "60" {
			t.Errorf("the pause does not grow: %q", r.Header.Get("Retry-After"))
		}
		w.Clock.Advance(61 * time.Second)
		signIn(s, olga, olgasPassword).Want(200)
		signIn(s, olga, "wrong but long enough").Refused(401, "sign_in.failed")
		signIn(s, olga, olgasPassword).Want(200)
	})
}

func TestManyAccountsFromOneAddressAreThrottledToo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		for i := range models.AddressFailures {
			signIn(s, fmt.Sprintf("p%d@example.org", i), "wrong but long enough").Refused(401, "sign_in.failed")
		}
		signIn(s, "another@example.org", "wrong but long enough").Refused(429, "sign_in.throttled")
	})
}

func TestRefreshTokenWorksOnceAndItsReuseEndsTheSession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		s.SetPassword(olga, olgasPassword)
		refresh := func(token string) *apitest.Response {
			return s.Anonymous().Post("/api/v1/auth/refresh", map[string]string{"refresh_token": token})
		}
		first := signIn(s, olga, olgasPassword).Want(200)
		second := refresh(first.Text("refresh_token")).Want(200)
		third := refresh(second.Text("refresh_token")).Want(200)
		s.With(third.Text("access_token")).Get("/api/v1/me").Want(200)
		refresh(first.Text("refresh_token")).Refused(401, "refresh.reused")
		s.With(third.Text("access_token")).Get("/api/v1/me").Refused(401, "sign_in.ended")
		refresh(third.Text("refresh_token")).Refused(401, "sign_in.ended")
		refresh("nonsense").Refused(401, "refresh.invalid")

		other := signIn(s, olga, olgasPassword).Want(200)
		w.Clock.Advance(models.RefreshLife)
		refresh(other.Text("refresh_token")).Refused(401, "refresh.invalid")
	})
}

func TestAccessTokenExpiresAndABadOneDoesNotBlockPublicOperations(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		s.SetPassword(olga, olgasPassword)
		r := signIn(s, olga, olgasPassword).Want(200)
		old := s.With(r.Text("access_token"))
		w.Clock.Advance(10*time.Minute + 29*time.Second)
		old.Get("/api/v1/me").Want(200)
		w.Clock.Advance(2 * time.Second)
		old.Get("/api/v1/me").Refused(401, "token.expired")
		old.Post("/api/v1/auth/refresh", map[string]string{"refresh_token": r.Text("refresh_token")}).Want(200)
		s.With("not.a.token").Get("/api/v1/me").Refused(401, "token.invalid")
		s.Anonymous().Get("/api/v1/me").Refused(401, "sign_in.required")
	})
}

func TestWhatEndsASessionEndsItAtOnce(t *testing.T) {
	ctx, system := context.Background(), models.System("")
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		const next = "blue lakes in late june"
		for name, end := range map[string]func(mine, other apitest.Caller){
			"sign-out": func(_, other apitest.Caller) { other.Post("/api/v1/auth/sign-out", nil).Want(204) },
			"a change of password": func(mine, _ apitest.Caller) {
				mine.Post("/api/v1/auth/password", map[string]string{"old_password": olgasPassword, "password": next}).Want(204)
				mine.Get("/api/v1/me").Want(200)
			},
			"disabling the account": func(_, _ apitest.Caller) {
				if err := s.Net.DisableUser(ctx, system, olga, true); err != nil {
					t.Fatal(err)
				}
				signIn(s, olga, olgasPassword).Refused(401, "sign_in.failed")
			},
			"24 hours": func(_, _ apitest.Caller) { w.Clock.Advance(models.APILife) },
		} {
			if err := s.Net.DisableUser(ctx, system, olga, false); err != nil {
				t.Fatal(err)
			}
			s.SetPassword(olga, olgasPassword)
			mine := s.With(signIn(s, olga, olgasPassword).Want(200).Text("access_token"))
			other := s.With(signIn(s, olga, olgasPassword).Want(200).Text("access_token"))
			other.Get("/api/v1/me").Want(200)
			end(mine, other)
			if r := other.Get("/api/v1/me"); r.Status != 401 {
				t.Errorf("after %s: %d", name, r.Status)
			}
		}
	})
}

func TestPasswordRules(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		s.SetPassword(olga, olgasPassword)
		me := s.With(signIn(s, olga, olgasPassword).Want(200).Text("access_token"))
		change := func(old, fresh string) *apitest.Response {
			return me.Post("/api/v1/auth/password", map[string]string{"old_password": old, "password": fresh})
		}
		for fresh, code := range map[string]string{
			"fourteen chars": "password.too_short", "correct horse battery staple": "password.too_common", "aaaaaaaaaaaaaaaaaaaa": "password.too_common",
			"abcabcabcabcabcabc": "password.too_common", "123456789012345": "password.too_common", "olga@ballard.example": "password.too_common",
			"OlgaMüller2026!!": "password.too_common", "line\nbreak in the password": "password.invalid",
		} {
			if r := change(olgasPassword, fresh).Refused(422, "validation"); len(r.Violations()) != 1 || r.Violations()[0] != code {
				t.Errorf("%q: got %v, want %s", fresh, r.Violations(), code)
			}
		}
		change("not the old password", "blue lakes in late june").Refused(403, "password.wrong")
		change(olgasPassword, "пятнадцать букв здесь").Want(204)
		signIn(s, olga, "пятнадцать букв здесь").Want(200)
	})
}

func TestTheSecondFactorIsSetUpAndAskedForOverTheAPI(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		s.SetPassword(olga, olgasPassword)
		in := func(code string) *apitest.Response {
			return s.Anonymous().Post("/api/v1/auth/token", map[string]string{"email": olga, "password": olgasPassword, "otp": code})
		}
		me := s.With(in("").Want(200).Text("access_token"))
		me.Post("/api/v1/auth/otp", map[string]string{"password": "wrong but long enough"}).Refused(403, "password.wrong")
		drawn := me.Post("/api/v1/auth/otp", map[string]string{"password": olgasPassword}).Want(200)
		if drawn.Header.Get("Cache-Control") != "no-store" {
			t.Error("a secret may be cached")
		}
		code := func(steps int64) string {
			c, err := otp.Code(drawn.Text("secret"), models.OTPStep(w.Clock.Now())+steps)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		me.Post("/api/v1/auth/otp/confirmation", map[string]string{"otp": "000000"}).Refused(403, "otp.wrong")
		on := me.Post("/api/v1/auth/otp/confirmation", map[string]string{"otp": code(0)}).Want(200)
		var codes struct {
			RecoveryCodes []string `json:"recovery_codes"`
		}
		on.JSON(&codes)
		if len(codes.RecoveryCodes) != models.RecoveryCodes {
			t.Errorf("got %s", on.Body)
		}
		in("").Refused(401, "otp.required")
		in("000000").Refused(401, "otp.wrong")
		in(code(0)).Refused(401, "otp.wrong")
		in(code(1)).Want(200)
		in(codes.RecoveryCodes[0]).Want(200)
		me.Post("/api/v1/auth/otp/removal", map[string]string{"password": olgasPassword, "otp": codes.RecoveryCodes[0]}).Refused(403, "otp.wrong")
		me.Post("/api/v1/auth/otp/removal", map[string]string{"password": olgasPassword, "otp": codes.RecoveryCodes[1]}).Want(204)
		in("").Want(200)
	})
}
