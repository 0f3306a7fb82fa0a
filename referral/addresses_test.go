package referral

import (
	"slices"
	"testing"

	"rapport/models"
	"rapport/models/store"
)

func TestAReportLeavesOnlyForAnAddressThatThePracticeConfirmed(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		p, err := c.net.AddProvider(c.ctx, c.Stranger, models.ProviderDraft{Name: models.PersonName{Given: "Rosa", Family: "Klein"}, Email: "rosa@klein.example"})
		if err != nil {
			t.Fatal(err)
		}
		c.signed(t, everything, func(x *models.ReleaseTerms) { x.Recipients = append(x.Recipients, models.Recipient{ProviderID: p.ID}) })
		r := c.written(t, func(o *models.ReportOutline) { o.ProviderID = p.ID })
		send := func() (models.Delivery, error) {
			return c.net.DeliverReport(c.ctx, c.Therapist, r.ID, models.DeliveryDraft{ProviderID: p.ID, Channel: models.ByLink})
		}
		_, err = send()
		code(t, err, "delivery.address_unconfirmed")
		c.work(t)
		if sent := c.box.Sent(); len(sent) != 0 {
			t.Fatalf("mailed to an address that nobody here confirmed: %+v", sent)
		}
		p, err = c.net.ChangeProvider(models.WithIfMatch(c.ctx, p.Version), c.Desk, p.ID, models.ProviderChange{Verified: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := send(); err != nil {
			t.Fatal(err)
		}
		// What another practice writes now does not move a mail that is queued.
		other := "evil@example.org"
		if _, err := c.net.ChangeProvider(models.WithIfMatch(c.ctx, p.Version), c.Stranger, p.ID, models.ProviderChange{Email: &other}); err != nil {
			t.Fatal(err)
		}
		c.work(t)
		if sent := c.box.Sent(); len(sent) != 1 || sent[0].To != "rosa@klein.example" {
			t.Errorf("mailed %+v", sent)
		}
		_, err = send()
		code(t, err, "delivery.address_unconfirmed")
	})
}

// TestQueuedMailsOfAnOrderAskAgainWhetherItStands: the end of an order silences
// what asks or warns; what was decided about it is told, in words that name nobody.
func TestQueuedMailsOfAnOrderAskAgainWhetherItStands(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		release := c.signed(t, everything)
		queue := func(kinds ...models.MessageKind) {
			c.Write(func(tx *store.Tx) error {
				for _, k := range kinds {
					if _, err := tx.Post(models.Message{Kind: k, To: "linh@greenlake.example", ObjectKind: "prescription", ObjectID: string(c.order.ID), ClientID: c.client.ID, ProviderID: c.Provider.ID}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		queue(models.MessageOrderAnswered)
		c.revoke(t, release)
		c.work(t)
		if sent := c.box.Sent(); len(sent) != 1 {
			t.Errorf("after the release's end the prescriber is still told of their own order: %d mails", len(sent))
		}
		queue(models.MessageCountersign, models.MessageOrderEnding, models.MessageOrderAnswered)
		ended := c.order
		ended.Status = models.OrderRevoked
		c.Write(func(tx *store.Tx) error { return tx.UpdatePrescription(ended, 1) })
		c.work(t)
		var kinds []models.MessageState
		c.Write(func(tx *store.Tx) error {
			for _, s := range []models.MessageState{models.MessageStopped, models.MessageSent} {
				l, err := tx.Messages(store.MessageFilter{State: s}, models.Page{Limit: 20})
				if err != nil {
					return err
				}
				for _, m := range l.Items {
					if m.ObjectKind == "prescription" && (m.Kind == models.MessageCountersign || m.Kind == models.MessageOrderEnding) {
						kinds = append(kinds, m.State)
					}
				}
			}
			return nil
		})
		if !slices.Equal(kinds, []models.MessageState{models.MessageStopped, models.MessageStopped}) {
			t.Errorf("what asked for a revoked order ended as %v", kinds)
		}
	})
}
