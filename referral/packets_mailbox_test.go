package referral

import (
	"testing"

	"rapport/models"
	"rapport/models/fault"
)

// TestAPacketGoesOnlyToAMailboxThatThePracticeStandsFor: an address that
// another practice wrote into the shared record gets nothing until this one
// has checked it; where the provider signs in, mail goes there.
func TestAPacketGoesOnlyToAMailboxThatThePracticeStandsFor(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.introduced(t)
		p, err := c.net.AddProvider(c.ctx, c.Stranger, models.ProviderDraft{Name: models.PersonName{Given: "Otto", Family: "Żak"}, Office: &models.Office{Name: "Żak Clinic", Email: "front@zak.example"}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.net.Relate(c.ctx, c.Therapist, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		send := func() error {
			_, err := c.net.SendPacket(c.ctx, c.Desk, r.ID, models.ContactEmail)
			return err
		}
		if _, mailable, err := c.net.PacketWay(c.ctx, c.Desk, p.ID); mailable || err != nil {
			t.Errorf("mail to an address that nobody here checked: %v, %v", mailable, err)
		}
		if err := send(); fault.CodeOf(err) != "packet.no_address" {
			t.Errorf("another practice's word: %v", err)
		}
		change := func(by models.Actor, what models.ProviderChange) {
			t.Helper()
			now, err := c.net.Provider(c.ctx, by, p.ID)
			if err == nil {
				_, err = c.net.ChangeProvider(models.WithIfMatch(c.ctx, now.Version), by, p.ID, what)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		evil := "front@evil.example"
		change(c.Stranger, models.ProviderChange{Email: &evil})
		if err := send(); fault.CodeOf(err) != "delivery.address_unconfirmed" {
			t.Errorf("another practice's word about the provider: %v", err)
		}
		change(c.Desk, models.ProviderChange{Verified: true})
		if err := send(); err != nil {
			t.Fatal(err)
		}
		c.work(t)
		if sent := c.box.Sent(); len(sent) != 1 || sent[0].To != "front@zak.example" {
			t.Errorf("mails %+v", sent)
		}
		known, err := c.net.RelationshipWith(c.ctx, c.Desk, c.Provider.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.net.SendPacket(c.ctx, c.Desk, known.ID, models.ContactEmail); err != nil {
			t.Fatal(err)
		}
		c.work(t)
		if sent := c.box.Sent(); len(sent) != 2 || sent[1].To != "linh@greenlake.example" {
			t.Errorf("mails %+v", sent)
		}
	})
}
