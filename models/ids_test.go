package models

import "testing"

func TestTheTrailKeepsIdsAndKnownKeysOnly(t *testing.T) {
	for id, want := range map[ClientID]string{"": "", "0196e000-0000-7000-8000-00000000abcd": "0196e000-0000-7000-8000-00000000abcd", "Ana": "?",
		"Ana Silva has a torn knee and is": "?", "0196e000x0000-7000-8000-00000000abcd": "?", "0196e000-0000-7000-8000-00000000Anaa": "?",
		"------------------------------------": "?"} {
		if got := TraceID(id); got != want {
			t.Errorf("%q became %q, want %q", id, got, want)
		}
	}
	for key, want := range map[DisclosureView]string{"": "", DisclosuresFull: "full", "ana": "?"} {
		if got := TraceKey(key, DisclosuresFull); got != want {
			t.Errorf("%q became %q, want %q", key, got, want)
		}
	}
}
