package web_test

import (
	"net/http"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store/storetest"
)

// weekly is a client with a release and an accepted order of one session a week.
func (s *site) weekly(given, family string) (client, order string) {
	s.t.Helper()
	therapist, doctor := s.as("jose@ballard.example"), s.as("linh@greenlake.example")
	client = therapist.submit("/clients/new", "/clients/new", "name/given", given, "name/family", family, "birth_date", "1984-05-17").ok(http.StatusSeeOther).header.Get("Location")
	release := therapist.submit(client+"/releases/new", client+"/releases/new", "recipient_other", string(s.w.Provider.ID)).ok(http.StatusSeeOther).header.Get("Location")
	therapist.submit(release+"/sign", release+"/sign", "method", "typed", "name", given+" "+family, "electronic_records_consent", "yes").ok(http.StatusSeeOther)
	written := doctor.submit("/provider/orders/new", "/provider/orders/new", "practice_id", string(s.w.Practice.ID), "client/name/given", given,
		"client/name/family", family, "client/birth_date", "1984-05-17", "diagnosis_codes", "M54.2", "scope/regions.neck", "both",
		"scope/frequency/sessions", "1", "scope/sessions_total", "4", "valid_until", "2026-03-29", "act", "sign").ok(http.StatusSeeOther)
	order = strings.TrimPrefix(written.header.Get("Location"), "/provider")
	therapist.submit(order, order+"/accept", "client_id", strings.TrimPrefix(client, "/clients/")).ok(http.StatusSeeOther)
	return client, order
}

func TestTheUsedWeekShowsBeforeASessionIsWritten(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	client, order := s.weekly("Ana", "Silva")
	b := s.as("jose@ballard.example")
	for _, path := range []string{client, order, order + "/sessions/new"} {
		b.get(path).ok(http.StatusOK).lookOver().has("This week: 0 of 1 session, booked ones included.").hasNot("Next from")
	}
	b.submit(order+"/sessions/new", order+"/sessions/new", "screening/reviewed", "yes", "regions.neck", "left", "minutes", "30",
		"soap/subjective", "Stiff", "soap/objective", "Tight", "soap/assessment", "Easier", "soap/plan", "Weekly", "act", "sign").ok(http.StatusSeeOther)
	for _, path := range []string{client, order, order + "/sessions/new"} {
		b.get(path).ok(http.StatusOK).lookOver().has("This week: 1 of 1 session, booked ones included. Next from Mon, Mar 9, 2026.")
	}
}

func TestOnlyThePrescriberSeesAQuestionAndTheirStaffReadWhoAnswers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		w.Person("staff@greenlake.example", "Robin Castillo", models.RoleGrant{Role: models.ProviderStaff, ProviderID: w.Provider.ID})
		s := newSite(t, w, publicURL)
		_, order := s.weekly("Ana", "Silva")
		therapist := s.as("jose@ballard.example")
		change := therapist.submit(order+"/ask", order+"/ask", "words", "Feet too", "proposed/sessions_total", "6", "act", "send").ok(http.StatusSeeOther).header.Get("Location")
		staff := s.as("staff@greenlake.example")
		staff.get("/provider").ok(http.StatusOK).lookOver().has("To be answered by Linh Nguyễn, DC").hasNot("Answer the question")
		staff.get("/provider" + change).ok(http.StatusOK).lookOver().has("Only Linh Nguyễn, DC can answer").hasNot("Your answer")
		therapist.get(change).ok(http.StatusOK).hasNot("Seen by the prescriber")
		doctor := s.as("linh@greenlake.example")
		doctor.get("/provider"+change).ok(http.StatusOK).lookOver().has("Your answer").hasNot("Seen by the prescriber", "can answer")
		therapist.get(change).ok(http.StatusOK).has("Seen by the prescriber")
	})
}

func TestTodayPutsOurTurnFirstAndSaysWhatWasPromised(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		s.treated("Ana", "Silva")
		b := s.as("jose@ballard.example")
		page := b.get("/promises").ok(http.StatusOK).lookOver()
		relation := page.form("/promises").Get("relationship_id")
		for by, what := range map[string]string{"them": "Send the scan", "us": "Send the leaflet"} {
			due := map[string]string{"them": "2026-03-03", "us": "2026-03-20"}[by]
			b.submit("/promises", "/promises", "relationship_id", relation, "owed_by", by, "what", what, "due_on", due).ok(http.StatusSeeOther)
		}
		words := b.get("/today").ok(http.StatusOK).lookOver().has("Send the leaflet", "Send the scan").words()
		if strings.Index(words, "Send the leaflet") > strings.Index(words, "Send the scan") {
			t.Error("their turn stands before ours")
		}
	})
}

func TestADraftWaitsForASignatureAndNotForThePractice(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	_, order := s.weekly("Ana", "Silva")
	b := s.as("jose@ballard.example")
	b.submit(order, order+"/renew").ok(http.StatusSeeOther)
	b.get("/orders").ok(http.StatusOK).lookOver().has("Drafts, not signed yet").hasNot("Waiting for your answer")
}
