package models_test

import (
	"strings"
	"testing"

	"rapport/models"
)

func namesOf(all []models.Partner) string {
	var out []string
	for _, p := range all {
		out = append(out, p.Name)
	}
	return strings.Join(out, " ")
}

func TestNetworkViewSumsSortsAndMeasures(t *testing.T) {
	all := []models.Partner{{Name: "Quiet"}, {Name: "Bo", In: 2, Out: 1}, {Name: "Ada", In: 1, Out: 2}, {Name: "Most", In: 6}}
	v := models.NewNetworkView(models.Practice{ID: "p", Name: "Ballard"}, "2026-06-01", all, []models.ReferralStep{{Step: "sent", In: 9, Out: 3}})
	if v.In != 9 || v.Out != 3 || v.Since != "2025-06-02" || namesOf(v.Partners) != "Most Ada Bo Quiet" {
		t.Errorf("%d in, %d out since %s: %s", v.In, v.Out, v.Since, namesOf(v.Partners))
	}
	// Shares 6/9, 2/9 and 1/9: squares sum to 41/81.
	if c := v.Concentration; c == nil || c.Sources != 3 || c.Herfindahl < 0.506 || c.Herfindahl > 0.507 || c.Effective < 1.97 || c.Effective > 1.98 {
		t.Errorf("concentration %+v", v.Concentration)
	}
	if namesOf(all) != "Quiet Bo Ada Most" {
		t.Error("the caller's list was sorted")
	}
	if v := models.NewNetworkView(models.Practice{}, "2026-06-01", []models.Partner{{Out: 3}}, nil); v.Concentration != nil {
		t.Errorf("nothing came in, yet it is concentrated: %+v", v.Concentration)
	}
}

func TestMoversMovedByMoreThanOneReferral(t *testing.T) {
	v := models.NewNetworkView(models.Practice{}, "2026-06-01", []models.Partner{
		{Name: "first", Week: 1}, {Name: "one-more", Week: 2, Usual: 1}, {Name: "one-less", Usual: 1}, {Name: "up", Week: 3, Usual: 0.5},
		{Name: "down", Usual: 1.5}, {Name: "just", Week: 2, Usual: 0.9}, {Name: "still", Week: 4, Usual: 4}}, nil)
	if got := namesOf(v.Movers); got != "up down just" {
		t.Errorf("moved: %s", got)
	}
}

func TestNetworkRowsAreNoFormulas(t *testing.T) {
	score := 71
	v := models.NewNetworkView(models.Practice{}, "2026-06-01", []models.Partner{{ProviderID: "p1", Name: "=cmd()", Discipline: "@SUM", In: 2, Out: 1, Week: 1, Usual: 0.25, Status: models.HealthSteady, Score: &score},
		{ProviderID: "p2", Name: "-2", Status: models.HealthNew}}, nil)
	rows := v.Rows()
	want := []string{"provider_id,name,discipline,referrals_in,referrals_out,last_week,usual_week,status,score", "p1,'=cmd(),'@SUM,2,1,1,0.25,steady,71", "p2,'-2,,0,0,0,0.00,new,"}
	for i, r := range rows {
		if got := strings.Join(r, ","); len(rows) != len(want) || got != want[i] {
			t.Errorf("row %d: %s", i, got)
		}
	}
}
