package models_test

import (
	"slices"
	"testing"

	"rapport/models"
	"rapport/models/fault"
)

func checkTerms[K ~string](t *testing.T, name string, terms []models.Term[K]) {
	t.Helper()
	seen, labels := map[K]bool{}, map[string]bool{}
	for _, term := range terms {
		if term.Key == "" || term.Label == "" || seen[term.Key] || labels[term.Label] {
			t.Errorf("%s: %q (%q) is empty or there twice", name, term.Key, term.Label)
		}
		seen[term.Key], labels[term.Label] = true, true
	}
	if len(terms) == 0 {
		t.Errorf("%s is empty", name)
	}
}

func TestVocabulariesHaveOneLabelForEachKey(t *testing.T) {
	checkTerms(t, "techniques", models.Techniques())
	checkTerms(t, "precautions", models.Precautions())
	checkTerms(t, "procedures", models.Procedures())
	checkTerms(t, "categories", models.Categories())
	checkTerms(t, "purposes", models.Purposes())
	for _, term := range models.Techniques() {
		if term.Key.Label() != term.Label {
			t.Errorf("%s has the label %q", term.Key, term.Key.Label())
		}
	}
}

func TestUnknownKeysAreRefusedWhereTheyStand(t *testing.T) {
	var l fault.List
	models.ValidateTechniques([]models.Technique{"swedish", "magic", "deep_tissue"}, "/techniques/only", &l)
	models.ValidatePrecautions([]models.Precaution{"", "no_prone"}, "/precautions", &l)
	models.ValidateCategories([]models.Category{"measures", "everything"}, "/categories", &l)
	models.ValidateProcedures([]models.Procedure{"97124", "1044M", "G0283", "9712", "97124x"}, "/procedures", &l)
	models.ValidatePurpose("marketing", "/purpose", &l)
	models.ValidatePurpose(models.PurposeCoordination, "/purpose", &l)
	want := []string{"technique.unknown /techniques/only/1", "precaution.unknown /precautions/0", "category.unknown /categories/1",
		"procedure.invalid /procedures/3", "procedure.invalid /procedures/4", "purpose.unknown /purpose"}
	if got := codes(l.Items()); !slices.Equal(got, want) {
		t.Errorf(" got %q\nwant %q", got, want)
	}
}

func TestSpecialCategoriesAreTheFiveOfTheRelease(t *testing.T) {
	var special []models.Category
	for _, c := range models.Categories() {
		if c.Key.Special() {
			special = append(special, c.Key)
		}
	}
	want := []models.Category{models.CategorySUD, models.CategoryHIV, models.CategoryMentalHealth, models.CategoryReproductive, models.CategoryGenetic}
	if !slices.Equal(special, want) {
		t.Errorf("got %q, want %q", special, want)
	}
}

func TestTaxonomiesHaveFormAndWords(t *testing.T) {
	for _, x := range models.Taxonomies() {
		if !models.ValidTaxonomy(x.Code) || x.Label() == "" || x.Discipline == "" {
			t.Errorf("%+v is incomplete", x)
		}
	}
	got, ok := models.LookupTaxonomy("111NX0800X")
	if !ok || got.Label() != "Chiropractor, Orthopedic" || got.Discipline != "chiropractor" {
		t.Errorf("got %+v, %v", got, ok)
	}
	if _, ok := models.LookupTaxonomy("999999999X"); ok {
		t.Error("an unknown code was found")
	}
	for _, s := range []string{"", "111N", "111n00000x", "111N00000Y", "111N00000X "} {
		if models.ValidTaxonomy(s) {
			t.Errorf("%q was accepted", s)
		}
	}
}
