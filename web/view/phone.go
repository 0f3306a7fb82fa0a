package view

import (
	"strings"
	"unicode"

	"github.com/a-h/templ"
)

// telURL is a number as a telephone dials it (RFC 3966): digits, with what
// follows "ext" or "x" as the extension. What holds no digit calls nobody.
func telURL(number string) templ.SafeURL {
	main, extension := number, ""
	if i := strings.IndexAny(number, "xX#"); i > 0 {
		main, extension = number[:i], digits(number[i:])
	}
	out := digits(main)
	if out == "" {
		return ""
	}
	if strings.HasPrefix(strings.TrimSpace(main), "+") {
		out = "+" + out
	}
	if extension != "" {
		out += ";ext=" + extension
	}
	return templ.SafeURL("tel:" + out)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsDigit(r) {
			return -1
		}
		return r
	}, s)
}
