package api_test

import (
	"strings"
	"testing"

	"rapport/api/apitest"
	"rapport/models/store/storetest"
)

// TestTheTrailNamesClientsAndRecordsAndRefusesWhatIsNoQuestion over HTTP, page
// by page until its end.
func TestTheTrailNamesClientsAndRecordsAndRefusesWhatIsNoQuestion(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		c := w.Client("Ana", "Silva")
		p := treated(w, c)
		r := s.As(w.Therapist).Post("/api/v1/reports", map[string]any{"client_id": c.ID, "prescription_id": p.ID, "kind": "progress"}).Want(201)
		owner := s.As(w.Owner)
		one := owner.Get("/api/v1/audit?object_id=" + r.Text("id")).Want(200)
		if one.Text("items.0.client_name.family") != "Silva" || !strings.HasPrefix(one.Text("items.0.object"), "Progress report") || one.Text("items.0.actor_roles.0") != "therapist" {
			t.Errorf("the draft on the trail: %s", one.Body)
		}
		all := len(owner.Get("/api/v1/audit?limit=200&client_id=" + string(c.ID)).Want(200).At("items").([]any))
		seen, next := 0, ""
		for {
			l := owner.Get("/api/v1/audit?limit=1&client_id=" + string(c.ID) + "&cursor=" + next).Want(200)
			if l.At("items.0") != nil {
				seen++
			}
			if next, _ = l.At("next_cursor").(string); next == "" {
				break
			}
		}
		if all == 0 || seen != all+1 { // reading the trail is on it
			t.Errorf("%d events page by page, %d at once", seen, all)
		}
		for _, q := range []string{"from=nonsense", "until=2026-02-30", "actor=Silva", "action=nothing", "object_id=7", "client_id=Silva", "from=2026-03-02&until=2026-03-01"} {
			owner.Get("/api/v1/audit?"+q).Refused(422, "validation")
		}
		owner.Get("/api/v1/audit?cursor=bm9uc2Vuc2U").Refused(422, "cursor.invalid")
		owner.Get("/api/v1/clients/"+string(c.ID)+"/disclosures?cursor=bm9uc2Vuc2U").Refused(422, "cursor.invalid")
	})
}
