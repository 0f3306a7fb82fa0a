package models

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"rapport/models/fault"
)

// The length of a password (NIST SP 800-63B-4 §3.1.1.2 for a single factor).
const (
	PasswordMin = 15
	PasswordMax = 200
)

// ValidatePassword refuses what is too short, too long, or guessed first: the
// common ones, patterns, rows of keys, and what the person and their place are
// called (own). There are no composition rules.
func ValidatePassword(password string, own ...string) error {
	var l fault.List
	n := utf8.RuneCountInString(password)
	switch {
	case n < PasswordMin:
		l.Put(fault.Violation{Code: "password.too_short", Pointer: "/password", Message: "A password has at least 15 characters; a sentence is easy to remember.", Allowed: PasswordMin})
	case n > PasswordMax:
		l.Put(fault.Violation{Code: "password.too_long", Pointer: "/password", Message: "A password has at most 200 characters.", Allowed: PasswordMax})
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		l.Add("password.invalid", "/password", "A password has no control characters.")
	default:
		if why := tooCommon(password, own...); why != "" {
			l.Add("password.too_common", "/password", why+" Choose a few words of your own.")
		}
	}
	return l.Invalid("Choose another password.")
}
