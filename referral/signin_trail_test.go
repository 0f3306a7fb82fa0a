package referral_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store/storetest"
)

// told is the trail in short: action and outcome, with the detail if any.
func told(t *testing.T, w *storetest.World, p models.PracticeID) []string {
	t.Helper()
	var out []string
	for _, e := range trail(t, w, p) {
		if strings.Contains(fmt.Sprint(e), "@") || strings.Contains(fmt.Sprint(e), "olga") {
			t.Errorf("the trail names somebody: %+v", e)
		}
		out = append(out, strings.TrimSpace(e.Action+" "+e.Outcome+" "+e.Detail))
	}
	return out
}

func TestFailedSignInsAreOnTheTrailOfTheHomePractice(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f := withFactor(t, w)
		for range 2 {
			_, _ = f.net.SignIn(ctx, nobody, olga, "not this one at all", "")
		}
		f.signIn("000000")
		f.signIn(f.recovery[0])
		got := told(t, w, w.Practice.ID)
		want := []string{"password.change done", "otp.enrol done", "sign_in sign_in.failed", "sign_in sign_in.failed", "sign_in otp.wrong", "otp.recover done", "sign_in.api done"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
		_, _ = f.net.SignIn(ctx, nobody, "nobody@ballard.example", "not this one at all", "")
		if got := told(t, w, models.NetworkPractice); !slices.Contains(got, "sign_in sign_in.failed unknown account, today:1") {
			t.Errorf("got %q", got)
		}
	})
}

func TestThrottledAttemptsAreCountedAndNotEachWritten(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := withPassword(t, w)
		for range models.AccountFailures + 50 {
			_, _ = n.SignIn(ctx, nobody, olga, "not this one at all", "")
		}
		got := told(t, w, w.Practice.ID)
		failures := 0
		for _, e := range got {
			if e == "sign_in sign_in.failed" {
				failures++
			}
		}
		if failures != models.AccountFailures || got[len(got)-1] != "sign_in.pause done seconds:30" || len(got) != failures+2 {
			t.Errorf("got %q", got)
		}
		before := len(trail(t, w, models.NetworkPractice))
		for range 2 {
			if err := n.RunPasses(ctx); err != nil {
				t.Fatal(err)
			}
		}
		after := told(t, w, models.NetworkPractice)
		if len(after) != before+1 || after[before] != "sign_in.turn_away done attempts:50" {
			t.Errorf("got %q", after)
		}
	})
}

func TestAFloodOfUnknownAccountsFromEverywhereIsThinnedOut(t *testing.T) {
	const writtenEach = 100
	ctx := context.Background()
	w := storetest.NewWorld(t, "sqlite")
	n := withPassword(t, w)
	before := len(trail(t, w, models.NetworkPractice))
	for i := range writtenEach + 30 {
		from := models.Anonymous(fmt.Sprintf("2001:db8:%x::1", i), "test")
		_, _ = n.SignIn(ctx, from, fmt.Sprintf("p%d@example.org", i), "not this one at all", "")
	}
	got := told(t, w, models.NetworkPractice)[before:]
	if len(got) != writtenEach+1 || got[writtenEach] != "sign_in sign_in.failed unknown account, today:128" {
		t.Errorf("got %d: %q", len(got), got)
	}
}

func TestSignOutsAndReusedTokensAreOnTheTrail(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := withPassword(t, w)
		pair, err := n.SignIn(ctx, nobody, olga, olgasPassword, "")
		if err != nil {
			t.Fatal(err)
		}
		next, err := n.Refresh(ctx, nobody, pair.RefreshToken)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := n.Refresh(ctx, nobody, pair.RefreshToken); outcome(err) != "refresh.reused" {
				t.Errorf("got %v", err)
			}
		}
		if _, err := n.Authenticate(ctx, next.AccessToken, ""); outcome(err) != "sign_in.ended" {
			t.Errorf("got %v", err)
		}
		portal, _, err := n.PortalSignIn(ctx, nobody, olga, olgasPassword)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := n.PortalSignOut(ctx, nobody, portal.Secret); err != nil {
				t.Fatal(err)
			}
		}
		if pair, err = n.SignIn(ctx, nobody, olga, olgasPassword, ""); err != nil {
			t.Fatal(err)
		}
		by, err := n.Authenticate(ctx, pair.AccessToken, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := n.SignOut(ctx, by); err != nil {
			t.Fatal(err)
		}
		want := []string{"password.change done", "sign_in.api done", "refresh.use refresh.reused", "sign_in.portal done", "sign_out.portal done", "sign_in.api done", "sign_out.api done"}
		if got := told(t, w, w.Practice.ID); !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
}

func TestSomebodyVouchedForElsewhereSignsOutAtHome(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := withPassword(t, w)
		both := w.Person("both@ballard.example", "Bo Thorsen", models.RoleGrant{Role: models.ProviderRole, ProviderID: w.Provider.ID, PracticeID: w.Other.ID},
			models.RoleGrant{Role: models.Therapist, PracticeID: w.Practice.ID})
		if err := n.ResetPassword(ctx, models.System(""), "both@ballard.example", olgasPassword); err != nil {
			t.Fatal(err)
		}
		pair, err := n.SignIn(ctx, nobody, "both@ballard.example", olgasPassword, "")
		if err != nil {
			t.Fatal(err)
		}
		by, err := n.Authenticate(ctx, pair.AccessToken, models.PracticeID(w.Provider.ID))
		if err != nil || len(by.VouchedBy) != 1 || by.UserID != both.UserID {
			t.Fatalf("got %+v %v", by, err)
		}
		if err := n.ChangePassword(ctx, by, olgasPassword, "blue lakes in late june"); err != nil {
			t.Error(err)
		}
		if err := n.SignOut(ctx, by); err != nil {
			t.Error(err)
		}
		if got := told(t, w, w.Practice.ID); !slices.Equal(got, []string{"password.change done", "password.change done", "sign_in.api done", "password.change done", "sign_out.api done"}) {
			t.Errorf("got %q", got)
		}
	})
}
