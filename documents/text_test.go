package documents

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestCleanKeepsWhatPrintsAndNamesWhatDoesNot(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		missing        string
	}{
		{"plain words stay", "Neck, 30 min (left)", "Neck, 30 min (left)", ""},
		{"letters are composed", "Nguye\u0302\u0303n", "Nguyễn", ""},
		{"names of the world stay", "Łódź Żółć Ñandú Åse Straße Ωμέγα Київ", "Łódź Żółć Ñandú Åse Straße Ωμέγα Київ", ""},
		{"emoji are replaced", "better 😀😀 today", "better \uFFFD\uFFFD today", "😀"},
		{"joined emoji are replaced one by one", "👩\u200d⚕\ufe0f", "\uFFFD⚕", "👩"},
		{"CJK is replaced", "山田 太郎", "\uFFFD\uFFFD \uFFFD\uFFFD", "山田太郎"},
		{"control characters go", "a\x00b\x07c\u200bd\u202ee\u2066f", "abcdef", ""},
		{"line breaks stay", "a\r\nb\u2028c", "a\nb\nc", ""},
		{"tabs become spaces", "a\tb", "a b", ""},
		{"invalid bytes go", "a\xff\xc3b\xe2\x82", "ab", ""},
		{"right to left is marked", "Name: שלום עולם, born", "Name: [right-to-left: שלום עולם], born", ""},
		{"a marked text stays", "[right-to-left: שלום]", "[right-to-left: שלום]", ""},
		{"digits inside a run belong to it", "רחוב 12 א Haifa", "[right-to-left: רחוב 12 א] Haifa", ""},
		{"nothing is nothing", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, missing := Clean(c.in)
			if got != c.want || string(missing) != c.missing {
				t.Errorf("Clean(%q) = %q, %q; want %q, %q", c.in, got, string(missing), c.want, c.missing)
			}
		})
	}
}

func TestTheFontsCoverWhatReportsSay(t *testing.T) {
	const need = "≤≥→✓☐●√∞ŁóążéñÅßNguyễn°±×−–—…•½§µ\uFFFD"
	for name, f := range map[string]interface{ Has(rune) bool }{
		"regular": faces().regular, "bold": faces().bold, "oblique": faces().oblique,
	} {
		for _, r := range need {
			if !f.Has(r) {
				t.Errorf("%s face lacks %q (%U)", name, r, r)
			}
		}
		if f.Has('😀') || f.Has('山') {
			t.Errorf("%s face claims emoji or CJK, so the test cannot see gaps", name)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "a\u0301😀", "שלום abc שלום", "\xff\xfe", "[right-to-left: א", "\u202eabc\u2066", "각\u11a8", "َ\u0651"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once, missing := Clean(s)
		if !utf8.ValidString(once) {
			t.Fatalf("Clean(%q) is not UTF-8", s)
		}
		for _, r := range once {
			if r > 0xFFFF || r != '\n' && !prints(r) {
				t.Fatalf("Clean(%q) kept %U", s, r)
			}
		}
		if twice, _ := Clean(once); twice != once {
			t.Fatalf("Clean changes its own result: %s", cmp.Diff(once, twice))
		}
		if len(missing) > 0 && !strings.ContainsRune(once, replacement) {
			t.Fatalf("Clean(%q) names %q and shows no replacement", s, string(missing))
		}
	})
}
