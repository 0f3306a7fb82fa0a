package store

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"rapport/models"
)

// begins adds the condition that a column's text begins with a prefix, as a
// range that an index answers.
func (c *candidates) begins(column, prefix string) {
	c.sql += "(" + column + " >= ? AND " + column + " < ?)"
	c.args = append(c.args, prefix, prefix+"\U0010FFFF")
}

// count finds the ways into the directory and how long each is, in one statement.
func (s *search) count() error {
	for _, w := range s.words {
		s.exact = append(s.exact, candidates{sql: "SELECT provider_id FROM provider_words WHERE word = ?", args: []any{w}})
		p := candidates{sql: "SELECT provider_id FROM provider_words WHERE "}
		p.begins("word", w)
		s.prefix = append(s.prefix, p)
	}
	q := s.q
	if q.NPI != "" {
		s.narrow = append(s.narrow, candidates{sql: "SELECT id AS provider_id FROM providers WHERE npi = ?", args: []any{q.NPI}})
	}
	if codes, args := s.codes(""); codes != "" {
		s.narrow = append(s.narrow, candidates{sql: "SELECT id AS provider_id FROM providers WHERE " + codes, args: args})
	}
	if city, state := Fold(q.City), Fold(q.State); city != "" || state != "" {
		c := candidates{sql: "SELECT r.provider_id FROM offices o JOIN provider_roles r ON r.office_id = o.id WHERE r.until IS NULL"}
		where := ""
		if city != "" {
			where, c.args = where+" AND o.city = ?", append(c.args, city)
		}
		if state != "" {
			where, c.args = where+" AND o.state = ?", append(c.args, state)
		}
		c.sql, c.counted = c.sql+where, "SELECT 1 AS id FROM offices o WHERE "+strings.TrimPrefix(where, " AND ")
		s.narrow = append(s.narrow, c)
	}
	if q.Accepting != "" {
		s.narrow = append(s.narrow, candidates{sql: "SELECT id AS provider_id FROM providers WHERE accepting <> '' AND accepting = ?", args: []any{string(q.Accepting)}})
	}
	var parts []string
	var args []any
	for _, l := range [][]candidates{s.narrow, s.exact, s.prefix} {
		for _, c := range l {
			parts = append(parts, strconv.Itoa(len(parts))+" AS i, (SELECT COUNT(*) FROM (SELECT 1 AS one FROM ("+cmp.Or(c.counted, c.sql)+") c LIMIT ?) n) AS n")
			args = append(append(args, c.args...), mostCounted+1)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	var n []struct{ N int }
	counts := "SELECT " + strings.Join(parts, " UNION ALL SELECT ") + " ORDER BY i"
	if err := s.t.g.Raw(counts, args...).Scan(&n).Error; err != nil {
		return err
	}
	for _, l := range [][]candidates{s.narrow, s.exact, s.prefix} {
		for i := range l {
			l[i].n, n = n[0].N, n[1:]
		}
	}
	return nil
}

// codes is the condition on the taxonomy code; empty where none was asked for.
func (s *search) codes(p string) (string, []any) {
	var c candidates
	if s.q.Taxonomy != "" {
		c.sql, c.args = p+"taxonomy = ?", []any{s.q.Taxonomy}
	}
	d, ok := models.LookupDiscipline(s.q.Discipline)
	if !ok {
		return c.sql, c.args
	}
	if c.sql != "" {
		c.sql += " AND "
	}
	for i, code := range d.Codes {
		c.sql += [2]string{"(", " OR "}[min(i, 1)]
		c.begins(p+"taxonomy", code)
	}
	c.sql += ")"
	return c.sql, c.args
}

// filters is what a record p has to fulfil beside its name.
func (s *search) filters() (string, []any) {
	sql, args := "p.merged_into IS NULL", []any(nil)
	and := func(condition string, more ...any) { sql, args = sql+" AND "+condition, append(args, more...) }
	q := s.q
	if q.NPI != "" {
		and("p.npi = ?", q.NPI)
	}
	if codes, more := s.codes("p."); codes != "" {
		and(codes, more...)
	}
	if q.Accepting != "" {
		and("p.accepting = ?", string(q.Accepting))
	}
	if city, state := Fold(q.City), Fold(q.State); city != "" || state != "" {
		place, more := "", []any(nil)
		if city != "" {
			place, more = " AND o.city = ?", append(more, city)
		}
		if state != "" {
			place, more = place+" AND o.state = ?", append(more, state)
		}
		and("EXISTS (SELECT 1 FROM provider_roles r JOIN offices o ON o.id = r.office_id WHERE r.provider_id = p.id AND r.until IS NULL"+place+")", more...)
	}
	return sql, args
}

// spaced is a name in which each word stands between spaces.
const spaced = "(' ' || REPLACE(p.folded, '.', ' ') || ' ')"

var likeEscapes = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

func (c *candidates) like(pattern string) {
	c.sql += spaced + ` LIKE ? ESCAPE '\'`
	c.args = append(c.args, pattern)
}

// matching is the condition that every word answers at least by a rank.
func (s *search) matching(rank int) candidates {
	var c candidates
	for i, w := range s.words {
		if i > 0 {
			c.sql += " AND "
		}
		w = likeEscapes.Replace(w)
		if rank == rankExact {
			c.like("% " + w + " %")
			continue
		}
		c.sql += "("
		c.like("% " + w + "%")
		if rank == rankTypo {
			for _, offered := range s.typos[i] {
				c.sql += " OR "
				c.like("% " + likeEscapes.Replace(offered) + " %")
			}
		}
		c.sql += ")"
	}
	if c.sql == "" {
		c.sql = "1 = 1"
	}
	return c
}

// ranked is the rank of a record p as an expression, and the condition that it
// is one of first to last.
func (s *search) ranked(first, last int) (rank, condition candidates) {
	condition = s.matching(last)
	switch {
	case last == rankExact:
		rank.sql = "0"
	case first == last:
		better := s.matching(last - 1)
		rank.sql = []string{"0", "1", "2"}[last]
		condition.sql += " AND NOT (" + better.sql + ")"
		condition.args = append(condition.args, better.args...)
	default: // exact and prefix together
		exact := s.matching(rankExact)
		rank = candidates{sql: "CASE WHEN " + exact.sql + " THEN 0 ELSE 1 END", args: exact.args}
	}
	return rank, condition
}

// walk goes through the alphabet from where the last page ended and takes who
// fits: the way when many do. It gives up after mostWalked records; done says
// that it found enough or saw everybody.
func (s *search) walk(rank int) (done bool, err error) {
	filters, args := s.filters()
	r, match := s.ranked(rank, rank)
	from, begin := "", []any(nil)
	if s.after.set && s.after.rank == rank {
		from, begin = " WHERE (folded > ? OR (folded = ? AND id > ?))", []any{s.after.folded, s.after.folded, s.after.id}
	}
	sql := "SELECT p.id, p.folded, " + r.sql + " AS rank, CAST(0 AS DOUBLE PRECISION) AS far FROM (SELECT id, folded, merged_into, npi, taxonomy, accepting FROM providers" +
		from + " ORDER BY folded, id LIMIT ?) p WHERE " + filters + " AND " + match.sql + " LIMIT ?"
	most := mostWalked
	if len(s.narrow)+len(s.words) == 0 {
		most = 1 << 30
	}
	all := slices.Concat(r.args, begin, []any{most}, args, match.args, []any{s.limit - len(s.found)})
	var rows []foundRow
	if err := s.t.g.Raw(sql, all...).Scan(&rows).Error; err != nil {
		return false, err
	}
	if len(s.found)+len(rows) < s.limit && most == mostWalked {
		return false, nil
	}
	s.found = append(s.found, rows...)
	return true, nil
}

// gather takes all candidates, keeps who fits, and puts them in order. Between
// nearer and farther, squares of distances, when farther is not 0.
func (s *search) gather(first, last int, by candidates, nearer, farther float64) error {
	filters, filterArgs := s.filters()
	rank, match := s.ranked(first, last)
	args := slices.Concat(by.args, rank.args)
	inner := "SELECT p.id, p.folded, " + rank.sql + " AS rank, "
	where := filters + " AND " + match.sql
	whereArgs := slices.Concat(filterArgs, match.args)
	if s.around == nil {
		inner += "CAST(0 AS DOUBLE PRECISION) AS far FROM h CROSS JOIN providers p WHERE p.id = h.provider_id AND " + where
		args = append(args, whereArgs...)
	} else {
		if farther == 0 {
			farther = math.Nextafter(s.around.Radius2(), math.Inf(1))
		}
		far, farArgs := s.distance()
		inner += "MIN(" + far + ") AS far FROM h CROSS JOIN providers p CROSS JOIN provider_roles r CROSS JOIN offices o WHERE p.id = h.provider_id" +
			" AND r.provider_id = p.id AND r.until IS NULL AND o.id = r.office_id AND o.latitude IS NOT NULL AND " + where + " GROUP BY p.id, p.folded"
		args = slices.Concat(args, farArgs, whereArgs)
		inner = "SELECT id, folded, rank, far FROM (" + inner + ") g WHERE far >= ? AND far < ?"
		args = append(args, nearer, farther)
	}
	sql := "WITH h AS MATERIALIZED (SELECT DISTINCT provider_id FROM (" + by.sql + ") c) SELECT id, folded, rank, far FROM (" + inner + ") x"
	if a := s.after; a.set {
		sql += " WHERE (rank > ? OR (rank = ? AND (far > ? OR (far = ? AND (folded > ? OR (folded = ? AND id > ?))))))"
		args = append(args, a.rank, a.rank, a.far, a.far, a.folded, a.folded, a.id)
	}
	sql += " ORDER BY rank, far, folded, id LIMIT ?"
	var rows []foundRow
	if err := s.t.g.Raw(sql, append(args, s.limit-len(s.found))...).Scan(&rows).Error; err != nil {
		return err
	}
	s.found = append(s.found, rows...)
	return nil
}

// distance is the square of an office's distance as an expression.
func (s *search) distance() (string, []any) {
	a, k := s.around, s.around.Shrink()
	return "(o.latitude - ?) * (o.latitude - ?) + ((o.longitude - ?) * ?) * ((o.longitude - ?) * ?)", []any{a.Latitude, a.Latitude, a.Longitude, k, a.Longitude, k}
}

// nearest walks the ZIP codes from the nearest on, more at a time, until
// enough are found.
func (s *search) nearest(first, last int) error {
	for rank := max(first, s.after.rank); rank <= last; rank++ {
		zips, nearer := s.around.ZIPs(), 0.0
		if s.after.set && s.after.rank == rank {
			zips = slices.DeleteFunc(zips, func(z models.NearZIP) bool { return z.Distance2 < s.after.far*(1-1e-9) })
		}
		for n := 4; len(zips) > 0 && !s.full(); n *= 6 {
			n := min(n, len(zips))
			for n < len(zips) && zips[n].Distance2 == zips[n-1].Distance2 {
				n++
			}
			codes := make([]string, n)
			for i, z := range zips[:n] {
				codes[i] = z.ZIP
			}
			farther := 0.0 // to the end
			if n < len(zips) {
				farther = (zips[n-1].Distance2 + zips[n].Distance2) / 2
			}
			by := candidates{sql: "SELECT r.provider_id FROM offices o JOIN provider_roles r ON r.office_id = o.id WHERE r.until IS NULL AND o.postal_code IN ?", args: []any{codes}}
			if err := s.gather(rank, rank, by, nearer, farther); err != nil {
				return err
			}
			zips, nearer = zips[n:], farther
		}
	}
	return nil
}
