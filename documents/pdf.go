// Package documents is the paper: a value goes in, the bytes of a PDF come
// out. It decides wording and layout and nothing else. The same value gives
// the same bytes; the stored bytes are the record.
package documents

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"sync"
	"time"

	"rapport/documents/gofpdf"
)

// The faces of every document, packed, which takes a megabyte off the program;
// their licence is fonts/LICENSE.
var (
	//go:embed fonts/DejaVuSansCondensed.ttf.gz
	regularGZ []byte
	//go:embed fonts/DejaVuSansCondensed-Bold.ttf.gz
	boldGZ []byte
	//go:embed fonts/DejaVuSansCondensed-Oblique.ttf.gz
	obliqueGZ []byte
)

type typeface struct{ regular, bold, oblique *gofpdf.Font }

// faces parses the fonts at the first document of the process; all documents
// share them.
var faces = sync.OnceValue(func() typeface {
	parse := func(packed []byte) *gofpdf.Font {
		f, err := gofpdf.ParseFont(unpacked(packed))
		if err != nil {
			panic("documents: embedded font: " + err.Error())
		}
		return f
	}
	return typeface{regular: parse(regularGZ), bold: parse(boldGZ), oblique: parse(obliqueGZ)}
})

func unpacked(font []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(font))
	if err != nil {
		panic("documents: embedded font: " + err.Error())
	}
	ttf, err := io.ReadAll(r)
	if err != nil {
		panic("documents: embedded font: " + err.Error())
	}
	return ttf
}

type color struct{ r, g, b int }

var (
	ink    = color{32, 37, 43}
	muted  = color{96, 104, 112}
	line   = color{203, 208, 213}
	tint   = color{242, 245, 246}
	accent = color{19, 84, 99}
	white  = color{255, 255, 255}
)

// style is one way to set text; size in points.
type style struct {
	size float64
	face string // "", "B" or "I"
	ink  color
}

var (
	body    = style{9, "", ink}
	strong  = style{9, "B", ink}
	aside   = style{9, "I", muted}
	small   = style{7.6, "", muted}
	label   = style{7.2, "B", muted}
	section = style{9.6, "B", accent}
	titling = style{16, "B", ink}
	letters = style{13, "B", accent}
	fine    = style{6.6, "", muted}
)

// lead is the height of a line in mm.
func (s style) lead() float64 { return s.size * 0.3528 * 1.34 }

// Letter paper in mm, and the margins.
const (
	paperWidth  = 215.9
	paperHeight = 279.4
	left        = 20.0
	right       = paperWidth - 20
	measure     = right - left // the width of the text
	top         = 13.0
	bottom      = paperHeight - 19.5 // the footer is below
)

// sheet is a document while it is drawn, from top to bottom. y is where the
// next block begins.
type sheet struct {
	f       *gofpdf.Fpdf
	y       float64
	now     style
	onPage  int // the page that now holds for
	footers func(page, pages int)
	onBreak func() // drawn at the head of each page begun by need
}

// render draws a document. A fault inside is an error, never a panic.
func render(title, author string, at time.Time, draw func(*sheet) error) (out []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("documents: drawing failed: %v", r)
		}
	}()
	f := gofpdf.New("P", "mm", "Letter", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(at)
	f.SetModificationDate(at)
	f.SetProducer("Rapport", true)
	f.SetTitle(title, true)
	author, _ = Clean(author)
	f.SetAuthor(author, true)
	f.SetCellMargin(0)
	f.AddUTF8Font("text", "", faces().regular)
	f.AddUTF8Font("text", "B", faces().bold)
	f.AddUTF8Font("text", "I", faces().oblique)
	s := &sheet{f: f}
	s.newPage()
	if err := draw(s); err != nil {
		return nil, err
	}
	if s.footers != nil {
		for n := 1; n <= f.PageCount(); n++ {
			f.SetPage(n)
			s.footers(n, f.PageCount())
		}
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		return nil, fmt.Errorf("documents: %w", err)
	}
	return b.Bytes(), nil
}

// footer sets what stands at the foot of every page once the number of pages
// is known.
func (s *sheet) footer(draw func(page, pages int)) { s.footers = draw }

func (s *sheet) newPage() {
	s.f.AddPage()
	s.y = top
}

// need begins a new page unless h mm are left on this one.
func (s *sheet) need(h float64) {
	if s.y+h <= bottom || s.y <= top {
		return
	}
	s.newPage()
	if s.onBreak != nil {
		s.onBreak()
	}
}

// space leaves h mm, but not at the head of a page.
func (s *sheet) space(h float64) {
	if s.y > top {
		s.y += h
	}
}

func (s *sheet) use(st style) {
	if st == s.now && s.onPage == s.f.PageNo() {
		return
	}
	s.now, s.onPage = st, s.f.PageNo()
	s.f.SetFont("text", st.face, st.size)
	s.f.SetTextColor(st.ink.r, st.ink.g, st.ink.b)
}

// fit is the style with an upright face where the oblique one lacks a rune.
func (st style) fit(text string) style {
	if st.face == "I" {
		for _, r := range text {
			if !faces().oblique.Has(r) {
				st.face = ""
				break
			}
		}
	}
	return st
}

// put sets one line with its left end at x, the top of the line at y.
func (s *sheet) put(x, y float64, st style, text string) {
	text, _ = Clean(text)
	s.use(st.fit(text))
	s.f.Text(x, y+st.size*0.3528*1.02, text)
}

// putRight sets one line that ends at x.
func (s *sheet) putRight(x, y float64, st style, text string) {
	s.put(x-s.width(st, text), y, st, text)
}

func (s *sheet) width(st style, text string) float64 {
	text, _ = Clean(text)
	s.use(st.fit(text))
	return s.f.GetStringWidth(text)
}

// wrap breaks text into lines of at most w mm; line breaks in it are kept.
func (s *sheet) wrap(st style, text string, w float64) []string {
	text, _ = Clean(text)
	if text == "" {
		return nil
	}
	s.use(st.fit(text))
	return s.f.SplitText(text, w)
}

// lines sets lines from (x, s.y) on, over page breaks, never leaving a single
// line behind.
func (s *sheet) lines(x float64, st style, text []string) {
	for i, l := range text {
		switch {
		case i == 0 && len(text) > 1:
			s.need(2 * st.lead())
		case i == len(text)-2:
			s.need(2 * st.lead())
		default:
			s.need(st.lead())
		}
		s.put(x, s.y, st, l)
		s.y += st.lead()
	}
}

// paragraph sets text over the full measure.
func (s *sheet) paragraph(st style, text string) {
	s.lines(left, st, s.wrap(st, text, measure))
	s.y += 1.2
}

// labelled sets a paragraph whose first words stand out, in a column beside
// their label.
func (s *sheet) labelled(name, text string, indent float64) {
	ls := s.wrap(body, text, measure-indent)
	if len(ls) == 0 {
		return
	}
	s.need(min(2, float64(len(ls))) * body.lead())
	s.put(left, s.y, strong, name)
	s.lines(left+indent, body, ls)
	s.y += 0.9
}

// title sets the name of the document, and beside it what it is about.
func (s *sheet) title(text, beside string) {
	ls := s.wrap(titling, text, measure-s.width(style{size: 9}, beside)-3)
	s.need(float64(len(ls))*titling.lead() + 12)
	s.putRight(right, s.y+2.2, style{9, "", muted}, beside)
	for _, l := range ls {
		s.put(left, s.y, titling, l)
		s.y += titling.lead()
	}
	s.y += 1.2
}

// heading begins a section; it stays with at least keep mm of what follows.
func (s *sheet) heading(text string, keep float64) {
	s.space(2)
	s.need(section.lead() + keep)
	s.put(left, s.y, section, text)
	s.y += section.lead() + 0.5
}

// rule draws a hairline over the measure.
func (s *sheet) rule(c color) {
	s.stroke(c, 0.2)
	s.f.Line(left, s.y, right, s.y)
}

func (s *sheet) stroke(c color, width float64) {
	s.f.SetDrawColor(c.r, c.g, c.b)
	s.f.SetLineWidth(width)
}

// fill paints a rectangle.
func (s *sheet) fill(c color, x, y, w, h float64) {
	s.f.SetFillColor(c.r, c.g, c.b)
	s.f.Rect(x, y, w, h, "F")
}

// picture draws a PNG that flat made into a box of at most w by h mm, its
// lower left corner at (x, y).
func (s *sheet) picture(flattened []byte, name string, x, y, w, h float64) {
	info := s.f.RegisterImageOptionsReader(name, gofpdf.ImageOptions{ImageType: "png"}, bytes.NewReader(flattened))
	if info == nil {
		return
	}
	iw, ih := info.Extent()
	scale := min(w/iw, h/ih)
	s.f.ImageOptions(name, x, y-ih*scale, iw*scale, ih*scale)
}
