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

// withWord are the names with a word, in their order.
func withWord(i int, word string) candidates {
	return candidates{sql: "SELECT provider_id, folded FROM provider_words WHERE word = ?", args: []any{word}, word: i + 1}
}

// count finds the ways into the directory and how long each is, in one statement.
func (s *search) count() error {
	for i, w := range s.words {
		e := withWord(i, w)
		e.arms = []candidates{e}
		s.exact = append(s.exact, e)
		p := candidates{sql: "SELECT provider_id, folded FROM provider_words WHERE ", word: i + 1}
		p.begins("word", w)
		s.prefix = append(s.prefix, p)
	}
	q := s.q
	if q.NPI != "" {
		s.narrow = append(s.narrow, candidates{sql: "SELECT id AS provider_id, folded FROM providers WHERE merged_into IS NULL AND npi = ?", args: []any{q.NPI}})
	}
	codes, codeArgs := s.codes("")
	if place, args := s.place(""); place != "" {
		c := candidates{sql: "SELECT provider_id, folded FROM provider_places WHERE " + place, args: args, placed: true, coded: true}
		s.narrow = append(s.narrow, c.and(s.kind("")))
	} else if codes != "" {
		s.narrow = append(s.narrow, candidates{sql: "SELECT id AS provider_id, folded FROM providers WHERE merged_into IS NULL AND " + codes, args: codeArgs, coded: true})
	}
	if q.Accepting != "" {
		s.narrow = append(s.narrow, candidates{sql: "SELECT id AS provider_id, folded FROM providers WHERE merged_into IS NULL AND accepting <> '' AND accepting = ?", args: []any{string(q.Accepting)}})
	}
	most := mostCounted
	if s.around != nil {
		most = gatherNearest // no difference is made among longer ones
		if zips := s.around.ZIPs(); len(zips) <= mostCircled {
			s.narrow = append(s.narrow, s.within(zips))
		}
	}
	var parts []string
	var args []any
	for _, l := range [][]candidates{s.narrow, s.exact, s.prefix} {
		for _, c := range l {
			parts = append(parts, strconv.Itoa(len(parts))+" AS i, (SELECT COUNT(*) FROM (SELECT 1 AS one FROM ("+c.sql+") c LIMIT ?) n) AS n")
			args = append(append(args, c.args...), most+1)
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

// and adds a condition; an empty one changes nothing.
func (c candidates) and(condition string, args []any) candidates {
	if condition != "" {
		c.sql, c.args = c.sql+" AND "+condition, slices.Concat(c.args, args)
	}
	return c
}

// both joins two conditions, each of which may be empty.
func both(a string, aArgs []any, b string, bArgs []any) (string, []any) {
	if a != "" && b != "" {
		a += " AND "
	}
	return a + b, slices.Concat(aArgs, bArgs)
}

// codes is the condition on the taxonomy code: a range that an index answers,
// and within it the beginnings, in a form that tempts no planner into one
// reading for each. Empty where nothing was asked.
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
	c.sql += "(" + p + "taxonomy >= ? AND " + p + "taxonomy < ?"
	c.args = append(c.args, slices.Min(d.Codes), slices.Max(d.Codes)+"\U0010FFFF")
	for i, code := range d.Codes {
		if len(d.Codes) == 1 {
			break
		}
		c.sql += [2]string{" AND (", " OR "}[min(i, 1)] + "SUBSTR(" + p + "taxonomy, 1, " + strconv.Itoa(len(code)) + ") = ?"
		c.args = append(c.args, code)
	}
	if len(d.Codes) > 1 {
		c.sql += ")"
	}
	c.sql += ")"
	return c.sql, c.args
}

// kind is the condition on discipline and new patients.
func (s *search) kind(p string) (string, []any) {
	codes, args := s.codes(p)
	if s.q.Accepting == "" {
		return codes, args
	}
	return both(codes, args, p+"accepting = ?", []any{string(s.q.Accepting)})
}

// place is the condition on the town and the state.
func (s *search) place(p string) (sql string, args []any) {
	if city := Fold(s.q.City); city != "" {
		sql, args = p+"city = ?", []any{city}
	}
	if state := Fold(s.q.State); state != "" {
		return both(sql, args, p+"state = ?", []any{state})
	}
	return sql, args
}

// filters is what a candidate h has to fulfil beside its name, as far as the
// way to it does not promise it. Each looks up the candidate alone, in a form
// that is never turned into a join.
func (s *search) filters(by candidates) (string, []any) {
	var sql string
	var args []any
	if place, more := s.place("x."); place != "" && !by.placed {
		sql, args = "(SELECT 1 FROM provider_places x WHERE x.provider_id = h.provider_id AND "+place+" LIMIT 1) IS NOT NULL", more
	}
	kind, more := s.kind("p.")
	if by.placed || by.coded && s.q.Accepting == "" {
		kind, more = "", nil
	}
	if s.q.NPI != "" {
		kind, more = both(kind, more, "p.npi = ?", []any{s.q.NPI})
	}
	if kind != "" {
		kind = "(SELECT 1 FROM providers p WHERE p.id = h.provider_id AND " + kind + " LIMIT 1) IS NOT NULL"
	}
	return both(sql, args, kind, more)
}

// spaced is a name in which each word stands between spaces.
const spaced = "(' ' || REPLACE(h.folded, '.', ' ') || ' ')"

var likeEscapes = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

func (c *candidates) like(pattern string) {
	c.sql += spaced + ` LIKE ? ESCAPE '\'`
	c.args = append(c.args, pattern)
}

// matching is the condition that every word answers at least by a rank; the
// word that the way to a candidate promises is left out.
func (s *search) matching(rank, promised int) (c candidates) {
	for i, w := range s.words {
		if i == promised-1 {
			continue
		}
		if c.sql != "" {
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
	return c
}

// wanted is all that a candidate h of a way has to fulfil to be of the rank.
func (s *search) wanted(rank int, by candidates) (string, []any) {
	match := s.matching(rank, by.word)
	if rank > rankExact {
		better := s.matching(rank-1, 0)
		match.sql, match.args = both(match.sql, match.args, "NOT ("+better.sql+")", better.args)
	}
	filters, args := s.filters(by)
	sql, args := both(match.sql, match.args, filters, args)
	if sql == "" {
		sql = "1 = 1"
	}
	return sql, args
}

// behind is the condition that a name stands behind the last page's end.
func (s *search) behind(rank int, p string) (string, []any) {
	if !s.after.set || s.after.rank != rank {
		return "", nil
	}
	return p + "folded >= ? AND (" + p + "folded > ? OR " + p + "%s > ?)", []any{s.after.folded, s.after.folded, s.after.id}
}

// inOrder reads each part of a way in the order of names until enough fit.
func (s *search) inOrder(rank int, by candidates) error {
	arms := by.arms
	if arms == nil {
		arms = []candidates{by}
	}
	limit := s.limit - len(s.found)
	var parts []string
	var args []any
	for _, arm := range arms {
		where, more := s.wanted(rank, arm)
		behind, after := s.behind(rank, "h.")
		where, more = both(where, more, strings.Replace(behind, "%s", "provider_id", 1), after)
		parts = append(parts, "SELECT id, folded FROM (SELECT DISTINCT h.provider_id AS id, h.folded FROM ("+arm.sql+") h WHERE "+where+" ORDER BY h.folded, h.provider_id LIMIT ?) a")
		args = append(slices.Concat(args, arm.args, more), limit)
	}
	// Who answers by two parts is found once.
	sql := "SELECT id, folded, " + strconv.Itoa(rank) + " AS rank, CAST(0 AS DOUBLE PRECISION) AS far FROM (" + strings.Join(parts, " UNION ") + ") u ORDER BY folded, id LIMIT ?"
	var rows []foundRow
	if err := s.t.g.Raw(sql, append(args, limit)...).Scan(&rows).Error; err != nil {
		return err
	}
	s.found = append(s.found, rows...)
	return nil
}

// walk goes through the alphabet from where the last page ended and takes who
// fits: the way when many do. It gives up after so many records; done says that
// it found enough or saw everybody.
func (s *search) walk(rank, most int) (done bool, err error) {
	where, more := s.wanted(rank, candidates{coded: true, placed: true}) // place and kind are looked at here
	kind, kindArgs := s.kind("h.")
	where, more = both(where, more, kind, kindArgs)
	if place, args := s.place("x."); place != "" {
		where, more = both(where, more, "(SELECT 1 FROM provider_places x WHERE x.provider_id = h.provider_id AND "+place+" LIMIT 1) IS NOT NULL", args)
	}
	behind, args := s.behind(rank, "")
	begin, args := both("merged_into IS NULL", nil, strings.Replace(behind, "%s", "id", 1), args)
	sql := "SELECT h.provider_id AS id, h.folded, " + strconv.Itoa(rank) + " AS rank, CAST(0 AS DOUBLE PRECISION) AS far FROM (SELECT id AS provider_id, folded, taxonomy, accepting FROM providers WHERE " +
		begin + " ORDER BY folded, id LIMIT ?) h WHERE " + where + " LIMIT ?"
	var rows []foundRow
	if err := s.t.g.Raw(sql, slices.Concat(args, []any{most}, more, []any{s.limit - len(s.found)})...).Scan(&rows).Error; err != nil {
		return false, err
	}
	if len(s.found)+len(rows) < s.limit && most == mostWalked {
		return false, nil
	}
	s.found = append(s.found, rows...)
	return true, nil
}

// gather takes all candidates, keeps who fits, measures how far they are and
// puts them in order. Between nearer and farther, squares of distances, when
// farther is not 0.
func (s *search) gather(first, last int, by candidates, nearer, farther float64) error {
	if farther == 0 {
		farther = math.Nextafter(s.around.Radius2(), math.Inf(1))
	}
	rank, where, rankArgs, more := strconv.Itoa(last), "", []any(nil), []any(nil)
	if where, more = s.wanted(last, by); first < last { // exact and begun together
		all, exact := s.matching(last, by.word), s.matching(first, 0)
		filters, args := s.filters(by)
		where, more = both(cmp.Or(all.sql, "1 = 1"), all.args, filters, args)
		rank, rankArgs = "CASE WHEN "+exact.sql+" THEN 0 ELSE 1 END", exact.args
	}
	far, farArgs := s.distance()
	sql := "SELECT id, folded, rank, far FROM (SELECT d.provider_id AS id, d.folded, d.rank, MIN(" + far + ") AS far FROM (SELECT DISTINCT h.provider_id, h.folded, " + rank + " AS rank FROM (" + by.sql + ") h WHERE " + where +
		") d CROSS JOIN provider_places x WHERE x.provider_id = d.provider_id AND x.latitude IS NOT NULL GROUP BY d.provider_id, d.folded, d.rank) g WHERE far >= ? AND far < ?"
	args := slices.Concat(farArgs, rankArgs, by.args, more, []any{nearer, farther})
	if a := s.after; a.set && a.rank >= first {
		sql += " AND (rank > ? OR (rank = ? AND (far > ? OR (far = ? AND (folded > ? OR (folded = ? AND id > ?))))))"
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

// distance is the square of a place's distance as an expression.
func (s *search) distance() (string, []any) {
	a, k := s.around, s.around.Shrink()
	return "(x.latitude - ?) * (x.latitude - ?) + ((x.longitude - ?) * ?) * ((x.longitude - ?) * ?)", []any{a.Latitude, a.Latitude, a.Longitude, k, a.Longitude, k}
}

// nearest walks the ZIP codes from the nearest on, more at a time, until
// enough are found.
func (s *search) nearest(rank int) error {
	zips, nearer := s.around.ZIPs(), 0.0
	if s.after.set && s.after.rank == rank {
		zips = slices.DeleteFunc(zips, func(z models.NearZIP) bool { return z.Distance2 < s.after.far*(1-1e-9) })
	}
	for n := 4; len(zips) > 0 && !s.full(); n *= 6 {
		n := min(n, len(zips))
		for n < len(zips) && zips[n].Distance2 == zips[n-1].Distance2 {
			n++
		}
		farther := 0.0 // to the end
		if n < len(zips) {
			farther = (zips[n-1].Distance2 + zips[n].Distance2) / 2
		}
		if err := s.gather(rank, rank, s.within(zips[:n]), nearer, farther); err != nil {
			return err
		}
		zips, nearer = zips[n:], farther
	}
	return nil
}

// within are those who work in some ZIP codes.
func (s *search) within(zips []models.NearZIP) candidates {
	codes := make([]string, len(zips))
	for i, z := range zips {
		codes[i] = z.ZIP
	}
	place, _ := s.place("")
	by := candidates{sql: "SELECT provider_id, folded FROM provider_places WHERE postal_code IN ?", args: []any{codes}, placed: place == "", coded: true}
	return by.and(s.kind(""))
}
