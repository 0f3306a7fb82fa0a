package api_test

import (
	"strings"
	"testing"

	"rapport/api/apitest"
	"rapport/models/store/storetest"
)

func profileBody() map[string]any {
	return map[string]any{"about": "Two therapists in Ballard.", "treats": []string{"Neck pain"}, "languages": []string{"English", "Tiếng Việt"}, "report_within_days": 3}
}

func TestAProfileIsReplacedOnlyAsItWasSeen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		me, path := s.As(w.Therapist), "/api/v1/practice/profile"
		empty := me.Get(path).Want(200)
		if empty.Header.Get("ETag") != `"1"` || len(empty.At("treats").([]any)) != 0 {
			t.Errorf("an unwritten profile: %s, %s", empty.Header.Get("ETag"), empty.Body)
		}
		me.Put(path, profileBody()).Want(428)
		me.Put(path, profileBody(), "If-Match", `"1"`).Want(200)
		me.Put(path, profileBody(), "If-Match", `"1"`).Want(412)
		if got := me.Get(path).Want(200); got.Text("about") != "Two therapists in Ballard." || got.Header.Get("ETag") != `"2"` {
			t.Errorf("%s %s", got.Header.Get("ETag"), got.Body)
		}
		me.Put(path, map[string]any{"about": "", "treats": []string{}}, "If-Match", `"2"`).Want(422)
	})
}

func TestAPacketIsSentPrintedAndListed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		me := s.As(w.Therapist)
		me.Get("/api/v1/practice/packet").Want(409)
		me.Put("/api/v1/practice/profile", profileBody(), "If-Match", `"1"`).Want(200)
		r := me.Post("/api/v1/relationships", map[string]any{"provider_id": w.Provider.ID}).Want(201).Text("id")
		p := me.Post("/api/v1/relationships/"+r+"/packets", map[string]any{"channel": "letter"}).Want(201)
		if p.Text("contact_id") == "" {
			t.Errorf("a printed packet has no contact: %s", p.Body)
		}
		me.Post("/api/v1/relationships/"+r+"/packets", map[string]any{"channel": "pigeon"}).Want(422)
		for _, path := range []string{"/api/v1/packets/" + p.Text("id") + "/pdf", "/api/v1/practice/packet", "/api/v1/partner-cards?provider_id=" + string(w.Provider.ID)} {
			if got := me.Get(path).Want(200); !strings.HasPrefix(string(got.Body), "%PDF-") {
				t.Errorf("%s: no PDF", path)
			}
		}
		s.As(w.Stranger).Get("/api/v1/packets/" + p.Text("id") + "/pdf").Want(404)
		if l := me.Get("/api/v1/relationships/" + r + "/packets").Want(200).At("items").([]any); len(l) != 1 {
			t.Errorf("%d packets", len(l))
		}
		if c := me.Get("/api/v1/relationships/" + r + "/contacts").Want(200).At("items.0.packet_id"); c != p.Text("id") {
			t.Errorf("the log names packet %v", c)
		}
		me.Get("/api/v1/partner-cards?for_clients=true").Want(409)
	})
}
