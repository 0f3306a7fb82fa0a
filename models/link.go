package models

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"rapport/models/fault"
)

// Link is a one-time link: a 256-bit token stored as SHA-256, for one
// recipient, 14 days, five tries.
type Link struct {
	ID         LinkID
	TokenHash  string
	Kind       LinkKind
	PracticeID PracticeID
	ObjectID   string
	ClientID   ClientID
	ProviderID ProviderID
	UserID     UserID
	Email      string
	Role       Role // of an invitation
	ExpiresAt  time.Time
	TriesLeft  int
	UsedAt     *time.Time
	ClosedAt   *time.Time
	CreatedAt  time.Time
}

// LinkKind says what a link opens.
type LinkKind string

// The kinds.
const (
	LinkSign       LinkKind = "sign"       // a client signs or revokes a release
	LinkReport     LinkKind = "report"     // a doctor without account reads a report
	LinkChange     LinkKind = "change"     // a doctor without account decides a change request
	LinkInvitation LinkKind = "invitation" // somebody sets a password
)

// LinkDays is how long a link lives; LinkTries how often a birth date may be wrong.
const (
	LinkDays  = 14
	LinkTries = 5
)

// TokenBytes is the length of a link's secret.
const TokenBytes = 32

// Path is where the kind opens; the token follows. It names nobody.
func (k LinkKind) Path() string {
	switch k {
	case LinkSign:
		return "/sign/"
	case LinkReport:
		return "/open/"
	case LinkChange:
		return "/decide/"
	case LinkInvitation:
		return "/invitations/"
	}
	return ""
}

// Token writes 32 random bytes as they stand in a link.
func Token(random []byte) string { return base64.RawURLEncoding.EncodeToString(random) }

// HashToken is how a token is kept: who reads the database cannot open a link.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Ended refuses a link that was used, closed, has expired or has no tries
// left: 410 link.ended. The end is an instant and not part of the link's life.
func (l Link) Ended(now time.Time) error {
	if l.UsedAt == nil && l.ClosedAt == nil && l.TriesLeft > 0 && now.Before(l.ExpiresAt) {
		return nil
	}
	return LinkEnded()
}

// LinkEnded is the one answer for every way a link can end.
func LinkEnded() error {
	return fault.New(fault.Gone, "link.ended", "This link has been used, has expired or was closed. Ask the practice for a new one.")
}

// LinkActor is whoever holds a link: an outsider who acts in the link's
// practice, for the link's provider where it names one.
func LinkActor(l Link) Actor {
	return Actor{Kind: ActorLink, LinkID: l.ID, PracticeID: l.PracticeID, ProviderID: l.ProviderID, UserID: l.UserID}
}
