package web_test

import (
	"net/http"
	"testing"
	"time"

	"rapport/models/store/storetest"
)

func TestTheHourThatSummerTimeSkipsIsRefused(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	c := w.Client("Ana", "Silva")
	w.Clock.Set(time.Date(2026, 3, 8, 20, 0, 0, 0, time.UTC))
	b := newSite(t, w, publicURL).as("jose@ballard.example")
	path := "/clients/" + string(c.ID) + "/sessions/new"
	record := func(began string) seen {
		return b.submit(path, path, "started_at", began, "minutes", "30", "regions.neck", "both", "screening/reviewed", "yes", "act", "save")
	}
	record("2026-03-08T02:30").ok(http.StatusUnprocessableEntity).lookOver().has("The clock skipped this hour on that day")
	record("2026-02-30T10:00").ok(http.StatusUnprocessableEntity).has("Write a day and a time")
	b.follow(record("2026-03-08T03:00")).ok(http.StatusOK).has("Sun, Mar 8, 2026, 3:00 AM")
}

// TestAnEmptyNoteIsRefusedBeforeTheSessionTakesItsVisit: what cannot be signed
// is not saved by the button that signs.
func TestAnEmptyNoteIsRefusedBeforeTheSessionTakesItsVisit(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	c := w.Client("Ana", "Silva")
	b := newSite(t, w, publicURL).as("jose@ballard.example")
	path := "/clients/" + string(c.ID) + "/sessions/new"
	record := func(act, plan string) seen {
		return b.submit(path, path, "minutes", "30", "regions.neck", "both", "screening/reviewed", "yes", "soap/plan", plan, "act", act)
	}
	record("sign", " ").ok(http.StatusUnprocessableEntity).lookOver().has("The note is empty", "Record a session")
	b.get("/clients/" + string(c.ID)).ok(http.StatusOK).hasNot("Self-pay, outside the order")
	record("sign", "Weekly").ok(http.StatusSeeOther)
	record("save", "").ok(http.StatusSeeOther)
	b.get("/clients/"+string(c.ID)).ok(http.StatusOK).has("Self-pay, outside the order", "Note not signed")
}
