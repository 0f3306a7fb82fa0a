package web_test

import (
	"net/http"
	"path"
)

// licence is a therapist's own.
func (l *loop) licence() {
	b, at := l.owner, "/account/licence"
	l.look(b, at, "The same in every practice where you work")
	b.submit(at, at, "licence/npi", "1234567890").ok(http.StatusUnprocessableEntity).lookOver().has("does not add up")
	l.sent(b, b.submit(at, at, "licence/state", "WA", "licence/number", "MA70000009"), "WA MA70000009")
}

// relations are looked at closely in contact_test.go.
func (l *loop) relations() {
	l.licence()
	b, at := l.owner, "/contacts/new"
	linh := "/providers/" + string(l.w.Provider.ID)
	l.look(b, at)
	l.sent(b, b.submit(at, at, "provider_id", string(l.w.Provider.ID), "promise/what", "The packet", "promise/due_on", "2026-12-01"), "Reached the staff")
	l.look(b, linh+"/relationship")
	l.sent(b, b.submit(linh+"/relationship", linh+"/relationship", "tier", "partner"), "Partner")
	l.look(b, "/relationships", "Linh Nguyễn, DC")
	l.look(b, "/network", "Who refers to whom")
	b.get("/network.csv").ok(http.StatusOK)
	figures := l.look(b, "/figures", "Figures")
	figure := "/figures/" + between(figures.body, `href="/figures/`, `"`)
	l.look(b, figure)
	b.post(figure, "_csrf", b.get("/outreach").form("/sign-out").Get("_csrf")).ok(http.StatusOK).lookOver()
	l.look(b, "/outreach", "Rosa Klein, ND", "Not met yet", "How far the offices came")
	promises := l.look(b, "/promises", "The packet")
	act := "/promises/" + between(promises.body, `action="/promises/`, `/keep"`)
	b.submit("/promises", act+"/release").ok(http.StatusUnprocessableEntity)
	l.sent(b, b.submit("/promises", act+"/keep"), "Kept")
	ask, d := "/provider/requests", l.doctor
	l.look(d, ask, "Choose the patient").hasNot("Ana Silva") // who is named stands in the ledger
	about := ask + "?client=" + path.Base(l.client)
	l.look(d, about, "Ana Silva")
	d.get(ask + "?client=0196e000-ffff-7000-8000-00000000dead").ok(http.StatusNotFound)
	b.get("/requests").ok(http.StatusOK).lookOver().has("Nothing was asked for")
	d.submit(about, ask, "wanted_by", "2020-01-01").ok(http.StatusUnprocessableEntity).lookOver().has("between today and a year", "Ana Silva")
	first := l.sent(d, d.submit(about, ask, "kind", "session_notes", "note", "For the file"), "Asked", "Session notes: Ana Silva", "Ballard Massage", "For the file")
	l.sent(d, d.submit(ask, ask+"/"+between(first.body, `action="/provider/requests/`, `/withdraw"`)+"/withdraw"), "Taken back")
	l.sent(d, d.submit(about, ask, "kind", "order_status"))
	open := l.look(b, "/requests", "Where the order stands: Ana Silva")
	l.follows(b, open, "/clients/"+path.Base(l.client)+"/reports/new?", "New report")
	decline := "/requests/" + between(open.body, `action="/requests/`, `/decline"`) + "/decline"
	b.submit("/requests", decline).ok(http.StatusUnprocessableEntity).lookOver().has("Say why")
	l.sent(b, b.submit("/requests", decline, "reason", "Care has ended"), "Declined: Care has ended")
	l.sent(b, b.submit("/promises", "/promises", "what", "A call", "due_on", "2026-12-01"), "A call")
	l.outreach()
	l.trail()
}

// outreach is how the practice introduces itself: its profile, the packet and
// the cards.
func (l *loop) outreach() {
	b, profile, linh := l.therapist, "/practice/profile", "/providers/"+string(l.w.Provider.ID)
	l.look(b, linh+"/packet", "The packet is not written yet")
	b.get("/practice/packet").ok(http.StatusConflict)
	l.look(l.s.as("dana@ballard.example"), profile, "Nothing written yet")
	b.submit(profile, profile, "about", "", "treats", "").ok(http.StatusUnprocessableEntity).lookOver().has("Say in a few sentences who you are")
	l.sent(b, b.submit(profile, profile, "about", "Two therapists in Ballard.", "treats", "Neck pain\nJaw pain", "techniques", "petrissage", "report_within_days", "3"), "Your packet says it")
	l.look(l.s.as("dana@ballard.example"), profile, "Neck pain, Jaw pain")
	l.pdf(b, "/practice/packet")
	l.look(b, "/relationships/cards", "To hand to clients")
	l.pdf(b, "/relationships/cards?for=clients")
	l.look(b, linh+"/packet", "They have not had our packet yet")
	b.submit(linh+"/packet", linh+"/packet", "channel", "pigeon").ok(http.StatusUnprocessableEntity).lookOver()
	printed := l.sent(b, b.submit(linh+"/packet", linh+"/packet", "channel", "visit"), "Print it now", "Handed over")
	l.pdf(b, "/packets/"+between(printed.body, `href="/packets/`, `/pdf"`)+"/pdf")
	l.sent(b, b.submit(linh+"/packet", linh+"/packet", "channel", "email"), "On its way")
	l.look(b, linh, "Ask whether the packet arrived")
	l.pdf(b, linh+"/card")
	l.pdf(b, "/relationships/cards?for=practice")
	staff := linh + "/staff"
	l.look(b, staff, "Nobody yet")
	b.submit(staff, staff, "name", "").ok(http.StatusUnprocessableEntity).lookOver().has("Give the person's name")
	added := l.sent(b, b.submit(staff, staff, "name", "Pat Lee", "role", "receptionist", "best_time", "mornings"), "Pat Lee", "receptionist, mornings")
	pat := staff + "/" + between(added.body, `action="`+staff+`/`, `"`)
	b.submit(staff, pat, "name", "").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(b, b.submit(staff, pat, "phone", "206-555-0111"), "206-555-0111")
	form := "/contacts/new?provider=" + path.Base(linh)
	l.look(b, form, "Whom did you speak to", "Pat Lee, receptionist")
	l.sent(b, b.submit(form, "/contacts/new", "with/staff_id", path.Base(pat)), "Pat Lee (receptionist)")
	l.sent(b, b.submit(staff, pat, "act", "left"), "They are offered no more", "Nobody yet")
	l.introductions()
}

// introductions begin with a client's release.
func (l *loop) introductions() {
	b := l.therapist
	added := b.submit("/providers/new", "/providers/new", "name/given", "Ida", "name/family", "Żak", "credentials", "MD").ok(http.StatusSeeOther)
	ida := path.Base(added.header.Get("Location"))
	client := b.submit("/clients/new", "/clients/new", "name/given", "Bo", "name/family", "Ek", "birth_date", "1984-05-17").ok(http.StatusSeeOther).header.Get("Location")
	at := client + "/introductions"
	l.look(b, at, "Nobody to introduce yourselves to")
	release := b.submit(client+"/releases/new", client+"/releases/new", "recipient_other", ida).ok(http.StatusSeeOther).header.Get("Location")
	b.submit(release+"/sign", release+"/sign", "method", "typed", "name", "Bo Ek", "electronic_records_consent", "yes").ok(http.StatusSeeOther)
	l.look(b, client, "Introduce us to their doctors")
	page := l.look(b, at, "Ida Żak, MD", "You may name the client")
	token := page.form(at)
	b.post(at, "_csrf", token.Get("_csrf"), "_key", "0196e000-0000-7000-8000-0000000000aa", "provider_id", path.Base(client)).ok(http.StatusConflict).lookOver()
	call := l.sent(b, b.submit(at, at, "act", "call"), "It is your next step with them", "A patient in common")
	if got := call.form("/contacts/new"); got.Get("client_id") != path.Base(client) || got.Get("checklist/script") != "shared_patient" || got.Get("provider_id") != ida {
		l.t.Errorf("the form of the call begins with %v", got)
	}
	l.sent(b, b.submit(at, at, "act", "packet"), "They have not had our packet yet")
}
