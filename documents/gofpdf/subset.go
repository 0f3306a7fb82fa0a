package gofpdf

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"math/bits"
	"slices"
)

// runeSet is the set of runes that a document draws in one font.
type runeSet struct {
	pages [256]*[4]uint64
}

func (s *runeSet) add(c rune) {
	p := s.pages[c>>8]
	if p == nil {
		p = new([4]uint64)
		s.pages[c>>8] = p
	}
	p[c>>6&3] |= 1 << (c & 63)
}

func (s *runeSet) addString(str string) {
	for i := 0; i < len(str); {
		c, size := decodeRune(str[i:])
		s.add(c)
		i += size
	}
}

// sorted returns the runes in ascending order.
func (s *runeSet) sorted() (runes []rune) {
	for hi, p := range s.pages {
		if p == nil {
			continue
		}
		for w, word := range p {
			for ; word != 0; word &= word - 1 {
				runes = append(runes, rune(hi<<8|w<<6|bits.TrailingZeros64(word)))
			}
		}
	}
	return runes
}

// fontCut is everything that a document writes about a subset of a font. It
// depends on the font and the runes alone and is never changed.
type fontCut struct {
	baseFont  string // subset tag and PostScript name
	file      []byte // the TrueType subset, deflated
	fileSize  int    // its size before
	cidToGid  []byte // glyph by code, deflated
	toUnicode []byte // CMap, deflated
	widths    string // the W array
}

// maxCuts bounds the subsets that a font remembers (about 30 KB each).
const maxCuts = 64

// cut returns the subset for a set of runes. All of printable ASCII is always
// in it, so that most documents in one language share one subset.
func (t *Font) cut(used *runeSet) *fontCut {
	for c := rune(' '); c <= '~'; c++ {
		used.add(c)
	}
	runes := used.sorted()
	key := string(runes)
	t.mu.Lock()
	c := t.cuts[key]
	t.mu.Unlock()
	if c != nil {
		return c
	}
	c = t.makeCut(runes)
	t.mu.Lock()
	if len(t.cuts) >= maxCuts {
		clear(t.cuts)
	}
	t.cuts[key] = c
	t.mu.Unlock()
	return c
}

func (t *Font) makeCut(runes []rune) *fontCut {
	old := t.closure(runes)
	number := make(map[uint16]uint16, len(old)) // new glyph number by old
	for i, g := range old {
		number[g] = uint16(i)
	}
	file := t.assemble(old, number)
	gids := make([]byte, 2*(runes[len(runes)-1]+1))
	for _, c := range runes {
		binary.BigEndian.PutUint16(gids[2*c:], number[t.glyphs[c]])
	}
	sum := sha256.Sum256([]byte(string(runes)))
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return &fontCut{
		baseFont:  string(tag) + "+" + t.name,
		file:      sliceCompress(file),
		fileSize:  len(file),
		cidToGid:  sliceCompress(gids),
		toUnicode: sliceCompress(toUnicodeCMap(runes)),
		widths:    t.widthArray(runes),
	}
}

// Flags of the parts of a composite glyph.
const (
	partWords     = 1 << 0
	partScale     = 1 << 3
	partContinues = 1 << 5
	partScaleXY   = 1 << 6
	partScale2x2  = 1 << 7
)

// parts calls f with the place of each glyph number inside a composite glyph.
func parts(glyph []byte, f func(at int)) {
	if len(glyph) < 10 || int16(be16(glyph, 0)) >= 0 {
		return
	}
	for pos, flags := 10, partContinues; flags&partContinues != 0; {
		flags = be16(glyph, pos)
		f(pos + 2)
		pos += 6
		if flags&partWords != 0 {
			pos += 2
		}
		switch {
		case flags&partScale != 0:
			pos += 2
		case flags&partScaleXY != 0:
			pos += 4
		case flags&partScale2x2 != 0:
			pos += 8
		}
	}
}

func (t *Font) glyph(g uint16) []byte {
	return t.tables["glyf"][t.loca[g]:t.loca[g+1]]
}

// closure returns the glyphs of the runes and of the parts of composite
// glyphs, in ascending order; the first is the glyph for what is missing.
func (t *Font) closure(runes []rune) []uint16 {
	need := map[uint16]bool{0: true}
	var add func(g uint16)
	add = func(g uint16) {
		if !need[g] {
			need[g] = true
			glyph := t.glyph(g)
			parts(glyph, func(at int) { add(uint16(be16(glyph, at))) })
		}
	}
	for _, c := range runes {
		add(t.glyphs[c])
	}
	return slices.Sorted(maps.Keys(need))
}

// assemble writes a TrueType file with the tables that the specification asks
// of an embedded CIDFontType2 (ISO 32000-1, 9.9).
func (t *Font) assemble(old []uint16, number map[uint16]uint16) []byte {
	out := map[string][]byte{}
	for _, keep := range []string{"cvt ", "fpgm", "prep"} {
		if t.tables[keep] != nil {
			out[keep] = t.tables[keep]
		}
	}
	var glyf, loca, hmtx []byte
	for _, g := range old {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		start := len(glyf)
		glyf = append(glyf, t.glyph(g)...)
		added := glyf[start:]
		parts(added, func(at int) {
			binary.BigEndian.PutUint16(added[at:], number[uint16(be16(added, at))])
		})
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = t.appendMetric(hmtx, int(g))
	}
	out["glyf"], out["hmtx"] = glyf, hmtx
	out["loca"] = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	patched := func(table string, off, value int) {
		out[table] = append([]byte(nil), t.tables[table]...)
		binary.BigEndian.PutUint16(out[table][off:], uint16(value))
	}
	patched("head", 50, 1) // long loca
	patched("hhea", 34, len(old))
	patched("maxp", 4, len(old))
	binary.BigEndian.PutUint32(out["head"][8:], 0)
	return joinTables(out)
}

func (t *Font) appendMetric(dst []byte, g int) []byte {
	hmtx := t.tables["hmtx"]
	if g < t.nMetrics {
		return append(dst, hmtx[4*g:4*g+4]...)
	}
	last, bearing := 4*(t.nMetrics-1), 4*t.nMetrics+2*(g-t.nMetrics)
	return append(append(dst, hmtx[last:last+2]...), hmtx[bearing:bearing+2]...)
}

// joinTables writes directory, tables and checksums of a TrueType file.
func joinTables(tables map[string][]byte) []byte {
	names := slices.Sorted(maps.Keys(tables))
	n := len(names)
	log := bits.Len(uint(n)) - 1
	be := binary.BigEndian
	file := be.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, 16 << log, log, 16*n - 16<<log} {
		file = be.AppendUint16(file, uint16(v))
	}
	pos, head := 12+16*n, 0
	var body []byte
	for _, name := range names {
		data := tables[name]
		if name == "head" {
			head = pos
		}
		file = append(file, name...)
		file = be.AppendUint32(file, checksum(data))
		file = be.AppendUint32(file, uint32(pos))
		file = be.AppendUint32(file, uint32(len(data)))
		body = append(body, data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
		pos = 12 + 16*n + len(body)
	}
	file = append(file, body...)
	be.PutUint32(file[head+8:], 0xB1B0AFBA-checksum(file))
	return file
}

func checksum(b []byte) (sum uint32) {
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	var tail [4]byte
	copy(tail[:], b)
	return sum + binary.BigEndian.Uint32(tail[:])
}

// widthArray lists the widths of the runes in runs of neighbours.
func (t *Font) widthArray(runes []rune) string {
	var w fmtBuffer
	w.WriteString("[")
	for i, c := range runes {
		if i == 0 || runes[i-1] != c-1 {
			if i > 0 {
				w.WriteString("]")
			}
			w.printf(" %d [", c)
		} else {
			w.WriteString(" ")
		}
		w.printf("%d", t.Width(c))
	}
	w.WriteString("]]")
	return w.String()
}

// toUnicodeCMap says that each code is its own Unicode value. A range stays
// within one high byte and a block within 100 ranges, as the format asks.
func toUnicodeCMap(runes []rune) []byte {
	type span struct{ from, to rune }
	var spans []span
	for _, c := range runes {
		if n := len(spans); n > 0 && spans[n-1].to == c-1 && c&0xFF != 0 {
			spans[n-1].to = c
		} else {
			spans = append(spans, span{c, c})
		}
	}
	var b fmtBuffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for block := range slices.Chunk(spans, 100) {
		b.printf("%d beginbfrange\n", len(block))
		for _, s := range block {
			b.printf("<%04X> <%04X> <%04X>\n", s.from, s.to, s.from)
		}
		b.WriteString("endbfrange\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}
