package models

import (
	"slices"
	"strings"
	"unicode"
)

// commonPasswords are long passwords that stand in lists of leaked ones over and
// over, without the digits and signs at their end; shorter ones are refused by
// their length, and what is one pattern or one row of keys by how it is made.
var commonPasswords = strings.Fields(`
	passwordpassword passwordispassword mypasswordispassword thisismypassword thisisapassword thisisnotapassword
	thisisthepassword yourpasswordhere enteryourpassword forgotmypassword ihatepasswords ilovepasswords iforgotmypassword
	nopasswordneeded notmypassword changeyourpassword temporarypassword defaultpassword masterpassword secretpassword
	strongpassword securepassword supersecretpassword mysecretpassword newpassword oldpassword testpassword
	correcthorsebatterystaple correcthorsebatterystapler tobeornottobe letmeinletmein letmeinplease pleaseletmein opensesameopensesame
	iloveyouiloveyou iloveyousomuch iloveyouforever iloveyoubaby iloveyoutothemoonandback iloveyoumorethananything
	ilovemyfamily ilovemyhusband ilovemychildren ilovemykids ilovemydaughter ilovemyself ilovejesuschrist jesuslovesme
	jesusismysavior jesusismylord godisgreatallthetime inthenameofjesus trustnoone trustnoonetrustno godblessamerica
	thequickbrownfox thequickbrownfoxjumpsoverthelazydog maytheforcebewithyou tobeornottobethatisthequestion
	onceuponatime supercalifragilisticexpialidocious welcometothejungle stairwaytoheaven bohemianrhapsody
	liverpoolfootballclub manchesterunited manchestercity realmadridcf fcbarcelona youllneverwalkalone dallascowboys
	sanfranciscogiants goldenstatewarriors pittsburghsteelers newyorkyankees bostonredsox lordoftherings harrypotterharry
	starwarsstarwars captainamerica princessprincess sunshinesunshine football baseball
	monkeymonkey dragonslayer superman administrator administratoradmin changemeplease changemenow
	welcomehome welcomeback
	massagetherapist massagetherapy licensedmassagetherapist chiropractor chiropracticcare physicaltherapy healthcareprovider
	patientportal medicalrecords doctordoctor happybirthday merrychristmas christmastime happynewyear`)

// expectedWords are those that anybody would try here first.
var expectedWords = []string{"rapport", "password", "passwort", "massage", "therapist", "therapy", "practice", "welcome", "letmein", "admin", "changeme"}

// keyRows are what fingers run along: rows, columns and zigzags of keyboards,
// the alphabet, the digits around their end.
var keyRows = strings.Fields(`abcdefghijklmnopqrstuvwxyz 012345678901234567890 qwertyuiop asdfghjkl zxcvbnm qwertzuiop yxcvbnm azertyuiop qsdfghjklm wxcvbn
	1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik 1qazxsw23edcvfr45tgbnhy6 qazwsxedcrfvtgbyhnujmik 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0
	a1b2c3d4e5f6g7h8i9j0 1a2b3c4d5e6f7g8h9i0j zaq12wsxcde34rfvbgt56yhnmju78ik zaqxswcdevfrbgtnhymju`)

// plainer undoes the usual signs for letters.
var plainer = strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s", "7", "t")

// tooCommon says why a password is guessed first, or "". own are the person's
// name and address and the place where they work.
func tooCommon(password string, own ...string) string {
	p := strings.ToLower(password)
	if repeats(p) {
		return "This password is one pattern over and over."
	}
	// Digits and signs at the ends are trimmed before signs are read as letters:
	// the "!!1" at the end of a word is no "iii". A sign may begin a word.
	sign := func(r rune) bool { return !unicode.IsLetter(r) }
	core, tailless := strings.TrimFunc(p, sign), strings.TrimRightFunc(p, sign)
	written := []string{p, plainer.Replace(p), plainer.Replace(core), plainer.Replace(tailless)}
	for _, form := range written {
		if slices.Contains(commonPasswords, onlyLetters(form)) {
			return "This password stands in lists of stolen ones."
		}
	}
	rest := withoutRuns(p)
	if len(rest) < len(p) && short(rest) {
		return "This password is a row of keys, letters or digits."
	}
	words := expected(own)
	for _, form := range append(written, rest) {
		left := withoutWords(form, words)
		if len(left) < len(form) && len([]rune(onlyLetters(left))) < enoughLeft {
			return "This password is made of your name, your address, your practice or a word that everybody tries here."
		}
	}
	return ""
}

// enoughLeft is how many characters must be left of a password to stand by
// themselves.
const enoughLeft = 6

// short says that too few letters and digits are left beside rows of keys. Beside
// a known word only letters count: the digits there are years and counts.
func short(rest string) bool {
	n := 0
	for _, r := range rest {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n < enoughLeft
}

func withoutWords(s string, words []string) string {
	for _, word := range words {
		s = strings.ReplaceAll(s, word, "")
	}
	return s
}

func onlyLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}

// expected lists the words that somebody who knows the person tries, the
// longest form of each first.
func expected(own []string) []string {
	var out []string
	for _, o := range own {
		o = strings.ToLower(o)
		local, _, _ := strings.Cut(o, "@")
		parts := strings.FieldsFunc(o, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for _, word := range append([]string{o, local, strings.Join(parts, "")}, parts...) {
			if len(word) >= 3 {
				out = append(out, word)
			}
		}
	}
	return append(out, expectedWords...)
}

// withoutRuns takes out every stretch of four or more characters that repeats
// one, or that fingers run along, there or back.
func withoutRuns(p string) string {
	r, out := []rune(p), []rune{}
	for i := 0; i < len(r); {
		n := runAt(r[i:])
		if n < 4 {
			out, n = append(out, r[i]), 1
		}
		i += n
	}
	return string(out)
}

func runAt(r []rune) int {
	n := 1
	for n < len(r) && r[n] == r[0] {
		n++
	}
	for _, row := range keyRows {
		for n < len(r) && (strings.Contains(row, string(r[:n+1])) || strings.Contains(row, backwards(r[:n+1]))) {
			n++
		}
	}
	return n
}

func backwards(r []rune) string {
	out := make([]rune, len(r))
	for i, c := range r {
		out[len(r)-1-i] = c
	}
	return string(out)
}

// repeats says that p is a pattern of at most ten characters over and over.
func repeats(p string) bool {
	r := []rune(p)
	for n := 1; n <= 10 && 2*n <= len(r); n++ {
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
