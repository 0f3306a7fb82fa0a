package web_test

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// TestOnAFullDiskSearchesAndWhatTakesAccessAwayGoOn walks the route table.
func TestOnAFullDiskSearchesAndWhatTakesAccessAwayGoOn(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	people := []*browser{s.as("jose@ballard.example"), s.as("linh@greenlake.example")}
	var on []string
	for _, r := range s.app.GetRoutes(true) {
		if r.Method != http.MethodPost {
			continue
		}
		waits := false
		for _, b := range append([]*browser{s.browser()}, people...) {
			page, form := "/account", "/sign-out"
			if b.who == "" {
				page, form = "/sign-in", "/sign-in"
			}
			own := b.get(page).form(form).Get("_csrf")
			s.full.Store(true)
			got := b.post(parameter.ReplaceAllString(r.Path, "none"), "_csrf", own)
			s.full.Store(false)
			waits = waits || got.status == http.StatusServiceUnavailable && strings.Contains(got.body, "disk is nearly full")
		}
		if !waits {
			on = append(on, r.Path)
		}
		if r.Path == "/sign-out" {
			people = []*browser{s.as("jose@ballard.example"), s.as("linh@greenlake.example")}
		}
	}
	slices.Sort(on)
	want := []string{"/account/otp", "/account/otp/change", "/account/otp/confirm", "/account/passkeys/:id/remove", "/account/password",
		"/account/sessions/:id/end", "/clients", "/figures/:key", "/messages", "/orders", "/places",
		"/practice/colleagues/:id", "/provider", "/provider/clients", "/providers", "/releases/:id/revoke", "/reports",
		"/server/practices/:id/suspend", "/sign-in", "/sign-in/code", "/sign-in/passkey", "/sign-in/passkey/answer", "/sign-out", "/sign/:token", "/sign/:token/document"}
	if !slices.Equal(on, want) {
		t.Errorf("on a full disk go on\n%s, want\n%s", on, want)
	}
}

func TestAReleaseIsRevokedInThePortalOnAFullDisk(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		client, _, _ := s.treated("Ana", "Silva")
		b, anyone := s.as("jose@ballard.example"), s.browser()
		made := func() string {
			at := b.submit(client+"/releases/new", client+"/releases/new", "recipient_other", string(w.Provider.ID)).ok(http.StatusSeeOther).header.Get("Location")
			b.submit(at+"/sign", at+"/sign", "method", "typed", "name", "Ana Silva", "electronic_records_consent", "yes").ok(http.StatusSeeOther)
			return at
		}
		staff, own := made(), made()
		w.Write(func(tx *store.Tx) error {
			return tx.AddLink(models.Link{TokenHash: models.HashToken("secret"), Kind: models.LinkSign, ObjectID: path.Base(own),
				ClientID: models.ClientID(path.Base(client)), Email: "ana@example.org"})
		})
		s.full.Store(true)
		b.submit(client+"/releases/new", client+"/releases/new", "recipient_other", string(w.Provider.ID)).ok(http.StatusServiceUnavailable).has("disk is nearly full")
		b.submit(staff, staff+"/revoke", "channel", "phone").ok(http.StatusSeeOther)
		b.get(staff).ok(http.StatusOK).has("Revoked")
		link := models.LinkSign.Path() + "secret"
		csrf := anyone.get(link).ok(http.StatusOK).form(link).Get("_csrf")
		anyone.post(link, "_csrf", csrf, "birth_date", "1984-05-17").ok(http.StatusOK).has("take it back")
		anyone.post(link, "_csrf", csrf, "birth_date", "1984-05-17", "act", "sign").ok(http.StatusServiceUnavailable)
		anyone.post(link, "_csrf", csrf, "birth_date", "1984-05-17", "act", "revoke").ok(http.StatusOK).has("You took it back")
	})
}
