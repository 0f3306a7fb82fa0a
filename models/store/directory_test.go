package store_test

import (
	"context"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// enter adds a provider "Given Family" of a taxonomy with an office in a city
// or ZIP code, and returns the id.
func enter(t *testing.T, w *storetest.World, name, taxonomy, city, zip string) models.ProviderID {
	t.Helper()
	given, family, _ := strings.Cut(name, " ")
	p := models.Provider{ID: models.ProviderID(w.NewID()), Name: models.PersonName{Given: given, Family: family}, Taxonomy: taxonomy, CreatedAt: w.Clock.Now(), Version: 1}
	if city+zip != "" {
		p.Offices = []models.Office{{ID: models.OfficeID(w.NewID()), Name: "Office", Address: models.Address{City: city, State: "WA", PostalCode: zip}}}
	}
	w.Write(func(tx *store.Tx) error { return tx.AddProvider(p) })
	return p.ID
}

// names searches and returns what was found as given names, a page at a time.
func names(t *testing.T, w *storetest.World, q models.ProviderQuery, limit int) []string {
	t.Helper()
	var out []string
	page := models.Page{Limit: limit}
	for range 100 {
		var l models.List[models.Provider]
		err := w.DB.Read(context.Background(), models.System(""), func(_ context.Context, tx *store.Tx) (err error) { l, err = tx.Providers(q, page); return err })
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range l.Items {
			out = append(out, p.Name.Given)
		}
		if page.Cursor = l.NextCursor; page.Cursor == "" {
			return out
		}
	}
	t.Fatal("the pages do not end")
	return nil
}

func TestSearchRanksExactThenPrefixThenTypo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		for _, n := range []string{"1 Gonzalez", "2 Gonzales", "3 Gonzaleza", "4 Gonzalez-Ortiz", "5 Ganzalez", "6 Gonzlaez", "7 Gonzalo", "8 Ortiz", "9 Go", "10 Ñonzalez"} {
			enter(t, w, n, "", "", "")
		}
		for _, c := range []struct {
			q    string
			want string
		}{
			{"gonzalez", "1 4 3 5 2 6 10"},
			{"GONZÁLEZ", "1 4 3 5 2 6 10"},
			{"gonzal", "2 1 4 3 7"},
			{"gonzlez", "1 4 6"},
			{"gonzalez ortiz", "4"},
			{"gonzalez ortis", "4"},
			{"orti gonz", "4"},
			{"go", "9 2 1 4 3 7 6"},
			{"xyzzy", ""},
			{"nguen", "Linh"},
			{"ngyuen", "Linh"},
			{"oneill", "Sean"},
		} {
			got := names(t, w, models.ProviderQuery{Q: c.q}, 3)
			if strings.Join(got, " ") != c.want {
				t.Errorf("%q: %v, want %s", c.q, got, c.want)
			}
		}
	})
}

func TestSearchFindsTheNearestFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		enter(t, w, "ballard Smith", "225700000X", "Seattle", "98107")
		enter(t, w, "capitol Smith", "111N00000X", "Seattle", "98102-1234")
		enter(t, w, "bellevue Smyth", "111NX0800X", "Bellevue", "98004")
		enter(t, w, "spokane Smith", "111N00000X", "Spokane", "99201")
		enter(t, w, "nowhere Smith", "111N00000X", "", "")
		for _, c := range []struct {
			q    models.ProviderQuery
			want string
		}{
			{models.ProviderQuery{Near: "98107"}, "ballard capitol Linh bellevue"},
			{models.ProviderQuery{Near: "98107", Within: 5}, "ballard capitol Linh"},
			{models.ProviderQuery{Near: "98107", Discipline: "chiropractic"}, "capitol Linh bellevue"},
			{models.ProviderQuery{Near: "98107", Within: 200, Q: "smith", Discipline: "chiropractor"}, "capitol bellevue"},
			{models.ProviderQuery{Near: "98004", Q: "smith"}, "capitol ballard bellevue"},
			{models.ProviderQuery{Discipline: "chiropractic", City: "SEATTLE", State: "wa"}, "Linh capitol"},
			{models.ProviderQuery{City: "Bellevue"}, "bellevue"},
			{models.ProviderQuery{Q: "smith", Taxonomy: "225700000X"}, "ballard"},
			{models.ProviderQuery{NPI: "1234567893"}, "Linh"},
		} {
			for _, limit := range []int{1, 50} {
				if got := strings.Join(names(t, w, c.q, limit), " "); got != c.want {
					t.Errorf("%+v: %s, want %s", c.q, got, c.want)
				}
			}
		}
	})
}

func TestAChangedNameIsFoundByTheNewWordsOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		p := w.Provider
		p.Name.Family = "Brandt"
		w.Write(func(tx *store.Tx) error { return tx.UpdateProvider(p, 1) })
		if got := names(t, w, models.ProviderQuery{Q: "Nguyen"}, 10); got != nil {
			t.Errorf("got %v", got)
		}
		if got := names(t, w, models.ProviderQuery{Q: "brand lin"}, 10); len(got) != 1 {
			t.Errorf("got %v", got)
		}
		if _, err := w.OwnerDB.Exec("UPDATE providers SET folded = 'weiss linh' WHERE folded = 'brandt linh'"); err != nil {
			t.Fatal(err)
		}
		w.Write(func(tx *store.Tx) error {
			if n, err := tx.IndexRest(10); n != 1 || err != nil {
				t.Errorf("%d left, %v", n, err)
			}
			return nil
		})
		if got := names(t, w, models.ProviderQuery{Q: "weiss"}, 10); len(got) != 1 {
			t.Errorf("got %v", got)
		}
	})
}
