package main

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store/seal"
	"rapport/referral"
)

// lived is a demo year that ended at an instant, as its practice sees it.
func lived(t *testing.T, end time.Time) *seeder {
	t.Helper()
	master, err := seal.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	s := newSeeder(t.Context(), end)
	db, err := s.open("sqlite:"+filepath.Join(t.TempDir(), "demo.db"), master)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := s.fill(db, "http://127.0.0.1:8080"); err != nil {
		t.Fatal(err)
	}
	return s
}

// Days that calendars trip over: the turn of a year, a leap day, the night on
// which the clocks change.
func TestTheDemoYearHasARelationshipOfEveryStatusWheneverItIsStarted(t *testing.T) {
	for _, on := range []string{"2028-01-01T00:20:00-08:00", "2028-02-29T12:00:00-08:00", "2026-03-08T03:15:00-07:00"} {
		t.Run(on[:10], func(t *testing.T) {
			t.Parallel()
			end, err := time.Parse(time.RFC3339, on)
			if err != nil {
				t.Fatal(err)
			}
			s := lived(t, end)
			s.hasEveryStatus(t)
			s.hasEveryReferralState(t)
			s.hasPromisesOfBothSides(t)
			s.hasWishesAndContacts(t)
		})
	}
}

// hasEveryStatus wants each rung of the ladder, held by somebody.
func (s *seeder) hasEveryStatus(t *testing.T) {
	t.Helper()
	all, err := s.net.Standings(s.ctx, s.owner)
	if err != nil {
		t.Fatal(err)
	}
	held := map[models.HealthStatus]int{}
	for _, h := range all {
		held[h.Status]++
	}
	for _, rung := range models.HealthLadder() {
		if held[rung.Status] == 0 {
			t.Errorf("no relationship is %s: %v", rung.Status, held)
		}
	}
}

func (s *seeder) hasEveryReferralState(t *testing.T) {
	t.Helper()
	l, err := s.net.Referrals(s.ctx, s.therapist, referral.ReferralQuery{}, models.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range models.ReferralStates() {
		if !slices.ContainsFunc(l.Items, func(r models.ReferralView) bool { return r.State == state }) {
			t.Errorf("no referral is %s", state)
		}
	}
}

// hasPromisesOfBothSides wants promises of us and of them that are open, kept
// in time, and broken; beside them one that was kept too late, and one released.
func (s *seeder) hasPromisesOfBothSides(t *testing.T) {
	t.Helper()
	l, err := s.net.Promises(s.ctx, s.desk, referral.PromiseQuery{}, models.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, p := range l.Items {
		switch {
		case p.State == models.PromiseKept && !p.InTime():
			n["kept late"]++
		case p.State == models.PromiseKept && p.KeptKind != "":
			n["kept by itself"]++
			fallthrough
		default:
			n[string(p.OwedBy)+" "+string(p.State)]++
		}
	}
	for _, want := range []string{"us open", "us kept", "us late", "them open", "them kept", "them late", "kept late", "kept by itself", "them released"} {
		if n[want] == 0 {
			t.Errorf("no promise is %q: %v", want, n)
		}
	}
}

func (s *seeder) hasWishesAndContacts(t *testing.T) {
	t.Helper()
	wishes, err := s.net.DocumentRequests(s.ctx, s.therapist, "", models.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range []models.RequestState{models.RequestOpen, models.RequestSent, models.RequestDeclined, models.RequestWithdrawn} {
		if !slices.ContainsFunc(wishes.Items, func(r models.RequestLine) bool { return r.State == state }) {
			t.Errorf("no document request is %s", state)
		}
	}
	lines, err := s.net.Relationships(s.ctx, s.desk, referral.RelationshipQuery{}, models.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	if len(lines.Items) != len(demoProviders) {
		t.Errorf("%d relationships, want %d", len(lines.Items), len(demoProviders))
	}
	backs := 0
	for _, l := range lines.Items {
		if l.CallBackAt != nil {
			backs++
		}
		v, err := s.net.Relationship(s.ctx, s.desk, l.ID)
		if err != nil || len(v.Staff) == 0 {
			t.Errorf("%s: %d people at the office, %v", l.DisplayName(), len(v.Staff), err)
		}
	}
	if contacts, err := s.net.Contacts(s.ctx, s.desk, referral.ContactQuery{}, models.Page{Limit: 200}); err != nil || len(contacts.Items) < 60 || backs < 2 {
		t.Errorf("%d contacts and %d call-backs, %v", len(contacts.Items), backs, err)
	}
}
