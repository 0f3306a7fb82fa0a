package view

import (
	"strings"
	"testing"
	"time"

	"rapport/models"
)

var noon = time.Date(2026, 3, 3, 20, 0, 0, 0, time.UTC)

func seenBy(name, object string, at time.Time, basis string) models.Disclosure {
	return models.Disclosure{At: at, Recipient: models.Recipient{Label: name}, ObjectKind: "prescription", ObjectID: object, Description: "Order of 2026-03-01",
		Channel: "portal", Allowed: true, Basis: basis}
}

func TestRepeatedViewsOfADayStandOnOneLineAndNothingElseDoes(t *testing.T) {
	p := Page{Loc: time.FixedZone("PST", -8*3600)}
	refused := seenBy("Dr. A", "1", noon, "")
	refused.Allowed, refused.Reasons = false, []string{"release.expired"}
	mailed := seenBy("Dr. A", "1", noon.Add(-time.Hour), models.BasisOwnOrder)
	mailed.Channel = "email"
	got := told(p, []models.Disclosure{
		seenBy("Dr. A", "1", noon, models.BasisOwnOrder), refused, seenBy("Dr. B", "1", noon, models.BasisOwnOrder), seenBy("Dr. A", "2", noon, models.BasisOwnOrder),
		seenBy("Dr. A", "1", noon, models.BasisRelease), mailed, seenBy("Dr. A", "1", noon.Add(-24*time.Hour), models.BasisOwnOrder),
		seenBy("Dr. A", "1", noon.Add(-11*time.Hour), models.BasisOwnOrder), // one at night, at the practice
	})
	var counts []int
	for _, g := range got {
		counts = append(counts, len(g.Lines))
	}
	if len(got) != 6 || counts[0] != 3 {
		t.Fatalf("%d lines with %v decisions, want 6 of which the first has 3", len(got), counts)
	}
	if w := got[0].ways(); w != "in the portal and by e-mail" {
		t.Errorf("told %s", w)
	}
	if w := models.DaysInWords(got[0].Lines[0].Description); w != "Order of Mar 1, 2026" {
		t.Errorf("described as %q", w)
	}
	if w := disclosureWords(refused); w != "Why not: the release has expired." {
		t.Errorf("refused with %q", w)
	}
}

func TestThePickerShowsWhatIsChosenThenWhatIsCommonAndFoldsTheRest(t *testing.T) {
	list := parts(Form{}, "regions", AllRegions([]models.RegionSide{{Region: "knee", Side: models.SideLeft}}))
	if list[0].Title != "" || list[0].Rows[0].Region.Key != "knee" || list[0].Rows[1].Region.Key != "neck" {
		t.Errorf("in sight first: %+v", list[0])
	}
	n := 0
	for i, part := range list {
		n += len(part.Rows)
		if i > 0 && (part.Title == "" || part.Open) {
			t.Errorf("part %d is not folded: %+v", i, part)
		}
	}
	if n != len(models.Regions()) || len(list[0].Rows) > 8 {
		t.Errorf("%d regions of %d, %d of them in sight", n, len(models.Regions()), len(list[0].Rows))
	}
	typed := parts(Form{Values: map[string][]string{"regions.foot": {"left"}}}, "regions", AllRegions(nil))
	for _, part := range typed {
		if part.Open != (part.Title == "Legs and feet") {
			t.Errorf("%q open: %v", part.Title, part.Open)
		}
	}
}

func TestASessionBeginsWithTheRegionsThatTheOrderNames(t *testing.T) {
	s := models.Scope{Regions: []models.RegionSide{{Region: "lower_limb", Side: models.SideBoth}, {Region: "neck", Side: models.SideBoth}}}
	open := Open(ScopeRegions(s, nil, func(models.RegionKey) string { return "/ask" }))
	if open[0].Region.Key != "neck" || open[1].Region.Key != "lower_limb" || len(open) < 4 {
		t.Errorf("the rows begin with %s and %s", open[0].Region.Key, open[1].Region.Key)
	}
}

func TestSentencesForProgramsAreSaidInWords(t *testing.T) {
	for code, text := range said {
		for _, machine := range []string{`"`, "_", "Idempotency", "Allow", "field"} {
			if strings.Contains(text, machine) {
				t.Errorf("%s reads %q", code, text)
			}
		}
	}
	if Said("sessions_total.required", `"limit": "none"`) == `"limit": "none"` || Said("no.such.code", "As it is.") != "As it is." {
		t.Error("a sentence was not chosen by its code")
	}
}

func TestTwoDaysAreWrittenWithoutWhatIsTheSame(t *testing.T) {
	for want, days := range map[string][2]models.Date{"Mar 2 to Apr 5, 2026": {"2026-03-02", "2026-04-05"}, "Dec 30, 2025 to Jan 2, 2026": {"2025-12-30", "2026-01-02"},
		"Mar 2, 2026": {"2026-03-02", "2026-03-02"}, "from Mon, Mar 2, 2026": {"2026-03-02", ""}} {
		if got := Between(days[0], days[1]); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestEveryAreaOfTheTrailHasAName for the page's list of them, and none besides.
func TestEveryAreaOfTheTrailHasAName(t *testing.T) {
	areas := models.TrailAreas()
	for _, o := range areaOptions() {
		if o.Label == "" {
			t.Errorf("%s has no name", o.Value)
		}
	}
	if len(areas) != len(trailAreas) {
		t.Errorf("%d areas, %d names", len(areas), len(trailAreas))
	}
}
