package referral_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store/storetest"
	"rapport/referral"
	"rapport/referral/otp"
)

// factor is somebody with an authenticator app.
type factor struct {
	*storetest.World
	t        *testing.T
	net      *referral.Network
	by       models.Actor
	secret   string
	recovery []string
}

// withFactor gives Olga a password and an app, and lets the codes used for that
// run out.
func withFactor(t *testing.T, w *storetest.World) *factor {
	t.Helper()
	ctx := context.Background()
	f := &factor{World: w, t: t, net: withPassword(t, w), by: w.Owner}
	e, err := f.net.StartOTP(ctx, f.by, olgasPassword)
	if err != nil {
		t.Fatal(err)
	}
	f.secret = e.Secret
	if f.recovery, err = f.net.ConfirmOTP(ctx, f.by, f.code(0)); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(2 * models.OTPPeriod)
	return f
}

// code is what the app shows, so many steps from now.
func (f *factor) code(steps int64) string {
	f.t.Helper()
	c, err := otp.Code(f.secret, models.OTPStep(f.Clock.Now())+steps)
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func (f *factor) signIn(code string) string {
	_, err := f.net.SignIn(context.Background(), nobody, olga, olgasPassword, code)
	return outcome(err)
}

func outcome(err error) string {
	if err == nil {
		return "done"
	}
	return fault.CodeOf(err)
}

func TestACodeIsAskedForAfterThePasswordAndWorksOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f := withFactor(t, w)
		shown := f.code(0)
		for i, c := range []struct{ code, want string }{
			{"", "otp.required"}, {"000000", "otp.wrong"}, {"abc", "otp.wrong"}, {f.code(-2), "otp.wrong"}, {f.code(2), "otp.wrong"},
			{" " + shown[:3] + " " + shown[3:], "done"}, {shown, "otp.wrong"}, {f.code(-1), "otp.wrong"},
			{strings.ToLower(f.recovery[0]), "done"}, {f.recovery[0], "otp.wrong"}, {strings.ReplaceAll(f.recovery[1], "-", " "), "done"},
		} {
			if got := f.signIn(c.code); got != c.want {
				t.Errorf("step %d: got %s, want %s", i, got, c.want)
			}
		}
		if _, err := f.net.SignIn(context.Background(), nobody, olga, "not this one at all", f.code(1)); fault.CodeOf(err) != "sign_in.failed" {
			t.Errorf("a code beside a wrong password: %v", err)
		}
		if got := f.signIn(f.code(1)); got != "done" {
			t.Errorf("the code was spent by a wrong password: %s", got)
		}
		a, err := f.net.Account(context.Background(), f.by)
		if err != nil || a.OTP.Recovery != models.RecoveryCodes-2 || a.OTP.Secret != "" {
			t.Errorf("got %+v, %v", a.OTP, err)
		}
	})
}

func TestConcurrentUsesOfOneCodeSignInOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f := withFactor(t, w)
		for _, c := range []struct {
			code string
			at   int
		}{{f.code(0), 64}, {f.recovery[0], 16}} {
			got := map[string]int{}
			var mu sync.Mutex
			var all sync.WaitGroup
			for i := range c.at {
				all.Go(func() {
					from := models.Anonymous(fmt.Sprintf("192.0.2.%d", i), "test")
					pending, err := "", error(nil)
					if i%2 == 0 {
						_, err = f.net.SignIn(context.Background(), from, olga, olgasPassword, c.code)
					} else if _, pending, err = f.net.PortalSignIn(context.Background(), from, olga, olgasPassword); err == nil {
						_, err = f.net.PortalSecondFactor(context.Background(), from, pending, c.code)
					}
					mu.Lock()
					got[outcome(err)]++
					mu.Unlock()
				})
			}
			all.Wait()
			// On a machine that is far behind some are told that it is busy: they are not in.
			if got["done"] != 1 || got["done"]+got["otp.wrong"]+got["sign_in.throttled"]+got["busy"] != c.at {
				t.Errorf("got %v", got)
			}
			if got["otp.wrong"] > models.AccountFailures {
				t.Errorf("%d wrong codes were looked at before the account was closed", got["otp.wrong"])
			}
			w.Clock.Advance(time.Hour) // the pause is over
		}
	})
}

func TestWrongCodesCloseTheAccountAndARightPasswordDoesNotOpenIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f := withFactor(t, w)
		for i := range models.AccountFailures {
			if got := f.signIn("000000"); got != "otp.wrong" {
				t.Fatalf("attempt %d: %s", i, got)
			}
		}
		for _, code := range []string{"", f.code(0), f.recovery[0]} {
			if got := f.signIn(code); got != "sign_in.throttled" {
				t.Errorf("got %s", got)
			}
		}
		w.Clock.Advance(time.Minute)
		if got := f.signIn(""); got != "otp.required" {
			t.Errorf("got %s", got)
		}
		if got := f.signIn("000000"); got != "otp.wrong" {
			t.Errorf("got %s", got)
		}
		if got := f.signIn(f.code(0)); got != "sign_in.throttled" {
			t.Errorf("the right password forgave wrong codes: %s", got)
		}
	})
}

func TestAPendingSignInOpensNothingButItsCode(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f := withFactor(t, w)
		s, pending, err := f.net.PortalSignIn(ctx, nobody, olga, olgasPassword)
		if err != nil || pending == "" || s.Secret != "" {
			t.Fatalf("got %+v %q %v", s, pending, err)
		}
		if _, _, err := f.net.PortalActor(ctx, pending, ""); fault.CodeOf(err) != "sign_in.ended" {
			t.Errorf("a pending sign-in opened a page: %v", err)
		}
		if _, err := f.net.Authenticate(ctx, pending, ""); err == nil {
			t.Error("a pending sign-in opened the API")
		}
		if _, err := f.net.PortalSecondFactor(ctx, nobody, pending, "000000"); fault.CodeOf(err) != "otp.wrong" {
			t.Errorf("got %v", err)
		}
		s, err = f.net.PortalSecondFactor(ctx, nobody, pending, f.code(0))
		if err != nil {
			t.Fatal(err)
		}
		if a, _, err := f.net.PortalActor(ctx, s.Secret, ""); err != nil || a.UserID != w.Owner.UserID {
			t.Errorf("got %+v %v", a, err)
		}
		if _, err := f.net.PortalSecondFactor(ctx, nobody, pending, f.recovery[0]); fault.CodeOf(err) != "sign_in.too_slow" {
			t.Errorf("a pending sign-in worked twice: %v", err)
		}
		late := func(what string, change func()) {
			t.Helper()
			_, pending, err := f.net.PortalSignIn(ctx, nobody, olga, olgasPassword)
			if err != nil {
				t.Fatal(err)
			}
			change()
			if _, err := f.net.PortalSecondFactor(ctx, nobody, pending, f.recovery[1]); fault.CodeOf(err) != "sign_in.too_slow" {
				t.Errorf("%s: %v", what, err)
			}
		}
		late("after five minutes", func() { w.Clock.Advance(models.ChallengeLife) })
		late("after the password changed", func() {
			if err := f.net.ResetPassword(ctx, models.System(""), olga, "blue lakes in late june"); err != nil {
				t.Fatal(err)
			}
		})
	})
}

func TestTheSecondFactorIsChangedOnlyWithPasswordAndCode(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f := withFactor(t, w)
		check := func(what string, err error, want string) {
			t.Helper()
			if got := outcome(err); got != want {
				t.Errorf("%s: got %s, want %s", what, got, want)
			}
		}
		_, err := f.net.StartOTP(ctx, f.by, olgasPassword)
		check("a second app", err, "otp.enrolled")
		check("a wrong password", f.net.RemoveOTP(ctx, f.by, "not this one at all", f.code(0)), "password.wrong")
		check("no code", f.net.RemoveOTP(ctx, f.by, olgasPassword, ""), "otp.required")
		check("a wrong code", f.net.RemoveOTP(ctx, f.by, olgasPassword, "000000"), "otp.wrong")
		fresh, err := f.net.RenewRecoveryCodes(ctx, f.by, olgasPassword, f.code(0))
		check("new recovery codes", err, "done")
		check("an old recovery code", f.net.RemoveOTP(ctx, f.by, olgasPassword, f.recovery[0]), "otp.wrong")
		check("off", f.net.RemoveOTP(ctx, f.by, olgasPassword, fresh[9]), "done")
		check("off twice", f.net.RemoveOTP(ctx, f.by, olgasPassword, fresh[8]), "otp.not_enrolled")
		if got := f.signIn(""); got != "done" {
			t.Errorf("after turning it off: %s", got)
		}
		_, err = f.net.ConfirmOTP(ctx, f.by, "000000")
		check("a code without a secret", err, "otp.not_started")
		e, err := f.net.StartOTP(ctx, f.by, olgasPassword)
		check("again", err, "done")
		if got := f.signIn(""); got != "done" {
			t.Errorf("an unconfirmed secret counts: %s", got)
		}
		again, err := f.net.DrawnOTP(ctx, f.by)
		if err != nil || again.Secret != e.Secret || again.URI != e.URI || len(again.Picture) < 29 || !strings.HasPrefix(e.URI, "otpauth://totp/Rapport:") {
			t.Errorf("got %+v, %v", again, err)
		}
		_, err = f.net.ConfirmOTP(ctx, f.by, "000000")
		check("a wrong first code", err, "otp.wrong")
		w.Clock.Advance(models.OTPDraftLife)
		_, err = f.net.ConfirmOTP(ctx, f.by, f.code(0))
		check("a first code after an hour", err, "otp.not_started")
	})
}

func TestTurningTheSecondFactorOnEndsTheOtherSessions(t *testing.T) {
	ctx := context.Background()
	w := storetest.NewWorld(t, "sqlite")
	n := withPassword(t, w)
	mine, _, err := n.PortalSignIn(ctx, nobody, olga, olgasPassword)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := n.PortalSignIn(ctx, nobody, olga, olgasPassword)
	if err != nil {
		t.Fatal(err)
	}
	by, _, err := n.PortalActor(ctx, mine.Secret, "")
	if err != nil {
		t.Fatal(err)
	}
	e, err := n.StartOTP(ctx, by, olgasPassword)
	if err != nil {
		t.Fatal(err)
	}
	code, _ := otp.Code(e.Secret, models.OTPStep(w.Clock.Now()))
	if _, err := n.ConfirmOTP(ctx, by, code); err != nil {
		t.Fatal(err)
	}
	if _, _, err := n.PortalActor(ctx, mine.Secret, ""); err != nil {
		t.Errorf("the own session ended: %v", err)
	}
	if _, _, err := n.PortalActor(ctx, other.Secret, ""); fault.CodeOf(err) != "sign_in.ended" {
		t.Errorf("a session without a code lives on: %v", err)
	}
	if got := outcome(n.ForgetFactors(ctx, w.Owner, olga)); got != "role.not_allowed" {
		t.Errorf("an owner forgot a factor: %s", got)
	}
	if err := n.ForgetFactors(ctx, models.System(""), olga); err != nil {
		t.Fatal(err)
	}
	if _, err := n.SignIn(ctx, nobody, olga, olgasPassword, ""); err != nil {
		t.Errorf("after the operator forgot the factor: %v", err)
	}
}

func TestSecretsOfTheSecondFactorAreNotReadableAtRest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f := withFactor(t, w)
		var sealed []byte
		if err := w.OwnerDB.QueryRow("SELECT sealed FROM otp_secrets").Scan(&sealed); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(sealed), f.secret) || len(sealed) < len(f.secret) {
			t.Error("the secret stands in the table")
		}
		var hash string
		rows, err := w.OwnerDB.Query("SELECT code_hash FROM recovery_codes")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		n := 0
		for ; rows.Next(); n++ {
			if err := rows.Scan(&hash); err != nil {
				t.Fatal(err)
			}
			for _, c := range f.recovery {
				if strings.Contains(hash, c) || strings.Contains(hash, models.NormalCode(c)) {
					t.Error("a recovery code stands in the table")
				}
			}
		}
		if n != models.RecoveryCodes {
			t.Errorf("%d codes", n)
		}
	})
}
