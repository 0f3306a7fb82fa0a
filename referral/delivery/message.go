package delivery

import (
	"context"
	"errors"
	"io"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// Codes of what became of a message.
const (
	codeInterrupted = "delivery.interrupted" // the process ended between claim and answer
	codeGaveUp      = "delivery.gave_up"     // every attempt failed
)

// claimed is a message that this attempt, and no other, may send.
type claimed struct {
	m        models.Message
	mine     bool
	token    string
	practice models.Practice
	files    []models.MailFile
}

// message claims, sends and settles one message.
func (d *Delivery) message(ctx context.Context, practice models.PracticeID, id models.MessageID, last bool) error {
	c, err := d.claim(ctx, practice, id)
	if errors.Is(err, fault.NotFound) {
		d.cfg.Log.Warn("message is gone", "message", id)
		return nil
	}
	if err != nil {
		d.cfg.Log.Error("message not claimed", "message", id, "code", fault.CodeOf(err), "cause", fault.Scrub(err))
		if last {
			err = errors.Join(err, d.settle(ctx, models.Message{ID: id, PracticeID: practice, State: models.MessageFailed, Reason: codeGaveUp}, models.MessageQueued))
		}
		return errors.New(fault.CodeOf(err))
	}
	if !c.mine {
		return nil
	}
	m, again := d.send(ctx, c, last)
	if err := d.settle(ctx, m, models.MessageSending); err != nil {
		d.cfg.Log.Error("message not settled", "message", id, "state", m.State, "code", fault.CodeOf(err), "cause", fault.Scrub(err))
		return errors.New(fault.CodeOf(err))
	}
	if again {
		return errors.New(m.Reason)
	}
	return nil
}

// claim asks the gate again, mints the link and marks the message as being
// sent, all in one committed write before anything leaves.
func (d *Delivery) claim(ctx context.Context, practice models.PracticeID, id models.MessageID) (claimed, error) {
	var c claimed
	random := make([]byte, models.TokenBytes)
	if _, err := io.ReadFull(d.cfg.Random, random); err != nil {
		return c, err
	}
	err := d.cfg.DB.WriteLocked(ctx, models.System(practice), func(ctx context.Context, tx *store.Tx) (err error) {
		c = claimed{}
		m, err := tx.LockMessage(id)
		if err != nil {
			return err
		}
		switch m.State {
		case models.MessageQueued:
		case models.MessageSending: // an attempt before this one died
			m.State, m.Reason = models.MessageUncertain, codeInterrupted
			return d.move(ctx, tx, m, models.MessageSending)
		default:
			return nil
		}
		if practice != models.NetworkPractice {
			if c.practice, err = tx.Practice(practice); errors.Is(err, fault.NotFound) {
				return nil // suspended: the message waits, and is asked for again when the practice is resumed
			} else if err != nil {
				return err
			}
		}
		refused := d.cfg.Network.MayStillSend(ctx, tx, m)
		if refused == nil {
			c.files, refused = papers(tx, m)
		}
		if refused != nil {
			f, ok := fault.As(refused)
			if !ok || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
				return refused
			}
			m.State, m.Reason = models.MessageStopped, f.Code
			return d.move(ctx, tx, m, models.MessageQueued)
		}
		if m.LinkKind != "" {
			c.token = models.Token(random)
			if m.LinkID, err = mint(tx, m, c.token); err != nil {
				return err
			}
		}
		m.State, m.Attempts, m.Reason = models.MessageSending, m.Attempts+1, ""
		c.m, c.mine = m, true
		return tx.SetMessage(m, models.MessageQueued)
	})
	return c, err
}

// papers go along with one kind of message only, the intro packet: it names no
// client. Everything else is read behind a sign-in or a link.
func papers(tx *store.Tx, m models.Message) ([]models.MailFile, error) {
	if m.Kind != models.MessagePacket {
		return nil, nil
	}
	pdf, err := tx.PacketPDF(models.PacketID(m.ObjectID))
	return []models.MailFile{{Name: "introduction.pdf", MediaType: "application/pdf", Bytes: pdf}}, err
}

// mint makes the one-time link and closes the one of the attempt before.
func mint(tx *store.Tx, m models.Message, token string) (models.LinkID, error) {
	if m.LinkID != "" {
		if err := tx.CloseLink(m.LinkID); err != nil {
			return "", err
		}
	}
	id := models.LinkID(tx.NewID())
	return id, tx.AddLink(models.Link{ID: id, TokenHash: models.HashToken(token), Kind: m.LinkKind, ObjectID: m.ObjectID, ClientID: m.ClientID,
		ProviderID: m.ProviderID, UserID: m.UserID, Email: m.To, Role: m.Role})
}

// send hands the mail over, outside every transaction, and says what became of
// the message and whether to try again.
func (d *Delivery) send(ctx context.Context, c claimed, last bool) (m models.Message, again bool) {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	m = c.m
	err := d.cfg.Sender.Send(ctx, letter(c, d.cfg.PublicURL))
	if err == nil {
		at := d.cfg.Now().UTC()
		m.State, m.SentAt = models.MessageSent, &at
		return m, false
	}
	fate := &models.SendError{Verdict: models.SendLater, Code: "mail.failed"}
	errors.As(err, &fate)
	m.Reason = fate.Code
	switch {
	case fate.Verdict == models.SendUnknown:
		m.State = models.MessageUncertain
	case fate.Verdict == models.SendNever || last:
		m.State = models.MessageFailed
	default:
		m.State, again = models.MessageQueued, true
	}
	d.cfg.Log.Warn("mail not sent", "message", m.ID, "code", fate.Code, "verdict", string(fate.Verdict), "attempt", m.Attempts)
	return m, again
}

// settle writes down what became of a message, even while the server stops.
// When the message moved on meanwhile, only the news that it was sent counts.
func (d *Delivery) settle(ctx context.Context, m models.Message, seen models.MessageState) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
	defer cancel()
	return d.cfg.DB.WriteLocked(ctx, models.System(m.PracticeID), func(ctx context.Context, tx *store.Tx) error {
		now, err := tx.LockMessage(m.ID)
		if err != nil {
			return err
		}
		late := now.State == models.MessageUncertain && now.Reason == codeInterrupted && m.State == models.MessageSent
		if now.State != seen && !late {
			return nil
		}
		from := now.State
		now.State, now.Reason, now.SentAt = m.State, m.Reason, m.SentAt
		if m.State == models.MessageQueued {
			return tx.SetMessage(now, from)
		}
		return d.move(ctx, tx, now, from)
	})
}

// move writes a final state, puts it on the trail and tells the network.
func (d *Delivery) move(ctx context.Context, tx *store.Tx, m models.Message, from models.MessageState) error {
	if err := tx.SetMessage(m, from); err != nil {
		return err
	}
	tx.Log("message."+string(m.State), "message", string(m.ID), m.ClientID, m.Reason)
	return d.cfg.Network.MessageSettled(ctx, tx, m)
}
