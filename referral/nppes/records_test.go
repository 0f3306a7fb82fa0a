package nppes

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// found lists every record with all its fields, or ok=false when a record is broken.
func found(in io.Reader) (all [][]string, ok bool) {
	r := newRecords(in, 4096)
	for ok = true; ; {
		err := r.next()
		if errors.Is(err, io.EOF) {
			return all, ok
		}
		if err != nil {
			ok = false
			continue
		}
		var row []string
		for i := range r.found {
			row = append(row, r.text(i))
		}
		all = append(all, row)
	}
}

// plainly is what encoding/csv finds; ok=false when it refuses something.
func plainly(s string) (all [][]string, ok bool) {
	all, err := csv.NewReader(strings.NewReader(s)).ReadAll()
	return all, err == nil
}

func sameAsEncodingCSV(t interface{ Fatalf(string, ...any) }, s string) {
	want, accepted := plainly(s)
	got, ok := found(strings.NewReader(s))
	if ok != accepted {
		t.Fatalf("%q: accepted %v, encoding/csv %v", s, ok, accepted)
	}
	if accepted && !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Fatalf("%q: got %q, want %q", s, got, want)
	}
	if dripping, _ := found(iotest.OneByteReader(strings.NewReader(s))); !slices.EqualFunc(got, dripping, slices.Equal[[]string]) {
		t.Fatalf("%q: got %q at once and %q byte by byte", s, got, dripping)
	}
}

var shapes = []string{
	"", "\n", "\r\n", "\r", "a", "a,", ",", ",\r", "a,b\nc,d", "a,b\r\nc,d\r\n", "a,b\r\nc,d\r", "a\r\r\n", "\"a\",\"b\"\n",
	"\"a\n\nb\",c\n\n\nd,e", "\"a\r\nb\",c", "\"say \"\"x\"\"\",y\r\n", "\"\"\"\"", "\"\"\"\"\"\"", "\"a\"\"", "\"a", "\"", "\"a\"b,c", "a\"b,c\nd,e",
	"a,b\nc\nd,e", "\"a\"\r", "\"a\"\rb", "\"a\"\r\r\n", "é,\"ü\"", "\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"\n", "\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",",
	"\r\r\n", "\"x\",\n\"y\",\n", "a,\"\"\"\nb,c\"\"\n", "\x00,\xff\n",
}

func TestRecordsAreThoseOfEncodingCSV(t *testing.T) {
	for _, s := range shapes {
		sameAsEncodingCSV(t, s)
	}
}

func TestRecordsOfRandomTextAreThoseOfEncodingCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sameAsEncodingCSV(t, strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			`"`, `""`, `"",`, `"","","","","","","","",`, ",", "\n", "\r\n", "\r", "a", `"x y"`, `"long enough to need two steps",`, `"é` + "\n" + `",`,
		}), 0, 30).Draw(t, "parts"), ""))
	})
}

func FuzzRecordsAreThoseOfEncodingCSV(f *testing.F) {
	for _, s := range shapes {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { sameAsEncodingCSV(t, s) })
}
