package web_test

import (
	"net/http"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store/storetest"
)

func TestWhatWasPromisedForAReferralIsWrittenOnItsPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		b, c := s.as("dana@ballard.example"), w.Client("Ana", "Silva")
		r, err := s.net.Refer(t.Context(), w.Therapist, models.ReferralOutline{Direction: models.Outbound, ClientID: c.ID, ProviderID: w.Provider.ID, Reason: "Numb fingers."})
		if err != nil {
			t.Fatal(err)
		}
		at := "/referrals/" + string(r.ID)
		b.get(at).ok(http.StatusOK).lookOver().has("Something was promised")
		wrong := b.submit(at, "/promises", "owed_by", "them", "kind", "report").ok(http.StatusUnprocessableEntity).lookOver().has("Say what was promised").hasNot("With whom")
		if got := wrong.form("/promises").Get("referral_id"); got != string(r.ID) {
			t.Errorf("the form that is shown again is for %q", got)
		}
		b.follow(b.submit(at, "/promises", "owed_by", "them", "kind", "report", "what", "Their findings")).ok(http.StatusOK).lookOver().has("Written down.", "Linh Nguyễn, DC: they owe", "Their findings")
		b.submit(at, "/promises", "owed_by", "them", "kind", "report", "what", "Their findings").ok(http.StatusConflict).lookOver().has("This is promised already")
	})
}

func TestAPacketThatTheyAskedForIsSentFromToday(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		b, at := s.as("dana@ballard.example"), "/contacts/new"
		b.submit(at, at, "provider_other", string(w.Provider.ID), "with/name", "Pat Lee", "checklist/packet_wanted", "email")
		packet := "/providers/" + string(w.Provider.ID) + "/packet"
		for _, page := range []string{"/today", "/worklists?list=promises"} {
			if got := b.get(page).ok(http.StatusOK).lookOver().has("The packet by e-mail, as they asked", "Send our packet"); !strings.Contains(got.body, packet) {
				t.Errorf("%s does not lead to %s", page, packet)
			}
		}
	})
}
