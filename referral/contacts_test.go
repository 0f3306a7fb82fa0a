package referral

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// related is the practice's relationship with its provider.
func (d *desk) related(t *testing.T) models.RelationshipID {
	t.Helper()
	r, err := d.net.Relate(d.ctx, d.Therapist, d.Provider.ID)
	if err != nil {
		t.Fatal(err)
	}
	return r.ID
}

func (d *desk) contact(t *testing.T, id models.RelationshipID, c models.ContactDraft) models.ContactLine {
	t.Helper()
	got, err := d.net.LogContact(d.ctx, d.Desk, id, c)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestOnlyWhoWasReachedResetsTheCadence(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		id, thirty := d.related(t), 30
		r, err := d.net.ChangeRelationship(d.ctx, d.Therapist, id, models.RelationshipChange{WantedIntervalDays: &thirty})
		if err != nil || r.Overdue != 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		d.Clock.Advance(45 * 24 * time.Hour)
		for _, step := range []struct {
			c       models.ContactDraft
			overdue float64
		}{
			{models.ContactDraft{Channel: models.ContactCall, Outcome: models.Voicemail, NextStep: "Try at noon", NextStepOn: "2026-04-20"}, 0.5},
			{models.ContactDraft{Channel: models.ContactCall}, 0.5},                                // nobody named: no answer
			{models.ContactDraft{Channel: models.ContactLetter, Outcome: models.ContactSent}, 0.5}, // only sent
			{models.ContactDraft{Channel: models.ContactFax, Outcome: models.Received}, 0},
			{models.ContactDraft{Channel: models.ContactCall, WithName: "Pat"}, 0},
		} {
			d.Clock.Advance(time.Minute)
			c := d.contact(t, id, step.c)
			r, err := d.net.Relationship(d.ctx, d.Therapist, id)
			if err != nil || r.Overdue != step.overdue || !r.LastContactAt.Equal(c.At) {
				t.Errorf("after %s: overdue %v, want %v, %v", c.Outcome, r.Overdue, step.overdue, err)
			}
			if want := step.overdue > 0; want != (r.NextStep == "Try at noon") {
				t.Errorf("after %s the next step is %q", c.Outcome, r.NextStep)
			}
		}
		l, err := d.net.Contacts(d.ctx, d.Desk, ContactQuery{RelationshipID: id}, models.Page{Limit: 2})
		if err != nil || len(l.Items) != 2 || l.Items[0].WithName != "Pat" || l.Items[0].Outcome != models.ReachedStaff || l.NextCursor == "" {
			t.Errorf("%+v, %v", l, err)
		}
		l, err = d.net.Contacts(d.ctx, d.Desk, ContactQuery{RelationshipID: id}, models.Page{Limit: 10, Cursor: l.NextCursor})
		if err != nil || len(l.Items) != 3 || l.Items[1].Outcome != models.NoAnswer {
			t.Errorf("the rest of the log: %+v, %v", l.Items, err)
		}
		_, err = d.net.Contacts(d.ctx, d.Stranger, ContactQuery{RelationshipID: id}, models.Page{Limit: 2})
		code(t, err, "not_found")
	})
}

// TestWhoIsLosingTouchComesFirst: by how much of the wanted interval has passed
// beyond it, not by the days; who is in touch is not listed.
func TestWhoIsLosingTouchComesFirst(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		for _, x := range []struct {
			family          string
			wanted, reached int // days
		}{{"Weekly", 7, 21}, {"Quarterly", 90, 135}, {"Monthly", 30, 90}, {"Touched", 30, 30}, {"Unwanted", 0, 300}} {
			p, err := d.net.AddProvider(d.ctx, d.Desk, models.ProviderDraft{Name: models.PersonName{Given: "Ida", Family: x.family}})
			if err != nil {
				t.Fatal(err)
			}
			r, err := d.net.Relate(d.ctx, d.Desk, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.net.ChangeRelationship(d.ctx, d.Desk, r.ID, models.RelationshipChange{WantedIntervalDays: &x.wanted}); err != nil {
				t.Fatal(err)
			}
			d.contact(t, r.ID, models.ContactDraft{At: d.Clock.Now().AddDate(0, 0, -x.reached), Channel: models.ContactCall, Outcome: models.ReachedProvider})
			if h, err := d.net.Health(d.ctx, d.Desk, r.ID); err != nil || h.Status != models.HealthNew {
				t.Errorf("%s, with whom nothing went either way, is %s, %v", x.family, h.Status, err)
			}
		}
		l, err := d.net.Relationships(d.ctx, d.Desk, RelationshipQuery{Sort: models.ByOverdue, Losing: true}, models.Page{Limit: 10})
		var got []string
		for _, r := range l.Items {
			got = append(got, fmt.Sprintf("%s %.2f", r.Name.Family, r.Overdue))
		}
		if want := []string{"Monthly 2.00", "Weekly 2.00", "Quarterly 0.50"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("losing touch %q, want %q, %v", got, want, err)
		}
	})
}

func TestTheRateTheySaidStandsBesideTheOneThatIsSeen(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		for _, ago := range []int{300, 200, 100, 20, 10, 5} {
			d.came(t, d.Provider.ID, models.Inbound, ago, models.ReferralReceived)
		}
		said := 4.0
		d.contact(t, d.related(t), models.ContactDraft{Channel: models.ContactCall, WithName: "Pat", Checklist: models.Checklist{MassageReferralsPerMonth: &said}})
		flow := figuresOf(d.standing(t)[d.Provider.ID], models.PartFlow)
		if seen := flow["seen_per_month"]; flow["stated_per_month"] != 4 || seen < 0.50 || seen > 0.51 { // 6 in 365 days
			t.Errorf("said %g, seen %g a month", flow["stated_per_month"], seen)
		}
	})
}

func TestACallBackIsAtTheirOfficesHour(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		id := d.related(t)
		if _, err := d.OwnerDB.Exec("UPDATE offices SET time_zone = 'America/New_York'"); err != nil {
			t.Fatal(err)
		}
		c := d.contact(t, id, models.ContactDraft{Channel: models.ContactCall, Outcome: models.ReachedStaff, CallBack: &models.CallBack{On: "2026-03-09", At: "14:30"}})
		if want := time.Date(2026, 3, 9, 18, 30, 0, 0, time.UTC); c.CallBackAt == nil || !c.CallBackAt.Equal(want) {
			t.Errorf("call back at %v, want %v", c.CallBackAt, want)
		}
		for at, back := range map[string]models.CallBack{"time.invalid": {On: "2026-03-08", At: "02:30"}, "call_back.past": {On: "2026-03-01", At: "09:00"}} {
			_, err := d.net.LogContact(d.ctx, d.Desk, id, models.ContactDraft{Channel: models.ContactCall, CallBack: &back})
			f, _ := fault.As(err)
			if f == nil || len(f.Violations) != 1 || f.Violations[0].Code != at {
				t.Errorf("%+v: %v, want %s", back, err, at)
			}
		}
	})
}

func TestSpeakingOfAClientNeedsTheirRelease(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		id := d.related(t)
		about := models.ContactDraft{Channel: models.ContactCall, Outcome: models.ReachedProvider, Note: "They sleep better.", Clients: []models.ClientID{d.client.ID},
			Said: []models.Category{models.CategoryProgressReport}}
		_, err := d.net.LogContact(d.ctx, d.Desk, id, about)
		code(t, err, "release_required")
		kept := about
		kept.AlreadySaid = true
		if c := d.contact(t, id, kept); !c.Breach {
			t.Error("a breach is not flagged")
		}
		l, err := d.net.Contacts(d.ctx, d.Owner, ContactQuery{Breach: true}, models.Page{Limit: 10})
		if err != nil || len(l.Items) != 1 || !slices.Equal(l.Items[0].Clients, about.Clients) || l.Items[0].Note != about.Note {
			t.Errorf("for the owner: %+v, %v", l.Items, err)
		}
		_, err = d.net.Contacts(d.ctx, d.Desk, ContactQuery{Breach: true}, models.Page{Limit: 10})
		code(t, err, "role.not_allowed")
		d.signed(t)
		if c := d.contact(t, id, about); c.Breach {
			t.Error("a released contact is flagged")
		}
		script := about
		script.Checklist.Script = string(models.ScriptNoShared)
		if _, err = d.net.LogContact(d.ctx, d.Desk, id, script); err == nil || !strings.Contains(fmt.Sprint(violations(err)), "contact.no_names") {
			t.Errorf("a name in the script without a patient in common: %v", err)
		}
		var got []string
		for _, x := range d.log(t, models.DisclosuresFull) {
			got = append(got, fmt.Sprint(x.Channel, " ", x.Allowed, " ", x.Basis))
		}
		if want := []string{"spoken true release", "spoken true override", "spoken false ", "spoken false "}; !slices.Equal(got, want) {
			t.Errorf("ledger %q, want %q", got, want)
		}
		if acc := d.log(t, models.DisclosuresStatutory); len(acc) != 1 || acc[0].Override == nil || acc[0].Override.Basis != models.AlreadySaid {
			t.Errorf("the accounting has %+v, want the breach", acc)
		}
	})
}

func violations(err error) []string {
	f, ok := fault.As(err)
	if !ok {
		return nil
	}
	var out []string
	for _, v := range f.Violations {
		out = append(out, v.Code)
	}
	slices.Sort(out)
	return out
}

func TestEverythingWrongWithAContactIsSaidAtOnce(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		many := -1.0
		_, err := d.net.LogContact(d.ctx, d.Desk, d.related(t), models.ContactDraft{At: d.Clock.Now().Add(time.Hour), Channel: "telegram", Outcome: "fine", StaffID: "x",
			NextStepOn: "2026-03-20", Checklist: models.Checklist{MassageReferralsPerMonth: &many, ReferralList: "some", AcceptingNew: "perhaps", Script: "own"}})
		want := []string{"accepting.unknown", "contact.channel", "contact.outcome", "next_step.what", "number.out_of_range", "referral_list.unknown", "script.unknown", "staff.unknown", "time.future"}
		if got := violations(err); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestConcurrentContactsAllStandInTheLog(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		id := d.related(t)
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				if _, err := d.net.LogContact(d.ctx, d.Desk, id, models.ContactDraft{Channel: models.ContactCall, Outcome: models.ReachedStaff}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		l, err := d.net.Contacts(d.ctx, d.Desk, ContactQuery{RelationshipID: id}, models.Page{Limit: 50})
		r, _ := d.net.Relationship(d.ctx, d.Desk, id)
		if err != nil || len(l.Items) != 6 || r.Version != 7 {
			t.Errorf("%d contacts, version %d, %v", len(l.Items), r.Version, err)
		}
	})
}

func TestConcurrentChoicesOfSelectStayWithinTheCap(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.Write(func(tx *store.Tx) error {
			p, err := tx.Practice(d.Practice.ID)
			if err != nil {
				return err
			}
			p.Settings.SelectAtMost = 1
			return tx.UpdatePractice(p, p.Version)
		})
		var wg sync.WaitGroup
		codes := make([]string, 2)
		for i, p := range []models.ProviderID{d.Provider.ID, d.Provider2.ID} {
			r, err := d.net.Relate(d.ctx, d.Desk, p)
			if err != nil {
				t.Fatal(err)
			}
			wg.Go(func() {
				tier := models.TierSelect
				if _, err := d.net.ChangeRelationship(d.ctx, d.Desk, r.ID, models.RelationshipChange{Tier: &tier}); err != nil {
					codes[i] = fault.CodeOf(err)
				}
			})
		}
		wg.Wait()
		slices.Sort(codes)
		if !slices.Equal(codes, []string{"", "relationship.select_full"}) {
			t.Errorf("refusals %q, want one", codes)
		}
	})
}

func TestNotesAreSealedAndPrivate(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		id, notes := d.related(t), "Prefers calls before eight"
		if _, err := d.net.ChangeRelationship(d.ctx, d.Desk, id, models.RelationshipChange{Notes: &notes, NextStep: &notes}); err != nil {
			t.Fatal(err)
		}
		d.contact(t, id, models.ContactDraft{Channel: models.ContactCall, Outcome: models.ReachedStaff, WithName: "Prefers", Note: notes})
		for _, q := range []string{"SELECT notes FROM relationships", "SELECT next_step FROM relationships", "SELECT words FROM contacts"} {
			var b []byte
			if err := d.OwnerDB.QueryRow(q).Scan(&b); err != nil && !strings.Contains(err.Error(), "no rows") || strings.Contains(string(b), "Prefers") {
				t.Errorf("%s: %q, %v", q, b, err)
			}
		}
		_, err := d.net.Relationship(d.ctx, d.Stranger, id)
		code(t, err, "not_found")
		_, err = d.net.Relationship(d.ctx, d.Doctor, id)
		code(t, err, "role.not_allowed")
	})
}
