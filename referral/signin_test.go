package referral_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store/storetest"
	"rapport/referral"
	"rapport/referral/password"
	"rapport/referral/token"
)

type dice struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (d *dice) Read(b []byte) (int, error) { d.mu.Lock(); defer d.mu.Unlock(); return d.r.Read(b) }

const olga, olgasPassword = "olga@ballard.example", "green hills in early may"

// server is one of several processes on a world's database.
func server(w *storetest.World, seed byte) *referral.Network {
	d := &dice{r: rand.NewChaCha8([32]byte{seed})}
	tokens := token.New(token.Config{Issuer: "https://rapport.example", Now: w.Clock.Now, Random: d})
	return referral.New(w.Open(), tokens, password.New(d), referral.Config{PublicURL: "https://rapport.example", Now: w.Clock.Now, Random: d})
}

func withPassword(t *testing.T, w *storetest.World) *referral.Network {
	t.Helper()
	n := server(w, 1)
	if err := n.ResetPassword(context.Background(), models.System(""), olga, olgasPassword); err != nil {
		t.Fatal(err)
	}
	return n
}

var nobody = models.Anonymous("192.0.2.7", "test")

func TestPortalSessionLivesWhileUsedAndEndsForGood(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := withPassword(t, w)
		in := func() referral.PortalSession {
			t.Helper()
			s, _, err := n.PortalSignIn(ctx, nobody, olga, olgasPassword)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		alive := func(s referral.PortalSession) bool {
			a, csrf, err := n.PortalActor(ctx, s.Secret, "")
			return err == nil && a.UserID == w.Owner.UserID && a.Is(models.Owner) && csrf == s.CSRF
		}
		a, b := in(), in()
		if a.Secret == b.Secret || a.CSRF == b.CSRF || len(a.Secret) != 43 || !alive(a) || !alive(b) {
			t.Fatalf("got %+v and %+v", a, b)
		}
		if err := n.PortalSignOut(ctx, nobody, b.Secret); err != nil || alive(b) || !alive(a) {
			t.Errorf("after signing out: %v", err)
		}
		for range 12 { // kept awake by use, to the end of its life
			w.Clock.Advance(models.PortalIdle - time.Minute)
			if !alive(a) {
				t.Fatal("ended while in use")
			}
		}
		w.Clock.Advance(13 * time.Minute)
		if alive(a) {
			t.Error("lives longer than it may")
		}
		c := in()
		w.Clock.Advance(models.PortalIdle)
		if alive(c) {
			t.Error("lives while idle")
		}
		d := in()
		if err := n.ResetPassword(ctx, models.System(""), olga, "blue lakes in late june"); err != nil || alive(d) {
			t.Errorf("after a reset: %v", err)
		}
		if _, _, err := n.PortalActor(ctx, "", ""); fault.CodeOf(err) != "sign_in.ended" {
			t.Errorf("an empty cookie: %v", err)
		}
	})
}

func TestRealmsDoNotMix(t *testing.T) {
	ctx := context.Background()
	w := storetest.NewWorld(t, "sqlite")
	n := withPassword(t, w)
	pair, err := n.SignIn(ctx, nobody, olga, olgasPassword, "")
	if err != nil {
		t.Fatal(err)
	}
	portal, _, err := n.PortalSignIn(ctx, nobody, olga, olgasPassword)
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string]string{"an access token": pair.AccessToken, "a refresh token": pair.RefreshToken} {
		if _, _, err := n.PortalActor(ctx, secret, ""); err == nil {
			t.Errorf("%s opened the portal", name)
		}
	}
	if _, err := n.Authenticate(ctx, portal.Secret, ""); err == nil {
		t.Error("a cookie opened the API")
	}
	if _, err := n.Refresh(ctx, nobody, portal.Secret); err == nil {
		t.Error("a cookie was refreshed")
	}
}

func TestOneOfManyConcurrentRefreshesWinsAndTheSessionEnds(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := withPassword(t, w)
		pair, err := n.SignIn(ctx, nobody, olga, olgasPassword, "")
		if err != nil {
			t.Fatal(err)
		}
		codes := together(8, func() error { _, err := n.Refresh(ctx, nobody, pair.RefreshToken); return err })
		if codes[""] != 1 || codes["refresh.reused"] != 7 {
			t.Errorf("got %v", codes)
		}
		if _, err := n.Authenticate(ctx, pair.AccessToken, ""); fault.CodeOf(err) != "sign_in.ended" {
			t.Errorf("the session goes on: %v", err)
		}
	})
}

// together runs f in n goroutines and counts the codes of what they answer.
func together(n int, f func() error) map[string]int {
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes := map[string]int{}
	for range n {
		wg.Go(func() {
			code := ""
			if err := f(); err != nil {
				code = fault.CodeOf(err)
			}
			mu.Lock()
			defer mu.Unlock()
			codes[code]++
		})
	}
	wg.Wait()
	return codes
}

func TestConcurrentGuessesAreNoMoreThanGuessesInTurn(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := withPassword(t, w)
		codes := together(24, func() error { _, err := n.SignIn(ctx, nobody, olga, "a guess that is long enough", ""); return err })
		if codes["sign_in.failed"] != models.AccountFailures || codes["sign_in.throttled"] != 24-models.AccountFailures {
			t.Errorf("got %v", codes)
		}
	})
}

func TestManyConcurrentPeopleMaySignIn(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := withPassword(t, w)
		if codes := together(20, func() error { _, err := n.SignIn(ctx, nobody, olga, olgasPassword, ""); return err }); codes[""] != 20 {
			t.Errorf("got %v", codes)
		}
	})
}

func TestServersShareSigningKeysThroughARotation(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		a := withPassword(t, w)
		b := server(w, 2)
		sign := func(n *referral.Network) string {
			t.Helper()
			p, err := n.SignIn(ctx, nobody, olga, olgasPassword, "")
			if err != nil {
				t.Fatal(err)
			}
			return p.AccessToken
		}
		good := func(when string, n *referral.Network, tokens ...string) {
			t.Helper()
			for _, s := range tokens {
				if _, err := n.Authenticate(ctx, s, ""); err != nil {
					t.Errorf("%s: %v", when, err)
				}
			}
		}
		first, second := sign(a), sign(b)
		good("before", a, first, second)
		good("before", b, first, second)
		for range 2 {
			if err := a.RotateSigningKeys(ctx, models.System("")); err != nil {
				t.Fatal(err)
			}
			w.Clock.Advance(time.Minute)
		}
		third := sign(a)
		good("after", a, first, second, third)
		good("after", b, third, sign(b))
		if err := a.RotateSigningKeys(ctx, w.Owner); fault.CodeOf(err) != "role.not_allowed" {
			t.Errorf("an owner turned the keys: %v", err)
		}
	})
}

func TestSignInsAreOnThePracticesTrail(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := withPassword(t, w)
		if _, err := n.SignIn(ctx, nobody, olga, olgasPassword, ""); err != nil {
			t.Fatal(err)
		}
		var actions []string
		for _, e := range trail(t, w, w.Practice.ID) {
			actions = append(actions, e.Action+" "+e.ObjectID)
		}
		if len(actions) != 2 || actions[0] != "password.change "+string(w.Owner.UserID) || actions[1] != "sign_in.api "+string(w.Owner.UserID) {
			t.Errorf("got %v", actions)
		}
	})
}

func TestARequestIsAuthenticatedInOneStatement(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := withPassword(t, w)
		pair, err := n.SignIn(ctx, nobody, olga, olgasPassword, "")
		if err != nil {
			t.Fatal(err)
		}
		portal, _, err := n.PortalSignIn(ctx, nobody, olga, olgasPassword)
		if err != nil {
			t.Fatal(err)
		}
		for name, ask := range map[string]func() error{
			"a token":  func() error { _, err := n.Authenticate(ctx, pair.AccessToken, ""); return err },
			"a cookie": func() error { _, _, err := n.PortalActor(ctx, portal.Secret, ""); return err },
		} {
			if got := w.Statements(func() { err = ask() }); err != nil || got != 1 {
				t.Errorf("%s: %d statements, %v", name, got, err)
			}
		}
	})
}
