package view_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"rapport/models"
	"rapport/web/view"
)

func partners(n int) models.NetworkView {
	all := make([]models.Partner, n)
	for i := range all {
		all[i] = models.Partner{ProviderID: models.ProviderID(fmt.Sprint("p", i)), Name: fmt.Sprintf("Provider number %d of a long-named clinic, DC", i), In: 1 + (n-i)/4, Out: i % 5, Status: models.HealthSteady}
	}
	return models.NewNetworkView(models.Practice{ID: "us", Name: "Ballard Massage"}, "2026-06-01", all, []models.ReferralStep{{Step: "sent", In: n}})
}

func TestPictureHasARowWithItsCountsForEachPartnerAndNoTwoOverlap(t *testing.T) {
	for _, n := range []int{5, 200} {
		v := partners(n)
		for _, p := range []view.Picture{view.NarrowPicture(v), view.WidePicture(v)} {
			if len(p.Rows) != n { // every partner of this history has a referral
				t.Fatalf("%d rows of %d", len(p.Rows), n)
			}
			last := -30
			for _, r := range p.Rows {
				if r.Y < last+30 || r.Y+16 > p.Height {
					t.Errorf("%s: a row at %d after %d, of %d", p.ID, r.Y, last, p.Height)
				}
				last = r.Y
				if width, room := 83*len([]rune(r.Name))/10, p.Width-r.NameX; width > room {
					t.Errorf("%s: %q needs %d of %d", p.ID, r.Name, width, room)
				}
			}
		}
	}
}

func TestNetworkPageHasEveryCountInItsTable(t *testing.T) {
	var b bytes.Buffer
	v := partners(200)
	if err := view.NetworkPage(view.Page{}, v, true).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if n := strings.Count(page, `href="/providers/p`); n < 200 {
		t.Errorf("%d partners in the table", n)
	}
	for _, want := range []string{`role="img"`, "51 in, 0 out", "/network.csv", "200 sources"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestNetworkPageWithoutReferralsSaysSo(t *testing.T) {
	var b bytes.Buffer
	if err := view.NetworkPage(view.Page{}, models.NetworkView{}, false).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	if page := b.String(); !strings.Contains(page, "No referral yet") || strings.Contains(page, "<table") {
		t.Error("an empty network draws a table")
	}
}
