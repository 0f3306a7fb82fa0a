package referral_test

import (
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store"
	"rapport/referral"
)

func (l *loop) session(p models.OrderView, at time.Time, booked models.BookingID) models.Session {
	l.t.Helper()
	l.Clock.Set(at.Add(time.Hour))
	return must2(l.net.RecordSession(l.ctx, l.Therapist, models.SessionDraft{ClientID: p.ClientID, PrescriptionID: p.ID, BookingID: booked, StartedAt: at, Minutes: 30,
		Regions: []models.RegionSide{{Region: "neck", Side: models.SideBoth}}, Techniques: []models.Technique{"petrissage"}, Screening: models.Screening{Reviewed: true},
		SOAP: models.SOAP{Subjective: "s", Objective: "o", Assessment: "a", Plan: "p"}}))(l.t)
}

// TestAVoidedFirstSessionTakesItsReferralBack: to where it stood before, with a
// line of its history and its place in the worklist; thanked is thanked.
func TestAVoidedFirstSessionTakesItsReferralBack(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		l.t = t
		p := l.accepted()
		id := must2(l.net.Referrals(l.ctx, l.Desk, referral.ReferralQuery{}, models.Page{Limit: 5}))(t).Items[0].ID
		read := func() models.ReferralView { return must2(l.net.Referral(l.ctx, l.Desk, id))(t) }
		standing := func() (at models.OpenItem) {
			l.Write(func(tx *store.Tx) error {
				open, err := tx.OpenLines(store.OpenFilter{}, "2026-12-31", models.Page{Limit: 100})
				n := 0
				for _, x := range open.Items {
					if x.Kind == models.OpenReferral && x.ObjectID == string(id) {
						at, n = x.OpenItem, n+1
					}
				}
				if n != 1 {
					t.Errorf("the referral stands in %d worklists", n)
				}
				return err
			})
			return at
		}
		start := l.Clock.Now().Add(26 * time.Hour).Truncate(time.Hour)
		b := must2(l.net.Book(l.ctx, l.Desk, models.BookingDraft{ClientID: p.ClientID, PrescriptionID: p.ID, TherapistID: l.Therapist.UserID, StartsAt: start, Minutes: 30,
			Regions: []models.RegionSide{{Region: "neck", Side: models.SideBoth}}}))(t)
		before := read()
		was := standing()
		first := l.session(p, start, b.ID)
		second := l.session(p, start.Add(8*24*time.Hour), "")
		void := func(s models.Session) {
			t.Helper()
			must2(l.net.VoidSession(l.ctx, l.Therapist, s.ID, "Written for the wrong client."))(t)
		}
		void(first)
		if r := read(); r.State != models.ReferralVisitDone || r.FirstVisitAt == nil || !r.FirstVisitAt.Equal(second.StartedAt) || !r.LastVisitAt.Equal(second.StartedAt) {
			t.Errorf("with a visit left: %+v", r.Referral)
		}
		void(second)
		r := read()
		if r.State != before.State || r.BusinessStatus != before.BusinessStatus || r.FirstVisitAt != nil || r.LastVisitAt != nil || r.ThankedAt == nil ||
			r.ScheduledAt == nil || !r.ScheduledAt.Equal(start) || r.Closed() {
			t.Errorf("taken back: %+v, before %+v", r.Referral, before.Referral)
		}
		last := r.Events[len(r.Events)-1]
		if last.Action != models.ActTakeVisitBack || last.From != models.ReferralVisitDone || last.To != before.State || last.Reason+last.Note != "" {
			t.Errorf("the history says %+v", last)
		}
		if at := standing(); at.Worklist != was.Worklist || at.Clock != was.Clock || at.ClockOn != was.ClockOn || at.Side != was.Side {
			t.Errorf("it stands as %+v, before as %+v", at, was)
		}
		l.session(p, start.Add(15*24*time.Hour), "")
		if r := read(); r.State != models.ReferralVisitDone || r.FirstVisitAt == nil {
			t.Errorf("after another first visit: %+v", r.Referral)
		}
	})
}
