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

import (
	"bytes"
	"fmt"
	"time"
)

// SizeType fields Wd and Ht specify the horizontal and vertical extents of a
// document element such as a page.
type SizeType struct {
	Wd, Ht float64
}

type colorType struct {
	str string
}

// ImageInfoType contains size, color and other information about an image.
type ImageInfoType struct {
	data []byte  // zlib stream of predicted scan lines, as in the PNG
	n    int     // image object number
	w, h float64 // extent in pixels
	cs   string  // color space
	bpc  int     // bits per component
	dp   string  // DecodeParms
	i    string  // checksum, the name within the document
}

// Extent returns the width and height of the image in pixels.
func (info *ImageInfoType) Extent() (wd, ht float64) {
	return info.w, info.h
}

type linkType struct {
	x, y, wd, ht float64
	linkStr      string
}

// fmtBuffer is a buffer that formats straight into itself.
type fmtBuffer struct {
	bytes.Buffer
}

func (b *fmtBuffer) printf(fmtStr string, args ...any) {
	fmt.Fprintf(&b.Buffer, fmtStr, args...)
}

// Fpdf is the principal structure for creating a single PDF document. It is
// not safe for concurrent use; several documents may be made side by side, and
// may share a Font.
type Fpdf struct {
	page         int                       // current page number
	n            int                       // current object number
	offsets      []int                     // array of object offsets
	buffer       fmtBuffer                 // buffer holding in-memory PDF
	pages        []*fmtBuffer              // slice[page] of page content; 1-based
	state        int                       // current document state
	compress     bool                      // compression flag
	k            float64                   // scale factor (number of points in user unit)
	wPt, hPt     float64                   // dimensions of a page in points
	w, h         float64                   // dimensions of a page in user unit
	lMargin      float64                   // left margin
	tMargin      float64                   // top margin
	rMargin      float64                   // right margin
	cMargin      float64                   // cell margin
	x, y         float64                   // current position in user unit
	lineWidth    float64                   // line width in user unit
	fonts        map[string]*fontDefType   // fonts of this document
	fontFamily   string                    // current font family
	fontStyle    string                    // current font style
	currentFont  *fontDefType              // current font
	fontSizePt   float64                   // current font size in points
	fontSize     float64                   // current font size in user unit
	images       map[string]*ImageInfoType // array of used images
	pageLinks    [][]linkType              // pageLinks[page][link], both 1-based
	footerFnc    func()                    // function provided by app and called to write footer
	producer     string                    // producer
	title        string                    // title
	subject      string                    // subject
	author       string                    // author
	keywords     string                    // keywords
	creator      string                    // creator
	creationDate time.Time                 // document CreationDate; none when zero
	modDate      time.Time                 // document ModDate; none when zero
	capStyle     int                       // line cap style: butt 0, round 1, square 2
	joinStyle    int                       // line segment join style: miter 0, round 1, bevel 2
	dashArray    []float64                 // dash array
	dashPhase    float64                   // dash phase
	err          error                     // Set if error occurs during life cycle of instance
	catalogSort  bool                      // kept for the API: catalogs are always sorted
	colorFlag    bool                      // indicates whether fill and text colors are different
	color        struct {
		draw, fill, text colorType // composite values of colors
	}
}

type fontBoxType struct {
	Xmin, Ymin, Xmax, Ymax int
}

// FontDescType (font descriptor) specifies metrics and other attributes of a
// font, as distinct from the metrics of individual glyphs (as defined in the
// pdf specification).
type FontDescType struct {
	Ascent       int         // maximum height above the baseline
	Descent      int         // maximum depth below the baseline, negative
	CapHeight    int         // top of flat capital letters
	Flags        int         // characteristics, as in the specification
	FontBBox     fontBoxType // box that encloses all glyphs
	ItalicAngle  int         // degrees counterclockwise from the vertical
	StemV        int         // thickness of the dominant vertical stems
	MissingWidth int         // width of codes without a glyph
}

// fontDefType is a font as one document uses it.
type fontDefType struct {
	*Font
	key  string  // family and style, the name within the document
	n    int     // object number, set by putfonts
	used runeSet // runes that the document draws
}
