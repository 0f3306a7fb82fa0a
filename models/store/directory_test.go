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

func TestTheSearchFollowsWhatMovesAProvider(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		id := enter(t, w, "ada Tailor", "111N00000X", "Seattle", "98107")
		var p models.Provider
		read := func() {
			w.Write(func(tx *store.Tx) (err error) { p, err = tx.Provider(id); return err })
		}
		read()
		home := p.Offices[0].ID
		other := models.Office{ID: models.OfficeID(w.NewID()), Name: "Second", Address: models.Address{City: "Spokane", State: "WA", PostalCode: "99201"}}
		for _, c := range []struct {
			what string
			do   func(tx *store.Tx) error
			want map[string]models.ProviderQuery // what is found and where; "-" is nobody
		}{
			{"a second office", func(tx *store.Tx) error {
				if err := tx.AddOffice(other); err != nil {
					return err
				}
				return tx.AddProviderRole(id, other.ID)
			}, map[string]models.ProviderQuery{"ada": {City: "Spokane", Discipline: "chiropractic"}, "ada ": {Q: "tailor", Near: "98107"}}},
			{"a new discipline", func(tx *store.Tx) error { p.Taxonomy = "225700000X"; return tx.UpdateProvider(p, p.Version) },
				map[string]models.ProviderQuery{"-": {City: "Spokane", Discipline: "chiropractic"}, "ada": {City: "Spokane", Discipline: "massage"}}},
			{"new patients", func(tx *store.Tx) error { p.Accepting = models.AcceptingYes; return tx.UpdateProvider(p, p.Version) },
				map[string]models.ProviderQuery{"ada": {State: "WA", Accepting: models.AcceptingYes}}},
			{"a move", func(tx *store.Tx) error {
				other.Address = models.Address{City: "Bellevue", State: "WA", PostalCode: "98004"}
				return tx.UpdateOffice(other)
			}, map[string]models.ProviderQuery{"-": {City: "Spokane"}, "ada": {City: "Bellevue"}, "ada ": {Near: "98004", Within: 1}}},
			{"the first office left", func(tx *store.Tx) error { return tx.EndProviderRole(id, home) },
				map[string]models.ProviderQuery{"-": {Q: "ada", Near: "98107", Within: 3}, "ada": {Q: "ada", City: "Bellevue"}}},
			{"a merge", func(tx *store.Tx) error { return tx.MergeProvider(p, w.Provider, true) },
				map[string]models.ProviderQuery{"-": {Q: "tailor"}, "Linh": {City: "Bellevue"}}},
		} {
			read()
			w.Write(c.do)
			for want, q := range c.want {
				got := strings.Join(names(t, w, q, 10), " ")
				if want = strings.TrimSpace(strings.TrimPrefix(want, "-")); got != want {
					t.Errorf("after %s, %+v finds %q, want %q", c.what, q, got, want)
				}
			}
			var astray int
			const differ = `SELECT COUNT(*) FROM (SELECT * FROM (SELECT * FROM provider_places EXCEPT SELECT * FROM provider_places_now) a
				UNION ALL SELECT * FROM (SELECT * FROM provider_places_now EXCEPT SELECT * FROM provider_places) b) d`
			if err := w.OwnerDB.QueryRow(differ).Scan(&astray); err != nil || astray != 0 {
				t.Errorf("after %s %d places differ from what the offices say (%v)", c.what, astray, err)
			}
		}
	})
}

func TestAlternativesAreNearAndTakeNewPatients(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		ids := map[string]models.ProviderID{}
		for _, c := range []struct {
			name, taxonomy, city, zip string
			accepting                 models.Accepting
		}{
			{"spokane Zeller", "111N00000X", "Spokane", "99201", models.AcceptingYes},
			{"bellevue Young", "111NX0800X", "Bellevue", "98107", models.AcceptingYes},
			{"seattle Xu", "111N00000X", "Seattle", "98115", models.AcceptingYes},
			{"full Adams", "111N00000X", "Seattle", "98115", models.AcceptingNo},
			{"other Adams", "225700000X", "Seattle", "98115", models.AcceptingYes},
			{"unknown Adams", "111N00000X", "Seattle", "98115", models.AcceptingUnknown},
		} {
			id := enter(t, w, c.name, c.taxonomy, c.city, c.zip)
			ids[strings.Fields(c.name)[0]] = id
			w.Write(func(tx *store.Tx) error {
				p, err := tx.Provider(id)
				if err != nil {
					return err
				}
				p.Accepting = c.accepting
				return tx.UpdateProvider(p, p.Version)
			})
		}
		found := func(near models.Address) string {
			var out []string
			w.Write(func(tx *store.Tx) error {
				p, err := tx.Provider(w.Provider.ID)
				if err != nil {
					return err
				}
				list, err := tx.Alternatives(p, near, 10)
				for _, a := range list {
					out = append(out, strings.Fields(a.Name)[0])
				}
				return err
			})
			return strings.Join(out, " ")
		}
		seattle := models.Address{City: "Seattle", State: "WA", PostalCode: "98101"}
		for _, c := range []struct {
			near models.Address
			want string
		}{
			{seattle, "seattle bellevue spokane"},
			{models.Address{City: "Spokane", State: "wa", PostalCode: "99201"}, "spokane seattle bellevue"},
			{models.Address{State: "OR"}, ""},
			{models.Address{}, "seattle bellevue spokane"},
		} {
			if got := found(c.near); got != c.want {
				t.Errorf("near %+v: %q, want %q", c.near, got, c.want)
			}
		}
		if _, err := w.OwnerDB.Exec("UPDATE providers SET deactivated_on = '2026-01-02' WHERE given = 'bellevue'"); err != nil {
			t.Fatal(err)
		}
		w.Write(func(tx *store.Tx) error { return tx.EndProviderRole(ids["spokane"], office(t, tx, ids["spokane"])) })
		if got := found(seattle); got != "seattle" {
			t.Errorf("after one left and one left practice: %q", got)
		}
	})
}

func office(t *testing.T, tx *store.Tx, id models.ProviderID) models.OfficeID {
	t.Helper()
	p, err := tx.Provider(id)
	if err != nil || len(p.Offices) == 0 {
		t.Fatalf("%v without an office: %v", p.Name, err)
	}
	return p.Offices[0].ID
}
