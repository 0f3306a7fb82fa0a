package documents

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

const (
	replacement = '\uFFFD'
	rtlOpen     = "[right-to-left: "
	rtlClose    = "]"
)

// Clean returns s as it can be printed. It is composed (NFC); control and
// invisible formatting characters and invalid UTF-8 are dropped, but for line
// breaks. Runes that the fonts lack, emoji and CJK among them, become U+FFFD
// and are returned, each once, so that a signer can be warned by name. There
// is no shaping: text that runs from right to left is printed in logical
// order, and marked as such. Clean of a cleaned text changes nothing.
func Clean(s string) (string, []rune) {
	if plain(s) {
		return s, nil
	}
	var missing []rune
	out := make([]rune, 0, len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r == utf8.RuneError && size == 1: // not UTF-8
		case r == '\n':
			out = append(out, r)
		case r == '\t' || unicode.Is(unicode.Zs, r) && r != '\u00A0':
			out = append(out, ' ')
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
		case r == '\u2028' || r == '\u2029':
			out = append(out, '\n')
		default:
			out = append(out, r)
		}
	}
	out = []rune(norm.NFC.String(string(out)))
	seen := map[rune]bool{}
	for i, r := range out {
		if r == '\n' || r == replacement || prints(r) {
			continue
		}
		if !seen[r] {
			seen[r] = true
			missing = append(missing, r)
		}
		out[i] = replacement
	}
	return markRightToLeft(out), missing
}

// Missing returns the runes of texts that cannot be printed, each once, in
// order of appearance.
func Missing(texts ...string) (missing []rune) {
	for _, t := range texts {
		_, rs := Clean(t)
		for _, r := range rs {
			if !slices.Contains(missing, r) {
				missing = append(missing, r)
			}
		}
	}
	return missing
}

// plain says that s is printable ASCII, which most text is.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '\n' && (c < ' ' || c > '~') {
			return false
		}
	}
	return true
}

// prints says that both upright faces have the rune; the oblique one is used
// only for texts that it covers.
func prints(r rune) bool {
	return faces().regular.Has(r) && faces().bold.Has(r)
}

// markRightToLeft puts each run between its first and last right-to-left
// letter into brackets that say so.
func markRightToLeft(rs []rune) string {
	var out []rune
	for i := 0; i < len(rs); {
		if !rightToLeft(rs[i]) {
			out = append(out, rs[i])
			i++
			continue
		}
		end := i + 1 // behind the last letter of the run
		for j := end; j < len(rs) && rs[j] != '\n' && !leftToRight(rs[j]); j++ {
			if rightToLeft(rs[j]) {
				end = j + 1
			}
		}
		if n := len(out) - len(rtlOpen); n >= 0 && string(out[n:]) == rtlOpen {
			out = append(out, rs[i:end]...)
		} else {
			out = append(append(append(out, []rune(rtlOpen)...), rs[i:end]...), []rune(rtlClose)...)
		}
		i = end
	}
	return string(out)
}

func rightToLeft(r rune) bool {
	c := bidiClass(r)
	return c == bidi.R || c == bidi.AL
}

func leftToRight(r rune) bool { return bidiClass(r) == bidi.L }

func bidiClass(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}
