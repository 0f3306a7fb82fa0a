package documents

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// tool runs a program on a document and returns what it prints.
func tool(t *testing.T, doc []byte, name, pkg string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is needed to judge documents: install the package %s", name, pkg)
	}
	file := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(file, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		if a == "FILE" {
			args[i] = file
		}
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// pages returns the text of each page, as laid out.
func pages(t *testing.T, doc []byte) []string {
	t.Helper()
	text := tool(t, doc, "pdftotext", "poppler-utils", "-layout", "-enc", "UTF-8", "FILE", "-")
	return strings.Split(strings.TrimSuffix(text, "\f"), "\f")
}

func drawn(t *testing.T, draw func(*sheet)) []byte {
	t.Helper()
	doc, err := render("Test", "Practice", someDay, func(s *sheet) error { draw(s); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func numbered(s *sheet) {
	s.footer(func(page, pages int) {
		s.put(left, bottom+5, fine, fmt.Sprintf("Page %d of %d", page, pages))
	})
}

func longTable(s *sheet) {
	numbered(s)
	s.title("Sessions", "Łukasz Żółć")
	rows := make([][]cell, 90)
	for i := range rows {
		rows[i] = texts(fmt.Sprint("row ", i), strings.Repeat("pressed and held ", i%7), fmt.Sprint(i))
	}
	s.table([]column{{title: "Number", share: 2}, {title: "What was done", share: 6}, {title: "Minutes", share: 1, numbers: true}}, rows)
}

func TestALongTableRepeatsItsHeaderAndKeepsRowsWhole(t *testing.T) {
	ps := pages(t, drawn(t, longTable))
	if len(ps) < 3 {
		t.Fatalf("got %d pages, want at least 3", len(ps))
	}
	all := strings.Join(ps, "")
	for i, p := range ps {
		if !strings.Contains(p, "What was done") {
			t.Errorf("page %d has no table header", i+1)
		}
		if want := fmt.Sprintf("Page %d of %d", i+1, len(ps)); !strings.Contains(p, want) {
			t.Errorf("page %d lacks %q", i+1, want)
		}
	}
	if got := strings.Count(all, "pressed"); got != 267 {
		t.Errorf("%d of 267 phrases were drawn", got)
	}
	for i := range 90 {
		if strings.Count(all, fmt.Sprintf("row %d ", i)) != 1 {
			t.Errorf("row %d is not drawn exactly once", i)
		}
	}
}

func TestALongTextFlowsOverPagesWithoutLoss(t *testing.T) {
	words := make([]string, 2000)
	for i := range words {
		words[i] = fmt.Sprintf("w%04d", i)
	}
	text := strings.Join(words, " ")
	if len(text) < 10_000 {
		t.Fatal("the text is too short for this test")
	}
	for name, draw := range map[string]func(*sheet){
		"paragraph": func(s *sheet) { s.paragraph(body, text) },
		"labelled":  func(s *sheet) { s.labelled("S", text, 8) },
		"one cell":  func(s *sheet) { s.table([]column{{title: "Note", share: 1}}, [][]cell{texts(text)}) },
	} {
		t.Run(name, func(t *testing.T) {
			fields := strings.Fields(strings.Join(pages(t, drawn(t, draw)), " "))
			n := 0
			for _, w := range fields {
				if n < len(words) && w == words[n] {
					n++
				}
			}
			if n != len(words) {
				t.Errorf("%d of %d words are in the document, in order", n, len(words))
			}
		})
	}
}

func TestOddTextIsDrawnAndNeverPanics(t *testing.T) {
	odd := []string{"😀 emoji", "山田太郎", "שלום עולם", "سلام", "\xff\xfe", "a\u0301\u0301\u0301", strings.Repeat("W", 400),
		"( \\ ) Tj ET endstream", "{nb} {pages}", "\u202egnp.exe", strings.Repeat("\n", 5), " ", ""}
	doc := drawn(t, func(s *sheet) {
		for _, o := range odd {
			s.heading(o, 5)
			s.paragraph(aside, o)
			s.notice(o)
			s.facts(2, [][2]string{{o, o}, {"b", o}})
			s.table([]column{{title: o, share: 1, names: true}, {title: "n", share: 1, numbers: true}}, [][]cell{texts(o, o)})
			s.choices([]choice{{o, true}})
		}
	})
	text := strings.Join(pages(t, doc), "")
	for _, want := range []string{"\uFFFD emoji", "right-to-left:", "( \\ ) Tj ET endstream", "{nb} {pages}", "gnp.exe"} {
		if !strings.Contains(text, want) {
			t.Errorf("document lacks %q", want)
		}
	}
	tool(t, doc, "qpdf", "qpdf", "--check", "FILE")
}

func TestTheEngineItselfTakesAnyRune(t *testing.T) {
	doc := drawn(t, func(s *sheet) {
		s.use(body)
		for _, o := range []string{"😀", "\xff", "\xf0\x9f", "\U0010FFFF", "\uFFFF", "ok"} {
			s.f.Text(left, 30, o)
			s.f.SplitText(o, 1)
			s.f.GetStringWidth(o)
		}
	})
	tool(t, doc, "qpdf", "qpdf", "--check", "FILE")
}

func TestTheSameValueGivesTheSameBytes(t *testing.T) {
	first := drawn(t, longTable)
	drawn(t, func(s *sheet) { s.paragraph(strong, "another document between, ąęść") })
	if !bytes.Equal(first, drawn(t, longTable)) {
		t.Error("two renderings of one value differ")
	}
}

func TestManyConcurrentDocumentsAreAlike(t *testing.T) {
	want := make([][]byte, 4)
	draw := func(n int) func(*sheet) {
		return func(s *sheet) {
			longTable(s)
			s.paragraph(aside, strings.Repeat("ąęść≤", n+1))
		}
	}
	for n := range want {
		want[n] = drawn(t, draw(n))
	}
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			doc, err := render("Test", "Practice", someDay, func(s *sheet) error { draw(i % 4)(s); return nil })
			if err != nil || !bytes.Equal(doc, want[i%4]) {
				t.Errorf("document %d differs (%v)", i, err)
			}
		})
	}
	wg.Wait()
}

func TestAPanicWhileDrawingIsAnError(t *testing.T) {
	doc, err := render("Test", "", someDay, func(*sheet) error { panic(errors.New("boom")) })
	if err == nil || doc != nil {
		t.Errorf("got %d bytes and error %v, want an error alone", len(doc), err)
	}
}

func TestFontsAreEmbeddedSubsetsWithUnicode(t *testing.T) {
	doc := drawn(t, longTable) // has no oblique text
	out := tool(t, doc, "pdffonts", "poppler-utils", "FILE")
	if n := strings.Count(out, "yes yes yes"); n != 2 || strings.Count(out, "DejaVu") != 2 {
		t.Errorf("want 2 fonts embedded, subset and with ToUnicode:\n%s", out)
	}
	if len(doc) > 80_000 {
		t.Errorf("document has %d bytes, want at most 80,000", len(doc))
	}
	tool(t, doc, "qpdf", "qpdf", "--check", "FILE")
}

func TestADamagedFontIsAnErrorNotAPanic(t *testing.T) {
	ttf := unpacked(regularGZ)
	for n := 0; n < len(ttf); n += 7919 {
		if _, err := parseForTest(ttf[:n]); err == nil {
			t.Errorf("a font cut at %d bytes is accepted", n)
		}
	}
}
