package models

import (
	"slices"
	"strings"
	"time"

	"rapport/models/fault"
)

// OverrideHours is how long an override opens one report to one recipient.
const OverrideHours = 72

// OverrideBasis is why a covered practice may tell without a release
// (45 CFR 164.506(c)).
var OverrideBasis = []string{"treatment", "emergency"}

// AlreadySaid is the basis of what was told before the gate was asked and that
// no release covers. It is no permission: the accounting has it (45 CFR
// 164.528), and the owner is shown it.
const AlreadySaid = "already_said"

// OverrideDraft is what an owner or therapist types to tell without a release.
type OverrideDraft struct {
	Basis  string
	Reason string
}

// NewOverride lets an owner or therapist of a covered practice tell one report
// to one provider for 72 hours without a release. Special classes stay shut.
func NewOverride(d OverrideDraft, p Practice, by Actor, report ReportID, to ProviderID, at time.Time) (*Override, error) {
	if p.Mode != Covered {
		return nil, fault.New(fault.Forbidden, "override.not_covered", "Only a practice that is a covered entity may tell without a release. Ask the client to sign one.")
	}
	if by.Kind != ActorUser || !by.Is(Owner, Therapist) {
		return nil, fault.New(fault.Forbidden, "override.role", "Only the owner or a therapist may tell without a release.")
	}
	var l fault.List
	if !slices.Contains(OverrideBasis, d.Basis) {
		l.Put(fault.Violation{Code: "override.basis", Pointer: "/override/basis", Message: "An override is for treatment or in an emergency.", Allowed: OverrideBasis})
	}
	if n := len([]rune(strings.TrimSpace(d.Reason))); n < 5 || n > 500 {
		l.Add("override.reason", "/override/reason", "Type the reason, in 5 to 500 characters; the owner will review it.")
	}
	if to == "" || report == "" {
		l.Add("override.recipient", "/provider_id", "An override is for one report and one provider.")
	}
	if err := l.Invalid("The override needs correction."); err != nil {
		return nil, err
	}
	return &Override{Basis: d.Basis, Reason: strings.TrimSpace(d.Reason), By: by.UserID, At: at, Until: at.Add(OverrideHours * time.Hour), ProviderID: to, ReportID: report}, nil
}

// overridden lists why the ask's override does not hold; late says that it
// held until its time was over.
func (a Ask) overridden() (late bool, reasons []fault.Violation) {
	o := a.Override
	var l fault.List
	if a.Mode != Covered {
		l.Add("override.not_covered", "", "The practice is not a covered entity, so nothing can take a release's place.")
	}
	if o.ProviderID == "" || o.ProviderID != a.ProviderID || o.ReportID == "" || o.ReportID != a.Report {
		l.Add("override.other", "", "The override is for another report or another recipient.")
	}
	if a.Purpose != PurposeCoordination && a.Purpose != PurposeEmergency || !slices.Contains(OverrideBasis, o.Basis) {
		l.Add("override.basis", "", "An override is for treatment or in an emergency.")
	}
	if special := slices.DeleteFunc(slices.Clone(a.Categories), func(c Category) bool { return c.Label() != "" && !c.Special() }); len(special) > 0 || len(a.Categories) == 0 {
		l.Put(fault.Violation{Code: "override.category", Message: "These kinds of information are told only under a release that names them.", Got: special})
	}
	late = !a.At.Before(o.Until) && len(l.Items()) == 0
	if a.At.Before(o.At) || !a.At.Before(o.Until) {
		l.Add("override.expired", "", "The 72 hours of the override are over.")
	}
	return late, l.Items()
}
