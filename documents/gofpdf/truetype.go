package gofpdf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"
)

// Font is a TrueType font, parsed once. It does not change afterwards (but for
// the memory of its recent subsets, which is guarded), so any number of
// documents may use it at the same time. It keeps a reference to the bytes it
// was parsed from; they must not be changed.
type Font struct {
	Desc FontDescType

	name     string // PostScript name
	tables   map[string][]byte
	widths   []uint16 // advance by glyph, in 1/1000 em
	glyphs   []uint16 // glyph by rune, 0 where the font has none
	loca     []uint32 // glyph positions within glyf, one more than glyphs
	nMetrics int      // glyphs with an advance of their own in hmtx

	mu   sync.Mutex
	cuts map[string]*fontCut
}

// Has tells whether the font can draw a rune.
func (t *Font) Has(c rune) bool {
	return c >= 0 && c <= 0xFFFF && t.glyphs[c] != 0
}

// Width returns the advance of a rune in 1/1000 em; a rune that the font lacks
// is as wide as the glyph that is drawn in its place.
func (t *Font) Width(c rune) int {
	if c < 0 || c > 0xFFFF {
		c = 0xFFFD
	}
	return int(t.widths[t.glyphs[c]])
}

// ParseFont reads a TrueType font with a Unicode cmap (format 4). A damaged
// font is an error, never a panic.
func ParseFont(data []byte) (t *Font, err error) {
	defer func() {
		if r := recover(); r != nil { // an offset that points outside the file
			t, err = nil, fmt.Errorf("damaged TrueType font: %v", r)
		}
	}()
	data = data[:len(data):len(data)]
	t = &Font{tables: make(map[string][]byte), cuts: make(map[string]*fontCut)}
	if v := be32(data, 0); v != 0x00010000 && v != 0x74727565 {
		return nil, errors.New("not a TrueType font")
	}
	for i := range be16(data, 4) {
		rec := data[12+16*i:]
		pos, size := be32(rec, 8), be32(rec, 12)
		t.tables[string(rec[:4])] = data[pos : pos+size : pos+size]
	}
	for _, need := range []string{"head", "hhea", "hmtx", "maxp", "cmap", "loca", "glyf", "post"} {
		if t.tables[need] == nil {
			return nil, fmt.Errorf("TrueType font without table %s", need)
		}
	}
	scale := 1000 / float64(be16(t.tables["head"], 18))
	t.parseMetrics(scale)
	t.parseDescriptor(scale)
	t.parseName()
	return t, t.parseCmap()
}

// parseMetrics reads the advance and the position of every glyph.
func (t *Font) parseMetrics(scale float64) {
	n := be16(t.tables["maxp"], 4)
	t.nMetrics = be16(t.tables["hhea"], 34)
	t.widths = make([]uint16, n)
	hmtx := t.tables["hmtx"]
	for g := range t.widths {
		t.widths[g] = uint16(math.Round(scale * float64(be16(hmtx, 4*min(g, t.nMetrics-1)))))
	}
	t.loca = make([]uint32, n+1)
	loca, long := t.tables["loca"], be16(t.tables["head"], 50) == 1
	for g := range t.loca {
		if long {
			t.loca[g] = uint32(be32(loca, 4*g))
		} else {
			t.loca[g] = uint32(2 * be16(loca, 2*g))
		}
	}
}

// parseDescriptor fills what the PDF font descriptor says.
func (t *Font) parseDescriptor(scale float64) {
	signed := func(table string, off int) int {
		return int(scale * float64(int16(be16(t.tables[table], off))))
	}
	t.Desc = FontDescType{
		Ascent:       signed("hhea", 4),
		Descent:      signed("hhea", 6),
		FontBBox:     fontBoxType{signed("head", 36), signed("head", 38), signed("head", 40), signed("head", 42)},
		ItalicAngle:  int(int16(be16(t.tables["post"], 4))),
		Flags:        4,
		MissingWidth: int(t.widths[0]),
	}
	t.Desc.CapHeight = t.Desc.Ascent
	weight := 500
	if os2 := t.tables["OS/2"]; os2 != nil {
		weight = be16(os2, 4)
		if be16(os2, 0) > 1 {
			t.Desc.CapHeight = signed("OS/2", 88)
		}
	}
	t.Desc.StemV = 50 + int(math.Pow(float64(weight)/65, 2))
	if t.Desc.ItalicAngle != 0 {
		t.Desc.Flags |= 1 << 6
	}
	if weight >= 600 {
		t.Desc.Flags |= 1 << 18
	}
}

// parseName finds the PostScript name and keeps what a PDF name may hold.
func (t *Font) parseName() {
	t.name = "Font"
	name := t.tables["name"]
	if name == nil {
		return
	}
	for i := range be16(name, 2) {
		rec := name[6+12*i:]
		if be16(rec, 0) != 1 || be16(rec, 6) != 6 { // Macintosh platform: single bytes
			continue
		}
		start := be16(name, 4) + be16(rec, 10)
		var ps []byte
		for _, c := range name[start : start+be16(rec, 8)] {
			if c == '-' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
				ps = append(ps, c)
			}
		}
		if len(ps) > 0 {
			t.name = string(ps)
		}
		return
	}
}

// parseCmap fills the table from rune to glyph.
func (t *Font) parseCmap() error {
	cmap := t.tables["cmap"]
	t.glyphs = make([]uint16, 1<<16)
	for i := range be16(cmap, 2) {
		rec := cmap[4+8*i:]
		platform, encoding := be16(rec, 0), be16(rec, 2)
		sub := cmap[be32(rec, 4):]
		if (platform == 3 && encoding == 1 || platform == 0) && be16(sub, 0) == 4 {
			t.parseSegments(sub)
			return nil
		}
	}
	return errors.New("TrueType font without a Unicode cmap")
}

func (t *Font) parseSegments(sub []byte) {
	size := be16(sub, 6) // twice the number of segments
	ends, starts := sub[14:], sub[16+size:]
	deltas, offsets := sub[16+2*size:], sub[16+3*size:]
	for s := 0; s < size; s += 2 {
		start, delta, off := be16(starts, s), be16(deltas, s), be16(offsets, s)
		for c := start; c <= be16(ends, s) && c < 0xFFFF; c++ {
			g := c
			if off != 0 {
				if g = be16(offsets, s+off+2*(c-start)); g == 0 {
					continue
				}
			}
			g = (g + delta) & 0xFFFF
			if g < len(t.widths) {
				t.glyphs[c] = uint16(g)
			}
		}
	}
}

func be16(b []byte, off int) int { return int(binary.BigEndian.Uint16(b[off:])) }
func be32(b []byte, off int) int { return int(binary.BigEndian.Uint32(b[off:])) }
