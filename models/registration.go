package models

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
)

// NPPES marks a record of the directory that came from the public provider file.
const NPPES = "nppes"

// Registration is what the public provider file says of one clinician.
type Registration struct {
	Line          int64 // of the file
	NPI           string
	Name          PersonName
	Credentials   string
	Taxonomy      string  // the primary code
	Licence       Licence // the one beside it, self-reported
	Office        Office  // the practice location
	UpdatedOn     Date    // the file's Last Update Date
	ReactivatedOn Date    // the NPI was deactivated once and given back on this day
	DeactivatedOn Date    // the NPI is not valid any more; all else is empty
}

// BadRow is a row of a file that cannot be used. The rest of the file can.
type BadRow struct {
	Line   int64
	NPI    string // where the row has one
	Reason string
}

// Error is the reason; it holds nothing of the row.
func (b *BadRow) Error() string { return b.Reason }

// Validate checks what will be written.
func (r Registration) Validate() error {
	d := ProviderDraft{Name: r.Name, Credentials: r.Credentials, NPI: r.NPI, Taxonomy: r.Taxonomy}
	if r.Office.Name != "" {
		d.Office = &r.Office
	}
	return d.Validate()
}

// Registered is a record of the directory as an import meets it.
type Registered struct {
	Provider
	Owned    bool    // somebody signs in as this provider, towards any practice
	FromFile *Office // the office that an import gave them, while they are there
}

// ImportOutcome is what became of one row.
type ImportOutcome string

// The outcomes.
const (
	ImportNew         ImportOutcome = "new"
	ImportChanged     ImportOutcome = "changed"
	ImportUnchanged   ImportOutcome = "unchanged"
	ImportDeactivated ImportOutcome = "deactivated"
	ImportKept        ImportOutcome = "kept"    // differs, but the record is its owner's or was checked later
	ImportUnknown     ImportOutcome = "unknown" // deactivated, and never in the directory
	ImportFailed      ImportOutcome = "failed"
)

// FieldChange is one field of a record that the file says otherwise.
type FieldChange struct{ Field, Was, Now string }

// ImportResult is what became of a row, and which fields differ.
type ImportResult struct {
	Line    int64
	NPI     string
	Outcome ImportOutcome
	Reason  string // of a failure, or why a difference is only reported
	Changes []FieldChange
}

// Against decides what a row does to the record that has its NPI, and returns
// the record as it should be. A blank in the file erases nothing.
//
// A record that its provider owns is never overwritten. Neither is one that
// somebody verified after the file's Last Update Date, nor one that was
// corrected by hand since the file said the same: differences are reported.
// Nor does a row take back a deactivation that came after it.
func (r Registration) Against(old Registered) (Registered, ImportResult) {
	out := ImportResult{Line: r.Line, NPI: r.NPI, Outcome: ImportUnchanged}
	if old.MergedInto != "" || r.DeactivatedOn.IsZero() && old.SourceUpdatedOn.After(r.UpdatedOn) {
		return old, out
	}
	now := old
	if r.DeactivatedOn.IsZero() {
		now.Source, now.SourceUpdatedOn = NPPES, r.UpdatedOn
		out.Changes = append(now.become(r), now.moveTo(r.Office)...)
	}
	if old.DeactivatedOn != r.DeactivatedOn {
		out.Changes = append(out.Changes, FieldChange{"deactivated_on", string(old.DeactivatedOn), string(r.DeactivatedOn)})
		now.DeactivatedOn = r.DeactivatedOn
	}
	switch said := old.Source == NPPES && old.SourceUpdatedOn == r.UpdatedOn; {
	case len(out.Changes) == 0:
	case old.Owned:
		out.Outcome, out.Reason = ImportKept, "the provider keeps this record"
	case old.DeactivatedOn != r.DeactivatedOn && !r.DeactivatedOn.IsZero():
		out.Outcome = ImportDeactivated
	case old.DeactivatedOn != r.DeactivatedOn && !r.givesBack(old):
		out.Outcome, out.Reason = ImportKept, "deactivated since the file said this"
	case old.DeactivatedOn == r.DeactivatedOn && said:
		out.Outcome, out.Reason = ImportKept, "corrected by hand since the file said this"
	case old.VerifiedOn.After(r.UpdatedOn):
		out.Outcome, out.Reason = ImportKept, "verified after the file's date"
	default:
		out.Outcome = ImportChanged
	}
	if old.Owned || out.Outcome == ImportKept {
		now = old
	}
	return now, out
}

// givesBack says that a row without a deactivation knows of the one in the
// record: it names a later day on which the NPI was given back, or it was
// updated after that, and after the row that the record had last.
func (r Registration) givesBack(old Registered) bool {
	return r.ReactivatedOn.After(old.DeactivatedOn) || r.UpdatedOn.After(old.DeactivatedOn) && r.UpdatedOn.After(old.SourceUpdatedOn)
}

// become takes over who the clinician is, and says what differs.
func (g *Registered) become(r Registration) []FieldChange {
	var changes []FieldChange
	put := func(field string, at *string, now string) {
		if now != "" && plainText(*at) != plainText(now) {
			changes = append(changes, FieldChange{field, *at, now})
			*at = now
		}
	}
	put("given", &g.Name.Given, r.Name.Given)
	put("family", &g.Name.Family, r.Name.Family)
	put("credentials", &g.Credentials, r.Credentials)
	put("taxonomy", &g.Taxonomy, r.Taxonomy)
	put("licence.state", &g.Licence.State, r.Licence.State)
	put("licence.number", &g.Licence.Number, r.Licence.Number)
	return changes
}

// moveTo takes over the practice location: in the place of the one that an
// earlier import gave, beside those typed by hand. An address is one thing; its
// lines are never mixed with those of another.
func (g *Registered) moveTo(o Office) []FieldChange {
	if o.Name == "" {
		return nil
	}
	var was Office
	if g.FromFile != nil {
		was = *g.FromFile
	} else if slices.ContainsFunc(g.Offices, func(known Office) bool { return known.Address.samePlace(o.Address) }) {
		return nil
	}
	var changes []FieldChange
	if !was.Address.samePlace(o.Address) {
		changes = append(changes, FieldChange{"office.address", strings.Join(was.Address.Lines(), ", "), strings.Join(o.Address.Lines(), ", ")})
		was.Name, was.Address = o.Name, o.Address
	}
	if o.Phone != "" && plainText(o.Phone) != plainText(was.Phone) {
		changes = append(changes, FieldChange{"office.phone", was.Phone, o.Phone})
		was.Phone = o.Phone
	}
	if o.Fax != "" && plainText(o.Fax) != plainText(was.Fax) {
		changes = append(changes, FieldChange{"office.fax", was.Fax, o.Fax})
		was.Fax = o.Fax
	}
	if len(changes) > 0 {
		was.ID = RegisteredOffice(g.NPI, was)
		g.FromFile = &was
	}
	return changes
}

// samePlace compares as people do: letters and digits, five of the ZIP code.
func (a Address) samePlace(o Address) bool {
	zip := func(s string) string { return s[:min(5, len(s))] }
	return plainText(a.Line1+a.Line2+a.City+a.State) == plainText(o.Line1+o.Line2+o.City+o.State) && zip(a.PostalCode) == zip(o.PostalCode)
}

// plainText leaves letters in lower case and digits.
func plainText(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, s)
}

// RegisteredOffice is the id of the office that the file gives a clinician, the
// same for the same place and numbers, so that an import may be repeated. It is
// theirs alone: the file's addresses are typed by whoever they are about, and
// an office that several share is an office whose releases they share.
func RegisteredOffice(npi string, o Office) OfficeID {
	a := o.Address
	sum := sha256.Sum256([]byte(strings.Join([]string{NPPES, npi, plainText(a.Line1 + a.Line2 + a.City + a.State), a.PostalCode, plainText(o.Phone), plainText(o.Fax)}, "|")))
	b := sum[:16]
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80 // a UUID of version 8, made from what it names
	h := hex.EncodeToString(b)
	return OfficeID(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
}
