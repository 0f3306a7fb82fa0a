package models

import (
	"cmp"
	"slices"

	"rapport/models/fault"
)

// Begins says that a draft is the very report that n would begin: of the same
// order, kind and contents, for the same recipient. Days and words may differ,
// they are still to be written.
func (r Report) Begins(n Report) bool {
	return r.Status == ReportDraft && r.Revision == 1 && r.SeriesID == n.SeriesID && r.Kind == n.Kind && r.ProviderID == n.ProviderID &&
		payerOf(r) == payerOf(n) && sameParts(r.Include, n.Include)
}

func payerOf(r Report) [2]string {
	if r.Payer == nil {
		return [2]string{}
	}
	return [2]string{r.Payer.PayerName, r.Payer.ClaimNumber}
}

func sameParts(a, b []Category) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// Begun says that a report waits for its signature, or signed for somebody to
// send it: it is gone on with, not written again.
func (v ReportView) Begun() bool {
	return v.Status == ReportDraft || v.Status == ReportSigned && v.Delivery == nil
}

// Reportable ranks the orders of which a provider may be sent a report, their
// own and those in force before others; 0 is no order to report on.
func (o OrderView) Reportable(to ProviderID) int {
	n := map[PrescriptionStatus]int{OrderActive: 2, OrderSuspended: 1, OrderCompleted: 1, OrderExpired: 1, OrderRevoked: 1}[cmp.Or(o.Now, o.Status)]
	if n > 0 && o.PrescriberID == to {
		n += 2
	}
	return n
}

// ErrReportBegun leads to the draft that there is: 409 report.begun.
func ErrReportBegun(id ReportID) error {
	return fault.New(fault.Conflict, "report.begun", "A draft of this report is begun already. Go on with that one.").
		With(fault.Violation{Code: "report.begun", Message: "Change and sign the draft that there is.", Allowed: id})
}

// ErrReferralBegun leads to the draft that there is: 409 referral.begun.
func ErrReferralBegun(id ReferralID) error {
	return fault.New(fault.Conflict, "referral.begun", "A draft of this referral waits to be sent. Send it, or mark it as entered in error, before you write another.").
		With(fault.Violation{Code: "referral.begun", Message: "Go on with the draft that there is.", Allowed: id})
}
