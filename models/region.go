package models

import (
	"slices"
	"strconv"

	"rapport/models/fault"
)

// RegionKey names a body region, for example neck or upper_limb.
type RegionKey string

// WholeBody covers every region.
const WholeBody RegionKey = "whole_body"

// Side of a lateral region; "" means that none is stated.
type Side string

// The sides.
const (
	SideNone  Side = ""
	SideLeft  Side = "left"
	SideRight Side = "right"
	SideBoth  Side = "both"
)

var sides = []Side{SideLeft, SideRight, SideBoth}

// Known says that s is a stated side.
func (s Side) Known() bool { return slices.Contains(sides, s) }

// Region is one row of the region table. Lateral regions have sides. The
// sided SNOMED CT ids are empty where no source was seen.
type Region struct {
	Key         RegionKey `json:"key"`
	Label       string    `json:"label"`
	Parent      RegionKey `json:"parent,omitempty"`
	Lateral     bool      `json:"lateral"`
	SNOMED      string    `json:"snomed"`
	SNOMEDLeft  string    `json:"snomed_left,omitempty"`
	SNOMEDRight string    `json:"snomed_right,omitempty"`
}

var regions = readRegions()

func readRegions() []Region {
	var all []Region
	for _, r := range readTable("body_regions.csv") {
		all = append(all, Region{Key: RegionKey(r["key"]), Label: r["label"], Parent: RegionKey(r["parent"]),
			Lateral: r.yes("lateral"), SNOMED: r["snomed"], SNOMEDLeft: r["snomed_left"], SNOMEDRight: r["snomed_right"]})
	}
	return all
}

// Regions returns the table in its order.
func Regions() []Region { return slices.Clone(regions) }

// LookupRegion finds a region by key.
func LookupRegion(key RegionKey) (Region, bool) {
	i := slices.IndexFunc(regions, func(r Region) bool { return r.Key == key })
	if i < 0 {
		return Region{}, false
	}
	return regions[i], true
}

// within says that k is group itself or lies in it.
func (k RegionKey) within(group RegionKey) bool {
	r, ok := LookupRegion(k)
	for ok {
		if r.Key == group || group == WholeBody {
			return true
		}
		r, ok = LookupRegion(r.Parent)
	}
	return false
}

// RegionSide is a region with the side that is ordered or worked.
type RegionSide struct {
	Region RegionKey `json:"region"`
	Side   Side      `json:"side,omitempty"`
}

// Label is for people: "Neck (cervical), left".
func (r RegionSide) Label() string {
	label := string(r.Region)
	if known, ok := LookupRegion(r.Region); ok {
		label = known.Label
	}
	switch r.Side {
	case SideNone:
		return label
	case SideBoth:
		return label + ", both sides"
	default:
		return label + ", " + string(r.Side)
	}
}

// on says that r takes in one side, left or right. A lateral region without a
// side takes in both only with unsidedCoversBoth.
func (r RegionSide) on(side Side, unsidedCoversBoth bool) bool {
	region, ok := LookupRegion(r.Region)
	if !ok {
		return false
	}
	if !region.Lateral || r.Side == SideBoth || r.Side == side {
		return true
	}
	return r.Side == SideNone && unsidedCoversBoth
}

// Covers says whether an order allows work on want, and if not, whether the
// region (scope.region) or only the side (scope.side) is outside it.
//
// A region covers itself and its descendants, whole_body covers all, and a
// group's side binds its children. Children never add up to a group. A want
// on both sides may be covered by two entries, one for each side.
func Covers(order []RegionSide, unsidedCoversBoth bool, want RegionSide) (ok bool, problem string) {
	var left, right, region bool
	for _, o := range order {
		if !want.Region.within(o.Region) {
			continue
		}
		region = true
		left = left || o.on(SideLeft, unsidedCoversBoth)
		right = right || o.on(SideRight, unsidedCoversBoth)
	}
	if !region {
		return false, "scope.region"
	}
	if needLeft, needRight := want.on(SideLeft, true), want.on(SideRight, true); needLeft && !left || needRight && !right {
		return false, "scope.side"
	}
	return true, ""
}

// overlaps says that two places share a part of the body.
func (r RegionSide) overlaps(o RegionSide) bool {
	if !r.Region.within(o.Region) && !o.Region.within(r.Region) {
		return false
	}
	return r.on(SideLeft, true) && o.on(SideLeft, true) || r.on(SideRight, true) && o.on(SideRight, true)
}

// ValidateOrderRegions checks the regions of an order; pointer is where the
// list stands in the request, for example /scope/regions.
func ValidateOrderRegions(list []RegionSide, unsidedCoversBoth bool, pointer string, l *fault.List) {
	if len(list) == 0 {
		l.Add("region.required", pointer, "An order names at least one region; whole_body is one.")
	}
	validateRegions(list, !unsidedCoversBoth, pointer, l)
}

// ValidateSessionRegions checks the regions worked: a lateral region always
// has a side. Whether a session may name no region is the caller's to judge.
func ValidateSessionRegions(list []RegionSide, pointer string, l *fault.List) {
	validateRegions(list, true, pointer, l)
}

func validateRegions(list []RegionSide, needSide bool, pointer string, l *fault.List) {
	for i, r := range list {
		at := pointer + "/" + strconv.Itoa(i)
		r.validate(needSide, at, l)
		if slices.Contains(list[:i], r) {
			l.Add("region.duplicate", at, "This region and side are named twice; name them once.")
		}
	}
}

// validate adds what is wrong with one region and its side.
func (r RegionSide) validate(needSide bool, at string, l *fault.List) {
	region, ok := LookupRegion(r.Region)
	switch {
	case !ok:
		l.Put(fault.Violation{Code: "region.unknown", Pointer: at + "/region", Message: "This is not a known region; the list of regions has the keys.", Allowed: regionKeys()})
	case !region.Lateral && r.Side != SideNone:
		l.Add("region.side_not_applicable", at+"/side", region.Label+" has no sides; leave the side out.")
	case r.Side != SideNone && !r.Side.Known():
		l.Put(fault.Violation{Code: "region.side_unknown", Pointer: at + "/side", Message: "A side is left, right or both.", Allowed: sides})
	case region.Lateral && r.Side == SideNone && needSide:
		l.Put(fault.Violation{Code: "region.side_required", Pointer: at + "/side", Message: region.Label + " needs a side: left, right or both.", Allowed: sides})
	}
}

func regionKeys() []RegionKey {
	keys := make([]RegionKey, len(regions))
	for i, r := range regions {
		keys[i] = r.Key
	}
	return keys
}
