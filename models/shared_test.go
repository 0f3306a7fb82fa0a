package models

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestASharedViewStaysWithinOneRelease(t *testing.T) {
	ask := askNow(func(a *Ask) { a.Categories = nil })
	with := func(id ReleaseID, kinds ...Category) Release {
		return inForce(func(r *Release) { r.ID, r.Categories = id, kinds })
	}
	revoked := func(r Release) Release {
		at := noon.Add(-time.Minute)
		r.Status, r.RevokedAt = ReleaseRevoked, &at
		return r
	}
	expired := func(r Release) Release { r.ExpiresOn = "2026-03-01"; return r }
	forReferral := func(r Release) Release { r.Purpose = PurposeReferral; return r }
	own, sent := Ties{Ordered: true}, Ties{Referred: true}
	const notes, status, measures = CategorySessionNotes, CategoryPrescriptionStatus, CategoryMeasures
	for name, c := range map[string]struct {
		ties Ties
		all  []Release
		want Category
		sees string // basis, kinds, "own" where the own order lets them know too
	}{
		"nothing":                           {sees: "refused"},
		"own order":                         {ties: own, sees: "own_order [prescription_status] own"},
		"own referral":                      {ties: sent, sees: "own_order [prescription_status] own"},
		"each kind alone":                   {all: []Release{with("r", notes)}, sees: "release [session_notes]"},
		"own order and notes":               {ties: own, all: []Release{with("r", notes)}, sees: "release [session_notes] own"},
		"the wider of two, never both":      {all: []Release{with("a", notes, status), with("b", measures)}, sees: "release [prescription_status session_notes]"},
		"the one that covers what is asked": {all: []Release{with("a", notes, status), with("b", measures)}, want: measures, sees: "release [measures]"},
		"not covered at all":                {all: []Release{with("a", notes)}, want: measures, sees: "release [session_notes]"},
		"special kinds alone show nobody":   {all: []Release{with("a", CategoryHIV, CategorySUD)}, sees: "refused"},
		"special kinds are no part of it":   {all: []Release{with("a", notes, CategoryHIV)}, sees: "release [session_notes]"},
		"given for a referral only":         {all: []Release{forReferral(with("a", notes, CategoryReferral))}, sees: "release [referral]"},
		"for a referral, without its kind":  {all: []Release{forReferral(with("a", notes))}, sees: "refused"},
		"revoked":                           {all: []Release{revoked(with("a", notes))}, sees: "refused ended"},
		"revoked, with an own order":        {ties: own, all: []Release{revoked(with("a", notes))}, sees: "refused ended"},
		"revoked, and another in force":     {ties: own, all: []Release{revoked(with("a", notes)), with("b", measures)}, sees: "release [measures] own"},
		"expired":                           {all: []Release{expired(with("a", notes))}, sees: "refused ended"},
		"expired, with an own order":        {ties: own, all: []Release{expired(with("a", notes))}, sees: "own_order [prescription_status] own"},
		"names somebody else":               {all: []Release{inForce(func(r *Release) { r.Recipients = []Recipient{{ProviderID: "dr-2"}} })}, sees: "refused"},
		"another client's":                  {all: []Release{inForce(func(r *Release) { r.ClientID = "bob" })}, sees: "refused"},
	} {
		s := JudgeSharing(ask, c.ties, c.all, c.want)
		got := "refused"
		if s.Allowed {
			got = fmt.Sprint(s.Basis, " ", s.Ask.Categories)
		}
		if s.Own {
			got += " own"
		}
		if s.Ended {
			got += " ended"
		}
		if got != c.sees {
			t.Errorf("%s: %s, want %s", name, got, c.sees)
		}
		for _, k := range sharedKinds {
			if s.Sees(k) && !slices.Contains(s.Ask.Categories, k) {
				t.Errorf("%s: sees %s", name, k)
			}
		}
	}
}

func TestASessionIsToldAsTheReleaseGoes(t *testing.T) {
	v := 4.0
	at := noon
	s := Session{ID: "s", Kind: Deviation, State: NoteSigned, VisitNumber: 2, Minutes: 30, SOAP: SOAP{Subjective: "Stiff."}, Screening: Screening{Reviewed: true, Findings: []Finding{{Key: "pregnancy"}}},
		Readings: []Reading{{Instrument: NPRS, Value: &v}}, Addenda: []Addendum{{Text: "More."}}, SignedAt: &at, ContentSHA256: "aa", VoidReason: "x", CreatedBy: "u"}
	if got := s.Told(false, true); got.SOAP.Subjective != "" || got.Kind != "" || got.Minutes != 0 || got.Readings != nil || got.VisitNumber != 2 {
		t.Errorf("a visit: %+v", got)
	}
	got := s.Told(true, false)
	if got.SOAP.Subjective == "" || len(got.Addenda) != 1 || got.Readings != nil || got.Screening.Reviewed || len(got.Screening.Findings) > 0 || got.CreatedBy != "" || got.ContentSHA256 != "" {
		t.Errorf("a note: %+v", got)
	}
	if got := s.Told(true, true); len(got.Readings) != 1 {
		t.Errorf("with measures: %+v", got)
	}
	s.State, s.VoidedAt = NoteVoid, &at
	if got := s.Told(true, true); got.SOAP.Subjective != "" || got.VoidReason != "" || got.VoidedAt == nil || got.Readings != nil {
		t.Errorf("taken back: %+v", got)
	}
}
