package referral

import (
	"slices"
	"strings"
	"testing"

	"rapport/models"
)

func TestBothSidesAreToldOfADocumentRequestWithoutADetail(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.granted()
		draft := models.RequestDraft{ClientID: c.client.ID, Kind: "progress_report", Note: "Tingling in the hand?"}
		r, err := c.net.AskForDocument(c.ctx, c.Doctor, draft)
		if err != nil {
			t.Fatal(err)
		}
		told := func() (to []string) {
			if _, err := c.post.Drain(c.ctx); err != nil {
				t.Fatal(err)
			}
			for _, m := range c.box.Sent() {
				to = append(to, m.To)
				for _, secret := range []string{"Ana", "Silva", "Tingling", "progress", string(c.client.ID), "Nguyễn", string(r.ID)} {
					if strings.Contains(m.Subject+m.Text, secret) {
						t.Errorf("the mail to %s says %q", m.To, secret)
					}
				}
			}
			return to
		}
		practice := []string{"jose@ballard.example", "olga@ballard.example"}
		if got := told(); !slices.Equal(got, practice) {
			t.Errorf("asked: told %v", got)
		}
		if _, err := c.net.DeclineDocument(c.ctx, c.Therapist, r.ID, "No consent."); err != nil {
			t.Fatal(err)
		}
		if got := told(); !slices.Equal(got[2:], []string{"linh@greenlake.example"}) {
			t.Errorf("declined: told %v", got)
		}
		again, err := c.net.AskForDocument(c.ctx, c.Doctor, draft)
		if err == nil {
			_, err = c.net.WithdrawDocument(c.ctx, c.Doctor, again.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := told(); len(got) != 5 || !slices.Equal(got[3:], practice) { // once: the notice that it was asked for came too late
			t.Errorf("taken back: told %v", got)
		}
	})
}
