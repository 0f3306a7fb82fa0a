package models

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"time"

	"rapport/models/fault"
)

// Realm is where a sign-in is good: bearer tokens never open the portal, and
// its cookies never open the API.
type Realm string

// The realms.
const (
	RealmAPI    Realm = "api"
	RealmPortal Realm = "portal"
)

// How long a sign-in lives (NIST SP 800-63B-4: at most 24 hours, and less when
// idle). A refresh token is the idle clock of the API realm.
const (
	APILife      = 24 * time.Hour
	RefreshLife  = 12 * time.Hour
	PortalLife   = 12 * time.Hour
	PortalIdle   = time.Hour
	PortalMarked = 5 * time.Minute     // how exactly the idle clock is kept
	SignInMemory = 30 * 24 * time.Hour // how long ended sign-ins are kept
)

// SignIn is one signed-in session of a user.
type SignIn struct {
	ID            SignInID
	UserID        UserID
	Realm         Realm
	SecretHash    string
	CSRF          string
	SecurityStamp string // of the user when they signed in
	CreatedAt     time.Time
	SeenAt        time.Time
	ExpiresAt     time.Time
	EndedAt       *time.Time
	Agent         string // the browser or program, as it names itself
}

// Standing is what one statement reads about the credential of a request.
type Standing struct {
	SignIn SignIn
	User   User        // with the roles that count now
	Closed []RoleGrant // held in suspended practices: they do not count
}

// Live refuses a sign-in that ended, ran out, belongs to the other realm, or
// whose user was disabled or changed their password since.
func (s Standing) Live(realm Realm, now time.Time) error {
	in := s.SignIn
	idle := realm == RealmPortal && now.Sub(in.SeenAt) >= PortalIdle
	if in.ID == "" || in.Realm != realm || in.EndedAt != nil || !now.Before(in.ExpiresAt) || idle || s.User.Disabled ||
		in.SecurityStamp != s.User.SecurityStamp {
		return fault.New(fault.Unauthenticated, "sign_in.ended", "This sign-in has ended. Sign in again.")
	}
	return nil
}

// Place is where a user acts: a practice, a provider, or the server itself.
type Place struct {
	PracticeID PracticeID
	ProviderID ProviderID
}

func (g RoleGrant) place() Place {
	if g.ProviderID != "" {
		return Place{ProviderID: g.ProviderID}
	}
	return Place{PracticeID: g.PracticeID}
}

// Places lists where the user holds roles, in the order they were given.
func (u User) Places() []Place {
	var out []Place
	for _, g := range u.Roles {
		if !slices.Contains(out, g.place()) {
			out = append(out, g.place())
		}
	}
	return out
}

// Actor is the user at one place: the one whose practice or provider id is
// wanted, or the first. An id where the user holds no role is refused alike,
// whether it exists or not; their own suspended practice is named as that.
func (s Standing) Actor(wanted string) (Actor, error) {
	a := Actor{Kind: ActorUser, UserID: s.User.ID, Name: s.User.Name, SignInID: s.SignIn.ID}
	places := s.User.Places()
	is := func(p Place) bool { return wanted == string(p.PracticeID) || wanted == string(p.ProviderID) }
	closed := User{Roles: s.Closed}.Places()
	i := 0
	if wanted != "" {
		i = slices.IndexFunc(places, is)
		if i < 0 && slices.ContainsFunc(closed, is) {
			return Actor{}, ErrPracticeSuspended
		}
		if i < 0 {
			return Actor{}, fault.New(fault.Forbidden, "place.not_yours", "Rapport-Practice names no practice and no provider where you hold a role.")
		}
	}
	if len(places) == 0 && len(closed) > 0 {
		return Actor{}, ErrPracticeSuspended
	}
	if len(places) == 0 {
		return a, nil
	}
	a.PracticeID, a.ProviderID = places[i].PracticeID, places[i].ProviderID
	for _, g := range s.User.counting(places[i]) {
		if !slices.Contains(a.Roles, g.Role) {
			a.Roles = append(a.Roles, g.Role)
		}
		if g.ProviderID != "" && g.PracticeID != "" {
			a.VouchedBy = append(a.VouchedBy, g.PracticeID)
		}
	}
	return a, nil
}

// counting lists the grants that make up the actor at a place. For a provider
// they are of one kind, so that no practice's word adds a role in another: the
// grants that no practice bounds, else those as the provider, else as staff.
func (u User) counting(p Place) []RoleGrant {
	var kinds [3][]RoleGrant
	for _, g := range u.Roles {
		kind := 0
		if g.place() != p {
			continue
		} else if g.ProviderID != "" && g.PracticeID != "" {
			kind = 1
			if g.Role != ProviderRole {
				kind = 2
			}
		}
		kinds[kind] = append(kinds[kind], g)
	}
	for _, k := range kinds {
		if len(k) > 0 {
			return k
		}
	}
	return nil
}

// NormalEmail is the form in which addresses are stored and compared.
func NormalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// After ForgivenFailures wrong passwords for one account, or as many more from
// one address, each further one costs a pause that doubles up to MaxPause.
const (
	AccountFailures = 10
	AddressFailures = 30
	MaxPause        = 15 * time.Minute
	FailureMemory   = 24 * time.Hour // after which failures are forgotten
)

// Throttle is one subject whose failed sign-ins are counted.
type Throttle struct {
	Subject string // hashed: the table names neither people nor addresses
	Limit   int
}

// Throttles are the two subjects of an attempt: the account, known or not, and
// the network address. An IPv6 address counts by its /64, because one
// subscriber is given at least as many.
func Throttles(email, ip string) []Throttle {
	of := func(kind, s string) string {
		sum := sha256.Sum256([]byte(kind + "\x00" + s))
		return kind + ":" + hex.EncodeToString(sum[:16])
	}
	return []Throttle{{of("account", NormalEmail(email)), AccountFailures}, {of("address", bucket(ip)), AddressFailures}}
}

// bucket is the part of an address that names one subscriber.
func bucket(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if a = a.Unmap().WithZone(""); a.Is4() {
		return a.String()
	}
	net, err := a.Prefix(64)
	if err != nil {
		return ip
	}
	return net.String()
}

// Pause is how long to wait after so many failures.
func (t Throttle) Pause(failures int) time.Duration {
	if failures < t.Limit {
		return 0
	}
	return min(MaxPause, 30*time.Second<<min(failures-t.Limit, 10))
}
