package referral

import (
	"context"
	"strings"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// heldOrder is an order with its series locked, read after the lock.
type heldOrder struct {
	order    models.Prescription
	series   store.SeriesUse
	practice models.Practice
	today    models.Date
	party    models.Party
}

// hold locks the order's series and reads everything again, so that all that
// happens to one order happens one after the other.
func hold(tx *store.Tx, by models.Actor, p models.Prescription) (*heldOrder, error) {
	if _, err := tx.LockSeries(p.SeriesID); err != nil {
		return nil, err
	}
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return nil, err
	}
	if p, err = tx.Prescription(p.ID); err != nil {
		return nil, err
	}
	uses, err := tx.SeriesUses([]models.SeriesID{p.SeriesID})
	return &heldOrder{p, uses[p.SeriesID], practice, practice.Today(tx.Now()), models.PartyOf(by)}, err
}

// matches honours If-Match where it was sent.
func matches(ctx context.Context, version int) error {
	if seen := models.IfMatchOf(ctx); seen != 0 && seen != version {
		return fault.New(fault.Stale, "version.stale", "Somebody changed this in the meantime. Load it again and repeat your change.")
	}
	return nil
}

// moveOrder is the frame of every verb that changes one order: may, hold,
// match, change, show. The actions are those of prescriber and practice.
func (n *Network) moveOrder(ctx context.Context, by models.Actor, id models.PrescriptionID, action string, may [2]models.Action,
	change func(*store.Tx, *heldOrder) error) (models.OrderView, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.OrderView, error) {
		if err := mayOnOrder(by, may[0], may[1]); err != nil {
			return models.OrderView{}, err
		}
		p, err := visibleOrder(tx, by, id)
		if err != nil {
			return models.OrderView{}, err
		}
		tx.Log(action, "prescription", string(id), p.ClientID, "")
		o, err := hold(tx, by, p)
		if err != nil {
			return models.OrderView{}, err
		}
		if err := matches(ctx, o.order.RowVersion); err != nil {
			return models.OrderView{}, err
		}
		if err := change(tx, o); err != nil {
			return models.OrderView{}, err
		}
		if p, err = tx.Prescription(o.order.ID); err != nil {
			return models.OrderView{}, err
		}
		return n.orderView(tx, by, p)
	})
}

var (
	signers   = [2]models.Action{models.SignPrescription, models.AcceptPrescription}
	acceptors = [2]models.Action{models.AcceptPrescription, models.AcceptPrescription}
	revokers  = [2]models.Action{models.SignPrescription, models.SignPrescription}
)

// step moves an order along one edge with the reason.
func (n *Network) step(ctx context.Context, by models.Actor, id models.PrescriptionID, action string, may [2]models.Action,
	to models.PrescriptionStatus, reason string) (models.OrderView, error) {
	return n.moveOrder(ctx, by, id, action, may, func(tx *store.Tx, o *heldOrder) error {
		reason := strings.TrimSpace(reason)
		if reason == "" || len([]rune(reason)) > 1000 {
			var l fault.List
			l.Add("reason.required", "/reason", "Say why, in at most 1000 characters.")
			return l.Invalid("The reason is missing.")
		}
		next, err := o.order.Step(to, o.party, reason)
		if err != nil {
			return err
		}
		if err := tx.UpdatePrescription(next, next.RowVersion); err != nil {
			return err
		}
		if err := orderMoved(tx, next); err != nil {
			return err
		}
		return n.orderNews(tx, o)
	})
}

// SubmitPrescription hands an order in. The provider signs it; the practice
// submits what it transcribed, with the scan of the paper attached.
func (n *Network) SubmitPrescription(ctx context.Context, by models.Actor, id models.PrescriptionID, s models.Submission) (models.OrderView, error) {
	return n.moveOrder(ctx, by, id, "prescription.submit", signers, func(tx *store.Tx, o *heldOrder) error {
		if s.ContentSHA256 != "" && s.ContentSHA256 != o.order.ContentSHA256 {
			return fault.New(fault.Conflict, "order.content_changed", "The order changed after you read it. Load it again, then sign.")
		}
		next, err := o.order.Step(models.OrderSubmitted, o.party, "")
		if err != nil {
			return err
		}
		var l fault.List
		if next.Content.Validate(&l, "", o.today); len(l.Items()) > 0 {
			return l.Invalid("The order needs correction before it is submitted.")
		}
		at := tx.Now()
		next.SubmittedAt = &at
		if o.party == models.PrescriberParty {
			next.IssuedOn = o.today
			if next.Signature, err = signed(tx, by, s.Signature, next.ContentSHA256, o.practice); err != nil {
				return err
			}
			if err := tx.UpdateDraft(next, next.RowVersion); err != nil {
				return err
			}
			if err := orderReferral(tx, by, o.practice, next); err != nil {
				return err
			}
			return n.orderNews(tx, o)
		}
		if err := transcribed(tx, next, s); err != nil {
			return err
		}
		if err := tx.GrantOnce("prescription", string(next.ID), next.PrescriberID); err != nil {
			return err
		}
		if err := tx.UpdateDraft(next, next.RowVersion); err != nil {
			return err
		}
		return orderReferral(tx, by, o.practice, next)
	})
}

// orderIntent stands next to the button with which a prescriber signs.
const orderIntent = "I sign this order as its prescriber."

func signed(tx *store.Tx, by models.Actor, d *models.SignatureDraft, sha string, practice models.Practice) (*models.Signature, error) {
	if d == nil {
		var l fault.List
		l.Add("signature.required", "/signature", "The prescriber signs the order, typed or drawn.")
		return nil, l.Invalid("The signature is missing.")
	}
	s, err := models.SignOrder(by, *d, sha, orderIntent, "signed_in", tx.Now(), practice.TimeZone)
	return &s, err
}

// transcribed checks what a transcription needs instead of a signature.
func transcribed(tx *store.Tx, p models.Prescription, s models.Submission) error {
	switch {
	case p.Source == models.FromPortal:
		return fault.New(fault.Conflict, "order.prescriber_signs", "The prescriber submits and signs this order; the practice submits what it transcribed.")
	case s.Signature != nil:
		return fault.New(fault.Invalid, "signature.not_yours", "The practice does not sign for the prescriber; leave the signature out.")
	case p.Source == models.FromVerbal:
		return nil
	}
	scans, err := tx.Attachments(p.ID)
	if err == nil && len(scans) == 0 {
		err = fault.New(fault.Invalid, "order.scan_required", "Attach the scan of the paper order first.")
	}
	return err
}

// AcceptPrescription puts a submitted order in force, for the client it names
// or for one the practice knows already.
func (n *Network) AcceptPrescription(ctx context.Context, by models.Actor, id models.PrescriptionID, a models.Acceptance) (models.OrderView, error) {
	return n.moveOrder(ctx, by, id, "prescription.accept", acceptors, func(tx *store.Tx, o *heldOrder) error {
		next, err := o.order.Step(models.OrderActive, o.party, "")
		if err == nil && o.order.Status != models.OrderSubmitted {
			err = fault.New(fault.Conflict, "order.status", "Only a submitted order is accepted; a suspended one is resumed.")
		}
		if err != nil {
			return err
		}
		if next.ReceivedOn = a.ReceivedOn; next.ReceivedOn.IsZero() {
			next.ReceivedOn = o.today
		}
		if next.ReceivedOn.After(o.today) {
			var l fault.List
			l.Add("received_on.future", "/received_on", "The order was received today or before.")
			return l.Invalid("The acceptance needs correction.")
		}
		if next.ClientID, err = settleClient(tx, o, a.ClientID); err != nil {
			return err
		}
		if next.Opening != nil {
			if err := tx.OpenSeries(o.series.ID, next.Opening.Used); err != nil {
				return err
			}
		}
		at := tx.Now()
		next.AcceptedAt, next.AcceptedBy = &at, by.UserID
		if err := tx.UpdatePrescription(next, next.RowVersion); err != nil {
			return err
		}
		if err := tx.GrantOnce("client", string(next.ClientID), next.PrescriberID); err != nil {
			return err
		}
		if err := orderMoved(tx, next); err != nil {
			return err
		}
		if next.Verbal != nil {
			return n.postToProvider(tx, models.MessageCountersign, next)
		}
		return n.orderNews(tx, o)
	})
}

// settleClient takes a proposed person into care, or puts the order under the
// record that the practice has of them. The birth dates have to agree: an
// order under the wrong client is the worst thing that can happen to it.
func settleClient(tx *store.Tx, o *heldOrder, to models.ClientID) (models.ClientID, error) {
	c, err := tx.Client(o.order.ClientID)
	if err != nil || to == c.ID || to == "" && c.State == models.ClientActive {
		return c.ID, err
	}
	if to == "" {
		c.State = models.ClientActive
		return c.ID, tx.UpdateClient(c, c.Version)
	}
	if c.State == models.ClientActive {
		return c.ID, fault.New(fault.Conflict, "order.client_settled", "This order names a client of the practice already; leave client_id out.")
	}
	known, err := tx.Client(to)
	if err != nil {
		return to, err
	}
	if known.State != models.ClientActive {
		return to, fault.Missing("client")
	}
	if known.BirthDate != c.BirthDate {
		return to, fault.New(fault.Invalid, "client.birth_date_differs", "The birth date on the order differs from this client's. Choose the right client, or correct the record first.")
	}
	return to, tx.ReassignOrder(o.series.ID, to)
}

// DeclinePrescription sends a submitted order back with a reason.
func (n *Network) DeclinePrescription(ctx context.Context, by models.Actor, id models.PrescriptionID, reason string) (models.OrderView, error) {
	return n.step(ctx, by, id, "prescription.decline", acceptors, models.OrderDeclined, reason)
}

// RevokePrescription takes the prescriber's order back.
func (n *Network) RevokePrescription(ctx context.Context, by models.Actor, id models.PrescriptionID, reason string) (models.OrderView, error) {
	return n.step(ctx, by, id, "prescription.revoke", revokers, models.OrderRevoked, reason)
}

// SuspendPrescription stops an order for a while, from either side.
func (n *Network) SuspendPrescription(ctx context.Context, by models.Actor, id models.PrescriptionID, reason string) (models.OrderView, error) {
	return n.step(ctx, by, id, "prescription.suspend", signers, models.OrderSuspended, reason)
}

// EnterPrescriptionInError marks an order that should never have been; what
// was done under it stays on record.
func (n *Network) EnterPrescriptionInError(ctx context.Context, by models.Actor, id models.PrescriptionID, reason string) (models.OrderView, error) {
	return n.step(ctx, by, id, "prescription.enter_in_error", signers, models.OrderEnteredInError, reason)
}

// ResumePrescription lifts a suspension.
func (n *Network) ResumePrescription(ctx context.Context, by models.Actor, id models.PrescriptionID, reason string) (models.OrderView, error) {
	return n.moveOrder(ctx, by, id, "prescription.resume", signers, func(tx *store.Tx, o *heldOrder) error {
		if o.order.Status == models.OrderSubmitted {
			return fault.New(fault.Conflict, "order.status", "A submitted order is accepted, not resumed.")
		}
		next, err := o.order.Resume(o.party, o.today)
		if err != nil {
			return err
		}
		next.StatusReason = strings.TrimSpace(reason)
		if err := tx.UpdatePrescription(next, next.RowVersion); err != nil {
			return err
		}
		return n.orderNews(tx, o)
	})
}

// CountersignPrescription is the prescriber's signature under an order that
// was phoned or transcribed.
func (n *Network) CountersignPrescription(ctx context.Context, by models.Actor, id models.PrescriptionID, d *models.SignatureDraft) (models.OrderView, error) {
	return n.moveOrder(ctx, by, id, "prescription.countersign", revokers, func(tx *store.Tx, o *heldOrder) error {
		s, err := signed(tx, by, d, o.order.ContentSHA256, o.practice)
		if err != nil {
			return err
		}
		next, err := o.order.Countersign(*s)
		if err != nil {
			return err
		}
		if err := tx.UpdatePrescription(next, next.RowVersion); err != nil {
			return err
		}
		if err := orderArrived(tx, o.practice, next); err != nil {
			return err
		}
		return n.orderNews(tx, o)
	})
}

// orderNews tells the other side that something happened, without saying what.
func (n *Network) orderNews(tx *store.Tx, o *heldOrder) error {
	if o.party == models.PrescriberParty {
		return postToPractice(tx, models.MessageOrderNotice, o.practice, "prescription", string(o.order.ID))
	}
	return n.postToProvider(tx, models.MessageOrderAnswered, o.order)
}

func postToPractice(tx *store.Tx, kind models.MessageKind, practice models.Practice, objectKind, object string) error {
	if practice.Email == "" {
		return nil
	}
	_, err := tx.Post(models.Message{Kind: kind, To: practice.Email, ObjectKind: objectKind, ObjectID: object})
	return err
}

// postToProvider mails a notice to everybody who signs in as the prescriber.
func (n *Network) postToProvider(tx *store.Tx, kind models.MessageKind, p models.Prescription) error {
	to, err := tx.ProviderMailboxes(p.PrescriberID)
	for _, mail := range to {
		if err == nil {
			_, err = tx.Post(models.Message{Kind: kind, To: mail, ObjectKind: "prescription", ObjectID: string(p.ID), ClientID: p.ClientID, ProviderID: p.PrescriberID})
		}
	}
	return err
}
