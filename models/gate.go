package models

import (
	"slices"
	"strings"
	"time"

	"rapport/models/fault"
)

// GateRuleVersion names the rules of this file; every disclosure carries it.
const GateRuleVersion = "gate-1"

// Ask is the question the gate answers: may this practice tell this recipient
// these kinds of information about this client for this purpose now?
type Ask struct {
	ClientID   ClientID
	ProviderID ProviderID // the recipient, or
	Payer      *Recipient // a payer, by name and claim
	Offices    []OfficeID // where the provider holds a role at this moment
	Categories []Category
	Purpose    Purpose
	Prescriber ProviderID   // who wrote the order that would be shown; empty for anything else
	Report     ReportID     // the report that would be told; empty for anything else
	Override   *Override    // what an owner or therapist put in a release's place
	Mode       PracticeMode // of the practice, now
	On         Date         // today in the practice's zone
	At         time.Time
}

// The bases on which something is told.
const (
	BasisRelease    = "release"
	BasisOwnOrder   = "own_order"
	BasisOverride   = "override"
	BasisIndividual = "individual" // to the client: 45 CFR 164.502(a)(1)(i)
)

// Verdict is the gate's answer with its reasons.
type Verdict struct {
	Allowed        bool
	Basis          string // why, when allowed
	ReleaseID      ReleaseID
	ReleaseVersion int
	Covered        []Category        // of those asked for
	Missing        []Category        // of those asked for
	Reasons        []fault.Violation // when refused, all of them
	Narrower       bool              // refused, although a live release for this purpose names the recipient
	// Ended says that the recipient was named once and no live release names
	// them any more. A prescriber's own order is then allowed, frozen: the
	// order itself and the word "ended", nothing that came later.
	Ended bool
}

// JudgeReleases is the release gate (PRODUCT §3.4, 45 CFR 164.508). Whatever
// leaves the practice was asked here at that moment.
//
// A disclosure stays within one authorization (164.508(a)(1)): one live release
// has to name the recipient, fit the purpose and cover every category. Two
// that each cover a part do not add up.
//
// A prescriber sees their own order and its status in any case. An override
// lets one report through to one recipient while it lasts.
func JudgeReleases(ask Ask, all []Release) Verdict {
	v := judge(ask, all)
	if ask.ownOrder() {
		revoked := !v.liveNamed && slices.ContainsFunc(v.named, func(r Release) bool { return r.revokedBy(ask.At) })
		return Verdict{Allowed: true, Basis: BasisOwnOrder, Covered: slices.Clone(ask.Categories), Ended: revoked}
	}
	if v.Allowed || ask.Override == nil {
		return v.Verdict
	}
	late, reasons := ask.overridden()
	if len(reasons) == 0 {
		return Verdict{Allowed: true, Basis: BasisOverride, Covered: slices.Clone(ask.Categories)}
	}
	v.Reasons = append(v.Reasons, reasons...)
	v.Ended = v.Ended || late && !v.liveNamed
	return v.Verdict
}

// CoveredBy is what one live release lets the recipient know for the purpose:
// of several, the one that covers most of ask.Categories, then most at all. It
// is empty when none does.
func CoveredBy(ask Ask, all []Release) []Category {
	live := slices.DeleteFunc(slices.Clone(all), func(r Release) bool {
		return r.ClientID != ask.ClientID || !r.names(ask) || len(r.lapses(ask)) > 0 || !r.Purpose.covers(ask.Purpose)
	})
	if len(live) == 0 {
		return nil
	}
	slices.SortFunc(live, func(a, b Release) int {
		if c := len(without(ask.Categories, a.Categories)) - len(without(ask.Categories, b.Categories)); c != 0 {
			return c
		}
		if c := len(b.Categories) - len(a.Categories); c != 0 {
			return c
		}
		return newestFirst(a, b)
	})
	return slices.Clone(live[0].Categories)
}

// Refusal is the verdict as the asker hears it: nil when allowed. An outsider
// learns that a release ended, and no more about it.
func (v Verdict) Refusal(outsider bool) error {
	switch {
	case v.Allowed:
		return nil
	case outsider && v.Ended:
		return fault.New(fault.Gone, "release.ended", "The client's release has ended, so this can no longer be shown. Ask the practice.")
	case v.Narrower:
		return fault.New(fault.Forbidden, "report.exceeds_release", "The client's release covers less than this. Leave out what it does not cover, or ask the client for a wider release.").With(v.Reasons...)
	case outsider:
		return fault.New(fault.Forbidden, "release_required", "The client has not released this to you. Ask the practice.")
	}
	return fault.New(fault.Forbidden, "release_required", "A release that is signed, in force, names this recipient and covers this is needed first.").With(v.Reasons...)
}

// judged is a verdict with what the other bases need to know.
type judged struct {
	Verdict
	named     []Release // of the client, naming the recipient, drafts included
	liveNamed bool
}

func judge(ask Ask, all []Release) judged {
	var v judged
	var own, live []Release
	for _, r := range all {
		if r.ClientID != ask.ClientID {
			continue
		}
		own = append(own, r)
		if !r.names(ask) {
			continue
		}
		v.named = append(v.named, r)
		if len(r.lapses(ask)) == 0 {
			live = append(live, r)
		}
	}
	v.liveNamed = len(live) > 0
	v.Missing = slices.Clone(ask.Categories)
	switch {
	case len(live) > 0:
		v.fromLive(ask, live)
	case len(v.named) > 0:
		for _, r := range v.named {
			v.Reasons = addNew(v.Reasons, r.lapses(ask))
			v.Ended = v.Ended || r.revokedBy(ask.At) || r.expired(ask)
		}
	case len(own) > 0:
		v.Reasons = []fault.Violation{notNamed(own)}
	default:
		v.Reasons = []fault.Violation{{Code: "release.none", Message: "The client has not signed a release. Ask them to sign one that names this recipient."}}
	}
	return v
}

// fromLive decides among live releases that name the recipient: the one that
// fits the purpose and lacks least, of equals the newest.
func (v *judged) fromLive(ask Ask, live []Release) {
	slices.SortFunc(live, func(a, b Release) int {
		if pa, pb := a.Purpose.covers(ask.Purpose), b.Purpose.covers(ask.Purpose); pa != pb {
			if pa {
				return -1
			}
			return 1
		}
		if c := len(without(ask.Categories, a.Categories)) - len(without(ask.Categories, b.Categories)); c != 0 {
			return c
		}
		return newestFirst(a, b)
	})
	r := live[0]
	missing := without(ask.Categories, r.Categories)
	fits := r.Purpose.covers(ask.Purpose)
	if fits {
		v.Missing, v.Covered = missing, without(ask.Categories, missing)
		v.Narrower = len(missing) > 0
	} else {
		v.Reasons = append(v.Reasons, fault.Violation{Code: "release.purpose", Got: ask.Purpose, Allowed: r.Purpose.covered(),
			Message: "The release was given for another purpose."})
	}
	if len(missing) > 0 || len(ask.Categories) == 0 {
		v.Reasons = append(v.Reasons, fault.Violation{Code: "release.category", Got: missing, Allowed: r.Categories,
			Message: "The release does not cover these kinds of information."})
	}
	if len(v.Reasons) == 0 {
		v.Allowed, v.Basis, v.ReleaseID, v.ReleaseVersion = true, BasisRelease, r.ID, r.Version
	}
}

// ownOrder: the prescriber always sees their own order and its status, but
// nothing else that the practice knows.
func (a Ask) ownOrder() bool {
	return a.Prescriber != "" && a.Prescriber == a.ProviderID && len(a.Categories) > 0 &&
		len(without(a.Categories, []Category{CategoryPrescriptionStatus, CategoryDemographics})) == 0
}

// names says that the release names who asks: a provider anywhere, an office
// for those who hold a role there now, a payer by name and claim. Free text
// names nobody until it is matched.
func (r Release) names(ask Ask) bool {
	return slices.ContainsFunc(r.Recipients, func(x Recipient) bool {
		if ask.Payer != nil {
			return x.PayerName != "" && sameWords(x.PayerName, ask.Payer.PayerName) && sameWords(x.ClaimNumber, ask.Payer.ClaimNumber)
		}
		return ask.ProviderID != "" && (x.ProviderID == ask.ProviderID || x.OfficeID != "" && slices.Contains(ask.Offices, x.OfficeID))
	})
}

func sameWords(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// notNamed is the reason when every release is to somebody else.
func notNamed(own []Release) fault.Violation {
	v := fault.Violation{Code: "release.recipient", Message: "The client's releases name others. Ask for one that names this recipient."}
	for _, r := range own {
		if slices.ContainsFunc(r.Recipients, Recipient.Unmatched) {
			v.Message = "The client's releases name others, or somebody in words only: match that name to the directory, or ask for a release that names this recipient."
		}
	}
	return v
}

// purposesCovered says which questions a release for a purpose answers: care
// that is coordinated includes a referral, and what the client asks for
// includes both. Nothing but "emergency" answers for an emergency.
var purposesCovered = map[Purpose][]Purpose{
	PurposeCoordination: {PurposeCoordination, PurposeReferral},
	PurposeAtRequest:    {PurposeAtRequest, PurposeCoordination, PurposeReferral},
	PurposeReferral:     {PurposeReferral},
	PurposeEmergency:    {PurposeEmergency},
}

func (p Purpose) covered() []Purpose { return purposesCovered[p] }

func (p Purpose) covers(asked Purpose) bool { return slices.Contains(purposesCovered[p], asked) }

// without returns the elements of a that are not in b.
func without[T comparable](a, b []T) []T {
	var out []T
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}

// addNew appends the reasons whose code is not there yet.
func addNew(to, more []fault.Violation) []fault.Violation {
	for _, m := range more {
		if !slices.ContainsFunc(to, func(v fault.Violation) bool { return v.Code == m.Code && v.Pointer == m.Pointer }) {
			to = append(to, m)
		}
	}
	return to
}

func newestFirst(a, b Release) int {
	if a.SignedAt != nil && b.SignedAt != nil && !a.SignedAt.Equal(*b.SignedAt) {
		return b.SignedAt.Compare(*a.SignedAt)
	}
	return strings.Compare(string(b.ID), string(a.ID))
}
