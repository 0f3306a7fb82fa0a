package referral

import (
	"context"

	"golang.org/x/text/unicode/norm"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// approvalIntent stands next to the button with which a prescriber approves.
const approvalIntent = "I approve this change of my order as its prescriber."

// DecideChange is the prescriber's answer. An approval makes version n+1,
// active at this moment.
func (n *Network) DecideChange(ctx context.Context, by models.Actor, id models.ChangeRequestID, d models.Decision) (models.ChangeSheet, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.ChangeSheet, error) {
		if by.Kind != models.ActorLink {
			if err := by.May(models.SignPrescription); err != nil {
				return models.ChangeSheet{}, err
			}
		}
		c, err := visibleChange(tx, by, id)
		if err != nil {
			return models.ChangeSheet{}, err
		}
		tx.Log("change_request.decide", "change_request", string(id), c.ClientID, "")
		if err := d.Validate(); err != nil {
			return models.ChangeSheet{}, err
		}
		o, c, err := holdChange(ctx, tx, by, c)
		if err != nil {
			return models.ChangeSheet{}, err
		}
		via, identified, name := models.ViaPortal, "signed_in", by.Name
		if by.Kind == models.ActorLink {
			via, identified, name = models.ViaLink, "one_time_link", d.Name
			if err := tx.UseLink(by.LinkID); err != nil {
				return models.ChangeSheet{}, err
			}
		}
		c, err = n.answer(tx, o, c, d, via, func() (models.Prescription, error) {
			return succeed(tx, by, o, d.Patch(c.Proposed), "/scope", models.FromChangeRequest, func(p *models.Prescription) {
				p.Signature = &models.Signature{Method: models.SignedTyped, Name: name, Intent: approvalIntent, IdentifiedBy: identified, SignerID: by.UserID,
					At: tx.Now(), Zone: o.practice.TimeZone, IP: by.IP, Agent: by.Agent, DocumentSHA256: p.ContentSHA256}
			})
		})
		if err != nil {
			return models.ChangeSheet{}, err
		}
		return n.sheet(tx, by, c)
	})
}

// answer writes an answer down, with the version that an approval makes, and
// tells the practice when it came from outside.
func (n *Network) answer(tx *store.Tx, o *heldOrder, c models.ChangeRequest, d models.Decision, via string,
	approve func() (models.Prescription, error)) (models.ChangeRequest, error) {
	to := models.ChangeDeclined
	if d.Approve {
		to = models.ChangeApproved
	}
	next, err := c.Step(to, o.party, o.today)
	if err != nil {
		return c, err
	}
	at := tx.Now()
	next.DecidedAt, next.DecisionReason, next.DecidedScope, next.DecidedVia = &at, norm.NFC.String(d.Reason), d.Scope, via
	if d.Approve {
		version, err := approve()
		if err != nil {
			return c, err
		}
		next.NewVersionID = version.ID
	}
	if err := tx.UpdateChangeRequest(next, c.RowVersion); err != nil {
		return c, err
	}
	next.RowVersion++
	if err := tx.CloseLinks(string(c.ID)); err != nil {
		return c, err
	}
	kinds := theirPaper
	if via == models.ViaVerbal {
		kinds = theirCall
	}
	if err := arrived(tx, o.practice, c.PrescriberID, c.ClientID, "change_request", string(c.ID), kinds); err != nil {
		return c, err
	}
	if o.party == models.PracticeParty {
		return next, nil
	}
	return next, postToPractice(tx, models.MessageChangeDecided, o.practice, "change_request", string(c.ID))
}

// RecordAnswer writes down an answer that came by fax, with its scan, or by
// phone, as a verbal order that the prescriber has to countersign.
func (n *Network) RecordAnswer(ctx context.Context, by models.Actor, id models.ChangeRequestID, a models.AnswerDraft) (models.ChangeSheet, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.ChangeSheet, error) {
		if err := mayChange(by); err != nil {
			return models.ChangeSheet{}, err
		}
		c, err := visibleChange(tx, by, id)
		if err != nil {
			return models.ChangeSheet{}, err
		}
		tx.Log("change_request.record_answer", "change_request", string(id), c.ClientID, models.TraceKey(a.Via, models.ViaFaxBack, models.ViaVerbal))
		if err := a.Decision.Validate(); err != nil {
			return models.ChangeSheet{}, err
		}
		o, c, err := holdChange(ctx, tx, by, c)
		if err != nil {
			return models.ChangeSheet{}, err
		}
		var verbal models.VerbalDraft
		if err := proven(tx, c, a, &verbal); err != nil {
			return models.ChangeSheet{}, err
		}
		c, err = n.answer(tx, o, c, a.Decision, a.Via, func() (models.Prescription, error) {
			if a.Via == models.ViaFaxBack {
				return succeed(tx, by, o, a.Patch(c.Proposed), "/scope", models.FromChangeRequest, func(*models.Prescription) {})
			}
			p, err := phoned(tx, by, o, a.Patch(c.Proposed), verbal, "/scope", &fault.List{})
			if err != nil {
				return p, err
			}
			return p, n.postToProvider(tx, models.MessageCountersign, p)
		})
		if err != nil {
			return models.ChangeSheet{}, err
		}
		return n.sheet(tx, by, c)
	})
}

// proven checks what shows that the prescriber said so: the signed form that
// came back, or the note of the call.
func proven(tx *store.Tx, c models.ChangeRequest, a models.AnswerDraft, verbal *models.VerbalDraft) error {
	var l fault.List
	switch a.Via {
	case models.ViaFaxBack:
		scans, err := tx.AttachmentsOfSeries(c.SeriesID)
		if err != nil {
			return err
		}
		for _, s := range scans {
			if s.ID == a.AttachmentID && c.SentAt != nil && !s.CreatedAt.Before(*c.SentAt) {
				return nil
			}
		}
		return fault.New(fault.Invalid, "change.scan_required", "Attach the scan of the signed form to the order first, and name it by attachment_id.")
	case models.ViaVerbal:
		if a.Verbal == nil {
			l.Add("verbal.required", "/verbal", "Say who answered on the phone, when, and that it was read back.")
			break
		}
		*verbal = *a.Verbal
	default:
		l.Put(fault.Violation{Code: "via.unknown", Pointer: "/via", Message: "An answer comes back by fax or by phone; the prescriber's own answer is a decision.",
			Allowed: []string{models.ViaFaxBack, models.ViaVerbal}})
	}
	return l.Invalid("The answer needs correction.")
}

// verbalAnswer is a verbal order that answers a change request; the request
// is settled with it.
func (n *Network) verbalAnswer(ctx context.Context, by models.Actor, id models.PrescriptionID, d models.VerbalOrderDraft) (models.OrderView, error) {
	return n.moveOrder(ctx, by, id, "prescription.verbal_order", acceptors, func(tx *store.Tx, o *heldOrder) error {
		c, err := tx.ChangeRequest(d.ChangeRequestID)
		if err == nil && c.SeriesID != o.order.SeriesID {
			err = fault.Missing("change request")
		}
		if err != nil {
			return err
		}
		answer := models.Decision{Approve: true}
		if !d.Scope.Empty() {
			answer.Scope = &d.Scope
		}
		_, err = n.answer(tx, o, c, answer, models.ViaVerbal, func() (models.Prescription, error) {
			next, err := phoned(tx, by, o, answer.Patch(c.Proposed), d.VerbalDraft, "/scope", &fault.List{})
			if err == nil {
				o.order = next
				err = n.postToProvider(tx, models.MessageCountersign, next)
			}
			return next, err
		})
		return err
	})
}
