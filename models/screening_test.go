package models_test

import (
	"slices"
	"strings"
	"testing"

	"rapport/models"
)

func TestScreeningStopsAsksForNotesAndKeepsRegionsFree(t *testing.T) {
	type findings = []models.Finding
	neckAndHand := []models.RegionSide{rs("neck", "both"), rs("hand", "left")}
	for _, c := range []struct {
		name string
		s    models.Screening
		stop []string
		want []string
	}{
		{"nothing found", models.Screening{Reviewed: true}, nil, nil},
		{"not answered", models.Screening{}, nil, []string{"screening.unanswered /screening/reviewed"}},
		{"unknown key", models.Screening{true, findings{{Key: "sneeze"}}}, nil, []string{"screening.unknown /screening/findings/0/key"}},
		{"absolute stops", models.Screening{true, findings{{Key: "fever"}}}, []string{"fever"}, nil},
		{"red flag stops", models.Screening{true, findings{{Key: "cauda_equina"}}}, []string{"cauda_equina"}, nil},
		{"stops though not reviewed", models.Screening{false, findings{{Key: "dvt"}}}, []string{"dvt"}, []string{"screening.unanswered /screening/reviewed"}},
		{"twice stops once", models.Screening{true, findings{{Key: "dvt"}, {Key: "dvt", Note: "left"}, {Key: "fever"}}}, []string{"dvt", "fever"}, nil},
		{"relative without note", models.Screening{true, findings{{Key: "anticoagulant", Note: "  "}}}, nil, []string{"safety.note_required /screening/findings/0/note"}},
		{"relative with note", models.Screening{true, findings{{Key: "anticoagulant", Note: "light work"}}}, nil, nil},
		{"local without region", models.Screening{true, findings{{Key: "open_wound", Note: "hand"}}}, nil, []string{"safety.region_required /screening/findings/0/region"}},
		{"local in an unknown region", models.Screening{true, findings{{Key: "open_wound", Region: "tail"}}}, nil, []string{"region.unknown /screening/findings/0/region"}},
		{"local elsewhere", models.Screening{true, findings{{Key: "open_wound", Region: "knee"}}}, nil, nil},
		{"local in the region", models.Screening{true, findings{{Key: "open_wound", Region: "hand"}}}, nil, []string{"safety.local /regions/1"}},
		{"local on the other side", models.Screening{true, findings{{Key: "open_wound", Region: "hand", Side: "right"}}}, nil, nil},
		{"local in the group of the region", models.Screening{true, findings{{Key: "acute_inflammation", Region: "upper_limb", Side: "left"}}}, nil, []string{"safety.local /regions/1"}},
		{"local anywhere", models.Screening{true, findings{{Key: "varicose", Region: "whole_body"}}}, nil, []string{"safety.local /regions/0", "safety.local /regions/1"}},
	} {
		stop, violations := models.JudgeScreening(c.s, models.Contraindications(), neckAndHand)
		var keys []string
		for _, s := range stop {
			keys = append(keys, s.Key)
		}
		if !slices.Equal(keys, c.stop) {
			t.Errorf("%s: stopped by %q, want %q", c.name, keys, c.stop)
		}
		if got := codes(violations); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLocalFindingInsideAWiderRegionIsRefused(t *testing.T) {
	s := models.Screening{Reviewed: true, Findings: []models.Finding{{Key: "recent_surgery", Region: "knee", Side: models.SideLeft}}}
	for _, c := range []struct {
		regions models.RegionSide
		blocked bool
	}{{rs("lower_limb", "left"), true}, {rs("lower_limb", "right"), false}, {rs("whole_body", ""), true}, {rs("thigh", "left"), false}} {
		_, v := models.JudgeScreening(s, models.Contraindications(), []models.RegionSide{c.regions})
		if (len(v) > 0) != c.blocked {
			t.Errorf("%s: got %v, want blocked %v", c.regions.Label(), v, c.blocked)
		}
	}
}

func TestPracticeMayKeepItsOwnList(t *testing.T) {
	own := []models.Contraindication{{Key: "sunburn", Severity: models.SeverityAbsolute, Finding: "fresh sunburn", Action: "defer"}}
	s := models.Screening{Reviewed: true, Findings: []models.Finding{{Key: "sunburn"}, {Key: "fever"}}}
	stop, v := models.JudgeScreening(s, own, nil)
	if len(stop) != 1 || stop[0].Violation().Code != "safety.red_flag" || len(v) != 1 || v[0].Code != "screening.unknown" {
		t.Errorf("got %v, %v", stop, v)
	}
}

func TestEmergenciesSayToCallEmergencyServices(t *testing.T) {
	var emergencies []string
	for _, c := range models.Contraindications() {
		if !c.Severity.Known() || c.Finding == "" || c.Action == "" {
			t.Errorf("%s is incomplete", c.Key)
		}
		text := strings.ToLower(c.Violation().Message)
		if c.Emergency {
			emergencies = append(emergencies, c.Key)
			if !c.Stops() || !strings.Contains(text, "call emergency services now") {
				t.Errorf("%s says %q", c.Key, text)
			}
		}
	}
	if want := []string{"cauda_equina", "cad", "chest_pain"}; !slices.Equal(emergencies, want) {
		t.Errorf("got %q, want %q", emergencies, want)
	}
}

func TestAPracticeEditsItsScreeningButNeverWhatStops(t *testing.T) {
	s := models.PracticeSettings{HiddenScreening: []string{"pregnancy_high_risk", "fever", "varicose"}, ExtraScreening: []models.Contraindication{
		{Key: "latex", Severity: models.SeverityRelative, Finding: "latex allergy", Action: "no latex"},
		{Key: "cad", Severity: models.SeverityRelative, Finding: "weakened"}, {Key: "odd", Severity: "whim"}, {Severity: models.SeverityLocal}}}
	got := map[string]models.Severity{}
	for _, c := range s.Screening() {
		got[c.Key] = c.Severity
	}
	want := map[string]models.Severity{"pregnancy_high_risk": "", "varicose": "", "odd": "", "": "", "fever": models.SeverityAbsolute, "cad": models.SeverityRedFlag, "latex": models.SeverityRelative}
	for key, severity := range want {
		if got[key] != severity {
			t.Errorf("%q: got %q, want %q", key, got[key], severity)
		}
	}
	if len(got) != len(models.Contraindications())-2+1 {
		t.Errorf("%d rows", len(got))
	}
}
