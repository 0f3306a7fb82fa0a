package models

import (
	"regexp"
	"slices"
)

// Taxonomy is a provider taxonomy code of the NUCC with its short names.
type Taxonomy struct {
	Code           string `json:"code"`
	Grouping       string `json:"grouping"`
	Classification string `json:"classification"`
	Specialization string `json:"specialization,omitempty"`
	Discipline     string `json:"discipline"` // ours: chiropractor, physician, …
}

var (
	taxonomyForm = regexp.MustCompile(`^[0-9]{3}[0-9A-Z]{6}X$`)
	taxonomies   = readTaxonomies()
)

func readTaxonomies() []Taxonomy {
	var all []Taxonomy
	for _, r := range readTable("taxonomies.csv") {
		all = append(all, Taxonomy{r["code"], r["grouping"], r["classification"], r["specialization"], r["discipline"]})
	}
	return all
}

// Taxonomies returns the codes that we have names for.
func Taxonomies() []Taxonomy { return slices.Clone(taxonomies) }

// LookupTaxonomy finds a code that we have names for.
func LookupTaxonomy(code string) (Taxonomy, bool) {
	i := slices.IndexFunc(taxonomies, func(t Taxonomy) bool { return t.Code == code })
	if i < 0 {
		return Taxonomy{}, false
	}
	return taxonomies[i], true
}

// ValidTaxonomy checks the form of a code: ten characters ending in X. The
// full set has many more codes than we have names for.
func ValidTaxonomy(code string) bool { return taxonomyForm.MatchString(code) }

// Label is for people: "Chiropractor, Orthopedic".
func (t Taxonomy) Label() string {
	if t.Specialization == "" {
		return t.Classification
	}
	return t.Classification + ", " + t.Specialization
}
