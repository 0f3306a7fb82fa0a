/*
 * Copyright (c) 2013-2014 Kurt Jung (Gmail: kurt.w.jung)
 *
 * Permission to use, copy, modify, and distribute this software for any
 * purpose with or without fee is hereby granted, provided that the above
 * copyright notice and this permission notice appear in all copies.
 *
 * THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
 * WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 * ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
 * WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
 * ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
 * OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
 */

package gofpdf

// Version: FPDF 1.7
// Date:    2011-06-18
// Author:  Olivier PLATHEY
// Port to Go: Kurt Jung, 2013-07-15

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// New returns a pointer to a new Fpdf instance. Its methods are subsequently
// called to produce a single PDF document.
//
// orientationStr specifies the default page orientation: "P" or "Portrait"
// (also the empty string), "L" or "Landscape".
//
// unitStr specifies the unit of length used in size parameters for elements
// other than fonts, which are always measured in points: "pt", "mm", "cm" or
// "in". An empty string will be replaced with "mm".
//
// sizeStr specifies the page size: "A4", "Letter" or "Legal". An empty string
// will be replaced with "A4".
//
// fontDirStr is ignored: fonts come from memory.
func New(orientationStr, unitStr, sizeStr, fontDirStr string) (f *Fpdf) {
	f = &Fpdf{
		n:       2,
		pages:   []*fmtBuffer{nil}, // pages[0] is unused (1-based)
		fonts:   make(map[string]*fontDefType),
		images:  make(map[string]*ImageInfoType),
		offsets: make([]int, 3, 64),
	}
	f.pageLinks = append(f.pageLinks, nil) // pageLinks[0] is unused (1-based)
	switch unitStr {
	case "pt", "point":
		f.k = 1.0
	case "", "mm":
		f.k = 72.0 / 25.4
	case "cm":
		f.k = 72.0 / 2.54
	case "in", "inch":
		f.k = 72.0
	default:
		f.k = 1.0
		f.err = fmt.Errorf("incorrect unit %s", unitStr)
	}
	switch strings.ToLower(sizeStr) {
	case "", "a4":
		f.wPt, f.hPt = 595.28, 841.89
	case "letter":
		f.wPt, f.hPt = 612, 792
	case "legal":
		f.wPt, f.hPt = 612, 1008
	default:
		f.SetError(fmt.Errorf("unknown page size %s", sizeStr))
	}
	switch strings.ToLower(orientationStr) {
	case "", "p", "portrait":
	case "l", "landscape":
		f.wPt, f.hPt = f.hPt, f.wPt
	default:
		f.SetError(fmt.Errorf("incorrect orientation: %s", orientationStr))
	}
	f.w, f.h = f.wPt/f.k, f.hPt/f.k
	f.SetFontSize(12)
	f.SetDrawColor(0, 0, 0)
	f.SetFillColor(0, 0, 0)
	f.SetTextColor(0, 0, 0)
	margin := 28.35 / f.k // 1 cm
	f.SetMargins(margin, margin, margin)
	f.cMargin = margin / 10   // interior cell margin (1 mm)
	f.lineWidth = 0.567 / f.k // 0.2 mm
	f.SetCompression(true)
	f.SetProducer("gofpdf, patched", true)
	return
}

// Err returns true if a processing error has occurred.
func (f *Fpdf) Err() bool {
	return f.err != nil
}

// SetError sets an error to halt PDF generation. This may facilitate error
// handling by application. See also Err() and Error().
func (f *Fpdf) SetError(err error) {
	if f.err == nil && err != nil {
		f.err = err
	}
}

// Error returns the internal Fpdf error; this will be nil if no error has occurred.
func (f *Fpdf) Error() error {
	return f.err
}

// GetPageSize returns the current page's width and height. This is the paper's
// size. To compute the size of the area being used, subtract the margins (see
// GetMargins()).
func (f *Fpdf) GetPageSize() (width, height float64) {
	return f.w, f.h
}

// SetMargins defines the left, top and right margins. By default, they equal 1
// cm. Call this method to change them. If the value of the right margin is
// less than zero, it is set to the same as the left margin.
func (f *Fpdf) SetMargins(left, top, right float64) {
	f.lMargin = left
	f.tMargin = top
	if right < 0 {
		right = left
	}
	f.rMargin = right
}

// SetCellMargin sets the cell margin. This is the amount of space before and
// after the text within a cell that's left blank, and is in units passed to
// New(). It defaults to 1mm.
func (f *Fpdf) SetCellMargin(margin float64) {
	f.cMargin = margin
}

// SetPage sets the current page to that of a valid page in the PDF document.
// pageNum is one-based. Colors, line style and font stay what they are.
func (f *Fpdf) SetPage(pageNum int) {
	if f.err != nil || f.state != 2 || pageNum < 1 || pageNum >= len(f.pages) {
		return
	}
	f.page = pageNum
	f.restoreState()
}

// PageCount returns the number of pages currently in the document. Since page
// numbers in gofpdf are one-based, the page count is the same as the page
// number of the current last page.
func (f *Fpdf) PageCount() int {
	return len(f.pages) - 1
}

// SetFooterFunc sets the function that lets the application render the page
// footer. The specified function is automatically called by AddPage() and
// Close() and should not be called directly by the application.
func (f *Fpdf) SetFooterFunc(fnc func()) {
	f.footerFnc = fnc
}

// SetCompression activates or deactivates page compression with zlib.
// Compression is on by default.
func (f *Fpdf) SetCompression(compress bool) {
	f.compress = compress
}

func docString(s string, isUTF8 bool) string {
	if isUTF8 {
		return string(appendUTF16([]byte{0xFE, 0xFF}, s))
	}
	return s
}

// SetProducer defines the producer of the document. isUTF8 indicates if the string
// is encoded in ISO-8859-1 (false) or UTF-8 (true).
func (f *Fpdf) SetProducer(producerStr string, isUTF8 bool) {
	f.producer = docString(producerStr, isUTF8)
}

// SetTitle defines the title of the document. isUTF8 indicates if the string
// is encoded in ISO-8859-1 (false) or UTF-8 (true).
func (f *Fpdf) SetTitle(titleStr string, isUTF8 bool) {
	f.title = docString(titleStr, isUTF8)
}

// SetSubject defines the subject of the document. isUTF8 indicates if the
// string is encoded in ISO-8859-1 (false) or UTF-8 (true).
func (f *Fpdf) SetSubject(subjectStr string, isUTF8 bool) {
	f.subject = docString(subjectStr, isUTF8)
}

// SetAuthor defines the author of the document. isUTF8 indicates if the string
// is encoded in ISO-8859-1 (false) or UTF-8 (true).
func (f *Fpdf) SetAuthor(authorStr string, isUTF8 bool) {
	f.author = docString(authorStr, isUTF8)
}

// SetKeywords defines the keywords of the document. isUTF8 indicates if the
// string is encoded in ISO-8859-1 (false) or UTF-8 (true).
func (f *Fpdf) SetKeywords(keywordsStr string, isUTF8 bool) {
	f.keywords = docString(keywordsStr, isUTF8)
}

// SetCreator defines the creator of the document. isUTF8 indicates if the
// string is encoded in ISO-8859-1 (false) or UTF-8 (true).
func (f *Fpdf) SetCreator(creatorStr string, isUTF8 bool) {
	f.creator = docString(creatorStr, isUTF8)
}

// SetCatalogSort is kept for the API: the document's internal resource
// catalogs are always written in a fixed order.
func (f *Fpdf) SetCatalogSort(flag bool) {
	f.catalogSort = flag
}

// SetCreationDate fixes the document's internal CreationDate value. Without
// it, or with a zero time, the document has none.
func (f *Fpdf) SetCreationDate(tm time.Time) {
	f.creationDate = tm
}

// SetModificationDate fixes the document's internal ModDate value.
// See `SetCreationDate` for more details.
func (f *Fpdf) SetModificationDate(tm time.Time) {
	f.modDate = tm
}

// Close terminates the PDF document. It is not necessary to call this method
// explicitly because Output() does it automatically. If the document contains
// no page, AddPage() is called to prevent the generation of an invalid
// document.
func (f *Fpdf) Close() {
	if f.err != nil || f.state == 3 {
		return
	}
	if f.page == 0 {
		f.AddPage()
	}
	if f.footerFnc != nil {
		f.footerFnc()
	}
	f.state = 1
	f.enddoc()
}

// AddPage adds a new page to the document. If a page is already present, the
// footer function is called first to output the footer. Then the page is
// added and the current position set to the top-left corner according to the
// left and top margins.
//
// The font which was set before calling is automatically restored. There is no
// need to call SetFont() again if you want to continue with the same font. The
// same is true for colors and line width.
//
// The origin of the coordinate system is at the top-left corner and increasing
// ordinates go downwards.
func (f *Fpdf) AddPage() {
	if f.err != nil {
		return
	}
	f.page = len(f.pages) - 1
	if f.state == 0 {
		f.state = 1
	}
	if f.page > 0 && f.footerFnc != nil {
		f.footerFnc()
	}
	f.page++
	f.pages = append(f.pages, takeBuffer())
	f.pageLinks = append(f.pageLinks, nil)
	f.state = 2
	f.x, f.y = f.lMargin, f.tMargin
	f.restoreState()
}

// restoreState writes the graphics state of the document into the page, whose
// own state is the initial one or that of another time.
func (f *Fpdf) restoreState() {
	f.outf("%d J %d j", f.capStyle, f.joinStyle)
	f.SetLineWidth(f.lineWidth)
	f.outputDashPattern()
	f.SetFontSize(f.fontSizePt)
	f.out(f.color.draw.str)
	f.out(f.color.fill.str)
}

// PageNo returns the current page number.
func (f *Fpdf) PageNo() int {
	return f.page
}

// GetX returns the abscissa of the current position.
func (f *Fpdf) GetX() float64 {
	return f.x
}

// SetX defines the abscissa of the current position. If the passed value is
// negative, it is relative to the right of the page.
func (f *Fpdf) SetX(x float64) {
	if x >= 0 {
		f.x = x
	} else {
		f.x = f.w + x
	}
}

// GetY returns the ordinate of the current position.
func (f *Fpdf) GetY() float64 {
	return f.y
}

// SetY moves the current abscissa back to the left margin and sets the
// ordinate. If the passed value is negative, it is relative to the bottom of
// the page.
func (f *Fpdf) SetY(y float64) {
	f.x = f.lMargin
	if y >= 0 {
		f.y = y
	} else {
		f.y = f.h + y
	}
}

// GetXY returns the abscissa and ordinate of the current position.
func (f *Fpdf) GetXY() (float64, float64) {
	return f.x, f.y
}

// SetXY defines the abscissa and ordinate of the current position. If the
// passed values are negative, they are relative respectively to the right and
// bottom of the page.
func (f *Fpdf) SetXY(x, y float64) {
	f.SetY(y)
	f.SetX(x)
}

// Output sends the PDF document to the writer specified by w. No output will
// take place if an error has occurred in the document generation process. w
// remains open after this function returns. After returning, f is in a closed
// state and its methods should not be called.
func (f *Fpdf) Output(w io.Writer) error {
	if f.err == nil && f.state < 3 {
		f.Close()
	}
	if f.err != nil {
		return f.err
	}
	_, f.err = f.buffer.WriteTo(w)
	return f.err
}
