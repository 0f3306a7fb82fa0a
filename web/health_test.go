package web_test

import (
	"net/http"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// came writes referrals down that came in, or went out, so many days ago; those
// of more than a month ago had their outcome sent and seen.
func (s *site) came(with models.ProviderID, d models.Direction, c models.Client, ago ...int) {
	s.t.Helper()
	s.w.Write(func(tx *store.Tx) error {
		r, err := tx.EnsureRelationship(with)
		for _, days := range ago {
			at := s.w.Clock.Now().AddDate(0, 0, -days)
			x := models.Referral{ID: models.ReferralID(s.w.NewID()), Direction: d, ClientID: c.ID, ProviderID: with, RelationshipID: r.ID, Reason: "neck", Priority: models.Routine,
				State: models.ReferralVisitDone, BusinessStatus: "5.1.4", SentAt: &at, AnsweredAt: &at, FirstVisitAt: &at, LastVisitAt: &at, CreatedAt: at, Version: 1}
			if days > 30 {
				seen := at.AddDate(0, 0, 3)
				x.State, x.BusinessStatus, x.OutcomeAt, x.SeenAt, x.ClosedAt = models.ReferralCompleted, "7.0", &seen, &seen, &seen
			}
			if err == nil {
				err = tx.AddReferral(x)
			}
		}
		return err
	})
}

func TestHealthCardSaysWhyAndHowSure(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		b, c := s.as("dana@ballard.example"), w.Client("Ana", "Silva")
		linh, sean := "/providers/"+string(w.Provider.ID), "/providers/"+string(w.Provider2.ID)
		b.get(linh).ok(http.StatusOK).hasNot("How it stands")
		s.came(w.Provider.ID, models.Inbound, c)
		b.get(linh).ok(http.StatusOK).lookOver().has("How it stands", "New", "no score yet", "They have not referred anybody yet.", "No referral in either direction", "not counted")
		s.came(w.Provider.ID, models.Inbound, c, 200, 140, 80, 20)
		s.came(w.Provider2.ID, models.Inbound, c, 60, 25)
		b.get(linh).ok(http.StatusOK).lookOver().has("of 100", "4 came in and 0 went out in the last 365 days", "3 of 3 that came in", "Likely 65 to 100 percent.", "(80 of 100)",
			"The last one came 20 days ago", "The chance that they still refer is", "are to be expected in the next 90 days", "Think of them for the next client", "One-sided")
		few := b.get(sean).ok(http.StatusOK).lookOver().has("2 came in and 0 went out", "The last one came 25 days ago")
		few.hasNot("The chance that they still refer", "are to be expected")
	})
}

func TestRelationshipsShowTheirStatusAndAreSortedByIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		b, c := s.as("dana@ballard.example"), w.Client("Ana", "Silva")
		s.came(w.Provider.ID, models.Inbound, c, 200, 140, 80, 20)
		s.came(w.Provider.ID, models.Outbound, c, 150, 70, 10)
		s.came(w.Provider2.ID, models.Inbound, c, 300)
		page := b.get("/relationships?sort=health").ok(http.StatusOK).lookOver().has("by health", "Linh Nguyễn, DC", "Thriving, ", "Sean O'Neill, MD", "One time, ")
		if words := page.words(); strings.Index(words, "Sean O'Neill") > strings.Index(words, "Linh Nguyễn") {
			t.Error("the lowest score does not stand first")
		}
		b.get("/relationships").ok(http.StatusOK).has("Thriving, ")
	})
}

func TestNetworkPageListsNobodyWhoMovedByOneReferral(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		b, c := s.as("dana@ballard.example"), w.Client("Ana", "Silva")
		b.get("/network").ok(http.StatusOK).lookOver().has("No referral yet")
		s.came(w.Provider.ID, models.Inbound, c, 100, 2)
		s.came(w.Provider2.ID, models.Outbound, c, 40)
		b.get("/network").ok(http.StatusOK).lookOver().has("2 in, 0 out", "0 in, 1 out", "2 referrals came in and 1 went out", "1 source", "How far referrals came").hasNot("Moved this week", "Figures")
		s.came(w.Provider.ID, models.Inbound, c, 3, 4)
		b.get("/network").ok(http.StatusOK).lookOver().has("Moved this week", "3 in the last seven days, 0.0 in a usual week")
		if file := b.get("/network.csv").ok(http.StatusOK); !strings.Contains(file.body, "Linh Nguyễn, DC") || !strings.HasPrefix(file.body, "provider_id,name,") {
			t.Errorf("the file holds %s", file.body)
		}
	})
}

func TestFiguresPageShowsEachFigureWithItsCases(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := newSite(t, w, publicURL)
		owner, therapist, c := s.as("olga@ballard.example"), s.as("jose@ballard.example"), w.Client("Ana", "Silva")
		empty := owner.get("/figures").ok(http.StatusOK).lookOver()
		for _, k := range models.FigureKeys() {
			empty.has(models.NewOwnerFigure(k, nil).Title, "Nothing to count yet.")
			owner.get("/figures/"+string(k)).ok(http.StatusOK).lookOver().has("Nothing to count yet", "Back to the figures")
		}
		s.came(w.Provider.ID, models.Inbound, c, 40, 20)
		owner.get("/figures").ok(http.StatusOK).lookOver().has("1 of 2, too few for a percentage.")
		s.came(w.Provider.ID, models.Outbound, c, 60, 50)
		owner.get("/figures").ok(http.StatusOK).lookOver().has("75 percent: 3 of 4. To aim for: 90. Half within 3 days.", "the true share lies likely between", "100 percent: 4 of 4", "Half on the same day.")
		owner.get("/figures/loops_closed").ok(http.StatusOK).lookOver().has("Referral for A. S.", "20 days and not yet", "3 days").hasNot("Silva")
		owner.get("/figures/directory_freshness").ok(http.StatusOK).lookOver().has("Linh Nguyễn, DC")
		owner.get("/figures/luck").ok(http.StatusNotFound)
		owner.get("/today").ok(http.StatusOK).has("Figures")
		owner.get("/practice").ok(http.StatusOK).lookOver().has("Figures")
		therapist.get("/figures").ok(http.StatusForbidden).lookOver()
		therapist.get("/practice").ok(http.StatusOK).hasNot("Figures")
		therapist.get("/today").ok(http.StatusOK).hasNot("Figures")
	})
}

func TestThePracticeWeighsWhatCountsInHealth(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	owner, c, at := s.as("olga@ballard.example"), w.Client("Ana", "Silva"), "/practice/settings"
	s.came(w.Provider.ID, models.Inbound, c, 200, 140, 80, 20)
	owner.get(at).ok(http.StatusOK).lookOver().has("What counts in a relationship’s health", "Give and take")
	owner.submit(at, at, "settings/health_weights/closure", "101").ok(http.StatusUnprocessableEntity).lookOver().has("This number is out of range.")
	owner.submit(at, at, "settings/health_weights/closure", "much").ok(http.StatusUnprocessableEntity).lookOver().has("Write a whole number here.")
	all := []string{"momentum", "reciprocity", "closure", "promises", "contact", "outcomes", "time_to_report"}
	weigh := func(n map[string]string) {
		var pairs []string
		for _, part := range all {
			pairs = append(pairs, "settings/health_weights/"+part, n[part])
		}
		owner.follow(owner.submit(at, at, pairs...)).ok(http.StatusOK).has("The settings are saved")
	}
	page := "/providers/" + string(w.Provider.ID)
	weigh(map[string]string{"closure": "10"})
	owner.get(page).ok(http.StatusOK).has("How it stands One-sided 80 of 100")
	weigh(map[string]string{"reciprocity": "10"})
	owner.get(page).ok(http.StatusOK).has("How it stands One-sided 0 of 100")
	weigh(nil)
	if got := owner.get(at).form(at).Get("settings/health_weights/momentum"); got != "20" {
		t.Errorf("after all 0 momentum weighs %s", got)
	}
}
