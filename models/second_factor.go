package models

import (
	"encoding/base32"
	"strings"
	"time"
)

// One-time codes of an authenticator app (RFC 6238): six digits, a new one
// every 30 seconds, one step early or late is taken. Each works once.
const (
	OTPPeriod     = 30 * time.Second
	OTPSkew       = 1
	OTPDraftLife  = time.Hour // how long a drawn secret waits for its first code
	RecoveryCodes = 10
	recoveryBytes = 15 // 120 bits: enough to be stored as a plain hash (NIST SP 800-63B-4 §3.1.2.2)
)

// RecoveryBytes is how much randomness one set of recovery codes takes.
const RecoveryBytes = RecoveryCodes * recoveryBytes

// OTPStep numbers the spans of 30 seconds since 1970.
func OTPStep(at time.Time) int64 { return at.Unix() / int64(OTPPeriod/time.Second) }

// OTP is a person's authenticator app. It counts once a first code was shown.
type OTP struct {
	UserID      UserID
	Secret      string // base32, sealed at rest
	LastStep    int64  // of the last code that was taken
	CreatedAt   time.Time
	ConfirmedAt *time.Time
	Recovery    int // codes that are left
}

// On says that codes are asked for.
func (o OTP) On() bool { return o.ConfirmedAt != nil }

// Awaiting says that a drawn secret still waits for its first code.
func (o OTP) Awaiting(now time.Time) bool {
	return o.UserID != "" && !o.On() && now.Sub(o.CreatedAt) < OTPDraftLife
}

// NewRecoveryCodes writes randomness as codes that a person can copy: six
// groups of four letters and digits, none of which look alike.
func NewRecoveryCodes(random []byte) []string {
	out := make([]string, 0, RecoveryCodes)
	for len(random) >= recoveryBytes {
		s := base32.StdEncoding.EncodeToString(random[:recoveryBytes])
		var groups []string
		for i := 0; i < len(s); i += 4 {
			groups = append(groups, s[i:i+4])
		}
		out, random = append(out, strings.Join(groups, "-")), random[recoveryBytes:]
	}
	return out
}

// NormalCode is a code as it is compared, however it was typed: without blanks
// and dashes, in capitals; 0, 1 and 8 stand in no recovery code and are read as
// the letters they look like.
func NormalCode(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' || r == '\u2011' {
			return -1
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(s)))
	if len(s) == recoveryBytes*8/5 {
		s = strings.NewReplacer("0", "O", "1", "I", "8", "B").Replace(s)
	}
	return s
}
