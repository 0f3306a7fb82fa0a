package api_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store/storetest"
)

type object = map[string]any

func TestProviderIsAddedReadFoundAndCorrected(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		owner := s.As(w.Owner)
		body := object{"name": object{"given": "Zoë", "family": "Đặng-Łowicz"}, "credentials": "DC", "npi": "1003000126", "taxonomy": "111N00000X",
			"email": "Zoe@Clinic.example", "office": object{"name": "Clinic", "address": object{"city": "Montréal", "state": "WA"}, "phone": "206", "fax": "207"}}
		r := owner.Post("/api/v1/providers", body).Want(201)
		id := r.Text("id")
		if r.Header.Get("ETag") != `"1"` || r.Header.Get("Location") != "/api/v1/providers/"+id || r.Text("specialty") == "" || r.Text("email") != "zoe@clinic.example" {
			t.Errorf("got %s %v", r.Body, r.Header)
		}
		for _, q := range []string{"q=zoe+dang", "q=lowicz", "q=DANG-LOW", "npi=1003000126", "taxonomy=111N00000X&q=zo", "city=montreal&state=wa", "city=MONTRÉAL"} {
			got := s.As(w.Doctor).Get("/api/v1/providers?" + q).Want(200)
			if !strings.Contains(string(got.Body), id) {
				t.Errorf("%s does not find the provider: %s", q, got.Body)
			}
		}
		for _, q := range []string{"q=zoqx", "npi=1234567893", "city=Montr", "q=%25", "state=OR"} {
			if got := owner.Get("/api/v1/providers?" + q).Want(200); strings.Contains(string(got.Body), id) {
				t.Errorf("%s finds the provider", q)
			}
		}
		taken := owner.Post("/api/v1/providers", body).Refused(409, "provider.npi_taken")
		if taken.Text("refs.provider_id") != id {
			t.Errorf("the refusal names %s", taken.Body)
		}
		owner.Patch("/api/v1/providers/"+id, object{"phone": "555"}).Refused(428, "if_match.required")
		office := r.Text("offices.0.id")
		p := owner.Patch("/api/v1/providers/"+id, object{"phone": "555", "office_id": string(w.Provider.Offices[0].ID), "leaves_offices": []string{office}}, "If-Match", `"1"`).Want(200)
		if p.Text("phone") != "555" || p.Text("offices.0.id") != string(w.Provider.Offices[0].ID) || p.At("offices.1") != nil || p.Header.Get("ETag") != `"2"` {
			t.Errorf("got %s", p.Body)
		}
		owner.Patch("/api/v1/providers/"+id, object{"phone": "556"}, "If-Match", `"1"`).Refused(412, "version.stale")
		owner.Patch("/api/v1/providers/"+id, object{"npi": string(w.Provider.NPI)}, "If-Match", `"2"`).Refused(409, "provider.npi_taken")
		s.As(w.Doctor).Patch("/api/v1/providers/"+id, object{"phone": "1"}, "If-Match", `"2"`).Refused(403, "role.not_allowed")
		owner.Get("/api/v1/providers/nothing").Refused(404, "not_found")
	})
}

func TestProviderRefusalsNameEveryReason(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := serve(t, w)
	r := s.As(w.Desk).Post("/api/v1/providers", object{"name": object{"given": "", "family": " "}, "npi": "1234567890", "taxonomy": "111N", "email": "x",
		"phone": "line\nbreak", "office": object{"name": "", "preferred_channel": "pigeon"}, "office_id": "y"}).Refused(422, "validation")
	got := r.Violations()
	for _, want := range []string{"name.required", "npi.invalid", "taxonomy.invalid", "email.invalid", "text.invalid", "office.name_required", "channel.unknown", "office.ambiguous"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing in %v", want, got)
		}
	}
	s.As(w.Owner).Post("/api/v1/providers", object{"name": object{"given": "A", "family": "B"}, "office_id": "unknown"}).Refused(422, "validation")
}

func TestProviderWithAnAccountKeepsWhoTheyAre(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := serve(t, w)
	at := "/api/v1/providers/" + string(w.Provider.ID)
	s.As(w.Owner).Patch(at, object{"email": "evil@example.org"}, "If-Match", `"1"`).Refused(403, "provider.has_account")
	s.As(w.Doctor2).Patch(at, object{"email": "evil@example.org"}, "If-Match", `"1"`).Refused(403, "role.not_allowed")
	s.As(w.Doctor).Patch(at, object{"email": "new@greenlake.example"}, "If-Match", `"1"`).Want(200)
	r := s.As(w.Owner).Patch(at, object{"credentials": "DC, CCSP", "verified": true}, "If-Match", `"2"`).Refused(403, "provider.owned")
	if r.Text("refs.provider_id") != string(w.Provider.ID) {
		t.Errorf("the refusal names %s", r.Body)
	}
	s.As(w.Owner).Patch(at, object{"verified": true}, "If-Match", `"2"`).Want(200)
	s.As(w.Owner).Patch(at, object{"offices": []object{{"id": w.Provider.Offices[0].ID, "fax": "1"}}}, "If-Match", `"3"`).Refused(403, "provider.owned")
	hours := []object{{"day": "tuesday", "from": "09:00", "until": "17:00"}, {"day": "monday", "from": "08:00", "until": "12:00"}}
	p := s.As(w.Doctor).Patch(at, object{"accepting": "yes", "preferred_channel": "fax", "offices": []object{{"id": w.Provider.Offices[0].ID, "hours": hours,
		"time_zone": "America/Los_Angeles", "email": "desk@greenlake.example"}}}, "If-Match", `"3"`).Want(200)
	if p.Text("accepting") != "yes" || p.Text("accepting_on") != "2026-03-02" || p.Text("offices.0.hours.0.day") != "monday" || p.Text("offices.0.email") == "" {
		t.Errorf("got %s", p.Body)
	}
	wrong := s.As(w.Doctor).Patch(at, object{"accepting": "yes", "leaves_offices": []string{"x"}, "offices": []object{{"id": "y"}, {"id": w.Provider.Offices[0].ID, "time_zone": "Mars"}}},
		"If-Match", `"4"`).Refused(422, "validation")
	if v := wrong.Violations(); len(v) != 3 {
		t.Errorf("got %v", v)
	}
}

func TestARecordIsCheckedWithOneTapAndGoesStale(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		at := "/api/v1/providers/" + string(w.Provider2.ID)
		if r := s.As(w.Desk).Get(at).Want(200); r.At("stale") != true || r.At("verified_on") != nil {
			t.Errorf("got %s", r.Body)
		}
		r := s.As(w.Desk).Post(at+"/verification", nil).Want(200)
		if r.At("stale") != false || r.Text("verified_on") != "2026-03-02" {
			t.Errorf("got %s", r.Body)
		}
		w.Clock.Advance(181 * 24 * time.Hour)
		if r := s.As(w.Desk).Get("/api/v1/providers?npi=" + w.Provider2.NPI).Want(200); r.At("items.0.stale") != true {
			t.Errorf("got %s", r.Body)
		}
		s.As(w.Doctor).Post(at+"/verification", nil).Refused(403, "role.not_allowed")
		s.As(w.Doctor2).Post(at+"/verification", nil).Want(200)
	})
}

func TestSearchIsByNameDisciplineAndMiles(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		for q, want := range map[string]any{"q=nguen": "Linh", "discipline=chiropractic&near=98107": "Linh", "discipline=primary_care": "Sean", "near=98107&within=2": nil, "accepting=yes": nil,
			"q=nguyen&near=98107&within=50": "Linh"} {
			if r := s.As(w.Desk).Get("/api/v1/providers?" + q).Want(200); r.At("items.0.name.given") != want {
				t.Errorf("%s: %s", q, r.Body)
			}
		}
		if r := s.As(w.Desk).Get("/api/v1/providers?near=98115").Want(200); r.At("items.0.miles") != 0.0 {
			t.Errorf("got %s", r.Body)
		}
		for q, want := range map[string]string{"discipline=magic": "discipline.unknown", "near=9": "zip.invalid", "near=99999": "zip.unknown", "within=5": "near.required"} {
			if v := s.As(w.Desk).Get("/api/v1/providers?"+q).Refused(422, "validation").Violations(); !slices.Equal(v, []string{want}) {
				t.Errorf("%s: %v", q, v)
			}
		}
		s.As(w.Desk).Get("/api/v1/providers?accepting=maybe").Refused(422, "validation")
		if r := s.As(w.Doctor).Get("/api/v1/disciplines").Want(200); r.Text("items.0.key") != "massage" {
			t.Errorf("got %s", r.Body)
		}
	})
}

func TestDirectoryPagesInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		for _, name := range []string{"Åberg", "abel", "Zander", "Abel"} {
			s.As(w.Owner).Post("/api/v1/providers", object{"name": object{"given": "X", "family": name}}).Want(201)
		}
		var names []string
		cursor := ""
		for range 10 {
			r := s.As(w.Owner).Get("/api/v1/providers?limit=2&cursor=" + cursor).Want(200)
			for i := range 2 {
				if r.At("items."+string(rune('0'+i))) != nil {
					names = append(names, r.Text("items."+string(rune('0'+i))+".name.family"))
				}
			}
			if cursor = r.Text("next_cursor"); cursor == "" {
				break
			}
		}
		if len(names) != 6 || names[2] != "Åberg" || names[5] != "Zander" {
			t.Errorf("got %v", names)
		}
		for _, forged := range []string{"!!", "YQBiAGM", "_w"} { // not base64, two NULs, not UTF-8
			s.As(w.Owner).Get("/api/v1/providers?cursor="+forged).Refused(422, "cursor.invalid")
		}
		s.As(w.Owner).Get("/api/v1/providers?sort=name").Refused(422, "validation")
	})
}

func TestPracticeIsReadByItsPeopleAndChangedByItsOwner(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		r := s.As(w.Desk).Get("/api/v1/practice").Want(200)
		if r.Text("name") != w.Practice.Name || r.At("settings.change_lapse_days") != 14.0 {
			t.Errorf("got %s", r.Body)
		}
		change := object{"phone": "206-555-0100", "settings": object{"change_lapse_days": 10, "letterhead_lines": []string{"Massage that writes back"}}}
		s.As(w.Therapist).Patch("/api/v1/practice", change, "If-Match", r.Header.Get("ETag")).Refused(403, "role.not_allowed")
		p := s.As(w.Owner).Patch("/api/v1/practice", change, "If-Match", r.Header.Get("ETag")).Want(200)
		if p.At("settings.change_lapse_days") != 10.0 || p.At("settings.warn_visits_left") != 2.0 || p.Text("settings.letterhead_lines.0") == "" || p.Text("name") != w.Practice.Name {
			t.Errorf("got %s", p.Body)
		}
		bad := s.As(w.Owner).Patch("/api/v1/practice", object{"time_zone": "Mars/Olympus", "settings": object{"change_lapse_days": 0, "techniques": []string{"magic"},
			"hidden_screening": []string{"nothing"}}}, "If-Match", p.Header.Get("ETag")).Refused(422, "validation")
		for _, want := range []string{"time_zone.unknown", "number.out_of_range", "technique.unknown", "screening.not_hidable"} {
			if !slices.Contains(bad.Violations(), want) {
				t.Errorf("%s is missing in %v", want, bad.Violations())
			}
		}
		s.As(w.Doctor).Get("/api/v1/practice").Refused(403, "role.not_allowed")
		if l := s.As(w.Doctor).Get("/api/v1/practices").Want(200); l.Text("items.0.name") != "Ballard Massage" || l.At("items.0.settings") != nil {
			t.Errorf("got %s", l.Body)
		}
	})
}

func TestCareTeamIsReplacedWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		c := w.Client("Ana", "Silva")
		at := "/api/v1/clients/" + string(c.ID) + "/care-team"
		team := []object{{"provider_id": w.Provider.ID, "role": "chiropractor", "may_be_told": true}, {"provider_id": w.Provider2.ID, "role": "family doctor", "may_be_told": false}}
		s.As(w.Desk).Put(at, team).Want(200)
		s.As(w.Therapist).Put(at, team[:1]).Want(200)
		if r := s.As(w.Owner).Get(at).Want(200); r.Text("0.provider_id") != string(w.Provider.ID) || r.At("0.may_be_told") != true || r.At("1") != nil {
			t.Errorf("got %s", r.Body)
		}
		r := s.As(w.Owner).Put(at, []object{{"provider_id": "x", "role": "", "may_be_told": true}, team[0], team[0]}).Refused(422, "validation")
		if got := r.Violations(); !slices.Equal(got, []string{"provider.unknown", "provider.twice"}) {
			t.Errorf("got %v", got)
		}
		s.As(w.Stranger).Get(at).Refused(404, "not_found")
		s.As(w.Stranger).Put(at, team).Refused(404, "not_found")
		s.As(w.Doctor).Get(at).Refused(403, "role.not_allowed")
	})
}

func TestUserWithSeveralPlacesChoosesOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		both := w.Person("both@example.org", "Bo Both", models.RoleGrant{Role: models.Therapist, PracticeID: w.Practice.ID},
			models.RoleGrant{Role: models.Owner, PracticeID: w.Other.ID}, models.RoleGrant{Role: models.ProviderRole, ProviderID: w.Provider2.ID})
		me := s.With(s.SignedIn(both))
		for place, want := range map[string]string{"": w.Practice.Name, string(w.Other.ID): w.Other.Name} {
			if r := me.Get("/api/v1/practice", "Rapport-Practice", place).Want(200); r.Text("name") != want {
				t.Errorf("%q: got %s", place, r.Text("name"))
			}
		}
		me.Get("/api/v1/practice", "Rapport-Practice", string(w.Provider2.ID)).Refused(403, "role.not_allowed")
		for _, place := range []string{string(w.Provider.ID), "nowhere"} {
			me.Get("/api/v1/practice", "Rapport-Practice", place).Refused(403, "place.not_yours")
		}
	})
}
