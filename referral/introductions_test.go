package referral

import (
	"testing"

	"rapport/models"
	"rapport/models/fault"
)

func TestAnIntroductionStartsFromAReleaseAndNamesTheClientOnlyWhereItMay(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		list := func() []models.Introduction {
			t.Helper()
			l, err := d.net.Introductions(d.ctx, d.Therapist, d.client.ID)
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		if _, err := d.net.SetCareTeam(d.ctx, d.Therapist, d.client.ID, []models.CareTeamMember{{ProviderID: d.Provider.ID}, {ProviderID: d.Provider2.ID}}); err != nil {
			t.Fatal(err)
		}
		if got := list(); len(got) != 0 {
			t.Errorf("without a release: %+v", got)
		}
		_, err := d.net.Introduce(d.ctx, d.Therapist, d.client.ID, d.Provider.ID)
		code(t, err, "introduction.not_open")
		narrow := d.signed(t, func(r *models.ReleaseTerms) { r.Categories = []models.Category{models.CategoryMeasures} })
		got := list()
		if len(got) != 1 || got[0].ProviderID != d.Provider.ID || got[0].MayName() != "" || got[0].Begun {
			t.Fatalf("a narrow release: %+v", got)
		}
		i, err := d.net.Introduce(d.ctx, d.Desk, d.client.ID, d.Provider.ID)
		if err != nil || i.MayName() != "" {
			t.Fatalf("%+v, %v", i, err)
		}
		r, err := d.net.Relationship(d.ctx, d.Therapist, i.RelationshipID)
		if err != nil || r.NextStep != models.IntroduceStep || r.Checklist.Script != string(models.ScriptNoShared) || *r.Checklist.ContactAllowed {
			t.Errorf("%+v, %v", r.Relationship, err)
		}
		if _, err := d.net.RevokeRelease(d.ctx, d.Therapist, narrow.ID, models.RevocationDraft{Channel: "in_person"}); err != nil {
			t.Fatal(err)
		}
		if got := list(); len(got) != 0 {
			t.Errorf("after the revocation: %+v", got)
		}
		d.signed(t)
		if i, err = d.net.Introduce(d.ctx, d.Therapist, d.client.ID, d.Provider.ID); err != nil || i.MayName() != models.CategoryProgressReport || !i.Begun {
			t.Fatalf("%+v, %v", i, err)
		}
		if l, err := d.net.Disclosures(d.ctx, d.Owner, d.client.ID, models.DisclosuresFull, models.Page{Limit: 9}); err != nil || len(l.Items) != 0 {
			t.Errorf("something was told: %+v, %v", l.Items, err)
		}
		d.contact(t, i.RelationshipID, models.ContactDraft{Channel: models.ContactCall, WithName: "Pat"})
		if got := list(); len(got) != 0 {
			t.Errorf("they were reached: %+v", got)
		}
		if _, err := d.net.Introductions(d.ctx, d.Stranger, d.client.ID); fault.CodeOf(err) != "not_found" {
			t.Errorf("another practice: %v", err)
		}
	})
}

func TestAContactNamesStaffOfTheProvidersOwnOfficesOnly(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		pat, err := d.net.AddStaff(d.ctx, d.Desk, models.OfficeStaff{OfficeID: d.Provider.Offices[0].ID, Name: "Pat Lee", Role: "receptionist"})
		if err != nil {
			t.Fatal(err)
		}
		c := d.contact(t, d.related(t), models.ContactDraft{Channel: models.ContactCall, StaffID: pat.ID})
		if c.Outcome != models.ReachedStaff || c.WithName != "Pat Lee" || c.WithRole != "receptionist" {
			t.Errorf("%+v", c)
		}
		other, err := d.net.Relate(d.ctx, d.Desk, d.Provider2.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.net.LogContact(d.ctx, d.Desk, other.ID, models.ContactDraft{Channel: models.ContactCall, StaffID: pat.ID})
		if v := violations(err); len(v) != 1 || v[0] != "staff.elsewhere" {
			t.Errorf("%v", err)
		}
	})
}
