// Package nppes reads the public provider file: a stream in, the registrations
// that a filter lets through out. It reads columns by their names, in the old
// and the newer layouts, and goes on behind rows it cannot use. It knows no
// network and no directory.
package nppes

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"rapport/models"
	"rapport/models/fault"
)

// Filter says which rows are wanted; what is empty lets all through. A row
// about a deactivation has neither place nor taxonomy and is always wanted.
type Filter struct {
	States     []string    // of the practice location: WA
	Taxonomies []string    // codes or how they begin: 111N
	Since      models.Date // Last Update Date of this day or later
}

// Registry reads one file.
type Registry struct {
	rec    *records
	col    columns
	states [][]byte
	codes  [][]byte
	since  models.Date
	rows   int64
	match  int64
	groups int64
}

// Read finds the header and makes ready to read the rows. A file without the
// columns that are needed is refused with their names.
func Read(in io.Reader, f Filter) (*Registry, error) {
	g := &Registry{since: f.Since}
	for _, s := range f.States {
		g.states = append(g.states, []byte(strings.ToUpper(strings.TrimSpace(s))))
	}
	for _, s := range f.Taxonomies {
		g.codes = append(g.codes, []byte(strings.ToUpper(strings.TrimSpace(s))))
	}
	mark := make([]byte, 3)
	n, err := io.ReadFull(in, mark)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, refuseFile(err)
	}
	mark = bytes.TrimPrefix(mark[:n], []byte("\ufeff"))
	g.rec = newRecords(io.MultiReader(bytes.NewReader(mark), in), widest)
	return g, g.header()
}

// widest is more columns than any layout has.
const widest = 4096

// header looks for the names in the first records: a deactivation report has a
// title above them.
func (g *Registry) header() error {
	for range 5 {
		if err := g.rec.next(); err != nil {
			return refuseFile(err)
		}
		names := make([]string, g.rec.found)
		for i := range names {
			names[i] = g.rec.text(i)
		}
		if !slices.ContainsFunc(names, func(s string) bool { return plain(s) == "npi" }) {
			g.rec.width = 0
			continue
		}
		col, last, err := find(names)
		if err != nil {
			return err
		}
		g.col = col
		g.rec.fields = g.rec.fields[:last+1]
		return nil
	}
	return refuseFile(nil)
}

func refuseFile(err error) error {
	return fault.New(fault.Invalid, "import.not_nppes", "This is not the public provider file: its first row must name the columns, NPI among them. Give the npidata_pfile CSV or the zip file it came in, or the list of deactivated NPIs.").Because(err)
}

// Rows is how many rows have been read.
func (g *Registry) Rows() int64 { return g.rows }

// Matches is how many rows the filter let through.
func (g *Registry) Matches() int64 { return g.match }

// Organizations is how many rows were passed over because they are about an
// organization, not a person.
func (g *Registry) Organizations() int64 { return g.groups }

// Bytes is how much of the unpacked file has been read.
func (g *Registry) Bytes() int64 { return g.rec.read }

// Next returns the next row that the filter lets through, io.EOF at the end. A
// row that cannot be used is a *models.BadRow, and the call after it goes on.
func (g *Registry) Next() (models.Registration, error) {
	for {
		switch err := g.rec.next(); {
		case err == nil:
		case errors.Is(err, errBareQuote), errors.Is(err, errQuote), errors.Is(err, errUnclosed), errors.Is(err, errWidth):
			g.rows++
			return models.Registration{}, g.bad(err.Error())
		case errors.Is(err, io.EOF):
			return models.Registration{}, err
		default:
			return models.Registration{}, fmt.Errorf("read the provider file: %w", err)
		}
		g.rows++
		if !g.wanted() {
			continue
		}
		r, err := g.registration()
		if err != nil {
			return r, err
		}
		if max(r.UpdatedOn, r.ReactivatedOn, r.DeactivatedOn).Before(g.since) {
			continue
		}
		g.match++
		return r, nil
	}
}

func (g *Registry) bad(reason string) error {
	b := &models.BadRow{Line: g.rec.line(), Reason: reason}
	if g.col.npi < g.rec.found && models.ValidNPI(g.rec.text(g.col.npi)) {
		b.NPI = g.rec.text(g.col.npi)
	}
	return b
}

// wanted looks at the row as it stands in the buffer.
func (g *Registry) wanted() bool {
	rec, col := g.rec, &g.col
	if col.deactivated >= 0 && rec.fields[col.deactivated].to > rec.fields[col.deactivated].from {
		if ended, _, err := g.deactivation(); !ended.IsZero() || err != nil {
			return true
		}
	}
	if col.bare {
		return false
	}
	if kind := rec.raw(col.entity); !bytes.Equal(kind, []byte("1")) {
		if bytes.Equal(kind, []byte("2")) {
			g.groups++
		}
		return false
	}
	if len(g.states) > 0 && !slices.ContainsFunc(g.states, func(s []byte) bool { return bytes.EqualFold(s, rec.raw(col.state)) }) {
		return false
	}
	if len(g.codes) == 0 {
		return true
	}
	for _, t := range col.taxonomies {
		if code := rec.raw(t.code); len(code) > 0 && g.practises(code) {
			return true
		}
	}
	return false
}

func (g *Registry) practises(code []byte) bool {
	for _, want := range g.codes {
		if bytes.HasPrefix(code, want) {
			return true
		}
	}
	return false
}
