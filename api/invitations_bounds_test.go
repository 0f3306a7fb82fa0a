package api_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// stage is a provider without an account in a world of two practices.
type stage struct {
	*apitest.Server
	w        *storetest.World
	provider models.ProviderID
	at       string
}

func onStage(t *testing.T, f func(t *testing.T, g stage)) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		p := s.As(w.Owner).Post("/api/v1/providers", object{"name": object{"given": "Mei", "family": "Tanaka"}}).Want(201).Text("id")
		for practice, report := range map[models.PracticeID]string{w.Practice.ID: "ours", w.Other.ID: "theirs"} {
			err := w.DB.Write(context.Background(), models.System(practice), func(_ context.Context, tx *store.Tx) error {
				return tx.Grant("report", report, models.ProviderID(p))
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		f(t, stage{s, w, models.ProviderID(p), "/api/v1/providers/" + p + "/invitation"})
	})
}

// invite is an invitation that is accepted.
func (g stage) invite(by models.Actor, email, role string) models.Actor {
	g.T.Helper()
	return g.accept(g.As(by).Post(g.at, object{"email": email, "role": role}).Want(201).Text("id"))
}

func (g stage) accept(invitation string) models.Actor {
	g.T.Helper()
	in := g.Anonymous().Post(linkTo(g.w, g.w.NewID(), invitation), object{"password": fresh}).Want(200)
	a, err := g.Net.Authenticate(context.Background(), in.Text("access_token"), "")
	if err != nil {
		g.T.Fatal(err)
	}
	return a
}

// enters lists which of the two reports resolve for the actor.
func (g stage) enters(a models.Actor) (out []string) {
	for _, report := range []string{"ours", "theirs"} {
		if g.w.DB.Read(context.Background(), a, func(_ context.Context, tx *store.Tx) error { return tx.EnterByGrant("report", report, "report") }) == nil {
			out = append(out, report)
		}
	}
	return out
}

func (g stage) mailboxes(p models.PracticeID) (out []string) {
	g.T.Helper()
	err := g.w.DB.Read(context.Background(), models.System(p), func(_ context.Context, tx *store.Tx) (err error) {
		out, err = tx.ProviderMailboxes(g.provider)
		return err
	})
	if err != nil {
		g.T.Fatal(err)
	}
	return out
}

func TestAProviderInvitedByAPracticeActsTowardsThatPracticeOnly(t *testing.T) {
	onStage(t, func(t *testing.T, g stage) {
		w := g.w
		guest := g.invite(w.Stranger, "guest@example.org", "provider")
		if got := g.enters(guest); !slices.Equal(got, []string{"theirs"}) || !guest.Is(models.ProviderRole) {
			t.Errorf("enters %v as %v", got, guest.Roles)
		}
		staff := g.invite(guest, "staff@example.org", "provider_staff")
		if got := g.enters(staff); !slices.Equal(got, []string{"theirs"}) {
			t.Errorf("the staff of a guest enters %v", got)
		}
		if ours, theirs := g.mailboxes(w.Practice.ID), g.mailboxes(w.Other.ID); len(ours) != 0 || !slices.Equal(theirs, []string{"guest@example.org"}) {
			t.Errorf("mail of ours goes to %v, of theirs to %v", ours, theirs)
		}
		for by, want := range map[*models.Actor]bool{&w.Owner: false, &w.Stranger: true} {
			if r := g.As(*by).Get("/api/v1/providers/" + string(g.provider)).Want(200); r.At("has_account") != want {
				t.Errorf("%s: got %s", by.Name, r.Body)
			}
		}
		mei := g.invite(w.Owner, "mei@tanaka.example", "provider")
		if got := g.enters(mei); !slices.Equal(got, []string{"ours"}) {
			t.Errorf("the provider enters %v", got)
		}
	})
}

func TestASecondPracticeVouchesAndOnlyTheOperatorLiftsTheBound(t *testing.T) {
	onStage(t, func(t *testing.T, g stage) {
		w, email := g.w, "mei@tanaka.example"
		mei := g.invite(w.Owner, email, "provider")
		if got := g.enters(mei); !slices.Equal(got, []string{"ours"}) {
			t.Errorf("after the first: %v", got)
		}
		mei = g.invite(w.Stranger, email, "provider")
		if got := g.enters(mei); len(got) != 2 || len(mei.VouchedBy) != 2 {
			t.Errorf("after the second: %v, vouched by %v", got, mei.VouchedBy)
		}
		operator := w.Person("op@example.org", "Ona Perez", models.RoleGrant{Role: models.Operator})
		mei = g.invite(operator, email, "provider")
		if len(mei.VouchedBy) != 0 {
			t.Errorf("after the operator: vouched by %v", mei.VouchedBy)
		}
		if got := g.mailboxes(w.Practice.ID); !slices.Equal(got, []string{email}) {
			t.Errorf("mail goes to %v", got)
		}
		g.As(w.Stranger).Post(g.at, object{"email": "guest@example.org", "role": "provider"}).Refused(409, "provider.has_account")
	})
}

func TestNobodyIsInvitedToTheOtherSideOfTheirOwnPractice(t *testing.T) {
	onStage(t, func(t *testing.T, g stage) {
		w := g.w
		g.As(w.Desk).Post(g.at, object{"email": "someone@example.org", "role": "provider_staff"}).Refused(403, "role.not_allowed")
		for _, role := range []string{"provider", "provider_staff"} {
			g.As(w.Therapist).Post(g.at, object{"email": "Dana@Ballard.example", "role": role}).Refused(409, "invitation.own_colleague")
		}
		guest := g.invite(w.Owner, "guest@example.org", "provider")
		g.As(guest).Post(g.at, object{"email": "dana@ballard.example", "role": "provider_staff"}).Refused(409, "invitation.own_colleague")

		late := g.As(w.Owner).Post(g.at, object{"email": "late@example.org", "role": "provider_staff"}).Want(201).Text("id")
		w.Person("late@example.org", "Lou Late", models.RoleGrant{Role: models.FrontDesk, PracticeID: w.Practice.ID})
		g.SetPassword("late@example.org", fresh)
		g.Anonymous().Post(linkTo(w, "late", late), object{"password": fresh}).Refused(409, "invitation.own_colleague")
	})
}

func TestOfTwoConcurrentAcceptancesOneBecomesTheProvider(t *testing.T) {
	onStage(t, func(t *testing.T, g stage) {
		var links []string
		for _, email := range []string{"one@example.org", "two@example.org"} {
			id := g.As(g.w.Owner).Post(g.at, object{"email": email, "role": "provider"}).Want(201).Text("id")
			links = append(links, linkTo(g.w, g.w.NewID(), id))
		}
		var wg sync.WaitGroup
		got := make([]int, len(links))
		for i, link := range links {
			wg.Go(func() { got[i] = g.Anonymous().Post(link, object{"password": fresh}).Status })
		}
		wg.Wait()
		if slices.Sort(got); !slices.Equal(got, []int{200, 409}) || len(g.mailboxes(g.w.Practice.ID)) != 1 {
			t.Errorf("answers %v, mail goes to %v", got, g.mailboxes(g.w.Practice.ID))
		}
	})
}
