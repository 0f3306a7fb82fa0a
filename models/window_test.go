package models_test

import (
	"testing"

	"pgregory.net/rapid"

	"rapport/models"
)

func order(clock models.Clock, expiry models.Expiry) models.Prescription {
	return models.Prescription{Status: models.OrderActive, ReceivedOn: "2026-03-05", Content: models.OrderContent{
		ValidFrom: "2026-03-02", ValidUntil: "2026-04-01", Clock: clock, Expiry: expiry}}
}

func TestWindowFollowsClockAndSlide(t *testing.T) {
	for _, c := range []struct {
		name        string
		clock       models.Clock
		expiry      models.Expiry
		first       models.Date
		from, until models.Date
	}{
		{"issued, no session", models.ClockIssued, models.Strict, "", "2026-03-02", "2026-04-01"},
		{"issued, late first session", models.ClockIssued, models.Strict, "2026-03-20", "2026-03-02", "2026-04-01"},
		{"issued sliding, no session", models.ClockIssued, models.Sliding, "", "2026-03-02", "2026-04-01"},
		{"issued sliding, first on day one", models.ClockIssued, models.Sliding, "2026-03-02", "2026-03-02", "2026-04-01"},
		{"issued sliding, three days late", models.ClockIssued, models.Sliding, "2026-03-05", "2026-03-02", "2026-04-04"},
		{"issued sliding, seven days late", models.ClockIssued, models.Sliding, "2026-03-09", "2026-03-02", "2026-04-08"},
		{"issued sliding, eight days late", models.ClockIssued, models.Sliding, "2026-03-10", "2026-03-02", "2026-04-08"},
		{"issued sliding, a deviation before the window", models.ClockIssued, models.Sliding, "2026-02-20", "2026-03-02", "2026-04-01"},
		{"received, no session", models.ClockReceived, models.Strict, "", "2026-03-05", "2026-04-04"},
		{"received, session", models.ClockReceived, models.Strict, "2026-03-20", "2026-03-05", "2026-04-04"},
		{"received sliding, two days late", models.ClockReceived, models.Sliding, "2026-03-07", "2026-03-05", "2026-04-06"},
		{"received sliding, far too late", models.ClockReceived, models.Sliding, "2026-04-02", "2026-03-05", "2026-04-11"},
		{"first session, none yet", models.ClockFirstSession, models.Strict, "", "2026-03-02", "2026-04-01"},
		{"first session on day one", models.ClockFirstSession, models.Strict, "2026-03-02", "2026-03-02", "2026-04-01"},
		{"first session in the middle", models.ClockFirstSession, models.Strict, "2026-03-20", "2026-03-20", "2026-04-19"},
		{"first session on the last day", models.ClockFirstSession, models.Strict, "2026-04-01", "2026-04-01", "2026-05-01"},
		{"first session, a deviation too late starts nothing", models.ClockFirstSession, models.Strict, "2026-04-02", "2026-03-02", "2026-04-01"},
		{"first session, a deviation too early starts at the earliest day", models.ClockFirstSession, models.Strict, "2026-02-20", "2026-03-02", "2026-04-01"},
	} {
		from, until := order(c.clock, c.expiry).Window(c.first)
		if from != c.from || until != c.until {
			t.Errorf("%s: got %s to %s, want %s to %s", c.name, from, until, c.from, c.until)
		}
	}
}

func TestWindowOfAnUnreceivedOrderIsAsWritten(t *testing.T) {
	p := order(models.ClockReceived, models.Strict)
	p.ReceivedOn = ""
	if from, until := p.Window(""); from != "2026-03-02" || until != "2026-04-01" {
		t.Errorf("got %s to %s", from, until)
	}
}

func TestAVoidedFirstSessionMovesTheWindowBack(t *testing.T) {
	p := order(models.ClockFirstSession, models.Strict)
	sessions := []models.Date{"2026-03-10", "2026-03-20"}
	if _, until := p.Window(sessions[0]); until != "2026-04-09" {
		t.Errorf("with the first: until %s", until)
	}
	if _, until := p.Window(sessions[1]); until != "2026-04-19" {
		t.Errorf("after its void: until %s", until)
	}
	if _, until := p.Window(""); until != "2026-04-01" {
		t.Errorf("after all voids: until %s", until)
	}
}

func TestASessionWrittenDownLateMayStartTheClock(t *testing.T) {
	p := order(models.ClockFirstSession, models.Strict)
	if from, until := p.WindowFor("2026-03-04", "2026-03-20"); from != "2026-03-02" || until != "2026-04-01" {
		t.Errorf("got %s to %s", from, until)
	}
	if from, until := p.WindowFor("2026-03-21", "2026-03-20"); from != "2026-03-20" || until != "2026-04-19" {
		t.Errorf("got %s to %s", from, until)
	}
}

func TestSlideIsBetweenNothingAndSevenDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := models.Date("2023-12-25").AddDays(rapid.IntRange(0, 900).Draw(t, "start"))
		length := rapid.IntRange(0, 400).Draw(t, "length")
		late := rapid.IntRange(-30, 60).Draw(t, "late")
		p := models.Prescription{Content: models.OrderContent{ValidFrom: start, ValidUntil: start.AddDays(length), Expiry: models.Sliding, Clock: models.ClockIssued}}
		from, until := p.Window(start.AddDays(late))
		if from != start || start.AddDays(length).DaysUntil(until) != min(7, max(0, late)) {
			t.Fatalf("%d days late: %s to %s", late, from, until)
		}
	})
}

func TestVisitsAddUp(t *testing.T) {
	for _, c := range []struct {
		name   string
		s      models.Series
		booked int
		want   models.Visits
	}{
		{"fresh", models.Series{Allowed: 4}, 0, models.Visits{Allowed: 4, Left: 4, Limited: true}},
		{"used and booked", models.Series{Allowed: 10, Used: 3}, 2, models.Visits{Allowed: 10, Used: 3, Booked: 2, Left: 5, Limited: true}},
		{"opening balance", models.Series{Allowed: 10, Used: 3, OpeningUsed: 4}, 0, models.Visits{Allowed: 10, Used: 7, Left: 3, Opening: 4, Limited: true}},
		{"overbooked by a narrower version", models.Series{Allowed: 4, Used: 3}, 2, models.Visits{Allowed: 4, Used: 3, Booked: 2, Limited: true}},
		{"no limit", models.Series{Unlimited: true, Used: 30}, 1, models.Visits{Used: 30, Booked: 1}},
	} {
		if got := c.s.Visits(c.booked); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestStatusOnDerivesWhatTheDayMakesOfAnOrder(t *testing.T) {
	verbal := &models.VerbalOrder{CountersignBy: "2026-03-16"}
	full, open := models.Series{Allowed: 4, Used: 4}, models.Series{Allowed: 4, Used: 3}
	for _, c := range []struct {
		name   string
		status models.PrescriptionStatus
		verbal *models.VerbalOrder
		signed bool
		series models.Series
		day    models.Date
		want   models.PrescriptionStatus
	}{
		{"in force", models.OrderActive, nil, false, open, "2026-03-20", models.OrderActive},
		{"last day", models.OrderActive, nil, false, open, "2026-04-01", models.OrderActive},
		{"day after", models.OrderActive, nil, false, open, "2026-04-02", models.OrderExpired},
		{"before its first day", models.OrderActive, nil, false, open, "2026-03-01", models.OrderActive},
		{"all used", models.OrderActive, nil, false, full, "2026-03-20", models.OrderCompleted},
		{"all used and past", models.OrderActive, nil, false, full, "2026-05-20", models.OrderCompleted},
		{"no limit", models.OrderActive, nil, false, models.Series{Unlimited: true, Used: 40}, "2026-03-20", models.OrderActive},
		{"opening balance used it up", models.OrderActive, nil, false, models.Series{Allowed: 4, OpeningUsed: 3, Used: 1}, "2026-03-20", models.OrderCompleted},
		{"verbal, day 14", models.OrderActive, verbal, false, open, "2026-03-16", models.OrderActive},
		{"verbal, day 15", models.OrderActive, verbal, false, open, "2026-03-17", models.OrderSuspended},
		{"verbal, countersigned", models.OrderActive, verbal, true, open, "2026-03-17", models.OrderActive},
		{"suspended stays", models.OrderSuspended, nil, false, open, "2026-05-01", models.OrderSuspended},
		{"superseded stays", models.OrderSuperseded, nil, false, full, "2026-05-01", models.OrderSuperseded},
		{"draft stays", models.OrderDraft, verbal, false, open, "2026-05-01", models.OrderDraft},
	} {
		p := order(models.ClockIssued, models.Strict)
		p.Status, p.Verbal = c.status, c.verbal
		if c.signed {
			p.Countersigned = &models.Signature{}
		}
		from, until := p.Window("")
		if got := p.StatusOn(c.day, c.series, from, until); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
