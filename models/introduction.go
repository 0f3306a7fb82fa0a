package models

import "slices"

// Introduction is a doctor of a client to whom the practice could introduce
// itself: the client's release names them, and they were never spoken to.
type Introduction struct {
	ProviderID     ProviderID
	Name           string
	Office         string
	RelationshipID RelationshipID // empty where there is no relationship yet
	Tried          bool           // somebody tried, and reached nobody
	Begun          bool           // it is the next step already
	Covered        []Category     // what the release lets them know
}

// Cold says that nobody of the practice has reached them yet.
func (r Relationship) Cold() bool { return r.LastReachedAt == nil }

// MayName is the kind of information under which the client may be named to
// the doctor; empty where the introduction speaks of nobody.
func (i Introduction) MayName() Category {
	for _, c := range []Category{CategoryDemographics, CategoryProgressReport, CategoryReferral} {
		if slices.Contains(i.Covered, c) {
			return c
		}
	}
	return ""
}

// IntroduceStep is the next step of a relationship that begins so. It names nobody.
const IntroduceStep = "Introduce ourselves"

// Introducing is the relationship after somebody decided to introduce the
// practice: the step to take today, and the script that the release allows.
func (r Relationship) Introducing(mayName bool, today Date) Relationship {
	if r.NextStep == "" {
		r.NextStep, r.NextStepOn = IntroduceStep, today
	}
	r.Checklist.ContactAllowed, r.Checklist.Script = &mayName, string(ScriptNoShared)
	if mayName {
		r.Checklist.Script = string(ScriptShared)
	}
	return r
}
