package nppes

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/models/fault"
)

// largestSheet bounds the texts of a workbook, and a workbook inside a zip
// file, both of which are held in memory.
const largestSheet = 64 << 20

// mostTexts bounds the number of texts, of which each may be empty.
const mostTexts = 4 << 20

var errLarge = errors.New("the workbook is too large")

// sheet turns the first sheet of a workbook into comma-separated values as it
// is read: a line for each row of the sheet, so that a line's number is the
// row's. It knows what the deactivation list needs, texts, numbers and days,
// and nothing of formulas or styles: a number of up to five digits is a day.
type sheet struct {
	file   io.ReadCloser
	in     *xml.Decoder
	texts  sharedTexts
	row    int // the last one written
	out    []byte
	failed error
}

// isWorkbook says that a zip file is an XLSX.
func isWorkbook(z *zip.Reader) bool { return part(z, "xl/workbook.xml") != nil }

func part(z *zip.Reader, name string) *zip.File {
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return z.File[i]
}

// openSheet makes ready to read the first sheet.
func openSheet(z *zip.Reader) (*sheet, error) {
	first := part(z, "xl/worksheets/sheet1.xml")
	for _, f := range z.File {
		if first == nil && strings.HasPrefix(f.Name, "xl/worksheets/") && strings.HasSuffix(f.Name, ".xml") {
			first = f
		}
	}
	if first == nil {
		return nil, refuseFile(nil)
	}
	s := &sheet{}
	if f := part(z, "xl/sharedStrings.xml"); f != nil {
		if err := s.texts.read(f); errors.Is(err, errLarge) {
			return nil, fault.New(fault.TooLarge, "import.sheet_too_large", "The workbook holds more than 64 MB of text. Save it as CSV.").Because(err)
		} else if err != nil {
			return nil, refuseFile(err)
		}
	}
	var err error
	if s.file, err = first.Open(); err != nil {
		return nil, refuseFile(err)
	}
	s.in = xml.NewDecoder(s.file)
	return s, nil
}

// Read writes the next rows.
func (s *sheet) Read(p []byte) (int, error) {
	for len(s.out) == 0 {
		if s.failed != nil {
			return 0, s.failed
		}
		s.failed = s.nextRow()
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

// Close ends the reading.
func (s *sheet) Close() error { return s.file.Close() }

// nextRow reads up to the end of a row and writes it, with an empty line for
// each that the sheet leaves out. io.EOF is the end of the sheet.
func (s *sheet) nextRow() error {
	for {
		t, err := s.in.Token()
		if err != nil {
			return err
		}
		begin, ok := t.(xml.StartElement)
		if !ok || begin.Name.Local != "row" {
			continue
		}
		number := s.row + 1
		if n, err := strconv.Atoi(attribute(begin, "r")); err == nil && n > s.row && n <= 1<<20 {
			number = n
		}
		var cells sheetRow
		if err := s.in.DecodeElement(&cells, &begin); err != nil {
			return err
		}
		s.out = append(s.out[:0], strings.Repeat("\n", number-s.row-1)...)
		s.row = number
		s.write(cells)
		return nil
	}
}

type sheetRow struct {
	Cells []struct {
		At     string `xml:"r,attr"`
		Kind   string `xml:"t,attr"`
		Value  string `xml:"v"`
		Inline struct {
			Text string   `xml:"t"`
			Runs []string `xml:"r>t"`
		} `xml:"is"`
	} `xml:"c"`
}

func (s *sheet) write(row sheetRow) {
	const mostColumns = 64
	var fields []string
	for i, c := range row.Cells {
		if at := columnOf(c.At); at >= 0 {
			i = at
		}
		if i >= mostColumns {
			break
		}
		for len(fields) <= i {
			fields = append(fields, "")
		}
		switch c.Kind {
		case "s":
			n, err := strconv.Atoi(c.Value)
			if err == nil {
				fields[i] = s.texts.at(n)
			}
		case "inlineStr":
			fields[i] = c.Inline.Text + strings.Join(c.Inline.Runs, "")
		case "", "n":
			fields[i] = number(c.Value)
		default:
			fields[i] = c.Value
		}
	}
	for len(fields) > 0 && strings.TrimSpace(fields[len(fields)-1]) == "" {
		fields = fields[:len(fields)-1]
	}
	for i, f := range fields {
		if i > 0 {
			s.out = append(s.out, ',')
		}
		f = strings.ReplaceAll(strings.Join(strings.Fields(f), " "), `"`, `""`)
		s.out = append(append(append(s.out, '"'), f...), '"')
	}
	s.out = append(s.out, '\n')
}

// columnOf is the column of a place like B12, from 0; -1 where none is given.
func columnOf(at string) int {
	n := 0
	for _, c := range at {
		if c < 'A' || c > 'Z' || n > 1<<16 {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// number writes what a cell holds in full, and a small one as the day that it
// counts from the end of 1899.
func number(s string) string {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return s
	}
	if f > 60 && f < 100000 {
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(f)).Format(time.DateOnly)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// sharedTexts are the texts that a workbook's cells point at, in one piece.
type sharedTexts struct {
	all  []byte
	ends []uint32
}

func (t *sharedTexts) at(i int) string {
	if i < 0 || i >= len(t.ends) {
		return ""
	}
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return string(t.all[from:t.ends[i]])
}

// read takes the texts of all runs; how the East Asian ones are spoken is left out.
func (t *sharedTexts) read(f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	in := xml.NewDecoder(r)
	inText := false
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch x := token.(type) {
		case xml.StartElement:
			inText = x.Name.Local == "t"
			if x.Name.Local == "rPh" {
				if err := in.Skip(); err != nil {
					return err
				}
			}
		case xml.CharData:
			if inText {
				t.all = append(t.all, x...)
			}
			if len(t.all) > largestSheet {
				return errLarge
			}
		case xml.EndElement:
			inText = false
			if x.Name.Local == "si" {
				if len(t.ends) == mostTexts {
					return errLarge
				}
				t.ends = append(t.ends, uint32(len(t.all)))
			}
		}
	}
}
