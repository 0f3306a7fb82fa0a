package referral

import (
	"context"
	"strings"
	"sync"
	"testing"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// link mints what the worker would mint when it sends the mail.
func (d *desk) link(r ReleaseView, token string) {
	d.Write(func(tx *store.Tx) error {
		return tx.AddLink(models.Link{TokenHash: models.HashToken(token), Kind: models.LinkSign, ObjectID: string(r.ID), ClientID: r.ClientID, Email: "ana@example.org"})
	})
}

var somebody = models.Anonymous("203.0.113.9", "Phone")

func TestALinkSignsOnceWithTheBirthDateAndACopyFollows(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.draft(t)
		d.link(r, "tok")
		form, err := d.net.DocumentByLink(d.ctx, somebody, "tok", d.client.BirthDate)
		if err != nil || form.SHA256 != r.FormSHA256 {
			t.Fatalf("form %v, %v", form.SHA256, err)
		}
		v, err := d.net.SignByLink(d.ctx, somebody, "tok", d.client.BirthDate, typed)
		if err != nil || v.Status != models.ReleaseActive || v.Signature.IP != "203.0.113.9" || v.Signature.AttendedBy != "" || v.Signature.IdentifiedBy != "one_time_link" {
			t.Fatalf("got %+v, %v", v.Signature, err)
		}
		_, err = d.net.SignByLink(d.ctx, somebody, "tok", d.client.BirthDate, typed)
		code(t, err, "link.ended")
		l, err := d.net.Messages(d.ctx, d.Owner, MessageQuery{}, models.Page{Limit: 10})
		if err != nil || len(l.Items) != 1 || l.Items[0].Kind != models.MessageReleaseCopy || l.Items[0].To != "ana@example.org" {
			t.Errorf("messages %+v, %v", l.Items, err)
		}
		d.link(v, "copy")
		copied, err := d.net.DocumentByLink(d.ctx, somebody, "copy", d.client.BirthDate)
		if err != nil || copied.SHA256 != v.DocumentSHA256 {
			t.Errorf("copy %s, want %s, %v", copied.SHA256, v.DocumentSHA256, err)
		}
		if v, err = d.net.Release(d.ctx, d.Owner, r.ID); err != nil || v.CopyGivenAt == nil {
			t.Errorf("the copy is not on record: %+v, %v", v, err)
		}
		if log := d.log(t, models.DisclosuresFull); len(log) != 2 || log[0].Basis != models.BasisIndividual || !strings.HasPrefix(log[0].ActorID, "link:") {
			t.Errorf("ledger %+v", log)
		}
		if v, err = d.net.RevokeByLink(d.ctx, somebody, "copy", d.client.BirthDate, "No more"); err != nil || v.Status != models.ReleaseRevoked || v.Revocation.Channel != "link" {
			t.Errorf("revoked %+v, %v", v, err)
		}
		code(t, d.told(d.ctx, d.letter(), d.Therapist), "release_required")
	})
}

func TestALinkLetsTheClientDecline(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.draft(t)
		d.link(r, "tok")
		if v, err := d.net.DeclineByLink(d.ctx, somebody, "tok", d.client.BirthDate); err != nil || v.Status != models.ReleaseDeclined {
			t.Fatalf("got %+v, %v", v, err)
		}
		_, err := d.net.SignRelease(d.ctx, d.Desk, r.ID, typed)
		code(t, err, "release.declined")
		code(t, d.told(d.ctx, d.letter(), d.Therapist), "release_required")
	})
}

func TestAWrongBirthDateSpendsATryAlthoughItIsRefused(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.link(d.draft(t), "tok")
		for i := range models.LinkTries {
			_, err := d.net.DocumentByLink(d.ctx, somebody, "tok", models.Date("1984-05-01").AddDays(i))
			code(t, err, "link.birth_date")
		}
		_, err := d.net.DocumentByLink(d.ctx, somebody, "tok", d.client.BirthDate)
		code(t, err, "link.ended")
		d.Write(func(tx *store.Tx) error {
			events, err := tx.Audit(0, 100)
			n := 0
			for _, e := range events {
				if e.Outcome == "link.birth_date" && strings.HasPrefix(e.Principal, "link:") {
					n++
				}
			}
			if n != models.LinkTries {
				t.Errorf("%d wrong tries on the trail, want %d", n, models.LinkTries)
			}
			return err
		})
	})
}

func TestConcurrentGuessesAtALinkAreStillFive(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.link(d.draft(t), "tok")
		var wg sync.WaitGroup
		codes := make([]string, 24)
		for i := range codes {
			wg.Go(func() {
				_, err := d.net.DocumentByLink(d.ctx, somebody, "tok", models.Date("1984-05-18").AddDays(i))
				codes[i] = fault.CodeOf(err)
			})
		}
		wg.Wait()
		compared := 0
		for _, c := range codes {
			switch c {
			case "link.birth_date":
				compared++
			case "link.ended":
			default:
				t.Errorf("got %s", c)
			}
		}
		if compared != models.LinkTries {
			t.Errorf("%d guesses were compared, want %d", compared, models.LinkTries)
		}
	})
}

func TestSigningInPersonEndsTheLinksThatAreOut(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.draft(t)
		if _, err := d.net.SendSigningLink(d.ctx, d.Desk, r.ID, "ana@example.org"); err != nil {
			t.Fatal(err)
		}
		d.link(r, "tok")
		m := models.Message{Kind: models.MessageSigningLink, ObjectKind: "release", ObjectID: string(r.ID)}
		may := func() error {
			return d.DB.WriteLocked(d.ctx, models.System(d.Practice.ID), func(ctx context.Context, tx *store.Tx) error { return d.net.MayStillSend(ctx, tx, m) })
		}
		if err := may(); err != nil {
			t.Error(err)
		}
		if _, err := d.net.SignRelease(d.ctx, d.Desk, r.ID, typed); err != nil {
			t.Fatal(err)
		}
		_, err := d.net.SignByLink(d.ctx, somebody, "tok", d.client.BirthDate, typed)
		code(t, err, "link.ended")
		code(t, may(), "release.already_signed")
		m.Kind = models.MessageReleaseCopy
		if err := may(); err != nil {
			t.Error(err)
		}
	})
}

func TestALinkPageNamesNobody(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.draft(t)
		d.link(r, "tok")
		p, err := d.net.SigningLink(d.ctx, somebody, "tok")
		if err != nil || !p.Waiting || p.TriesLeft != models.LinkTries {
			t.Errorf("got %+v, %v", p, err)
		}
		d.Clock.Advance(models.LinkDays * 24 * 3600e9)
		_, err = d.net.SigningLink(d.ctx, somebody, "tok")
		code(t, err, "link.ended")
	})
}
