package referral_test

import (
	"context"
	"testing"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// TestPeopleOfASuspendedPracticeAreToldWhyAndLoseNothing goes through both
// realms, sessions that were open before, a person with a second place, and the
// day the practice is resumed.
func TestPeopleOfASuspendedPracticeAreToldWhyAndLoseNothing(t *testing.T) {
	ctx, system := context.Background(), models.System("")
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := withPassword(t, w)
		portal, _, err := n.PortalSignIn(ctx, nobody, olga, olgasPassword)
		if err != nil {
			t.Fatal(err)
		}
		pair, err := n.SignIn(ctx, nobody, olga, olgasPassword, "")
		if err != nil {
			t.Fatal(err)
		}
		before, err := n.SuspendPractice(ctx, system, w.Practice.ID, false)
		if err != nil || before.Suspended || before.People != 3 {
			t.Fatalf("%+v, %v", before, err)
		}
		operator := models.Actor{Kind: models.ActorUser, UserID: "op", Roles: []models.Role{models.Operator}}
		if s, err := n.SuspendPractice(ctx, operator, w.Practice.ID, true); err != nil || !s.Suspended {
			t.Fatalf("%+v, %v", s, err)
		}
		_, _, err = n.PortalSignIn(ctx, nobody, olga, olgasPassword)
		refusedWith(t, err, fault.Forbidden, "practice.suspended")
		_, err = n.SignIn(ctx, nobody, olga, olgasPassword, "")
		refusedWith(t, err, fault.Forbidden, "practice.suspended")
		_, _, err = n.PortalSignIn(ctx, nobody, olga, "not her words at all")
		refusedWith(t, err, fault.Unauthenticated, "sign_in.failed")
		_, _, err = n.PortalActor(ctx, portal.Secret, "")
		refusedWith(t, err, fault.Forbidden, "practice.suspended")
		_, err = n.Authenticate(ctx, pair.AccessToken, w.Practice.ID)
		refusedWith(t, err, fault.Forbidden, "practice.suspended")
		if err := n.RunPasses(ctx); err != nil {
			t.Errorf("passes beside a suspended practice: %v", err)
		}
		w.Write(func(tx *store.Tx) error {
			return tx.AddRole(w.Owner.UserID, models.RoleGrant{Role: models.Therapist, PracticeID: w.Other.ID})
		})
		if a, _, err := n.PortalActor(ctx, portal.Secret, ""); err != nil || a.PracticeID != w.Other.ID || a.Is(models.Owner) {
			t.Errorf("the other place: %+v, %v", a, err)
		}
		if s, err := n.SuspendPractice(ctx, operator, w.Practice.ID, false); err != nil || s.Suspended || s.People != before.People {
			t.Fatalf("%+v, %v", s, err)
		}
		if a, err := n.Authenticate(ctx, pair.AccessToken, w.Practice.ID); err != nil || !a.Is(models.Owner) {
			t.Errorf("after it was resumed: %+v, %v", a, err)
		}
		for _, by := range []models.Actor{w.Owner, w.Therapist, w.Desk, w.Doctor} {
			_, err := n.SuspendPractice(ctx, by, w.Practice.ID, true)
			refusedWith(t, err, fault.Forbidden, "role.not_allowed")
			_, err = n.PracticeStates(ctx, by, models.Page{Limit: 10})
			refusedWith(t, err, fault.Forbidden, "role.not_allowed")
		}
		_, err = n.SuspendPractice(ctx, operator, "nowhere", true)
		refusedWith(t, err, fault.NotFound, "not_found")
		w.Write(func(tx *store.Tx) error {
			events, err := tx.Audit(0, 100)
			said := map[string]int{}
			for _, e := range events {
				said[e.Action]++
			}
			if said["practice.suspend"] != 1 || said["practice.reopen"] != 2 {
				t.Errorf("the practice's own trail says %v", said)
			}
			return err
		})
	})
}

func TestAnOperatorSeesHowMuchThereIsAndNothingElse(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := server(w, 1)
		w.Client("Ana", "Silva")
		w.Write(func(tx *store.Tx) error {
			_, err := tx.Post(models.Message{Kind: models.MessageReportNotice, To: "linh@greenlake.example"})
			return err
		})
		operator := models.Actor{Kind: models.ActorUser, UserID: "op", Roles: []models.Role{models.Operator}}
		l, err := n.PracticeStates(ctx, operator, models.Page{Limit: 10})
		if err != nil || len(l.Items) != 3 {
			t.Fatalf("%+v, %v", l, err)
		}
		p := l.Items[0]
		if p.ID != w.Practice.ID || p.Name != "Ballard Massage" || p.Suspended || p.People != 3 || p.Clients != 1 || p.Sessions != 0 || p.Reports != 0 || p.Waiting != 1 ||
			p.Trail.Broken != 0 {
			t.Errorf("%+v", p)
		}
		if l.Items[2].ID != models.NetworkPractice || l.Items[2].Trail.Seq == 0 {
			t.Errorf("the network: %+v", l.Items[2])
		}
	})
}

// TestARefusedPracticeLeavesNothing: a known name, a known person without their
// password, a password that is guessed first, a time zone that is none.
func TestARefusedPracticeLeavesNothing(t *testing.T) {
	ctx, system := context.Background(), models.System("")
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		n := withPassword(t, w)
		count := func(table string) (rows int) {
			t.Helper()
			if err := w.OwnerDB.QueryRow("SELECT COUNT(*) FROM " + table).Scan(&rows); err != nil {
				t.Fatal(err)
			}
			return rows
		}
		tables := []string{"practices", "users", "user_roles", "practice_keys", "audit_heads", "invitations", "messages"}
		draft := func(change func(*models.PracticeDraft)) models.PracticeDraft {
			d := models.PracticeDraft{Name: "Wallingford Massage", TimeZone: "America/Los_Angeles", OwnerName: "Wanda Wells", OwnerEmail: "wanda@example.org", Password: "four brown bears at noon"}
			change(&d)
			return d
		}
		for name, c := range map[string]struct {
			draft models.PracticeDraft
			kind  fault.Kind
			code  string
		}{
			"a name that is taken":            {draft(func(d *models.PracticeDraft) { d.Name = "BALLARD Massage" }), fault.Conflict, "practice.exists"},
			"the same without a password":     {draft(func(d *models.PracticeDraft) { d.Name, d.Password = "Ballard Massage", "" }), fault.Conflict, "practice.exists"},
			"a known owner, another password": {draft(func(d *models.PracticeDraft) { d.OwnerEmail = olga }), fault.Conflict, "user.exists"},
			"a common password":               {draft(func(d *models.PracticeDraft) { d.Password = "passwordpassword" }), fault.Invalid, "validation"},
			"no time zone of this world":      {draft(func(d *models.PracticeDraft) { d.TimeZone = "Mars/Olympus" }), fault.Invalid, "validation"},
			"no address":                      {draft(func(d *models.PracticeDraft) { d.OwnerEmail = "wanda" }), fault.Invalid, "validation"},
		} {
			var before []int
			for _, table := range tables {
				before = append(before, count(table))
			}
			_, err := n.CreatePractice(ctx, system, c.draft)
			t.Log(name)
			refusedWith(t, err, c.kind, c.code)
			for i, table := range tables {
				if now := count(table); now != before[i] && !(table == "audit_heads" && c.code == "user.exists") {
					t.Errorf("%s: %d rows in %s, before %d", name, now, table, before[i])
				}
			}
		}
		_, err := n.AddOperator(ctx, system, olga, "Olga Müller", "four brown bears at noon")
		refusedWith(t, err, fault.Conflict, "user.exists")
		if _, err := n.AddOperator(ctx, system, "ona@example.org", "Ona Perez", "four brown bears at noon"); err != nil {
			t.Fatal(err)
		}
		umlaut, err := n.CreatePractice(ctx, system, draft(func(d *models.PracticeDraft) { d.Name, d.OwnerEmail = "Müller Massage", "mara@example.org" }))
		if err != nil {
			t.Fatal(err)
		}
		_, err = n.CreatePractice(ctx, system, draft(func(d *models.PracticeDraft) { d.Name = "MÜLLER MASSAGE" }))
		refusedWith(t, err, fault.Conflict, "practice.exists")
		if named, err := n.PracticesNamed(ctx, system, "mÜLLER massage"); err != nil || len(named) != 1 || named[0] != umlaut.ID {
			t.Errorf("named %v, %v", named, err)
		}
		asked, err := n.CreatePractice(ctx, system, draft(func(d *models.PracticeDraft) { d.Password = "" }))
		if err != nil {
			t.Fatal(err)
		}
		open, err := n.Invitations(ctx, models.Actor{Kind: models.ActorUser, UserID: "x", PracticeID: asked.ID, Roles: []models.Role{models.Owner}})
		if err != nil || len(open) != 1 || open[0].Email != "wanda@example.org" || open[0].Role != models.Owner {
			t.Errorf("asked in: %+v, %v", open, err)
		}
	})
}
