package referral

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

func (c *clinic) revoke(t *testing.T, r ReleaseView) {
	t.Helper()
	if _, err := c.net.RevokeRelease(c.ctx, c.Therapist, r.ID, models.RevocationDraft{ReceivedAt: c.Clock.Now(), Channel: "letter"}); err != nil {
		t.Fatal(err)
	}
}

func TestARevocationBetweenQueueAndSendStopsTheMail(t *testing.T) {
	for _, channel := range []models.Channel{models.ByPortal, models.ByLink} {
		eachClinic(t, func(t *testing.T, c *clinic) {
			release := c.signed(t, everything)
			r := c.written(t)
			d := c.send(t, r.ID, channel)
			c.Clock.Advance(time.Minute)
			c.revoke(t, release)
			c.work(t)
			if sent := c.box.Sent(); len(sent) != 0 {
				t.Errorf("%s: mailed after the revocation: %+v", channel, sent)
			}
			got := c.delivery(t, d.ID)
			if got.State != models.DeliveryStopped || got.Reason != "release_required" || states(got) != "prepared queued stopped" {
				t.Errorf("%s: delivery %s %s (%s)", channel, got.State, got.Reason, states(got))
			}
			c.Write(func(tx *store.Tx) error {
				m, err := tx.Message(got.MessageID)
				if m.State != models.MessageStopped || m.LinkID != "" {
					t.Errorf("%s: message %s, link %q", channel, m.State, m.LinkID)
				}
				return err
			})
			_, err := c.net.ReportPDF(c.ctx, c.Doctor, r.ID)
			code(t, err, map[models.Channel]string{models.ByPortal: "release.ended", models.ByLink: "not_found"}[channel])
			_, err = c.net.AcknowledgeReport(c.ctx, c.Doctor, r.ID, "")
			code(t, err, map[models.Channel]string{models.ByPortal: "delivery.stopped", models.ByLink: "not_found"}[channel])
			log := c.log(t, models.DisclosuresFull)
			if !slices.ContainsFunc(log, func(d models.Disclosure) bool {
				return !d.Allowed && d.Channel == "email" && slices.Contains(d.Reasons, "release.revoked")
			}) {
				t.Error("the refused mail is not in the ledger")
			}
		})
	}
}

func TestAStoppedDeliveryIsNotRevivedByANewRelease(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		release := c.signed(t, everything)
		r := c.written(t)
		c.send(t, r.ID, models.ByPortal)
		c.revoke(t, release)
		c.work(t)
		c.signed(t, everything)
		_, err := c.net.ReportPDF(c.ctx, c.Doctor, r.ID)
		code(t, err, "not_found")
		c.send(t, r.ID, models.ByPortal)
		if _, err := c.net.ReportPDF(c.ctx, c.Doctor, r.ID); err != nil {
			t.Error(err)
		}
	})
}

func TestAfterARevocationADeliveredReportIsGone(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		release := c.signed(t, everything)
		r := c.written(t)
		_, err := c.net.ReportPDF(c.ctx, c.Doctor, r.ID)
		code(t, err, "not_found")
		d := c.send(t, r.ID, models.ByPortal)
		c.work(t)
		if _, err := c.net.ReportPDF(c.ctx, c.Doctor, r.ID); err != nil {
			t.Fatal(err)
		}
		c.Clock.Advance(time.Minute)
		c.revoke(t, release)
		_, err = c.net.ReportPDF(c.ctx, c.Doctor, r.ID)
		code(t, err, "release.ended")
		if got := c.delivery(t, d.ID); got.State != models.DeliveryDownloaded {
			t.Errorf("what was seen became %s", got.State)
		}
		got, err := c.net.AcknowledgeReport(c.ctx, c.Doctor, r.ID, "Seen.")
		if err != nil || got.State != models.DeliveryAcknowledged || got.Override != nil || len(got.Events) > 0 ||
			string(got.ClientID)+string(got.ReleaseID)+string(got.MessageID)+string(got.CreatedBy) != "" {
			t.Errorf("acknowledging tells the recipient %+v, %v", got, err)
		}
		c.signed(t, func(x *models.ReleaseTerms) { x.Categories = []models.Category{models.CategoryProgressReport} })
		_, err = c.net.ReportPDF(c.ctx, c.Doctor, r.ID)
		code(t, err, "report.exceeds_release")
		_, err = c.net.DeliverReport(c.ctx, c.Therapist, r.ID, models.DeliveryDraft{ProviderID: c.Provider.ID, Channel: models.ByPortal})
		code(t, err, "report.exceeds_release")
	})
}

func TestConcurrentDownloadsStopAtTheRevocation(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		release := c.signed(t, everything)
		r := c.written(t)
		c.send(t, r.ID, models.ByPortal)
		var wg sync.WaitGroup
		start := make(chan struct{})
		errs := make([]error, 12)
		for i := range errs {
			wg.Go(func() {
				<-start
				_, errs[i] = c.net.ReportPDF(c.ctx, c.Doctor, r.ID)
			})
		}
		wg.Go(func() {
			<-start
			if _, err := c.net.RevokeRelease(c.ctx, c.Therapist, release.ID, models.RevocationDraft{ReceivedAt: c.Clock.Now(), Channel: "portal"}); err != nil {
				t.Error(err)
			}
		})
		close(start)
		wg.Wait()
		for _, err := range errs {
			if err != nil && fault.CodeOf(err) != "release.ended" {
				t.Errorf("a download ended with %v", err)
			}
		}
		revoked := int64(0)
		told := map[int64]bool{}
		c.Write(func(tx *store.Tx) error {
			events, err := tx.Audit(0, 1000)
			for _, e := range events {
				if e.Action == "release.revoke" && e.Outcome == "done" {
					revoked = e.Seq
				}
				if e.Action == store.Disclosed {
					told[e.Seq] = e.Outcome == "allowed"
				}
			}
			return err
		})
		for _, d := range c.log(t, models.DisclosuresFull) {
			if d.Allowed && d.Seq > revoked {
				t.Errorf("disclosure %d was allowed after the revocation %d", d.Seq, revoked)
			}
		}
		if revoked == 0 || len(told) < len(errs) {
			t.Errorf("revocation %d, %d decisions", revoked, len(told))
		}
	})
}

func TestConcurrentCallsWithOneKeyMakeOneDelivery(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		r := c.written(t)
		ctx := models.WithIdempotency(c.ctx, models.Idempotency{Route: "POST deliveries", Key: "k", BodySHA256: "b"})
		ids := make(chan models.DeliveryID, 5)
		var wg sync.WaitGroup
		for range cap(ids) {
			wg.Go(func() {
				for {
					d, err := c.net.DeliverReport(ctx, c.Therapist, r.ID, models.DeliveryDraft{ProviderID: c.Provider.ID, Channel: models.ByPortal})
					if fault.CodeOf(err) == "idempotency.in_progress" {
						continue
					}
					if err != nil {
						t.Error(err)
					}
					ids <- d.ID
					return
				}
			})
		}
		wg.Wait()
		close(ids)
		first := <-ids
		for id := range ids {
			if id != first {
				t.Errorf("one key made deliveries %s and %s", first, id)
			}
		}
		c.work(t)
		if n := len(c.box.Sent()); n != 1 {
			t.Errorf("%d mails, want 1", n)
		}
	})
}

func TestALinkInAMailOpensItsReportOnce(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		r := c.written(t)
		d := c.send(t, r.ID, models.ByLink)
		c.work(t)
		sent := c.box.Sent()
		if len(sent) != 1 || strings.Contains(sent[0].Text, "Silva") {
			t.Fatalf("mails %+v", sent)
		}
		_, after, _ := strings.Cut(sent[0].Text, "https://rapport.example"+models.LinkReport.Path())
		token, _, _ := strings.Cut(after, "\n")
		token = strings.TrimSpace(token)
		anyone := models.Anonymous("192.0.2.9", "Phone")
		for range models.LinkTries - 1 {
			_, err := c.net.OpenReportLink(c.ctx, anyone, token, "1984-05-18")
			code(t, err, "link.birth_date")
		}
		if page, err := c.net.ReportLink(c.ctx, anyone, token); err != nil || page.TriesLeft != 1 {
			t.Errorf("page %+v, %v", page, err)
		}
		before := len(c.trail(t))
		if got, err := c.net.ProveReportLink(c.ctx, anyone, token, c.client.BirthDate); err != nil || got.Practice != c.Practice.Name {
			t.Fatal(got, err)
		}
		if seen := c.trail(t)[before:]; len(seen) != 1 || seen[0].Action != "link.prove" || seen[0].ClientID != c.client.ID {
			t.Errorf("a right birth date leaves %+v", seen)
		}
		got, err := c.net.OpenReportLink(c.ctx, anyone, token, c.client.BirthDate)
		if err != nil || got.PDF.SHA256 != r.SHA256 || got.Client.Family != "Silva" {
			t.Fatalf("opened %+v, %v", got.ReportLine, err)
		}
		_, err = c.net.OpenReportLink(c.ctx, anyone, token, c.client.BirthDate)
		code(t, err, "link.ended")
		if got := c.delivery(t, d.ID); states(got) != "prepared queued sent opened downloaded" || got.LinkID == "" {
			t.Errorf("evidence %q, link %q", states(got), got.LinkID)
		}
	})
}

// TestAReleaseThatRanOutShutsTheDoorOfALink, although the link still lives: who
// knows the birth date does not hear that there is a report.
func TestAReleaseThatRanOutShutsTheDoorOfALink(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		rel := c.signed(t, everything)
		d := c.send(t, c.written(t).ID, models.ByLink)
		c.Write(func(tx *store.Tx) error {
			return tx.AddLink(models.Link{TokenHash: models.HashToken("token"), Kind: models.LinkReport, ObjectID: string(d.ID), ClientID: c.client.ID, ProviderID: c.Provider.ID, Email: "x@y.example",
				ExpiresAt: c.Clock.Now().AddDate(3, 0, 0)})
		})
		c.Clock.Advance(rel.ExpiresOn.AddDays(1).Time(c.Practice.Location()).Sub(c.Clock.Now()))
		before := len(c.trail(t))
		_, err := c.net.ProveReportLink(c.ctx, models.Anonymous("", ""), "token", c.client.BirthDate)
		code(t, err, "release.ended")
		refused := false
		for _, e := range c.trail(t)[before:] {
			refused = refused || e.Action == "disclosure.decide" && e.Outcome == "refused"
		}
		if !refused {
			t.Error("the gate's refusal is not on record")
		}
	})
}

// trail is what the practice's trail holds.
func (c *clinic) trail(t *testing.T) (events []models.AuditEvent) {
	t.Helper()
	err := c.DB.Read(c.ctx, models.System(c.Practice.ID), func(_ context.Context, tx *store.Tx) (err error) {
		events, err = tx.Audit(0, 1000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func TestAMisdirectedLinkIsClosed(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		r := c.written(t)
		d := c.send(t, r.ID, models.ByLink)
		c.Write(func(tx *store.Tx) error {
			return tx.AddLink(models.Link{TokenHash: models.HashToken("token"), Kind: models.LinkReport, ObjectID: string(d.ID), ClientID: c.client.ID, ProviderID: c.Provider.ID, Email: "x@y.example"})
		})
		if _, err := c.net.Misdirected(c.ctx, c.Therapist, d.ID, "Wrong address"); err != nil {
			t.Fatal(err)
		}
		_, err := c.net.OpenReportLink(c.ctx, models.Anonymous("", ""), "token", c.client.BirthDate)
		code(t, err, "link.ended")
		c.work(t)
		if n := len(c.box.Sent()); n != 0 {
			t.Errorf("%d mails left after the delivery was stopped", n)
		}
		got := c.delivery(t, d.ID)
		if !got.Misdirected() || got.Events[len(got.Events)-1].Note != "Wrong address" {
			t.Errorf("delivery %+v", got)
		}
		portal := c.send(t, r.ID, models.ByPortal)
		if _, err := c.net.ReportPDF(c.ctx, c.Doctor, r.ID); err != nil {
			t.Error(err)
		}
		if _, err := c.net.Misdirected(c.ctx, c.Therapist, portal.ID, ""); err != nil {
			t.Error(err)
		}
		_, err = c.net.ReportPDF(c.ctx, c.Doctor, r.ID)
		code(t, err, "not_found")
	})
}

func TestAnOverrideOpensOneReportForThreeDays(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		r := c.written(t)
		with := models.DeliveryDraft{ProviderID: c.Provider.ID, Channel: models.ByPortal, Override: &models.OverrideDraft{Basis: "emergency", Reason: "Numb arm, seen today."}}
		none := with
		none.Override = nil
		_, err := c.net.DeliverReport(c.ctx, c.Therapist, r.ID, none)
		code(t, err, "release_required")
		mode := func(m models.PracticeMode) {
			c.Write(func(tx *store.Tx) error {
				p, err := tx.Practice(c.Practice.ID)
				if err != nil {
					return err
				}
				p.Mode = m
				return tx.UpdatePractice(p, p.Version)
			})
		}
		mode(models.NotCovered)
		_, err = c.net.DeliverReport(c.ctx, c.Therapist, r.ID, with)
		code(t, err, "override.not_covered")
		mode(models.Covered)
		d, err := c.net.DeliverReport(c.ctx, c.Therapist, r.ID, with)
		if err != nil || d.Override == nil || d.Override.Reason != "Numb arm, seen today." {
			t.Fatalf("delivery %+v, %v", d, err)
		}
		if _, err := c.net.ReportPDF(c.ctx, c.Doctor, r.ID); err != nil {
			t.Error(err)
		}
		if l, err := c.net.Overrides(c.ctx, c.Owner, models.Page{Limit: 10}); err != nil || len(l.Items) != 1 || l.Items[0].ID != d.ID {
			t.Errorf("for review: %+v, %v", l.Items, err)
		}
		c.Clock.Advance(models.OverrideHours * time.Hour)
		_, err = c.net.ReportPDF(c.ctx, c.Doctor, r.ID)
		if !errors.Is(err, fault.Gone) && !errors.Is(err, fault.Forbidden) {
			t.Errorf("after 72 hours: %v", err)
		}
	})
}

func TestAReportGoesToItsOwnRecipientOnly(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything, func(x *models.ReleaseTerms) {
			x.Recipients = append(x.Recipients, models.Recipient{ProviderID: c.Provider2.ID}, models.Recipient{PayerName: "Labor & Industries", ClaimNumber: "AB 123"})
		})
		r := c.written(t)
		_, err := c.net.DeliverReport(c.ctx, c.Therapist, r.ID, models.DeliveryDraft{ProviderID: c.Provider2.ID, Channel: models.ByPortal})
		code(t, err, "report.other_recipient")
		payer := c.report(t, func(o *models.ReportOutline) {
			o.Payer, o.From, o.To = &models.Recipient{PayerName: "labor & industries", ClaimNumber: "AB 123"}, "2026-03-09", "2026-03-23"
		})
		signed, err := c.net.SignReport(c.ctx, c.Therapist, payer.ID)
		if err != nil || signed.ProviderID != "" || signed.Recipient != "labor & industries" {
			t.Fatalf("to the payer %+v, %v", signed.ReportLine, err)
		}
		_, err = c.net.DeliverReport(c.ctx, c.Therapist, payer.ID, models.DeliveryDraft{Channel: models.ByPortal})
		code(t, err, "validation")
		d, err := c.net.DeliverReport(c.ctx, c.Therapist, payer.ID, models.DeliveryDraft{Channel: models.ByLetter})
		if err != nil {
			t.Fatal(err)
		}
		pdf, err := c.net.DeliveryCover(c.ctx, c.Therapist, d.ID)
		if err != nil {
			t.Fatal(err)
		}
		if words := text(t, pdf); strings.Contains(words, "Silva") || strings.Contains(words, "AB 123") || !strings.Contains(words, "labor & industries") {
			t.Errorf("cover %s", words)
		}
	})
}

func TestReadingIsOnTheTrailOrDoesNotHappen(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		r := c.written(t)
		c.send(t, r.ID, models.ByPortal)
		ctx, cancel := context.WithCancel(c.ctx)
		cancel()
		if d, err := c.net.ReportPDF(ctx, c.Doctor, r.ID); err == nil || len(d.Bytes) > 0 {
			t.Errorf("bytes left without a trail: %d, %v", len(d.Bytes), err)
		}
		if _, err := c.net.ReportPDF(c.ctx, c.Doctor, r.ID); err != nil {
			t.Fatal(err)
		}
		var got []string
		c.Write(func(tx *store.Tx) error {
			events, err := tx.Audit(0, 1000)
			for _, e := range events[len(events)-2:] {
				got = append(got, e.Action+" "+e.Principal+" "+e.Outcome)
			}
			return err
		})
		who := "user:" + string(c.Doctor.UserID)
		if want := []string{"report.download " + who + " done", store.Disclosed + " " + who + " allowed"}; !slices.Equal(got, want) {
			t.Errorf("trail %q, want %q", got, want)
		}
	})
}
