package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"rapport/models/store/storetest"
)

func TestAPatientsPageLeadsToAnOrderThatNamesThem(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	client, _, _ := s.treated("Ana", "Silva")
	id := strings.TrimPrefix(client, "/clients/")
	d, form := s.as("linh@greenlake.example"), "/provider/orders/new?client="+id
	page := d.get("/provider/clients/" + string(w.Practice.ID) + "/" + id).ok(http.StatusOK).lookOver().has("New order")
	if !strings.Contains(page.body, `href="`+form+`"`) {
		t.Fatal("the patient's page does not lead to an order for them")
	}
	d.get(form).ok(http.StatusOK).lookOver().has("Ana Silva", "born May 17, 1984", "For Ballard Massage").hasNot("Given name", "Birth date", "Somebody new")
	d.submit(form, form, "act", "sign").ok(http.StatusUnprocessableEntity).lookOver().has("Ana Silva", "born May 17, 1984", "at least one region")
	sent := d.submit(form, form, "diagnosis_codes", "M54.2", "scope/regions.neck", "both", "scope/sessions_total", "4", "act", "sign").ok(http.StatusSeeOther)
	d.follow(sent).ok(http.StatusOK).has("Order for Ana Silva", "Waiting for acceptance")
	d.get("/provider/orders/new").ok(http.StatusOK).lookOver().has("Patient you ordered for before", "Somebody new")
	d.get("/provider/orders/new?client=0196e000-ffff-7000-8000-00000000dead").ok(http.StatusNotFound).lookOver()
}

func TestAnOrderIsRenewedEarlyFromAFoldAndInPlainSightWhenItRunsOut(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	_, order, _ := s.treated("Ana", "Silva")
	s.as("linh@greenlake.example").get("/provider"+order).ok(http.StatusOK).lookOver().has("Renew before it runs out", "Sign and renew")
	s.as("jose@ballard.example").get(order).ok(http.StatusOK).lookOver().has("Renew it before it runs out", "Ask for the next order")
	w.Clock.Advance(22 * 24 * time.Hour) // five days are left
	s.as("linh@greenlake.example").get("/provider"+order).ok(http.StatusOK).lookOver().has("Renew", "Sign and renew").hasNot("before it runs out")
	s.as("jose@ballard.example").get(order).ok(http.StatusOK).lookOver().has("Ask for the next order").hasNot("before it runs out")
}

func TestAnOrderIsLockedFromItsAcceptanceOn(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	doctor, b := s.as("linh@greenlake.example"), s.as("jose@ballard.example")
	sent := doctor.submit("/provider/orders/new", "/provider/orders/new", "practice_id", string(w.Practice.ID), "client/name/given", "Ana",
		"client/name/family", "Silva", "client/birth_date", "1984-05-17", "diagnosis_codes", "M54.2", "scope/regions.neck", "both",
		"scope/sessions_total", "4", "act", "sign").ok(http.StatusSeeOther)
	theirs := sent.header.Get("Location")
	doctor.get(theirs).ok(http.StatusOK).lookOver().has("waits for the practice to accept").hasNot("locked")
	order := strings.TrimPrefix(theirs, "/provider")
	b.get(order).ok(http.StatusOK).lookOver().has("waits for you to accept").hasNot("locked")
	s.as("dana@ballard.example").get(order).ok(http.StatusOK).lookOver().has("waits for acceptance")
	b.submit(order, order+"/accept").ok(http.StatusSeeOther)
	b.get(order).ok(http.StatusOK).lookOver().has("locked")
}
