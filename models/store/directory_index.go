package store

import (
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm/clause"

	"rapport/models"
)

// providerWordRow says that a word stands in a provider's name, and the name.
type providerWordRow struct {
	Word       string
	Folded     string
	ProviderID string
}

func (providerWordRow) TableName() string { return "provider_words" }

// wordTypoRow is a word with one of its letters missing, and the word itself:
// two words that share a row here differ by one letter that is wrong, missing,
// too many or out of place.
type wordTypoRow struct {
	Deletion string
	Word     string
}

func (wordTypoRow) TableName() string { return "word_typos" }

// The letters that a word needs before a typo in it is forgiven, and before it
// is offered for one.
const (
	typoFrom   = 4
	typoTarget = 3
)

// wordsOf are the words of a folded text, each once, with the dots of initials
// and titles taken off.
func wordsOf(folded string) []string {
	words := strings.FieldsFunc(folded, func(r rune) bool { return r == ' ' || r == '.' })
	slices.Sort(words)
	return slices.Compact(words)
}

// deletions are a word and what is left of it without one letter.
func deletions(word string) []string {
	out, letters := []string{word}, []rune(word)
	for i := range letters {
		out = append(out, string(letters[:i])+string(letters[i+1:]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// IndexProviders brings the search's index up to date for these providers, of
// whom it leaves alone those whose name did not change. Whoever writes names
// past AddProvider and UpdateProvider calls it in the same transaction, with
// at most a few thousand ids.
func (t *Tx) IndexProviders(ids []models.ProviderID) error {
	for batch := range slices.Chunk(ids, 500) {
		rows, err := shared[providerRow](t).Select("id", "folded", "indexed", "merged_into").Where("id IN ? AND indexed <> folded", batch).Find(t.ctx)
		if err != nil {
			return err
		}
		if err := t.index(rows); err != nil {
			return err
		}
	}
	return nil
}

// IndexRest indexes up to n providers whose names are not in the index yet, and
// says how many it found: a directory that was filled before there was an index.
func (t *Tx) IndexRest(n int) (int, error) {
	rows, err := shared[providerRow](t).Select("id", "folded", "indexed", "merged_into").Where("indexed <> folded").Limit(n).Find(t.ctx)
	if err != nil {
		return 0, err
	}
	return len(rows), t.index(rows)
}

func (t *Tx) index(rows []providerRow) error {
	if len(rows) == 0 {
		return nil
	}
	var add []providerWordRow
	var words []string
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		if err := t.unindex(r); err != nil {
			return err
		}
		if r.MergedInto != nil {
			continue
		}
		for _, w := range wordsOf(r.Folded) {
			add, words = append(add, providerWordRow{w, r.Folded, r.ID}), append(words, w)
		}
	}
	if len(add) > 0 {
		if err := t.g.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&add, 2000).Error; err != nil {
			return err
		}
	}
	if err := t.learnWords(words); err != nil {
		return err
	}
	return t.g.Exec("UPDATE providers SET indexed = folded WHERE id IN ?", ids).Error
}

// unindex takes the words of a name out of the index.
func (t *Tx) unindex(r providerRow) error {
	if r.Indexed == "" {
		return nil
	}
	_, err := shared[providerWordRow](t).Where("word IN ? AND folded = ? AND provider_id = ?", wordsOf(r.Indexed), r.Indexed, r.ID).Delete(t.ctx)
	return err
}

// forget takes a record that was merged out of the search's index.
func (t *Tx) forget(id string) error {
	r, err := shared[providerRow](t).Select("id", "indexed").Where("id = ?", id).Take(t.ctx)
	if err != nil {
		return err
	}
	return t.unindex(r)
}

// missingFrom returns what is in b and not in a, both sorted.
func missingFrom(a, b []string) []string {
	var out []string
	for _, x := range b {
		if _, ok := slices.BinarySearch(a, x); !ok {
			out = append(out, x)
		}
	}
	return out
}

// learnWords writes the deletions of words that no name had before.
func (t *Tx) learnWords(words []string) error {
	words = slices.DeleteFunc(words, func(w string) bool { return utf8.RuneCountInString(w) < typoTarget })
	slices.Sort(words)
	words = slices.Compact(words)
	if len(words) == 0 {
		return nil
	}
	var known []string
	if err := t.g.Raw("SELECT word FROM word_typos WHERE deletion IN ? AND word = deletion ORDER BY word", words).Scan(&known).Error; err != nil {
		return err
	}
	slices.Sort(known)
	var add []wordTypoRow
	for _, w := range missingFrom(known, words) {
		for _, d := range deletions(w) {
			add = append(add, wordTypoRow{d, w})
		}
	}
	if len(add) == 0 {
		return nil
	}
	return t.g.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&add, 2000).Error
}
