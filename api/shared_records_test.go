package api_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

func TestOnlyAnUnboundProviderChangesWhoTheyAre(t *testing.T) {
	onStage(t, func(t *testing.T, g stage) {
		w, at := g.w, "/api/v1/providers/"+string(g.provider)
		guest := g.invite(w.Stranger, "guest@example.org", "provider")
		g.As(guest).Patch(at, object{"email": "guest@example.org"}, "If-Match", `"1"`).Refused(403, "provider.has_account")
		g.As(guest).Patch(at, object{"phone": "555"}, "If-Match", `"1"`).Want(200)
		operator := w.Person("op@example.org", "Ona Perez", models.RoleGrant{Role: models.Operator})
		mei := g.invite(operator, "mei@tanaka.example", "provider")
		g.As(mei).Patch(at, object{"email": "mei@tanaka.example"}, "If-Match", `"2"`).Want(200)
		staff := g.invite(mei, "staff@tanaka.example", "provider_staff")
		g.As(staff).Patch(at, object{"email": "staff@tanaka.example"}, "If-Match", `"3"`).Refused(403, "provider.has_account")
	})
}

func TestAnAddressOfAnotherPracticeIsConfirmedFirst(t *testing.T) {
	onStage(t, func(t *testing.T, g stage) {
		w, at := g.w, "/api/v1/providers/"+string(g.provider)
		confirmed := func(p models.PracticeID, address string) (ok bool) {
			err := w.DB.Read(context.Background(), models.System(p), func(_ context.Context, tx *store.Tx) (err error) {
				ok, err = tx.AddressConfirmed(g.provider, address)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		g.As(w.Owner).Patch(at, object{"email": "mei@tanaka.example"}, "If-Match", `"1"`).Want(200)
		g.As(w.Stranger).Patch(at, object{"email": "evil@example.org"}, "If-Match", `"2"`).Want(200)
		if confirmed(w.Practice.ID, "evil@example.org") || !confirmed(w.Other.ID, "evil@example.org") || !confirmed(w.Practice.ID, "mei@tanaka.example") {
			t.Error("a practice stands for what it did not write")
		}
		g.As(w.Desk).Patch(at, object{"verified": true}, "If-Match", `"3"`).Want(200)
		if !confirmed(w.Practice.ID, "evil@example.org") {
			t.Error("the practice checked the record and does not stand for it")
		}
		if !confirmed(w.Practice.ID, "of-the-provider@example.org") {
			t.Error("an address that no practice wrote is refused")
		}
	})
}

func TestAnOwnerElsewhereDoesNotRewriteALicence(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		both := w.Person("both@example.org", "Bo Both", models.RoleGrant{Role: models.Therapist, PracticeID: w.Practice.ID},
			models.RoleGrant{Role: models.Therapist, PracticeID: w.Other.ID})
		const at = "/api/v1/practice/colleagues/"
		s.As(w.Owner).Put(at+string(both.UserID), object{"roles": []string{"therapist"}, "licence": object{"state": "OR", "number": "X"}}).Refused(409, "licence.shared")
		s.As(w.Owner).Put(at+string(both.UserID), object{"roles": []string{}}).Want(200)
		s.As(w.Owner).Put(at+string(w.Therapist.UserID), object{"roles": []string{"therapist"}, "licence": object{"state": "OR", "number": "X"}}).Want(200)
	})
}

// TestATherapistOfTwoPracticesKeepsTheirOwnLicence: neither practice can change
// it alone, they can without owning one, and both have it on their trails.
func TestATherapistOfTwoPracticesKeepsTheirOwnLicence(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		both := w.Person("both@example.org", "Bo Both", models.RoleGrant{Role: models.Therapist, PracticeID: w.Practice.ID},
			models.RoleGrant{Role: models.Therapist, PracticeID: w.Other.ID})
		const at = "/api/v1/me/licence"
		s.As(both).Put(at, object{"state": "WA", "number": "MA70000002", "expires_on": "2030-01-31"}).Want(200)
		s.As(both).Put(at, object{"npi": "1234567890"}).Refused(422, "validation")
		s.As(w.Desk).Put(at, object{"state": "WA"}).Refused(403, "role.not_allowed")
		s.As(w.Doctor).Put(at, object{"state": "WA"}).Refused(403, "role.not_allowed")
		s.As(w.Owner).Put("/api/v1/practice/colleagues/"+string(both.UserID), object{"roles": []string{"therapist"}, "licence": object{"state": "OR", "number": "X"}}).Refused(409, "licence.shared")
		for _, p := range []models.PracticeID{w.Practice.ID, w.Other.ID} {
			err := w.DB.Read(context.Background(), models.System(p), func(_ context.Context, tx *store.Tx) error {
				u, err := tx.User(both.UserID)
				if err == nil && u.Licence.Number != "MA70000002" {
					t.Errorf("the licence is %+v", u.Licence)
				}
				trail, err2 := tx.Audit(0, 50)
				n := 0
				for _, e := range trail {
					if e.Action == "licence.change" && e.ObjectID == string(both.UserID) && e.Detail == "expires 2028-01-31 ~ 2030-01-31" {
						n++
					}
				}
				if n != 1 {
					t.Errorf("%d changes on the trail of %s", n, p)
				}
				return errors.Join(err, err2)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestTheTrailTellsClosingFromOpeningAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s, ctx, system := serve(t, w), context.Background(), models.System("")
		for _, closed := range []bool{true, false} {
			if err := s.Net.DisableUser(ctx, system, "dana@ballard.example", closed); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Net.SuspendPractice(ctx, system, w.Other.ID, closed); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, p := range []models.PracticeID{w.Practice.ID, models.NetworkPractice} {
			err := w.DB.Read(ctx, models.System(p), func(_ context.Context, tx *store.Tx) error {
				l, err := tx.Audit(0, 50)
				for _, e := range l {
					got = append(got, e.Action)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []string{"user.disable", "user.enable", "practice.suspend", "practice.reopen"} {
			if !slices.Contains(got, want) {
				t.Errorf("%s is missing in %v", want, got)
			}
		}
	})
}
