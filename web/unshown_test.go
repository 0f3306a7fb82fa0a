package web_test

import (
	"net/http"
	"testing"

	"rapport/models/store/storetest"
)

// TestWhoSignsIsToldOfSignsThatThePaperCannotShow without naming them.
func TestWhoSignsIsToldOfSignsThatThePaperCannotShow(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	b := s.as("jose@ballard.example")
	const warned = "a replacement sign stands in their place"
	for given, odd := range map[string]bool{"Zoë 😀": true, "太郎": true, "Nguyễn": false} {
		client := b.submit("/clients/new", "/clients/new", "name/given", given, "name/family", "Ünal", "birth_date", "1990-02-03").ok(http.StatusSeeOther).header.Get("Location")
		drafted := b.submit(client+"/releases/new", client+"/releases/new", "recipient_other", string(w.Provider.ID)).ok(http.StatusSeeOther)
		release := drafted.header.Get("Location")
		signed := b.follow(drafted)
		after := b.follow(b.submit(release+"/sign", release+"/sign", "method", "typed", "name", given+" Ünal", "electronic_records_consent", "yes").ok(http.StatusSeeOther))
		for _, page := range []seen{signed, after} {
			if odd {
				page.has(warned)
			} else {
				page.hasNot(warned)
			}
		}
		after.has("Signed. The doctors named may now be told.")
	}
	_, order, _ := s.treated("Mia 😀", "Silva")
	b = s.as("jose@ballard.example")
	drafted := b.submit(order+"/reports/new", order+"/reports/new", "narrative/recommendation", "Go on.").ok(http.StatusSeeOther)
	report := drafted.header.Get("Location")
	b.follow(b.submit(report, report+"/sign").ok(http.StatusSeeOther)).has("Signed. Its bytes are frozen", warned)
}
