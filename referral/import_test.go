package referral

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// rows is a file whose rows are at hand; an error among them is a bad row, or
// the end of everything.
type rows []any

func (r *rows) Next() (models.Registration, error) {
	if len(*r) == 0 {
		return models.Registration{}, io.EOF
	}
	first := (*r)[0]
	*r = (*r)[1:]
	if err, bad := first.(error); bad {
		return models.Registration{}, err
	}
	return first.(models.Registration), nil
}

func registered(npi string, change ...func(*models.Registration)) models.Registration {
	r := models.Registration{NPI: npi, Name: models.PersonName{Given: "Maria", Family: "Garcia"}, Credentials: "D.C.", Taxonomy: "111N00000X",
		Licence: models.Licence{State: "WA", Number: "CH1"}, UpdatedOn: "2025-05-01",
		Office: models.Office{Name: "12 Main St, Seattle", Phone: "206-555-0300", Fax: "206-555-0301",
			Address: models.Address{Line1: "12 Main St", City: "Seattle", State: "WA", PostalCode: "98101-1234"}}}
	for _, f := range change {
		f(&r)
	}
	return r
}

const maria, other = "1000000004", "1000000012"

// imported runs an import and returns the outcomes in order.
func imported(t *testing.T, n *Network, file ...any) []models.ImportResult {
	t.Helper()
	var all []models.ImportResult
	if err := n.ImportProviders(context.Background(), models.System(""), (*rows)(&file), func(r models.ImportResult) error {
		all = append(all, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func byNPI(t *testing.T, n *Network, w *storetest.World, npi string) models.Registered {
	t.Helper()
	g, err := look(context.Background(), n, models.System(""), func(_ context.Context, tx *store.Tx) (models.Registered, error) {
		all, err := tx.Registered([]string{npi})
		return all[npi], err
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func wantOutcome(t *testing.T, got []models.ImportResult, want models.ImportOutcome, fields ...string) {
	t.Helper()
	if len(got) != 1 || got[0].Outcome != want {
		t.Errorf("got %+v, want %s", got, want)
		return
	}
	var changed []string
	for _, c := range got[0].Changes {
		changed = append(changed, c.Field)
	}
	if !slices.Equal(changed, fields) {
		t.Errorf("%s: changed %v, want %v", want, changed, fields)
	}
}

func TestImportAddsChangesAndLeavesAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := New(w.DB, nil, nil, Config{Now: w.Clock.Now})
		wantOutcome(t, imported(t, n, registered(maria)), models.ImportNew)
		g := byNPI(t, n, w, maria)
		if g.Name.Family != "Garcia" || len(g.Offices) != 1 || g.FromFile == nil || g.Offices[0].Fax != "206-555-0301" || g.Source != models.NPPES || g.SourceUpdatedOn != "2025-05-01" || g.Licence.Number != "CH1" {
			t.Errorf("new record: %+v", g)
		}
		if l, err := n.Providers(context.Background(), w.Therapist, models.ProviderQuery{Q: "garcia"}, models.Page{Limit: 5}); err != nil || len(l.Items) != 1 {
			t.Errorf("the search finds %+v, %v", l.Items, err)
		}
		wantOutcome(t, imported(t, n, registered(maria)), models.ImportUnchanged)
		moved := func(r *models.Registration) {
			r.UpdatedOn, r.Credentials, r.Office.Name = "2025-06-01", "DC", "9 Pine St, Tacoma"
			r.Office.Address.Line1, r.Office.Address.City, r.Office.Phone, r.Name.Family = "9 Pine St", "Tacoma", "", "Garcia-Lopez"
		}
		wantOutcome(t, imported(t, n, registered(maria, moved)), models.ImportChanged, "family", "office.address")
		g = byNPI(t, n, w, maria)
		if len(g.Offices) != 1 || g.Offices[0].Address.City != "Tacoma" || g.Offices[0].Phone != "206-555-0300" || g.Version != 2 {
			t.Errorf("moved: %+v", g)
		}
		wantOutcome(t, imported(t, n, registered(maria, moved)), models.ImportUnchanged)
		wantOutcome(t, imported(t, n, registered(maria)), models.ImportUnchanged) // an older file
		back := func(r *models.Registration) { moved(r); r.UpdatedOn, r.Office = "2025-07-01", registered(maria).Office }
		wantOutcome(t, imported(t, n, registered(maria, back)), models.ImportChanged, "office.address")
		if g = byNPI(t, n, w, maria); len(g.Offices) != 1 || g.Offices[0].Address.City != "Seattle" {
			t.Errorf("moved back: %+v", g.Offices)
		}
	})
}

func TestImportKeepsWhatItsOwnerKeepsAndWhatWasVerifiedLater(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := New(w.DB, nil, nil, Config{Now: w.Clock.Now})
		before := byNPI(t, n, w, w.Provider.NPI)
		wantOutcome(t, imported(t, n, registered(w.Provider.NPI)), models.ImportKept, "given", "family", "licence.state", "licence.number", "office.address", "office.phone", "office.fax")
		if g := byNPI(t, n, w, w.Provider.NPI); !g.Owned || g.Name != before.Name || g.Version != before.Version || g.Source != "" || len(g.Offices) != 1 {
			t.Errorf("a provider's own record was changed: %+v", g)
		}
		wantOutcome(t, imported(t, n, models.Registration{NPI: w.Provider.NPI, DeactivatedOn: "2025-08-01"}), models.ImportKept, "deactivated_on")

		imported(t, n, registered(maria))
		g := byNPI(t, n, w, maria)
		name := models.PersonName{Given: "Mary", Family: "Garcia"}
		change := func(c models.ProviderChange) {
			t.Helper()
			if _, err := n.ChangeProvider(models.WithIfMatch(context.Background(), byNPI(t, n, w, maria).Version), w.Therapist, g.ID, c); err != nil {
				t.Fatal(err)
			}
		}
		change(models.ProviderChange{Name: &name})
		wantOutcome(t, imported(t, n, registered(maria)), models.ImportKept, "given") // corrected since the file said so
		change(models.ProviderChange{Verified: true})
		on := func(day models.Date) func(*models.Registration) {
			return func(r *models.Registration) { r.UpdatedOn = day }
		}
		wantOutcome(t, imported(t, n, registered(maria, on("2025-12-01"))), models.ImportKept, "given") // verified on 2026-03-02
		wantOutcome(t, imported(t, n, registered(maria, on("2026-03-05"))), models.ImportChanged, "given")
	})
}

func TestImportMarksDeactivatedRecordsAndTakesThemBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := New(w.DB, nil, nil, Config{Now: w.Clock.Now})
		ended := models.Registration{NPI: maria, DeactivatedOn: "2025-08-01"}
		wantOutcome(t, imported(t, n, ended), models.ImportUnknown)
		imported(t, n, registered(maria))
		wantOutcome(t, imported(t, n, ended), models.ImportDeactivated, "deactivated_on")
		wantOutcome(t, imported(t, n, ended), models.ImportUnchanged)
		if g := byNPI(t, n, w, maria); g.DeactivatedOn != "2025-08-01" || g.Name.Family != "Garcia" || len(g.Offices) != 1 {
			t.Errorf("deactivated: %+v", g)
		}
		wantOutcome(t, imported(t, n, registered(maria)), models.ImportKept, "deactivated_on") // the same file again
		updated := func(day models.Date) models.Registration {
			return registered(maria, func(r *models.Registration) { r.UpdatedOn = day })
		}
		wantOutcome(t, imported(t, n, updated("2025-07-31")), models.ImportKept, "deactivated_on")
		wantOutcome(t, imported(t, n, updated("2025-08-01")), models.ImportKept, "deactivated_on")
		wantOutcome(t, imported(t, n, updated("")), models.ImportUnchanged) // says nothing of a day, older than what was known
		if g := byNPI(t, n, w, maria); g.DeactivatedOn != "2025-08-01" || g.SourceUpdatedOn != "2025-05-01" {
			t.Errorf("after rows older than the deactivation: %+v", g)
		}
		wantOutcome(t, imported(t, n, updated("2025-09-01")), models.ImportChanged, "deactivated_on")
		if g := byNPI(t, n, w, maria); g.DeactivatedOn != "" {
			t.Errorf("given back: %+v", g)
		}
		wantOutcome(t, imported(t, n, ended), models.ImportDeactivated, "deactivated_on")          // dated back, and told after the row
		wantOutcome(t, imported(t, n, updated("2025-09-01")), models.ImportKept, "deactivated_on") // which was known before
		again := updated("2025-09-01")
		again.ReactivatedOn = "2025-10-01"
		wantOutcome(t, imported(t, n, again), models.ImportChanged, "deactivated_on")
		if g := byNPI(t, n, w, maria); g.DeactivatedOn != "" {
			t.Errorf("given back with its day: %+v", g)
		}
	})
}

func TestImportGoesOnBehindBadRowsAndAfterACrash(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := New(w.DB, nil, nil, Config{Now: w.Clock.Now})
		bad := &models.BadRow{Line: 3, Reason: "the NPI is not valid"}
		got := imported(t, n, registered(maria), bad, registered(other), registered(maria)) // the same NPI twice
		var outcomes []models.ImportOutcome
		for _, r := range got {
			outcomes = append(outcomes, r.Outcome)
		}
		slices.Sort(outcomes)
		if want := []models.ImportOutcome{models.ImportFailed, models.ImportNew, models.ImportNew, models.ImportUnchanged}; !slices.Equal(outcomes, want) {
			t.Errorf("got %v, want %v", outcomes, want)
		}

		var file rows
		for i := range importBatch + 50 {
			file = append(file, registered(validNPI(t, 110000000+i)))
		}
		lost := errors.New("the machine went away")
		broken := append(slices.Clone(file[:importBatch+1]), lost)
		count := map[models.ImportOutcome]int{}
		tell := func(r models.ImportResult) error { count[r.Outcome]++; return nil }
		if err := n.ImportProviders(context.Background(), models.System(""), &broken, tell); !errors.Is(err, lost) {
			t.Fatalf("got %v", err)
		}
		clear(count)
		if err := n.ImportProviders(context.Background(), models.System(""), &file, tell); err != nil {
			t.Fatal(err)
		}
		if count[models.ImportNew] != 49 || count[models.ImportUnchanged] != importBatch+1 {
			t.Errorf("after a crash: %v", count)
		}
	})
}

func validNPI(t *testing.T, base int) string {
	t.Helper()
	for d := range 10 {
		if s := fmt.Sprintf("%09d%d", base, d); models.ValidNPI(s) {
			return s
		}
	}
	t.Fatal("no check digit fits")
	return ""
}

func TestImportNeedsItsPermission(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := New(w.DB, nil, nil, Config{Now: w.Clock.Now})
		err := n.ImportProviders(context.Background(), w.Owner, &rows{registered(maria)}, func(models.ImportResult) error { return nil })
		if !errors.Is(err, fault.Forbidden) {
			t.Errorf("got %v", err)
		}
	})
}
