package models

import (
	"testing"
	"time"
)

func TestTheAccountingLeavesOutWhatTheLawLeavesOut(t *testing.T) {
	override := func(basis string) *Override { return &Override{Basis: basis} }
	for name, c := range map[string]struct {
		d    Disclosure
		want bool
	}{
		"under a release":            {Disclosure{Basis: BasisRelease}, false},
		"under a release taken back": {Disclosure{Basis: BasisRelease, Flagged: true}, true},
		"the prescriber's own order": {Disclosure{Basis: BasisOwnOrder}, false},
		"to the client":              {Disclosure{Basis: BasisIndividual}, false},
		"override for treatment":     {Disclosure{Basis: BasisOverride, Override: override("treatment")}, false},
		"override in an emergency":   {Disclosure{Basis: BasisOverride, Override: override("emergency")}, true},
	} {
		d := c.d
		d.Allowed, d.At = true, noon.AddDate(-6, 0, 0)
		if got := d.Statutory(noon); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
		d.At = d.At.Add(-time.Microsecond)
		if d.Statutory(noon) {
			t.Errorf("%s: more than six years ago is accounted for", name)
		}
		d.At, d.Allowed = noon, false
		if d.Statutory(noon) {
			t.Errorf("%s: a refusal is no disclosure", name)
		}
	}
}

func TestFlaggedIsFromArrivalUntilEntry(t *testing.T) {
	entered := noon.Add(time.Hour)
	r := Release{ID: "r1", RevokedAt: &entered, Revocation: &Revocation{ReceivedAt: noon}}
	told := Disclosure{Allowed: true, Basis: BasisRelease, ReleaseID: "r1"}
	for at, want := range map[time.Duration]bool{-time.Microsecond: false, 0: true, time.Hour - time.Microsecond: true, time.Hour: false} {
		told.At = noon.Add(at)
		if got := told.FlaggedBy(r); got != want {
			t.Errorf("at %s: got %v, want %v", at, got, want)
		}
	}
	told.At = noon
	for name, change := range map[string]func(*Disclosure, *Release){
		"refused":         func(d *Disclosure, _ *Release) { d.Allowed = false },
		"another release": func(d *Disclosure, _ *Release) { d.ReleaseID = "r2" },
		"own order":       func(d *Disclosure, _ *Release) { d.Basis = BasisOwnOrder },
		"not revoked":     func(_ *Disclosure, r *Release) { r.Revocation, r.RevokedAt = nil, nil },
	} {
		d, r := told, r
		change(&d, &r)
		if d.FlaggedBy(r) {
			t.Errorf("%s is flagged", name)
		}
	}
}

func TestTheDigestHoldsEveryFieldOfADecision(t *testing.T) {
	base := Disclosure{ID: "d", At: noon, Recipient: Recipient{ProviderID: "p"}, Categories: []Category{CategoryMeasures}}
	seen := map[string]string{base.Digest(): "nothing"}
	for name, change := range map[string]func(*Disclosure){
		"id": func(d *Disclosure) { d.ID = "e" }, "practice": func(d *Disclosure) { d.PracticeID = "x" }, "client": func(d *Disclosure) { d.ClientID = "x" },
		"at": func(d *Disclosure) { d.At = noon.Add(time.Microsecond) }, "actor": func(d *Disclosure) { d.ActorID = "x" },
		"recipient": func(d *Disclosure) { d.Recipient.ProviderID = "q" }, "categories": func(d *Disclosure) { d.Categories = nil },
		"purpose": func(d *Disclosure) { d.Purpose = "x" }, "description": func(d *Disclosure) { d.Description = "x" }, "kind": func(d *Disclosure) { d.ObjectKind = "x" },
		"object": func(d *Disclosure) { d.ObjectID = "x" }, "channel": func(d *Disclosure) { d.Channel = "x" }, "allowed": func(d *Disclosure) { d.Allowed = true },
		"basis": func(d *Disclosure) { d.Basis = "x" }, "reasons": func(d *Disclosure) { d.Reasons = []string{"x"} }, "rule": func(d *Disclosure) { d.RuleVersion = "x" },
		"release": func(d *Disclosure) { d.ReleaseID = "x" }, "version": func(d *Disclosure) { d.ReleaseVersion = 1 }, "override": func(d *Disclosure) { d.Override = &Override{} },
	} {
		d := base
		change(&d)
		if other, twice := seen[d.Digest()]; twice {
			t.Errorf("a change of %s reads like %s", name, other)
		}
		seen[d.Digest()] = name
	}
	base.Seq, base.Flagged = 7, true
	if seen[base.Digest()] != "nothing" {
		t.Error("the number and the derived flag are not part of the decision")
	}
}
