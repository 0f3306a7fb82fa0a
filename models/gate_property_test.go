package models

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// history is the oracle: it keeps what happened as a list of sentences and
// answers each question by reading the list again from the start. It shares
// nothing with the gate but the vocabulary.
type history struct{ lines []happened }

type happened struct {
	at         time.Time
	what       string // drafted, signed, declined, revoked, event, joined, left
	release    ReleaseID
	client     ClientID
	persons    []ProviderID
	offices    []OfficeID
	payers     []string // name|claim
	categories []Category
	purpose    Purpose
	lastDay    Date
	broken     bool
	day        Date
	person     ProviderID
	office     OfficeID
}

type answer struct {
	allowed, ended bool
	codes          []string
}

func (h history) worksAt(p ProviderID, o OfficeID) bool {
	is := false
	for _, l := range h.lines {
		if l.person == p && l.office == o {
			is = l.what == "joined"
		}
	}
	return is
}

// states replays one release: what is true of it at the end of the list.
func (h history) states(id ReleaseID) (draft happened, signed, revoked bool, eventOn Date) {
	for _, l := range h.lines {
		if l.release != id {
			continue
		}
		switch l.what {
		case "drafted":
			draft = l
		case "signed":
			signed = true
		case "revoked":
			revoked = true
		case "event":
			eventOn = l.day
		}
	}
	return
}

func (h history) asks(client ClientID, p ProviderID, payer string, cats []Category, why Purpose, today Date) answer {
	fits := map[string]bool{"coordination coordination": true, "coordination referral": true, "at_request at_request": true, "at_request coordination": true,
		"at_request referral": true, "referral referral": true, "emergency emergency": true}
	any, named := false, false
	over := map[string]bool{}
	best, bestCodes := 1000, []string(nil)
	for _, l := range h.lines {
		if l.what != "drafted" || l.client != client {
			continue
		}
		any = true
		draft, signed, revoked, eventOn := h.states(l.release)
		hit := payer != "" && slices.Contains(draft.payers, payer)
		if payer == "" {
			hit = slices.Contains(draft.persons, p)
			for _, o := range draft.offices {
				hit = hit || h.worksAt(p, o)
			}
		}
		if !hit {
			continue
		}
		named = true
		dead := false
		for code, is := range map[string]bool{"release.not_signed": !signed, "release.revoked": signed && revoked, "release.incomplete": signed && draft.broken,
			"release.expired": signed && (draft.lastDay != "" && today > draft.lastDay || eventOn != "" && today >= eventOn)} {
			if is {
				over[code], dead = true, true
			}
		}
		if dead {
			continue
		}
		var codes []string
		score := 0
		if !fits[string(draft.purpose)+" "+string(why)] {
			codes, score = append(codes, "release.purpose"), 100
		}
		lacks := 0
		for _, c := range cats {
			if !slices.Contains(draft.categories, c) {
				lacks++
			}
		}
		if lacks > 0 {
			codes = append(codes, "release.category")
		}
		if score+lacks < best {
			best, bestCodes = score+lacks, codes
		}
	}
	switch {
	case best < 1000:
		return answer{allowed: bestCodes == nil, codes: bestCodes}
	case named:
		a := answer{ended: over["release.revoked"] || over["release.expired"]}
		for code := range over {
			a.codes = append(a.codes, code)
		}
		return a
	case any:
		return answer{codes: []string{"release.recipient"}}
	}
	return answer{codes: []string{"release.none"}}
}

// both is the gate's facts and the oracle's list, moved by the same hand.
type both struct {
	h       history
	all     []Release
	offices map[ProviderID][]OfficeID
	now     time.Time
}

var (
	someClients = []ClientID{"ana", "bob"}
	someDoctors = []ProviderID{"d1", "d2", "d3"}
	someOffices = []OfficeID{"o1", "o2"}
	somePayers  = []Recipient{{PayerName: "L&I", ClaimNumber: "1"}, {PayerName: "L&I", ClaimNumber: "2"}}
	someKinds   = []Category{CategoryProgressReport, CategoryMeasures, CategorySessionNotes, CategoryHIV}
	somePurpose = []Purpose{PurposeCoordination, PurposeAtRequest, PurposeReferral, PurposeEmergency}
)

func subset[T any](t *rapid.T, from []T, label string) []T {
	bits := rapid.IntRange(0, 1<<len(from)-1).Draw(t, label)
	var out []T
	for i, x := range from {
		if bits>>i&1 == 1 {
			out = append(out, x)
		}
	}
	return out
}

func (b *both) draft(t *rapid.T) {
	l := happened{at: b.now, what: "drafted", release: ReleaseID(fmt.Sprintf("r%04d", len(b.all))), client: rapid.SampledFrom(someClients).Draw(t, "client"),
		persons: subset(t, someDoctors, "persons"), offices: subset(t, someOffices, "offices"), categories: subset(t, someKinds, "categories"),
		purpose: rapid.SampledFrom(somePurpose).Draw(t, "purpose")}
	r := Release{ID: l.release, PracticeID: "p", ClientID: l.client, Status: ReleaseDraft, Purpose: l.purpose, Categories: l.categories, FormVersion: ReleaseFormVersion,
		Recipients: []Recipient{{Name: "Dr. Words", Role: "friend"}}, Version: 1}
	for _, p := range l.persons {
		r.Recipients = append(r.Recipients, Recipient{ProviderID: p})
	}
	for _, o := range l.offices {
		r.Recipients = append(r.Recipients, Recipient{OfficeID: o})
	}
	for _, p := range subset(t, somePayers, "payers") {
		r.Recipients = append(r.Recipients, p)
		l.payers = append(l.payers, p.PayerName+"|"+p.ClaimNumber)
	}
	if rapid.Bool().Draw(t, "dated") {
		l.lastDay = DateOf(b.now, time.UTC).AddDays(rapid.IntRange(0, 20).Draw(t, "days"))
		r.ExpiresOn = l.lastDay
	} else {
		r.ExpiryEvent = "My care under this order ends"
	}
	l.broken = len(l.categories) == 0
	if rapid.IntRange(0, 9).Draw(t, "broken") == 0 {
		l.broken, r.FormVersion = true, "draft of a form"
	}
	b.h.lines, b.all = append(b.h.lines, l), append(b.all, r)
}

// change does one thing to one release, where it may be done.
func (b *both) change(t *rapid.T) {
	if len(b.all) == 0 {
		return
	}
	// the newest few, so that most questions have something to find
	r := &b.all[len(b.all)-1-rapid.IntRange(0, min(len(b.all)-1, 7)).Draw(t, "which")]
	at := b.now
	l := happened{at: at, release: r.ID, client: r.ClientID}
	switch what := rapid.SampledFrom([]string{"signed", "signed", "revoked", "event"}).Draw(t, "what"); {
	case what == "signed" && r.Status == ReleaseDraft:
		r.Status, r.SignedAt, r.Signature = ReleaseActive, &at, &Signature{Name: "A"}
	case what == "revoked" && r.Status == ReleaseActive:
		r.Status, r.RevokedAt, r.Revocation = ReleaseRevoked, &at, &Revocation{ReceivedAt: at}
	case what == "event" && r.ExpiryEvent != "" && r.Status == ReleaseActive && r.EventOccurred == "":
		l.day = DateOf(at, time.UTC).AddDays(-rapid.IntRange(0, 2).Draw(t, "ago"))
		r.EventOccurred = l.day
	default:
		return
	}
	l.what = map[ReleaseStatus]string{ReleaseActive: "signed", ReleaseRevoked: "revoked"}[r.Status]
	if l.day != "" {
		l.what = "event"
	}
	b.h.lines = append(b.h.lines, l)
}

func (b *both) move(t *rapid.T) {
	p, o := rapid.SampledFrom(someDoctors).Draw(t, "mover"), rapid.SampledFrom(someOffices).Draw(t, "office")
	l := happened{what: "joined", person: p, office: o}
	if i := slices.Index(b.offices[p], o); i >= 0 {
		l.what = "left"
		b.offices[p] = slices.Delete(slices.Clone(b.offices[p]), i, i+1)
	} else {
		b.offices[p] = append(b.offices[p], o)
	}
	b.h.lines = append(b.h.lines, l)
}

func (b *both) ask(t *rapid.T) (allowed bool) {
	a := Ask{ClientID: rapid.SampledFrom(someClients).Draw(t, "about"), Categories: subset(t, someKinds, "asked"), Purpose: rapid.SampledFrom(somePurpose).Draw(t, "why"),
		On: DateOf(b.now, time.UTC), At: b.now}
	if len(a.Categories) == 0 {
		a.Categories = someKinds[:1]
	}
	payer := ""
	if rapid.IntRange(0, 4).Draw(t, "kind") == 0 {
		p := rapid.SampledFrom(somePayers).Draw(t, "payer")
		a.Payer, payer = &p, p.PayerName+"|"+p.ClaimNumber
	} else {
		a.ProviderID = rapid.SampledFrom(someDoctors).Draw(t, "who")
		a.Offices = b.offices[a.ProviderID]
	}
	want := b.h.asks(a.ClientID, a.ProviderID, payer, a.Categories, a.Purpose, a.On)
	v := JudgeReleases(a, b.all)
	var got []string
	for _, r := range v.Reasons {
		if !slices.Contains(got, r.Code) {
			got = append(got, r.Code)
		}
	}
	slices.Sort(got)
	slices.Sort(want.codes)
	if v.Allowed != want.allowed || v.Ended != want.ended || !slices.Equal(got, want.codes) {
		t.Fatalf("%+v\ngate:   allowed %v ended %v %v\noracle: %+v", a, v.Allowed, v.Ended, got, want)
	}
	if v.Allowed != (v.Basis == BasisRelease && v.ReleaseID != "" && len(v.Missing) == 0) || v.Narrower && v.Allowed {
		t.Fatalf("the verdict contradicts itself: %+v", v)
	}
	return v.Allowed
}

// TestTheGateAgreesWithAnOracleOverRandomHistories runs 100 histories of 250
// steps each, about ten thousand questions.
func TestTheGateAgreesWithAnOracleOverRandomHistories(t *testing.T) {
	allowed, asked := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		b := &both{offices: map[ProviderID][]OfficeID{}, now: noon}
		for range 250 {
			switch rapid.IntRange(0, 11).Draw(t, "step") {
			case 0, 1:
				b.draft(t)
			case 2, 3, 4:
				b.change(t)
			case 5:
				b.move(t)
			case 6:
				b.now = b.now.Add(time.Duration(rapid.IntRange(0, 72).Draw(t, "hours")) * time.Hour)
			default:
				if b.ask(t) {
					allowed++
				}
				asked++
			}
		}
	})
	if allowed < 200 || asked-allowed < 5000 {
		t.Errorf("%d of %d questions were answered yes: too one-sided to prove anything", allowed, asked)
	}
}
