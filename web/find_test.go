package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"rapport/models/store/storetest"
)

func TestOrdersReportsAndMessagesAreFoundByWordsAndState(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		_, order, _ := s.treated("Ana", "Peña")
		w.Clock.Advance(time.Hour)
		s.treated("Bea", "Costa")
		b, doctor := s.as("jose@ballard.example"), s.as("linh@greenlake.example")
		drafted := b.submit(order+"/reports/new", order+"/reports/new", "narrative/summary", "Well.", "narrative/recommendation", "Go on.").ok(http.StatusSeeOther)
		report := drafted.header.Get("Location")
		b.submit(report, report+"/sign").ok(http.StatusSeeOther)
		b.submit(report, report+"/deliver", "channel", "portal").ok(http.StatusSeeOther)
		if _, err := s.out.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}

		found := func(b *browser, path string, has, hasNot string, fields ...string) {
			t.Helper()
			v := b.submit(path, path, fields...).ok(http.StatusOK).lookOver()
			if has != "" {
				v.has(has)
			}
			v.hasNot(hasNot)
		}
		b.get("/orders").ok(http.StatusOK).lookOver().has("Ana Peña", "Bea Costa", "In force")
		for _, q := range []string{"pena", "Ana Peña", "peña an", "PEN"} {
			found(b, "/orders", "Ana Peña", "Bea Costa", "q", q)
			found(b, "/reports", "Ana Peña", "Owed now", "q", q)
			found(doctor, "/provider", "Ana Peña", "Bea Costa", "q", q)
		}
		found(b, "/orders", "Bea Costa", "Peña", "q", "cos", "status", "active")
		found(b, "/orders", "Nothing fits", "Bea Costa", "q", "cos", "status", "expired")
		found(b, "/orders", "Nothing fits", "Costa", "q", "osta")
		found(b, "/orders", "Nothing fits", "Ana Peña", "q", "%")
		found(b, "/reports", "Nothing fits", "Ana Peña", "q", "costa")
		found(b, "/reports", "Nothing fits", "Ana Peña", "status", "draft")
		found(b, "/reports", "Ana Peña", "Nothing fits", "status", "signed")
		found(doctor, "/provider", "Nothing fits", "Peña", "q", "nobody")
		found(b, "/messages", "Notice: a report waits", "Notice: an order came in", "q", "LINH@greenlake", "status", "sent")
		found(b, "/messages", "Nothing fits", "Notice: a report waits", "q", "linh@greenlake", "status", "failed")
		found(b, "/clients", "Peña, Ana", "Costa", "q", "ana peña")
		if strings.Contains(s.log.String(), "pena") {
			t.Error("what was looked for is in the log")
		}
	})
}

func TestAPatientWhoseReleaseEndedIsNotFoundAmongReports(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		client, order, _ := s.treated("Ana", "Silva")
		b, doctor := s.as("jose@ballard.example"), s.as("linh@greenlake.example")
		drafted := b.submit(order+"/reports/new", order+"/reports/new", "narrative/summary", "Well.", "narrative/recommendation", "Go on.").ok(http.StatusSeeOther)
		report := drafted.header.Get("Location")
		b.submit(report, report+"/sign").ok(http.StatusSeeOther)
		b.submit(report, report+"/deliver", "channel", "portal").ok(http.StatusSeeOther)
		if _, err := s.out.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		doctor.submit("/provider", "/provider", "q", "silva").ok(http.StatusOK).has("Initial report")
		release := ""
		for _, part := range strings.Split(b.get(client).body, `"`) {
			if strings.HasPrefix(part, "/releases/") {
				release = part
			}
		}
		w.Clock.Advance(time.Minute)
		b.submit(release, release+"/revoke", "channel", "in_person").ok(http.StatusSeeOther)
		doctor.get("/provider").ok(http.StatusOK).lookOver().has("A report")
		doctor.submit("/provider", "/provider", "q", "silva").ok(http.StatusOK).lookOver().hasNot("A report", "Initial report")
	})
}
