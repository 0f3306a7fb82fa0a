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
	"fmt"
	"math"
	"strings"
)

// AddUTF8FontFromBytes imports a TrueType font with utf-8 symbols from static
// bytes within the executable and makes it available for use in the generated
// document. The font is parsed for this document alone; programs that make
// more than one document call ParseFont once and AddUTF8Font for each.
//
// family specifies the font family. The name can be chosen arbitrarily. This
// string is used to subsequently set the font with the SetFont method.
//
// style specifies the font style. Acceptable values are (case insensitive) the
// empty string for regular style, "B" for bold, "I" for italic, or "BI" or
// "IB" for bold and italic combined.
func (f *Fpdf) AddUTF8FontFromBytes(familyStr, styleStr string, utf8Bytes []byte) {
	if f.err != nil {
		return
	}
	font, err := ParseFont(utf8Bytes)
	if err != nil {
		f.err = err
		return
	}
	f.AddUTF8Font(familyStr, styleStr, font)
}

// AddUTF8Font makes a parsed font available in this document.
func (f *Fpdf) AddUTF8Font(familyStr, styleStr string, font *Font) {
	key := getFontKey(familyStr, styleStr)
	if _, ok := f.fonts[key]; f.err != nil || ok {
		return
	}
	f.fonts[key] = &fontDefType{Font: font, key: key}
}

func getFontKey(familyStr, styleStr string) string {
	styleStr = strings.ToUpper(styleStr)
	if styleStr == "IB" {
		styleStr = "BI"
	}
	return strings.ToLower(strings.ReplaceAll(familyStr, " ", "")) + styleStr
}

// SetFont sets the font used to print character strings. It is mandatory to
// call this method at least once before printing text.
//
// The font can be specified before the first page is created. It is kept from
// page to page.
//
// size is the font size measured in points. If it is zero, the current size is
// kept.
func (f *Fpdf) SetFont(familyStr, styleStr string, size float64) {
	if f.err != nil {
		return
	}
	if familyStr == "" {
		familyStr = f.fontFamily
	}
	font, ok := f.fonts[getFontKey(familyStr, styleStr)]
	if !ok {
		f.err = fmt.Errorf("undefined font: %s %s", familyStr, styleStr)
		return
	}
	f.fontFamily, f.fontStyle, f.currentFont = familyStr, styleStr, font
	if size == 0 {
		size = f.fontSizePt
	}
	f.SetFontSize(size)
}

// SetFontSize defines the size of the current font. Size is specified in
// points (1/ 72 inch).
func (f *Fpdf) SetFontSize(size float64) {
	f.fontSizePt = size
	f.fontSize = size / f.k
	if f.page > 0 && f.currentFont != nil {
		f.outf("BT /F%s %.2f Tf ET", f.currentFont.key, f.fontSizePt)
	}
}

// GetFontSize returns the size of the current font in points followed by the
// size in the unit of measure specified in New().
func (f *Fpdf) GetFontSize() (ptSize, unitSize float64) {
	return f.fontSizePt, f.fontSize
}

// GetStringWidth returns the length of a string in user units. A font must be
// currently selected.
func (f *Fpdf) GetStringWidth(s string) float64 {
	if f.err != nil || f.currentFont == nil {
		return 0
	}
	w := 0
	for _, c := range s {
		w += f.currentFont.Width(c)
	}
	return float64(w) * f.fontSize / 1000
}

// SplitText splits UTF-8 encoded text into several lines using the current
// font. Each line has its length limited to a maximum width given by w. This
// function can be used to determine the total height of wrapped text for
// vertical placement purposes.
func (f *Fpdf) SplitText(txt string, w float64) (lines []string) {
	if f.err != nil || f.currentFont == nil {
		return nil
	}
	wmax := int(math.Ceil((w - 2*f.cMargin) * 1000 / f.fontSize))
	txt = strings.TrimRight(txt, "\n")
	start, sep, l := 0, -1, 0 // byte offsets of the line's start and last space
	for i := 0; i < len(txt); {
		c, size := decodeRune(txt[i:])
		if c == '\n' {
			lines = append(lines, txt[start:i])
			i++
			start, sep, l = i, -1, 0
			continue
		}
		if c == ' ' || c == '\t' {
			sep = i
		}
		l += f.currentFont.Width(c)
		switch {
		case l <= wmax || sep == i: // a space may hang over the edge
			i += size
		case sep >= 0:
			lines = append(lines, txt[start:sep])
			i = sep + 1
			start, sep, l = i, -1, 0
		case i == start: // not even one rune fits
			i += size
			lines = append(lines, txt[start:i])
			start, l = i, 0
		default: // a word longer than the line
			lines = append(lines, txt[start:i])
			start, l = i, 0
		}
	}
	if start < len(txt) {
		lines = append(lines, txt[start:])
	}
	return lines
}

// Text prints a character string. The origin (x, y) is on the left of the
// first character at the baseline. This method permits a string to be placed
// precisely on the page.
func (f *Fpdf) Text(x, y float64, txtStr string) {
	if f.err != nil || txtStr == "" {
		return
	}
	if f.currentFont == nil {
		f.err = fmt.Errorf("font has not been set; unable to render text")
		return
	}
	b := f.pageBuffer()
	if f.colorFlag {
		b.printf("q %s ", f.color.text.str)
	}
	b.printf("BT %.2f %.2f Td (", x*f.k, (f.h-y)*f.k)
	f.currentFont.used.addString(txtStr)
	b.Write(appendEscaped(b.AvailableBuffer(), appendUTF16(nil, txtStr)))
	b.WriteString(") Tj ET")
	if f.colorFlag {
		b.WriteString(" Q")
	}
	b.WriteByte('\n')
}

// LinkString puts a link on a rectangular area of the page. Text or image
// links are generally put via Cell(), Write() or Image(), but this method can
// be useful for instance to define a clickable area inside an image. linkStr
// is the target URL.
func (f *Fpdf) LinkString(x, y, w, h float64, linkStr string) {
	f.pageLinks[f.page] = append(f.pageLinks[f.page],
		linkType{x: x * f.k, y: f.hPt - y*f.k, wd: w * f.k, ht: h * f.k, linkStr: linkStr})
}
