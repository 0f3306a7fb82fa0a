package referral_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
	"rapport/referral"
)

var background = context.Background()

// clinic is a world with a client and an active order: neck and left shoulder,
// 30 minutes, once a calendar week, four visits, 2026-03-02 to 2026-05-01.
type clinic struct {
	*storetest.World
	net    *referral.Network
	client models.Client
	order  models.Prescription
}

func neckScope() models.Scope {
	return models.Scope{Regions: []models.RegionSide{{Region: "neck", Side: models.SideBoth}, {Region: "shoulder", Side: models.SideLeft}}, MinutesPerSession: 30,
		SessionsTotal: 4, Frequency: &models.Frequency{Sessions: 1, Per: models.PerWeek, Window: models.Calendar},
		Techniques: &models.TechniqueRule{Except: []models.Technique{"cupping"}}, Precautions: []models.Precaution{"no_heat"}}
}

func newClinic(w *storetest.World, change ...func(*models.Prescription)) *clinic {
	w.T.Helper()
	c := &clinic{World: w, net: referral.New(w.DB, nil, nil, referral.Config{Now: w.Clock.Now}), client: w.Client("Ana", "Silva")}
	c.order = c.prescribe(c.client, change...)
	return c
}

func (c *clinic) prescribe(client models.Client, change ...func(*models.Prescription)) models.Prescription {
	c.T.Helper()
	p := models.Prescription{ID: models.PrescriptionID(c.NewID()), PracticeID: c.Practice.ID, SeriesID: models.SeriesID(c.NewID()), Version: 1, ClientID: client.ID,
		PrescriberID: c.Provider.ID, Status: models.OrderActive, Source: models.FromPortal, CreatedBy: c.Doctor.UserID, CreatedAt: c.Clock.Now(), IssuedOn: "2026-03-02",
		ReceivedOn: "2026-03-02", Content: models.OrderContent{Scope: neckScope(), ValidFrom: "2026-03-02", ValidUntil: "2026-05-01", Clock: models.ClockIssued, Expiry: models.Strict}}
	for _, f := range change {
		f(&p)
	}
	s := models.Series{ID: p.SeriesID, ClientID: client.ID, CurrentID: p.ID, Allowed: p.Content.Scope.SessionsTotal, Unlimited: p.Content.Scope.SessionsTotal == 0}
	if p.Opening != nil {
		s.OpeningUsed = p.Opening.Used
	}
	c.Write(func(tx *store.Tx) error {
		if err := tx.AddSeries(s); err != nil {
			return err
		}
		return tx.AddPrescription(p)
	})
	return p
}

// visit is a session inside the order, begun an hour ago.
func (c *clinic) visit(change ...func(*models.SessionDraft)) models.SessionDraft {
	d := models.SessionDraft{ClientID: c.client.ID, PrescriptionID: c.order.ID, StartedAt: c.Clock.Now().Add(-time.Hour), Minutes: 30,
		Regions: []models.RegionSide{{Region: "neck", Side: models.SideBoth}}, Techniques: []models.Technique{"swedish"}, PrecautionsRead: []models.Precaution{"no_heat"},
		Screening: models.Screening{Reviewed: true}, SOAP: models.SOAP{Subjective: "stiff neck", Objective: "o", Assessment: "a", Plan: "p"}}
	for _, f := range change {
		f(&d)
	}
	return d
}

func (c *clinic) record(d models.SessionDraft) (models.Session, error) {
	return c.net.RecordSession(background, c.Therapist, d)
}

func (c *clinic) must(d models.SessionDraft) models.Session {
	c.T.Helper()
	s, err := c.record(d)
	if err != nil {
		f, _ := fault.As(err)
		c.T.Fatalf("%v %+v", err, f)
	}
	return s
}

func (c *clinic) nextWeek() { c.Clock.Advance(7 * 24 * time.Hour) }

func (c *clinic) series() (s models.Series) {
	c.T.Helper()
	c.Write(func(tx *store.Tx) (err error) { s, err = tx.Series(c.order.SeriesID); return err })
	return s
}

// setStatus moves the order without asking anybody.
func (c *clinic) setStatus(s models.PrescriptionStatus) {
	c.T.Helper()
	c.Write(func(tx *store.Tx) error {
		p, err := tx.Prescription(c.order.ID)
		if err != nil {
			return err
		}
		p.Status = s
		return tx.UpdatePrescription(p, p.RowVersion)
	})
}

func codesOf(err error) string {
	f, ok := fault.As(err)
	if !ok {
		return "no fault"
	}
	out := []string{f.Code}
	for _, v := range f.Violations {
		out = append(out, v.Code)
	}
	return strings.Join(out, " ")
}

func TestASessionInsideTheOrderTakesAVisit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		for i := 1; i <= 4; i++ {
			s := c.must(c.visit())
			want := models.Visits{Allowed: 4, Used: i, Left: 4 - i, Limited: true}
			if s.Kind != models.Prescribed || s.VisitNumber != i || s.VisitRank != i || *s.Visits != want || s.ScopeSnapshot == nil || s.PrescriptionID != c.order.ID {
				t.Errorf("visit %d: %+v, counter %+v", i, s, s.Visits)
			}
			read, err := c.net.Session(background, c.Owner, s.ID)
			if err != nil || *read.Visits != want || read.VisitRank != i || read.SOAP != s.SOAP {
				t.Errorf("read again: %+v, %v", read, err)
			}
			c.nextWeek()
		}
		if _, err := c.record(c.visit()); codesOf(err) != "scope_violation order.exhausted" {
			t.Errorf("fifth: %v", codesOf(err))
		}
	})
}

func TestEveryRefusalOfTheScopeLockReachesTheVerb(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		other := w.Client("Ben", "Ode")
		draft := func(f func(*models.SessionDraft)) models.SessionDraft { return c.visit(f) }
		for _, x := range []struct {
			want string
			d    models.SessionDraft
		}{
			{"scope_violation order.other_client", draft(func(d *models.SessionDraft) { d.ClientID = other.ID })},
			{"scope_violation order.not_started", draft(func(d *models.SessionDraft) { d.StartedAt = c.Clock.Now().AddDate(0, 0, -1) })},
			{"scope_violation scope.region", draft(func(d *models.SessionDraft) {
				d.Regions = []models.RegionSide{{Region: "lower_limb", Side: models.SideLeft}}
			})},
			{"scope_violation scope.side", draft(func(d *models.SessionDraft) {
				d.Regions = []models.RegionSide{{Region: "shoulder", Side: models.SideRight}}
			})},
			{"scope_violation scope.minutes", draft(func(d *models.SessionDraft) { d.Minutes = 60 })},
			{"scope_violation scope.technique", draft(func(d *models.SessionDraft) { d.Techniques = []models.Technique{"cupping"} })},
			{"scope_violation precaution.unacknowledged", draft(func(d *models.SessionDraft) { d.PrecautionsRead = nil })},
			{"scope_violation scope.region scope.minutes scope.technique precaution.unacknowledged", draft(func(d *models.SessionDraft) {
				d.Regions, d.Minutes, d.Techniques, d.PrecautionsRead = []models.RegionSide{{Region: "foot", Side: models.SideLeft}}, 90, []models.Technique{"cupping"}, nil
			})},
			{"validation screening.unanswered", draft(func(d *models.SessionDraft) { d.Screening = models.Screening{} })},
			{"validation minutes.range screening.unanswered scope.technique", draft(func(d *models.SessionDraft) {
				d.Minutes, d.Screening, d.Techniques = 0, models.Screening{}, []models.Technique{"cupping"}
			})},
			{"validation started_at.future", draft(func(d *models.SessionDraft) { d.StartedAt = c.Clock.Now().Add(time.Hour) })},
			{"not_found", draft(func(d *models.SessionDraft) { d.PrescriptionID = "unknown" })},
			{"not_found", draft(func(d *models.SessionDraft) { d.ClientID = "unknown" })},
		} {
			if _, err := c.record(x.d); codesOf(err) != x.want {
				t.Errorf("got %s, want %s", codesOf(err), x.want)
			}
		}
		c.must(c.visit())
		c.Clock.Advance(24 * time.Hour)
		if _, err := c.record(c.visit()); codesOf(err) != "scope_violation frequency.period" {
			t.Errorf("second in the week: %s", codesOf(err))
		}
		for _, s := range []models.PrescriptionStatus{models.OrderSuspended, models.OrderRevoked} {
			c.nextWeek()
			c.setStatus(s)
			if _, err := c.record(c.visit()); codesOf(err) != "scope_violation order.not_active" {
				t.Errorf("%s: %s", s, codesOf(err))
			}
		}
		c.setStatus(models.OrderActive)
		c.Clock.Set(time.Date(2026, 5, 4, 20, 0, 0, 0, time.UTC))
		if _, err := c.record(c.visit()); codesOf(err) != "scope_violation order.expired" {
			t.Errorf("after the end: %s", codesOf(err))
		}
		if s := c.series(); s.Used != 1 || s.LastNumber != 1 {
			t.Errorf("refusals moved the counter: %+v", s)
		}
	})
}

func TestALapsedLicenceRefusesWhereThePracticeSaysSo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w, func(p *models.Prescription) { p.Content.ValidFrom, p.Content.ValidUntil = "2028-01-01", "2028-12-31" })
		c.Clock.Set(time.Date(2028, 2, 1, 20, 0, 0, 0, time.UTC)) // the licence ended on 2028-01-31
		s := c.must(c.visit())
		w.Write(func(tx *store.Tx) error {
			p, err := tx.Practice(w.Practice.ID)
			if err != nil {
				return err
			}
			p.Settings.EnforceLicence = true
			return tx.UpdatePractice(p, p.Version)
		})
		if _, err := c.net.SignSession(background, c.Therapist, s.ID); codesOf(err) != "licence.lapsed licence.lapsed" {
			t.Errorf("signature: %s", codesOf(err))
		}
		c.nextWeek()
		if _, err := c.record(c.visit()); codesOf(err) != "scope_violation licence.lapsed" {
			t.Errorf("session: %s", codesOf(err))
		}
	})
}

func TestARedFlagStopsTheSessionAndKeepsIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		d := c.visit(func(d *models.SessionDraft) {
			d.Minutes, d.Screening.Findings = 0, []models.Finding{{Key: "cauda_equina"}}
		})
		ctx := models.WithIdempotency(background, models.Idempotency{Route: "POST /api/v1/sessions", Key: "k1", BodySHA256: "b"})
		_, err := c.net.RecordSession(ctx, c.Therapist, d)
		f, _ := fault.As(err)
		if f == nil || f.Kind != fault.Conflict || f.Code != "safety.red_flag" || !strings.Contains(f.Text, "emergency services") || f.Refs["referral_out_draft_id"] == "" {
			t.Fatalf("got %v %+v", err, f)
		}
		s, err := c.net.Session(background, c.Therapist, models.SessionID(f.Refs["stopped_session_id"]))
		if err != nil || s.Kind != models.Stopped || s.VisitNumber != 0 || s.Visits.Used != 0 || s.Screening.Findings[0].Key != "cauda_equina" {
			t.Errorf("kept: %+v, %v", s, err)
		}
		_, err = c.net.RecordSession(ctx, c.Therapist, d)
		if again, _ := fault.As(err); again == nil || again.Refs["stopped_session_id"] != f.Refs["stopped_session_id"] || again.Text != f.Text {
			t.Errorf("the same key again: %v %+v", err, again)
		}
		var sessions, drafts int
		if err := count(w, "SELECT (SELECT COUNT(*) FROM sessions), (SELECT COUNT(*) FROM referral_out_drafts)", &sessions, &drafts); err != nil || sessions != 1 || drafts != 1 {
			t.Errorf("%d sessions, %d drafts, %v", sessions, drafts, err)
		}
		c.must(c.visit()) // a stopped session does not count in the week
	})
}

// count reads figures behind the store's back.
func count(w *storetest.World, query string, into ...any) error {
	if w.DB.Engine() == "postgres" {
		if _, err := w.OwnerDB.Exec("SELECT set_config('app.practice', $1, false)", string(w.Practice.ID)); err != nil {
			return err
		}
		w.OwnerDB.SetMaxOpenConns(1)
	}
	return w.OwnerDB.QueryRow(query).Scan(into...)
}

func TestADeviationIsKeptCountedAndTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w, func(p *models.Prescription) { p.Content.Scope.SessionsTotal = 1 })
		outside := func(d *models.SessionDraft) {
			d.Minutes, d.Deviation, d.DeviationReason = 60, true, "cramp in the calf"
			d.Regions = append(d.Regions, models.RegionSide{Region: "foot", Side: models.SideLeft})
		}
		s := c.must(c.visit(outside))
		if s.Kind != models.Deviation || s.VisitNumber != 1 || !slices.Equal(s.Violations, []string{"scope.region", "scope.minutes"}) || s.Visits.Left != 0 {
			t.Errorf("first: %+v", s)
		}
		c.nextWeek()
		s = c.must(c.visit(outside))
		if s.Kind != models.Deviation || s.VisitNumber != 0 || s.Visits.Used != 1 || !slices.Contains(s.Violations, "order.exhausted") {
			t.Errorf("when no visit is left: %+v", s)
		}
		if _, err := c.net.SignSession(background, c.Therapist, s.ID); err != nil {
			t.Fatal(err)
		}
		if signed, err := c.net.Session(background, c.Therapist, s.ID); err != nil || signed.Kind != models.Deviation {
			t.Errorf("signed: %+v, %v", signed, err)
		}
		if _, err := c.record(c.visit(outside, func(d *models.SessionDraft) { d.DeviationReason = " " })); codesOf(err) != "validation deviation.reason_required" {
			t.Errorf("without a reason: %s", codesOf(err))
		}
		other := w.Client("Ben", "Ode")
		if _, err := c.record(c.visit(outside, func(d *models.SessionDraft) { d.ClientID = other.ID })); codesOf(err) != "scope_violation order.other_client" {
			t.Errorf("another client's order: %s", codesOf(err))
		}
		if got := mailed(w, models.MessageDeviation); got != "olga@ballard.example olga@ballard.example" {
			t.Errorf("told %q", got)
		}
	})
}

// mailed lists the recipients of a kind of message, in order.
func mailed(w *storetest.World, kind models.MessageKind) string {
	w.T.Helper()
	var to []string
	w.Write(func(tx *store.Tx) error {
		l, err := tx.Messages(store.MessageFilter{}, models.Page{Limit: 200})
		for _, m := range slices.Backward(l.Items) {
			if m.Kind == kind {
				to = append(to, m.To)
			}
		}
		return err
	})
	return strings.Join(to, " ")
}

func TestADeviationUnderAnOrderThatWasNeverInForceTakesNoVisit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w, func(p *models.Prescription) { p.Status = models.OrderSubmitted })
		s := c.must(c.visit(func(d *models.SessionDraft) { d.Deviation, d.DeviationReason = true, "thought it was accepted" }))
		if s.VisitNumber != 0 || !slices.Equal(s.Violations, []string{"order.not_active"}) || c.series().Used != 0 {
			t.Errorf("got %+v", s)
		}
	})
}

func TestASelfPaySessionStandsApart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		self := func(d *models.SessionDraft) { d.PrescriptionID, d.Minutes = "", 90 }
		if _, err := c.record(c.visit(self)); codesOf(err) != "scope_violation self_pay.not_allowed" {
			t.Errorf("silent order: %s", codesOf(err))
		}
		if _, err := c.record(c.visit(self, func(d *models.SessionDraft) { d.Screening = models.Screening{} })); codesOf(err) != "validation screening.unanswered self_pay.not_allowed" {
			t.Errorf("unanswered screening: %s", codesOf(err))
		}
		c.setStatus(models.OrderRevoked)
		s := c.must(c.visit(self))
		if s.Kind != models.SelfPay || s.VisitNumber != 0 || s.SeriesID != "" || s.Visits != nil {
			t.Errorf("got %+v", s)
		}
		allowed := c.prescribe(c.client, func(p *models.Prescription) { p.Content.Scope.SelfPayAllowed = true })
		c.must(c.visit(self))
		c.order = allowed
		c.must(c.visit()) // self-pay sessions of the week do not count
		if got := c.series(); got.Used != 1 {
			t.Errorf("counter %+v", got)
		}
	})
}

func TestOnlyThePracticesTherapistsRecordAndReadSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w)
		s := c.must(c.visit())
		for who, by := range map[string]models.Actor{"desk": w.Desk, "doctor": w.Doctor, "anonymous": models.Anonymous("", "")} {
			if _, err := c.net.RecordSession(background, by, c.visit()); !errors.Is(err, fault.Forbidden) && !errors.Is(err, fault.Unauthenticated) {
				t.Errorf("%s recorded: %v", who, err)
			}
			if _, err := c.net.Session(background, by, s.ID); !errors.Is(err, fault.Forbidden) && !errors.Is(err, fault.Unauthenticated) && (who != "doctor" || !errors.Is(err, fault.NotFound)) {
				t.Errorf("%s read: %v", who, err)
			}
		}
		for name, try := range map[string]func() error{
			"record":   func() error { _, err := c.net.RecordSession(background, w.Stranger, c.visit()); return err },
			"read":     func() error { _, err := c.net.Session(background, w.Stranger, s.ID); return err },
			"sign":     func() error { _, err := c.net.SignSession(background, w.Stranger, s.ID); return err },
			"void":     func() error { _, err := c.net.VoidSession(background, w.Stranger, s.ID, "x"); return err },
			"addendum": func() error { _, err := c.net.AddAddendum(background, w.Stranger, s.ID, "x"); return err },
			"measures": func() error { _, err := c.net.Measures(background, w.Stranger, c.client.ID, ""); return err },
			"admissibility": func() error {
				_, err := c.net.Admissible(background, w.Stranger, c.order.ID, "", models.SessionDraft{})
				return err
			},
		} {
			if err := try(); !errors.Is(err, fault.NotFound) {
				t.Errorf("another practice's therapist, %s: %v", name, err)
			}
		}
		if l, err := c.net.Sessions(background, w.Stranger, referral.SessionFilter{}, models.Page{Limit: 10}); err != nil || len(l.Items) != 0 {
			t.Errorf("another practice's inbox: %v, %v", l, err)
		}
	})
}
