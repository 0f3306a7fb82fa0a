package api_test

import (
	"context"
	"testing"
	"time"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// linkTo mints the link that the mail of an invitation would carry.
func linkTo(w *storetest.World, token, invitation string) string {
	w.Write(func(tx *store.Tx) error {
		return tx.AddLink(models.Link{Kind: models.LinkInvitation, TokenHash: models.HashToken(token), ObjectID: invitation})
	})
	return "/api/v1/invitations/" + token
}

const fresh = "seven white herons at dawn"

func TestInvitedProviderSetsAPasswordOnceAndSignsIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		p := s.As(w.Owner).Post("/api/v1/providers", object{"name": object{"given": "Mei", "family": "Tanaka"}}).Want(201).Text("id")
		at := "/api/v1/providers/" + p + "/invitation"
		i := s.As(w.Therapist).Post(at, object{"email": "Mei@Tanaka.example", "role": "provider"}).Want(201)
		if len(w.Jobs.All) != 1 || i.Text("email") != "mei@tanaka.example" {
			t.Errorf("jobs %v, invitation %s", w.Jobs.All, i.Body)
		}
		link := linkTo(w, "one", i.Text("id"))
		accept := func(at, password string) *apitest.Response {
			return s.Anonymous().Post(at, object{"password": password})
		}
		accept("/api/v1/invitations/unknown", fresh).Refused(404, "not_found")
		accept(link, "too short").Refused(422, "validation")
		in := accept(link, fresh).Want(200)
		if me := s.With(in.Text("access_token")).Get("/api/v1/me").Want(200); me.Text("roles.0.role") != "provider" || me.Text("roles.0.provider_id") != p || me.Text("name") != "Mei Tanaka" {
			t.Errorf("got %s", me.Body)
		}
		accept(link, fresh).Refused(410, "link.ended")
		signIn(s, "mei@tanaka.example", fresh).Want(200)
		s.As(w.Owner).Post(at, object{"email": "other@tanaka.example", "role": "provider"}).Refused(409, "provider.has_account")
		if r := s.As(w.Owner).Get("/api/v1/providers/" + p).Want(200); r.At("has_account") != true {
			t.Errorf("got %s", r.Body)
		}
		s.As(w.Owner).Post(at, object{"email": "x", "role": "owner"}).Refused(422, "validation")
		s.As(w.Doctor2).Post(at, object{"email": "x@example.org", "role": "provider_staff"}).Refused(403, "role.not_allowed")
	})
}

func TestInvitationEndsAfterFourteenDaysAndWhenSentAgain(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := serve(t, w)
	invite := func() string {
		return s.As(w.Owner).Post("/api/v1/providers/"+string(w.Provider.ID)+"/invitation", object{"email": "front@greenlake.example", "role": "provider_staff"}).Want(201).Text("id")
	}
	first := linkTo(w, "first", invite())
	second := linkTo(w, "second", invite())
	s.Anonymous().Post(first, object{"password": fresh}).Refused(410, "link.ended")
	for range models.InvitationsPerDay - 2 {
		invite()
	}
	s.As(w.Owner).Post("/api/v1/providers/"+string(w.Provider.ID)+"/invitation", object{"email": "front@greenlake.example", "role": "provider_staff"}).
		Refused(429, "invitation.too_many")
	w.Clock.Advance(models.LinkDays * 24 * time.Hour)
	s.Anonymous().Post(second, object{"password": fresh}).Refused(410, "link.ended")
}

// Staff whom one practice asked in see that practice's papers and no other's.
func TestStaffInvitedByAPracticeWorkTowardsThatPracticeOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		ctx := context.Background()
		id := s.As(w.Owner).Post("/api/v1/providers/"+string(w.Provider.ID)+"/invitation", object{"email": "front@greenlake.example", "role": "provider_staff"}).Want(201).Text("id")
		in := s.Anonymous().Post(linkTo(w, "one", id), object{"password": fresh}).Want(200)
		for practice, object := range map[models.PracticeID]string{w.Practice.ID: "ours", w.Other.ID: "theirs"} {
			if err := w.DB.Write(ctx, models.System(practice), func(_ context.Context, tx *store.Tx) error { return tx.Grant("report", object, w.Provider.ID) }); err != nil {
				t.Fatal(err)
			}
		}
		staff, err := s.Net.Authenticate(ctx, in.Text("access_token"), "")
		if err != nil || !staff.Outsider() || staff.ProviderID != w.Provider.ID {
			t.Fatalf("got %+v, %v", staff, err)
		}
		enter := func(a models.Actor, object string) error {
			return w.DB.Read(ctx, a, func(_ context.Context, tx *store.Tx) error { return tx.EnterByGrant("report", object, "report") })
		}
		if enter(staff, "ours") != nil || enter(staff, "theirs") == nil || enter(w.Doctor, "theirs") != nil {
			t.Errorf("ours %v, theirs %v, the doctor's own %v", enter(staff, "ours"), enter(staff, "theirs"), enter(w.Doctor, "theirs"))
		}
		err = w.DB.Read(ctx, staff, func(_ context.Context, tx *store.Tx) error {
			l, err := tx.Grants("report", models.Page{Limit: 10})
			if len(l.Items) != 1 || l.Items[0].ObjectID != "ours" {
				t.Errorf("got %v", l.Items)
			}
			if tx.Enter(w.Other.ID) == nil {
				t.Error("the staff entered the other practice")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		own := s.As(w.Doctor).Post("/api/v1/providers/"+string(w.Provider.ID)+"/invitation", object{"email": "front@greenlake.example", "role": "provider_staff"}).Want(201).Text("id")
		link := linkTo(w, "two", own)
		s.Anonymous().Post(link, object{"password": "not the password at all"}).Refused(401, "sign_in.failed")
		again := s.Anonymous().Post(link, object{"password": fresh}).Want(200)
		if staff, err = s.Net.Authenticate(ctx, again.Text("access_token"), ""); err != nil || enter(staff, "theirs") != nil {
			t.Errorf("the provider's own word does not count: %v, %v", err, enter(staff, "theirs"))
		}
	})
}

func TestInvitedStaffCarryTheirOwnName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		at := "/api/v1/providers/" + string(w.Provider.ID) + "/invitation"
		for i, c := range []struct {
			asked object
			want  string
		}{
			{object{"email": "a@greenlake.example", "role": "provider_staff", "name": " Robin Castillo "}, "Robin Castillo"},
			{object{"email": "front@greenlake.example", "role": "provider_staff"}, "front"},
		} {
			id := s.As(w.Owner).Post(at, c.asked).Want(201).Text("id")
			in := s.Anonymous().Post(linkTo(w, "name"+string(rune('a'+i)), id), object{"password": fresh}).Want(200)
			if me := s.With(in.Text("access_token")).Get("/api/v1/me").Want(200); me.Text("name") != c.want {
				t.Errorf("%v is called %s", c.asked, me.Body)
			}
		}
	})
}

func TestOwnerInvitesChangesAndRemovesColleagues(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		const at = "/api/v1/practice/colleagues"
		body := object{"email": "nina@ballard.example", "name": "Nina Novak", "role": "therapist", "licence": object{"state": "WA", "number": "MA1", "expires_on": "2027-01-31"}}
		s.As(w.Therapist).Post(at, body).Refused(403, "role.not_allowed")
		id := s.As(w.Owner).Post(at, body).Want(201).Text("id")
		if l := s.As(w.Desk).Get("/api/v1/practice/invitations").Want(200); l.Text("items.0.email") != "nina@ballard.example" {
			t.Errorf("got %s", l.Body)
		}
		in := s.Anonymous().Post(linkTo(w, "one", id), object{"password": fresh}).Want(200)
		if l := s.As(w.Desk).Get("/api/v1/practice/invitations").Want(200); l.At("items.0") != nil {
			t.Errorf("got %s", l.Body)
		}
		nina := s.With(in.Text("access_token"))
		me := nina.Get("/api/v1/me").Want(200).Text("id")
		nina.Get("/api/v1/clients").Want(200)
		s.As(w.Owner).Post(at, body).Refused(409, "colleague.has_role")
		r := s.As(w.Owner).Put(at+"/"+me, object{"roles": []string{"front_desk"}, "licence": object{"state": "WA", "number": "MA2"}}).Want(200)
		if r.Text("roles.0") != "front_desk" || r.At("roles.1") != nil || r.Text("licence.number") != "MA2" {
			t.Errorf("got %s", r.Body)
		}
		nina.Post(at, body).Refused(403, "role.not_allowed")
		s.As(w.Owner).Put(at+"/"+me, object{"roles": []string{}}).Want(200)
		nina.Get("/api/v1/clients").Refused(403, "role.not_allowed")
		s.As(w.Owner).Put(at+"/"+string(w.Owner.UserID), object{"roles": []string{"therapist"}}).Refused(409, "owner.last")
		s.As(w.Owner).Put(at+"/"+string(w.Stranger.UserID), object{"roles": []string{"owner"}}).Refused(404, "not_found")
		s.As(w.Owner).Put(at+"/"+string(w.Desk.UserID), object{"roles": []string{"operator"}}).Refused(422, "validation")
		if l := s.As(w.Desk).Get(at).Want(200); l.Text("items.0.name") != "Dana Kim" || l.At("items.3") != nil {
			t.Errorf("got %s", l.Body)
		}
	})
}

func TestSystemMakesPracticesAndOperators(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		ctx, system := context.Background(), models.System("")
		d := models.PracticeDraft{Name: "Wallingford Massage", TimeZone: "America/Los_Angeles", OwnerName: "Wanda Wells", OwnerEmail: "Wanda@example.org", Password: fresh}
		p, err := s.Net.CreatePractice(ctx, system, d)
		if err != nil {
			t.Fatal(err)
		}
		wanda := s.With(signIn(s, "wanda@example.org", fresh).Want(200).Text("access_token"))
		if r := wanda.Get("/api/v1/practice").Want(200); r.Text("id") != string(p.ID) {
			t.Errorf("got %s", r.Body)
		}
		wanda.Post("/api/v1/clients", object{"name": object{"given": "A", "family": "B"}, "birth_date": "1980-01-01"}).Want(201)
		d.Name, d.Password = "Second Massage", "not the password at all"
		if _, err := s.Net.CreatePractice(ctx, system, d); err == nil {
			t.Error("a known owner without proof")
		}
		d.Password = fresh
		second, err := s.Net.CreatePractice(ctx, system, d)
		if err != nil {
			t.Fatal(err)
		}
		wanda.Get("/api/v1/practice", "Rapport-Practice", string(second.ID)).Want(200)
		if _, err := s.Net.CreatePractice(ctx, w.Owner, d); err == nil {
			t.Error("an owner made a practice")
		}
		if _, err := s.Net.SuspendPractice(ctx, system, p.ID, true); err != nil {
			t.Fatal(err)
		}
		wanda.Get("/api/v1/practice", "Rapport-Practice", string(p.ID)).Refused(403, "practice.suspended")
		if _, err := s.Net.AddOperator(ctx, system, "op@example.org", "Ona Perez", fresh); err != nil {
			t.Fatal(err)
		}
		op := s.With(signIn(s, "op@example.org", fresh).Want(200).Text("access_token"))
		op.Get("/api/v1/clients").Refused(403, "role.not_allowed")
		id := op.Post("/api/v1/providers", object{"name": object{"given": "N", "family": "N"}}).Want(201).Text("id")
		i := op.Post("/api/v1/providers/"+id+"/invitation", object{"email": "n@example.org", "role": "provider"}).Want(201).Text("id")
		in := s.Anonymous().Post(linkTo(w, "op", i), object{"password": fresh}).Want(200)
		s.With(in.Text("access_token")).Get("/api/v1/practices").Want(200)
	})
}

// TestTheFirstOwnerWhoIsAskedInTreatsToo: who is asked in later as an owner does not.
func TestTheFirstOwnerWhoIsAskedInTreatsToo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		op := s.As(w.Person("ona@example.org", "Ona Perez", models.RoleGrant{Role: models.Operator}))
		p := op.Post("/api/v1/practices", object{"name": "Wallingford Massage", "time_zone": "America/Los_Angeles", "owner": object{"name": "Wanda Wells", "email": "wanda@example.org"}}).Want(201).Text("id")
		asked, err := s.Net.Invitations(context.Background(), models.Actor{Kind: models.ActorUser, UserID: "x", PracticeID: models.PracticeID(p), Roles: []models.Role{models.Owner}})
		if err != nil || len(asked) != 1 {
			t.Fatalf("%+v, %v", asked, err)
		}
		wanda := s.With(s.Anonymous().Post(linkTo(w, "one", asked[0].ID), object{"password": fresh}).Want(200).Text("access_token"))
		wanda.Post("/api/v1/clients", object{"name": object{"given": "A", "family": "B"}, "birth_date": "1980-01-01"}).Want(201)
		if l := wanda.Get("/api/v1/practice/colleagues").Want(200); l.Text("items.0.roles.0") != "owner" || l.Text("items.0.roles.1") != "therapist" {
			t.Errorf("got %s", l.Body)
		}
		i := wanda.Post("/api/v1/practice/colleagues", object{"email": "zoe@example.org", "name": "Zoe Zink", "role": "owner"}).Want(201).Text("id")
		s.Anonymous().Post(linkTo(w, "two", i), object{"password": fresh}).Want(200)
		if l := wanda.Get("/api/v1/practice/colleagues").Want(200); l.Text("items.1.roles.0") != "owner" || l.At("items.1.roles.1") != nil {
			t.Errorf("got %s", l.Body)
		}
	})
}
