package referral

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// twin adds a second record of the world's first provider, without NPI.
func (d *desk) twin(t *testing.T, change ...func(*models.ProviderDraft)) models.Provider {
	t.Helper()
	x := models.ProviderDraft{Name: models.PersonName{Given: "Linh", Family: "Nguyen"}, Taxonomy: "111N00000X", Phone: "206-555-0200",
		Office: &models.Office{Name: "Green Lake", Address: models.Address{City: "Seattle", State: "WA"}}}
	for _, c := range change {
		c(&x)
	}
	p, err := d.net.AddProvider(d.ctx, d.Desk, x)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDuplicatesAreScoredWithReasons(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		twin := d.twin(t)
		d.twin(t, func(x *models.ProviderDraft) { x.NPI = "1003000126" }) // another person by their NPI
		d.twin(t, func(x *models.ProviderDraft) {
			x.Name.Given, x.Taxonomy, x.Phone, x.Office = "Minh", "", "", nil // only the family name is alike
		})
		mistyped := d.twin(t, func(x *models.ProviderDraft) { x.Name.Family, x.Taxonomy = "Ngyuen", "111NX0800X" })
		l, err := d.net.Duplicates(d.ctx, d.Desk, d.Provider.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(l) != 2 || l[0].Provider.ID != twin.ID || l[0].Score != 100 || !slices.Equal(l[0].Reasons, []string{"name", "phone", "city", "taxonomy"}) ||
			l[1].Provider.ID != mistyped.ID || l[1].Reasons[0] != "name_similar" {
			t.Errorf("got %+v", l)
		}
		_, err = d.net.Duplicates(d.ctx, d.Doctor, d.Provider.ID)
		code(t, err, "role.not_allowed")
	})
}

func TestAReleaseThatNamesTheMergedRecordCoversThePerson(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		twin := d.twin(t)
		d.signed(t, func(x *models.ReleaseTerms) { x.Recipients[0].ProviderID = twin.ID })
		code(t, d.told(d.ctx, d.letter(), d.Therapist), "release_required")
		if _, err := d.net.SetCareTeam(d.ctx, d.Desk, d.client.ID, []models.CareTeamMember{{ProviderID: twin.ID, Role: "chiropractor"}}); err != nil {
			t.Fatal(err)
		}
		p, err := d.net.MergeProviders(d.ctx, d.Desk, twin.ID, d.Provider.ID)
		if err != nil || p.ID != d.Provider.ID || len(p.Offices) != 1 || p.NPI != d.Provider.NPI || p.Phone != "" {
			t.Fatalf("got %+v, %v", p, err)
		}
		if err := d.told(d.ctx, d.letter(), d.Therapist); err != nil {
			t.Errorf("the gate says %v", err)
		}
		if err := d.told(d.ctx, d.letter(), d.Doctor); err != nil {
			t.Errorf("the gate says %v to the provider", err)
		}
		if l, err := d.net.Releases(d.ctx, d.Doctor, "", models.Page{Limit: 10}); err != nil || len(l.Items) != 1 {
			t.Errorf("the provider reads %v, %v", l.Items, err)
		}
		if team, err := d.net.CareTeam(d.ctx, d.Desk, d.client.ID); err != nil || len(team) != 1 || team[0].ProviderID != d.Provider.ID {
			t.Errorf("the care team is %v, %v", team, err)
		}
		if old, err := d.net.Provider(d.ctx, d.Desk, twin.ID); err != nil || old.ID != d.Provider.ID {
			t.Errorf("the old id leads to %v, %v", old.ID, err)
		}
		if l, err := d.net.Providers(d.ctx, d.Desk, models.ProviderQuery{Q: "nguyen"}, models.Page{Limit: 10}); err != nil || len(l.Items) != 1 {
			t.Errorf("the directory shows %v, %v", l.Items, err)
		}
		if team, err := d.net.SetCareTeam(d.ctx, d.Desk, d.client.ID, []models.CareTeamMember{{ProviderID: twin.ID, Role: "chiropractor"}}); err != nil || team[0].ProviderID != d.Provider.ID {
			t.Errorf("a care team with the old id is %v, %v", team, err)
		}
	})
}

func TestMergingMakesOneRelationshipWithTheHistoryOfBoth(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		twin := d.twin(t)
		p := string(d.Practice.ID)
		var stays, goes models.Relationship
		d.Write(func(tx *store.Tx) (err error) {
			if stays, err = tx.EnsureRelationship(d.Provider.ID); err == nil {
				goes, err = tx.EnsureRelationship(twin.ID)
			}
			return err
		})
		behind := func(statement string, args ...any) string {
			tx, err := d.OwnerDB.Begin()
			if err != nil {
				t.Fatal(err)
			}
			if d.DB.Engine() == "postgres" {
				if _, err := tx.Exec("SELECT set_config('app.practice', $1, true)", p); err != nil {
					t.Fatal(err)
				}
			}
			var out string
			if err := tx.QueryRow(statement, args...).Scan(&out); err != nil {
				t.Fatal(statement, err)
			}
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			return out
		}
		behind(`INSERT INTO contacts (practice_id, id, relationship_id, at, channel, direction, outcome, checklist, breach, created_by, created_at)
			VALUES ($1, 'c1', $2, '2026-02-01 10:00:00+00:00', 'call', 'out', 'reached_staff', '{}', false, 'u', '2026-02-01 10:00:00+00:00') RETURNING id`, p, string(goes.ID))
		if _, err := d.net.MergeProviders(d.ctx, d.Owner, twin.ID, d.Provider.ID); err != nil {
			t.Fatal(err)
		}
		if got := behind("SELECT relationship_id FROM contacts WHERE id = 'c1'"); got != string(stays.ID) {
			t.Errorf("the contact is with %s, want %s", got, stays.ID)
		}
		if got := behind("SELECT CAST(COUNT(*) AS TEXT) FROM relationships"); got != "1" {
			t.Errorf("%s relationships are left", got)
		}
	})
}

func TestMergesThatWouldMixPeopleAreRefused(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		twin := d.twin(t)
		merge := func(by models.Actor, from, into models.ProviderID) error {
			_, err := d.net.MergeProviders(d.ctx, by, from, into)
			return err
		}
		operator := models.Actor{Kind: models.ActorUser, UserID: "op", Roles: []models.Role{models.Operator}}
		code(t, merge(d.Owner, d.Provider2.ID, d.Provider.ID), "provider.merge_npi")
		code(t, merge(operator, d.Provider2.ID, d.Provider.ID), "provider.merge_npi")
		code(t, merge(d.Owner, d.Provider.ID, twin.ID), "provider.owned")
		code(t, merge(d.Owner, twin.ID, twin.ID), "provider.merge_loop")
		code(t, merge(d.Owner, twin.ID, "nobody"), "validation")
		code(t, merge(d.Owner, "nobody", twin.ID), "not_found")
		code(t, merge(d.Doctor, twin.ID, d.Provider.ID), "role.not_allowed")
		signsIn := d.twin(t, func(x *models.ProviderDraft) { x.Name.Given = "Lin" })
		second := d.Person("lin@greenlake.example", "Lin", models.RoleGrant{Role: models.ProviderRole, ProviderID: signsIn.ID})
		code(t, merge(d.Owner, signsIn.ID, d.Provider.ID), "provider.merge_accounts")
		d.signed(t, func(x *models.ReleaseTerms) { x.Recipients[0].ProviderID = twin.ID })
		code(t, merge(d.Stranger, twin.ID, d.Provider.ID), "provider.merge_shared")
		held := d.twin(t, func(x *models.ProviderDraft) { x.Name.Given = "Lihn" })
		if _, err := d.net.SetCareTeam(d.ctx, d.Desk, d.client.ID, []models.CareTeamMember{{ProviderID: held.ID, Role: "chiropractor"}}); err != nil {
			t.Fatal(err)
		}
		code(t, merge(d.Stranger, held.ID, d.Provider.ID), "provider.merge_shared")
		numbered := d.twin(t, func(x *models.ProviderDraft) { x.Name.Given, x.NPI = "Linn", "1679576722" })
		code(t, merge(d.Owner, numbered.ID, signsIn.ID), "provider.owned")
		if err := merge(operator, signsIn.ID, d.Provider.ID); err != nil {
			t.Fatal(err)
		}
		d.Write(func(tx *store.Tx) error {
			u, err := tx.User(second.UserID)
			if err == nil && (len(u.Roles) != 1 || u.Roles[0].ProviderID != d.Provider.ID) {
				t.Errorf("the account acts for %v", u.Roles)
			}
			return err
		})
		code(t, merge(d.Owner, d.Provider.ID, signsIn.ID), "provider.merge_loop")
		code(t, merge(d.Owner, signsIn.ID, twin.ID), "provider.merged")
		if err := merge(d.Owner, twin.ID, signsIn.ID); err != nil { // the old id leads to the one that stayed
			t.Error(err)
		}
	})
}

func TestConcurrentMergesLeaveOneRecordForEveryId(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		for round := range 4 {
			var ids []models.ProviderID
			for i := range 4 {
				ids = append(ids, d.twin(t, func(x *models.ProviderDraft) { x.Name.Given = fmt.Sprintf("Round%d%c", round, 'a'+i) }).ID)
			}
			var wg sync.WaitGroup
			for i := range ids {
				for j := range ids {
					wg.Go(func() {
						if _, err := d.net.MergeProviders(d.ctx, d.Owner, ids[i], ids[j]); err != nil && !strings.HasPrefix(fault.CodeOf(err), "provider.merge") {
							t.Errorf("%d into %d: %v", i, j, err)
						}
					})
				}
			}
			wg.Wait()
			survivors := map[models.ProviderID]bool{}
			err := d.DB.Read(context.Background(), d.Owner, func(_ context.Context, tx *store.Tx) error {
				for _, id := range ids {
					p, err := tx.Provider(id)
					if err != nil {
						return err
					}
					if p.MergedInto != "" {
						t.Errorf("%s leads to %s, which leads on to %s", id, p.ID, p.MergedInto)
					}
					survivors[p.ID] = true
				}
				return nil
			})
			if err != nil || len(survivors) != 1 {
				t.Errorf("%d records stay: %v", len(survivors), err)
			}
		}
	})
}
