package view

import (
	"fmt"
	"slices"

	"rapport/models"
)

// hours are the office's stretches of a day.
func (v OfficeView) hours(day string) []models.OpenHours {
	return slices.DeleteFunc(slices.Clone(v.Office.Hours), func(h models.OpenHours) bool { return h.Day != day })
}

// hour is the n-th stretch of a day; empty where there is none.
func (v OfficeView) hour(day string, n int) models.OpenHours {
	if all := v.hours(day); n < len(all) {
		return all[n]
	}
	return models.OpenHours{}
}

// longest is how many stretches the fullest day has.
func (v OfficeView) longest() int {
	n := 0
	for _, d := range models.Weekdays {
		n = max(n, len(v.hours(d)))
	}
	return n
}

func (v OfficeView) hourName(day string, n int, end string) string {
	return fmt.Sprintf("%s/hours/%s/%d/%s", v.Prefix, day, n, end)
}

func afterBreak(n int) string {
	if n == 0 {
		return ""
	}
	return " after the break"
}

// midnight is the end of a day as a field for a time has it.
func midnight(until string) string {
	if until == "24:00" {
		return "00:00"
	}
	return until
}

func leavesHint(v OfficeView) string {
	if v.Own {
		return "Take the office off your record. It stays in the directory for those who work there."
	}
	return "Take the office off this record. It stays in the directory for those who work there."
}

func officeChannels() []Option {
	out := channelOptions()
	out[0].Label = "not known"
	return out
}

// zones are those of the United States, from the east.
var zones = []Option{{Label: "not known"}, {Value: "America/New_York", Label: "Eastern"}, {Value: "America/Chicago", Label: "Central"},
	{Value: "America/Denver", Label: "Mountain"}, {Value: "America/Phoenix", Label: "Arizona"}, {Value: "America/Los_Angeles", Label: "Pacific"},
	{Value: "America/Anchorage", Label: "Alaska"}, {Value: "Pacific/Honolulu", Label: "Hawaii"}, {Value: "America/Puerto_Rico", Label: "Puerto Rico"}}

// zoneOptions are the zones to choose from, with the one that stands there.
func zoneOptions(now string) []Option {
	if slices.ContainsFunc(zones, func(o Option) bool { return o.Value == now }) {
		return zones
	}
	return append(slices.Clone(zones), Option{Value: now, Label: zoneWords(now)})
}
