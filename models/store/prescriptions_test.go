package store_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// addOrder inserts an active order of six neck sessions.
func addOrder(w *storetest.World, allowed int) models.Prescription {
	w.T.Helper()
	c := w.Client("Ana", "Silva")
	at := w.Clock.Now()
	p := models.Prescription{ID: models.PrescriptionID(w.NewID()), PracticeID: w.Practice.ID, SeriesID: models.SeriesID(w.NewID()), Version: 1, ClientID: c.ID,
		PrescriberID: w.Provider.ID, Status: models.OrderActive, Source: models.FromPortal, ContentSHA256: "x", IssuedOn: "2026-03-02", ReceivedOn: "2026-03-02",
		SubmittedAt: &at, CreatedBy: w.Doctor.UserID, CreatedAt: at, RowVersion: 1,
		Content: models.OrderContent{ClientName: c.Name, ClientBirth: c.BirthDate, ValidFrom: "2026-03-02", ValidUntil: "2026-04-12", Expiry: models.Strict,
			Clock: models.ClockIssued, Scope: models.Scope{Regions: []models.RegionSide{{Region: "neck", Side: models.SideBoth}}, MinutesPerSession: 30, SessionsTotal: allowed}},
		Signature: &models.Signature{Method: models.SignedTyped, Name: "Linh", At: at}}
	w.Write(func(tx *store.Tx) error {
		if err := tx.AddSeries(models.Series{ID: p.SeriesID, ClientID: c.ID, CurrentID: p.ID, Allowed: allowed}); err != nil {
			return err
		}
		return tx.AddPrescription(p)
	})
	return p
}

func TestPrescriptionRoundTripAndVersions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		p := addOrder(w, 6)
		w.Write(func(tx *store.Tx) error {
			got, err := tx.Prescription(p.ID)
			if err != nil || !reflect.DeepEqual(got, p) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, p)
			}
			old := p
			old.Status = models.OrderSuperseded
			if err := tx.UpdatePrescription(old, 1); err != nil {
				return err
			}
			next := p
			next.ID, next.Version, next.Replaces = models.PrescriptionID(tx.NewID()), 2, p.ID
			if err := tx.AddPrescription(next); err != nil {
				return err
			}
			all, err := tx.Versions(p.SeriesID)
			if err != nil || len(all) != 2 || all[0].ID != p.ID || all[1].ID != next.ID || all[1].Replaces != p.ID {
				t.Errorf("versions %+v, %v", all, err)
			}
			l, err := tx.Prescriptions(store.OrderFilter{ClientID: p.ClientID, Statuses: []models.PrescriptionStatus{models.OrderActive}}, models.Page{Limit: 10})
			if err != nil || len(l.Items) != 1 || l.Items[0].ID != next.ID {
				t.Errorf("list %+v, %v", l, err)
			}
			return nil
		})
		err := w.DB.Write(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error { return tx.UpdatePrescription(p, 1) })
		if !errors.Is(err, fault.Stale) {
			t.Errorf("second update of row version 1: %v, want stale", err)
		}
	})
}

func TestASubmittedOrderIsFrozenInTheDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		p := addOrder(w, 6)
		err := w.DB.Write(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error { return tx.UpdateDraft(p, 1) })
		if !errors.Is(err, fault.Stale) {
			t.Errorf("update of an active order as a draft: %v, want stale", err)
		}
		if _, err := w.OwnerDB.Exec("UPDATE prescriptions SET content_sha256 = 'forged'"); err == nil && w.DB.Engine() == "sqlite" {
			t.Error("the content of a submitted order could be changed")
		}
	})
}

func TestAnotherPracticesOrderAndSeriesAreNotFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		p := addOrder(w, 6)
		for name, f := range map[string]func(tx *store.Tx) error{
			"order":  func(tx *store.Tx) error { _, err := tx.Prescription(p.ID); return err },
			"series": func(tx *store.Tx) error { _, err := tx.Series(p.SeriesID); return err },
			"lock":   func(tx *store.Tx) error { _, err := tx.LockSeries(p.SeriesID); return err },
			"give":   func(tx *store.Tx) error { return tx.GiveBackVisit(p.SeriesID) },
		} {
			err := w.DB.Write(context.Background(), w.Stranger, func(_ context.Context, tx *store.Tx) error { return f(tx) })
			if !errors.Is(err, fault.NotFound) {
				t.Errorf("%s: %v, want not found", name, err)
			}
		}
	})
}

func TestConcurrentVisitsNeverPassTheTotalAndNeverShareANumber(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		const racers, allowed = 64, 6
		p := addOrder(w, allowed)
		var mu sync.Mutex
		var numbers []int
		var wg sync.WaitGroup
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		for range racers {
			wg.Go(func() {
				n := 0
				err := w.DB.WriteLocked(ctx, w.Therapist, func(_ context.Context, tx *store.Tx) (err error) {
					if _, err = tx.LockSeries(p.SeriesID); err != nil {
						return err
					}
					n, err = tx.TakeVisit(p.SeriesID)
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					numbers = append(numbers, n)
				case fault.CodeOf(err) != "order.exhausted":
					t.Error(err)
				}
			})
		}
		wg.Wait()
		slices.Sort(numbers)
		if !slices.Equal(numbers, []int{1, 2, 3, 4, 5, 6}) {
			t.Errorf("numbers %v, want 1 to 6", numbers)
		}
		w.Write(func(tx *store.Tx) error {
			if err := tx.GiveBackVisit(p.SeriesID); err != nil {
				return err
			}
			if n, err := tx.TakeVisit(p.SeriesID); err != nil || n != 7 {
				t.Errorf("after a void the next number is %d, %v, want 7", n, err)
			}
			s, err := tx.Series(p.SeriesID)
			if err != nil || s.Used != 6 || s.LastNumber != 7 || s.Allowed != 6 || s.Unlimited {
				t.Errorf("series %+v, %v", s, err)
			}
			return nil
		})
		err := w.DB.Write(ctx, w.Owner, func(_ context.Context, tx *store.Tx) error {
			return tx.SetSeries(models.Series{ID: p.SeriesID, CurrentID: p.ID, Allowed: 5})
		})
		if fault.CodeOf(err) != "order.total_below_used" {
			t.Errorf("a total below used: %v", err)
		}
	})
}

func TestAnOrderWithoutLimitCountsOnAndAWarningGoesOutOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		p := addOrder(w, 1)
		w.Write(func(tx *store.Tx) error {
			if err := tx.SetSeries(models.Series{ID: p.SeriesID, CurrentID: p.ID, Unlimited: true}); err != nil {
				return err
			}
			for want := 1; want <= 3; want++ {
				if n, err := tx.TakeVisit(p.SeriesID); err != nil || n != want {
					t.Errorf("visit %d, %v, want %d", n, err, want)
				}
			}
			for _, want := range []bool{true, false} {
				if fresh, err := tx.MarkWarned(p.SeriesID, "visits_left"); err != nil || fresh != want {
					t.Errorf("warned %v, %v, want %v", fresh, err, want)
				}
			}
			return nil
		})
	})
}
