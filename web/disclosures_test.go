package web_test

import (
	"net/http"
	"testing"

	"rapport/models/store/storetest"
)

func TestAnUnknownViewOfTheDisclosuresIsRefusedInWords(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	b := newSite(t, w, publicURL).as("olga@ballard.example")
	at := "/clients/" + string(w.Client("Ana", "Silva").ID) + "/disclosures"
	b.get(at + "?view=full").ok(http.StatusOK).lookOver()
	for _, path := range []string{at + "?view=nonsense", at + "/log?view=nonsense"} {
		b.get(path).ok(http.StatusUnprocessableEntity).lookOver().has("There is no such view of the disclosures", "in full, or as the statutory accounting")
	}
}
