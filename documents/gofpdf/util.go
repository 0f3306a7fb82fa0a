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
	"compress/zlib"
	"fmt"
	"io"
	"sync"
	"unicode/utf8"
)

func sprintf(fmtStr string, args ...any) string {
	return fmt.Sprintf(fmtStr, args...)
}

// A zlib writer holds about a megabyte of tables and a page a few kilobytes of
// text; both are taken from pools shared by all documents.
type deflater struct {
	w   *zlib.Writer
	out bytes.Buffer
}

var (
	deflaters = sync.Pool{New: func() any {
		d := new(deflater)
		d.w, _ = zlib.NewWriterLevel(&d.out, zlib.BestSpeed) // the level is valid
		return d
	}}
	buffers = sync.Pool{New: func() any { return new(fmtBuffer) }}
)

// compress hands the zlib form of data to use; it must not be kept.
func compress(data []byte, use func([]byte)) {
	d := deflaters.Get().(*deflater)
	d.out.Reset()
	d.w.Reset(&d.out)
	d.w.Write(data)
	d.w.Close()
	use(d.out.Bytes())
	deflaters.Put(d)
}

// sliceCompress returns a zlib-compressed copy of the specified byte array
func sliceCompress(data []byte) (out []byte) {
	compress(data, func(z []byte) { out = bytes.Clone(z) })
	return out
}

func takeBuffer() *fmtBuffer {
	b := buffers.Get().(*fmtBuffer)
	b.Reset()
	return b
}

// putBuffer gives a buffer back; an unusually big one is left to the collector.
func putBuffer(b *fmtBuffer) {
	if b != nil && b.Cap() <= 1<<20 {
		buffers.Put(b)
	}
}

// decodeRune is utf8.DecodeRuneInString with what PDF text cannot hold in one
// code, invalid bytes and runes above U+FFFF, read as U+FFFD.
func decodeRune(s string) (rune, int) {
	c, size := utf8.DecodeRuneInString(s)
	if c > 0xFFFF {
		c = utf8.RuneError
	}
	return c, size
}

// appendUTF16 appends s as UTF-16BE, one code for each rune.
func appendUTF16(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		c, size := decodeRune(s[i:])
		dst = append(dst, byte(c>>8), byte(c))
		i += size
	}
	return dst
}

// appendEscaped appends b with the special characters of a PDF string escaped.
func appendEscaped(dst, b []byte) []byte {
	for _, c := range b {
		switch c {
		case '\\', '(', ')':
			dst = append(dst, '\\', c)
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// bufferFromReader returns a new buffer populated with the contents of the specified Reader
func bufferFromReader(r io.Reader) (b *bytes.Buffer, err error) {
	b = new(bytes.Buffer)
	_, err = b.ReadFrom(r)
	return
}
