package models

import "slices"

// Ties are why a client may be shown to a provider without a release.
type Ties struct {
	Ordered  bool // the provider's own order was accepted and nobody took it back
	Referred bool // the provider's own referral was sent and stands
}

// TiedClient is a client of a practice whom a provider ordered for or referred,
// or whose signed release names them: somebody about whom the gate is asked.
type TiedClient struct {
	Client
	Ties
}

// sharedKinds are the kinds of information that a view of a client is made of.
var sharedKinds = []Category{CategoryDemographics, CategoryPrescriptionStatus, CategorySessionNotes, CategoryMeasures, CategoryProgressReport, CategoryReferral}

// Shared is what a provider sees of a client now.
type Shared struct {
	Verdict
	Ask   Ask       // as it stands in the ledger
	Own   bool      // their own order or referral lets them know who it is, and what became of it
	Named []Release // signed ones that name the provider, ended ones too
}

// JudgeSharing decides what a provider sees of a client (PRODUCT §3.14: through order,
// referral, release). A view stays within one release, as a disclosure does:
// the one that covers want, then most; without want the one that covers most
// of what a view shows. It tells name and birth date with whatever it covers.
// One that was given for a referral only tells of the referral.
//
// Without a release the provider's own order or referral tells who it is and
// what became of it, until a release to them was revoked and none is left.
// Anything else is refused: Verdict.Refusal says how.
func JudgeSharing(ask Ask, ties Ties, all []Release, want Category) Shared {
	s := Shared{}
	for _, r := range all {
		if r.ClientID == ask.ClientID && r.SignedAt != nil && r.names(ask) {
			s.Named = append(s.Named, r)
		}
	}
	own := ask
	own.Prescriber, own.Categories, own.Purpose = ask.ProviderID, []Category{CategoryPrescriptionStatus}, PurposeCoordination
	mine := JudgeReleases(own, s.Named)
	s.Own = (ties.Ordered || ties.Referred) && !mine.Ended
	for _, x := range []struct {
		purpose Purpose
		kinds   []Category
	}{{PurposeCoordination, sharedKinds}, {PurposeReferral, []Category{CategoryReferral}}} {
		ask.Purpose, ask.Categories = x.purpose, x.kinds
		if slices.Contains(x.kinds, want) {
			ask.Categories = []Category{want}
		}
		if covered := without(x.kinds, without(x.kinds, CoveredBy(ask, s.Named))); len(covered) > 0 {
			ask.Categories = covered
			s.Ask, s.Verdict = ask, JudgeReleases(ask, s.Named)
			return s
		}
	}
	if s.Own {
		s.Ask = own
		return s.ByOwn()
	}
	ask.Purpose = PurposeCoordination
	if s.Ask, s.Verdict = ask, JudgeReleases(ask, all); want != "" {
		s.Ask.Categories = []Category{want}
	}
	return s
}

// Sees says that the release covers a kind of information.
func (s Shared) Sees(c Category) bool {
	return s.Allowed && s.Basis == BasisRelease && slices.Contains(s.Ask.Categories, c)
}

// ByOwn is the view on the ground of the provider's own order: its status.
func (s Shared) ByOwn() Shared {
	s.Ask.Prescriber, s.Ask.Purpose, s.Ask.Categories = s.Ask.ProviderID, PurposeCoordination, []Category{CategoryPrescriptionStatus}
	s.Verdict = Verdict{Allowed: true, Basis: BasisOwnOrder, Covered: s.Ask.Categories}
	return s
}

// Lacks asks for one kind of information that the view does not show, as the
// ledger keeps a refusal.
func (s Shared) Lacks(c Category, all []Release) Shared {
	s.Ask.Prescriber, s.Ask.Purpose, s.Ask.Categories = "", PurposeCoordination, []Category{c}
	s.Verdict = JudgeReleases(s.Ask, all)
	return s
}

// Told is a session as somebody outside reads it under a release: what was
// signed, without what the client answered to the safety check, and readings
// only where measures are covered. Of one that was taken back it tells that.
func (s Session) Told(notes, measures bool) Session {
	out := Session{ID: s.ID, PracticeID: s.PracticeID, ClientID: s.ClientID, PrescriptionID: s.PrescriptionID, State: s.State, VisitNumber: s.VisitNumber,
		VisitRank: s.VisitRank, StartedAt: s.StartedAt, LocalDate: s.LocalDate, SignedAt: s.SignedAt, VoidedAt: s.VoidedAt, CreatedAt: s.CreatedAt, Version: s.Version}
	if !notes || s.State == NoteVoid {
		return out
	}
	out.Kind, out.TherapistID, out.TherapistName, out.Signer, out.Minutes, out.Regions = s.Kind, s.TherapistID, s.TherapistName, s.Signer, s.Minutes, s.Regions
	out.Techniques, out.PrecautionsRead, out.SOAP, out.Response, out.AskDoctor = s.Techniques, s.PrecautionsRead, s.SOAP, s.Response, s.AskDoctor
	out.DeviationReason, out.Violations, out.Addenda = s.DeviationReason, s.Violations, s.Addenda
	if measures {
		out.Readings = s.Readings
	}
	return out
}

// Told is a booking as the prescriber of its order sees it: when, and whether
// it took place.
func (b Booking) Told() Booking {
	return Booking{ID: b.ID, PracticeID: b.PracticeID, ClientID: b.ClientID, PrescriptionID: b.PrescriptionID, StartsAt: b.StartsAt, LocalDate: b.LocalDate,
		State: b.State, CreatedAt: b.CreatedAt, Version: b.Version}
}

// SharedClient is a client as a provider sees them, with the practice.
type SharedClient struct {
	Client
	Practice string
	Shared   Shared
}
