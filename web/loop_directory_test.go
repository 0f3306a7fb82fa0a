package web_test

import (
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"rapport/models"
	"rapport/models/store/storetest"
)

// directory keeps the record of a provider right who has no account.
func (l *loop) directory() {
	b, add := l.therapist, "/providers/new"
	var at [2]string
	for i, credentials := range []string{"DC", ""} {
		at[i] = b.submit(add, add, "name/given", "Ida", "name/family", "Stern", "credentials", credentials, "phone", "206-555-0147").ok(http.StatusSeeOther).header.Get("Location")
	}
	l.look(b, at[0], "never: call the office", "not known")
	l.sent(b, b.submit(at[0], at[0]+"/verification"), "Mar 2, 2026")
	b.submit(at[0], at[0], "accepting", "maybe").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(b, b.submit(at[0], at[0], "phone", "206-555-0148", "accepting", "yes"), "206-555-0148", "yes, said on")
	stale := b.get(at[0]).form(at[0])
	b.post(at[0], "_csrf", stale.Get("_csrf"), "_version", "1", "phone", "206-555-0149").ok(http.StatusPreconditionFailed).lookOver()
	l.sent(b, b.submit(at[0], at[0], "phone", "206-555-0147"), "206-555-0147")
	twice := l.look(b, at[0]+"/duplicates", "Ida Stern", "The same person: merge")
	merge := at[1] + "/merge"
	form := twice.form(merge)
	b.post(merge, "_csrf", form.Get("_csrf"), "_key", "0196e000-0000-7000-8000-00000000000a", "into", path.Base(at[1])).ok(http.StatusConflict).lookOver().has("These are one record already")
	l.sent(b, b.submit(at[0]+"/duplicates", merge), "Ida Stern, DC")
	l.look(b, at[0]+"/duplicates", "No second record")
	b.submit("/providers", "/providers", "q", "stern").ok(http.StatusOK).lookOver().has("Ida Stern, DC")
	b.submit("/providers", "/providers", "q", "1234567893").ok(http.StatusOK).lookOver().has("Linh Nguyễn").hasNot("Ida Stern")
	b.submit("/providers", "/providers", "city", "SEATTLE", "discipline", "chiropractic").ok(http.StatusOK).lookOver().has("Linh Nguyễn").hasNot("Ida Stern")
	l.offices(at[0])
	l.ownRecord()
}

// offices are kept on pages: where, when and how.
func (l *loop) offices(at string) {
	b, add := l.therapist, at+"/offices/new"
	l.look(b, at, "No office yet")
	l.look(b, add, "New office", "Leave a day empty")
	b.submit(add, add, "office/name", "", "office/email", "nowhere", "office/hours/monday/0/from", "17:00", "office/hours/monday/0/until", "08:00").
		ok(http.StatusUnprocessableEntity).lookOver().has("An office needs a name", "not an e-mail address", "08:30 to 17:00")
	added := b.submit(add, add, "office/name", "Stern Clinic", "office/address/city", "Seattle", "office/address/state", "WA", "office/address/postal_code", "98107",
		"office/time_zone", "America/Los_Angeles", "office/preferred_channel", "fax", "office/same", "yes", "office/hours/monday/0/from", "08:30", "office/hours/monday/0/until", "12:00",
		"office/hours/monday/1/from", "13:00", "office/hours/monday/1/until", "17:00", "office/hours/saturday/0/from", "10:00", "office/hours/saturday/0/until", "00:00")
	page := l.sent(b, added, "Stern Clinic", "open 6 days a week", "Friday 08:30–12:00, Friday 13:00–17:00, Saturday 10:00–24:00 (Los Angeles time)")
	office := officesOf(page)[0]
	form := l.look(b, office, "Stern Clinic", "No longer here").form(office)
	for name, want := range map[string]string{"offices/0/hours/tuesday/1/from": "13:00", "offices/0/hours/saturday/0/until": "00:00", "offices/0/hours/sunday/0/from": "",
		"offices/0/time_zone": "America/Los_Angeles", "offices/0/preferred_channel": "fax", "offices/0/address/postal_code": "98107"} {
		if got := form.Get(name); got != want {
			l.t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	wrong := b.submit(office, office, "offices/0/hours/monday/1/from", "11:00").ok(http.StatusUnprocessableEntity).lookOver().has("Two stretches of one day overlap")
	if got := wrong.form(office).Get("offices/0/hours/monday/1/from"); got != "11:00" {
		l.t.Errorf("what was typed is lost: %q", got)
	}
	l.sent(b, b.submit(office, office, "offices/0/email", "desk@stern.example", "offices/0/hours/saturday/0/from", "", "offices/0/hours/saturday/0/until", ""), "The office is saved", "open 5 days a week")
	l.look(b, at, "Friday 13:00–17:00 (Los Angeles time)")
	b.get(at + "/offices/0196e000-0000-7000-8000-00000000ffff").ok(http.StatusNotFound)
	b.post(office+"/leave", "_csrf", form.Get("_csrf"), "_version", "1").ok(http.StatusPreconditionFailed).lookOver()
	l.sent(b, b.submit(office, office+"/leave"), "The office is off the record", "No office yet")
}

// officesOf are the ways from a record's page to its offices.
func officesOf(v seen) (out []string) {
	walk(v.doc, func(n *html.Node) {
		if at := attr(n, "href"); strings.Contains(at, "/offices/") && path.Base(at) != "new" {
			out = append(out, at)
		}
	})
	return out
}

// ownRecord is kept by the provider who signs in; practices read it.
func (l *loop) ownRecord() {
	d, b, at := l.doctor, l.therapist, "/provider/record"
	theirs := "/providers/" + string(l.w.Provider.ID)
	l.look(d, "/provider", "Is this record still right?", "Nobody has checked this record yet")
	page := l.look(d, at, "My record", "1234567893", "Green Lake", "hours not known", "Everything on this page is right today")
	office := at + "/offices/" + string(l.w.Provider.Offices[0].ID)
	if !strings.Contains(page.body, office) {
		l.t.Errorf("no way to %s", office)
	}
	l.sent(d, d.submit(at, at+"/verification"), "Practices see that it was checked today").hasNot("Is this record still right?")
	l.look(d, "/provider").hasNot("Is this record still right?")
	d.submit(at, at, "name/given", "", "name/family", "").ok(http.StatusUnprocessableEntity).lookOver()
	l.sent(d, d.submit(at, at, "credentials", "DC, CCSP", "accepting", "no", "preferred_channel", "email"), "Saved.", "Linh Nguyễn, DC, CCSP")
	l.look(d, office)
	l.sent(d, d.submit(office, office, "offices/0/hours/monday/0/from", "09:00", "offices/0/hours/monday/0/until", "17:30", "offices/0/time_zone", "America/Los_Angeles"), "open 1 day a week")
	l.look(d, at+"/offices/new")
	second := d.submit(at+"/offices/new", at+"/offices/new", "office/name", "Second Office").ok(http.StatusSeeOther)
	l.sent(d, second, "Second Office")
	added := officesOf(d.get(at))[1]
	l.sent(d, d.submit(added, added+"/leave"), "The office is off the record").hasNot("Second Office")
	v := l.look(b, theirs, "DC, CCSP", "no, said on", "Monday 09:00–17:30", "signs in here and keeps this record")
	if strings.Contains(v.body, `action="`+theirs+`"`) || strings.Contains(v.body, theirs+"/offices") {
		l.t.Error("a practice is offered to change a record that its provider keeps")
	}
	form := v.form(theirs + "/verification")
	b.post(theirs, "_csrf", form.Get("_csrf"), "_version", "9", "phone", "206-555-0100").ok(http.StatusForbidden).lookOver().has("they and their staff keep the record")
	b.get("/providers/" + string(l.w.Provider.ID) + "/offices/" + string(l.w.Provider.Offices[0].ID)).ok(http.StatusOK)
	b.post(theirs+"/offices/"+string(l.w.Provider.Offices[0].ID), "_csrf", form.Get("_csrf"), "_version", "9", "offices/0/name", "Ours").ok(http.StatusForbidden).lookOver()
	b.post(theirs+"/offices/new", "_csrf", form.Get("_csrf"), "_version", "9", "office/name", "Ours").ok(http.StatusForbidden).lookOver()
	d.submit(at, at, "credentials", "DC", "accepting", "yes", "preferred_channel", "")
	l.sent(b, b.submit(theirs, theirs+"/verification"), "it was checked today")
}

// TestACheckOfARecordHoldsFor180Days: the page, the list and the provider's own
// page ask for the next one on the day after, and one tap answers.
func TestACheckOfARecordHoldsFor180Days(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		at := "/providers/" + string(w.Provider2.ID)
		begin := w.Clock.Now()
		b := s.as("jose@ballard.example")
		b.follow(b.submit(at, at+"/verification")).ok(http.StatusOK)
		for _, c := range []struct {
			days int
			asks bool
		}{{179, false}, {180, false}, {181, true}} {
			w.Clock.Set(begin.AddDate(0, 0, c.days))
			b = s.as("jose@ballard.example")
			page, list := b.get(at), b.submit("/providers", "/providers", "q", w.Provider2.Name.Family)
			for where, v := range map[string]seen{"page": page, "list": list} {
				word := map[string]string{"page": "Is this record still right?", "list": " Check"}[where]
				if got := strings.Contains(v.ok(http.StatusOK).lookOver().words(), word); got != c.asks {
					t.Errorf("after %d days the %s asks: %v, want %v", c.days, where, got, c.asks)
				}
			}
		}
		b.follow(b.submit(at, at+"/verification")).ok(http.StatusOK).hasNot("Is this record still right?")
		if p, err := s.net.Provider(t.Context(), w.Therapist, w.Provider2.ID); err != nil || p.Stale || p.VerifiedOn != models.DateOf(begin.AddDate(0, 0, 181), time.UTC) {
			t.Errorf("checked on %s, stale %v, %v", p.VerifiedOn, p.Stale, err)
		}
	})
}
