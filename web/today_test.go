package web_test

import (
	"regexp"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store/storetest"
)

// objectLink is a link to one thing, in either realm.
var objectLink = regexp.MustCompile(`href="((?:/provider)?/(?:orders|changes|referrals|reports|sessions)/[0-9a-f-]{36}[^"]*)"`)

// once fails when a page names a thing twice, or not one that it should.
func (v seen) once(has ...string) {
	v.t.Helper()
	named := map[string]int{}
	for _, m := range objectLink.FindAllStringSubmatch(v.body, -1) {
		named[m[1]]++
	}
	for link, n := range named {
		if n > 1 {
			v.t.Errorf("%s is on the page %d times", link, n)
		}
	}
	for _, link := range has {
		if named[link] != 1 {
			v.t.Errorf("%s is not on the page; it names %v", link, named)
		}
	}
}

func TestEachOpenThingIsOnTodayOnce(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	l := &loop{t: t, s: s, w: w, therapist: s.as("jose@ballard.example"), owner: s.as("olga@ballard.example"), doctor: s.as("linh@greenlake.example"), anyone: s.browser()}
	l.look(l.therapist, "/today", "First steps", "No visit is booked today", "Every note is signed")
	l.look(l.doctor, "/provider", "Your first order takes a minute")
	l.people()
	l.release()
	l.order()
	l.sessions()
	at := l.orderAt + "/ask"
	change := l.therapist.submit(at+"?region=foot", at, "words", "Feet too, please", "share_words", "yes", "act", "send").header.Get("Location")
	for _, b := range []*browser{l.therapist, l.owner} {
		l.look(b, "/today", "Most urgent", "Write the initial report").once(change, l.orderAt+"/reports/new?kind=initial")
	}
	l.look(l.doctor, "/provider", "Waiting for you").once("/provider"+change, "/provider"+l.orderAt)
	b := l.therapist
	drafted := b.submit(l.orderAt+"/reports/new", l.orderAt+"/reports/new", "narrative/summary", "Better.", "narrative/recommendation", "Go on.")
	report := drafted.header.Get("Location")
	b.submit(report, report+"/sign")
	b.submit(report, report+"/deliver", "channel", string(models.ByPortal))
	if _, err := s.out.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.look(l.doctor, "/provider", "Waiting for you", "Read the report").once("/provider"+change, "/provider"+report)
	l.look(l.doctor, "/provider"+report, "Opened")
	if v := l.look(l.doctor, "/provider").hasNot("Read the report"); !strings.Contains(v.body, "/provider"+report) {
		t.Error("a report that was read is nowhere on the page")
	}
	l.look(b, "/today").hasNot("Write the initial report").once(change)
}
