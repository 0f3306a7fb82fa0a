package models

import (
	"slices"

	"rapport/models/fault"
)

// Category is a kind of information that a release names (45 CFR
// 164.508(c)(1)(i): a specific and meaningful description).
type Category string

// The categories. The last five are special: off unless the release names them.
const (
	CategoryDemographics       Category = "demographics"
	CategoryPrescriptionStatus Category = "prescription_status"
	CategorySessionNotes       Category = "session_notes"
	CategoryMeasures           Category = "measures"
	CategoryProgressReport     Category = "progress_report"
	CategoryReferral           Category = "referral"
	CategoryProgram            Category = "program"
	CategorySUD                Category = "sud"
	CategoryHIV                Category = "hiv"
	CategoryMentalHealth       Category = "mental_health"
	CategoryReproductive       Category = "reproductive"
	CategoryGenetic            Category = "genetic"
)

var categories = vocabulary[Category]{
	{CategoryDemographics, "My name, birth date and how to reach me"},
	{CategoryPrescriptionStatus, "What became of the doctor's order: accepted, visits used, visits left"},
	{CategorySessionNotes, "Notes of my massage sessions"},
	{CategoryMeasures, "My pain, function and movement scores"},
	{CategoryProgressReport, "Letters about my progress"},
	{CategoryReferral, "That I was referred, why, and what came of it"},
	{CategoryProgram, "My plan of care and its goals"},
	{CategorySUD, "Alcohol or drug treatment"},
	{CategoryHIV, "HIV or AIDS"},
	{CategoryMentalHealth, "Mental health"},
	{CategoryReproductive, "Pregnancy and reproductive health"},
	{CategoryGenetic, "Genetic information"},
}

// Categories returns all categories with the words of the release form.
func Categories() []Term[Category] { return slices.Clone(categories) }

// Label is the client's wording; "" means that c is not a category.
func (c Category) Label() string { return categories.label(c) }

// Special says that c is disclosed only when a release names it by itself.
func (c Category) Special() bool {
	return slices.Contains([]Category{CategorySUD, CategoryHIV, CategoryMentalHealth, CategoryReproductive, CategoryGenetic}, c)
}

// ValidateCategories adds category.unknown for each key that is not one.
func ValidateCategories(keys []Category, pointer string, l *fault.List) {
	categories.check(keys, "category.unknown", "This is not a kind of information that a release can name.", pointer, l)
}

// Purpose is why information is disclosed (45 CFR 164.508(c)(1)(iv)).
type Purpose string

// The purposes.
const (
	PurposeCoordination Purpose = "coordination"
	PurposeAtRequest    Purpose = "at_request"
	PurposeReferral     Purpose = "referral"
	PurposeEmergency    Purpose = "emergency"
)

var purposes = vocabulary[Purpose]{
	{PurposeCoordination, "So that the people who care for me can work together"},
	{PurposeAtRequest, "At my request"},
	{PurposeReferral, "To refer me to another professional"},
	{PurposeEmergency, "In an emergency"},
}

// Purposes returns all purposes with the words of the release form.
func Purposes() []Term[Purpose] { return slices.Clone(purposes) }

// Label is the client's wording; "" means that p is not a purpose.
func (p Purpose) Label() string { return purposes.label(p) }

// ValidatePurpose adds purpose.unknown when p is not one.
func ValidatePurpose(p Purpose, pointer string, l *fault.List) {
	if p.Label() == "" {
		l.Put(fault.Violation{Code: "purpose.unknown", Pointer: pointer, Message: "Name one of the purposes of a release.", Allowed: purposes.keys()})
	}
}
