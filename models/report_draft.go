package models

import (
	"slices"
	"strings"
	"time"

	"rapport/models/fault"
)

// ReportCategories are the kinds of information that a report holds:
// the letter with name and birth date, its tables of measures, the notes
// behind it. What else a release covers is not in a report.
var reportCategories = []Category{CategoryProgressReport, CategoryMeasures, CategorySessionNotes}

// ReportCategories returns them, the letter first.
func ReportCategories() []Category { return slices.Clone(reportCategories) }

// ReportOutline is what somebody types to begin a report. Empty days are chosen
// by the network: from the day after the last report to today.
type ReportOutline struct {
	ClientID       ClientID
	PrescriptionID PrescriptionID
	ProviderID     ProviderID // empty means the prescriber, unless Payer is set
	Payer          *Recipient
	Kind           ReportKind
	Include        []Category
	From, To       Date
	Narrative      Narrative
}

// Validate checks the form of a draft; an unfinished narrative is no mistake.
func (d ReportOutline) Validate() error {
	var l fault.List
	if d.ProviderID != "" && d.Payer != nil {
		l.Add("report.one_recipient", "/payer", "A report is made for one recipient: a provider or a payer.")
	}
	if d.Payer != nil && (strings.TrimSpace(d.Payer.PayerName) == "" || strings.TrimSpace(d.Payer.ClaimNumber) == "") {
		l.Add("report.payer", "/payer", "A payer has a name and a claim number.")
	}
	checkReport(d.Kind, d.From, d.To, d.Include, d.Narrative, &l)
	return l.Invalid("The report needs correction.")
}

func checkReport(kind ReportKind, from, to Date, include []Category, n Narrative, l *fault.List) {
	kinds := []ReportKind{ReportInitial, ReportProgress, ReportDischarge}
	if !slices.Contains(kinds, kind) {
		l.Put(fault.Violation{Code: "report.kind", Pointer: "/kind", Message: "A report is initial, progress or discharge.", Allowed: kinds})
	}
	if !from.IsZero() && !to.IsZero() && from.After(to) {
		l.Add("report.dates", "/from", "The first day of a report is not after its last day.")
	}
	ValidateCategories(include, "/include", l)
	for _, w := range []struct{ pointer, words string }{{"/narrative/summary", n.Summary}, {"/narrative/recommendation", n.Recommendation}} {
		if len([]rune(w.words)) > 5000 {
			l.Add("text.too_long", w.pointer, "This text has at most 5000 characters.")
		}
	}
	for key, reason := range n.MissingReasons {
		if _, ok := LookupInstrument(InstrumentKey(key)); !ok {
			l.Put(fault.Violation{Code: "measure.instrument", Pointer: "/narrative/missing_reasons/" + key, Message: "This is not a known instrument.", Allowed: instrumentKeys()})
		}
		if len([]rune(reason)) > 500 {
			l.Add("text.too_long", "/narrative/missing_reasons/"+key, "A reason has at most 500 characters.")
		}
	}
}

// ReportPatch changes a draft; nil keeps.
type ReportPatch struct {
	Kind      *ReportKind
	Include   *[]Category
	From, To  *Date
	Narrative *Narrative
}

// Patched is the report with the changes of p.
func (r Report) Patched(p ReportPatch) (Report, error) {
	set(&r.Kind, p.Kind)
	set(&r.Include, p.Include)
	set(&r.From, p.From)
	set(&r.To, p.To)
	set(&r.Narrative, p.Narrative)
	var l fault.List
	checkReport(r.Kind, r.From, r.To, r.Include, r.Narrative, &l)
	return r, l.Invalid("The report needs correction.")
}

// minus returns the categories of a that are not in b.
func minus(a, b []Category) []Category {
	return slices.DeleteFunc(slices.Clone(a), func(c Category) bool { return slices.Contains(b, c) })
}

// Contents is what a report may hold at its signature: the chosen categories
// or what the recipient's release covers. Covered is empty while no live
// release names the recipient; then the choice stands and no gate lets the
// report out. LeftOut is what the release does not cover, Omitted what the
// signer chose to leave out.
type Contents struct {
	Categories []Category
	LeftOut    []Category
	Omitted    []Category
}

// Partial says that the report holds less than a whole one.
func (c Contents) Partial() bool { return len(c.LeftOut)+len(c.Omitted) > 0 }

// Holds says that a category is in the report.
func (c Contents) Holds(k Category) bool { return slices.Contains(c.Categories, k) }

// ContentsOf fixes what a report holds. Choosing more than the release covers,
// and a release that does not cover the letter, are report.exceeds_release.
func ContentsOf(include, covered []Category) (Contents, error) {
	chosen := reportCategories
	if len(include) > 0 {
		chosen = append([]Category{CategoryProgressReport}, minus(include, []Category{CategoryProgressReport})...)
	}
	var c Contents
	c.Omitted = minus(reportCategories, chosen)
	if len(covered) == 0 {
		c.Categories = slices.Clone(chosen)
		return c, nil
	}
	c.LeftOut = minus(chosen, covered)
	c.Categories = minus(chosen, c.LeftOut)
	if len(include) > 0 && len(c.LeftOut) > 0 || slices.Contains(c.LeftOut, CategoryProgressReport) {
		return c, fault.New(fault.Forbidden, "report.exceeds_release", "The client's release for this recipient covers less than this report. Leave out what it does not cover, or ask for a wider release.").
			With(fault.Violation{Code: "release.category", Pointer: "/include", Message: "The release does not cover these kinds of information.", Allowed: covered, Got: c.LeftOut})
	}
	return c, nil
}

// MayBeRevised refuses a revision of what was never signed or is revised already.
func (r Report) MayBeRevised() error {
	switch r.Status {
	case ReportSigned, ReportNeedsRevision:
		return nil
	case ReportSuperseded:
		return fault.New(fault.Conflict, "report.revised", "This report has a revision already; go on with that one.")
	}
	return fault.New(fault.Conflict, "report.not_signed", "A draft is changed, not revised; only a signed report has revisions.")
}

// MayBeDelivered refuses everything but a signed report that still stands.
func (r Report) MayBeDelivered() error {
	switch r.Status {
	case ReportSigned:
		return nil
	case ReportNeedsRevision:
		return fault.New(fault.Conflict, "report.needs_revision", "A session that this report quotes was voided since. Make a revision and send that.")
	case ReportSuperseded:
		return fault.New(fault.Conflict, "report.superseded", "A later revision replaced this report. Send that one.")
	}
	return fault.New(fault.Conflict, "report.not_signed", "A report is sent after it is signed.")
}

// Editable refuses changes to what is signed.
func (r Report) Editable() error {
	if r.Status == ReportDraft {
		return nil
	}
	return fault.New(fault.Conflict, "report.signed", "A signed report never changes. Make a revision that names it.")
}

// Revised is the draft that corrects a signed report and names it.
func (r Report) Revised(id ReportID, reason string, by UserID, at time.Time) Report {
	return Report{ID: id, PracticeID: r.PracticeID, ClientID: r.ClientID, PrescriptionID: r.PrescriptionID, SeriesID: r.SeriesID, ProviderID: r.ProviderID,
		Payer: r.Payer, Kind: r.Kind, Status: ReportDraft, From: r.From, To: r.To, Include: r.Include, Narrative: r.Narrative, Revision: r.Revision + 1,
		Revises: r.ID, RevisionReason: reason, CreatedBy: by, CreatedAt: at, Version: 1}
}
