package referral

import (
	"context"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// reachless is a provider whom neither mailbox nor account reaches, with an
// order of theirs in force in place of the clinic's.
func (c *clinic) reachless(t *testing.T) models.Provider {
	t.Helper()
	p := models.Provider{ID: models.ProviderID(c.NewID()), Name: models.PersonName{Given: "Mei", Family: "Tanaka"}, Version: 1}
	c.order.ID, c.order.SeriesID, c.order.PrescriberID = models.PrescriptionID(c.NewID()), models.SeriesID(c.NewID()), p.ID
	c.order.Content.Scope.Regions = []models.RegionSide{{Region: "neck", Side: models.SideBoth}}
	c.order.Content.Prescriber = models.Prescriber{ProviderID: p.ID, Name: "Mei Tanaka"}
	c.order.ContentSHA256 = c.order.Content.SHA256()
	c.Write(func(tx *store.Tx) error {
		if err := tx.AddProvider(p); err != nil {
			return err
		}
		if err := tx.AddSeries(models.Series{ID: c.order.SeriesID, ClientID: c.client.ID, CurrentID: c.order.ID, Allowed: 12}); err != nil {
			return err
		}
		return tx.AddPrescription(c.order)
	})
	return p
}

func TestWhomNoMailReachesIsSentALetterOrAFax(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		p := c.reachless(t)
		wish := models.ChangeDraft{AskedBy: models.AskedByClient, Words: "Longer, please.", ExplanationGiven: "I ask.", Proposed: models.ScopePatch{MinutesPerSession: &[]int{45}[0]}}
		for by, want := range map[models.Channel]string{models.ByPortal: "change.no_account", models.ByLink: "change.no_email"} {
			wish.Channel = by
			_, err := c.net.AskForChange(c.ctx, c.Therapist, c.order.ID, wish)
			if code(t, err, want); t.Failed() {
				t.Fatal(violations(err))
			}
		}
		if l, err := c.net.ChangeRequests(c.ctx, c.Therapist, ChangeQuery{PrescriptionID: c.order.ID}, models.Page{Limit: 5}); err != nil || len(l.Items) != 0 {
			t.Errorf("a refused wish was kept: %+v, %v", l.Items, err)
		}
		wish.Channel = models.ByFaxBack
		if _, err := c.net.AskForChange(c.ctx, c.Therapist, c.order.ID, wish); err != nil {
			t.Errorf("the fax-back form: %v", err)
		}
		c.signed(t, everything, func(x *models.ReleaseTerms) { x.Recipients = []models.Recipient{{ProviderID: p.ID}} })
		r := c.written(t)
		for _, by := range []models.Channel{models.ByPortal, models.ByLink} {
			_, err := c.net.DeliverReport(c.ctx, c.Therapist, r.ID, models.DeliveryDraft{ProviderID: p.ID, Channel: by})
			code(t, err, "delivery.no_address")
		}
		if _, err := c.net.DeliverReport(c.ctx, c.Therapist, r.ID, models.DeliveryDraft{ProviderID: p.ID, Channel: models.ByLetter}); err != nil {
			t.Errorf("the letter: %v", err)
		}
	})
}

// TestADamagedDocumentIsNotGivenOut: bytes are compared with their hash at every
// reading, and the report's own hash with the document's.
func TestADamagedDocumentIsNotGivenOut(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		r := c.written(t)
		c.send(t, r.ID, models.ByPortal)
		related := c.introduced(t)
		packet, err := c.net.SendPacket(c.ctx, c.Desk, related, models.ContactLetter)
		if err != nil {
			t.Fatal(err)
		}
		restore := c.Image()
		for what, damage := range map[string]string{
			"the sealed bytes":    "UPDATE documents SET sealed = substr(sealed, 2)",
			"the hash":            "UPDATE documents SET sha256 = 'aa'",
			"the hash, both ways": "UPDATE reports SET sha256 = 'aa'",
		} {
			runs(t, c.behind(t), damage)
			for _, by := range []models.Actor{c.Doctor, c.Therapist} {
				d, err := c.net.ReportPDF(c.ctx, by, r.ID)
				code(t, err, "document.damaged")
				if len(d.Bytes) != 0 {
					t.Errorf("%s changed, and bytes are given out", what)
				}
			}
			restore()
		}
		runs(t, c.behind(t), "UPDATE packets SET sha256 = 'aa'")
		_, err = c.net.PacketPDF(c.ctx, c.Desk, packet.ID)
		code(t, err, "packet.damaged")
	})
}

// TestWhatOnlyTheProgramCanAskWrongIsRefusedToo covers refusals that no route
// leads to.
func TestWhatOnlyTheProgramCanAskWrongIsRefusedToo(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		d := c.send(t, c.written(t).ID, models.ByPortal)
		err := c.DB.Write(c.ctx, c.Owner, func(ctx context.Context, tx *store.Tx) error {
			_, err := recipientOf(tx, models.Ask{ClientID: c.client.ID})
			code(t, err, "recipient.required")
			code(t, deliverySettled(c.net, ctx, tx, models.Message{ObjectID: string(d.ID), State: "lost"}), "message.state_unknown")
			m, err := tx.Message(d.MessageID)
			if err != nil {
				return err
			}
			code(t, tx.SetMessage(m, models.MessageFailed), "message.moved")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.net.Relationships(c.ctx, c.Owner, RelationshipQuery{Sort: "beauty"}, models.Page{Limit: 5})
		if got := violations(err); strings.Join(got, " ") != "sort.unknown" {
			t.Errorf("got %v", err)
		}
		_, err = c.net.Messages(c.ctx, c.Owner, MessageQuery{State: "lost"}, models.Page{Limit: 5})
		if got := violations(err); strings.Join(got, " ") != "message.state_unknown" {
			t.Errorf("got %v", err)
		}
		_, err = c.net.Misdirected(c.ctx, c.Therapist, d.ID, strings.Repeat("ễ", 501))
		if f, _ := fault.As(err); f == nil || strings.Join(violations(err), " ") != "note.too_long" {
			t.Errorf("got %v", err)
		}
	})
}
