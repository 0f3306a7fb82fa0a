package models_test

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"rapport/models"
	"rapport/models/fault"
)

func rs(region string, side models.Side) models.RegionSide {
	return models.RegionSide{Region: models.RegionKey(region), Side: side}
}

func TestCoversKeepsToTheOrderedRegionsAndSides(t *testing.T) {
	type list = []models.RegionSide
	for _, c := range []struct {
		name    string
		order   list
		unsided bool
		want    models.RegionSide
		problem string
	}{
		{"itself", list{rs("neck", "both")}, false, rs("neck", "both"), ""},
		{"both covers left", list{rs("neck", "both")}, false, rs("neck", "left"), ""},
		{"left does not cover right", list{rs("neck", "left")}, false, rs("neck", "right"), "scope.side"},
		{"left does not cover both", list{rs("neck", "left")}, false, rs("neck", "both"), "scope.side"},
		{"left and right cover both", list{rs("neck", "left"), rs("neck", "right")}, false, rs("neck", "both"), ""},
		{"neck does not cover shoulder", list{rs("neck", "both")}, true, rs("shoulder", "left"), "scope.region"},
		{"neck does not cover legs", list{rs("neck", "both")}, true, rs("lower_limb", "both"), "scope.region"},
		{"group covers child", list{rs("upper_limb", "both")}, false, rs("hand", "both"), ""},
		{"group's side binds its child", list{rs("upper_limb", "left")}, false, rs("shoulder", "left"), ""},
		{"group's side binds the other child", list{rs("upper_limb", "left")}, false, rs("shoulder", "right"), "scope.side"},
		{"group left and child right cover both", list{rs("upper_limb", "left"), rs("hand", "right")}, false, rs("hand", "both"), ""},
		{"children never add up to the group", list{rs("shoulder", "both"), rs("upper_arm", "both"), rs("elbow", "both"),
			rs("forearm", "both"), rs("wrist", "both"), rs("hand", "both")}, true, rs("upper_limb", "left"), "scope.region"},
		{"arm does not cover leg", list{rs("upper_limb", "both")}, false, rs("knee", "left"), "scope.region"},
		{"whole body covers a side", list{rs("whole_body", "")}, false, rs("knee", "left"), ""},
		{"whole body covers both sides", list{rs("whole_body", "")}, false, rs("upper_limb", "both"), ""},
		{"whole body is not covered by groups", list{rs("upper_limb", "both"), rs("lower_limb", "both")}, true, rs("whole_body", ""), "scope.region"},
		{"a region without sides covers its sided child", list{rs("head", "")}, false, rs("face_jaw", "right"), ""},
		{"child does not cover its parent", list{rs("face_jaw", "both")}, true, rs("head", ""), "scope.region"},
		{"no side, not ticked", list{rs("neck", "")}, false, rs("neck", "left"), "scope.side"},
		{"no side, ticked", list{rs("neck", "")}, true, rs("neck", "both"), ""},
		{"no side on a group, ticked", list{rs("lower_limb", "")}, true, rs("foot", "right"), ""},
		{"a want without side needs both", list{rs("neck", "left")}, true, rs("neck", ""), "scope.side"},
		{"unknown want", list{rs("whole_body", "")}, true, rs("tail", ""), "scope.region"},
		{"unknown order", list{rs("tail", "")}, true, rs("neck", "left"), "scope.region"},
		{"empty order", nil, true, rs("neck", "left"), "scope.region"},
	} {
		ok, problem := models.Covers(c.order, c.unsided, c.want)
		if problem != c.problem || ok != (problem == "") {
			t.Errorf("%s: got %v %q, want %q", c.name, ok, problem, c.problem)
		}
	}
}

func anyRegionSide(t *rapid.T) models.RegionSide {
	region := rapid.SampledFrom(models.Regions()).Draw(t, "region")
	side := models.SideNone
	if region.Lateral {
		side = rapid.SampledFrom([]models.Side{models.SideNone, models.SideLeft, models.SideRight, models.SideBoth}).Draw(t, "side")
	}
	return models.RegionSide{Region: region.Key, Side: side}
}

func TestCoversOnlyGrowsWithTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.SliceOfN(rapid.Custom(anyRegionSide), 0, 5).Draw(t, "order")
		more := rapid.Custom(anyRegionSide).Draw(t, "more")
		want := rapid.Custom(anyRegionSide).Draw(t, "want")
		unsided := rapid.Bool().Draw(t, "unsided")
		before, _ := models.Covers(order, unsided, want)
		after, _ := models.Covers(append(slices.Clone(order), more), unsided, want)
		if before && !after {
			t.Fatalf("adding %v took %v away from %v", more, want, order)
		}
		if loose, _ := models.Covers(order, true, want); before && !loose {
			t.Fatalf("the tick took %v away from %v", want, order)
		}
		if all, problem := models.Covers([]models.RegionSide{rs("whole_body", "")}, false, want); !all {
			t.Fatalf("whole body does not cover %v: %s", want, problem)
		}
		if self, _ := models.Covers([]models.RegionSide{want}, true, want); !self {
			t.Fatalf("%v does not cover itself", want)
		}
		if want.Side == models.SideBoth {
			left, _ := models.Covers(order, unsided, models.RegionSide{Region: want.Region, Side: models.SideLeft})
			right, _ := models.Covers(order, unsided, models.RegionSide{Region: want.Region, Side: models.SideRight})
			if before != (left && right) {
				t.Fatalf("both %v, left %v, right %v", before, left, right)
			}
		}
	})
}

func TestRegionListsNameEverythingThatIsWrong(t *testing.T) {
	list := []models.RegionSide{rs("neck", ""), rs("head", "left"), rs("tail", ""), rs("knee", "up"), rs("hip", "left"), rs("hip", "left"), rs("hip", "right")}
	common := []string{"region.side_not_applicable /s/1/side", "region.unknown /s/2/region", "region.side_unknown /s/3/side", "region.duplicate /s/5"}
	unsided := append([]string{"region.side_required /s/0/side"}, common...)
	for _, c := range []struct {
		name  string
		check func(*fault.List)
		want  []string
	}{
		{"order", func(l *fault.List) { models.ValidateOrderRegions(list, false, "/s", l) }, unsided},
		{"order, unsided covers both", func(l *fault.List) { models.ValidateOrderRegions(list, true, "/s", l) }, common},
		{"session", func(l *fault.List) { models.ValidateSessionRegions(list, "/s", l) }, unsided},
		{"empty order", func(l *fault.List) { models.ValidateOrderRegions(nil, false, "/s", l) }, []string{"region.required /s"}},
		{"empty session", func(l *fault.List) { models.ValidateSessionRegions(nil, "/s", l) }, nil},
	} {
		var l fault.List
		c.check(&l)
		if got := codes(l.Items()); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func codes(list []fault.Violation) []string {
	var all []string
	for _, v := range list {
		all = append(all, v.Code+" "+v.Pointer)
	}
	return all
}

func TestRegionTableIsClosed(t *testing.T) {
	all := models.Regions()
	if len(all) != 25 {
		t.Fatalf("%d regions, want 25", len(all))
	}
	for _, r := range all {
		if _, ok := models.LookupRegion(r.Parent); r.Parent != "" && !ok {
			t.Errorf("%s has the unknown parent %s", r.Key, r.Parent)
		}
		if r.Label == "" || r.SNOMED == "" || (r.SNOMEDLeft == "") != (r.SNOMEDRight == "") {
			t.Errorf("%s is incomplete", r.Key)
		}
	}
	if _, ok := models.LookupRegion(""); ok {
		t.Error("the empty key was found")
	}
}

func TestRegionSideHasWordsAndShortJSON(t *testing.T) {
	for want, r := range map[string]models.RegionSide{
		"Neck (cervical), left": rs("neck", "left"), "Hip, both sides": rs("hip", "both"), "Head and scalp": rs("head", ""), "tail": rs("tail", ""),
	} {
		if got := r.Label(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	var r models.RegionSide
	if err := json.Unmarshal([]byte(`{"region":"head","side":null}`), &r); err != nil || r != rs("head", "") {
		t.Errorf("null side: %v, %v", r, err)
	}
	if b, err := json.Marshal(r); err != nil || string(b) != `{"region":"head"}` {
		t.Errorf("got %s, %v", b, err)
	}
}
