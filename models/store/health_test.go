package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// past writes what happened in a relationship, days before today.
type past struct {
	*storetest.World
	r      models.Relationship
	client models.Client
	today  models.Date
}

func (p past) ago(days int) time.Time {
	return p.today.AddDays(-days).Time(p.Practice.Location()).Add(9 * time.Hour).UTC()
}

func (p past) referral(d models.Direction, days int, state models.ReferralState, closed bool) {
	at := p.ago(days)
	r := models.Referral{ID: models.ReferralID(p.NewID()), Direction: d, ClientID: p.client.ID, ProviderID: p.r.ProviderID, RelationshipID: p.r.ID, Reason: "neck",
		Priority: models.Routine, State: state, BusinessStatus: "2.0", CreatedAt: at, Version: 1}
	if state != models.ReferralDraft {
		r.SentAt = &at
	}
	if closed {
		end := at.Add(24 * time.Hour)
		r.OutcomeAt, r.SeenAt, r.ClosedAt = &end, &end, &end
	}
	p.Write(func(tx *store.Tx) error { return tx.AddReferral(r) })
}

func (p past) promise(by models.OwedBy, due, kept int, state models.PromiseState) {
	v := models.Promise{ID: models.PromiseID(p.NewID()), RelationshipID: p.r.ID, OwedBy: by, Kind: models.PromisePacket, What: "packet", DueOn: p.today.AddDays(-due),
		State: models.PromiseOpen, CreatedAt: p.ago(due + 5), Version: 1}
	p.Write(func(tx *store.Tx) error {
		if err := tx.AddPromise(v); err != nil || state == models.PromiseOpen {
			return err
		}
		if v.State = state; state == models.PromiseKept {
			v.KeptOn = p.today.AddDays(-kept)
		}
		_, err := tx.SettlePromise(v)
		return err
	})
}

func pastOf(t *testing.T, w *storetest.World) past {
	t.Helper()
	p := past{World: w, client: w.Client("Ada", "Byron")}
	p.today = w.Practice.Today(w.Clock.Now())
	w.Write(func(tx *store.Tx) (err error) {
		p.r, err = tx.EnsureRelationship(w.Provider.ID)
		if err != nil {
			return err
		}
		_, err = tx.EnsureRelationship(w.Provider2.ID)
		return err
	})
	return p
}

func (p past) facts(only models.RelationshipID) []models.HealthFacts {
	var out []models.HealthFacts
	err := p.DB.Read(context.Background(), p.Owner, func(_ context.Context, tx *store.Tx) (err error) {
		out, err = tx.HealthFacts(only, p.today, p.Practice.Location())
		return err
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return out
}

func TestHealthCountsWhatHappenedInItsSpans(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		p := pastOf(t, w)
		for _, days := range []int{400, 364, 89, 88, 88, 6, 0} {
			p.referral(models.Inbound, days, models.ReferralReceived, days > 80)
		}
		p.referral(models.Inbound, 40, models.ReferralDeclined, false)
		p.referral(models.Inbound, 10, models.ReferralDraft, false)
		p.referral(models.Inbound, 10, models.ReferralEnteredInError, false)
		for _, days := range []int{365, 359, 90, 29} {
			p.referral(models.Outbound, days, models.ReferralCompleted, false)
		}
		p.promise(models.OwedByUs, 10, 10, models.PromiseKept)
		p.promise(models.OwedByUs, 10, 9, models.PromiseKept)
		p.promise(models.OwedByUs, 1, 0, models.PromiseOpen)
		p.promise(models.OwedByUs, 0, 0, models.PromiseOpen)
		p.promise(models.OwedByUs, 5, 0, models.PromiseReleased)
		p.promise(models.OwedByThem, -3, 1, models.PromiseKept)
		p.promise(models.OwedByThem, 400, 0, models.PromiseOpen)
		w.Write(func(tx *store.Tx) error {
			return tx.AddContact(models.Contact{ID: models.ContactID(w.NewID()), RelationshipID: p.r.ID, At: p.ago(20), Channel: models.ContactCall, Direction: "out",
				Outcome: models.NoAnswer, CreatedAt: p.ago(20)})
		})
		all := p.facts("")
		if len(all) != 2 {
			t.Fatalf("%d relationships", len(all))
		}
		got := all[slices.IndexFunc(all, func(f models.HealthFacts) bool { return f.RelationshipID == p.r.ID })]
		day := p.today.UnixDay()
		want := models.HealthFacts{RelationshipID: p.r.ID, ProviderID: w.Provider.ID, Today: p.today,
			In:       models.Flow{Ever: 8, Window: 7, Recent: 6, Before: 0, Week: 2, Season: 4, Loops: models.Share{Part: 4, Of: 4}},
			Out:      models.Flow{Ever: 4, Window: 3, Recent: 1, Before: 2, Season: 2, Loops: models.Share{Of: 2}},
			InDays:   []int{day - 400, day - 364, day - 89, day - 88, day - 40, day - 6, day},
			KeptByUs: models.Share{Part: 1, Of: 3}, KeptByThem: models.Share{Part: 1, Of: 1}, Contacts: 1, SinceContact: got.SinceContact}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if one := p.facts(p.r.ID); len(one) != 1 || !cmp.Equal(one[0], got) {
			t.Errorf("alone it is %+v", one)
		}
	})
}

func TestHealthTellsNothingOfAnotherPractice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		p := pastOf(t, w)
		p.referral(models.Inbound, 3, models.ReferralReceived, false)
		err := w.DB.Read(context.Background(), w.Stranger, func(_ context.Context, tx *store.Tx) error {
			facts, err := tx.HealthFacts("", p.today, time.UTC)
			if len(facts) > 0 {
				t.Errorf("another practice counts %+v", facts)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestLastCalibrationCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		read := func() (c models.Calibration, found bool) {
			err := w.DB.Read(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) (err error) { c, found, err = tx.LastCalibration(); return err })
			if err != nil {
				t.Fatal(err)
			}
			return c, found
		}
		if c, found := read(); found {
			t.Errorf("before any fit: %+v", c)
		}
		for _, r := range []float64{0.2, 0.3} {
			w.Write(func(tx *store.Tx) error {
				return tx.AddCalibration(models.Calibration{R: r, Alpha: 4, A: 1, B: 2, Referrers: 40, Source: "network"})
			})
			w.Clock.Advance(time.Hour)
		}
		if c, found := read(); !found || c.R != 0.3 || c.Referrers != 40 {
			t.Errorf("%+v %v", c, found)
		}
	})
}
