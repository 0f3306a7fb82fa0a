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
	"maps"
	"slices"
)

// pageBuffer is where the drawing operators of the current page go.
func (f *Fpdf) pageBuffer() *fmtBuffer {
	if f.state == 2 {
		return f.pages[f.page]
	}
	return &f.buffer
}

// out; Add a line to the document
func (f *Fpdf) out(s string) {
	b := f.pageBuffer()
	b.WriteString(s)
	b.WriteByte('\n')
}

// outf adds a formatted line to the document
func (f *Fpdf) outf(fmtStr string, args ...any) {
	b := f.pageBuffer()
	b.printf(fmtStr, args...)
	b.WriteByte('\n')
}

func (f *Fpdf) newobj() {
	f.n++
	f.offsets = append(f.offsets, f.buffer.Len())
	f.outf("%d 0 obj", f.n)
}

func (f *Fpdf) putstream(b []byte) {
	f.out("stream")
	f.buffer.Write(b)
	f.out("\nendstream")
}

// putobj writes an object that is a dictionary and, if there is one, a stream.
func (f *Fpdf) putobj(dict string, stream []byte) {
	f.newobj()
	f.buffer.WriteString("<<")
	f.buffer.WriteString(dict)
	if stream != nil {
		f.buffer.printf("/Length %d", len(stream))
	}
	f.out(">>")
	if stream != nil {
		f.putstream(stream)
	}
	f.out("endobj")
}

func (f *Fpdf) textstring(s string) string {
	return "(" + string(appendEscaped(nil, []byte(s))) + ")"
}

func (f *Fpdf) putpages() {
	nb := len(f.pages) - 1
	kids := ""
	for n := 1; n <= nb; n++ {
		f.newobj()
		kids += sprintf("%d 0 R ", f.n)
		f.out("<</Type /Page\n/Parent 1 0 R\n/Resources 2 0 R")
		if len(f.pageLinks[n]) > 0 {
			f.buffer.WriteString("/Annots [")
			for _, pl := range f.pageLinks[n] {
				f.buffer.printf("<</Type /Annot /Subtype /Link /Rect [%.2f %.2f %.2f %.2f] /Border [0 0 0] "+
					"/A <</S /URI /URI %s>>>>", pl.x, pl.y, pl.x+pl.wd, pl.y-pl.ht, f.textstring(pl.linkStr))
			}
			f.out("]")
		}
		f.outf("/Contents %d 0 R>>\nendobj", f.n+1)
		content := f.pages[n]
		if f.compress {
			compress(content.Bytes(), func(z []byte) { f.putobj("/Filter /FlateDecode ", z) })
		} else {
			f.putobj("", content.Bytes())
		}
		f.pages[n] = nil
		putBuffer(content)
	}
	f.offsets[1] = f.buffer.Len()
	f.out("1 0 obj\n<</Type /Pages")
	f.outf("/Kids [%s]\n/Count %d\n/MediaBox [0 0 %.2f %.2f]\n>>\nendobj", kids, nb, f.wPt, f.hPt)
}

func (f *Fpdf) putfonts() {
	maps.DeleteFunc(f.fonts, func(_ string, font *fontDefType) bool { return font.used == runeSet{} })
	for _, key := range slices.Sorted(maps.Keys(f.fonts)) {
		font := f.fonts[key]
		cut := font.cut(&font.used)
		font.n = f.n + 1
		f.putobj(sprintf("/Type /Font\n/Subtype /Type0\n/BaseFont /%s\n/Encoding /Identity-H\n"+
			"/DescendantFonts [%d 0 R]\n/ToUnicode %d 0 R", cut.baseFont, f.n+2, f.n+3), nil)
		f.putobj(sprintf("/Type /Font\n/Subtype /CIDFontType2\n/BaseFont /%s\n"+
			"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>>\n"+
			"/FontDescriptor %d 0 R\n/DW %d\n/W %s\n/CIDToGIDMap %d 0 R",
			cut.baseFont, f.n+3, font.Desc.MissingWidth, cut.widths, f.n+4), nil)
		f.putobj("/Filter /FlateDecode ", cut.toUnicode)
		d := font.Desc
		f.putobj(sprintf("/Type /FontDescriptor /FontName /%s\n/Ascent %d /Descent %d /CapHeight %d /Flags %d\n"+
			"/FontBBox [%d %d %d %d] /ItalicAngle %d /StemV %d /MissingWidth %d /FontFile2 %d 0 R",
			cut.baseFont, d.Ascent, d.Descent, d.CapHeight, d.Flags,
			d.FontBBox.Xmin, d.FontBBox.Ymin, d.FontBBox.Xmax, d.FontBBox.Ymax,
			d.ItalicAngle, d.StemV, d.MissingWidth, f.n+3), nil)
		f.putobj("/Filter /FlateDecode ", cut.cidToGid)
		f.putobj(sprintf("/Filter /FlateDecode /Length1 %d ", cut.fileSize), cut.file)
	}
}

func (f *Fpdf) putimages() {
	for _, key := range slices.Sorted(maps.Keys(f.images)) {
		info := f.images[key]
		f.putobj(sprintf("/Type /XObject\n/Subtype /Image\n/Width %d\n/Height %d\n/ColorSpace /%s\n"+
			"/BitsPerComponent %d\n/Filter /FlateDecode\n/DecodeParms <<%s>>\n",
			int(info.w), int(info.h), info.cs, info.bpc, info.dp), info.data)
		info.n = f.n
	}
}

func (f *Fpdf) putresources() {
	f.putfonts()
	f.putimages()
	f.offsets[2] = f.buffer.Len()
	f.out("2 0 obj\n<<\n/ProcSet [/PDF /Text /ImageB /ImageC]\n/Font <<")
	for _, key := range slices.Sorted(maps.Keys(f.fonts)) {
		f.outf("/F%s %d 0 R", key, f.fonts[key].n)
	}
	f.out(">>\n/XObject <<")
	for _, key := range slices.Sorted(maps.Keys(f.images)) {
		f.outf("/I%s %d 0 R", f.images[key].i, f.images[key].n)
	}
	f.out(">>\n>>\nendobj")
}

func (f *Fpdf) putinfo() {
	for _, entry := range []struct{ name, value string }{
		{"Producer", f.producer}, {"Title", f.title}, {"Subject", f.subject},
		{"Author", f.author}, {"Keywords", f.keywords}, {"Creator", f.creator},
	} {
		if entry.value != "" {
			f.outf("/%s %s", entry.name, f.textstring(entry.value))
		}
	}
	const stamp = "D:20060102150405Z"
	if !f.creationDate.IsZero() {
		f.outf("/CreationDate (%s)", f.creationDate.UTC().Format(stamp))
	}
	if !f.modDate.IsZero() {
		f.outf("/ModDate (%s)", f.modDate.UTC().Format(stamp))
	}
}

func (f *Fpdf) enddoc() {
	f.outf("%%PDF-1.4\n%%\xE2\xE3\xCF\xD3") // the bytes mark a binary file
	f.putpages()
	f.putresources()
	f.newobj()
	f.out("<<")
	f.putinfo()
	f.out(">>\nendobj")
	f.newobj()
	f.out("<<\n/Type /Catalog\n/Pages 1 0 R\n/Lang (en-US)\n/ViewerPreferences <</DisplayDocTitle true>>\n>>\nendobj")
	o := f.buffer.Len()
	f.outf("xref\n0 %d\n0000000000 65535 f ", f.n+1)
	for _, offset := range f.offsets[1:] {
		f.outf("%010d 00000 n ", offset)
	}
	f.outf("trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n>>\nstartxref\n%d\n%%%%EOF", f.n+1, f.n, f.n-1, o)
	f.state = 3
}
