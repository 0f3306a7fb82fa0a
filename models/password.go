package models

import (
	"slices"
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

// commonPasswords are the long ones among those that leak most; shorter ones
// are refused by their length.
var commonPasswords = []string{
	"passwordpassword", "password12345678", "password123456789", "passw0rdpassw0rd", "mypasswordispassword", "thisismypassword",
	"thisisapassword", "correcthorsebatterystaple", "correct horse battery staple", "qwertyuiopasdfgh", "qwertyuiopasdfghjkl",
	"qwertyuiopasdfghjklzxcvbnm", "qwertyuiop123456", "qwertyuiop12345", "1q2w3e4r5t6y7u8i", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv",
	"1qaz2wsx3edc4rfv5tgb", "zaq12wsxcde34rfv", "qazwsxedcrfvtgb", "qazwsxedcrfvtgbyhnujm", "abcdefghijklmno", "abcdefghijklmnop",
	"abcdefghijklmnopqrstuvwxyz", "letmeinletmeinletmein", "iloveyouiloveyou", "iloveyoutothemoonandback", "welcomewelcome1",
	"welcometothejungle", "trustno1trustno1", "adminadminadmin", "administrator123", "administratoradministrator", "changemechangeme",
	"changemeplease123", "defaultpassword1", "masterpassword1", "massagetherapist", "massagetherapist1", "chiropractor1234",
}

// ValidatePassword refuses what is too short, too long, or guessed first: the
// common ones, one pattern repeated, a plain sequence, the person's own name
// or address. There are no composition rules.
func ValidatePassword(password, email, name string) error {
	var l fault.List
	n := utf8.RuneCountInString(password)
	switch {
	case n < PasswordMin:
		l.Put(fault.Violation{Code: "password.too_short", Pointer: "/password", Message: "A password has at least 15 characters; a sentence is easy to remember.", Allowed: PasswordMin})
	case n > PasswordMax:
		l.Put(fault.Violation{Code: "password.too_long", Pointer: "/password", Message: "A password has at most 200 characters.", Allowed: PasswordMax})
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		l.Add("password.invalid", "/password", "A password has no control characters.")
	case guessable(strings.ToLower(password), strings.ToLower(email), strings.ToLower(name)):
		l.Add("password.common", "/password", "This password is among those guessed first. Choose a few words of your own.")
	}
	return l.Invalid("Choose another password.")
}

func guessable(p, email, name string) bool {
	if slices.Contains(commonPasswords, p) || repeats(p) || sequence(p) {
		return true
	}
	local, _, _ := strings.Cut(email, "@")
	rest := p
	for _, own := range append([]string{email, local, "rapport", "password"}, strings.Fields(name)...) {
		if len(own) >= 3 {
			rest = strings.ReplaceAll(rest, own, "")
		}
	}
	own := len(rest) < len(p)
	rest = strings.TrimFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
	return own && len(rest) < 6
}

// repeats says that p is a pattern of at most five characters over and over.
func repeats(p string) bool {
	r := []rune(p)
	for n := 1; n <= 5; n++ {
		same := true
		for i := n; i < len(r) && same; i++ {
			same = r[i] == r[i-n]
		}
		if same {
			return true
		}
	}
	return false
}

// sequence says that each character follows the one before it, up or down;
// 9 is followed by 0.
func sequence(p string) bool {
	r := []rune(p)
	for _, step := range []rune{1, -1} {
		same := true
		for i := 1; i < len(r) && same; i++ {
			same = r[i] == r[i-1]+step || step == 1 && r[i-1] == '9' && r[i] == '0' || step == -1 && r[i-1] == '0' && r[i] == '9'
		}
		if same {
			return true
		}
	}
	return false
}
