package referral

import (
	"bytes"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

func aProfile() models.PracticeProfile {
	return models.PracticeProfile{About: "Two therapists in Ballard.", Treats: []string{"Neck pain"}, Techniques: []models.Technique{"petrissage"}, Languages: []string{"English", "Tiếng Việt"},
		ReportWithinDays: 3}
}

// introduced is a clinic whose profile is written.
func (c *clinic) introduced(t *testing.T) models.RelationshipID {
	t.Helper()
	if _, err := c.net.WriteProfile(c.ctx, c.Therapist, aProfile()); err != nil {
		t.Fatal(err)
	}
	return c.related(t)
}

func TestAProfileIsWrittenByWhoTreatsAndKeptByItsVersion(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		p, err := d.net.Profile(d.ctx, d.Desk)
		if err != nil || p.Version != models.UnwrittenProfile || p.Written() {
			t.Fatalf("%+v, %v", p, err)
		}
		if _, err := d.net.WriteProfile(d.ctx, d.Desk, aProfile()); fault.CodeOf(err) != "role.not_allowed" {
			t.Errorf("the desk: %v", err)
		}
		if _, err := d.net.WriteProfile(d.ctx, d.Therapist, models.PracticeProfile{Techniques: []models.Technique{"magic"}, ReportWithinDays: 90}); len(violations(err)) != 4 {
			t.Errorf("a bad profile: %v", violations(err))
		}
		p, err = d.net.WriteProfile(models.WithIfMatch(d.ctx, 1), d.Therapist, aProfile())
		if err != nil || p.Version != 2 {
			t.Fatalf("%+v, %v", p, err)
		}
		if _, err := d.net.WriteProfile(models.WithIfMatch(d.ctx, 1), d.Owner, aProfile()); fault.CodeOf(err) != "version.stale" {
			t.Errorf("an old version: %v", err)
		}
		again := aProfile()
		again.Treats = append(again.Treats, " ", "Jaw pain ")
		if p, err = d.net.WriteProfile(models.WithIfMatch(d.ctx, 2), d.Owner, again); err != nil || p.Version != 3 || len(p.Treats) != 2 {
			t.Errorf("%+v, %v", p, err)
		}
		if p, err = d.net.Profile(d.ctx, d.Stranger); err != nil || p.Written() {
			t.Errorf("another practice reads %+v, %v", p, err)
		}
	})
}

func TestAPacketWithoutAProfileOrAnAddressIsRefused(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		id := c.related(t)
		if _, err := c.net.SendPacket(c.ctx, c.Desk, id, models.ContactLetter); fault.CodeOf(err) != "profile.missing" {
			t.Errorf("without a profile: %v", err)
		}
		c.introduced(t)
		if _, err := c.net.SendPacket(c.ctx, c.Desk, id, models.ContactMeeting); fault.CodeOf(err) != "validation" {
			t.Errorf("by a meeting: %v", err)
		}
		p, err := c.net.AddProvider(c.ctx, c.Therapist, models.ProviderDraft{Name: models.PersonName{Given: "Otto", Family: "Żak"}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.net.Relate(c.ctx, c.Therapist, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.net.SendPacket(c.ctx, c.Desk, r.ID, models.ContactEmail); fault.CodeOf(err) != "packet.no_address" {
			t.Errorf("without an address: %v", err)
		}
		if way, mailable, err := c.net.PacketWay(c.ctx, c.Desk, r.ProviderID); way != models.ContactLetter || mailable || err != nil {
			t.Errorf("%s, %v, %v", way, mailable, err)
		}
		if _, err := c.net.SendPacket(c.ctx, c.Stranger, id, models.ContactLetter); fault.CodeOf(err) != "not_found" {
			t.Errorf("another practice: %v", err)
		}
	})
}

func TestAMailedPacketCountsWhenTheMailServerTookItAndKeepsThePromise(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		id := c.introduced(t)
		c.contact(t, id, models.ContactDraft{Channel: models.ContactCall, WithName: "Pat", Promise: &models.PromiseDraft{OwedBy: models.OwedByUs, Kind: models.PromisePacket, What: "The packet", DueOn: "2026-03-05"}})
		open := func() int {
			l, err := c.net.Promises(c.ctx, c.Therapist, PromiseQuery{State: models.PromiseOpen, RelationshipID: id}, models.Page{Limit: 9})
			if err != nil {
				t.Fatal(err)
			}
			return len(l.Items)
		}
		c.Clock.Advance(time.Minute)
		p, err := c.net.SendPacket(c.ctx, c.Desk, id, models.ContactEmail)
		if err != nil || p.ContactID != "" || open() != 1 {
			t.Fatalf("%+v, %v, %d open: it counts before it left", p, err, open())
		}
		if _, err := c.post.Drain(c.ctx); err != nil {
			t.Fatal(err)
		}
		sent := c.box.Sent()
		if len(sent) != 1 || len(sent[0].Files) != 1 || sent[0].Files[0].Name != "introduction.pdf" || !bytes.HasPrefix(sent[0].Files[0].Bytes, []byte("%PDF-")) {
			t.Fatalf("mails %+v", sent)
		}
		pdf, err := c.net.PacketPDF(c.ctx, c.Desk, p.ID)
		if err != nil || !bytes.Equal(pdf, sent[0].Files[0].Bytes) {
			t.Errorf("the kept packet is another one: %v", err)
		}
		l, err := c.net.Packets(c.ctx, c.Desk, id, models.Page{Limit: 5})
		if err != nil || len(l.Items) != 1 || l.Items[0].ContactID == "" || l.Items[0].Mail != models.MessageSent {
			t.Errorf("%+v, %v", l, err)
		}
		r, err := c.net.Relationship(c.ctx, c.Therapist, id)
		if err != nil || r.Checklist.PacketSentOn != "2026-03-02" || r.NextStepOn != "2026-03-09" || open() != 0 {
			t.Errorf("%+v, %v, %d open", r.Relationship, err, open())
		}
		log, err := c.net.Contacts(c.ctx, c.Therapist, ContactQuery{RelationshipID: id}, models.Page{Limit: 5})
		if err != nil || len(log.Items) != 2 || log.Items[0].Channel != models.ContactEmail || log.Items[0].PacketID != p.ID || log.Items[0].By != c.Desk.Name {
			t.Errorf("%+v, %v", log.Items, err)
		}
	})
}

func TestAWishForThePacketIsOwedUntilThePacketWentOut(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		id := c.introduced(t)
		asks := func(by models.Channel, at time.Time, sent models.Date) {
			c.contact(t, id, models.ContactDraft{At: at, Channel: models.ContactCall, WithName: "Pat", Checklist: models.Checklist{PacketWanted: by, PacketSentOn: sent}})
		}
		owed := func(want int, why string) models.PromiseLine {
			t.Helper()
			l, err := c.net.Promises(c.ctx, c.Desk, PromiseQuery{State: models.PromiseOpen, RelationshipID: id}, models.Page{Limit: 9})
			if err != nil || len(l.Items) != want {
				t.Fatalf("%s: %d open, want %d, %v", why, len(l.Items), want, err)
			}
			if want == 0 {
				return models.PromiseLine{}
			}
			return l.Items[0]
		}
		asks(models.ByEmail, time.Time{}, "")
		p := owed(1, "they asked")
		if p.Kind != models.PromisePacket || p.OwedBy != models.OwedByUs || p.DueOn != "2026-03-05" || p.SourceKind != "packet_wish" || p.SourceID == "" || p.What != "The packet by e-mail, as they asked" {
			t.Errorf("%+v", p.Promise)
		}
		w, err := c.net.Worklist(c.ctx, c.Desk, WorklistQuery{Name: models.ListPromises}, models.Page{Limit: 9})
		if err != nil || len(w.Items) != 1 || w.Items[0].ObjectID != string(p.ID) || w.Items[0].Action != "send_packet" {
			t.Errorf("the worklist of promises: %+v, %v", w.Items, err)
		}
		asks(models.ByLetter, time.Time{}, "")
		owed(1, "they changed their mind")
		c.Clock.Advance(24 * time.Hour)
		if _, err := c.net.SendPacket(c.ctx, c.Desk, id, models.ContactLetter); err != nil {
			t.Fatal(err)
		}
		owed(0, "it went out")
		if p, err := c.net.Promises(c.ctx, c.Desk, PromiseQuery{State: models.PromiseKept, RelationshipID: id}, models.Page{Limit: 9}); err != nil || len(p.Items) != 1 || !p.Items[0].InTime() || p.Items[0].KeptKind != "contact" {
			t.Errorf("kept %+v, %v", p.Items, err)
		}
		c.Clock.Advance(time.Hour)
		asks(models.ByLetter, time.Time{}, "")
		owed(0, "the answer stands as before")
		asks(models.ByFax, c.Clock.Now().Add(-20*24*time.Hour), "")
		owed(0, "a wish older than the packet")
		c.Clock.Advance(24 * time.Hour)
		asks(models.ByEmail, time.Time{}, "")
		owed(1, "they want another one")
		asks("", time.Time{}, "2026-03-04")
		owed(0, "somebody sent it by hand")
		c.Clock.Advance(2 * 24 * time.Hour)
		asks(models.ByEmail, time.Time{}, "")
		owed(1, "they ask again the same way, after it went out")
		asks("", time.Time{}, models.DateOf(c.Clock.Now(), c.Practice.Location()))
		owed(0, "and it went out again")
		c.Clock.Advance(24 * time.Hour)
		c.contact(t, id, models.ContactDraft{Channel: models.ContactCall, WithName: "Pat", Checklist: models.Checklist{PacketWanted: models.ByFax},
			Promise: &models.PromiseDraft{OwedBy: models.OwedByUs, Kind: models.PromiseCall, What: "A call", DueOn: "2026-03-20"}})
		owed(2, "a wish beside a promise of the same contact")
	})
}

func TestAMailThatFailsSendsNoPacketUntilAPersonSaysSo(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		id := c.introduced(t)
		c.box.Fail(func(models.Mail) error { return &models.SendError{Verdict: models.SendNever, Code: "mail.refused_550"} })
		p, err := c.net.SendPacket(c.ctx, c.Desk, id, models.ContactEmail)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.post.Drain(c.ctx); err != nil {
			t.Fatal(err)
		}
		if r, err := c.net.Relationship(c.ctx, c.Desk, id); err != nil || r.LastContactAt != nil {
			t.Fatalf("it counts although nothing left: %+v, %v", r.Relationship, err)
		}
		for range 2 { // said twice, it went out once
			_, err = c.net.ResolveMessage(c.ctx, c.Therapist, p.MessageID, models.Resolution{Outcome: models.ResolvedSent, Note: "They rang"})
		}
		l, lerr := c.net.Contacts(c.ctx, c.Therapist, ContactQuery{RelationshipID: id}, models.Page{Limit: 5})
		if fault.CodeOf(err) != "message.not_waiting" || lerr != nil || len(l.Items) != 1 {
			t.Errorf("%d contacts, %v, %v", len(l.Items), err, lerr)
		}
	})
}

func TestAPacketOnPaperCountsAtOnceAndHandedOverReachesSomebody(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		id := c.introduced(t)
		for _, x := range []struct {
			way     models.ContactChannel
			reached bool
		}{{models.ContactFax, false}, {models.ContactLetter, false}, {models.ContactVisit, true}} {
			c.Clock.Advance(time.Minute)
			p, err := c.net.SendPacket(c.ctx, c.Therapist, id, x.way)
			if err != nil || p.ContactID == "" {
				t.Fatalf("%+v, %v", p, err)
			}
			r, err := c.net.Relationship(c.ctx, c.Therapist, id)
			if err != nil || r.LastContactAt == nil || (r.LastReachedAt != nil) != x.reached {
				t.Errorf("by %s: %+v, %v", x.way, r.Relationship, err)
			}
		}
		cards, err := c.net.PartnerCards(c.ctx, c.Desk, CardsQuery{ProviderID: c.Provider.ID})
		if err != nil || !bytes.HasPrefix(cards, []byte("%PDF-")) {
			t.Errorf("no card: %v", err)
		}
	})
}

func TestPacketsFollowTheirRelationshipWhenRecordsAreMerged(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.introduced(t)
		var at [2]models.ProviderID
		for i := range at {
			p, err := c.net.AddProvider(c.ctx, c.Therapist, models.ProviderDraft{Name: models.PersonName{Given: "Ida", Family: "Stern"}, Phone: "206-555-0147"})
			if err != nil {
				t.Fatal(err)
			}
			at[i] = p.ID
			r, err := c.net.Relate(c.ctx, c.Therapist, p.ID)
			if err == nil {
				_, err = c.net.SendPacket(c.ctx, c.Therapist, r.ID, models.ContactLetter)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.net.MergeProviders(c.ctx, c.Owner, at[0], at[1]); err != nil {
			t.Fatal(err)
		}
		r, err := c.net.RelationshipWith(c.ctx, c.Therapist, at[1])
		if err != nil {
			t.Fatal(err)
		}
		if l, err := c.net.Packets(c.ctx, c.Therapist, r.ID, models.Page{Limit: 5}); err != nil || len(l.Items) != 2 {
			t.Errorf("%d packets, %v", len(l.Items), err)
		}
	})
}

func TestAResultIsShownFromTwentyClientsOn(t *testing.T) {
	course := func(from, to float64) []models.TimedReading {
		at := time.Date(2026, 1, 5, 18, 0, 0, 0, time.UTC)
		return []models.TimedReading{{SessionID: "a", At: at, Reading: models.Reading{Instrument: models.NDI, Value: &from}},
			{SessionID: "b", At: at.AddDate(0, 0, 7), Reading: models.Reading{Instrument: models.NDI, Value: &to}}}
	}
	all := map[models.ClientID][]models.TimedReading{}
	for i := range 19 {
		all[models.ClientID(rune('a'+i))] = course(40, 38)
	}
	if got := models.PacketResults(all); len(got) != 0 {
		t.Errorf("19 clients: %+v", got)
	}
	all["z"] = course(40, 12)
	if got := models.PacketResults(all); len(got) != 1 || got[0] != (models.PacketResult{Instrument: models.NDI, Clients: 20, Improved: 1}) {
		t.Errorf("20 clients: %+v", got)
	}
}
