package models

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// Role is what a user may be, in a practice or for a provider (PRODUCT §3.14).
type Role string

// The six roles of PRODUCT §1.
const (
	Owner         Role = "owner"
	Therapist     Role = "therapist"
	FrontDesk     Role = "front_desk"
	ProviderRole  Role = "provider"
	ProviderStaff Role = "provider_staff"
	Operator      Role = "operator"
)

// RoleGrant ties a role to the practice or the provider it holds for.
type RoleGrant struct {
	Role       Role       `json:"role"`
	PracticeID PracticeID `json:"practice_id,omitempty"`
	ProviderID ProviderID `json:"provider_id,omitempty"`
}

// ActorKind says how somebody came to act.
type ActorKind string

// A person signed in, a person holding a one-time link, the server itself, or
// somebody unknown (sign-in, invitations).
const (
	ActorUser      ActorKind = "user"
	ActorLink      ActorKind = "link"
	ActorSystem    ActorKind = "system"
	ActorAnonymous ActorKind = "anonymous"
)

// Actor is who acts, as the verbs see it. Roles are read from the database at
// each request, never from a token.
type Actor struct {
	Kind       ActorKind
	UserID     UserID
	Name       string
	SignInID   SignInID
	PracticeID PracticeID // the practice acted in; empty for outsiders
	ProviderID ProviderID // the provider acted for; empty inside a practice
	Roles      []Role     // roles held there
	// VouchedBy lists the practices that asked in who acts for a provider; such
	// an actor enters no other practice. Empty: not bound to any.
	VouchedBy []PracticeID
	LinkID    LinkID
	IP, Agent string // evidence of signatures, never logged
}

// System is the server acting in one practice: periodic passes and deliveries.
func System(p PracticeID) Actor { return Actor{Kind: ActorSystem, PracticeID: p} }

// Anonymous is somebody who has not signed in.
func Anonymous(ip, agent string) Actor { return Actor{Kind: ActorAnonymous, IP: ip, Agent: agent} }

// Is says that the actor holds one of the roles.
func (a Actor) Is(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(a.Roles, r) })
}

// Outsider is everybody who reads a practice's papers from outside it.
func (a Actor) Outsider() bool {
	return a.Kind == ActorLink || (a.Kind == ActorUser && a.Is(ProviderRole, ProviderStaff) && !a.Is(Owner, Therapist, FrontDesk))
}

// Principal names the actor in audit rows and idempotency keys.
func (a Actor) Principal() string {
	switch a.Kind {
	case ActorUser:
		return "user:" + string(a.UserID)
	case ActorLink:
		return "link:" + string(a.LinkID)
	case ActorSystem:
		return "system"
	}
	return "anonymous"
}

// Capacity names the actor with what lets them act now: whoever lost a role,
// or got another, is not given again what they were answered before.
func (a Actor) Capacity() string {
	if a.Kind != ActorUser {
		return a.Principal()
	}
	roles, vouched := slices.Sorted(slices.Values(a.Roles)), slices.Sorted(slices.Values(a.VouchedBy))
	b, _ := json.Marshal([]any{a.ProviderID, roles, vouched})
	sum := sha256.Sum256(b)
	return a.Principal() + ":" + hex.EncodeToString(sum[:8])
}
