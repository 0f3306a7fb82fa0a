package referral_test

import (
	"testing"

	"rapport/models"
	"rapport/models/fault"
)

// TestTheTrailIsReadByTheOwnerAndOfOwnClientsByATherapist on both engines.
func TestTheTrailIsReadByTheOwnerAndOfOwnClientsByATherapist(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		rx := o.accepted()
		mine, theirs := rx.ClientID, o.Client("Bo", "Ek").ID
		other := o.Owner
		for _, c := range []struct {
			by     models.Actor
			client models.ClientID
			order  models.PrescriptionID
			days   int
		}{{o.Therapist, mine, rx.ID, 2}, {other, theirs, "", 3}} {
			if _, err := o.net.Book(o.ctx, c.by, models.BookingDraft{ClientID: c.client, PrescriptionID: c.order, Minutes: 30,
				StartsAt: o.Clock.Now().AddDate(0, 0, c.days), Regions: []models.RegionSide{{Region: "neck", Side: models.SideLeft}}}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := o.net.Clients(o.ctx, o.Desk, "bo", models.Page{Limit: 5}); err != nil {
			t.Fatal(err)
		}
		read := func(by models.Actor, f models.TrailFilter) map[models.ClientID]int {
			t.Helper()
			seen := map[models.ClientID]int{}
			page := models.Page{Limit: 2}
			before := int64(0)
			for {
				l, err := o.net.AuditTrail(o.ctx, by, f, page)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range l.Items {
					if before != 0 && e.Seq >= before {
						t.Fatalf("%d follows %d", e.Seq, before)
					}
					before = e.Seq
					seen[e.ClientID]++
					if e.Principal == o.Therapist.Principal() && e.ActorName == "" {
						t.Errorf("%+v has no name", e)
					}
				}
				if page.Cursor = l.NextCursor; page.Cursor == "" {
					return seen
				}
			}
		}
		all := read(o.Owner, models.TrailFilter{})
		if all[mine] == 0 || all[theirs] == 0 || all[""] == 0 {
			t.Errorf("the owner reads %v", all)
		}
		own := read(o.Therapist, models.TrailFilter{})
		if own[mine] == 0 || own[theirs] != 0 || own[""] != 0 {
			t.Errorf("the therapist reads %v", own)
		}
		if got := read(o.Therapist, models.TrailFilter{ClientID: theirs}); len(got) != 0 {
			t.Errorf("the therapist reads another's client: %v", got)
		}
		today := models.DateOf(o.Clock.Now(), o.Practice.Location())
		for name, c := range map[string]struct {
			f    models.TrailFilter
			some bool
		}{"area": {models.TrailFilter{Action: "booking"}, true}, "action": {models.TrailFilter{Action: "booking.add"}, true}, "another action": {models.TrailFilter{Action: "booking.no_show"}, false},
			"person": {models.TrailFilter{Actor: o.Therapist.UserID}, true}, "nobody": {models.TrailFilter{Actor: o.Stranger.UserID}, false},
			"record": {models.TrailFilter{ObjectID: string(rx.ID)}, true}, "today": {models.TrailFilter{From: today, Until: today}, true},
			"yesterday": {models.TrailFilter{Until: today.AddDays(-1)}, false}, "tomorrow": {models.TrailFilter{From: today.AddDays(1)}, false}} {
			if got := read(o.Owner, c.f); (len(got) > 0) != c.some {
				t.Errorf("%s: %v", name, got)
			}
		}
		if n := len(audited(t, o, "audit.read")); n == 0 {
			t.Error("reading the trail is not on it")
		}
		for name, f := range map[string]models.TrailFilter{"an action of nobody": {Action: "Silva"}, "reversed days": {From: today, Until: today.AddDays(-1)}} {
			if _, err := o.net.AuditTrail(o.ctx, o.Owner, f, models.Page{Limit: 5}); fault.CodeOf(err) != "validation" {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, by := range map[string]models.Actor{"front desk": o.Desk, "provider": o.Doctor, "operator": {Kind: models.ActorUser, UserID: "u", Roles: []models.Role{models.Operator}}} {
			if _, err := o.net.AuditTrail(o.ctx, by, models.TrailFilter{}, models.Page{Limit: 5}); fault.CodeOf(err) != "role.not_allowed" {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// audited are the events of an action on the practice's trail.
func audited(t *testing.T, o *orders, action string) (out []models.AuditEvent) {
	for _, e := range trail(t, o.World, o.Practice.ID) {
		if e.Action == action {
			out = append(out, e)
		}
	}
	return out
}

// TestAnOperatorSeesThatTrailsAreWholeAndNothingElse: a page for each practice,
// and the first number that does not fit.
func TestAnOperatorSeesThatTrailsAreWholeAndNothingElse(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		o.accepted()
		operator := models.Actor{Kind: models.ActorUser, UserID: "operator", Roles: []models.Role{models.Operator}}
		seen := map[models.PracticeID]models.TrailCheck{}
		page := models.Page{Limit: 1}
		for {
			l, err := o.net.Integrity(o.ctx, operator, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range l.Items {
				seen[c.PracticeID] = c
			}
			if page.Cursor = l.NextCursor; page.Cursor == "" {
				break
			}
		}
		events := trail(t, o.World, o.Practice.ID)
		if c, last := seen[o.Practice.ID], events[len(events)-1]; c.Seq != last.Seq || c.Hash != last.Hash || c.Broken != 0 || c.Checked != len(events) {
			t.Errorf("%+v, the trail ends with %+v", c, last)
		}
		if _, ok := seen[models.NetworkPractice]; !ok {
			t.Errorf("the network's own trail is left out: %v", seen)
		}
		if _, err := o.net.Integrity(o.ctx, o.Owner, page); fault.CodeOf(err) != "role.not_allowed" {
			t.Errorf("the owner: %v", err)
		}
	})
}
