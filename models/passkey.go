package models

import (
	"strings"
	"time"

	"rapport/models/fault"
)

// Challenge is a sign-in or an enrolment in the making: it opens nothing but
// its own next step, once, and not for long.
type Challenge struct {
	Kind          ChallengeKind
	UserID        UserID // empty until a passkey says who it is
	SecurityStamp string // of the user when it began
	Subject       string // the address that began it, hashed
	Ceremony      string // what the passkey library has to remember
	ExpiresAt     time.Time
}

// ChallengeKind says what a challenge waits for.
type ChallengeKind string

// The kinds.
const (
	ChallengeSecondFactor  ChallengeKind = "second_factor"   // the password was right, the code is missing
	ChallengePasskeyAdd    ChallengeKind = "passkey_add"     // a new passkey for somebody signed in
	ChallengePasskeySignIn ChallengeKind = "passkey_sign_in" // a passkey of somebody unknown yet
)

// ChallengeLife bounds a challenge; OpenChallenges is how many one address may
// have at a time.
const (
	ChallengeLife  = 5 * time.Minute
	OpenChallenges = 60
)

// Passkey is a key pair whose private half never leaves the person's device.
type Passkey struct {
	ID           string
	UserID       UserID
	CredentialID string // base64url
	Credential   string // public key and flags, as the passkey library writes them
	Name         string // what the person calls it
	SignCount    int64
	CreatedAt    time.Time
	UsedAt       *time.Time
}

// Passkeys is how many a person may have; PasskeyName how long a name may be.
const (
	Passkeys    = 10
	PasskeyName = 60
)

// ValidatePasskeyName tidies a name; an empty one becomes "Passkey".
func ValidatePasskeyName(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return "Passkey", nil
	}
	var l fault.List
	if len([]rune(s)) > PasskeyName {
		l.Put(fault.Violation{Code: "passkey.name_too_long", Pointer: "/name", Message: "A name has at most 60 characters.", Allowed: PasskeyName})
	}
	return s, l.Invalid("Choose a shorter name.")
}
