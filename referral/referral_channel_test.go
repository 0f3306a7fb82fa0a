package referral_test

import (
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// TestTheLedgerSaysHowAReferralWentOut: as was asked for, or else as the
// provider prefers it; who signs in is not told in the portal by a letter.
func TestTheLedgerSaysHowAReferralWentOut(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		l.released(l.Provider.ID, models.CategoryReferral)
		l.released(l.Provider2.ID, models.CategoryReferral)
		for _, c := range []struct {
			to                                     models.ProviderID
			wanted, practice, person, office, want models.Channel
			account                                bool
			mails                                  int
		}{
			{to: l.Provider.ID, want: models.ByPortal, account: true, mails: 1},
			{to: l.Provider.ID, wanted: models.ByLetter, want: models.ByLetter, account: true},
			{to: l.Provider.ID, wanted: models.ByFax, want: models.ByFax, account: true},
			{to: l.Provider.ID, office: models.ByFax, want: models.ByFax, account: true},
			{to: l.Provider.ID, office: models.ByFax, person: models.ByLetter, want: models.ByLetter, account: true},
			{to: l.Provider.ID, office: models.ByFax, person: models.ByLetter, practice: models.ByPortal, want: models.ByPortal, account: true, mails: 1},
			{to: l.Provider.ID, office: models.ByPhone, person: models.ByEmail, want: models.ByPortal, account: true, mails: 1},
			{to: l.Provider2.ID, person: models.ByFax, want: models.ByLetter}, // no number is known
		} {
			l.Write(func(tx *store.Tx) error {
				p, err := tx.Provider(c.to)
				if err != nil {
					return err
				}
				p.PreferredChannel = c.person
				if len(p.Offices) > 0 {
					p.Offices[0].PreferredChannel = c.office
					if err := tx.UpdateOffice(p.Offices[0]); err != nil {
						return err
					}
				}
				if err := tx.UpdateProvider(p, p.Version); err != nil {
					return err
				}
				r, err := tx.EnsureRelationship(c.to)
				if err != nil {
					return err
				}
				r.PreferredChannel = c.practice
				return tx.SetRelationship(r, r.Version)
			})
			if !c.account {
				l.withoutAccount(c.to)
			}
			o := l.outline(models.Outbound)
			o.ProviderID = c.to
			r := l.refers(l.Desk, o)
			v := l.acts(l.Desk, r.ID, act(models.ActSend, func(s *step) { s.Channel, s.Confirm = c.wanted, true }))
			d := must2(l.net.Disclosures(l.ctx, l.Owner, l.client.ID, models.DisclosuresFull, models.Page{Limit: 1}))(t).Items[0]
			if v.Channel != c.want || d.Channel != string(c.want) || d.ObjectID != string(r.ID) {
				t.Errorf("%+v: it went %q, the ledger says %q", c, v.Channel, d.Channel)
			}
			if n := l.count("SELECT COUNT(*) FROM messages WHERE object_id = '" + string(r.ID) + "'"); n != c.mails {
				t.Errorf("%+v: %d notices by mail", c, n)
			}
		}
		o := l.outline(models.Outbound)
		o.ProviderID = l.Provider2.ID
		r := l.refers(l.Desk, o)
		for _, c := range []models.Channel{models.ByPortal, models.ByFax, models.ByPhone} {
			_, err := l.tries(l.Desk, r.ID, act(models.ActSend, func(s *step) { s.Channel, s.Confirm = c, true }))
			hasViolation(t, err, "referral.channel")
		}
	})
}

// withoutAccount makes a provider one whom nobody signs in as.
func (l *loop) withoutAccount(p models.ProviderID) {
	l.t.Helper()
	if _, err := l.OwnerDB.Exec("DELETE FROM user_roles WHERE provider_id = '" + string(p) + "'"); err != nil {
		l.t.Fatal(err)
	}
}

// TestTheCoverOfAReferralNamesNoClient: it lies in the open, and the gate is
// asked before it is drawn.
func TestTheCoverOfAReferralNamesNoClient(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		release := l.released(l.Provider.ID, models.CategoryReferral, models.CategoryDemographics)
		send := func(c models.Channel) models.ReferralID {
			r := l.refers(l.Desk, l.outline(models.Outbound))
			_, err := l.net.ReferralCover(l.ctx, l.Desk, r.ID)
			refusedWith(t, err, fault.Conflict, "referral.not_on_paper")
			l.acts(l.Desk, r.ID, act(models.ActSend, func(s *step) { s.Channel, s.Confirm = c, true }))
			return r.ID
		}
		_, err := l.net.ReferralCover(l.ctx, l.Desk, send(models.ByPortal))
		refusedWith(t, err, fault.Conflict, "referral.not_on_paper")
		id := send(models.ByFax)
		cover := must2(l.net.ReferralCover(l.ctx, l.Desk, id))(t)
		words := formText(t, cover)
		for _, want := range []string{"+1 206 555 0201", "Green Lake Spine", "2 with this cover", "Dana Kim"} {
			if !strings.Contains(words, want) {
				t.Errorf("the cover lacks %q:\n%s", want, words)
			}
		}
		for _, secret := range []string{"Ana", "Silva", "1984", "May 17", "Numb", "client@example.org"} {
			if strings.Contains(words, secret) {
				t.Errorf("the cover says %q:\n%s", secret, words)
			}
		}
		packet := must2(l.net.ReferralPacket(l.ctx, l.Desk, id))(t)
		if p := formText(t, packet.Bytes); !strings.Contains(p, "Ana Silva") || !strings.Contains(p, "Numb fingers") {
			t.Errorf("the packet says\n%s", p)
		}
		_, err = l.net.ReferralCover(l.ctx, l.Doctor, id)
		refusedWith(t, err, fault.Forbidden, "role.not_allowed")
		_, err = l.net.ReferralCover(l.ctx, l.Stranger, id)
		refusedWith(t, err, fault.NotFound, "not_found")
		must2(l.net.RevokeRelease(l.ctx, l.Owner, release, models.RevocationDraft{ReceivedAt: l.Clock.Now(), Channel: "in_person"}))(t)
		_, err = l.net.ReferralCover(l.ctx, l.Desk, id)
		refusedWith(t, err, fault.Forbidden, "release_required")
	})
}

// TestAReferralOnPaperGoesOnlyWhereThePracticeCheckedTheOffice: in the portal it
// goes all the same.
func TestAReferralOnPaperGoesOnlyWhereThePracticeCheckedTheOffice(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		l.released(l.Provider.ID, models.CategoryReferral)
		bound, fax := l.Doctor, "+1 900 555 0666"
		bound.VouchedBy = []models.PracticeID{l.Other.ID}
		must2(l.net.ChangeProvider(models.WithIfMatch(l.ctx, 1), bound, l.Provider.ID, models.ProviderChange{Offices: []models.OfficeChange{{ID: l.Provider.Offices[0].ID, Fax: &fax}}}))(t)
		r := l.refers(l.Desk, l.outline(models.Outbound))
		sent := func(c models.Channel) (models.ReferralView, error) {
			return l.tries(l.Desk, r.ID, act(models.ActSend, func(s *step) { s.Channel, s.Confirm = c, true }))
		}
		for _, c := range []models.Channel{models.ByLetter, models.ByFax} {
			_, err := sent(c)
			refusedWith(t, err, fault.Conflict, "delivery.office_unconfirmed")
		}
		must2(sent(models.ByPortal))(t)
	})
}
