package web_test

import (
	"net/http"
	"testing"

	"rapport/models"
	"rapport/models/store/storetest"
)

func TestAReferralGoesOutIsAnsweredAndClosedOnPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		client := w.Client("Ana", "Silva")
		b, doctor := s.as("jose@ballard.example"), s.as("linh@greenlake.example")
		b.get("/referrals").ok(http.StatusOK).lookOver().has("No referrals yet")
		doctor.get("/provider/referrals").ok(http.StatusOK).lookOver().has("No referrals yet")
		at := "/referrals/new"
		b.get(at+"?client="+string(client.ID)).ok(http.StatusOK).lookOver().has("Ana Silva", "Linh Nguyễn")
		b.submit(at, at, "direction", "outbound", "client_id", string(client.ID)).ok(http.StatusUnprocessableEntity).lookOver().has("Say why this person is referred.")
		saved := b.submit(at, at, "direction", "outbound", "client_id", string(client.ID), "provider_id", string(w.Provider.ID), "reason", "Numb fingers since Monday.").ok(http.StatusSeeOther)
		page := saved.header.Get("Location")
		b.get(page).ok(http.StatusOK).lookOver().has("Draft, not sent", "Numb fingers since Monday.", "Send it")
		b.post(page+"/act", "_csrf", b.get(page).form(page+"/act").Get("_csrf"), "_version", "1", "act", "send").ok(http.StatusForbidden).lookOver().has("A release that is signed")
		s.mayBeTold(client.ID, models.CategoryReferral, models.CategoryDemographics)
		act := func(x *browser, page string, pairs ...string) seen {
			t.Helper()
			f := x.get(page).form(page + "/act")
			return x.post(page+"/act", append([]string{"_csrf", f.Get("_csrf"), "_key", f.Get("_key"), "_version", f.Get("_version")}, pairs...)...)
		}
		act(b, page, "act", "send").ok(http.StatusSeeOther)
		b.get(page).ok(http.StatusOK).lookOver().has("Waiting for an answer", "their turn", "The packet", "They answered on the phone")
		b.get("/referrals?direction=outbound&open=yes").ok(http.StatusOK).lookOver().has("Ana Silva", "to Linh Nguyễn")
		b.get("/referrals?direction=inbound").ok(http.StatusOK).lookOver().has("Nothing fits").hasNot("Ana Silva")
		b.get("/clients/" + string(client.ID)).ok(http.StatusOK).lookOver().has("to Linh Nguyễn")
		b.get("/providers/" + string(w.Provider.ID)).ok(http.StatusOK).lookOver().has("Ana Silva")
		theirs := "/provider" + page
		doctor.get("/provider/referrals").ok(http.StatusOK).lookOver().has("Ana Silva", "your turn")
		doctor.get(theirs).ok(http.StatusOK).lookOver().has("Numb fingers since Monday.", "Accept", "Decline")
		if got := doctor.get(theirs + "/packet"); got.header.Get("Content-Type") != "application/pdf" {
			t.Errorf("packet: %s", got.header.Get("Content-Type"))
		}
		act(doctor, theirs, "act", "decline").ok(http.StatusUnprocessableEntity).lookOver().has("Say why.")
		act(doctor, theirs, "act", "accept").ok(http.StatusSeeOther)
		act(b, page, "act", "phoned", "phoned/action", "schedule", "phoned/said_by", "Robin, front desk", "phoned/scheduled_at", "2026-03-05T09:30").ok(http.StatusSeeOther)
		b.get(page).ok(http.StatusOK).lookOver().has("Appointment made", "as said by Robin, front desk", "Thu, Mar 5, 2026, 9:30 AM")
		act(doctor, theirs, "act", "interim_note", "interim_note/note", "Seen today.").ok(http.StatusSeeOther)
		act(doctor, theirs, "act", "outcome", "outcome/note", "Carpal tunnel; splint at night.").ok(http.StatusSeeOther)
		b.get(page).ok(http.StatusOK).lookOver().has("Outcome sent", "Carpal tunnel", "I have seen the outcome")
		act(b, page, "act", "acknowledge").ok(http.StatusSeeOther)
		b.get(page).ok(http.StatusOK).lookOver().has("Closed: outcome seen")
		doctor.get("/provider/referrals/new").ok(http.StatusOK).lookOver().has("Ballard Massage")
	})
}

func TestAReferralOnPaperHasItsCoverSheet(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		client := w.Client("Ana", "Silva")
		b, at := s.as("jose@ballard.example"), "/referrals/new"
		s.mayBeTold(client.ID, models.CategoryReferral)
		saved := b.submit(at, at, "direction", "outbound", "client_id", string(client.ID), "provider_id", string(w.Provider.ID), "reason", "Numb fingers.").ok(http.StatusSeeOther)
		page := saved.header.Get("Location")
		f := b.get(page).ok(http.StatusOK).lookOver().has("as they prefer", "by fax").hasNot("The cover sheet").form(page + "/act")
		b.post(page+"/act", "_csrf", f.Get("_csrf"), "_key", f.Get("_key"), "_version", f.Get("_version"), "act", "send", "send/channel", "fax").ok(http.StatusSeeOther)
		b.get(page).ok(http.StatusOK).lookOver().has("by fax", "The cover sheet")
		if got := b.get(page + "/cover").ok(http.StatusOK); got.header.Get("Content-Type") != "application/pdf" {
			t.Errorf("cover: %s", got.header.Get("Content-Type"))
		}
	})
}

// mayBeTold has the client of the desk name the doctor in a release.
func (s *site) mayBeTold(client models.ClientID, what ...models.Category) {
	s.t.Helper()
	s.mayTell(s.w.Provider.ID, client, what...)
}

// mayTell has a client name somebody in a release.
func (s *site) mayTell(to models.ProviderID, client models.ClientID, what ...models.Category) {
	s.t.Helper()
	w := s.w
	r, err := s.net.DraftRelease(s.t.Context(), w.Therapist, client, models.ReleaseTerms{Recipients: []models.Recipient{{ProviderID: to}}, Categories: what,
		Purpose: models.PurposeCoordination, ExpiresOn: "2027-03-01"})
	if err == nil {
		_, err = s.net.SignRelease(s.t.Context(), w.Therapist, r.ID, models.SignatureDraft{Method: models.SignedTyped, Name: "Ana Silva", ElectronicRecordsConsent: true})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}
