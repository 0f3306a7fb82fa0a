package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"rapport/models"
	"rapport/models/store/storetest"
)

// follows opens the link of a page that begins so, and goes on to where it leads.
func (l *loop) follows(b *browser, from seen, begins string, has ...string) seen {
	l.t.Helper()
	return b.follow(b.get(linkOf(l.t, from, begins))).ok(http.StatusOK).lookOver().has(has...)
}

// linkOf is the first link of a page that begins so.
func linkOf(t testing.TB, v seen, begins string) (out string) {
	t.Helper()
	walk(v.doc, func(n *html.Node) {
		if at := attr(n, "href"); out == "" && n.Data == "a" && strings.HasPrefix(at, begins) {
			out = at
		}
	})
	if out == "" {
		t.Fatalf("%s: nothing leads to %s", v.asked, begins)
	}
	return out
}

func TestARequestIsAnsweredByTheReportThatItAsksFor(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	client, order, _ := s.treated("Ana", "Silva")
	d, b := s.as("linh@greenlake.example"), s.as("jose@ballard.example")
	id := strings.TrimPrefix(client, "/clients/")
	d.submit("/provider/requests?client="+id, "/provider/requests", "kind", "discharge_report").ok(http.StatusSeeOther)
	write := linkOf(t, b.get("/requests").ok(http.StatusOK).lookOver(), client+"/reports/new?")
	form := b.follow(b.get(write)).ok(http.StatusOK).lookOver().has("New report", "Ana Silva").form(order + "/reports/new")
	if form.Get("kind") != "discharge" || form.Get("recipient") != "" {
		t.Errorf("begins as a %q report to %q, want the discharge report to the prescriber", form.Get("kind"), form.Get("recipient"))
	}
	other := strings.Replace(write, "to="+string(w.Provider.ID), "to="+string(w.Provider2.ID), 1)
	if to := b.follow(b.get(other)).ok(http.StatusOK).lookOver().form(order + "/reports/new").Get("recipient"); to != string(w.Provider2.ID) {
		t.Errorf("goes to %q, want the doctor who asked", to)
	}
	none := w.Client("Bea", "Costa")
	b.follow(b.get("/clients/" + string(none.ID) + "/reports/new?for=discharge_report&to=" + string(w.Provider.ID))).ok(http.StatusOK).lookOver().has("A report is about an order")
	s.as("dana@ballard.example").get(write).ok(http.StatusForbidden)
	s.as("tom@fremont.example").get(write).ok(http.StatusNotFound)
}

func TestASecondDraftLeadsToTheFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		client, order, _ := s.treated("Ana", "Silva")
		b, at := s.as("jose@ballard.example"), order+"/reports/new"
		first := b.submit(at, at, "kind", "initial", "narrative/recommendation", "Go on.").ok(http.StatusSeeOther).header.Get("Location")
		linkOf(t, b.get(at).ok(http.StatusOK).lookOver().has("Begun already", "Initial report"), first)
		again := b.submit(at, at, "kind", "initial", "narrative/recommendation", "The same again.").ok(http.StatusConflict).lookOver().has("A draft of this report is begun already", "The same again.")
		linkOf(t, again, first)
		b.submit(at, at, "kind", "discharge").ok(http.StatusSeeOther)
		b.submit(first, first+"/sign").ok(http.StatusSeeOther)
		linkOf(t, b.get(at).ok(http.StatusOK).lookOver().has("Begun already", "not sent yet", "Send it"), first)
		w.Clock.Advance(time.Minute)
		b.submit(at, at, "kind", "initial", "narrative/recommendation", "One more.").ok(http.StatusSeeOther)

		d, to := s.as("linh@greenlake.example"), "/referrals/new"
		refer := func(x *browser, at string, more ...string) seen {
			return x.submit(at, at, append([]string{"client_id", strings.TrimPrefix(client, "/clients/"), "reason", "Dizzy."}, more...)...)
		}
		kept := refer(b, to, "direction", "outbound", "provider_id", string(w.Provider2.ID)).ok(http.StatusSeeOther).header.Get("Location")
		linkOf(t, refer(b, to, "direction", "outbound", "provider_id", string(w.Provider2.ID)).ok(http.StatusConflict).lookOver().has("waits to be sent", "Open the draft"), kept)
		unreleased := b.submit(kept, kept+"/act", "act", "send", "send/channel", "letter").ok(http.StatusForbidden).lookOver().has("Prepare a release")
		linkOf(t, unreleased, client+"/releases/new")
		refer(b, to, "direction", "outbound", "provider_id", string(w.Provider.ID)).ok(http.StatusSeeOther)
		refer(b, to, "direction", "inbound", "provider_id", string(w.Provider.ID)).ok(http.StatusSeeOther)
		own := refer(d, "/provider"+to).ok(http.StatusSeeOther).header.Get("Location") // of the practice's own draft a provider learns nothing
		linkOf(t, refer(d, "/provider"+to).ok(http.StatusConflict).lookOver(), own)
	})
}

func TestWhoHasNoAccountIsCalledAndTheAnswerIsAnAction(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	b, client := s.as("jose@ballard.example"), w.Client("Ana", "Silva")
	page := func(to models.ProviderID) seen {
		s.mayTell(to, client.ID, models.CategoryReferral)
		at := b.submit("/referrals/new", "/referrals/new", "direction", "outbound", "client_id", string(client.ID), "provider_id", string(to), "reason", "Stiff.").ok(http.StatusSeeOther).header.Get("Location")
		b.submit(at, at+"/act", "act", "send", "send/channel", "letter").ok(http.StatusSeeOther)
		return b.get(at).ok(http.StatusOK).lookOver()
	}
	ida := b.submit("/providers/new", "/providers/new", "name/given", "Ida", "name/family", "Stern").ok(http.StatusSeeOther).header.Get("Location")
	for to, calls := range map[models.ProviderID]bool{w.Provider.ID: false, models.ProviderID(strings.TrimPrefix(ida, "/providers/")): true} {
		v := page(to).has("They answered on the phone")
		if got := strings.Contains(v.words(), "has no account here. Call, and write down what they say."); got != calls {
			t.Errorf("asks to call %s: %v, want %v", to, got, calls)
		}
	}
}

func TestNumbersAreCalledWithATap(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	b, add := s.as("jose@ballard.example"), "/providers/new"
	at := b.submit(add, add, "name/given", "Ida", "name/family", "Stern", "phone", "(206) 555-0147 ext. 12", "office/name", "Stern Clinic", "office/phone", "+1 206 555 0148").ok(http.StatusSeeOther).header.Get("Location")
	page := b.get(at).ok(http.StatusOK).lookOver()
	linkOf(t, page, "tel:2065550147;ext=12")
	linkOf(t, page, "tel:+12065550148")
	linkOf(t, b.submit("/providers", "/providers", "q", "stern").ok(http.StatusOK).lookOver(), "tel:2065550147;ext=12")
	c := w.Client("Ana", "Silva")
	v := b.submit("/referrals/new", "/referrals/new", "direction", "outbound", "client_id", string(c.ID), "provider_id", strings.TrimPrefix(at, "/providers/"), "reason", "Stiff.").ok(http.StatusSeeOther)
	linkOf(t, b.get(v.header.Get("Location")).ok(http.StatusOK).lookOver(), "tel:2065550147;ext=12")
}

func TestAnEmptyPageSaysWhatToDoNext(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	b, d := s.as("jose@ballard.example"), s.as("linh@greenlake.example")
	b.submit("/providers", "/providers", "q", "nobody of this name").ok(http.StatusOK).lookOver().has("Nobody found", "one word less", "New provider", "Show all")
	b.get("/referrals/new").ok(http.StatusOK).lookOver().has("No client is on record yet", "add a client")
	b.get("/contacts/new").ok(http.StatusOK).lookOver().has("No client is on record yet")
	d.get("/provider/requests").ok(http.StatusOK).lookOver().has("You have asked for nothing yet", "Choose the patient")
	d.get("/provider/referrals").ok(http.StatusOK).lookOver().has("No referrals yet", "New referral")
	b.get("/requests").ok(http.StatusOK).lookOver().has("Nothing was asked for")
}

func TestThePracticesPageLeadsToInvitationsAndFigures(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	owner, therapist := s.as("olga@ballard.example"), s.as("jose@ballard.example")
	page := owner.get("/practice").ok(http.StatusOK).lookOver().has("Practice", "Ballard Massage", "Invite a colleague", "Figures").hasNot("Send the invitation")
	owner.get(strings.SplitN(linkOf(t, page, "/practice?invite"), "#", 2)[0]).ok(http.StatusOK).lookOver().has("Send the invitation")
	therapist.get("/practice?invite=yes").ok(http.StatusOK).lookOver().has("The owner invites colleagues").hasNot("Send the invitation", "Figures")
	for _, path := range []string{"/practice", "/practice/profile", "/practice/settings", "/figures"} {
		lit := ""
		walk(owner.get(path).ok(http.StatusOK).doc, func(n *html.Node) {
			if attr(n, "aria-current") == "page" && n.Parent.Data == "li" {
				lit += attr(n, "href")
			}
		})
		if lit != "/practice" {
			t.Errorf("%s lights %q", path, lit)
		}
	}
}
