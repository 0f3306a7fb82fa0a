package web_test

import (
	"net/http"
	"strings"
)

// opened is a doctor's one-time link from the birth date to the answer: the
// report comes once, and from then on the same link leads to the answer.
func (l *loop) opened(link string) {
	born := []string{"birth_date", "1984-05-17"}
	here := l.anyone.submit(link, link, born...).ok(http.StatusOK).lookOver().has("Your report is here", "From Ballard Massage", "Download the report", "The link gives the report once", "I have seen it", "the same link takes it until Tue, Mar 24, 2026").hasNot("Ana", "Silva")
	csrf := here.form(link).Get("_csrf")
	post := func(pairs ...string) seen {
		return l.anyone.post(link, append(append(pairs, "_csrf", csrf), born...)...)
	}
	post("act", "acknowledge").ok(http.StatusConflict).lookOver().has("Open the report first", "Download the report")
	l.look(l.anyone, link, "Birth date of the patient")
	v := post("act", "download").ok(http.StatusOK)
	if how := v.header.Get("Content-Disposition"); !strings.HasPrefix(v.body, "%PDF-") || !strings.HasPrefix(how, "attachment") {
		l.t.Errorf("the link gave no PDF to save: %s", how)
	}
	post("act", "download").ok(http.StatusGone).lookOver().has("You opened this report", "ask the practice for a new link", "I have seen it")
	post().ok(http.StatusGone).lookOver().has("You opened this report")
	l.look(l.anyone, link, "You opened this report", "It was opened with this link on", "I have seen it").hasNot("Ana", "Silva", "Linh", "Ballard")
	l.look(l.anyone, link+"/reply", "Answer the report")
	l.anyone.submit(link, link, "birth_date", "1990-01-01", "act", "acknowledge").ok(http.StatusForbidden).lookOver().has("not the birth date")
	l.anyone.submit(link, link, "birth_date", "1984-05-17", "reply", "Seen.", "act", "acknowledge").ok(http.StatusOK).lookOver().has("Thank you")
	l.look(l.anyone, link, "This report is answered").hasNot("I have seen it", "Seen.")
}
