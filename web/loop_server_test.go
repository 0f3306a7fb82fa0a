package web_test

import (
	"net/http"
	"strings"

	"rapport/models"
)

// server is what whoever runs it sees and does: counts, a practice that is made,
// suspended and resumed, and what its people are told meanwhile.
func (l *loop) server() {
	l.w.Person("ona@rapport.example", "Ona Perez", models.RoleGrant{Role: models.Operator})
	b := l.s.as("ona@rapport.example")
	l.look(b, "/server", "The server", "Ballard Massage", "Fremont Bodywork", "hang together", "whole: ", "Outside every practice").hasNot("Silva", "Practice ")
	b.submit("/server", "/server/practices", "name", "Ballard massage", "owner/name", "", "owner/email", "wanda").ok(http.StatusUnprocessableEntity).lookOver().
		has("This is not an e-mail address", "Give the person's name")
	l.sent(b, b.submit("/server", "/server/practices", "name", "Wallingford Massage", "owner/name", "Wanda Wells", "owner/email", "wanda@example.org"),
		"Its owner gets a mail with a link", "Wallingford Massage")
	link := l.s.linkTo("wanda@example.org", models.LinkInvitation)
	l.look(l.anyone, link, "Choose a password")
	l.askOwner(b, link)

	stranger, at := l.s.as("tom@fremont.example"), "/server/practices/"+string(l.w.Other.ID)
	l.sent(b, b.submit("/server", at+"/suspend"), "Suspended. Nobody acts there", "Resume Fremont Bodywork")
	stranger.get("/today").ok(http.StatusForbidden).lookOver().has("This practice is suspended")
	again := l.s.browser()
	again.submit("/sign-in", "/sign-in", "email", "tom@fremont.example", "password", secretWords).ok(http.StatusForbidden).lookOver().has("This practice is suspended")
	l.sent(b, b.submit("/server", at+"/resume"), "Open again", "Suspend Fremont Bodywork")
	l.look(stranger, "/today", "First steps")
	l.look(b, "/server?after=network", "No more practices")
	for _, who := range []*browser{l.owner, l.therapist} {
		who.get("/server").ok(http.StatusForbidden).lookOver()
	}
}

// askOwner sends the owner a new link, at their address and then at another.
func (l *loop) askOwner(b *browser, first string) {
	at := ""
	for _, part := range strings.Split(b.get("/server").has("nobody yet: Wanda Wells was asked in at wanda@example.org", "the link opens until").body, `"`) {
		if strings.HasSuffix(part, "/owner") {
			at = part
		}
	}
	l.look(b, at, "Ask the owner in", "Wallingford Massage", "Send a new link")
	b.submit(at, at, "email", "wanda").ok(http.StatusUnprocessableEntity).lookOver().has("This is not an e-mail address")
	l.sent(b, b.submit("/server", at), "Links that were sent before do not open any more")
	again := l.s.linkTo("wanda@example.org", models.LinkInvitation)
	l.anyone.get(first).ok(http.StatusGone)
	l.look(l.anyone, again, "Choose a password")
	l.sent(b, b.submit(at, at, "email", "wanda@wells.example"), "wanda@wells.example")
	l.look(l.anyone, l.s.linkTo("wanda@wells.example", models.LinkInvitation), "Choose a password")
	l.anyone.get(again).ok(http.StatusGone)
	owned := "/server/practices/" + string(l.w.Practice.ID) + "/owner"
	l.look(b, owned, "This practice has an owner")
	l.owner.get(owned).ok(http.StatusForbidden)
}
