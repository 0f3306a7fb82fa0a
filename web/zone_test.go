package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"rapport/models/store/storetest"
)

// evening is eight o'clock at the practice of the tests, when it is the next
// day in UTC already.
var evening = time.Date(2026, 3, 3, 4, 0, 0, 0, time.UTC)

func TestAProvidersPagesHaveThePracticesDayInTheEvening(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		w.Clock.Set(evening)
		s := newSite(t, w, publicURL)
		doctor := s.as("linh@greenlake.example")
		page := doctor.get("/provider/orders/new").ok(http.StatusOK).lookOver()
		if got := page.form("/provider/orders/new").Get("valid_from"); got != "2026-03-02" {
			t.Errorf("the first day is preset as %s", got)
		}
		doctor.get("/provider").ok(http.StatusOK).has("Mon, Mar 2, 2026")
		client, _, _ := s.treated("Ana", "Silva")
		client = strings.TrimPrefix(client, "/clients/")
		doctor = s.as("linh@greenlake.example")
		doctor.get("/provider").ok(http.StatusOK).has("Mon, Mar 2, 2026")
		doctor.submit("/provider/requests?client="+client, "/provider/requests", "client_id", client, "kind", "order_status").ok(http.StatusSeeOther)
		if asked := doctor.get("/provider/requests").ok(http.StatusOK).has("8:00 PM PST"); strings.Contains(asked.body, "UTC") {
			t.Error("the hours of requests are in UTC")
		}
	})
}
