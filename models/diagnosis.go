package models

import (
	"regexp"
	"strings"

	"rapport/models/fault"
)

// Three characters (letter, digit, digit or letter), then up to four more
// after a dot: the form of ICD-10-CM. U codes such as U07.1 are codes too.
var icd10 = regexp.MustCompile(`^([A-Z][0-9][0-9A-Z])(?:\.?([0-9A-Z]{1,4}))?$`)

// ICD10 returns a diagnosis code in its written form, upper case with the dot
// ("m542" becomes M54.2), or diagnosis.invalid. It checks the form only; it
// does not know which codes are in use.
func ICD10(s string) (string, error) {
	m := icd10.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(s)))
	switch {
	case m == nil:
		return "", fault.New(fault.Invalid, "diagnosis.invalid", "A diagnosis is an ICD-10-CM code, for example M54.2.")
	case m[2] == "":
		return m[1], nil
	default:
		return m[1] + "." + m[2], nil
	}
}
