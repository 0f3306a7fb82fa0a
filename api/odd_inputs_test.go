package api_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/api/apitest"
	"rapport/models/store/storetest"
)

func TestNamesOfAnyScriptReachTheReport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		for _, x := range []struct{ given, family, printed string }{
			{"Zoë 😀", "Łódź", "Zoë"},
			{"太郎", "山田", "\uFFFD"},
			{"יעל", "כהן", "right-to-left"},
			{"Nguyễn", "O'Neill-Ñandú", "Nguyễn O'Neill-Ñandú"},
		} {
			w.Clock.Set(storetest.Start)
			j := ordered(t, w, s, x.given, x.family, nil)
			j.visit()
			c := j.me().Get("/api/v1/clients/" + j.client).Want(200)
			if c.Text("name.given") != x.given || c.Text("name.family") != x.family {
				t.Errorf("%s %s became %s", x.given, x.family, c.Body)
			}
			r := j.post(j.me(), "/reports", map[string]any{"client_id": j.client, "prescription_id": j.order, "kind": "initial",
				"narrative": map[string]any{"recommendation": "Continue 👍"}}).Want(201)
			j.post(j.me(), "/reports/"+r.Text("id")+"/signature", map[string]any{}).Want(200)
			pdf := j.me().Get("/api/v1/reports/" + r.Text("id") + "/pdf").Want(200)
			if !bytes.HasPrefix(pdf.Body, []byte("%PDF")) {
				t.Errorf("%s: no PDF", x.given)
			}
			if text := pdfText(t, pdf.Body); !strings.Contains(text, x.printed) || !strings.Contains(text, "1 of 4") {
				t.Errorf("%s %s: the report does not say %q:\n%s", x.given, x.family, x.printed, text)
			}
		}
	})
}

// TestEveryPaperIsDrawnForNamesOfAnyScript asks for each PDF of the loop, and
// wants who signs to be warned of what the paper cannot show.
func TestEveryPaperIsDrawnForNamesOfAnyScript(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		for _, x := range []struct{ given, family, printed, warned string }{
			{"Zoë 😀", "Łódź", "Łódź", "U+1F600"},
			{"太郎", "山田", "\uFFFD", "U+592A"},
			{"יעל", "כהן", "right-to-left", ""},
			{"Nguyễn", "O'Neill", "Nguyễn O'Neill", ""},
		} {
			w.Clock.Set(storetest.Start)
			j := ordered(t, w, s, x.given, x.family, nil)
			form := j.post(j.me(), "/clients/"+j.client+"/releases", releaseBody(w)).Want(201)
			signed := j.post(j.As(w.Desk), "/releases/"+form.Text("id")+"/signature", map[string]any{"method": "typed", "name": x.given + " " + x.family,
				"electronic_records_consent": true}).Want(200)
			for step, r := range map[string]*apitest.Response{"drafting": form, "signing": signed} {
				if r.Text("warnings.0.got") != x.warned || x.warned != "" && r.Text("warnings.0.code") != "text.not_printable" {
					t.Errorf("%s a release of %s %s warns of %v, want %q", step, x.given, x.family, r.At("warnings"), x.warned)
				}
			}
			j.visit()
			wish := j.post(j.me(), "/prescriptions/"+j.order+"/change-requests", map[string]any{"asked_by": "client", "words": x.given + " asks for more.", "share_words": true,
				"explanation_given": "I ask.", "proposed": map[string]any{"minutes_per_session": 45}}).Want(201).Text("id")
			report := j.post(j.me(), "/reports", map[string]any{"client_id": j.client, "prescription_id": j.order, "kind": "initial",
				"narrative": map[string]any{"recommendation": "Continue"}}).Want(201).Text("id")
			if r := j.post(j.me(), "/reports/"+report+"/signature", map[string]any{}).Want(200); r.Text("warnings.0.code") != "" != (x.warned != "") {
				t.Errorf("signing a report of %s %s warns of %v", x.given, x.family, r.At("warnings"))
			}
			letter := j.post(j.me(), "/reports/"+report+"/deliveries", map[string]any{"provider_id": w.Provider.ID, "channel": "letter"}).Want(201).Text("id")
			for path, named := range map[string]bool{"/releases/" + form.Text("id") + "/document": true, "/prescriptions/" + j.order + "/document": true, "/reports/" + report + "/pdf": true,
				"/clients/" + j.client + "/disclosures/document": true, "/change-requests/" + wish + "/fax-back": true, "/deliveries/" + letter + "/cover": false} {
				pdf := j.me().Get("/api/v1" + path).Want(200)
				if text := pdfText(t, pdf.Body); named && !strings.Contains(text, x.printed) || !named && strings.Contains(text, x.family) {
					t.Errorf("%s of %s %s:\n%s", path, x.given, x.family, text)
				}
			}
		}
	})
}

// at is a session that began at this time, written down an hour later.
func (j *journey) at(began time.Time) *apitest.Response {
	j.t.Helper()
	j.World.Clock.Set(began.Add(time.Hour))
	return j.post(j.me(), "/sessions", neckVisit(j.World, j.order, j.client, func(b map[string]any) { b["started_at"] = began.Format(time.RFC3339) }))
}

func TestSessionsAroundTheHourThatDoesNotExist(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		zone := w.Practice.Location()
		j := ordered(t, w, apitest.New(t, w), "Ana", "Silva", nil)
		gap := time.Date(2026, 3, 8, 10, 0, 0, 0, time.UTC) // 02:00 in Seattle, which is 03:00
		if r := j.at(gap).Want(201); r.Text("local_date") != "2026-03-08" || r.Text("started_at") != "2026-03-08T10:00:00Z" {
			t.Errorf("in the gap %s", r.Body)
		}
		late := j.at(time.Date(2026, 3, 8, 23, 30, 0, 0, zone)).Refused(409, "scope_violation")
		if late.Text("violations.0.code") != "frequency.period" || late.Text("violations.0.allowed.earliest_date") != "2026-03-09" {
			t.Errorf("the last hour of a Sunday of 23 hours %s", late.Body)
		}
		if r := j.at(time.Date(2026, 3, 9, 0, 5, 0, 0, zone)).Want(201); r.Text("local_date") != "2026-03-09" {
			t.Errorf("the first minutes of Monday %s", r.Body)
		}
	})
}

func TestWeeksRunOverNewYear(t *testing.T) {
	for window, want := range map[string]string{"calendar": "2027-01-04", "rolling": "2027-01-06"} {
		t.Run(window, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, w *storetest.World) {
				zone := w.Practice.Location()
				w.Clock.Set(time.Date(2026, 12, 28, 9, 0, 0, 0, zone))
				j := ordered(t, w, apitest.New(t, w), "Ana", "Silva", func(b map[string]any) {
					b["valid_from"], b["valid_until"] = "2026-12-28", "2027-02-28"
					b["scope"].(map[string]any)["frequency"] = map[string]any{"sessions": 1, "per": "week", "window": window}
				})
				j.at(time.Date(2026, 12, 30, 23, 30, 0, 0, zone)).Want(201) // already the 31st in UTC
				for _, day := range []int{1, 3} {
					no := j.at(time.Date(2027, 1, day, 10, 0, 0, 0, zone)).Refused(409, "scope_violation")
					if no.Text("violations.0.code") != "frequency.period" || no.Text("violations.0.allowed.earliest_date") != want {
						t.Errorf("on January %d: %s", day, no.Body)
					}
				}
				next, _ := time.ParseInLocation(time.DateOnly, want, zone)
				if r := j.at(next.Add(time.Minute)).Want(201); r.Text("local_date") != want || r.At("visit_number") != 2.0 {
					t.Errorf("the next one %s", r.Body)
				}
			})
		})
	}
}

func TestTwoConcurrentTabsSignANoteOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		j := ordered(t, w, apitest.New(t, w), "Ana", "Silva", nil)
		note := j.post(j.me(), "/sessions", neckVisit(w, j.order, j.client)).Want(201)
		path, tag, me := "/api/v1/sessions/"+note.Text("id")+"/signature", note.Header.Get("ETag"), j.me()
		var all sync.WaitGroup
		answers := make([]int, 2)
		for i := range answers {
			all.Go(func() {
				answers[i] = me.Post(path, map[string]any{}, "If-Match", tag, "Idempotency-Key", w.NewID()).Status
			})
		}
		all.Wait()
		if won, lost := min(answers[0], answers[1]), max(answers[0], answers[1]); won != 200 || lost != 409 && lost != 412 {
			t.Errorf("two tabs got %v, want one 200 and one 409 or 412", answers)
		}
		if r := j.me().Get("/api/v1/sessions/" + note.Text("id")).Want(200); r.Text("state") != "signed" {
			t.Errorf("the note %s", r.Body)
		}
		j.visits(1, 3)
	})
}

func TestImpossibleDaysAreRefusedEverywhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		j := ordered(t, w, apitest.New(t, w), "Ana", "Silva", nil)
		order := func(field, day string) map[string]any { b := neckOrderBody(w); b[field] = day; return b }
		for _, x := range []struct {
			who  apitest.Caller
			path string
			body map[string]any
		}{
			{j.me(), "/clients", map[string]any{"name": map[string]any{"given": "A", "family": "B"}, "birth_date": "2025-02-29"}},
			{j.me(), "/clients", map[string]any{"name": map[string]any{"given": "A", "family": "B"}, "birth_date": "2999-01-01"}},
			{j.me(), "/clients", map[string]any{"name": map[string]any{"given": "A", "family": "B"}, "birth_date": "17.05.1984"}},
			{j.doctor(), "/prescriptions", order("valid_from", "2026-02-30")},
			{j.doctor(), "/prescriptions", order("valid_until", "2026-04-31")},
			{j.doctor(), "/prescriptions", order("valid_until", "2026-03-01")}, // ends before it begins
			{j.me(), "/prescriptions/" + j.order + "/change-requests", map[string]any{"asked_by": "client", "words": "Longer", "proposed": map[string]any{"valid_until": "2026-02-30"}}},
			{j.me(), "/clients/" + j.client + "/releases", map[string]any{"recipients": []any{map[string]any{"provider_id": w.Provider.ID}},
				"categories": []string{"measures"}, "purpose": "coordination", "expires_on": "2026-13-01"}},
			{j.me(), "/reports", map[string]any{"client_id": j.client, "prescription_id": j.order, "kind": "progress", "from": "2026-06-31"}},
			{j.me(), "/reports", map[string]any{"client_id": j.client, "prescription_id": j.order, "kind": "progress", "from": "2026-03-02", "to": "2026-03-01"}},
			{j.me(), "/releases/" + j.release + "/revocation", map[string]any{"received_at": "2026-02-30T10:00:00Z", "channel": "letter"}},
			{j.me(), "/releases/" + j.release + "/revocation", map[string]any{"received_at": "2026-03-09T10:00:00Z", "channel": "letter"}}, // not yet
		} {
			if r := j.post(x.who, x.path, x.body); r.Status != 422 || r.Text("code") != "validation" || len(r.Violations()) == 0 {
				t.Errorf("%s %v: %d %s", x.path, x.body, r.Status, r.Body)
			}
		}
	})
}

func TestAnAccessTokenEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		j := ordered(t, w, apitest.New(t, w), "Ana", "Silva", nil)
		old := j.me()
		body := neckVisit(w, j.order, j.client)
		w.Clock.Advance(time.Hour)
		j.post(old, "/sessions", body).Refused(401, "token.expired")
		j.visits(0, 4)
		j.post(j.me(), "/sessions", body).Want(201)
	})
}
