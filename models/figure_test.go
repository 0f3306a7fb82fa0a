package models_test

import (
	"testing"
	"time"

	"rapport/models"
)

var pacific = must(time.LoadLocation("America/Los_Angeles"))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// local is an instant of the practice's clock; empty is none.
func local(s string) *time.Time {
	if s == "" {
		return nil
	}
	t := must(time.ParseInLocation("2006-01-02 15:04", s, pacific)).UTC()
	return &t
}

// A loop is asked about from the fifteenth day after the last visit on, and
// closed in time up to and with the fourteenth, whatever the clocks do.
func TestLoopItemCountsFourteenDaysFromTheLastVisit(t *testing.T) {
	for name, c := range map[string]struct {
		visit, seen string
		today       models.Date
		counts, met bool
		days        int
	}{
		"closed on the day":                     {"2026-06-01 10:00", "2026-06-01 18:00", "2026-06-20", true, true, 0},
		"closed on the fourteenth day, late":    {"2026-06-01 10:00", "2026-06-15 23:59", "2026-06-20", true, true, 14},
		"closed on the fifteenth day, early":    {"2026-06-01 10:00", "2026-06-16 00:01", "2026-06-20", true, false, 15},
		"open on the fourteenth day":            {"2026-06-01 10:00", "", "2026-06-15", false, false, 14},
		"open on the fifteenth day":             {"2026-06-01 10:00", "", "2026-06-16", true, false, 15},
		"closed at once, asked too early":       {"2026-06-01 10:00", "2026-06-02 10:00", "2026-06-15", false, true, 1},
		"over the short day of March":           {"2026-03-01 23:30", "2026-03-15 23:30", "2026-04-01", true, true, 14},
		"over the long day of November":         {"2026-10-25 00:10", "2026-11-09 00:10", "2026-12-01", true, false, 15},
		"no visit":                              {"", "", "2026-06-16", false, false, 0},
		"the last visit a year ago to the day":  {"2025-06-17 10:00", "2025-06-20 10:00", "2026-06-16", true, true, 3},
		"the last visit a year and a day ago":   {"2025-06-16 10:00", "2025-06-20 10:00", "2026-06-16", false, true, 4},
		"late in the evening is the day it was": {"2026-06-01 23:59", "", "2026-06-15", false, false, 14},
	} {
		t.Run(name, func(t *testing.T) {
			r := models.ReferralCase{ID: "r", Client: models.PersonName{Given: "Ana", Family: "Silva"}, SentAt: local("2026-01-01 09:00"), LastVisitAt: local(c.visit), SeenAt: local(c.seen), Closed: c.seen != ""}
			i, counts := r.LoopItem(c.today, pacific)
			if counts != c.counts || i.Met != c.met || c.visit != "" && *i.Days != c.days || i.About != "A. S." || i.On.IsZero() != (c.seen == "") {
				t.Errorf("counts %v, %+v", counts, i)
			}
		})
	}
}

func TestLoopItemOfAnOutcomeThatNobodySawIsOpen(t *testing.T) {
	r := models.ReferralCase{LastVisitAt: local("2026-05-01 09:00")}
	if i, counts := r.LoopItem("2026-06-01", pacific); !counts || i.Met || !i.On.IsZero() || *i.Days != 31 {
		t.Errorf("%v %+v", counts, i)
	}
}

// The next working day of a Friday is Monday, also over the night on which the
// clocks change.
func TestAnswerItemGivesUntilTheNextWorkingDay(t *testing.T) {
	for name, c := range map[string]struct {
		sent, answered string
		today          models.Date
		counts, met    bool
	}{
		"answered at once":                      {"2026-06-01 09:00", "2026-06-01 09:05", "2026-06-01", true, true},
		"answered on the next day, at night":    {"2026-06-01 09:00", "2026-06-02 23:59", "2026-06-05", true, true},
		"answered on the second day":            {"2026-06-01 09:00", "2026-06-03 00:01", "2026-06-05", true, false},
		"Friday to Monday over the clocks":      {"2026-03-06 16:00", "2026-03-09 17:00", "2026-03-20", true, true},
		"Friday to Tuesday over the clocks":     {"2026-03-06 16:00", "2026-03-10 08:00", "2026-03-20", true, false},
		"Saturday to Monday":                    {"2026-06-06 12:00", "2026-06-08 12:00", "2026-06-20", true, true},
		"open, Friday on the Monday":            {"2026-06-05 12:00", "", "2026-06-08", false, false},
		"open, Friday on the Tuesday":           {"2026-06-05 12:00", "", "2026-06-09", true, false},
		"sent a year ago to the day":            {"2025-06-17 09:00", "2025-06-18 09:00", "2026-06-16", true, true},
		"sent a year and a day ago":             {"2025-06-16 09:00", "2025-06-17 09:00", "2026-06-16", false, true},
		"sent at night, answered in the zone":   {"2026-06-01 23:50", "2026-06-02 00:10", "2026-06-02", true, true},
		"sent on Friday night is Friday's here": {"2026-06-05 23:50", "2026-06-08 09:00", "2026-06-10", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := models.ReferralCase{SentAt: local(c.sent), AnsweredAt: local(c.answered)}
			if i, counts := r.AnswerItem(c.today, pacific); counts != c.counts || i.Met != c.met {
				t.Errorf("counts %v, %+v", counts, i)
			}
		})
	}
}

func TestReportItemGivesTwoWorkingDays(t *testing.T) {
	for name, c := range map[string]struct {
		owed, sent, today models.Date
		counts, met       bool
	}{
		"sent before it was owed":     {"2026-06-04", "2026-06-01", "2026-06-20", true, true},
		"Thursday to Monday":          {"2026-06-04", "2026-06-08", "2026-06-20", true, true},
		"Thursday to Tuesday":         {"2026-06-04", "2026-06-09", "2026-06-20", true, false},
		"Friday to Tuesday, March":    {"2026-03-06", "2026-03-10", "2026-03-20", true, true},
		"owed, not sent, on the day":  {"2026-06-04", "", "2026-06-08", false, false},
		"owed, not sent, a day later": {"2026-06-04", "", "2026-06-09", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			i, counts := models.ReportItem("order", "o", models.PersonName{Given: "Bo"}, c.owed, c.sent, c.today)
			if counts != c.counts || i.Met != c.met || i.Kind != "order" || i.About != "B." {
				t.Errorf("counts %v, %+v", counts, i)
			}
		})
	}
}

func TestOwnerFigureCountsItsListAndPutsTheMissedFirst(t *testing.T) {
	days := func(n int) *int { return &n }
	items := []models.FigureItem{
		{ID: "met", From: "2026-05-01", On: "2026-05-02", Days: days(1), Met: true},
		{ID: "old", From: "2026-04-01", On: "2026-05-20", Days: days(49)},
		{ID: "open", From: "2026-05-03", Days: days(20)},
		{ID: "late", From: "2026-05-10", On: "2026-05-13", Days: days(3)},
		{ID: "early", From: "2026-05-20", On: "2026-05-19", Days: days(-1), Met: true},
	}
	f := models.NewOwnerFigure(models.FigureAnswers, items)
	order := ""
	for _, i := range f.Items {
		order += i.ID + " "
	}
	if f.Share != (models.Share{Part: 2, Of: 5}) || order != "late open old early met " || f.MedianDays == nil || *f.MedianDays != 3 || f.Target != 0.9 {
		t.Errorf("%+v, %s", f, order)
	}
	if f := models.NewOwnerFigure(models.FigureLoops, nil); f.Share.Of != 0 || f.MedianDays != nil || f.Title == "" || f.Basis == "" {
		t.Errorf("of nothing: %+v", f)
	}
	waiting := models.NewOwnerFigure(models.FigureAnswers, []models.FigureItem{{ID: "a", Days: days(9)}, {ID: "b", Days: days(2), On: "2026-05-01"}, {ID: "c", Days: days(12)}})
	if waiting.MedianDays != nil {
		t.Errorf("half are done by day %d, but most wait", *waiting.MedianDays)
	}
}
