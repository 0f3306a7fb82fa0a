package referral_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/descope/virtualwebauthn"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
	"rapport/referral"
)

// device answers the question of a new passkey as a phone does.
func device(t *testing.T, s referral.PasskeyStep) string {
	t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(s.Options)
	if err != nil {
		t.Fatal(err)
	}
	a := virtualwebauthn.NewAuthenticator()
	a.Options.UserHandle = []byte(o.UserID)
	at := virtualwebauthn.RelyingParty{ID: "rapport.example", Name: "Rapport", Origin: "https://rapport.example"}
	return virtualwebauthn.CreateAttestationResponse(at, a, credential(), *o)
}

func TestANewPasskeyAsksForTheSecondFactor(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f := withFactor(t, w)
		shown := f.code(0)
		for i, c := range []struct{ code, want string }{{"", "otp.required"}, {"000000", "otp.wrong"}, {shown, "done"}, {shown, "otp.wrong"}, {f.recovery[0], "done"}} {
			s, err := f.net.StartPasskey(ctx, f.by, "Phone", olgasPassword, c.code)
			if got := outcome(err); got != c.want || (err != nil) != (s.Token == "") {
				t.Errorf("step %d: got %s, want %s", i, got, c.want)
			}
		}
	})
}

// TestThePasswordAloneDoesNotForgetWrongCodes: who has the password but not the
// app gains no new tries by giving the password again.
func TestThePasswordAloneDoesNotForgetWrongCodes(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f := withFactor(t, w)
		wrong := func() string { return outcome(f.net.RemoveOTP(ctx, f.by, olgasPassword, "000000")) }
		tries := 0
		for ; tries < 50 && wrong() == "otp.wrong"; tries++ {
			fresh := olgasPassword
			if err := f.net.ChangePassword(ctx, f.by, olgasPassword, fresh); err != nil && outcome(err) != "sign_in.throttled" {
				t.Fatal(err)
			}
		}
		if tries >= 50 {
			t.Error("wrong codes are never counted together")
		}
	})
}

func TestConcurrentEnrolmentsStopAtTheLimit(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := withPassword(t, w)
		w.Write(func(tx *store.Tx) error {
			for i := range models.Passkeys - 1 {
				k := models.Passkey{UserID: w.Owner.UserID, CredentialID: fmt.Sprint("known", i), Credential: fmt.Sprintf(`{"id":"old%d"}`, i), Name: "Old"}
				if err := tx.AddPasskey(k); err != nil {
					return err
				}
			}
			return nil
		})
		tokens, answers, got := make([]string, 6), make([]string, 6), make([]string, 6)
		for i := range tokens {
			s, err := n.StartPasskey(ctx, w.Owner, "Phone", olgasPassword, "")
			if err != nil {
				t.Fatal(err)
			}
			tokens[i], answers[i] = s.Token, device(t, s)
		}
		var all sync.WaitGroup
		for i := range tokens {
			all.Go(func() { got[i] = outcome(n.AddPasskey(ctx, w.Owner, tokens[i], "Phone", answers[i])) })
		}
		all.Wait()
		counts := map[string]int{}
		for _, g := range got {
			counts[g]++
		}
		if counts["done"] != 1 || counts["passkey.limit"] != 5 {
			t.Errorf("enrolments ended as %v", counts)
		}
		a, err := n.Account(ctx, w.Owner)
		if err != nil || len(a.Passkeys) != models.Passkeys {
			t.Errorf("%d passkeys, %v", len(a.Passkeys), err)
		}
		if _, err := n.StartPasskey(ctx, w.Owner, "Phone", olgasPassword, ""); outcome(err) != "passkey.limit" {
			t.Errorf("an eleventh is begun: %v", err)
		}
	})
}

// credential is a key as devices write it: this library leaves out the leading
// zeros of a coordinate, one time in a hundred, and no server takes that.
func credential() virtualwebauthn.Credential {
	for {
		if c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(c.Key.AttestationData()) == 77 {
			return c
		}
	}
}

func TestAPasskeyIsKnownOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		k := models.Passkey{UserID: w.Owner.UserID, CredentialID: "known", Credential: `{"id":"known"}`, Name: "Phone"}
		add := func(by models.UserID) error {
			k.UserID = by
			return w.DB.Write(context.Background(), models.System(""), func(_ context.Context, tx *store.Tx) error { return tx.AddPasskey(k) })
		}
		for _, c := range []struct {
			by   models.UserID
			want string
		}{{w.Owner.UserID, "done"}, {w.Owner.UserID, "passkey.known"}, {w.Desk.UserID, "passkey.known"}} {
			if got := outcome(add(c.by)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		}
	})
}
