package referral_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// caseload does random verbs on the things it made so far.
type caseload struct {
	*loop
	r         *rand.Rand
	orders    []models.PrescriptionID
	changes   []models.ChangeRequestID
	referrals []models.ReferralID
	releases  []models.ReleaseID
	promises  []models.PromiseID
	with      models.RelationshipID
	settings  int // version of the practice's settings
	done      map[string]int
}

func pick[T any](h *caseload, list []T) (v T) {
	if len(list) == 0 {
		return v
	}
	if h.r.IntN(4) > 0 {
		return list[len(list)-1] // what was made last is still open more often
	}
	return list[h.r.IntN(len(list))]
}

type verb struct {
	name string
	do   func(h *caseload) error
}

// histories are the verbs that open, move and close things. A refusal is an
// answer too: nothing may have moved.
var histories = []verb{
	{"submit order", func(h *caseload) error {
		d := h.neckOnly()
		d.Content.ValidFrom = models.DateOf(h.Clock.Now(), h.Practice.Location())
		d.Content.ValidUntil = d.Content.ValidFrom.AddDays(5 + h.r.IntN(40))
		d.Content.Scope.SessionsTotal = 2 + h.r.IntN(3)
		o, err := h.net.WritePrescription(h.ctx, h.Doctor, d)
		if err != nil {
			return err
		}
		_, err = h.net.SubmitPrescription(h.ctx, h.Doctor, o.ID, models.Submission{Signature: typed("Linh Nguyễn"), ContentSHA256: o.ContentSHA256})
		h.orders = append(h.orders, o.ID)
		return err
	}},
	{"accept", func(h *caseload) error {
		return second(h.net.AcceptPrescription(h.ctx, h.Owner, pick(h, h.orders), models.Acceptance{ClientID: h.client.ID}))
	}},
	{"decline order", func(h *caseload) error {
		return second(h.net.DeclinePrescription(h.ctx, h.Owner, pick(h, h.orders), "no room"))
	}},
	{"revoke order", func(h *caseload) error {
		return second(h.net.RevokePrescription(h.ctx, h.Doctor, pick(h, h.orders), "healed"))
	}},
	{"suspend", func(h *caseload) error {
		o, err := h.net.SuspendPrescription(h.ctx, h.Owner, pick(h, h.orders), "away")
		if err == nil {
			h.orders = append(h.orders, o.ID) // it comes first to mind again
		}
		return err
	}},
	{"resume", func(h *caseload) error {
		return second(h.net.ResumePrescription(h.ctx, h.Owner, pick(h, h.orders), "back"))
	}},
	{"renew", func(h *caseload) error {
		by, sign := h.Owner, (*models.SignatureDraft)(nil)
		if h.r.IntN(2) == 0 {
			by, sign = h.Doctor, typed("Linh Nguyễn")
		}
		o, err := h.net.RenewPrescription(h.ctx, by, pick(h, h.orders), sign)
		if err == nil {
			h.orders = append(h.orders, o.ID)
		}
		return err
	}},
	{"verbal order", func(h *caseload) error {
		o, err := h.net.NoteVerbalOrder(h.ctx, h.Therapist, pick(h, h.orders), models.VerbalOrderDraft{VerbalDraft: models.VerbalDraft{GivenBy: "Dr. Nguyễn", TakenAt: h.Clock.Now(), ReadBack: true},
			Scope: models.ScopePatch{MinutesPerSession: ptr(30 + h.r.IntN(30))}})
		if err == nil {
			h.orders = append(h.orders, o.ID)
		}
		return err
	}},
	{"countersign", func(h *caseload) error {
		return second(h.net.CountersignPrescription(h.ctx, h.Doctor, pick(h, h.orders), typed("Linh Nguyễn")))
	}},
	{"session", func(h *caseload) error {
		return second(h.net.RecordSession(h.ctx, h.Therapist, models.SessionDraft{ClientID: h.client.ID, PrescriptionID: pick(h, h.orders), StartedAt: h.Clock.Now().Add(-time.Hour), Minutes: 30,
			Regions: []models.RegionSide{{Region: "neck", Side: models.SideBoth}}, Techniques: []models.Technique{"swedish"}, Screening: models.Screening{Reviewed: true}}))
	}},
	{"ask for a change", func(h *caseload) error {
		d := legsToo()
		d.Explained = h.r.IntN(4) == 0
		c, err := h.net.AskForChange(h.ctx, h.Therapist, pick(h, h.orders), d)
		if err == nil {
			h.changes = append(h.changes, c.Request.ID)
		}
		return err
	}},
	{"decide", func(h *caseload) error {
		return second(h.net.DecideChange(h.ctx, h.Doctor, pick(h, h.changes), models.Decision{Approve: h.r.IntN(2) == 0, Reason: "as asked"}))
	}},
	{"withdraw", func(h *caseload) error { return second(h.net.WithdrawChange(h.ctx, h.Therapist, pick(h, h.changes))) }},
	{"refer", func(h *caseload) error {
		by, way := h.Therapist, models.Outbound
		switch h.r.IntN(3) {
		case 0:
			by, way = h.Doctor, models.Inbound
		case 1:
			way = models.Inbound
		}
		v, err := h.net.Refer(h.ctx, by, h.outline(way))
		if err == nil {
			h.referrals = append(h.referrals, v.ID)
		}
		return err
	}},
	{"act on a referral", func(h *caseload) error {
		by := pick(h, []models.Actor{h.Therapist, h.Doctor})
		id := pick(h, h.referrals)
		list, _, err := h.net.ReferralActions(h.ctx, by, id)
		if err != nil || len(list) == 0 {
			return err
		}
		return second(h.net.ActOnReferral(h.ctx, by, id, act(pick(h, list).Action, because, noted, visited, said, at(h.Clock.Now().Add(48*time.Hour)))))
	}},
	{"sign a release", func(h *caseload) error {
		d, err := h.net.DraftRelease(h.ctx, h.Therapist, h.client.ID, models.ReleaseTerms{Recipients: []models.Recipient{{ProviderID: h.Provider.ID}}, Purpose: models.PurposeCoordination,
			Categories: models.ReportCategories(), ExpiresOn: models.DateOf(h.Clock.Now(), time.UTC).AddDays(10 + h.r.IntN(60))})
		if err != nil {
			return err
		}
		h.releases = append(h.releases, d.ID)
		return second(h.net.SignRelease(h.ctx, h.Therapist, d.ID, models.SignatureDraft{Method: models.SignedTyped, Name: "Ana Silva", ElectronicRecordsConsent: true}))
	}},
	{"revoke a release", func(h *caseload) error {
		return second(h.net.RevokeRelease(h.ctx, h.Therapist, pick(h, h.releases), models.RevocationDraft{ReceivedAt: h.Clock.Now(), Channel: "in_person"}))
	}},
	{"promise", func(h *caseload) error {
		p, err := h.net.Promise(h.ctx, h.Therapist, models.PromiseDraft{RelationshipID: h.with, OwedBy: pick(h, []models.OwedBy{models.OwedByUs, models.OwedByThem}), Kind: models.PromiseCall,
			What: "a call", DueOn: models.DateOf(h.Clock.Now(), time.UTC).AddDays(h.r.IntN(20))})
		if err == nil {
			h.promises = append(h.promises, p.ID)
		}
		return err
	}},
	{"promise the report", func(h *caseload) error {
		return second(h.net.PromiseReport(h.ctx, h.Therapist, pick(h, h.orders), "", ""))
	}},
	{"promise for a referral", func(h *caseload) error {
		return second(h.net.PromiseOnReferral(h.ctx, h.Therapist, pick(h, h.referrals), models.PromiseDraft{OwedBy: models.OwedByThem, Kind: models.PromiseReport, What: "findings"}))
	}},
	{"they want our packet", func(h *caseload) error {
		return second(h.net.LogContact(h.ctx, h.Therapist, h.with, models.ContactDraft{Channel: models.ContactCall, Outcome: models.ReachedStaff,
			Checklist: models.Checklist{PacketWanted: pick(h, []models.Channel{models.ByEmail, models.ByLetter, models.ByFax})}}))
	}},
	{"keep", func(h *caseload) error { return second(h.net.KeepPromise(h.ctx, h.Therapist, pick(h, h.promises))) }},
	{"release a promise", func(h *caseload) error {
		return second(h.net.ReleasePromise(h.ctx, h.Therapist, pick(h, h.promises), "they moved"))
	}},
	{"change the settings", func(h *caseload) error {
		s := models.SettingsChange{WarnDaysLeft: ptr(h.r.IntN(10)), WarnVisitsLeft: ptr(h.r.IntN(3)), ReportEvery: &models.ReportEvery{Sessions: 1 + h.r.IntN(3), Days: 10}}
		h.settings++
		return second(h.net.ChangePractice(models.WithIfMatch(h.ctx, h.settings), h.Owner, models.PracticeChange{Settings: &s}))
	}},
	{"time passes", func(h *caseload) error { h.Clock.Advance(time.Duration(1+h.r.IntN(6)) * 24 * time.Hour); return nil }},
	{"passes run", func(h *caseload) error { return h.net.RunPasses(h.ctx) }},
}

// follows is what somebody would do after a verb.
var follows = map[string]string{"submit order": "accept", "accept": "verbal order", "verbal order": "countersign", "countersign": "ask for a change",
	"session": "ask for a change", "ask for a change": "decide", "suspend": "resume", "resume": "session"}

// standing compares the lists with the facts: each open thing is in exactly
// one, and nothing closed is in any.
func standing(h *caseload) (open int, broken string) {
	err := h.DB.Read(h.ctx, models.System(h.Practice.ID), func(_ context.Context, tx *store.Tx) error {
		var c store.Checked
		if err := tx.VerifyWorklists(&c); err != nil {
			return err
		}
		open = c.Open
		for _, b := range c.Broken {
			broken += b.Row + ": " + b.Why + "\n"
		}
		wrong, err := clocksAgainstLists(h, tx)
		broken += wrong
		return err
	})
	if err != nil {
		broken = err.Error()
	}
	return open, broken
}

// clocksAgainstLists compares the worklist of reports with what each order's
// clock says by its facts, today and on days to come on which nothing but time
// will have happened.
func clocksAgainstLists(h *caseload, tx *store.Tx) (broken string, err error) {
	p, err := tx.Practice(h.Practice.ID)
	if err != nil {
		return "", err
	}
	clocks, err := tx.ClocksOfClient(h.client.ID, "2000-01-01")
	if err != nil {
		return "", err
	}
	for _, later := range []int{0, 1, 3, 10, 30, 60, 200, 400} {
		day := p.Today(h.Clock.Now()).AddDays(later)
		list, err := tx.OpenLines(store.OpenFilter{Worklist: models.ListReportsDue}, day, models.Page{Limit: 1000})
		if err != nil {
			return "", err
		}
		listed := map[string]string{}
		for _, l := range list.Items {
			listed[l.ObjectID] += fmt.Sprintf("%s by %s, %d days left; ", l.Clock, l.ClockOn, l.Left)
		}
		for _, c := range clocks {
			want := ""
			due := c.Order.ClockFacts(c.Series, c.Visits, c.Sent, c.Discharged, p.Settings, day).Due(day)
			asked := !day.After(c.Visits[len(c.Visits)-1].On.AddMonths(models.ClockMonths))
			if due.Owed() && asked && c.Order.Status != models.OrderEnteredInError {
				want = fmt.Sprintf("%s_report by %s, %d days left; ", due.Kind, due.DueOn, day.DaysUntil(due.DueOn))
			}
			if got := listed[string(c.SeriesID)]; got != want {
				broken += fmt.Sprintf("order %s on %s: the list says %q, its clock %q\n", c.SeriesID, day, got, want)
			}
			delete(listed, string(c.SeriesID))
		}
		for id, got := range listed {
			broken += fmt.Sprintf("order %s on %s: the list says %q, it has no visit\n", id, day, got)
		}
	}
	return broken, nil
}

func TestEveryOpenThingIsInExactlyOneWorklistOverRandomHistories(t *testing.T) {
	const steps = 400
	eachLoop(t, func(t *testing.T, l *loop) {
		h := &caseload{loop: l, r: rand.New(rand.NewPCG(7, 5)), done: map[string]int{}}
		l.released(l.Provider.ID, models.ReportCategories()...)
		h.with = must2(l.net.Relate(l.ctx, l.Therapist, l.Provider.ID))(t).ID
		most, trail, last := 0, "", ""
		for i := range steps {
			v := histories[h.r.IntN(len(histories))]
			if next, often := follows[last]; often && h.r.IntN(4) > 0 { // what makes sense next
				v = histories[slices.IndexFunc(histories, func(v verb) bool { return v.name == next })]
			}
			last = v.name
			err := v.do(h)
			if _, refused := fault.As(err); err != nil && !refused {
				t.Fatalf("step %d, %s: %v", i, v.name, err)
			}
			if err == nil {
				h.done[v.name]++
			}
			trail = fmt.Sprintf("%s\n%d %s: %v", trail, i, v.name, err)
			open, broken := standing(h)
			if broken != "" {
				t.Fatalf("after %s:\n%s", trail, broken)
			}
			most = max(most, open)
		}
		for _, v := range histories {
			if h.done[v.name] == 0 {
				t.Errorf("%s never succeeded\n%s", v.name, trail)
			}
		}
		if most < 10 {
			t.Errorf("at most %d things were open at once", most)
		}
	})
}
