package models

import (
	"slices"
	"testing"
	"time"

	"rapport/models/fault"
)

func TestLiveRefusesEverySignInThatEnded(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	good := Standing{SignIn: SignIn{ID: "s", Realm: RealmPortal, SecurityStamp: "a", SeenAt: now.Add(-PortalIdle + time.Second), ExpiresAt: now.Add(time.Second)},
		User: User{ID: "u", SecurityStamp: "a"}}
	for _, c := range []struct {
		name  string
		spoil func(*Standing)
		live  bool
	}{
		{"nothing", func(*Standing) {}, true},
		{"an unknown sign-in", func(s *Standing) { *s = Standing{} }, false},
		{"the other realm", func(s *Standing) { s.SignIn.Realm = RealmAPI }, false},
		{"signed out", func(s *Standing) { s.SignIn.EndedAt = &now }, false},
		{"the very end", func(s *Standing) { s.SignIn.ExpiresAt = now }, false},
		{"an hour idle", func(s *Standing) { s.SignIn.SeenAt = now.Add(-PortalIdle) }, false},
		{"a disabled user", func(s *Standing) { s.User.Disabled = true }, false},
		{"a new password", func(s *Standing) { s.User.SecurityStamp = "b" }, false},
	} {
		s := good
		c.spoil(&s)
		if err := s.Live(RealmPortal, now); (err == nil) != c.live || err != nil && fault.CodeOf(err) != "sign_in.ended" {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

// TestWhoReadsTheTrailReadsClients, because it names them.
func TestWhoReadsTheTrailReadsClients(t *testing.T) {
	readers := 0
	for role, actions := range permissions {
		if !slices.Contains(actions, ReadAudit) {
			continue
		}
		if readers++; !slices.Contains(actions, ReadClients) {
			t.Errorf("%s reads the trail and not clients", role)
		}
	}
	if readers == 0 {
		t.Error("nobody reads the trail")
	}
}

func TestActorHoldsOnlyTheRolesOfOnePlace(t *testing.T) {
	s := Standing{SignIn: SignIn{ID: "s"}, User: User{ID: "u", Name: "Bo", Roles: []RoleGrant{
		{Role: Therapist, PracticeID: "a"}, {Role: Owner, PracticeID: "b"}, {Role: Owner, PracticeID: "a"},
		{Role: ProviderStaff, ProviderID: "p", PracticeID: "a"}, {Role: ProviderStaff, ProviderID: "p", PracticeID: "b"},
		{Role: ProviderStaff, ProviderID: "q", PracticeID: "a"}, {Role: ProviderStaff, ProviderID: "q"}, {Role: Operator},
		{Role: ProviderRole, ProviderID: "r", PracticeID: "b"}, {Role: ProviderStaff, ProviderID: "r", PracticeID: "a"},
		{Role: ProviderRole, ProviderID: "s", PracticeID: "b"}, {Role: ProviderStaff, ProviderID: "s"},
	}}}
	for _, c := range []struct {
		wanted string
		place  Place
		roles  []Role
		vouch  []PracticeID
	}{
		{"", Place{PracticeID: "a"}, []Role{Therapist, Owner}, nil},
		{"b", Place{PracticeID: "b"}, []Role{Owner}, nil},
		{"p", Place{ProviderID: "p"}, []Role{ProviderStaff}, []PracticeID{"a", "b"}},
		{"q", Place{ProviderID: "q"}, []Role{ProviderStaff}, nil},
		{"r", Place{ProviderID: "r"}, []Role{ProviderRole}, []PracticeID{"b"}},
		{"s", Place{ProviderID: "s"}, []Role{ProviderStaff}, nil},
	} {
		a, err := s.Actor(c.wanted)
		if err != nil || (Place{a.PracticeID, a.ProviderID}) != c.place || !slices.Equal(a.Roles, c.roles) || !slices.Equal(a.VouchedBy, c.vouch) {
			t.Errorf("%q: got %+v, %v", c.wanted, a, err)
		}
	}
	for _, wanted := range []string{"c", "u"} {
		if a, err := s.Actor(wanted); fault.CodeOf(err) != "place.not_yours" || len(a.Roles) > 0 {
			t.Errorf("%q: got %+v, %v", wanted, a, err)
		}
	}
	s.User.Roles = nil
	if a, err := s.Actor(""); err != nil || len(a.Roles) > 0 || a.UserID != "u" {
		t.Errorf("without roles: %+v, %v", a, err)
	}
}

func TestPauseDoublesUpToAQuarterOfAnHour(t *testing.T) {
	th := Throttle{Limit: AccountFailures}
	for failures, want := range map[int]time.Duration{0: 0, 9: 0, 10: 30 * time.Second, 11: time.Minute, 12: 2 * time.Minute, 15: MaxPause, 1000: MaxPause} {
		if got := th.Pause(failures); got != want {
			t.Errorf("%d failures: %v, want %v", failures, got, want)
		}
	}
}

func TestThrottlesCountASubscriberOfIPv6AsOne(t *testing.T) {
	subject := func(ip string) string { return Throttles("a@b.example", ip)[1].Subject }
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true},
		{"2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"::ffff:203.0.113.7", "203.0.113.7", true},
		{"203.0.113.7", "203.0.113.8", false},
		{"not an address", "another", false},
	} {
		if got := subject(c.a) == subject(c.b); got != c.same {
			t.Errorf("%s and %s: same is %v", c.a, c.b, got)
		}
	}
}
