package web_test

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store/storetest"
)

// TestTheLoopIsWalkedOnPages goes the way of PRODUCT §2 from release to a
// report that was seen, on pages only, and looks over each of them.
func TestTheLoopIsWalkedOnPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		newSite(t, w, publicURL).walk(t)
	})
}

// walk goes over every page of the site.
func (s *site) walk(t *testing.T) {
	l := &loop{t: t, s: s, w: s.w, therapist: s.as("jose@ballard.example"), owner: s.as("olga@ballard.example"), doctor: s.as("linh@greenlake.example"), anyone: s.browser()}
	l.people()
	l.directory()
	l.release()
	l.order()
	l.sessions()
	l.change()
	l.report()
	l.links()
	l.paper()
	l.settings()
	l.endings()
	s.walkAccount("dana@ballard.example")
	s.walkPasskeys("dana@ballard.example")
	l.shared()
	l.relations()
	l.referrals()
	l.server()
	l.everyPage()
}

type loop struct {
	t                                *testing.T
	s                                *site
	w                                *storetest.World
	therapist, owner, doctor, anyone *browser
	client, orderAt, reportAt        string // paths
}

func (l *loop) look(b *browser, path string, has ...string) seen {
	l.t.Helper()
	return b.get(path).ok(http.StatusOK).lookOver().has(has...)
}

// sent follows an accepted form to where it leads and looks there.
func (l *loop) sent(b *browser, v seen, has ...string) seen {
	l.t.Helper()
	return b.follow(v).ok(http.StatusOK).lookOver().has(has...)
}

// pdf fetches a paper.
func (l *loop) pdf(b *browser, path string) {
	l.t.Helper()
	v := b.get(path).ok(http.StatusOK)
	if !strings.HasPrefix(v.body, "%PDF-") || v.header.Get("Content-Type") != "application/pdf" {
		l.t.Errorf("%s: not a PDF: %q", path, v.body[:min(len(v.body), 40)])
	}
	if strings.Contains(v.header.Get("Content-Disposition"), "Ana") {
		l.t.Errorf("%s: a client's name is in the file's name", path)
	}
}

func (l *loop) people() {
	b := l.therapist
	l.look(b, "/today", "First steps")
	added := b.submit("/clients/new", "/clients/new", "name/given", "Ana", "name/family", "Silva", "birth_date", "1984-05-17", "email", "ana@example.org")
	l.client = added.header.Get("Location")
	l.sent(b, added, "Nobody may be told yet", "No order yet", "Release , now")
	l.look(b, "/clients", "Silva, Ana", "born May 17, 1984")
	b.submit("/clients", "/clients", "q", "silva").ok(http.StatusOK).lookOver().has("Silva, Ana")
	team := l.client + "/care-team"
	l.look(b, team, "Nobody yet")
	l.sent(b, b.submit(team, team, "provider_id", string(l.w.Provider.ID), "role", "chiropractor", "may_be_told", "yes"), "Linh Nguyễn, DC")
	l.look(b, "/providers", "Linh Nguyễn, DC")
	b.submit("/providers/new", "/providers/new", "name/given", "Otto", "npi", "1").ok(http.StatusUnprocessableEntity).lookOver().has("NPI")
	provider := b.submit("/providers/new", "/providers/new", "name/given", "Rosa", "name/family", "Klein", "credentials", "ND", "email", "rosa@klein.example")
	l.sent(b, provider, "Rosa Klein, ND")
	b.submit("/providers", "/providers", "q", "klein").ok(http.StatusOK).lookOver().has("Rosa Klein")
	at := provider.header.Get("Location")
	b.submit(at, at+"/address", "address", "nonsense").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(b, b.submit(at, at+"/address", "address", "rosa@klein.example"), "Mail for this provider goes to that address")
	l.sent(b, b.submit(at, at+"/invitation", "email", "rosa@klein.example"), "The invitation is on its way")
	link := l.s.linkTo("rosa@klein.example", models.LinkInvitation)
	l.look(l.anyone, link, "Choose a password").hasNot("Rosa", "Klein")
	l.anyone.submit(link, link, "password", "short").ok(http.StatusUnprocessableEntity).lookOver()
	rosa := l.s.browser()
	rosa.get(link)
	l.sent(rosa, rosa.submit(link, link, "password", secretWords+" and more"), "Your first order takes a minute")
	l.anyone.get(link).ok(http.StatusGone).lookOver().has("This has ended")
}

func (l *loop) release() {
	b, at := l.therapist, l.client+"/releases/new"
	l.look(b, at, "Linh Nguyễn, DC")
	b.submit(at, at, "recipients", "", "categories", "").ok(http.StatusUnprocessableEntity).lookOver().has("Say what may be told")
	drafted := b.submit(at, at)
	release := drafted.header.Get("Location")
	l.sent(b, drafted, "Not signed yet", "Letters about my progress", "You may take this back at any time")
	b.submit(release, release+"/send", "email", "nowhere").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(b, b.submit(release, release+"/send", "email", "ana@example.org"), "The link is on its way")
	link := l.s.linkTo("ana@example.org", models.LinkSign)
	l.look(l.anyone, link, "Birth date").hasNot("Ana", "Silva", "Ballard", "Linh")
	l.anyone.submit(link, link, "birth_date", "1984-05-18").ok(http.StatusForbidden).lookOver().hasNot("Ana", "Silva", "Linh")
	form := l.anyone.submit(link, link, "birth_date", "1984-05-17").ok(http.StatusOK).lookOver().has("Ana Silva", "Linh Nguyễn", "I do not want to sign")
	sign := form.form(link)
	again := l.anyone.post(link, "_csrf", sign.Get("_csrf"), "_key", sign.Get("_key"), "birth_date", "1984-05-17", "act", "sign", "method", "typed", "name", "A")
	again.ok(http.StatusUnprocessableEntity).lookOver().has("Type the full name")
	l.anyone.post(link+"/document", "_csrf", sign.Get("_csrf"), "birth_date", "1984-05-17").ok(http.StatusOK)
	l.anyone.post(link, "_csrf", sign.Get("_csrf"), "birth_date", "1984-05-17", "act", "sign", "method", "typed", "name", "Ana Silva", "electronic_records_consent", "yes").
		ok(http.StatusOK).lookOver().has("Thank you, it is signed")
	l.look(l.anyone, link, "You signed this form", "Thank you: it was signed on Mon, Mar 2, 2026", "Ask the practice for a copy").hasNot("Ana", "Silva", "Ballard", "Linh")
	l.anyone.post(link, "_csrf", sign.Get("_csrf"), "birth_date", "1984-05-17").ok(http.StatusGone).lookOver().has("You signed this form")
	l.look(b, release, "In force", "Signed by Ana Silva", "by a one-time link")
	l.pdf(b, release+"/document")
	copied := l.s.linkTo("ana@example.org", models.LinkSign)
	l.anyone.submit(copied, copied, "birth_date", "1984-05-17").ok(http.StatusOK).lookOver().has("Your signed release", "I want to take it back")
	l.look(b, l.client, "In force", "Order , now")
}

func (l *loop) order() {
	l.look(l.doctor, "/provider", "Your first order takes a minute")
	at := "/provider/orders/new"
	l.look(l.doctor, at, "Ballard Massage", "Sign and send")
	l.doctor.submit(at, at, "act", "sign").ok(http.StatusUnprocessableEntity).lookOver().has("An order names at least one region", "at least one diagnosis")
	sent := l.doctor.submit(at, at, "act", "sign", "client/name/given", "Ana", "client/name/family", "Silva", "client/birth_date", "1984-05-17", "diagnosis_codes", "M54.2",
		"practice_id", string(l.w.Practice.ID), "scope/regions.neck", "left", "scope/regions.neck", "right", "scope/sessions_total", "4",
		"focus_reason", "The neck first, because the headaches start there.", "scope/precautions", "no_heat", "instruments", "nprs")
	l.sent(l.doctor, sent, "Waiting for acceptance", "Neck (cervical), both sides", "Signed by Linh Nguyễn")
	l.orderAt = strings.TrimPrefix(sent.header.Get("Location"), "/provider")
	b := l.therapist
	l.look(b, "/today", "1 order to answer")
	l.look(b, "/today", "Most urgent")
	l.look(b, "/worklists", "Orders to review")
	l.look(b, "/orders", "Waiting for your answer", "Ana Silva")
	l.look(b, l.orderAt, "Accept this order?", "Ana Silva, born May 17, 1984")
	b.submit(l.orderAt, l.orderAt+"/decline").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(b, b.submit(l.orderAt, l.orderAt+"/accept", "client_id", path.Base(l.client)), "Accepted. The scope is locked", "Record a session", "0 of 4 visits used")
	l.pdf(b, l.orderAt+"/paper")
	l.pdf(l.doctor, "/provider"+l.orderAt+"/paper")
	l.look(l.doctor, "/provider"+l.orderAt, "Active", "0 of 4 visits used")
}

// session is what is typed after a visit; pairs come on top.
func (l *loop) session(pairs ...string) seen {
	l.t.Helper()
	at := l.orderAt + "/sessions/new"
	usual := []string{"minutes", "30", "screening/reviewed", "yes", "precautions_acknowledged", "no_heat", "regions.neck", "left", "nprs.before", "6", "nprs.after", "3",
		"soap/subjective", "Less pain", "soap/objective", "Soft tissue work", "soap/assessment", "Better", "soap/plan", "Go on", "act", "sign"}
	all := slices.Clone(pairs)
	for i := 0; i < len(usual); i += 2 {
		if !slices.Contains(pairs, usual[i]) {
			all = append(all, usual[i], usual[i+1])
		}
	}
	return l.therapist.submit(at, at, all...)
}

func (l *loop) sessions() {
	b := l.therapist
	l.look(b, l.orderAt+"/sessions/new", "The order allows", "The neck first, because", "regions are not in the order", "Ask the doctor", "20-second safety check")
	wrong := l.session("minutes", "60", "screening/reviewed", "", "precautions_acknowledged", "").ok(http.StatusUnprocessableEntity).lookOver()
	wrong.has("The order allows 30 hands-on minutes", "Go through the safety check", "Acknowledge this precaution", "Did it happen all the same?")
	if got := wrong.form(l.orderAt + "/sessions/new").Get("soap/subjective"); got != "Less pain" {
		l.t.Errorf("what was typed is lost: %q", got)
	}
	done := l.session()
	l.sent(b, done, "Signed. The note is on record", "Visit 1", "Numeric Pain Rating Scale: 6 points of 10")
	note := done.header.Get("Location")
	b.submit(note, note+"/addenda", "text", "").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(b, b.submit(note, note+"/addenda", "text", "Slept well after."), "Slept well after.")
	l.session().ok(http.StatusConflict).lookOver().has("The earliest day is Mon, Mar 9, 2026.").hasNot("Earliest day:", "2026-03-09.")
	outside := l.session("minutes", "45", "deviation", "yes", "deviation/reason", "The client asked for more and I lost track of time", "act", "save")
	l.sent(b, outside, "Kept as a deviation")
	deviated := outside.header.Get("Location")
	b.submit(deviated, deviated+"/void").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(b, b.submit(deviated, deviated+"/void", "reason", "Typed for the wrong day"), "Its visit was given back")
	book := l.orderAt + "/bookings/new"
	l.look(b, book, "The earliest free day is")
	b.submit(book, book, "starts_at", "2026-03-03T09:00", "minutes", "30").ok(http.StatusConflict).lookOver().has("The earliest day is")
	l.sent(b, b.submit(book, book, "starts_at", "2026-03-10T09:00", "minutes", "30"), "Booked.", "1 booked", "Did not come")
	l.w.Clock.Set(time.Date(2026, 3, 10, 17, 0, 0, 0, time.UTC))
	l.again()
	b = l.therapist
	l.look(b, "/today", "1 visit today", "Ana Silva")
	var booking string
	for _, part := range strings.Split(b.get(l.client).body, `"`) {
		if _, id, ok := strings.Cut(part, "?booking="); ok {
			booking = id
		}
	}
	l.look(b, l.orderAt+"/sessions/new?booking="+booking)
	saved := l.session("booking_id", booking, "act", "save", "started_at", "2026-03-10T09:00", "nprs.before", "5", "nprs.after", "1")
	l.sent(b, saved, "Note not signed", "Visit 2")
	l.look(b, "/today", "1 note to sign")
	edit := saved.header.Get("Location") + "/edit"
	l.look(b, edit, "Edit the note")
	l.sent(b, b.submit(edit, edit, "soap/plan", "Twice a week", "act", "save"), "Twice a week", "The note waits for your signature")
	l.sent(b, b.submit(saved.header.Get("Location"), saved.header.Get("Location")+"/sign"), "Signed. The note is on record")
	stop := l.orderAt + "/sessions/new"
	b.submit(stop, stop, "screening/reviewed", "yes", "finding", "chest_pain", "regions.neck", "left").ok(http.StatusConflict).lookOver().
		has("Call emergency services now", "The session stops here", "Open the record")
	selfPay := l.client + "/sessions/new"
	l.look(b, selfPay, "A self-pay session stands beside an order that allows it")
	b.submit(selfPay, selfPay, "screening/reviewed", "yes", "regions.foot", "left", "minutes", "20").ok(http.StatusConflict).lookOver().has("it allows no session outside it")
	free := l.client + "/bookings/new"
	l.look(b, free, "Book a visit")
	b.submit(free, free, "starts_at", "2026-03-11T09:00", "minutes", "60").ok(http.StatusConflict).lookOver().has("it allows no session outside it")
}

// again signs everybody in anew after time has passed.
func (l *loop) again() {
	l.t.Helper()
	l.therapist, l.owner, l.doctor = l.s.as("jose@ballard.example"), l.s.as("olga@ballard.example"), l.s.as("linh@greenlake.example")
}

func (l *loop) change() {
	b, at := l.therapist, l.orderAt+"/ask"
	l.look(b, at+"?region=foot", "I would like work on this too: foot and toes.", "Send to Linh Nguyễn, DC")
	b.submit(at, at, "words", "").ok(http.StatusUnprocessableEntity).lookOver().has("Keep the wish in the words it was said in")
	l.sent(b, b.submit(at, at, "words", "My feet hurt", "act", "explain", "explanation_given", "The neck first"), "Explained, plan stands", "Send it to the prescriber now")
	asked := b.submit(at+"?region=foot", at, "words", "Feet too, <b>please</b>", "share_words", "yes", "act", "send")
	change := asked.header.Get("Location")
	l.sent(b, asked, "The plan stands until the prescriber answers", "Foot and toes, both sides", "Feet too, <b>please</b>")
	l.pdf(b, change+"/form")
	l.look(l.doctor, "/provider", "Waiting for you", "Answer the question")
	question := "/provider" + change
	l.look(l.doctor, question, "Feet too, <b>please</b>", "Approve, but differently")
	l.doctor.submit(question, question+"/decide", "act", "decline").ok(http.StatusUnprocessableEntity).lookOver().has("Say why")
	l.sent(l.doctor, l.doctor.submit(question, question+"/decide", "act", "approve", "reason", "Feet are fine, hands on left only"), "Approved", "The answer is recorded")
	page := l.look(b, change, "Approved", "Open the new version")
	for _, part := range strings.Split(page.body, `"`) {
		if strings.HasPrefix(part, "/orders/") && part != l.orderAt {
			l.orderAt = part
		}
	}
	l.look(b, l.orderAt, "Version 2", "Foot and toes, both sides", "2 of 4 visits used")
}

func (l *loop) report() {
	b, at := l.therapist, l.orderAt+"/reports/new"
	l.look(b, "/reports", "Owed now", "Initial report to Linh Nguyễn, DC")
	l.look(b, at+"?kind=progress", "who wrote the order")
	drafted := b.submit(at, at, "narrative/summary", "Two visits, pain halved.")
	l.reportAt = drafted.header.Get("Location")
	l.sent(b, drafted, "Before you can sign", "Write what you recommend")
	l.pdf(b, l.reportAt+"/preview")
	l.sent(b, b.submit(l.reportAt, l.reportAt, "narrative/recommendation", "Continue as ordered."), "Ready to sign")
	l.sent(b, b.submit(l.reportAt, l.reportAt+"/sign"), "Its bytes are frozen", "Open the signed PDF", "It was not sent yet")
	l.pdf(b, l.reportAt+"/pdf")
	l.sent(b, b.submit(l.reportAt, l.reportAt+"/deliver", "channel", "portal"), "The release was asked", "Waiting to go out")
	if _, err := l.s.out.Drain(l.t.Context()); err != nil {
		l.t.Fatal(err)
	}
	l.look(l.doctor, "/provider", "Waiting for you", "Read the report")
	seen := "/provider" + l.reportAt
	l.look(l.doctor, seen, "Download the report", "Opened", "Confirm and reply")
	l.pdf(l.doctor, seen+"/pdf")
	l.sent(l.doctor, l.doctor.submit(seen, seen+"/acknowledge", "reply", "Thank you, please go on."), "Thank you, please go on.")
	l.look(b, l.reportAt, "Acknowledged", "Downloaded", "Thank you, please go on.")
	l.look(b, l.client, "Report seen , done", "Better, a real change")
	l.look(b, l.client+"/disclosures", "Told", "the prescriber’s own order")
	l.look(b, l.client+"/disclosures?view=statutory", "Nothing to account for")
	l.pdf(b, l.client+"/disclosures/log")
	l.look(b, "/messages", "Notice: a report waits", "Sent")
	for _, path := range []string{"/orders", "/reports"} {
		b.submit(path, path, "q", "ana silva").ok(http.StatusOK).lookOver().has("Found", "Ana Silva", "Show all")
	}
	b.submit("/messages", "/messages", "status", "sent").ok(http.StatusOK).lookOver().has("Found")
	l.doctor.submit("/provider", "/provider", "q", "silva").ok(http.StatusOK).lookOver().has("Ana Silva")
}

// links are the pages of a doctor without an account.
func (l *loop) links() {
	b := l.therapist
	if v := l.look(b, l.reportAt, "Send it again, or another way"); !strings.Contains(v.body, `<details class="reveal"><summary>Send it again`) {
		l.t.Error("the form of a report that is on its way is not folded")
	}
	l.sent(b, b.submit(l.reportAt, l.reportAt+"/deliver", "channel", "link"), "On its way")
	link := l.s.linkTo("linh@greenlake.example", models.LinkReport)
	l.look(l.anyone, link, "Birth date of the patient").hasNot("Ana", "Silva", "Linh", "Ballard")
	l.anyone.submit(link, link, "birth_date", "1990-01-01").ok(http.StatusForbidden).lookOver().hasNot("Ana", "Silva")
	l.opened(link)
	l.sent(b, b.submit(l.reportAt, l.reportAt+"/deliver", "channel", "letter"), "Print the cover sheet")
	var letter string
	for _, part := range strings.Split(b.get(l.reportAt).body, `"`) {
		if strings.HasSuffix(part, "/cover") {
			letter = strings.TrimSuffix(part, "/cover")
		}
	}
	l.pdf(b, letter+"/cover")
	b.submit(l.reportAt, letter+"/proof", "state", "sent").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(b, b.submit(l.reportAt, letter+"/proof", "state", "sent", "note", "Fax confirmation, 4 pages"), "Fax confirmation, 4 pages")
	l.sent(b, b.submit(l.reportAt, letter+"/misdirected", "note", "Wrong number"), "The delivery is stopped")
	l.look(l.anyone, "/demo/mail", "Open the link", "asks for the birth date of Ana Silva : Thu, May 17, 1984")
}

// referrals are looked at closely in referrals_test.go.
func (l *loop) referrals() {
	b, at := l.owner, "/referrals/new"
	l.look(b, "/referrals", "from Linh Nguyễn")
	l.look(b, at)
	made := b.submit(at, at, "direction", "outbound", "client_id", path.Base(l.client), "provider_id", string(l.w.Provider2.ID), "reason", "Dizzy.").ok(http.StatusSeeOther)
	page := made.header.Get("Location")
	l.look(b, page, "Draft, not sent")
	b.submit(page, page+"/act", "act", "enter_in_error").ok(http.StatusUnprocessableEntity).lookOver().has("Say why.")
	b.get(page + "/packet").ok(http.StatusConflict)
	b.get(page + "/cover").ok(http.StatusConflict).lookOver()
	token := b.get(page).form(page + "/act").Get("_csrf")
	b.post(page+"/thank-you", "_csrf", token).ok(http.StatusConflict)
	l.look(l.doctor, "/provider/referrals")
	theirs := "/provider/referrals/new"
	l.look(l.doctor, theirs)
	sent := l.doctor.submit(theirs, theirs, "practice_id", string(l.w.Practice.ID), "client/name/given", "Bo", "client/name/family", "Li", "client/birth_date", "1990-01-02", "reason", "Stiff.").ok(http.StatusSeeOther)
	page = sent.header.Get("Location")
	l.look(l.doctor, page, "Draft, not sent")
	l.doctor.submit(page, page+"/act", "act", "send").ok(http.StatusSeeOther)
	l.doctor.get(page + "/packet").ok(http.StatusConflict)
}

func (l *loop) everyPage() {
	var missed []string
	for _, r := range l.s.app.GetRoutes(true) {
		if r.Method != http.MethodGet && r.Method != http.MethodPost || l.s.met[r.Method+" "+r.Path] || slices.Contains([]string{"/robots.txt", "/favicon.ico", "/static/:name"}, r.Path) {
			continue
		}
		missed = append(missed, r.Method+" "+r.Path)
	}
	if len(missed) > 0 {
		l.t.Errorf("nobody looked at\n%s", strings.Join(missed, "\n"))
	}
	if strings.Contains(l.s.log.String(), "Silva") {
		l.t.Error("a client's name is in the log")
	}
}
