package web_test

import (
	"net/http"
	"strings"
	"testing"

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
