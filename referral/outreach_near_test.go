package referral

import (
	"slices"
	"testing"

	"rapport/models"
)

func TestNearOfficesOfTheDirectoryAreOfferedByDistanceWithAReason(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		add := func(family, taxonomy, zip string, accepting models.Accepting) models.ProviderID {
			t.Helper()
			p, err := d.net.AddProvider(d.ctx, d.Stranger, models.ProviderDraft{Name: models.PersonName{Given: "Ida", Family: family}, Taxonomy: taxonomy, Accepting: accepting,
				Office: &models.Office{Name: family + " Clinic", Phone: "206 555 0150", Address: models.Address{City: "Seattle", State: "WA", PostalCode: zip}}})
			if err != nil {
				t.Fatal(err)
			}
			return p.ID
		}
		next := func() (names, why []string) {
			t.Helper()
			o, err := d.net.Outreach(d.ctx, d.Therapist)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range o.Next {
				if len(c.New) > 0 {
					names, why = append(names, c.Office.Name), append(why, c.Why())
				}
			}
			return names, why
		}
		add("Unsaid", "207Q00000X", "98107-1234", "")
		add("Taker", "207Q00000X", "98107", models.AcceptingYes)
		add("Full", "207Q00000X", "98107", models.AcceptingNo)
		add("Colleague", "225700000X", "98107", models.AcceptingYes) // a massage therapist sends nobody
		add("Far", "111N00000X", "98661", models.AcceptingYes)
		got, why := next()
		if want := []string{"Taker Clinic", "Unsaid Clinic", "Green Lake Spine"}; !slices.Equal(got, want) {
			t.Fatalf("offered %q, want %q", got, want)
		}
		if why[0] != "Primary care, in your ZIP code, takes new patients. You do not know them yet." || why[2] != "Chiropractic, 4.5 miles away. You do not know them yet." {
			t.Errorf("because %q", why)
		}
		d.related(t)
		if got, _ := next(); slices.Contains(got, "Green Lake Spine") {
			t.Errorf("an office with a relationship is offered as a new one: %q", got)
		}
		home := models.Address{City: "SEATTLE", State: "wa"}
		if _, err := d.net.ChangePractice(models.WithIfMatch(d.ctx, 1), d.Owner, models.PracticeChange{Address: &home}); err != nil {
			t.Fatal(err)
		}
		if got, why := next(); len(got) != 3 || why[0] != "Primary care, in your city, takes new patients. You do not know them yet." {
			t.Errorf("by city %q, because %q", got, why)
		}
	})
}
