package referral

import (
	"context"
	"strings"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// followReferral moves a referral along with something else that happened. A
// step that the table does not allow from where it stands is left out: what
// happened is a fact, and the referral says so as far as it can.
func followReferral(tx *store.Tx, r models.Referral, acts ...models.ReferralAct) (models.Referral, error) {
	practice, err := tx.Home() // a discharge report that went out counts in a suspended practice, too
	if err != nil {
		return r, err
	}
	for _, a := range acts {
		a.At, a.Zone, a.Followed = tx.Now(), practice.Location(), true
		if a.By == "" {
			a.By = tx.By().Principal()
		}
		next, event, err := r.Apply(a)
		if fault.CodeOf(err) == "referral.action_not_allowed" {
			continue
		}
		if err != nil {
			return r, err
		}
		if r, err = stepReferral(tx, r, next, event); err != nil {
			return r, err
		}
	}
	return r, nil
}

// orderReferral opens the inbound referral of an order that was submitted,
// once for each order.
func orderReferral(tx *store.Tx, by models.Actor, practice models.Practice, p models.Prescription) error {
	if err := orderArrived(tx, practice, p); err != nil {
		return err
	}
	_, found, err := tx.LockReferralOfSeries(p.SeriesID)
	if err != nil || found {
		return err
	}
	reason := strings.TrimSpace(p.Content.FocusReason)
	if reason == "" {
		reason = "Massage therapy as ordered: " + strings.Join(regionLabels(p.Content.Scope.Regions), ", ") + "."
	}
	r, err := openReferral(tx, practice, models.Referral{ID: models.ReferralID(tx.NewID()), Direction: models.Inbound, ClientID: p.ClientID, ProviderID: p.PrescriberID,
		Reason: reason, PrescriptionID: p.ID, CreatedBy: by.UserID, CreatedAt: tx.Now()})
	if err != nil {
		return err
	}
	tx.Log("referral.open", "referral", string(r.ID), r.ClientID, string(p.ID))
	if _, err := followReferral(tx, r, models.ReferralAct{Action: models.ActSend, Side: models.Initiator}); err != nil {
		return err
	}
	return tx.GrantOnce("referral", string(r.ID), r.ProviderID)
}

// orderMoved lets the referral follow its order: accepted, declined, revoked,
// entered in error.
func orderMoved(tx *store.Tx, p models.Prescription) error {
	act, known := map[models.PrescriptionStatus]models.ReferralAct{
		models.OrderActive:         {Action: models.ActAccept, Side: models.RecipientSide},
		models.OrderDeclined:       {Action: models.ActDecline, Side: models.RecipientSide},
		models.OrderRevoked:        {Action: models.ActRequestCancellation, Side: models.Initiator},
		models.OrderEnteredInError: {Action: models.ActEnterInError, Side: models.Initiator},
	}[p.Status]
	if !known {
		return nil
	}
	r, found, err := tx.LockReferralOfSeries(p.SeriesID)
	if err != nil || !found {
		return err
	}
	act.Reason, r.ClientID = p.StatusReason, p.ClientID
	_, err = followReferral(tx, r, act)
	return err
}

// visitDone lets the referral of an order follow a completed session: the
// first one is the visit that the referrer waits for, the others move the day
// from which the outcome is owed.
func visitDone(tx *store.Tx, series models.SeriesID, at time.Time) error {
	r, found, err := tx.LockReferralOfSeries(series)
	if err != nil || !found {
		return err
	}
	if r.FirstVisitAt != nil && r.State != models.ReferralScheduled {
		if r.LastVisitAt == nil || at.After(*r.LastVisitAt) {
			practice, err := tx.Practice(tx.PracticeID())
			if err != nil {
				return err
			}
			return tx.UpdateReferral(r.SeenAgain(at, practice.Location()), r.Version)
		}
		return nil
	}
	visit := models.ReferralAct{Action: models.ActInterimNote, Side: models.RecipientSide, VisitDone: true, VisitedAt: &at}
	acts := []models.ReferralAct{visit}
	switch r.State {
	case models.ReferralNoShow:
		acts = []models.ReferralAct{{Action: models.ActReschedule, Side: models.RecipientSide, ScheduledAt: &at}, visit}
	case models.ReferralAppointmentCancelled:
		acts = []models.ReferralAct{{Action: models.ActSchedule, Side: models.RecipientSide, ScheduledAt: &at}, visit}
	}
	_, err = followReferral(tx, r, acts...)
	return err
}

// visitVoided lets the referral of an order follow a session that was taken
// back: the visits are those that are left, and without any it stands where it
// stood before the first. What was answered since then stays.
func visitVoided(tx *store.Tx, series models.SeriesID) error {
	r, found, err := tx.LockReferralOfSeries(series)
	if err != nil || !found || r.FirstVisitAt == nil || r.State == models.ReferralCompleted || r.State.Final() {
		return err
	}
	steps, err := tx.ReferralEvents(r.ID)
	if err != nil {
		return err
	}
	back, ok := models.BeforeVisit(steps)
	if !ok {
		return nil
	}
	first, last, err := tx.VisitsOfSeries(series)
	switch {
	case err != nil:
		return err
	case first == nil && r.State == models.ReferralVisitDone:
		_, err = followReferral(tx, r, back)
		return err
	}
	r.FirstVisitAt, r.LastVisitAt = first, last
	return tx.UpdateReferral(r, r.Version)
}

// visitPlanned lets the referral of an order follow the booking of its first
// visit.
func visitPlanned(tx *store.Tx, b models.Booking, action models.ReferralAction, reason string) error {
	if b.SeriesID == "" {
		return nil
	}
	r, found, err := tx.LockReferralOfSeries(b.SeriesID)
	if err != nil || !found || r.FirstVisitAt != nil {
		return err
	}
	a := models.ReferralAct{Action: action, Side: models.RecipientSide, Reason: reason}
	switch action {
	case models.ActSchedule:
		a.ScheduledAt = &b.StartsAt
		if r.State == models.ReferralNoShow {
			a.Action = models.ActReschedule
		}
	default: // of the appointment that the referral names
		if r.ScheduledAt == nil || !r.ScheduledAt.Equal(b.StartsAt) {
			return nil
		}
	}
	_, err = followReferral(tx, r, a)
	return err
}

// outcomeDelivered lets the referral of an order follow its discharge report:
// sent is the outcome, opened is seen.
func outcomeDelivered(tx *store.Tx, d models.Delivery) error {
	sent := d.State == models.DeliverySent || d.State == models.DeliveryDelivered
	seen := d.State == models.DeliveryOpened || d.State == models.DeliveryDownloaded || d.State == models.DeliveryAcknowledged
	if !sent && !seen {
		return nil
	}
	report, err := tx.Report(d.ReportID)
	if err != nil || report.Kind != models.ReportDischarge {
		return err
	}
	r, found, err := tx.LockReferralOfSeries(report.SeriesID)
	if err != nil || !found || r.ProviderID != d.ProviderID {
		return err
	}
	acts := []models.ReferralAct{{Action: models.ActOutcome, Side: models.RecipientSide, Note: "The discharge report was sent."}}
	if seen {
		acts = append(acts, models.ReferralAct{Action: models.ActAcknowledge, Side: models.Initiator})
	}
	_, err = followReferral(tx, r, acts...)
	return err
}

// redFlagReferral turns the draft of a red flag into a referral to who ordered
// the session, or else to the first of the client's care team. Nobody known:
// the draft waits for a person.
func redFlagReferral(tx *store.Tx, practice models.Practice, by models.Actor, d models.ReferralOutDraft, found []models.Contraindication, prescriber models.ProviderID) error {
	if prescriber == "" {
		team, err := tx.CareTeam(d.ClientID)
		if err != nil || len(team) == 0 {
			return err
		}
		prescriber = team[0].ProviderID
	}
	var words []string
	priority := models.Routine
	for _, c := range found {
		words = append(words, c.Finding)
		if c.Emergency {
			priority = models.Urgent
		}
	}
	r, err := openReferral(tx, practice, models.Referral{ID: models.ReferralID(tx.NewID()), Direction: models.Outbound, ClientID: d.ClientID, ProviderID: prescriber,
		Reason: "A massage session was stopped by the safety check: " + strings.Join(words, "; ") + ". Please see this person.", Priority: priority,
		CreatedBy: by.UserID, CreatedAt: tx.Now()})
	if err != nil {
		return err
	}
	tx.Log("referral.open", "referral", string(r.ID), r.ClientID, d.ID)
	return tx.SettleRedFlag(d.ID, d.ClientID, r.ID)
}

// RedFlags lists the red flags of which no referral has come yet.
func (n *Network) RedFlags(ctx context.Context, by models.Actor) ([]models.ReferralOutDraft, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.ReferralOutDraft, error) {
		if err := by.May(models.ReadReferrals); err != nil {
			return nil, err
		}
		tx.Log("referral.red_flags", "practice", string(tx.PracticeID()), "", "")
		return tx.OpenRedFlags("")
	})
}

// expireReferrals closes what nobody has moved for long.
func (n *Network) expireReferrals(_ context.Context, tx *store.Tx) error {
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return err
	}
	ids, err := tx.ReferralsToExpire(practice.Today(tx.Now()).AddDays(-models.ReferralExpiryDays), passBatch)
	for _, id := range ids {
		if err != nil {
			return err
		}
		var r models.Referral
		if r, err = tx.LockReferral(id); err != nil {
			return err
		}
		tx.Log("referral.expire", "referral", string(id), r.ClientID, "")
		_, err = followReferral(tx, r, models.ReferralAct{Action: models.ActExpire, Side: models.SystemSide})
	}
	return err
}
