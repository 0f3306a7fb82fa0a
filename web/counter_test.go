package web_test

import (
	"bytes"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store/storetest"
)

// TestTheCounterReadsTheSameEverywhere: one visit done and one booked of four,
// on the pages of both sides, in the report, and as the API reads it.
func TestTheCounterReadsTheSameEverywhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		client, order, _ := s.treated("Ana", "Silva")
		b, doctor := s.as("jose@ballard.example"), s.as("linh@greenlake.example")
		id := models.PrescriptionID(strings.TrimPrefix(order, "/orders/"))
		b.submit(order+"/bookings/new", order+"/bookings/new", "starts_at/day", "2026-03-10", "starts_at/time", "12:00", "minutes", "30", "regions.neck", "both").ok(http.StatusSeeOther)
		want := models.Visits{Allowed: 4, Used: 1, Booked: 1, Left: 2, Limited: true}
		for _, by := range []models.Actor{w.Therapist, w.Doctor} {
			if o, err := s.net.Prescription(t.Context(), by, id); err != nil || o.Visits != want {
				t.Errorf("the order has %+v, %v; want %+v", o.Visits, err, want)
			}
		}
		const words = "1 of 4 visits used 1 booked 2 left until Sun, Mar 29, 2026"
		for _, page := range []string{order, client, order + "/sessions/new"} {
			b.get(page).ok(http.StatusOK).lookOver().has(words)
		}
		doctor.get("/provider" + order).ok(http.StatusOK).lookOver().has(words)
		drafted := b.submit(order+"/reports/new", order+"/reports/new", "narrative/recommendation", "Go on.").ok(http.StatusSeeOther).header.Get("Location")
		pdf := exec.Command("pdftotext", "-raw", "-", "-")
		pdf.Stdin = bytes.NewReader([]byte(b.get(drafted + "/preview").ok(http.StatusOK).body))
		text, err := pdf.Output()
		if err != nil {
			t.Fatalf("pdftotext (package poppler-utils): %v", err)
		}
		if line := strings.Join(strings.Fields(string(text)), " "); !strings.Contains(line, "1 of 4 used, 1 booked, 2 left") || !strings.Contains(line, "until Mar 29, 2026") {
			t.Errorf("the report reads\n%s", line)
		}
	})
}
