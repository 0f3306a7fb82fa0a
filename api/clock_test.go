package api_test

import (
	"testing"
	"time"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store/storetest"
)

func noonOf(w *storetest.World, d models.Date) time.Time {
	return d.Time(w.Practice.Location()).Add(12 * time.Hour)
}

// window fails unless both sides read these days, and the order admits a visit
// on the last of them, none the day after, and before the first is refused earlier.
func (j *journey) window(from, until models.Date, earlier string) {
	j.t.Helper()
	for who, c := range map[string]apitest.Caller{"practice": j.me(), "prescriber": j.doctor()} {
		if r := c.Get("/api/v1/prescriptions/" + j.order).Want(200); r.Text("effective_from") != string(from) || r.Text("effective_until") != string(until) {
			j.t.Errorf("the %s reads %s to %s, want %s to %s", who, r.Text("effective_from"), r.Text("effective_until"), from, until)
		}
	}
	for day, want := range map[models.Date]string{from.AddDays(-1): earlier, until: "", until.AddDays(1): "order.expired"} {
		r := j.me().Get("/api/v1/prescriptions/" + j.order + "/admissibility?on=" + string(day) + "&minutes=30&region=neck:both").Want(200)
		if got := r.Violations(); want == "" && len(got) != 0 || want != "" && (len(got) != 1 || got[0] != want) {
			j.t.Errorf("on %s: %v, want %q", day, got, want)
		}
	}
}

// TestAnOrdersDaysFollowItsClockAndItsExpiry: the three anchors, strict and
// sliding, from the first visit on and after it was taken back.
func TestAnOrdersDaysFollowItsClockAndItsExpiry(t *testing.T) {
	const day = "2026-03-"
	for name, c := range map[string]struct {
		clock, expiry          string
		accepted, first        models.Date
		before, after          [2]models.Date // the first visit
		lastTaken, firstTooOld models.Date
	}{
		"issued, strict": {"issued", "strict", day + "05", day + "12",
			[2]models.Date{day + "02", day + "29"}, [2]models.Date{day + "02", day + "29"}, day + "29", day + "30"},
		"issued, sliding by the days that the first visit came late": {"issued", "sliding", day + "05", day + "06",
			[2]models.Date{day + "02", day + "29"}, [2]models.Date{day + "02", "2026-04-02"}, "2026-04-02", "2026-04-03"},
		"issued, sliding by a week at most": {"issued", "sliding", day + "05", day + "20",
			[2]models.Date{day + "02", day + "29"}, [2]models.Date{day + "02", "2026-04-05"}, "2026-04-05", "2026-04-06"},
		"received, strict": {"received", "strict", day + "05", day + "12",
			[2]models.Date{day + "05", "2026-04-01"}, [2]models.Date{day + "05", "2026-04-01"}, "2026-04-01", "2026-04-02"},
		"received, sliding from the receipt": {"received", "sliding", day + "05", day + "09",
			[2]models.Date{day + "05", "2026-04-01"}, [2]models.Date{day + "05", "2026-04-05"}, "2026-04-05", "2026-04-06"},
		"first visit": {"first_session", "strict", day + "05", day + "12",
			[2]models.Date{day + "02", day + "29"}, [2]models.Date{day + "12", "2026-04-08"}, "2026-04-08", "2026-04-09"},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, w *storetest.World) {
				w.Clock.Set(noonOf(w, c.accepted))
				j := ordered(t, w, apitest.New(t, w), "Ana", "Silva", func(b map[string]any) {
					b["clock"], b["expiry"] = c.clock, c.expiry
					b["scope"].(map[string]any)["frequency"] = map[string]any{"sessions": 1, "per": "day", "window": "calendar"}
				})
				late := "" // one written down late may be the first
				if c.clock != "first_session" {
					late = "order.not_started"
				}
				j.window(c.before[0], c.before[1], "order.not_started")
				first := j.at(noonOf(w, c.first)).Want(201).Text("id")
				j.window(c.after[0], c.after[1], late)
				j.post(j.me(), "/sessions/"+first+"/void", map[string]any{"reason": "Written twice"}).Want(200)
				j.window(c.before[0], c.before[1], "order.not_started")
				j.at(noonOf(w, c.first).Add(time.Hour)).Want(201)
				j.at(noonOf(w, c.lastTaken)).Want(201)
				if no := j.at(noonOf(w, c.firstTooOld)).Refused(409, "scope_violation"); no.Text("violations.0.code") != "order.expired" || no.At("violations.1") != nil {
					t.Errorf("the day after %s", no.Body)
				}
				j.visits(2, 2)
			})
		})
	}
}
