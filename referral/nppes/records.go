package nppes

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"strings"
)

// The buffer begins at firstBuffer bytes and doubles for a record that does not
// fit, up to longestRecord. slack bytes behind what was read let the scanner
// load eight bytes anywhere.
const (
	firstBuffer   = 256 << 10
	longestRecord = 8 << 20
	slack         = 64
)

// What is wrong with a record.
var (
	errBareQuote = errors.New("a quote stands inside a field that has no quotes around it")
	errQuote     = errors.New("a quote inside a quoted field is not doubled")
	errUnclosed  = errors.New("a quote is opened and never closed")
	errWidth     = errors.New("the row has another number of columns than the header")
)

// errMore says that the record goes on behind what was read.
var errMore = errors.New("more")

// span is a field's place in the buffer, without its quotes.
type span struct{ from, to int32 }

// records finds the records of comma-separated values where encoding/csv finds
// them, without copying: the buffer is scanned once, eight bytes at a time, and
// a run of empty quoted fields, most of a provider file, 24 bytes at a time.
// Behind a broken record it goes on at the next line.
type records struct {
	in       io.Reader
	buf      []byte // what was read is buf[from:end]; the next record begins at from
	from     int
	end      int
	done     error // why there is nothing more to read
	read     int64
	at       int    // where the current record begins
	lines    int64  // newlines before buf[counted]
	counted  int    // counted when somebody asks, in long runs
	width    int    // columns of each record; 0 until the first is known
	fields   []span // of the current record, as many as are kept
	found    int    // how many of them are set
	dropping bool   // the rest of a broken record's line is left out
}

// newRecords keeps the places of the first keep fields of each record.
func newRecords(in io.Reader, keep int) *records {
	return &records{in: in, buf: make([]byte, firstBuffer+slack), fields: make([]span, keep)}
}

// next finds a record. At the end it returns io.EOF, or what the reader
// returned; what is wrong with a record is one of the errors above, and the
// next call goes on behind it.
func (r *records) next() error {
	for {
		r.pass()
		r.at = r.from
		after, width, err := r.from, 0, errMore
		if r.from < r.end && !r.dropping {
			after, width, err = r.scan()
			r.found = min(width, len(r.fields))
		}
		if err == errMore && r.fill() {
			continue
		}
		switch {
		case err == nil && (width == r.width || r.width == 0):
			r.from, r.width = after, width
		case err == nil:
			r.from, err = after, errWidth
		case err == errMore && (r.from == r.end || r.dropping || r.done != nil && r.done != io.EOF):
			return r.done
		case err == errMore: // one open quote does not take the rest of the file with it
			r.dropping, err = true, errUnclosed
		default:
			r.from, r.dropping = after, true
		}
		return err
	}
}

// pass leaves out what remains of a broken line, and empty lines.
func (r *records) pass() {
	if r.dropping {
		i := bytes.IndexByte(r.buf[r.from:r.end], '\n')
		if i < 0 {
			r.from = r.end
			r.dropping = r.done == nil
			return
		}
		r.from += i + 1
		r.dropping = false
	}
	for r.from < r.end {
		switch b := r.buf[r.from:r.end]; {
		case b[0] == '\n':
			r.from++
		case b[0] == '\r' && len(b) == 1 && r.done != nil:
			r.from++
		case b[0] == '\r' && len(b) > 1 && b[1] == '\n':
			r.from += 2
		default:
			return
		}
	}
}

// fill reads on behind the record that was begun, and says whether there is
// more to look at; not so at the end and when the record is too long.
func (r *records) fill() bool {
	if r.done != nil {
		return false
	}
	room := len(r.buf) - slack
	if r.end-r.from == room {
		if room >= longestRecord {
			return false
		}
		room *= 2
	}
	r.count(r.from)
	into := r.buf
	if room > len(r.buf)-slack {
		into = make([]byte, room+slack)
	}
	copy(into, r.buf[r.from:r.end])
	r.buf, r.counted, r.end, r.from = into, 0, r.end-r.from, 0
	n, err := r.in.Read(r.buf[r.end:room])
	r.end += n
	r.read += int64(n)
	r.done = err
	return true
}

func (r *records) count(to int) {
	if to > r.counted {
		r.lines += int64(bytes.Count(r.buf[r.counted:to], []byte{'\n'}))
		r.counted = to
	}
}

// line is the number of the line on which the current record begins.
func (r *records) line() int64 {
	r.count(r.at)
	return r.lines + 1
}

// raw is a kept field as it stands in the file, without the quotes around it;
// good until the next call of next.
func (r *records) raw(i int) []byte { return r.buf[r.fields[i].from:r.fields[i].to] }

// text is a kept field as it was meant: quotes single, line ends as \n.
func (r *records) text(i int) string {
	at := r.fields[i].from
	s := string(r.raw(i))
	if int(at) == r.at || r.buf[at-1] != '"' {
		return s
	}
	if strings.Contains(s, `""`) {
		s = strings.ReplaceAll(s, `""`, `"`)
	}
	if strings.Contains(s, "\r\n") {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	return s
}

// Eight bytes at once: a quote in each, the lowest and the highest bit of each;
// and eight empty quoted fields with their commas.
const (
	quotes = 0x2222222222222222
	lows   = 0x0101010101010101
	highs  = 0x8080808080808080
	empty1 = 0x22222c22222c2222 // "","","" in the order of the machine
	empty2 = 0x222c22222c22222c
	empty3 = 0x2c22222c22222c22
)

// scan finds the end of the record at from and the places of its fields. After
// a mistake it returns where that is.
func (r *records) scan() (after, width int, err error) {
	b, end, last := r.buf, r.end, r.done == io.EOF
	p, q, col := r.from, 0, 0
	for {
		p, col = usual(b, p, end, col, r.fields)
		to := 0
		if p < end && b[p] == '"' {
			if to, err = closing(b, p+1, end, last); err != nil {
				return to, col, err
			}
			p, q = p+1, to+1
		} else {
			if q, err = unquoted(b, p, end, last); err != nil {
				return q, col, err
			}
			if to = q; to > p && b[to-1] == '\r' && (to == end || b[to] == '\n') {
				to--
			}
		}
		if col < len(r.fields) {
			r.fields[col] = span{int32(p), int32(to)}
		}
		col++
		switch {
		case q >= end:
			return end, col, nil
		case b[q] == ',':
			p = q + 1
		case b[q] == '\n':
			return q + 1, col, nil
		default: // \r\n, or \r at the very end
			return min(q+2, end), col, nil
		}
	}
}

// usual passes quoted fields with a comma behind them, as long as they have
// been read whole and hold no quote.
func usual(b []byte, p, end, col int, fields []span) (int, int) {
	for p+24 <= end {
		w := binary.LittleEndian.Uint64(b[p:])
		if w == empty1 {
			n := 2
			if binary.LittleEndian.Uint64(b[p+8:]) == empty2 {
				n = 5
				if binary.LittleEndian.Uint64(b[p+16:]) == empty3 {
					n = 8
				}
			}
			for i := col; i < col+n && i < len(fields); i++ {
				at := int32(p + 1 + 3*(i-col))
				fields[i] = span{at, at}
			}
			p, col = p+3*n, col+n
			continue
		}
		if byte(w) != '"' {
			break
		}
		q := p + 1
		for { // sixteen bytes at once, so that most fields take the same way
			x, y := binary.LittleEndian.Uint64(b[q:])^quotes, binary.LittleEndian.Uint64(b[q+8:])^quotes
			x, y = (x-lows)&^x&highs, (y-lows)&^y&highs
			step := 0
			if x == 0 {
				x, step = y, 8
			}
			q += step
			if x != 0 {
				q += bits.TrailingZeros64(x) >> 3
				break
			}
			if q += 8; q >= end {
				return p, col
			}
		}
		if q+1 >= end || b[q+1] != ',' {
			break
		}
		if col < len(fields) {
			fields[col] = span{int32(p + 1), int32(q)}
		}
		p, col = q+2, col+1
	}
	return p, col
}

// closing finds the quote that ends a quoted field and looks at what follows.
func closing(b []byte, q, end int, last bool) (int, error) {
	for {
		for q < end {
			x := binary.LittleEndian.Uint64(b[q:]) ^ quotes
			if x = (x - lows) &^ x & highs; x != 0 {
				q += bits.TrailingZeros64(x) >> 3
				break
			}
			q += 8
		}
		if q >= end || q+1 == end && !last {
			return end, errMore
		}
		if q+1 == end {
			return q, nil
		}
		switch b[q+1] {
		case ',', '\n':
			return q, nil
		case '"':
			q += 2
		case '\r':
			if q+2 == end {
				if !last {
					return end, errMore
				}
				return q, nil
			}
			if b[q+2] == '\n' {
				return q, nil
			}
			return q, errQuote
		default:
			return q, errQuote
		}
	}
}

// unquoted finds the comma or the line end behind a field without quotes.
func unquoted(b []byte, q, end int, last bool) (int, error) {
	for ; q < end; q++ {
		switch b[q] {
		case ',', '\n':
			return q, nil
		case '"':
			return q, errBareQuote
		}
	}
	if !last {
		return end, errMore
	}
	return end, nil
}
