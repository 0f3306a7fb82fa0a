package referral

import (
	"context"

	"rapport/documents"
	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// SignedReport is the answer to a signature: the frozen report, and a warning
// for each sign that its paper could not show.
type SignedReport struct {
	models.ReportView
	Warnings []fault.Violation
}

// SignReport freezes a draft: what it holds, its bytes and their hash. Of any
// number of signers one wins. A revision takes the place of what it corrects.
func (n *Network) SignReport(ctx context.Context, by models.Actor, id models.ReportID) (SignedReport, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (SignedReport, error) {
		r, err := n.reportToWrite(ctx, tx, by, id, "report.sign")
		if err != nil {
			return SignedReport{}, err
		}
		if err := r.Editable(); err != nil {
			return SignedReport{}, err
		}
		// a session that is voided meanwhile waits, and then finds this report
		if _, err := tx.LockSeries(r.SeriesID); err != nil {
			return SignedReport{}, err
		}
		f, err := n.reportFacts(tx, r)
		if err != nil {
			return SignedReport{}, err
		}
		signer, err := tx.User(by.UserID)
		if err != nil {
			return SignedReport{}, err
		}
		if err := maySignReport(by, signer, f, f.practice.Today(tx.Now())); err != nil {
			return SignedReport{}, err
		}
		if err := n.contain(tx, &f); err != nil {
			return SignedReport{}, err
		}
		p := f.paper(signer, tx.Now())
		if r, err = freeze(tx, r, f, p, by.UserID); err != nil {
			return SignedReport{}, err
		}
		v, err := n.reportView(tx, r)
		return SignedReport{v, unprintable(p)}, err
	})
}

// maySignReport refuses a colleague's draft, a lapsed licence where the
// practice wants it, and whatever the report lacks, all at once.
func maySignReport(by models.Actor, signer models.User, f reportFacts, today models.Date) error {
	if !by.Is(models.Owner) && f.report.CreatedBy != by.UserID {
		return fault.New(fault.Forbidden, "report.not_yours", "A therapist signs the reports they wrote. Ask its author or the owner.")
	}
	gaps := models.ReportGaps(f.report, f.rules)
	if f.practice.Settings.EnforceLicence && signer.Licence.Lapsed(today) {
		gaps = append(gaps, models.LicenceLapsed(signer.Licence, today))
	}
	if len(gaps) > 0 {
		return fault.New(fault.Invalid, "report.incomplete", "The report cannot be signed yet. The list says what is missing.").With(gaps...)
	}
	return nil
}

// freeze draws the paper once and keeps its bytes for ever.
func freeze(tx *store.Tx, r models.Report, f reportFacts, p documents.ReportPaper, by models.UserID) (models.Report, error) {
	b, err := documents.Report(p)
	if err != nil {
		return r, err
	}
	d, err := tx.AddDocument(r.ClientID, "report", "application/pdf", b)
	if err != nil {
		return r, err
	}
	at, seen := tx.Now(), r.Version
	r.Status, r.CategoriesIncluded, r.Partial = models.ReportSigned, f.contents.Categories, f.contents.Partial()
	r.DocumentID, r.SHA256, r.SignedAt, r.SignedBy = d.ID, d.SHA256, &at, by
	r.SessionIDs = nil
	for _, s := range f.rules.Sessions {
		r.SessionIDs = append(r.SessionIDs, s.ID)
	}
	if err := tx.UpdateReport(r, seen); err != nil {
		return r, err
	}
	r.Version = seen + 1
	if r.Revises == "" {
		return r, nil
	}
	return r, tx.SupersedeReport(r.Revises)
}
