package view

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"rapport/models"
)

var trailNoon = time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC) // noon in Seattle

func trailEvent(seq int64, ago time.Duration, who, action, client string) models.TrailLine {
	return models.TrailLine{AuditEvent: models.AuditEvent{Seq: seq, At: trailNoon.Add(-ago), Principal: "user:" + who, Action: action, ObjectKind: "session",
		ObjectID: "s" + client, ClientID: models.ClientID("c" + client), Outcome: "done"}, ActorName: who, Client: models.PersonName{Given: client}, Title: "Session of " + client}
}

// TestEventsAlikeWithinAMinuteStandOnOneLineThatKeepsEachOfThem, whatever the
// person did between them, and never those of another person, hour or day.
func TestEventsAlikeWithinAMinuteStandOnOneLineThatKeepsEachOfThem(t *testing.T) {
	refused := trailEvent(4, 3*time.Second, "Olga", "session.read", "Ana")
	refused.Outcome = "role.not_allowed"
	lines := []models.TrailLine{trailEvent(9, 0, "Olga", "session.read", "Ana"), trailEvent(8, time.Second, "Olga", "session.list", ""), trailEvent(7, 2*time.Second, "José", "session.read", "Ana"),
		trailEvent(6, 2*time.Second, "Olga", "session.read", "Bo"), refused, trailEvent(3, 60*time.Second, "Olga", "session.read", "Ana"),
		trailEvent(2, 61*time.Second, "Olga", "session.read", "Ana"), trailEvent(1, 24*time.Hour, "Olga", "session.read", "Ana")}
	p := Page{Now: trailNoon, Loc: time.FixedZone("PST", -8*3600)}
	days := trailDays(p, lines)
	if len(days) != 2 || days[0].Day != "2026-03-02" || days[1].Day != "2026-03-01" || len(days[0].Runs) != 5 {
		t.Fatalf("days %+v", days)
	}
	var seqs []int64
	kept := 0
	for _, d := range days {
		for _, r := range d.Runs {
			kept += len(r.Lines)
		}
	}
	for _, l := range days[0].Runs[0].Lines {
		seqs = append(seqs, l.Seq)
	}
	if kept != len(lines) || len(seqs) != 3 || seqs[0] != 9 || seqs[1] != 6 || seqs[2] != 3 {
		t.Errorf("%d of %d events, the first line has %v", kept, len(lines), seqs)
	}
	v := TrailView{Lines: lines}
	if got := v.about(days[0].Runs[0]); got != "Ana, Bo" {
		t.Errorf("about %q", got)
	}
	var b bytes.Buffer
	if err := Trail(p, Form{}, v).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	for want, n := range map[string]int{"Read a session&#39;s note, 3 times": 1, "Refused": 1, "12:00:00 PM": 1, "11:59:00 AM": 1, `href="/clients/cBo"`: 1, "the role does not allow it": 1} {
		if got := strings.Count(b.String(), want); got != n {
			t.Errorf("%q stands %d times, not %d", want, got, n)
		}
	}
}

func TestTheTrailSaysWhoActedAndForWhom(t *testing.T) {
	user := models.AuditEvent{Principal: "user:1"}
	failed := models.AuditEvent{Principal: "anonymous", Action: "sign_in", ObjectKind: "user", Outcome: "sign_in.failed"}
	for want, l := range map[string]models.TrailLine{
		"Olga Müller (Owner, Therapist)":              {AuditEvent: user, ActorName: "Olga Müller", Roles: []models.Role{models.Owner, models.Therapist}},
		"Linh Nguyễn, DC (Provider)":                  {AuditEvent: user, ActorName: "Linh Nguyễn", Roles: []models.Role{models.ProviderRole}, For: []string{"Linh Nguyễn, DC"}},
		"Robin Castillo (works for Linh Nguyễn, DC)":  {AuditEvent: user, ActorName: "Robin Castillo", Roles: []models.Role{models.ProviderStaff}, For: []string{"Linh Nguyễn, DC"}},
		"Priya Raman, MD (by one-time link)":          {AuditEvent: models.AuditEvent{Principal: "link:1"}, ActorName: "Priya Raman, MD"},
		"Somebody with a one-time link":               {AuditEvent: models.AuditEvent{Principal: "link:1"}},
		"The server":                                  {AuditEvent: models.AuditEvent{Principal: "system"}},
		"An account that is no longer here":           {AuditEvent: user},
		"Somebody who gave the e-mail of Olga Müller": {AuditEvent: failed, Account: "Olga Müller"},
		"Somebody not signed in":                      {AuditEvent: failed},
	} {
		if got := trailActor(l); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestFailedSignInsOfTwoAccountsAreTwoLines: nobody is said to have had the
// failures of somebody else, and the list of people offers only those whom the
// trail can be asked for.
func TestFailedSignInsOfTwoAccountsAreTwoLines(t *testing.T) {
	failed := func(seq int64, whose string) models.TrailLine {
		return models.TrailLine{AuditEvent: models.AuditEvent{Seq: seq, At: trailNoon, Principal: "anonymous", Action: "sign_in", ObjectKind: "user", ObjectID: "u" + whose, Outcome: "sign_in.failed"}, Account: whose}
	}
	in := failed(1, "Dana")
	in.Outcome, in.ActorName = "done", "Dana"
	byLink := models.TrailLine{AuditEvent: models.AuditEvent{Seq: 5, At: trailNoon, Principal: "link:7", Action: "link.use"}, ActorName: "Ana Silva"}
	lines := []models.TrailLine{failed(4, "Olga"), failed(3, "José"), failed(2, "Olga"), in, byLink}
	days := trailDays(Page{Now: trailNoon, Loc: time.UTC}, lines)
	if len(days) != 1 || len(days[0].Runs) != 4 || len(days[0].Runs[0].Lines) != 2 {
		t.Fatalf("%+v", days)
	}
	people := TrailView{Lines: lines}.people()
	if len(people) != 2 || people[1].Value != "uDana" || people[1].Label != "Dana" {
		t.Errorf("offers %+v", people)
	}
}

func TestANumberIsDialledAsItIsWritten(t *testing.T) {
	for number, want := range map[string]string{"(206) 555-0147": "tel:2065550147", "+44 20 7946 0958": "tel:+442079460958", "206.555.0147 ext. 12": "tel:2065550147;ext=12",
		"206 555 0147 X9": "tel:2065550147;ext=9", "555-0147 #3": "tel:5550147;ext=3", "": "", "ask Bo": "", "ȺȺx": "", "Ⱥ1x2": "tel:1;ext=2", "x12": "tel:12", "٢٠٦": ""} {
		if got := string(telURL(number)); got != want {
			t.Errorf("%q dials %q, not %q", number, got, want)
		}
	}
}

func TestDaysOfTheTrailBeforeTheNewestAreFolded(t *testing.T) {
	var lines []models.TrailLine
	for day := range 3 {
		for n := range 8 {
			lines = append(lines, trailEvent(int64(100-8*day-n), time.Duration(day)*24*time.Hour+time.Duration(n)*5*time.Minute, "Olga", "session.read", "Ana"))
		}
	}
	for name, asked := range map[string]models.TrailFilter{"1 open, 2 folded": {}, "3 open, 0 folded": {Action: "session"}} {
		var b bytes.Buffer
		if err := Trail(Page{Now: trailNoon, Loc: time.UTC}, Form{}, TrailView{Lines: lines, Filter: asked}).Render(context.Background(), &b); err != nil {
			t.Fatal(err)
		}
		open, all := strings.Count(b.String(), `<details class="fold-list" open>`), strings.Count(b.String(), `<details class="fold-list"`)
		if got := fmt.Sprintf("%d open, %d folded", open, all-open); got != name {
			t.Errorf("got %s, want %s", got, name)
		}
	}
}
