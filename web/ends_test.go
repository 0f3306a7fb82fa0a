package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"

	"rapport/models"
)

// upload sends a form with a file, as a browser does.
func (b *browser) upload(page, action string, file []byte, pairs ...string) seen {
	b.s.t.Helper()
	fields := b.get(page).ok(http.StatusOK).form(action)
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Del(pairs[i])
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Add(pairs[i], pairs[i+1])
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, list := range fields {
		for _, v := range list {
			_ = w.WriteField(k, b.s.bad.into(k, v))
		}
	}
	f, err := w.CreateFormFile("scan", b.s.bad.into("scan", "order of Ana Silva.pdf"))
	if err != nil {
		b.s.t.Fatal(err)
	}
	_, _ = f.Write(file)
	_ = w.Close()
	req := httptest.NewRequest(http.MethodPost, action, &body)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(req)
}

// paper copies orders from paper and phone, and walks their other ends.
func (l *loop) paper() {
	b := l.therapist
	added := b.submit("/clients/new", "/clients/new", "name/given", "Zoë", "name/family", "Ünal", "birth_date", "1990-02-03")
	zoe := added.header.Get("Location")
	at := zoe + "/orders/paper"
	l.look(b, at, "Copy a paper order", "Scan or photo")
	b.upload(at, at, nil, "prescriber_id", string(l.w.Provider2.ID)).ok(http.StatusUnprocessableEntity).lookOver().has("at least one region")
	written := b.upload(at, at, []byte("no scan at all"), "prescriber_id", string(l.w.Provider2.ID), "diagnosis_codes", "M54.5", "scope/regions.low_back", "left",
		"scope/regions.low_back", "right", "scope/sessions_total", "6", "opening/used", "2", "opening/as_of", "2026-02-28", "valid_from", "2026-02-01", "valid_until", "2026-06-30")
	written.ok(http.StatusUnsupportedMediaType).lookOver().has("Attach the scan and submit")
	order := "/orders/" + between(written.body, `action="/orders/`, `/scan"`)
	scan := append([]byte("%PDF-1.4\n%"), bytes.Repeat([]byte("x"), 200)...)
	scan = append(scan, []byte("\n%%EOF\n")...)
	l.sent(b, b.upload(order, order+"/scan", scan), "The order is in", "Accept this order?")
	page := b.get(order)
	file := between(page.body, `href="`+order+`/scans/`, `"`)
	if v := b.get(order + "/scans/" + file).ok(http.StatusOK); !strings.Contains(v.header.Get("Content-Security-Policy"), "sandbox") {
		l.t.Error("a scan is shown without a sandbox")
	}
	l.sent(b, b.submit(order, order+"/accept"), "2 of 6 visits used", "2 from before")
	sean := l.s.as("sean@northgate.example")
	l.look(sean, "/provider", "Waiting for your signature")
	theirs := "/provider" + order
	sean.submit(theirs, theirs+"/countersign", "name", "").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(sean, sean.submit(theirs, theirs+"/countersign", "name", "Sean O'Neill"), "Countersigned")
	sean.get(theirs + "/scans/" + file).ok(http.StatusOK)
	l.sent(b, b.submit(order, order+"/suspend", "reason", "Fever"), "Suspended", "Reason: Fever")
	l.sent(b, b.submit(order, order+"/resume"), "The order is active again")
	l.sent(sean, sean.submit(theirs, theirs+"/suspend", "reason", "Wait for the picture"), "Suspended")
	b.submit(order, order+"/resume").ok(http.StatusConflict).lookOver().has("only they can resume it")
	l.sent(sean, sean.submit(theirs, theirs+"/resume"), "Active")
	l.sent(sean, sean.submit(theirs, theirs+"/renew", "name", "Sean O'Neill"), "Signed and sent")
	l.verbal(b, sean, zoe, order)
}

func (l *loop) verbal(b, sean *browser, zoe, order string) {
	at := order + "/verbal"
	l.look(b, at, "Changed on the phone")
	b.submit(at, at, "given_by", "").ok(http.StatusUnprocessableEntity).lookOver().has("Say who gave the order")
	noted := b.submit(at, at, "given_by", "Dr. O'Neill", "read_back", "yes", "taken_at", "2026-03-10T08:00", "scope/sessions_total", "8")
	l.sent(b, noted, "Countersign by Tue, Mar 24, 2026", "2 of 8 visits used")
	next := noted.header.Get("Location")
	l.sent(b, b.submit(next, next+"/renew"), "The next order is prepared")
	phone := zoe + "/orders/phone"
	l.look(b, phone, "Order taken on the phone")
	b.upload(phone, phone, nil, "prescriber_id", string(l.w.Provider2.ID)).ok(http.StatusUnprocessableEntity).lookOver()
	taken := b.upload(phone, phone, nil, "prescriber_id", string(l.w.Provider2.ID), "verbal/given_by", "Sean", "verbal/read_back", "yes", "verbal/taken_at", "2026-03-10T08:00",
		"diagnosis_codes", "M54.5", "scope/regions.sacrum", "left", "scope/sessions_total", "2")
	l.sent(b, taken, "Taken on the phone by the practice")
	wrong := taken.header.Get("Location")
	l.sent(b, b.submit(wrong, wrong+"/error", "reason", "Another client's"), "entered in error")
	theirs := "/provider" + next
	l.sent(sean, sean.submit(theirs, theirs+"/revoke", "reason", "Surgery first"), "Revoked")
	draft := sean.submit("/provider/orders/new", "/provider/orders/new", "act", "save", "client/name/given", "New", "client/name/family", "Person", "client/birth_date", "1999-09-09",
		"practice_id", string(l.w.Practice.ID), "diagnosis_codes", "M54.2", "scope/regions.neck", "left", "scope/sessions_total", "3")
	l.sent(sean, draft, "Saved as a draft", "waits for your signature")
	at = draft.header.Get("Location")
	sean.submit(at, at+"/sign", "name", "").ok(http.StatusUnprocessableEntity).lookOver().has("Type your name")
	l.sent(sean, sean.submit(at, at+"/sign", "name", "Sean O'Neill"), "Signed and sent")
	mine := strings.TrimPrefix(at, "/provider")
	l.sent(b, b.submit(mine, mine+"/decline", "reason", "No room before May"), "Declined", "No room before May")
	sean.submit(at, "/provider"+mine+"/error", "reason", "Wrong person").ok(http.StatusSeeOther)
}

func between(s, from, to string) string {
	_, s, ok := strings.Cut(s, from)
	if !ok {
		return ""
	}
	s, _, _ = strings.Cut(s, to)
	return s
}

func (l *loop) settings() {
	l.look(l.therapist, "/practice", "The owner changes these")
	b := l.owner
	l.look(b, "/practice", "Invite a colleague", "Olga Müller")
	at := "/practice/settings"
	l.look(b, at, "Standing under HIPAA")
	b.submit(at, at, "time_zone", "Mars/Olympus").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(b, b.submit(at, at, "phone", "+1 206 555 0199"), "The settings are saved", "José Álvarez", "+1 206 555 0199")
	l.therapist.get(at).ok(http.StatusForbidden)
	b.submit("/practice?invite=yes", "/practice/colleagues", "email", "x").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(b, b.submit("/practice?invite=yes", "/practice/colleagues", "name", "Pia Lund", "email", "pia@ballard.example", "role", "therapist"), "The invitation is on its way")
	dana := "/practice/colleagues/" + string(l.w.Desk.UserID)
	l.look(b, dana, "Roles here")
	l.sent(b, b.submit(dana, dana, "roles", "front_desk", "licence/state", "WA"), "Saved.")
	desk := l.s.as("dana@ballard.example")
	l.look(desk, "/today", "to answer").hasNot("notes to sign")
	l.look(desk, l.client, "Ana Silva", "Releases").hasNot("Less pain", "Record a session", "Write a report")
	desk.get("/messages").ok(http.StatusForbidden).lookOver().has("Your role does not allow this")
}

// endings revoke the release and lapse a question, and show what is left.
func (l *loop) endings() {
	b := l.therapist
	at := l.orderAt + "/ask"
	asked := b.submit(at, at, "words", "Longer, please", "proposed/minutes_per_session", "45", "act", "send").header.Get("Location")
	l.sent(b, b.submit(asked, asked+"/withdraw"), "Withdrawn")
	kept := b.submit(at, at, "words", "Longer, please", "proposed/minutes_per_session", "45", "act", "explain", "explanation_given", "Thirty is enough").header.Get("Location")
	l.sent(b, b.submit(kept, kept+"/reopen"), "The plan stands until")
	b.submit(kept, kept+"/answer", "act", "approve").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(b, b.submit(kept, kept+"/answer", "act", "decline", "reason", "No", "verbal/given_by", "Linh", "verbal/read_back", "yes", "verbal/taken_at", "2026-03-10T08:00"), "Declined")
	l.byLink(at)
	l.bookingEnds()
	revised := b.submit(l.reportAt, l.reportAt+"/revise", "reason", "A digit was wrong")
	l.sent(b, revised, "A revision is begun", "Revision 2")
	release := "/releases/" + between(b.get(l.client).body, `href="/releases/`, `"`)
	b.submit(release, release+"/revoke", "received_at", "2030-01-01T00:00").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(b, b.submit(release, release+"/revoke", "channel", "phone"), "Revoked. From this moment")
	l.doctor.get("/provider"+l.reportAt).ok(http.StatusGone).lookOver().has("This has ended").hasNot("Ana", "Silva")
	l.look(l.doctor, "/provider", "Ended", "The client’s release to you has ended; it can no longer be shown.")
	l.look(l.doctor, "/provider"+l.orderAt, "The client’s release to you has ended. You see the order that you wrote")
	l.sent(b, b.submit(l.client+"/releases/new", l.client+"/releases/new"), "Not signed yet")
	fresh := "/releases/" + between(b.get(l.client).body, `href="/releases/`, `"`)
	l.look(b, fresh+"/sign", "Please read and sign")
	b.submit(fresh+"/sign", fresh+"/sign", "name", "").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(b, b.submit(fresh+"/sign", fresh+"/sign", "name", "Ana Silva", "electronic_records_consent", "yes"), "In force", "in person, by the practice")
	l.sent(b, b.submit(l.client+"/edit", l.client+"/edit", "phone", "+1 206 555 0123"), "The client's details were changed")
	l.sent(b, b.submit("/today", "/sign-out"), "Sign in")
	l.owner = l.s.as("olga@ballard.example")
	l.look(l.owner, "/places", "Here now")
	l.owner.submit("/places", "/places", "place", string(l.w.Practice.ID)).ok(http.StatusSeeOther)
	l.therapist = l.s.as("jose@ballard.example")
	l.therapist.post("/messages/none", "_csrf", l.therapist.get("/messages").form("/sign-out").Get("_csrf"), "outcome", "retry").ok(http.StatusNotFound).lookOver()
	l.therapist.get("/").ok(http.StatusSeeOther)
}

// byLink is a question to a doctor who has no account.
func (l *loop) byLink(at string) {
	b := l.therapist
	b.submit(at, at, "words", "Legs too", "proposed/minutes_per_session", "40", "channel", "link", "act", "send").ok(http.StatusSeeOther)
	link := l.s.linkTo("linh@greenlake.example", models.LinkChange)
	l.look(l.anyone, link, "Read the question").hasNot("Ana", "Silva", "Legs")
	l.anyone.submit(link, link, "birth_date", "1991-01-01").ok(http.StatusForbidden).lookOver()
	page := l.anyone.submit(link, link, "birth_date", "1984-05-17").ok(http.StatusOK).lookOver().has("Ana Silva", "40")
	f := page.form(link)
	l.anyone.post(link, "_csrf", f.Get("_csrf"), "birth_date", "1984-05-17", "act", "decline").ok(http.StatusUnprocessableEntity).lookOver()
	l.anyone.post(link, "_csrf", f.Get("_csrf"), "birth_date", "1984-05-17", "act", "approve", "name", "Linh Nguyễn").ok(http.StatusOK).lookOver().has("the order is changed")
}

func (l *loop) bookingEnds() {
	b := l.therapist
	page := b.get(l.client)
	current := "/orders/" + between(page.body, `href="/orders/`, `"`)
	current = path.Join("/orders", strings.Split(current, "/")[2])
	l.orderAt = current
	for i, day := range []string{"2026-03-17T09:00", "2026-03-24T09:00"} {
		at := current + "/bookings/new"
		b.submit(at, at, "starts_at", day, "minutes", "30").ok(http.StatusSeeOther)
		id := between(b.get(l.client).body, "?booking=", `"`)
		step, says := "/cancel", "Cancelled. The place is free again"
		if i == 1 {
			step, says = "/no-show", "Noted as not come"
		}
		l.sent(b, b.submit(l.client, "/bookings/"+id+step), says)
	}
}
