package referral

import (
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store"
)

func (c *clinic) suspend(t *testing.T, on bool) {
	t.Helper()
	if _, err := c.net.SuspendPractice(c.ctx, models.System(""), c.Practice.ID, on); err != nil {
		t.Fatal(err)
	}
}

func (c *clinic) message(t *testing.T, id models.MessageID) (m models.Message) {
	t.Helper()
	c.Write(func(tx *store.Tx) (err error) { m, err = tx.Message(id); return err })
	return m
}

func TestAClientTakesAReleaseBackWhileThePracticeIsSuspended(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		release := c.signed(t, everything)
		d := c.send(t, c.written(t).ID, models.ByPortal)
		c.link(release, "copy")
		c.link(c.draft(t), "draft")
		c.suspend(t, true)
		c.work(t)
		if m := c.message(t, d.MessageID); m.State != models.MessageQueued || len(c.box.Sent()) != 0 {
			t.Fatalf("suspended: the message is %s, %d mails left", m.State, len(c.box.Sent()))
		}
		c.Clock.Advance(time.Minute)
		_, err := c.net.SignByLink(c.ctx, somebody, "draft", c.client.BirthDate, typed)
		code(t, err, "not_found")
		_, err = c.net.ReadReleaseByLink(c.ctx, somebody, "draft", c.client.BirthDate)
		code(t, err, "not_found")
		if v, err := c.net.ReadReleaseByLink(c.ctx, somebody, "copy", c.client.BirthDate); err != nil || v.Status != models.ReleaseActive || v.At.Name != c.Practice.Name {
			t.Errorf("the copy reads %+v, %v", v, err)
		}
		v, err := c.net.RevokeByLink(c.ctx, somebody, "copy", c.client.BirthDate, "No more")
		if err != nil || v.Status != models.ReleaseRevoked || v.Revocation.Channel != "link" {
			t.Fatalf("revoked %+v, %v", v, err)
		}
		c.suspend(t, false)
		c.work(t)
		if sent := c.box.Sent(); len(sent) != 0 {
			t.Errorf("mailed after the revocation: %+v", sent)
		}
		if m := c.message(t, d.MessageID); m.State != models.MessageStopped || m.Reason != "release_required" {
			t.Errorf("the message is %s %q", m.State, m.Reason)
		}
		if got := c.delivery(t, d.ID); got.State != models.DeliveryStopped {
			t.Errorf("the delivery is %s", got.State)
		}
	})
}

// TestAMailAcrossTheMomentOfSuspensionIsOnRecordAsSent suspends the practice
// while the mail server takes the mail.
func TestAMailAcrossTheMomentOfSuspensionIsOnRecordAsSent(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		id := c.introduced(t)
		d := c.send(t, c.written(t, func(o *models.ReportOutline) { o.Kind = models.ReportDischarge }).ID, models.ByPortal)
		p, err := c.net.SendPacket(c.ctx, c.Desk, id, models.ContactEmail)
		if err != nil {
			t.Fatal(err)
		}
		r := models.Referral{ID: models.ReferralID(c.NewID()), Direction: models.Inbound, ClientID: c.client.ID, ProviderID: c.Provider.ID, Reason: "Neck pain", RelationshipID: id,
			Priority: models.Routine, PrescriptionID: c.order.ID, State: models.ReferralVisitDone, CreatedBy: c.Doctor.UserID, CreatedAt: c.Clock.Now(), Version: 1}
		c.Write(func(tx *store.Tx) error { return tx.AddReferral(r) })
		c.box.Fail(func(models.Mail) error {
			c.suspend(t, true)
			return nil
		})
		for range 2 { // the first mail goes out across the moment, the other waits
			c.work(t)
		}
		waiting := c.message(t, p.MessageID)
		if m := c.message(t, d.MessageID); m.State != models.MessageSent || waiting.State != models.MessageQueued {
			t.Fatalf("the notice is %s %q, the packet's mail %s", m.State, m.Reason, waiting.State)
		}
		c.suspend(t, false) // the packet's mail goes out across the next moment
		c.work(t)
		if m := c.message(t, p.MessageID); m.State != models.MessageSent {
			t.Errorf("the packet's mail is %s %q", m.State, m.Reason)
		}
		c.suspend(t, false)
		if got := c.delivery(t, d.ID); !strings.HasSuffix(states(got), "sent") {
			t.Errorf("the delivery is %s", states(got))
		}
		l, err := c.net.Packets(c.ctx, c.Desk, id, models.Page{Limit: 5})
		if err != nil || len(l.Items) != 1 || l.Items[0].ContactID == "" {
			t.Errorf("%+v, %v", l, err)
		}
		if v, err := c.net.Referral(c.ctx, c.Therapist, r.ID); err != nil || v.State != models.ReferralCompleted {
			t.Errorf("the referral is %s, %v", v.State, err)
		}
		if n := len(c.box.Sent()); n != 2 {
			t.Errorf("%d mails", n)
		}
	})
}
