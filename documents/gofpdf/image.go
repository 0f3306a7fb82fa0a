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
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ImageOptions provides a place to hang any options we want to use while
// parsing an image. ImageType is always "png".
type ImageOptions struct {
	ImageType string
}

// RegisterImageOptionsReader registers a PNG image, reading it from Reader r,
// adding it to the PDF file but not adding it to the page. Use ImageOptions()
// with the same name to add the image to the page.
//
// The PNG has 8 bits a sample, gray or RGB, without alpha and not interlaced.
func (f *Fpdf) RegisterImageOptionsReader(imgName string, options ImageOptions, r io.Reader) (info *ImageInfoType) {
	if f.err != nil {
		return nil
	}
	if info = f.images[imgName]; info != nil {
		return info
	}
	if options.ImageType != "png" {
		f.err = fmt.Errorf("unsupported image type: %s", options.ImageType)
		return nil
	}
	buf, err := bufferFromReader(r)
	if err == nil {
		info, err = parsePNG(buf.Bytes())
	}
	if err != nil {
		f.err = err
		return nil
	}
	f.images[imgName] = info
	return info
}

// ImageOptions puts a registered image in the current page. If either w or h
// is zero, it will be calculated from the other dimension so that the aspect
// ratio is maintained.
func (f *Fpdf) ImageOptions(imageNameStr string, x, y, w, h float64) {
	info := f.images[imageNameStr]
	if f.err != nil || info == nil {
		f.SetError(errors.New("image is not registered"))
		return
	}
	if w == 0 {
		w = h * info.w / info.h
	}
	if h == 0 {
		h = w * info.h / info.w
	}
	f.outf("q %.5f 0 0 %.5f %.5f %.5f cm /I%s Do Q", w*f.k, h*f.k, x*f.k, (f.h-(y+h))*f.k, info.i)
}

// parsePNG takes the compressed scan lines out of a PNG as they are: PDF knows
// the same compression and the same prediction.
func parsePNG(b []byte) (*ImageInfoType, error) {
	damaged := errors.New("damaged PNG image")
	if len(b) < 33 || !bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) || string(b[12:16]) != "IHDR" {
		return nil, damaged
	}
	w, h, head := be32(b, 16), be32(b, 20), b[24:29]
	info := &ImageInfoType{w: float64(w), h: float64(h), bpc: 8}
	colors := 1
	switch {
	case head[0] != 8 || head[2] != 0 || head[3] != 0 || head[4] != 0 || w == 0 || h == 0:
		return nil, errors.New("PNG image of a kind that is not supported")
	case head[1] == 0:
		info.cs = "DeviceGray"
	case head[1] == 2:
		info.cs, colors = "DeviceRGB", 3
	default:
		return nil, errors.New("PNG image of a kind that is not supported")
	}
	info.dp = sprintf("/Predictor 15 /Colors %d /BitsPerComponent 8 /Columns %d", colors, w)
	for b = b[33:]; len(b) >= 12; {
		n := int(binary.BigEndian.Uint32(b))
		if n > len(b)-12 {
			return nil, damaged
		}
		if string(b[4:8]) == "IDAT" {
			info.data = append(info.data, b[8:8+n]...)
		}
		b = b[12+n:]
	}
	if info.data == nil {
		return nil, damaged
	}
	info.i = sprintf("%x", sha256.Sum256(info.data))[:32]
	return info, nil
}
