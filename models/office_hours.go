package models

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"rapport/models/fault"
)

// Weekdays are the days of office hours in the order of a week.
var Weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// OpenHours is one stretch of a weekday, in the office's own zone. A day with
// a break at noon has two; a day without any is closed.
type OpenHours struct {
	Day   string `json:"day"`   // monday … sunday
	From  string `json:"from"`  // 08:30
	Until string `json:"until"` // 17:00; 24:00 ends the day
}

// mostHours is how many stretches one office may have.
const mostHours = 21

func clockForm(s string) bool {
	if s == "24:00" {
		return true
	}
	_, err := time.Parse("15:04", s)
	return err == nil && len(s) == 5
}

// sortedHours orders stretches as a week goes.
func sortedHours(hours []OpenHours) []OpenHours {
	out := slices.Clone(hours)
	slices.SortFunc(out, func(a, b OpenHours) int {
		return cmp.Or(slices.Index(Weekdays, a.Day)-slices.Index(Weekdays, b.Day), strings.Compare(a.From, b.From))
	})
	return out
}

// checkHours wants known days, times of day that follow each other, and no
// stretch that runs into the next.
func checkHours(l *fault.List, pointer string, hours []OpenHours) {
	if len(hours) > mostHours {
		l.Put(fault.Violation{Code: "hours.too_many", Pointer: pointer, Message: "Three stretches a day are the most.", Allowed: mostHours})
		return
	}
	var last OpenHours
	for _, h := range sortedHours(hours) {
		switch {
		case !slices.Contains(Weekdays, h.Day):
			l.Put(fault.Violation{Code: "hours.day", Pointer: pointer, Message: "There is no such day of the week.", Allowed: Weekdays})
		case !clockForm(h.From) || !clockForm(h.Until) || h.From >= h.Until:
			l.Add("hours.time", pointer, "Hours run from one time of the day to a later one, for example 08:30 to 17:00.")
		case last.Day == h.Day && h.From < last.Until:
			l.Add("hours.overlap", pointer, "Two stretches of one day overlap.")
		}
		last = h
	}
}

// checkZone wants an IANA zone, or none.
func checkZone(l *fault.List, pointer, zone string) {
	if zone == "" {
		return
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		l.Add("time_zone.unknown", pointer, "Give an IANA time zone, for example America/Los_Angeles.")
	}
}

// OpenAt says whether the office is open at a moment, by its hours and zone;
// known is false where it told neither.
func (o Office) OpenAt(at time.Time) (open, known bool) {
	loc, err := time.LoadLocation(o.TimeZone)
	if err != nil || o.TimeZone == "" || len(o.Hours) == 0 {
		return false, false
	}
	here := at.In(loc)
	day, now := Weekdays[(int(here.Weekday())+6)%7], here.Format("15:04")
	return slices.ContainsFunc(o.Hours, func(h OpenHours) bool { return h.Day == day && h.From <= now && now < h.Until }), true
}
