package referral

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/models"
	"rapport/models/store"
)

// came adds an inbound referral of a provider that was sent so many days ago.
func (d *desk) came(t *testing.T, from models.ProviderID, direction models.Direction, ago int, state models.ReferralState) {
	t.Helper()
	at := d.Clock.Now().AddDate(0, 0, -ago)
	d.Write(func(tx *store.Tx) error {
		with, err := tx.EnsureRelationship(from)
		if err != nil {
			return err
		}
		before, err := tx.ReferredBefore(with.ID, direction)
		if err != nil {
			return err
		}
		r := models.Referral{ID: models.ReferralID(d.NewID()), Direction: direction, ClientID: d.client.ID, ProviderID: from, RelationshipID: with.ID, Reason: "neck", Priority: models.Routine,
			State: state, BusinessStatus: "2.0", FirstOfProvider: !before, SentAt: &at, CreatedAt: at, Version: 1}
		if state != models.ReferralReceived {
			r.AnsweredAt = &at
		}
		if state == models.ReferralVisitDone || state == models.ReferralCompleted {
			r.FirstVisitAt, r.LastVisitAt = &at, &at
		}
		if state == models.ReferralCompleted {
			r.OutcomeAt = &at
		}
		return tx.AddReferral(r)
	})
}

func TestWhoRefersCountsEachWayAndEachStep(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		for _, ago := range []int{366, 364, 100, 20, 6, 3, 0} {
			d.came(t, d.Provider.ID, models.Inbound, ago, models.ReferralReceived)
		}
		d.came(t, d.Provider.ID, models.Outbound, 40, models.ReferralCompleted)
		d.came(t, d.Provider2.ID, models.Outbound, 30, models.ReferralVisitDone)
		d.came(t, d.Provider2.ID, models.Outbound, 30, models.ReferralDeclined)
		d.came(t, d.Provider2.ID, models.Outbound, 30, models.ReferralEnteredInError)
		v, err := d.net.WhoRefers(d.ctx, d.Desk)
		if err != nil {
			t.Fatal(err)
		}
		want := []models.ReferralStep{{Step: "sent", In: 6, Out: 3}, {Step: "answered", Out: 3}, {Step: "visited", Out: 2}, {Step: "outcome", Out: 1}, {Step: "seen"}}
		if diff := cmp.Diff(want, v.Funnel); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if v.In != 6 || v.Out != 3 || len(v.Partners) != 2 || v.Partners[0].ProviderID != d.Provider.ID || v.Concentration == nil || v.Concentration.Sources != 1 {
			t.Errorf("%+v", v)
		}
		if p := v.Partners[0]; p.In != 6 || p.Out != 1 || p.Week != 3 || p.Usual != 2.0/12 || p.Status == "" {
			t.Errorf("%+v", p)
		}
		if len(v.Movers) != 1 || v.Movers[0].ProviderID != d.Provider.ID {
			t.Errorf("moved: %+v", v.Movers)
		}
		offices := 0
		for _, s := range v.Offices {
			offices += s.Offices
		}
		if offices != 2 {
			t.Errorf("%d offices in the funnel: %+v", offices, v.Offices)
		}
		_, err = d.net.WhoRefers(d.ctx, d.Doctor)
		code(t, err, "role.not_allowed")
		if v, err := d.net.WhoRefers(d.ctx, d.Stranger); err != nil || len(v.Partners) != 0 || v.In+v.Out != 0 {
			t.Errorf("another practice sees %+v, %v", v, err)
		}
	})
}

// standing is how the practice stands with each provider.
func (d *desk) standing(t *testing.T) map[models.ProviderID]models.Health {
	t.Helper()
	all, err := d.net.Standings(d.ctx, d.Owner)
	if err != nil {
		t.Fatal(err)
	}
	out := map[models.ProviderID]models.Health{}
	for _, s := range all {
		if out[s.ProviderID], err = d.net.Health(d.ctx, d.Owner, s.RelationshipID); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func figuresOf(h models.Health, name models.HealthPartName) map[string]float64 {
	out := map[string]float64{}
	for _, p := range h.Parts {
		if p.Name != name {
			continue
		}
		for _, f := range p.Figures {
			out[f.Name] = f.Value
		}
	}
	return out
}

func TestAMergedProvidersHistoryCountsForTheRecordThatStays(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		twin := c.twin(t)
		for _, ago := range []int{200, 120, 50} {
			c.came(t, twin.ID, models.Inbound, ago, models.ReferralCompleted)
		}
		c.came(t, c.Provider.ID, models.Inbound, 20, models.ReferralReceived)
		c.came(t, c.Provider.ID, models.Outbound, 10, models.ReferralReceived)
		before := c.standing(t)
		if len(before) != 2 || before[c.Provider.ID].Status != models.HealthOneTime {
			t.Fatalf("before the merge: %+v", before)
		}
		if _, err := c.net.MergeProviders(c.ctx, c.Owner, twin.ID, c.Provider.ID); err != nil {
			t.Fatal(err)
		}
		check := func(in, out float64) {
			t.Helper()
			now := c.standing(t)
			flow := figuresOf(now[c.Provider.ID], models.PartFlow)
			if len(now) != 1 || flow["in"] != in || flow["out"] != out || flow["in_first"] != 1 || flow["out_first"] != 1 {
				t.Errorf("%d relationships, %v", len(now), flow)
			}
			if days := figuresOf(now[c.Provider.ID], models.PartStillReferring)["days_with_a_referral"]; days != in {
				t.Errorf("they referred on %g days, want %g", days, in)
			}
		}
		check(4, 1)
		o := models.ReferralOutline{Direction: models.Outbound, ClientID: c.client.ID, ProviderID: twin.ID, Reason: "Numb fingers."} // by who kept the old id
		r, err := c.net.Refer(c.ctx, c.Desk, o)
		if err != nil || r.ProviderID != c.Provider.ID {
			t.Fatalf("referred to %s, %v", r.ProviderID, err)
		}
		with, err := c.net.Relate(c.ctx, c.Desk, twin.ID)
		if err != nil || with.ProviderID != c.Provider.ID {
			t.Errorf("related to %s, %v", with.ProviderID, err)
		}
		if found, err := c.net.RelationshipWith(c.ctx, c.Desk, twin.ID); err != nil || found.ID != with.ID {
			t.Errorf("found %+v, %v", found.Relationship, err)
		}
		check(4, 1)
	})
}
