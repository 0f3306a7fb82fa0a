package view

import (
	"fmt"
	"strings"

	"rapport/models"
)

// ReleaseLine is a release in a list.
type ReleaseLine struct {
	Release models.Release
	Status  models.ReleaseStatus // on the day of the page
}

// Names lists who may be told.
func Names(list []models.Recipient) string {
	var out []string
	for _, r := range list {
		out = append(out, RecipientName(r))
	}
	return strings.Join(out, ", ")
}

// RecipientName is a recipient as the form names them.
func RecipientName(r models.Recipient) string {
	switch {
	case r.Label != "":
		return r.Label
	case r.PayerName != "":
		return strings.TrimSpace(r.PayerName + " " + r.ClaimNumber)
	case r.Name != "":
		return r.Name
	}
	return "a provider of the directory"
}

// VisitWords is the counter on one line.
func VisitWords(v models.Visits) string {
	if !v.Limited {
		return plural(v.Used, "visit", "visits") + " so far"
	}
	s := fmt.Sprintf("%d of %d used, %d left", v.Used, v.Allowed, v.Left)
	if v.Booked > 0 {
		s = fmt.Sprintf("%d of %d used, %d booked, %d left", v.Used, v.Allowed, v.Booked, v.Left)
	}
	return s
}

func visitOf(s models.Session) string {
	if s.VisitNumber == 0 {
		return SessionKindWords(s.Kind)
	}
	if s.VisitRank > 0 {
		return fmt.Sprintf("Visit %d", s.VisitRank)
	}
	return fmt.Sprintf("Visit number %d", s.VisitNumber)
}

// PlaceWords is an office on one line.
func PlaceWords(list []models.Office) string {
	if len(list) == 0 {
		return ""
	}
	o := list[0]
	var out []string
	for _, s := range []string{o.Name, o.Address.City} {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

// ReadingWords says one reading: "Numeric Pain Rating Scale 3 points of 10".
func ReadingWords(r models.Reading) string {
	in, ok := models.LookupInstrument(r.Instrument)
	if !ok || r.Value == nil {
		return string(r.Instrument)
	}
	where := ""
	if r.Region != "" {
		where = ", " + models.RegionSide{Region: r.Region, Side: r.Side}.Label()
	}
	if r.Motion != "" {
		where += ", " + strings.ReplaceAll(r.Motion, "_", " ")
	}
	return in.Name + where + ": " + Number(*r.Value) + " " + in.Unit
}
