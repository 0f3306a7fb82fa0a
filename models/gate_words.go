package models

// gateWords are the gate's reasons, short enough to stand in a list.
var gateWords = map[string]string{
	"release.none":           "no release was signed",
	"release.purpose":        "the release is for another purpose",
	"release.category":       "the release does not cover this",
	"release.recipient":      "the releases name others",
	"release.incomplete":     "the release lacks what the law asks for",
	"release.not_signed":     "the release is not signed",
	"release.revoked":        "the client took the release back",
	"release.expired":        "the release has expired",
	"release.ended":          "the client’s release has ended",
	"release_required":       "no release covers it",
	"report.exceeds_release": "the release covers less than the report holds",
	"override.not_covered":   "the practice is no covered entity",
	"override.other":         "the override is for something else",
	"override.basis":         "an override is for treatment or an emergency",
	"override.category":      "this kind is told only under a release that names it",
	"override.expired":       "the 72 hours of the override are over",
}

// GateWords says a reason of the release gate in a few words; ok is false for
// what is none.
func GateWords(code string) (words string, ok bool) {
	words, ok = gateWords[code]
	return words, ok
}
