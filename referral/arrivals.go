package referral

import (
	"rapport/models"
	"rapport/models/store"
)

// What comes from a provider keeps what they promised of that kind, about this
// client or nobody in particular: an order or an answer on paper or in the
// portal a document, findings a report too, what is said on the phone a call.
var (
	theirPaper    = []models.PromiseKind{models.PromiseDocument, models.PromiseLetter}
	theirFindings = []models.PromiseKind{models.PromiseReport, models.PromiseDocument, models.PromiseLetter}
	theirCall     = []models.PromiseKind{models.PromiseCall}
)

// arrived keeps the promises owed by them that something which came keeps.
func arrived(tx *store.Tx, practice models.Practice, p models.ProviderID, c models.ClientID, kind, id string, kinds []models.PromiseKind) error {
	return keeps(tx, models.Settles{ProviderID: p, ClientID: c, OwedBy: models.OwedByThem, Kinds: kinds, Kind: kind, ID: id, On: practice.Today(tx.Now())})
}

// orderArrived: an order was handed in, or given on the phone.
func orderArrived(tx *store.Tx, practice models.Practice, p models.Prescription) error {
	kinds := theirPaper
	if p.Verbal != nil && p.Countersigned == nil {
		kinds = theirCall
	}
	return arrived(tx, practice, p.PrescriberID, p.ClientID, "prescription", string(p.ID), kinds)
}

// referralArrived: the provider referred somebody, or answered what was
// referred to them; what the practice wrote down for them was said on the phone.
func referralArrived(tx *store.Tx, practice models.Practice, r models.Referral, a models.ReferralAct) error {
	if a.Side == r.PracticeSide() || a.Side == models.SystemSide {
		return nil
	}
	var kinds []models.PromiseKind
	switch a.Action {
	case models.ActSend, models.ActAccept, models.ActDecline, models.ActSchedule, models.ActReschedule:
		kinds = theirPaper
	case models.ActInterimNote, models.ActOutcome:
		kinds = theirFindings
	default:
		return nil
	}
	if a.SaidBy != "" && a.Action != models.ActSend {
		kinds = theirCall
	}
	return arrived(tx, practice, r.ProviderID, r.ClientID, "referral", string(r.ID), kinds)
}
