package models

import (
	"errors"
	"time"
)

// KeyState is where a signing key stands in its life: next is known to every
// server before it signs, active signs, retired only verifies what it signed.
type KeyState string

// The states.
const (
	KeyNext    KeyState = "next"
	KeyActive  KeyState = "active"
	KeyRetired KeyState = "retired"
)

// SigningKey signs access tokens; Seed is the 32-byte Ed25519 seed.
type SigningKey struct {
	ID        string
	State     KeyState
	Seed      []byte
	CreatedAt time.Time
	RetiredAt *time.Time
}

// ErrUnknownKey says that a token names a key, or a signature needs one, that
// this process has not loaded.
var ErrUnknownKey = errors.New("signing key is not loaded")
