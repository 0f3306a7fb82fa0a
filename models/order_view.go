package models

// OrderView is an order as somebody sees it on a day: the version with what is
// derived from its series.
type OrderView struct {
	Prescription
	Now          PrescriptionStatus // with completed and expired
	Visits       Visits
	From, Until  Date // the effective window, both inclusive
	CurrentID    PrescriptionID
	PracticeName string
	Attachments  []Attachment
	RunsOut      bool // few visits or days are left, or none: time to renew it
	// Ended: the client's release to the prescriber ended. They see the order
	// they wrote and nothing that came of it (PRODUCT §5, Gate).
	Ended bool
}

// Frozen is the order as its prescriber sees it after the release ended.
func (s OrderView) Frozen() OrderView {
	s.Ended, s.Visits, s.From, s.Until, s.StatusReason, s.Attachments, s.Opening = true, Visits{}, "", "", "", nil, nil
	s.CurrentID, s.RunsOut = "", false
	return s
}

// VisibleTo says which side sees an order: a draft only the side that writes
// it, and both where the practice asks for a renewal.
func (p Prescription) VisibleTo(a Actor) bool {
	switch PartyOf(a) {
	case PrescriberParty:
		return a.ProviderID != "" && a.ProviderID == p.PrescriberID && (p.Status != OrderDraft || p.Source == FromPortal)
	case PracticeParty:
		return p.Status != OrderDraft || p.StatusBy == PracticeParty
	}
	return true
}

// ChangeSheet is a change request with the order it asks about.
type ChangeSheet struct {
	Request ChangeRequest
	Order   OrderView
}
