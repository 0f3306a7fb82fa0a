package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store/storetest"
	"rapport/referral"
)

// treated is a client with a release, an accepted order of Linh Nguyễn and one
// signed session; it returns the paths of the client, the order and the session.
func (s *site) treated(given, family string) (client, order, session string) {
	s.t.Helper()
	therapist, doctor := s.as("jose@ballard.example"), s.as("linh@greenlake.example")
	added := therapist.submit("/clients/new", "/clients/new", "name/given", given, "name/family", family, "birth_date", "1984-05-17")
	client = added.ok(http.StatusSeeOther).header.Get("Location")
	release := therapist.submit(client+"/releases/new", client+"/releases/new", "recipient_other", string(s.w.Provider.ID)).ok(http.StatusSeeOther).header.Get("Location")
	therapist.submit(release+"/sign", release+"/sign", "method", "typed", "name", given+" "+family, "electronic_records_consent", "yes").ok(http.StatusSeeOther)
	written := doctor.submit("/provider/orders/new", "/provider/orders/new", "practice_id", string(s.w.Practice.ID), "client/name/given", given,
		"client/name/family", family, "client/birth_date", "1984-05-17", "diagnosis_codes", "M54.2", "scope/regions.neck", "both",
		"scope/sessions_total", "4", "valid_until", "2026-03-29", "act", "sign").ok(http.StatusSeeOther)
	order = strings.TrimPrefix(written.header.Get("Location"), "/provider")
	therapist.submit(order, order+"/accept", "client_id", strings.TrimPrefix(client, "/clients/")).ok(http.StatusSeeOther)
	recorded := therapist.submit(order+"/sessions/new", order+"/sessions/new", "screening/reviewed", "yes", "regions.neck", "left", "minutes", "30",
		"soap/subjective", "Stiff", "soap/objective", "Tight", "soap/assessment", "Easier", "soap/plan", "Weekly", "act", "sign")
	return client, order, recorded.ok(http.StatusSeeOther).header.Get("Location")
}

func TestASignedSessionSaysByWhomAndOffersTheReportThatIsDue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		client, order, session := s.treated("Ana", "Silva")
		b := s.as("jose@ballard.example")
		page := b.get(session).ok(http.StatusOK).lookOver().has("Signed by José Álvarez", "The initial report to Linh Nguyễn, DC is due", "Write the report")
		if !strings.Contains(page.body, order+"/reports/new?kind=initial") {
			t.Error("the session does not lead to the initial report")
		}
		b.get(client).ok(http.StatusOK).lookOver().has("The initial report to Linh Nguyễn, DC is due")
		b.get(order).ok(http.StatusOK).lookOver().has("Write the initial report, it is due")
		if got := b.get(order + "/reports/new").ok(http.StatusOK).lookOver().has("The initial report is due").form(order + "/reports/new").Get("kind"); got != "initial" {
			t.Errorf("the form begins with %q, want the report that is due", got)
		}
	})
}

func TestAfterTheInitialReportTheClientsPageSaysWhatComesNext(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	client, order, _ := s.treated("Ana", "Silva")
	b := s.as("jose@ballard.example")
	drafted := b.submit(order+"/reports/new", order+"/reports/new", "narrative/summary", "Well.", "narrative/recommendation", "Go on.").ok(http.StatusSeeOther)
	report := drafted.header.Get("Location")
	b.get(client).ok(http.StatusOK).lookOver().has("The initial report is begun and not signed yet")
	b.submit(report, report+"/sign").ok(http.StatusSeeOther)
	b.get(report).ok(http.StatusOK).lookOver().has("by José Álvarez, ")
	b.get(client).ok(http.StatusOK).lookOver().has("signed and not sent yet", "Send the report")
	b.submit(report, report+"/deliver", "channel", "portal").ok(http.StatusSeeOther)
	if _, err := s.out.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.get(client).ok(http.StatusOK).lookOver().has("No session fits before Mon, Mar 9, 2026: the order allows 1 session in a week", "Nothing is owed now", "Book the next visit", "Record another session")
	b.get(order).ok(http.StatusOK).lookOver().has("No session fits before Mon, Mar 9, 2026", "Book the next visit", "Renew it before it runs out")
	desk := s.as("dana@ballard.example")
	desk.get(client).ok(http.StatusOK).lookOver().has("Book the next visit").hasNot("Record a", "report")
	w.Clock.Advance(7 * 24 * time.Hour)
	b = s.as("jose@ballard.example")
	b.get(client).ok(http.StatusOK).lookOver().has("Nothing is owed now. Record each session", "Record a session", "Book a visit").hasNot("Record another session")
	b.submit(order+"/bookings/new", order+"/bookings/new", "starts_at", "2026-03-09T15:00", "minutes", "30").ok(http.StatusSeeOther)
	b.get(client).ok(http.StatusOK).lookOver().has("A visit is booked for Mon, Mar 9, 2026, 3:00 PM", "Record this visit")
	b.get(order).ok(http.StatusOK).lookOver().has("Record this visit", "Record another session")
	diary, err := s.net.Bookings(t.Context(), w.Therapist, referral.BookingFilter{State: models.BookingBooked}, models.Page{Limit: 9})
	if err != nil || len(diary.Items) != 1 {
		t.Fatal(diary.Items, err)
	}
	visit := diary.Items[0].ID
	w.Clock.Set(diary.Items[0].StartsAt)
	if _, err := s.net.StartBooking(t.Context(), w.Therapist, visit, models.SessionDraft{Regions: []models.RegionSide{{Region: "neck", Side: models.SideLeft}}, Screening: models.Screening{Reviewed: true}}); err != nil {
		t.Fatal(err)
	}
	b = s.as("jose@ballard.example")
	leads := func(v seen) {
		t.Helper()
		if !strings.Contains(v.body, "booking="+string(visit)) {
			t.Error("the page does not lead to the booked visit")
		}
	}
	for _, at := range []string{client, order} { // a visit that runs is the one to record
		leads(b.get(at).ok(http.StatusOK).lookOver().has("A visit is booked for", "Record this visit").hasNot("No session fits"))
	}
	w.Clock.Advance(7 * 24 * time.Hour)
	b = s.as("jose@ballard.example")
	leads(b.get(order).ok(http.StatusOK).lookOver().has("Record a session", "Record the visit of Mar 9").hasNot("Record this visit"))
}

func TestPapersHaveNeutralNamesThatDiffer(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	_, first, _ := s.treated("Ana", "Silva")
	w.Clock.Advance(time.Hour)
	_, second, _ := s.treated("Bea", "Costa")
	b := s.as("jose@ballard.example")
	a, c := b.get(first+"/paper").header.Get("Content-Disposition"), b.get(second+"/paper").header.Get("Content-Disposition")
	if a == c || !strings.HasPrefix(a, `inline; filename="order-`) || strings.Contains(a+c, "Ana") || strings.Contains(a+c, "Costa") {
		t.Errorf("the papers are called %s and %s", a, c)
	}
}

func TestAProvidersListsNameThePractice(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	_, order, _ := s.treated("Ana", "Silva")
	b := s.as("linh@greenlake.example")
	b.get("/provider").ok(http.StatusOK).lookOver().has("Ballard Massage: Neck")
	b.get("/provider" + order).ok(http.StatusOK).lookOver().has("at Ballard Massage")
	s.as("jose@ballard.example").get("/orders").ok(http.StatusOK).lookOver().has("Linh Nguyễn, DC: Neck")
}

func TestAPageThatIsNotThereKeepsTheWaysToGoAndSaysItOnce(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	for who, tab := range map[string]string{"jose@ballard.example": "Clients", "linh@greenlake.example": "New order"} {
		v := s.as(who).get("/no/such/page").ok(http.StatusNotFound).lookOver().has(tab)
		if n := strings.Count(v.words(), "There is nothing here"); n != 2 { // the title and the heading
			t.Errorf("%s reads it %d times", who, n)
		}
	}
	s.browser().get("/no/such/page").ok(http.StatusNotFound).lookOver().hasNot("Clients")
}

func TestAnOrderNotedOnThePhoneWithoutASubmissionHasAWayOn(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	c, now := w.Client("Ana", "Silva"), w.Clock.Now()
	o, err := s.net.WritePrescription(t.Context(), w.Therapist, models.PrescriptionDraft{ClientID: c.ID, PrescriberID: w.Provider.ID, Source: models.FromVerbal,
		IssuedOn: "2026-03-02", Verbal: &models.VerbalDraft{GivenBy: "Linh Nguyễn", TakenAt: now.Add(-time.Minute), ReadBack: true},
		Content: models.OrderContent{ClientName: c.Name, ClientBirth: c.BirthDate, DiagnosisCodes: []string{"M54.2"}, ValidFrom: "2026-03-02", ValidUntil: "2026-04-02",
			Expiry: models.Strict, Clock: models.ClockIssued, Scope: models.Scope{Regions: []models.RegionSide{{Region: "neck", Side: models.SideBoth}}, MinutesPerSession: 30,
				SessionsTotal: 4, Frequency: &models.Frequency{Sessions: 1, Per: models.PerWeek, Window: models.Calendar}}}})
	if err != nil {
		t.Fatal(err)
	}
	b, at := s.as("jose@ballard.example"), "/orders/"+string(o.ID)
	b.get(at).ok(http.StatusOK).lookOver().has("Noted, and not submitted yet").hasNot("locked")
	b.follow(b.submit(at, at+"/scan")).ok(http.StatusOK).lookOver().has("Accept this order?", "waits for you to accept")
}
