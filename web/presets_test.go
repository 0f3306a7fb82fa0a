package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"rapport/models/store/storetest"
)

func TestANewPracticeReadsItsFirstSteps(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	b := newSite(t, w, publicURL).as("jose@ballard.example")
	b.get("/today").ok(http.StatusOK).lookOver().has("First steps", "A doctor", "A client").hasNot("All is done")
	w.Client("Ana", "Silva")
	b.get("/today").ok(http.StatusOK).lookOver().has("All is done").hasNot("First steps")
}

func TestASessionIsWrittenDownWhenItIsOver(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	path := "/clients/" + string(w.Client("Ana", "Silva").ID) + "/sessions/new"
	w.Clock.Set(time.Date(2026, 3, 3, 8, 30, 0, 0, time.UTC)) // half past midnight at the practice
	f := newSite(t, w, publicURL).as("jose@ballard.example").get(path).ok(http.StatusOK).lookOver().form(path)
	if got := f.Get("started_at"); got != "2026-03-02T23:30" || f.Get("minutes") != "60" {
		t.Errorf("begins at %s for %s minutes", got, f.Get("minutes"))
	}
}

func TestAnOrderForAKnownClientIsPutUnderThem(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	c := w.Client("Ana", "Silva")
	doctor, therapist := s.as("linh@greenlake.example"), s.as("jose@ballard.example")
	sent := doctor.follow(doctor.submit("/provider/orders/new", "/provider/orders/new", "practice_id", string(w.Practice.ID), "client/name/given", "ana",
		"client/name/family", "Silva", "client/birth_date", string(c.BirthDate), "diagnosis_codes", "M54.2", "scope/regions.neck", "both",
		"scope/sessions_total", "4", "valid_until", "2026-03-29", "act", "sign")).ok(http.StatusOK).lookOver()
	sent.has("PST", "Signed by").hasNot("visits so far")
	order := ""
	walk(therapist.get("/today").ok(http.StatusOK).doc, func(n *html.Node) {
		if h := attr(n, "href"); strings.HasPrefix(h, "/orders/") {
			order = h
		}
	})
	page := therapist.get(order).ok(http.StatusOK).lookOver().has("is here already")
	if got := page.form(order + "/accept").Get("client_id"); got != string(c.ID) {
		t.Errorf("chosen: %q, want the client of the same name", got)
	}
}
