package models

import (
	"errors"
	"strings"
	"testing"

	"rapport/models/fault"
)

func TestAPasswordThatIsGuessedFirstIsRefused(t *testing.T) {
	own := []string{"olga.mueller@ballard.example", "Olga Müller", "Ballard Massage & Bodywork"}
	for password, want := range map[string]string{
		"passwordpassword":                "one pattern",
		"PasswordPassword":                "one pattern",
		"ThisIsMyPassword!":               "stolen",
		"thisismypassword2026":            "stolen",
		"th1s1smyp@ssw0rd":                "stolen",
		"correct horse battery staple":    "stolen",
		"i love you so much!!":            "stolen",
		"aaaaaaaaaaaaaaa":                 "one pattern",
		"abcabcabcabcabcabc":              "one pattern",
		"sunshine1sunshine1":              "one pattern",
		"123456789012345":                 "a row",
		"543210987654321":                 "a row",
		"qwertyuiopasdfg":                 "a row",
		"qwertzuiop12345":                 "a row",
		"1q2w3e4r5t6y7u8i":                "a row",
		"1qaz2wsx3edc4rfv":                "a row",
		"zaq12wsxcde34rfv":                "a row",
		"lkjhgfdsaqwertyuiop":             "a row",
		"aaaaabbbbbccccc":                 "a row",
		"abcdefghijklmnop!":               "a row",
		"olga.mueller2026!":               "your name",
		"OlgaMüller2026!!":                "your name",
		"olga.mueller@ballard.example":    "your name",
		"Ballard Massage 1":               "your name",
		"ballardmassagebodywork":          "your name",
		"rapport-rapport!":                "your name",
		"Rapport12345678!":                "your name",
		"P@ssw0rdP@ssw0rd1":               "stolen",
		"P@ssw0rd-P@ssw0rd!":              "stolen",
		"M4ssageTh3rapist!":               "stolen",
		"th1sismyp@ssword!!1":             "stolen",
		"B4ll4rd-M4ss4ge-2026":            "your name",
		"0lga-Mu3ller-2026!!":             "your name",
		"$ecretP@ssword-2026":             "stolen",
		"7391-1234-8852-6093-1147":        "",
		"demo-neck-and-back":              "",
		"olga walks her two grey dogs":    "",
		"seven white herons at dawn":      "",
		"correct1234horse":                "",
		"four brown bears at noon":        "",
		"ein langer satz über den rücken": "",
		"私は毎朝七時に海まで歩いて行きます": "",
		"x9$kQ!vb2#Lm0pWz":                "",
		"massage in the quiet afternoon":  "",
		"my password is not easy to find": "",
	} {
		err := ValidatePassword(password, own...)
		f, refused := fault.As(err)
		switch {
		case !refused && want != "":
			t.Errorf("%q was taken", password)
		case refused && (want == "" || f.Violations[0].Code != "password.too_common" || !strings.Contains(f.Violations[0].Message, want)):
			t.Errorf("%q: %+v, want %q", password, f.Violations, want)
		}
	}
	if err := ValidatePassword("short"); !errors.Is(err, fault.Invalid) {
		t.Error(err)
	}
	for _, c := range commonPasswords {
		if ValidatePassword(c+"-2026-0123456789") == nil {
			t.Errorf("%s with digits was taken", c)
		}
	}
}
