package referral

import (
	"strings"
	"testing"

	"rapport/models"
)

func (c *clinic) provider(t *testing.T, by models.Actor) models.Provider {
	t.Helper()
	p, err := c.net.Provider(c.ctx, by, c.Provider.ID)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (c *clinic) changeProvider(t *testing.T, by models.Actor, change models.ProviderChange) models.Provider {
	t.Helper()
	p, err := c.net.ChangeProvider(models.WithIfMatch(c.ctx, c.provider(t, by).Version), by, c.Provider.ID, change)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// withoutAccount makes the clinic's provider one whom nobody signs in as.
func (c *clinic) withoutAccount(t *testing.T) {
	t.Helper()
	if _, err := c.OwnerDB.Exec("DELETE FROM user_roles WHERE provider_id = '" + string(c.Provider.ID) + "'"); err != nil {
		t.Fatal(err)
	}
}

func TestPaperGoesOnlyWhereThePracticeCheckedTheOffice(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.withoutAccount(t)
		c.signed(t, everything)
		r := c.written(t)
		c.changeProvider(t, c.Desk, models.ProviderChange{Verified: true})
		letter := func() (models.Delivery, error) {
			return c.net.DeliverReport(c.ctx, c.Therapist, r.ID, models.DeliveryDraft{ProviderID: c.Provider.ID, Channel: models.ByLetter})
		}
		sent, err := letter()
		if err != nil {
			t.Fatal(err)
		}
		office, wrong := c.Provider.Offices[0], "+1 900 555 0666"
		p := c.changeProvider(t, c.Stranger, models.ProviderChange{Offices: []models.OfficeChange{{ID: office.ID, Fax: &wrong}}})
		if !p.VerifiedOn.IsZero() {
			t.Errorf("a changed fax still counts as checked on %s", p.VerifiedOn)
		}
		_, err = c.net.DeliveryCover(c.ctx, c.Therapist, sent.ID)
		code(t, err, "delivery.office_unconfirmed")
		_, err = letter()
		code(t, err, "delivery.office_unconfirmed")
		again, err := c.net.SignReport(c.ctx, c.Therapist, c.report(t).ID)
		if err != nil {
			t.Fatal(err)
		}
		paper, err := c.net.ReportPDF(c.ctx, c.Therapist, again.ID)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text(t, paper.Bytes), wrong) {
			t.Error("the letter shows a fax that another practice wrote")
		}
		if !c.provider(t, c.Therapist).Offices[0].Unconfirmed || c.provider(t, c.Stranger).Offices[0].Unconfirmed {
			t.Error("the record does not say who has still to check the office")
		}
		if _, err := c.net.VerifyProvider(c.ctx, c.Desk, c.Provider.ID); err != nil {
			t.Fatal(err)
		}
		cover, err := c.net.DeliveryCover(c.ctx, c.Therapist, sent.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text(t, cover), wrong) {
			t.Error("the cover leaves out the fax that the practice checked")
		}
	})
}

// TestAnotherOfficeOfAnotherPracticeIsCheckedToo: moving a provider to another
// place leads their post astray as well as a changed address does.
func TestAnotherOfficeOfAnotherPracticeIsCheckedToo(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.withoutAccount(t)
		c.changeProvider(t, c.Desk, models.ProviderChange{Verified: true})
		place := models.Office{Name: "Elsewhere", Fax: "+1 900 555 0666", Address: models.Address{Line1: "1 Nowhere Rd", City: "Seattle", State: "WA"}}
		c.changeProvider(t, c.Stranger, models.ProviderChange{Joins: &place, Leaves: []models.OfficeID{c.Provider.Offices[0].ID}})
		if p := c.provider(t, c.Therapist); len(p.Offices) != 1 || !p.Offices[0].Unconfirmed {
			t.Errorf("a new office counts as checked: %+v", p.Offices)
		}
		c.changeProvider(t, c.Desk, models.ProviderChange{Verified: true})
		if c.provider(t, c.Therapist).Offices[0].Unconfirmed {
			t.Error("the practice said that it is right")
		}
		mine := "+1 206 555 0300"
		c.changeProvider(t, c.Desk, models.ProviderChange{Offices: []models.OfficeChange{{ID: c.provider(t, c.Desk).Offices[0].ID, Fax: &mine}}})
		if c.provider(t, c.Therapist).Offices[0].Unconfirmed || !c.provider(t, c.Stranger).Offices[0].Unconfirmed {
			t.Error("who changes an office stands for it, and nobody else")
		}
	})
}

func TestWhatTheProviderSaysOfTheirOfficeHoldsForEveryPractice(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		office, theirs := c.Provider.Offices[0], "+1 206 555 0299"
		bound := c.Doctor
		bound.VouchedBy = []models.PracticeID{c.Other.ID}
		c.changeProvider(t, bound, models.ProviderChange{Offices: []models.OfficeChange{{ID: office.ID, Fax: &theirs}}})
		if !c.provider(t, c.Therapist).Offices[0].Unconfirmed || c.provider(t, c.Stranger).Offices[0].Unconfirmed {
			t.Error("one whom a single practice asked in speaks for that practice only")
		}
		if _, err := c.net.VerifyProvider(c.ctx, c.Doctor, c.Provider.ID); err != nil {
			t.Fatal(err)
		}
		if c.provider(t, c.Therapist).Offices[0].Unconfirmed || c.provider(t, c.Stranger).Offices[0].Unconfirmed {
			t.Error("the provider said that their office is right")
		}
	})
}
