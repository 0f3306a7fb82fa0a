package web_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// printed end the ways to what leaves the practice on paper: printing it is
// telling it, and stands in the ledger.
var printed = []string{"/form", "/cover"}

// marks are the tables that reading may add to, by whom: everybody's reading is
// on the trail; that a provider read something is told, and is what its sender
// waits for.
var marks = map[bool][]string{
	false: {"audit_events", "audit_heads"},
	true:  {"audit_events", "audit_heads", "change_requests", "deliveries", "delivery_events", "disclosures", "open_items"},
}

// TestLookingAtAPageWritesNothingButTheTrail: no relationship begins, no packet
// is kept, and nothing is sent because somebody opened a page.
func TestLookingAtAPageWritesNothingButTheTrail(t *testing.T) {
	p := seeded(t, "sqlite")
	asks, looked := p.asks(), 0
	p.restore()
	before := p.w.Kept()
	for _, route := range p.routes() {
		if !strings.HasPrefix(route, "GET ") {
			continue
		}
		path := p.askOf(asks, route).path
		if route == "GET /providers/:id/packet" { // one whom nobody here has met
			path = "/providers/" + string(p.w.Provider2.ID) + "/packet"
		}
		for _, v := range p.people {
			if got := v.fresh().get(path); got.status >= 300 {
				continue
			}
			looked++
			after, outsider := p.w.Kept(), v.name == "provider" || v.name == "staff" || v.name == "ungranted"
			for _, table := range slices.Sorted(maps.Keys(after)) {
				if same := slices.EqualFunc(before[table], after[table], maps.Equal); !same && !slices.Contains(marks[outsider], table) && (table != "disclosures" || !slices.ContainsFunc(printed, func(s string) bool { return strings.HasSuffix(route, s) })) {
					t.Errorf("%s by %s writes %s", route, v.name, table)
				}
			}
			before = after
			break
		}
	}
	p.restore()
	if looked < 90 {
		t.Errorf("only %d pages", looked)
	}
}
