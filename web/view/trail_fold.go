package view

import (
	"strings"
	"time"

	"rapport/models"
)

// TrailDay is a day of the trail as the practice counts days.
type TrailDay struct {
	Day  models.Date
	Runs []TrailRun
}

// TrailRun is what one person did again and again within a minute: every event
// stands in Lines, the newest first.
type TrailRun struct{ Lines []models.TrailLine }

// runLength is how long after the first of them events still belong together.
const runLength = time.Minute

// trailDays gathers events that differ only in what they are about, so that a
// look at a page that asks the release gate forty times does not bury the rest.
func trailDays(p Page, lines []models.TrailLine) []TrailDay {
	last := map[string]int{}
	var out []TrailDay
	for _, l := range lines {
		day := models.DateOf(l.At, p.loc())
		if len(out) == 0 || out[len(out)-1].Day != day {
			out = append(out, TrailDay{Day: day})
			clear(last)
		}
		d := &out[len(out)-1]
		key := strings.Join([]string{l.Principal, l.ActorName, l.Account, l.Action, l.Outcome}, "\x1f")
		if at, known := last[key]; known && d.Runs[at].Lines[0].At.Sub(l.At) <= runLength {
			d.Runs[at].Lines = append(d.Runs[at].Lines, l)
			continue
		}
		last[key] = len(d.Runs)
		d.Runs = append(d.Runs, TrailRun{Lines: []models.TrailLine{l}})
	}
	return out
}

// about names the clients and, where there is only one, the record of a run:
// "Ana Silva, Bo Ek and 7 more".
func (v TrailView) about(r TrailRun) string {
	var clients, titles []string
	for _, l := range r.Lines {
		if c := v.trailClient(l); c != "" && !contains(clients, c) {
			clients = append(clients, c)
		}
		if t := v.trailTitle(l); t != "" && !contains(titles, t) {
			titles = append(titles, t)
		}
	}
	if len(clients) == 0 {
		return few(titles)
	}
	if len(titles) == 1 {
		return few(clients) + " · " + titles[0]
	}
	return few(clients)
}

// few names three of a list and counts the others.
func few(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + " and " + plural(len(names)-3, "other", "others")
	}
	return strings.Join(names, ", ")
}

// when is the time of a run: "10:05 AM", or from when to when.
func (r TrailRun) when(p Page) string {
	from, until := p.hour(r.Lines[len(r.Lines)-1].At), p.hour(r.Lines[0].At)
	if from == until {
		return until
	}
	return from + " to " + until
}

// hour is Clock on one line, however narrow the page is.
func (p Page) hour(t time.Time) string { return strings.ReplaceAll(p.Clock(t), " ", "\u00a0") }

// second is an hour with its seconds, where several events share a minute.
func (p Page) second(t time.Time) string { return t.In(p.loc()).Format("3:04:05 PM") }

// zone is the name of the zone that the page's hours are in: "PST".
func (p Page) zone() string { return p.Now.In(p.loc()).Format("MST") }
