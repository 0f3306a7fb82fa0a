package fault

import (
	"regexp"
	"strings"
)

var (
	quoted     = regexp.MustCompile("\"[^\"]*\"|'[^']*'|`[^`]*`")
	identifier = regexp.MustCompile(`^.[a-z]+(_[a-z0-9]+)+.$`)
)

// Scrub is an error's text for the log. Databases and parsers put values in
// quotes, and a value may be a client's; names with an underscore, such as those
// of constraints, stay.
func Scrub(err error) string {
	s := strings.ToValidUTF8(err.Error(), "?")
	return quoted.ReplaceAllStringFunc(s, func(q string) string {
		if identifier.MatchString(q) {
			return q
		}
		return q[:1] + "…" + q[:1]
	})
}
