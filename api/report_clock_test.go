package api_test

import (
	"testing"

	"rapport/api/apitest"
	"rapport/models/store/storetest"
)

// washington is an order under WAC 296-23-250, which is what a practice's
// clock begins with: a report after six visits or a month.
func washington(b map[string]any) {
	delete(b, "report_every")
	b["valid_until"] = "2026-06-30"
	scope := b["scope"].(map[string]any)
	scope["sessions_total"] = 20
	scope["frequency"] = map[string]any{"sessions": 7, "per": "week", "window": "calendar"}
}

// clock fails unless the client's clock stands so.
func (j *journey) clock(kind, state, reason, due string) {
	j.t.Helper()
	r := j.me().Get("/api/v1/clients/" + j.client + "/report-clock").Want(200)
	if r.Text("items.0.kind") != kind || r.Text("items.0.state") != state || r.Text("items.0.reason") != reason || r.Text("items.0.due_on") != due {
		j.t.Errorf("want %s %s by %q on %q, the clock is %s", kind, state, reason, due, r.Body)
	}
}

// tell writes, signs and sends a report, which resets the clock.
func (j *journey) tell(kind string) {
	j.t.Helper()
	r := j.post(j.me(), "/reports", map[string]any{"client_id": j.client, "prescription_id": j.order, "kind": kind,
		"narrative": map[string]any{"recommendation": "Continue"}}).Want(201)
	j.post(j.me(), "/reports/"+r.Text("id")+"/signature", map[string]any{}).Want(200)
	j.post(j.me(), "/reports/"+r.Text("id")+"/deliveries", map[string]any{"provider_id": j.World.Provider.ID, "channel": "portal"}).Want(201)
	j.Deliver()
}

func TestAReportIsOwedAfterSixVisitsOrAMonth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		six := ordered(t, w, s, "Ana", "Silva", washington)
		month := ordered(t, w, s, "Ben", "Ito", washington)
		month.visit()
		for d := range 5 {
			six.day(2026, 3, 2+d)
			six.visit()
		}
		six.clock("initial", "overdue", "first_visit", "2026-03-02")
		six.day(2026, 3, 9)
		six.visit()
		six.clock("progress", "due", "sessions", "2026-03-09")
		six.day(2026, 3, 10)
		six.clock("progress", "overdue", "sessions", "2026-03-09")
		six.tell("progress")
		six.clock("progress", "idle", "", "")
		six.day(2026, 3, 11)
		six.visit()
		six.clock("progress", "running", "days", "2026-04-10")

		month.day(2026, 3, 31)
		month.clock("initial", "overdue", "first_visit", "2026-03-02")
		month.day(2026, 4, 1)
		month.clock("progress", "due", "days", "2026-04-01")
		month.day(2026, 4, 2)
		month.clock("progress", "overdue", "days", "2026-04-01")
		if r := month.me().Get("/api/v1/report-clocks").Want(200); r.Text("items.0.client_id") != month.client || r.At("items.1") != nil {
			t.Errorf("owed now is the second client's report alone: %s", r.Body)
		}
		month.tell("progress")
		month.clock("progress", "idle", "", "")
		six.clock("progress", "running", "days", "2026-04-10") // another client's report changes nothing here
	})
}
