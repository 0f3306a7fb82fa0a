package web_test

import (
	"net/http"
	"strings"
)

// shared is what the doctor reads of a patient, as far as the release goes.
func (l *loop) shared() {
	list, d := "/provider/clients", l.doctor
	l.look(d, list, "Patients", "Silva, Ana", "at Ballard Massage")
	d.submit(list, list, "q", "nobody").ok(http.StatusOK).lookOver().has("No patient by that name")
	found := d.submit(list, list, "q", "ana sil").ok(http.StatusOK).lookOver().has("Silva, Ana")
	at := list + "/" + between(found.body, `href="/provider/clients/`, `"`)
	page := l.look(d, at, "Ana Silva", "born May 17, 1984", "Your order", "Visits", "visits used")
	l.look(d, "/provider/requests?client="+at[strings.LastIndex(at, "/")+1:], "Ana Silva")
	if strings.Contains(page.body, "/document\"") {
		l.pdf(d, "/provider/releases/"+between(page.body, `href="/provider/releases/`, `/document"`)+"/document")
	}
	d.get(list + "/0196e000-ffff-7000-8000-00000000dead" + at[strings.LastIndex(at, "/"):]).ok(http.StatusNotFound)
}
