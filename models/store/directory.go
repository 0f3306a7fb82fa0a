package store

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"rapport/models"
)

// How a name answers a search, the best first.
const (
	rankExact  = 0 // every word that was typed is a word of the name
	rankPrefix = 1 // or begins one
	rankTypo   = 2 // or differs from one by a letter
)

// The search weighs its ways by how many records each would look at. What it
// assumes of a directory's size only matters where the directory is large.
const (
	mostCounted   = 6000   // a candidate list longer than this is not counted to its end
	assumedSize   = 500000 // of a large directory
	mostWords     = 6
	mostTypos     = 24    // words that are offered for one typed word
	typosCounted  = 1000  // names with an offered word, as far as they are counted
	gatherNearest = 2000  // candidates worth measuring; above, the nearest ZIP codes are walked
	mostCircled   = 1000  // ZIP codes of a circle that are looked at together
	mostWalked    = 20000 // records of the alphabet that one walk looks at
)

// candidates is one way into the directory: provider_id and folded of those
// among whom the answer is, and about how many they are.
type candidates struct {
	sql    string
	args   []any
	n      int
	word   int          // the word, from 1, that each of them answers; 0 is none
	placed bool         // each of them answers what was asked of place, discipline and new patients
	coded  bool         // each of them answers what was asked of the discipline
	arms   []candidates // the same in parts, each of which is read in the order of names
}

// search is one search on its way.
type search struct {
	t      *Tx
	q      models.ProviderQuery
	words  []string
	typos  [][]string // offered for each word
	around *models.Around
	after  place
	limit  int
	found  []foundRow
	narrow []candidates // by what was asked beside the name
	exact  []candidates // by each word
	prefix []candidates
}

// place is where a page ended: rank, distance, name, id.
type place struct {
	rank   int
	far    float64
	folded string
	id     string
	set    bool
}

type foundRow struct {
	ID     string
	Folded string
	Rank   int
	Far    float64
}

func placeOf(cursor string) place {
	head, rest, ok := splitCursor(cursor)
	if !ok {
		return place{}
	}
	far, rest, _ := strings.Cut(rest, cursorSeam)
	folded, id, _ := strings.Cut(rest, cursorSeam)
	rank, err := strconv.Atoi(head)
	f, err2 := strconv.ParseFloat(far, 64)
	if err != nil || err2 != nil {
		return place{}
	}
	return place{rank, f, folded, id, true}
}

func (r foundRow) cursor() string {
	return joinCursor(strconv.Itoa(r.Rank), strconv.FormatFloat(r.Far, 'g', -1, 64), r.Folded, r.ID)
}

// Providers searches the directory: exact names first, then names that begin
// with what was typed, then those with one wrong letter; among them the nearest
// where a ZIP code was given, then by name. The same on both engines.
func (t *Tx) Providers(q models.ProviderQuery, page models.Page) (models.List[models.Provider], error) {
	s := search{t: t, q: q, words: wordsOf(Fold(q.Q)), after: placeOf(page.Cursor), limit: page.Limit + 1}
	if len(s.words) > mostWords {
		s.words = s.words[:mostWords]
	}
	if a, ok := q.Around(); ok {
		s.around = &a
	} else if q.Near != "" {
		return models.List[models.Provider]{}, nil
	}
	if err := s.run(); err != nil {
		return models.List[models.Provider]{}, err
	}
	found := pageOf(s.found, page.Limit, func(r foundRow) foundRow { return r }, foundRow.cursor)
	l := models.List[models.Provider]{NextCursor: found.NextCursor}
	items, err := t.providersByID(found.Items)
	l.Items = items
	for i := range items {
		if s.around != nil {
			miles := models.MilesOf(found.Items[i].Far)
			items[i].Miles = &miles
		}
	}
	return l, err
}

// providersByID reads records in the order they were found.
func (t *Tx) providersByID(found []foundRow) ([]models.Provider, error) {
	if len(found) == 0 {
		return nil, nil
	}
	ids, at := make([]string, len(found)), map[string]int{}
	for i, f := range found {
		ids[i], at[f.ID] = f.ID, i
	}
	rows, err := shared[providerRow](t).Select("id", providerColumns...).Where("id IN ?", ids).Find(t.ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b providerRow) int { return cmp.Compare(at[a.ID], at[b.ID]) })
	out := make([]models.Provider, len(rows))
	for i, r := range rows {
		out[i] = r.provider()
	}
	return out, t.fill(out)
}

func (s *search) run() error {
	if s.t.db.pg && s.around != nil {
		// Distances are measured of the candidates alone; the planner, who knows
		// nothing of the words, is kept from reading tables whole.
		if err := s.t.g.Exec(`SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
			set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)`).Error; err != nil {
			return err
		}
	}
	if err := s.count(); err != nil {
		return err
	}
	if len(s.words) == 0 {
		return s.rank(rankExact, nil)
	}
	if begun := best(slices.Concat(s.prefix, s.narrow)); s.around != nil && begun.n <= gatherNearest && s.after.rank <= rankPrefix {
		if err := s.gather(rankExact, rankPrefix, begun, 0, 0); err != nil {
			return err
		}
	} else {
		for rank, ways := range [][]candidates{s.exact, s.prefix} {
			if err := s.rank(rank, ways); err != nil {
				return err
			}
		}
	}
	if s.full() {
		return nil
	}
	typos, err := s.findTypos()
	if err != nil || typos == nil {
		return err
	}
	return s.rank(rankTypo, typos)
}

func (s *search) full() bool { return len(s.found) >= s.limit }

// best is the shortest list; without any, everybody.
func best(of []candidates) candidates {
	b := candidates{n: assumedSize}
	for _, c := range of {
		if c.n < b.n {
			b = c
		}
	}
	return b
}

// rank finds those of a rank by the best of the ways.
func (s *search) rank(rank int, ways []candidates) error {
	if s.full() || rank < s.after.rank {
		return nil
	}
	all := slices.Concat(ways, s.narrow)
	by := best(all)
	switch {
	case by.n == 0:
		return nil
	case s.around != nil && by.n > gatherNearest:
		return s.nearest(rank)
	case s.around != nil:
		return s.gather(rank, rank, by, 0, 0)
	case by.sql == "":
		_, err := s.walk(rank, math.MaxInt32)
		return err
	case by.arms != nil:
		return s.inOrder(rank, by)
	}
	expect := float64(assumedSize)
	for _, c := range all {
		expect *= float64(c.n) / assumedSize
	}
	if float64(s.limit)*assumedSize < max(expect, 1)*float64(by.n) {
		done, err := s.walk(rank, mostWalked)
		if done || err != nil {
			return err
		}
	}
	return s.inOrder(rank, by)
}

// findTypos offers words of the directory for those that were typed, and says
// where names with them are. Nil means that there is nothing to offer.
func (s *search) findTypos() ([]candidates, error) {
	var asked []string
	for _, w := range s.words {
		if utf8.RuneCountInString(w) >= typoFrom {
			asked = append(asked, deletions(w)...)
		}
	}
	if len(asked) == 0 {
		return nil, nil
	}
	var rows []struct {
		Deletion string
		Word     string
		N        int
	}
	if err := s.t.g.Raw(`SELECT d.deletion, d.word, (SELECT COUNT(*) FROM (SELECT 1 AS one FROM provider_words w WHERE w.word = d.word LIMIT ?) c) AS n
		FROM word_typos d WHERE d.deletion IN ?`, typosCounted, asked).Scan(&rows).Error; err != nil {
		return nil, err
	}
	var ways []candidates
	offers := false
	s.typos = make([][]string, len(s.words))
	for i, w := range s.words {
		of := deletions(w)
		n := map[string]int{}
		for _, r := range rows {
			if _, ok := slices.BinarySearch(of, r.Deletion); ok && r.N > 0 && utf8.RuneCountInString(w) >= typoFrom && !strings.HasPrefix(r.Word, w) {
				n[r.Word] = r.N
			}
		}
		for word := range n {
			s.typos[i] = append(s.typos[i], word)
		}
		slices.SortFunc(s.typos[i], func(a, b string) int { return likeness(w, a, b) })
		s.typos[i] = s.typos[i][:min(len(s.typos[i]), mostTypos)]
		way := candidates{sql: s.prefix[i].sql, args: slices.Clone(s.prefix[i].args), n: s.prefix[i].n, word: i + 1, arms: []candidates{}}
		if len(s.words) > 1 { // a single word that begins one has the better rank
			way.arms = append(way.arms, s.prefix[i])
		}
		if len(s.typos[i]) > 0 {
			offers = true
			way.sql += " UNION SELECT provider_id, folded FROM provider_words WHERE word IN ?"
			way.args = append(way.args, s.typos[i])
		}
		for _, word := range s.typos[i] {
			way.n += n[word]
			way.arms = append(way.arms, withWord(i, word))
		}
		ways = append(ways, way)
	}
	if !offers {
		return nil, nil
	}
	return ways, nil
}

// likeness puts words that begin alike first, then those as long, then by letter.
func likeness(typed, a, b string) int {
	unlike := func(x string) int {
		n := max(len(x)-len(typed), len(typed)-len(x))
		if x[0] != typed[0] {
			n += 10
		}
		return n
	}
	return cmp.Or(unlike(a)-unlike(b), strings.Compare(a, b))
}
