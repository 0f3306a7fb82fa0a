package view

import (
	"slices"

	"rapport/models"
)

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// sideValue is what a form sends for a side; a region without sides sends yes.
func sideValue(s models.Side) string {
	if s == models.SideNone {
		return "yes"
	}
	return string(s)
}

func sideWords(s models.Side) string {
	switch s {
	case models.SideLeft:
		return "Left"
	case models.SideRight:
		return "Right"
	}
	return "Yes"
}

// ticks are the sides to tick; both of them are "both".
func ticks(r RegionRow) []models.Side {
	return slices.DeleteFunc(slices.Clone(r.Sides), func(s models.Side) bool { return s == models.SideBoth })
}

// begins says that a side is ticked at the beginning.
func begins(r RegionRow, s models.Side) bool {
	return r.On && (r.Chosen == s || r.Chosen == models.SideBoth || r.Region.Lateral && r.Chosen == models.SideNone)
}

// regionPart is rows that fold away together.
type regionPart struct {
	Title string
	Rows  []RegionRow
	Open  bool
}

// common are the places that most orders name.
var common = []models.RegionKey{"neck", "shoulder", "upper_back", "low_back", "gluteal"}

// parts divides a long list: what is chosen from the beginning and what is
// common stand in sight, the rest is folded until something of it is chosen.
func parts(form Form, prefix string, rows []RegionRow) []regionPart {
	if len(rows) < 12 {
		return []regionPart{{Rows: rows}}
	}
	const first, trunk, arms, legs, all = 0, 1, 2, 3, 4
	out := []regionPart{{}, {Title: "Head, chest and pelvis"}, {Title: "Arms and hands"}, {Title: "Legs and feet"}, {Title: "The whole body"}}
	for _, r := range rows {
		at := trunk
		switch {
		case r.On || slices.Contains(common, r.Region.Key):
			at = first
		case r.Region.Key == "whole_body":
			at = all
		case r.Region.Key == "upper_limb" || r.Region.Parent == "upper_limb":
			at = arms
		case r.Region.Key == "lower_limb" || r.Region.Parent == "lower_limb":
			at = legs
		}
		out[at].Rows = append(out[at].Rows, r)
		out[at].Open = out[at].Open || len(form.Values[prefix+"."+string(r.Region.Key)]) > 0
	}
	slices.SortStableFunc(out[first].Rows, func(a, b RegionRow) int { return rank(a) - rank(b) })
	return slices.DeleteFunc(out, func(p regionPart) bool { return len(p.Rows) == 0 })
}

// rank puts what is chosen before what is common.
func rank(r RegionRow) int {
	if r.On {
		return 0
	}
	return 1
}

// inOrder lists the regions as a person thinks of them: from head to foot, with
// the shoulder between neck and back, groups before their parts.
var inOrder = []models.RegionKey{"whole_body", "head", "face_jaw", "neck", "shoulder", "upper_back", "low_back", "sacrum", "gluteal", "chest", "abdomen", "pelvis",
	"upper_limb", "upper_arm", "elbow", "forearm", "wrist", "hand", "lower_limb", "hip", "thigh", "knee", "lower_leg", "ankle", "foot"}

// AllRegions are the rows of an order: everything may be chosen.
func AllRegions(chosen []models.RegionSide) []RegionRow {
	return rows(chosen, func(r models.Region) []models.Side {
		if r.Lateral {
			return []models.Side{models.SideLeft, models.SideRight, models.SideBoth}
		}
		return []models.Side{models.SideNone}
	})
}

// ScopeRegions are the rows of a session: what the order covers may be chosen,
// the rest is locked with a way to ask.
func ScopeRegions(s models.Scope, chosen []models.RegionSide, ask func(models.RegionKey) string) []RegionRow {
	all := rows(chosen, func(r models.Region) []models.Side {
		var sides []models.Side
		choices := []models.Side{models.SideNone}
		if r.Lateral {
			choices = []models.Side{models.SideLeft, models.SideRight, models.SideBoth}
		}
		for _, side := range choices {
			if ok, _ := models.Covers(s.Regions, s.UnsidedCoversBoth, models.RegionSide{Region: r.Key, Side: side}); ok {
				sides = append(sides, side)
			}
		}
		return sides
	})
	for i := range all {
		if len(all[i].Sides) == 0 {
			all[i].AskURL = ask(all[i].Region.Key)
		}
	}
	named := func(r RegionRow) int { // what the order names, before the parts of it
		if slices.ContainsFunc(s.Regions, func(x models.RegionSide) bool { return x.Region == r.Region.Key }) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b RegionRow) int { return named(a) - named(b) })
	return all
}

func rows(chosen []models.RegionSide, sides func(models.Region) []models.Side) []RegionRow {
	var out []RegionRow
	add := func(r models.Region) {
		row := RegionRow{Region: r, Sides: sides(r)}
		for _, c := range chosen {
			if c.Region == r.Key {
				row.Chosen, row.On = c.Side, true
			}
		}
		out = append(out, row)
	}
	for _, k := range inOrder {
		if r, ok := models.LookupRegion(k); ok {
			add(r)
		}
	}
	for _, r := range models.Regions() {
		if !slices.Contains(inOrder, r.Key) {
			add(r)
		}
	}
	return out
}

// Open and Locked divide the rows of a session.
func Open(all []RegionRow) []RegionRow {
	return slices.DeleteFunc(slices.Clone(all), func(r RegionRow) bool { return len(r.Sides) == 0 })
}

// Locked are the rows that the order does not cover.
func Locked(all []RegionRow) []RegionRow {
	return slices.DeleteFunc(slices.Clone(all), func(r RegionRow) bool { return len(r.Sides) > 0 })
}
