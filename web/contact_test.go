package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"rapport/models"
	"rapport/models/store/storetest"
)

func TestContactsAndPromisesAreWrittenOnPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		b, owner := s.as("jose@ballard.example"), s.as("olga@ballard.example")
		c := w.Client("Ana", "Silva")
		linh, at := string(w.Provider.ID), "/contacts/new"
		b.get("/relationships").ok(http.StatusOK).lookOver().has("Nobody yet")
		b.get("/providers/" + linh).ok(http.StatusOK).lookOver().has("Log a contact")
		b.submit(at, at).ok(http.StatusUnprocessableEntity).lookOver().has("Choose with whom")
		b.submit(at, at, "provider_other", linh, "client_id", string(c.ID), "said", "progress_report").ok(http.StatusForbidden).lookOver().has("No release lets you speak")
		logged := b.submit(at, at, "provider_other", linh, "with/name", "Pat Lee", "with/role", "receptionist", "note", "They like faxes.", "next_step/what", "Call the doctor",
			"next_step/due_on", "2026-03-06", "call_back/on", "2026-03-04", "call_back/at", "15:30", "promise/what", "The packet", "promise/kind", "packet",
			"promise/due_on", "2026-03-05", "checklist/script", "no_patient_in_common", "checklist/massage_referrals_per_month", "2.5", "checklist/accepting_new", "yes")
		b.follow(logged).ok(http.StatusOK).lookOver().has("Logged", "reached today", "Pat Lee (receptionist)", "They like faxes.", "Call the doctor", "Wed, Mar 4, 2026, 3:30 PM",
			"2.5 a month", "The packet", "yes, they said on Mon, Mar 2, 2026")
		b.submit(at, at, "provider_id", linh, "call_back/on", "2026-03-08", "call_back/at", "02:30").ok(http.StatusUnprocessableEntity).lookOver().has("The clock skipped this hour")
		edit := "/providers/" + linh + "/relationship"
		b.get(edit).ok(http.StatusOK).lookOver()
		b.submit(edit, edit, "wanted_interval_days", "many").ok(http.StatusUnprocessableEntity).lookOver().has("Write a whole number here")
		b.follow(b.submit(edit, edit, "tier", "select", "wanted_interval_days", "30", "notes", "Knows everybody.")).ok(http.StatusOK).lookOver().has("Select", "every 30 days", "Knows everybody.")
		b.get("/providers/" + string(w.Provider2.ID) + "/relationship").ok(http.StatusOK).lookOver().has("Sean O'Neill, MD")
		for _, sort := range models.RelationshipOrders() {
			b.get("/relationships?sort="+string(sort)).ok(http.StatusOK).lookOver().has("Linh Nguyễn, DC", "In touch")
		}
		open := b.get("/promises").ok(http.StatusOK).lookOver().has("Linh Nguyễn, DC: we owe", "The packet")
		keep := between(open.body, `action="/promises/`, `/keep"`)
		b.submit("/promises", "/promises/"+keep+"/release", "reason", "").ok(http.StatusUnprocessableEntity).lookOver().has("Say why")
		b.follow(b.submit("/promises", "/promises/"+keep+"/keep")).ok(http.StatusOK).has("Kept")
		b.get("/promises?state=kept").ok(http.StatusOK).lookOver().has("The packet")
		b.submit("/promises", "/promises", "what", "").ok(http.StatusUnprocessableEntity).lookOver()
		b.follow(b.submit("/promises", "/promises", "what", "Their lab form", "owed_by", "them", "due_on", "2026-03-09")).ok(http.StatusOK).lookOver().has("they owe", "Their lab form")
		gone := b.get("/promises").ok(http.StatusOK)
		b.follow(b.submit("/promises", "/promises/"+between(gone.body, `action="/promises/`, `/keep"`)+"/release", "reason", "They sold the office")).ok(http.StatusOK)
		b.get("/promises?state=released").ok(http.StatusOK).lookOver().has("They sold the office")
		b.submit(at, at, "provider_id", linh, "client_id", string(c.ID), "said", "progress_report", "already_said", "yes")
		owner.get("/providers/" + linh).ok(http.StatusOK).has("Told without a release")
	})
}

func TestACallIsLoggedWithThreeTapsFromToday(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s, address := served(t, w)
	s.password("jose@ballard.example")
	if _, err := s.net.Relate(t.Context(), w.Therapist, w.Provider.ID); err != nil {
		t.Fatal(err)
	}
	b := phone(t, aBrowser(t), address, "the therapist").signIn("jose@ballard.example").reads("Today")
	taps, began := 0, time.Now()
	for _, step := range []func(){
		func() { b.press(`a[href="/contacts/new"]`) },
		func() { b.tap(`label[for="f-provider_id-` + string(w.Provider.ID) + `"]`) },
		func() { b.press(`form[action="/contacts/new"] button.main`) },
	} {
		step()
		taps++
	}
	b.reads("Logged", "Call: Reached the staff", "reached today")
	if took := time.Since(began); taps > 3 || took > 10*time.Second {
		t.Errorf("a call took %d taps and %s, want 3 taps within 10 s", taps, took)
	}
	b.open("/providers/"+string(w.Provider.ID)).press(`a[href^="/contacts/new?provider="]`).tap(`label[for="f-outcome-voicemail"]`).press(`form[action="/contacts/new"] button.main`).
		reads("Call: Voicemail", "reached today")
}

func TestTheScriptOfANewOfficeWorksWithoutAScriptInTheBrowser(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s, address := served(t, w)
	s.password("jose@ballard.example")
	if _, err := s.net.Relate(t.Context(), w.Therapist, w.Provider.ID); err != nil {
		t.Fatal(err)
	}
	b := phone(t, aBrowser(t), address, "the therapist", withoutScript()).signIn("jose@ballard.example")
	b.press(`a[href="/contacts/new"]`).tap(`label[for="f-provider_id-` + string(w.Provider.ID) + `"]`)
	b.unfold(`input[name="checklist/script"]`).tap(`label[for="f-checklist-script-no_patient_in_common"]`, `label[for="f-checklist-introduced-yes"]`, `label[for="f-checklist-referral_list-exists"]`,
		`label[for="f-checklist-few_minutes_with_doctor-no"]`, `label[for="f-checklist-accepting_new-yes"]`, `label[for="f-checklist-packet_wanted-email"]`)
	b.write("checklist/massage_referrals_per_month", "3", "checklist/current_therapist", "Kim Roe")
	b.press(`form[action="/contacts/new"] button.main`).reads("Logged", "3 a month, they said", "Sends them to", "Kim Roe", "yes, they said on")
	var answer string
	b.open("/contacts/new?provider=" + string(w.Provider.ID)).do(chromedp.Value(`[name="checklist/current_therapist"]`, &answer, chromedp.ByQuery))
	if answer != "Kim Roe" {
		t.Errorf("the next call begins with %q", answer)
	}
}
