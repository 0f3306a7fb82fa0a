package referral

import (
	"cmp"
	"context"

	"rapport/models"
	"rapport/models/stillreferring"
	"rapport/models/store"
)

// Health is how a relationship stands today: every part live from what
// happened, with the next thing to do. One without history is new.
func (n *Network) Health(ctx context.Context, by models.Actor, id models.RelationshipID) (models.Health, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Health, error) {
		var h models.Health
		if err := by.May(models.ReadRelationships); err != nil {
			return h, err
		}
		r, err := tx.Relationship(id)
		if err != nil {
			return h, err
		}
		tx.Log("relationship.health", "relationship", string(id), "", "")
		s, err := standings(tx, id)
		if err != nil {
			return h, err
		}
		f := s.facts[0]
		f.Still = stillOf(f.InDays, s.today, s.model, true)
		if f.Acts, err = openActs(tx, r, s.practice, s.today); err != nil {
			return h, err
		}
		return f.Judge(s.practice.Settings.Weights()), nil
	})
}

// measured are the facts of a practice's relationships, with all that the rules
// read beside them.
type measured struct {
	practice models.Practice
	today    models.Date
	model    stillreferring.Parameters
	facts    []models.HealthFacts
}

// standings reads the facts of every relationship, or of one.
func standings(tx *store.Tx, only models.RelationshipID) (measured, error) {
	var s measured
	var err error
	if s.practice, err = tx.Practice(tx.PracticeID()); err != nil {
		return s, err
	}
	s.today = s.practice.Today(tx.Now())
	if s.model, err = modelOf(tx); err != nil {
		return s, err
	}
	s.facts, err = tx.HealthFacts(only, s.today, s.practice.Location())
	for i := range s.facts {
		s.facts[i].Still = stillOf(s.facts[i].InDays, s.today, s.model, false)
	}
	return s, err
}

// prior stands in for a network that was never calibrated: the parameters that
// Fader, Hardie and Lee published for the CDNOW cohort.
var prior = stillreferring.Parameters{R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}

func modelOf(tx *store.Tx) (stillreferring.Parameters, error) {
	c, found, err := tx.LastCalibration()
	if err != nil || !found {
		return prior, err
	}
	return stillreferring.Parameters{R: c.R, Alpha: c.Alpha, A: c.A, B: c.B}, nil
}

var referrerClasses = map[stillreferring.Class]models.ReferrerClass{stillreferring.Never: models.ReferrerNever, stillreferring.OneTime: models.ReferrerOnce,
	stillreferring.Silent: models.ReferrerSilent, stillreferring.Referring: models.ReferrerOngoing}

// stillOf asks the model; the band and the expectation only where they are shown.
func stillOf(days []int, today models.Date, p stillreferring.Parameters, whole bool) models.StillReferring {
	a := stillreferring.AssessDays(days, today.UnixDay(), p)
	s := models.StillReferring{Class: referrerClasses[a.Class], Days: a.Referrals, SilentDays: a.SilentDays, LimitDays: a.LimitDays, Alive: a.Alive}
	if whole && a.Alive != nil {
		h := stillreferring.HistoryOfDays(days, today.UnixDay())
		band, next := p.Band(h), p.ExpectedNext(h, 90.0/7)
		s.Band, s.Expected90 = &band, &next
	}
	return s
}

var promiseWords = map[models.PromiseKind]string{models.PromiseReport: "Promised report", models.PromisePacket: "Packet", models.PromiseLetter: "Letter",
	models.PromiseCall: "Call", models.PromiseDocument: "Document", models.PromiseOther: "A promise"}

var reportWords = map[models.ReportKind]string{models.ReportInitial: "Initial report", models.ReportProgress: "Progress report", models.ReportDischarge: "Discharge report"}

var referralWaits = map[string]string{"send": "Sending of the referral", "answer": "Answer to the referral", "outcome": "Outcome of the referral", "visit": "Visit of the referral",
	"look": "Look at the referral's outcome"}

// openActs gathers what either side has to do: reports, referrals, promises,
// and the call that was agreed.
func openActs(tx *store.Tx, r models.Relationship, p models.Practice, today models.Date) ([]models.OpenAct, error) {
	var acts []models.OpenAct
	clocks, err := tx.ClocksOwedTo(r.ProviderID, today, today.AddDays(7))
	if err != nil {
		return nil, err
	}
	for _, c := range clockLines(clocks, p, today) {
		if !c.DueOn.IsZero() {
			acts = append(acts, models.OpenAct{Kind: models.ActReport, What: reportWords[c.Kind], About: c.Client.Initials(), By: models.OwedByUs, DueOn: c.DueOn, ObjectID: string(c.PrescriptionID)})
		}
	}
	referrals, err := tx.OpenReferrals(r.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range referrals {
		if turn := o.WhoseTurn(); turn != "" {
			acts = append(acts, models.OpenAct{Kind: models.ActReferral, What: cmp.Or(referralWaits[o.Clock()], "The referral"), About: o.Client.Initials(), By: turn, DueOn: o.DueOn, ObjectID: string(o.ID)})
		}
	}
	promises, err := tx.UnkeptPromises(r.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range promises {
		acts = append(acts, models.OpenAct{Kind: models.ActPromise, What: cmp.Or(promiseWords[o.Kind], "A promise"), About: o.Client.Initials(), By: o.OwedBy, DueOn: o.DueOn, ObjectID: string(o.ID)})
	}
	if r.CallBackAt != nil {
		acts = append(acts, models.OpenAct{Kind: models.ActCallBack, What: "The agreed call", By: models.OwedByUs, DueOn: p.Today(*r.CallBackAt), ObjectID: string(r.ID)})
	}
	return acts, nil
}

// HealthStanding is a relationship's status and score, as lists show it.
type HealthStanding struct {
	RelationshipID models.RelationshipID
	ProviderID     models.ProviderID
	Status         models.HealthStatus
	Score          *int // nil while no part is defined
}

// Standings is how every relationship of the practice stands today.
func (n *Network) Standings(ctx context.Context, by models.Actor) ([]HealthStanding, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]HealthStanding, error) {
		if err := by.May(models.ReadRelationships); err != nil {
			return nil, err
		}
		s, err := standings(tx, "")
		return s.all(), err
	})
}

func (s measured) all() []HealthStanding {
	out, weights := make([]HealthStanding, len(s.facts)), s.practice.Settings.Weights()
	for i, f := range s.facts {
		status, score := f.Standing(weights)
		out[i] = HealthStanding{f.RelationshipID, f.ProviderID, status, score}
	}
	return out
}

// addHealth says with each relationship of a list how it stands.
func addHealth(tx *store.Tx, lines []models.RelationshipLine) error {
	s, err := standings(tx, "")
	if err != nil {
		return err
	}
	at := map[models.RelationshipID]HealthStanding{}
	for _, h := range s.all() {
		at[h.RelationshipID] = h
	}
	for i := range lines {
		h := at[lines[i].ID]
		lines[i].Status, lines[i].Score = h.Status, h.Score
	}
	return nil
}

// KeepCalibration keeps a fit of the still-referring model over the network's
// history; from now on the health of relationships reads it.
func (n *Network) KeepCalibration(ctx context.Context, by models.Actor, c models.Calibration) error {
	_, err := decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (struct{}, error) {
		if err := by.May(models.VerifyIntegrity); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AddCalibration(c)
	})
	return err
}
