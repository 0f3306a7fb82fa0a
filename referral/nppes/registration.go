package nppes

import (
	"errors"
	"strings"
	"time"
	"unicode"

	"rapport/models"
)

var errDate = errors.New("a day is not written as MM/DD/YYYY")

// field is a column's text on one line, without spaces around it; empty where
// the layout lacks the column.
func (g *Registry) field(column int) string {
	if column < 0 {
		return ""
	}
	return strings.Join(strings.Fields(g.rec.text(column)), " ")
}

// day reads MM/DD/YYYY, or YYYY-MM-DD as newer files have it.
func (g *Registry) day(column int) (models.Date, error) {
	s := g.field(column)
	if s == "" {
		return "", nil
	}
	for _, form := range []string{"01/02/2006", time.DateOnly} {
		if t, err := time.Parse(form, s); err == nil {
			return models.Date(t.Format(time.DateOnly)), nil
		}
	}
	return "", errDate
}

// deactivation is the day since when the NPI is not valid; none when it never
// ended, or was given back after that, which is the other day.
func (g *Registry) deactivation() (ended, back models.Date, err error) {
	ended, err1 := g.day(g.col.deactivated)
	back, err2 := g.day(g.col.reactivated)
	if back.After(ended) {
		ended = ""
	} else {
		back = ""
	}
	return ended, back, errors.Join(err1, err2)
}

// registration reads the current row in full.
func (g *Registry) registration() (models.Registration, error) {
	r := models.Registration{Line: g.rec.line(), NPI: g.field(g.col.npi)}
	if !models.ValidNPI(r.NPI) {
		return r, g.bad("the NPI is not valid")
	}
	var err error
	if r.DeactivatedOn, r.ReactivatedOn, err = g.deactivation(); err != nil {
		return r, g.bad(err.Error())
	}
	if !r.DeactivatedOn.IsZero() {
		return r, nil
	}
	if r.UpdatedOn, err = g.day(g.col.updated); err != nil {
		return r, g.bad(err.Error())
	}
	r.Name = models.PersonName{Given: readable(g.field(g.col.given)), Family: readable(g.field(g.col.family))}
	r.Credentials = strings.Trim(strings.ReplaceAll(g.field(g.col.credentials), "|", ", "), " ,")
	g.qualification(&r)
	r.Office = g.office()
	if r.Validate() != nil {
		return r, g.bad("a name, a code or a line of the address is missing, too long or holds control characters")
	}
	return r, nil
}

// qualification takes the taxonomy that is marked as primary, else the first,
// with the licence beside it.
func (g *Registry) qualification(r *models.Registration) {
	for _, t := range g.col.taxonomies {
		code := g.field(t.code)
		primary := g.field(t.primary) == "Y"
		if code == "" || r.Taxonomy != "" && !primary {
			continue
		}
		r.Taxonomy = code
		r.Licence = models.Licence{State: g.field(t.state), Number: g.field(t.licence)}
		if primary {
			return
		}
	}
}

func (g *Registry) office() models.Office {
	a := models.Address{Line1: readable(g.field(g.col.line1)), Line2: readable(g.field(g.col.line2)), City: readable(g.field(g.col.city)),
		State: g.field(g.col.state), PostalCode: g.field(g.col.postal)}
	if z := a.PostalCode; len(z) == 9 && digits(z) {
		a.PostalCode = z[:5] + "-" + z[5:]
	}
	o := models.Office{Address: a, Phone: dialled(g.field(g.col.phone)), Fax: dialled(g.field(g.col.fax))}
	if a.Line1 != "" {
		o.Name = strings.Trim(a.Line1+", "+a.City, ", ")
	}
	return o
}

// dialled writes ten digits as a number is written.
func dialled(s string) string {
	if len(s) == 10 && digits(s) {
		return s[:3] + "-" + s[3:6] + "-" + s[6:]
	}
	return s
}

func digits(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c < '0' || c > '9' })
}

// readable writes what the file has in capitals as on a letter: "O'BRIEN-LEE"
// as "O'Brien-Lee". Words with digits and compass points stay.
func readable(s string) string {
	if s != strings.ToUpper(s) {
		return s
	}
	words := strings.Fields(s)
	for i, w := range words {
		switch {
		case strings.ContainsAny(w, "0123456789"), w == "NE", w == "NW", w == "SE", w == "SW", w == "PO", w == "II", w == "III", w == "IV":
			continue
		}
		begins := true
		words[i] = strings.Map(func(c rune) rune {
			out := unicode.ToLower(c)
			if begins {
				out = unicode.ToUpper(c)
			}
			begins = !unicode.IsLetter(c)
			return out
		}, w)
	}
	return strings.Join(words, " ")
}
