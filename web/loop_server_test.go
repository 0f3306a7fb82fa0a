package web_test

import (
	"net/http"

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
	l.look(l.anyone, l.s.linkTo("wanda@example.org", models.LinkInvitation), "Choose a password")

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
