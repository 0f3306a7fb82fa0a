package referral

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"sync"
	"testing"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/referral/password"
)

var ona = models.Actor{Kind: models.ActorUser, UserID: "op", Roles: []models.Role{models.Operator}}

// unowned is a practice whose owner was asked in and has not come.
func (c *clinic) unowned(t *testing.T) models.Practice {
	t.Helper()
	c.net.hash, c.net.cfg.Random = password.New(rand.Reader), rand.Reader
	p, err := c.net.CreatePractice(c.ctx, ona, models.PracticeDraft{Name: "Wallingford Massage", OwnerName: "Wanda Wells", OwnerEmail: "wanda@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// invitations are the tokens that were mailed, in order, with those of them that open.
func (c *clinic) invitations(t *testing.T) (mailed, open []string) {
	t.Helper()
	c.work(t)
	for _, m := range c.box.Sent() {
		if _, after, ok := strings.Cut(m.Text, models.LinkInvitation.Path()); ok {
			token := strings.Fields(after)[0]
			mailed = append(mailed, token)
			if _, err := c.net.OpenInvitation(c.ctx, models.Anonymous("", ""), token); err == nil {
				open = append(open, token)
			} else if fault.CodeOf(err) != "link.ended" {
				t.Error(err)
			}
		}
	}
	return mailed, open
}

func TestAnOwnerWhoseLinkRanOutIsAskedInAgain(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		p := c.unowned(t)
		ask := func(name, email string) error {
			_, err := c.net.AskOwner(c.ctx, ona, p.ID, name, email)
			return err
		}
		if mailed, open := c.invitations(t); len(mailed) != 1 || len(open) != 1 {
			t.Fatalf("mailed %d, open %d", len(mailed), len(open))
		}
		if s, err := c.net.ServerPractice(c.ctx, ona, p.ID); err != nil || s.Owners != 0 || s.Asked == nil || s.Asked.Email != "wanda@example.org" || s.Asked.Until == nil {
			t.Errorf("%+v, %v", s, err)
		}
		c.Clock.Advance(15 * 24 * 3600e9)
		if s, err := c.net.ServerPractice(c.ctx, ona, p.ID); err != nil || s.Asked == nil || s.Asked.Until != nil {
			t.Errorf("after it ran out: %+v, %v", s, err)
		}
		if err := ask("", ""); err != nil {
			t.Fatal(err)
		}
		mailed, open := c.invitations(t)
		if len(mailed) != 2 || !slices.Equal(open, mailed[1:]) {
			t.Errorf("mailed %d, open %d", len(mailed), len(open))
		}
		if err := ask(" ", "Wanda@Wells.example"); err != nil {
			t.Fatal(err)
		}
		if mailed, open = c.invitations(t); len(mailed) != 3 || !slices.Equal(open, mailed[2:]) || c.box.Sent()[len(c.box.Sent())-1].To != "wanda@wells.example" {
			t.Errorf("at another address: mailed %d, open %d", len(mailed), len(open))
		}
		code(t, ask("", "wanda"), "validation")
		for _, by := range []models.Actor{c.Owner, c.Therapist, c.Doctor} {
			_, err := c.net.AskOwner(c.ctx, by, p.ID, "", "")
			code(t, err, "role.not_allowed")
		}
		_, err := c.net.AskOwner(c.ctx, ona, "nowhere", "", "")
		code(t, err, "not_found")
		if _, err := c.net.AcceptInvitationInPortal(c.ctx, models.Anonymous("", ""), open[0], "four brown bears at noon", ""); err != nil {
			t.Fatal(err)
		}
		code(t, ask("", "other@example.org"), "practice.has_owner")
		if s, err := c.net.ServerPractice(c.ctx, ona, p.ID); err != nil || s.Owners != 1 || s.Asked != nil {
			t.Errorf("with an owner: %+v, %v", s, err)
		}
		for _, practice := range []models.PracticeID{p.ID, models.NetworkPractice} {
			if n := c.said(t, practice, "practice.ask_owner"); n != 2 {
				t.Errorf("the trail of %s says it %d times", practice, n)
			}
		}
	})
}

// said counts an action on a trail.
func (c *clinic) said(t *testing.T, practice models.PracticeID, action string) (n int) {
	t.Helper()
	err := c.DB.Write(c.ctx, models.System(practice), func(_ context.Context, tx *store.Tx) error {
		events, err := tx.Audit(0, 200)
		for _, e := range events {
			if e.Action == action && e.Outcome == "done" {
				n++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestConcurrentQuestionsToAnOwnerLeaveOneLink: whoever asked last decides which
// address opens, and the mails of the others do not leave or do not open.
func TestConcurrentQuestionsToAnOwnerLeaveOneLink(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		p := c.unowned(t)
		for _, addresses := range [][2]string{{"wanda@wells.example", "wanda@shop.example"}, {"", ""}, {"wanda@home.example", "wanda@home.example"}} {
			var wg sync.WaitGroup
			start := make(chan bool)
			errs := make([]error, 4)
			for i := range errs {
				wg.Go(func() {
					<-start
					_, errs[i] = c.net.AskOwner(c.ctx, ona, p.ID, "", addresses[i%2])
				})
			}
			close(start)
			wg.Wait()
			for _, err := range errs {
				if err != nil && fault.CodeOf(err) != "invitation.too_many" {
					t.Fatal(err)
				}
			}
			if mailed, open := c.invitations(t); len(open) != 1 || open[0] != mailed[len(mailed)-1] {
				t.Fatalf("%v: of %d links %d open", addresses, len(mailed), len(open))
			}
			c.Clock.Advance(25 * 3600e9)
		}
	})
}

// TestConcurrentAnswerAndQuestionMakeOneOwner: the owner comes while the
// operator asks somebody else.
func TestConcurrentAnswerAndQuestionMakeOneOwner(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		p := c.unowned(t)
		mailed, _ := c.invitations(t)
		var came, asked error
		var wg sync.WaitGroup
		wg.Go(func() {
			_, came = c.net.AcceptInvitationInPortal(c.ctx, models.Anonymous("", ""), mailed[0], "four brown bears at noon", "")
		})
		wg.Go(func() { _, asked = c.net.AskOwner(c.ctx, ona, p.ID, "Walt Wells", "walt@example.org") })
		wg.Wait()
		s, err := c.net.ServerPractice(c.ctx, ona, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, open := c.invitations(t)
		switch {
		case came == nil && fault.CodeOf(asked) == "practice.has_owner" && s.Owners == 1 && len(open) == 0:
		case asked == nil && fault.CodeOf(came) == "link.ended" && s.Owners == 0 && len(open) == 1:
		default:
			t.Errorf("came %v, asked %v, owners %d, open links %d", came, asked, s.Owners, len(open))
		}
	})
}

// TestAPracticeWhoseOwnerIsClosedOutIsNobodysToGive: an operator does not make
// somebody else its owner, who would read its charts.
func TestAPracticeWhoseOwnerIsClosedOutIsNobodysToGive(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		if err := c.net.DisableUser(c.ctx, models.System(""), "olga@ballard.example", true); err != nil {
			t.Fatal(err)
		}
		_, err := c.net.AskOwner(c.ctx, ona, c.Practice.ID, "Walt Wells", "walt@example.org")
		code(t, err, "practice.has_owner")
		if s, err := c.net.ServerPractice(c.ctx, ona, c.Practice.ID); err != nil || s.Owners != 1 || s.Asked != nil {
			t.Errorf("%+v, %v", s, err)
		}
	})
}
