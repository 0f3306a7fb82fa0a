package web_test

import (
	"net/http"
	"path"
	"strings"
)

// trail is who did what: the owner reads all of it, a therapist what concerns
// their clients.
func (l *loop) trail() {
	o, at := l.owner, "/practice/trail"
	l.look(o, "/practice", "Who did what")
	l.look(o, at, "Every reading and every change", "Narrow the list")
	l.look(o, at+"?what=report", "Signed a report", "Narrowed to: Reports", "Show all")
	l.look(o, at+"?what=booking&until=2020-01-01", "Nothing fits")
	o.get(at+"?from=nonsense").ok(http.StatusUnprocessableEntity).lookOver().has("Write a day like 2026-03-14", "Show all")
	o.get(at+"?after=nonsense").ok(http.StatusUnprocessableEntity).lookOver().has("Begin with the newest", "Show all")
	o.get(at+"?who=nobody&what=nothing").ok(http.StatusUnprocessableEntity).lookOver().has("by the id that their events carry", "Nothing is recorded under this action")
	l.look(o, at+"?what=sign_in", "Olga Müller (Owner, Therapist)")
	l.look(o, at+"?what=prescription", "Order of", "Ana Silva", "Linh Nguyễn, DC")
	o.get(at + "?from=2026-03-02&until=2026-03-01").ok(http.StatusUnprocessableEntity).lookOver().has("The last day is not before the first")
	l.look(l.therapist, l.client, "Who read or changed this record")
	v := l.look(l.therapist, at+"?client="+path.Base(l.client), "What concerns the clients you treat", "Read a client's record")
	if strings.Contains(v.words(), "Logged a contact") {
		l.t.Error("a therapist reads what concerns no client of theirs")
	}
	order := at + "?object=" + path.Base(l.orderAt)
	l.look(o, order, "Asked whether a session fits an order", "Open the order", "Show all records")
	l.s.as("dana@ballard.example").get(at).ok(http.StatusForbidden).lookOver()
}
