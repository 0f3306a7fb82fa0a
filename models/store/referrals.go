package store

import (
	"time"

	"rapport/models"
)

type referralRow struct {
	PracticeID      string
	ID              string
	Direction       string
	ClientID        string
	ProviderID      string
	RelationshipID  string
	Reason          []byte // sealed, with what the packet encloses
	Priority        string
	WantedBy        *string
	State           string
	BusinessStatus  string
	ScheduledAt     *time.Time
	PrescriptionID  *string
	ReleaseID       *string
	DocumentID      *string
	Outcome         []byte // sealed
	Attempts        int
	FirstOfProvider bool
	DueOn           *string
	SentAt          *time.Time
	AnsweredAt      *time.Time
	FirstVisitAt    *time.Time
	LastVisitAt     *time.Time
	OutcomeAt       *time.Time
	SeenAt          *time.Time
	ClosedAt        *time.Time
	ThankedAt       *time.Time
	CreatedBy       string
	CreatedAt       time.Time
	Version         int
}

func (referralRow) TableName() string { return "referrals" }

var referralColumns = []any{"id", "direction", "client_id", "provider_id", "relationship_id", "reason", "priority", "wanted_by", "state", "business_status",
	"scheduled_at", "prescription_id", "release_id", "document_id", "outcome", "attempts", "first_of_provider", "due_on", "sent_at", "answered_at",
	"first_visit_at", "last_visit_at", "outcome_at", "seen_at", "closed_at", "thanked_at", "created_by", "created_at", "version"}

// referralWords is what is sealed of a referral as it was written.
type referralWords struct {
	Reason   string
	Enclosed []models.Category
	Channel  models.Channel `json:",omitempty"`
}

func (t *Tx) referralRow(r models.Referral) (referralRow, error) {
	id := string(r.ID)
	row := referralRow{PracticeID: string(t.practice), ID: id, Direction: string(r.Direction), ClientID: string(r.ClientID), ProviderID: string(r.ProviderID),
		RelationshipID: string(r.RelationshipID), Priority: string(r.Priority), WantedBy: opt(r.WantedBy), State: string(r.State),
		BusinessStatus: r.BusinessStatus, ScheduledAt: r.ScheduledAt, PrescriptionID: opt(r.PrescriptionID), ReleaseID: opt(r.ReleaseID),
		DocumentID: opt(r.DocumentID), Attempts: r.Attempts, FirstOfProvider: r.FirstOfProvider, DueOn: opt(r.DueOn), SentAt: r.SentAt,
		AnsweredAt: r.AnsweredAt, FirstVisitAt: r.FirstVisitAt, LastVisitAt: r.LastVisitAt, OutcomeAt: r.OutcomeAt, SeenAt: r.SeenAt,
		ClosedAt: r.ClosedAt, ThankedAt: r.ThankedAt, CreatedBy: string(r.CreatedBy), CreatedAt: r.CreatedAt, Version: r.Version}
	var err error
	if row.Reason, err = t.seal("referrals", id, "reason", referralWords{r.Reason, r.Enclosed, r.Channel}); err != nil {
		return row, err
	}
	if r.Outcome != "" {
		row.Outcome, err = t.seal("referrals", id, "outcome", r.Outcome)
	}
	return row, err
}

func (t *Tx) referral(row referralRow) (models.Referral, error) {
	r := models.Referral{ID: models.ReferralID(row.ID), Direction: models.Direction(row.Direction), ClientID: models.ClientID(row.ClientID),
		ProviderID: models.ProviderID(row.ProviderID), RelationshipID: models.RelationshipID(row.RelationshipID), Priority: models.Priority(row.Priority),
		WantedBy: val[models.Date](row.WantedBy), State: models.ReferralState(row.State), BusinessStatus: row.BusinessStatus, ScheduledAt: row.ScheduledAt,
		PrescriptionID: val[models.PrescriptionID](row.PrescriptionID), ReleaseID: val[models.ReleaseID](row.ReleaseID),
		DocumentID: val[models.DocumentID](row.DocumentID), Attempts: row.Attempts, FirstOfProvider: row.FirstOfProvider, DueOn: val[models.Date](row.DueOn),
		SentAt: row.SentAt, AnsweredAt: row.AnsweredAt, FirstVisitAt: row.FirstVisitAt, LastVisitAt: row.LastVisitAt, OutcomeAt: row.OutcomeAt,
		SeenAt: row.SeenAt, ClosedAt: row.ClosedAt, ThankedAt: row.ThankedAt, CreatedBy: models.UserID(row.CreatedBy), CreatedAt: row.CreatedAt,
		Version: row.Version}
	var w referralWords
	if err := t.open("referrals", row.ID, "reason", row.Reason, &w); err != nil {
		return r, err
	}
	r.Reason, r.Enclosed, r.Channel = w.Reason, w.Enclosed, w.Channel
	return r, t.open("referrals", row.ID, "outcome", row.Outcome, &r.Outcome)
}

// AddReferral inserts a referral. A second inbound one of the same order
// breaks a unique index; the verb asks LockReferralOfSeries first.
func (t *Tx) AddReferral(r models.Referral) error {
	row, err := t.referralRow(r)
	if err != nil {
		return err
	}
	row.Version = 1
	if err := shared[referralRow](t).Create(t.ctx, &row); err != nil {
		return err
	}
	return t.placeReferral(r)
}

// Referral reads one; another practice's is not found.
func (t *Tx) Referral(id models.ReferralID) (models.Referral, error) {
	row, err := scoped[referralRow](t).Select("practice_id", referralColumns...).Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.Referral{}, missing(err, "referral")
	}
	return t.referral(row)
}

// ReferralsByID reads some referrals of the practice.
func (t *Tx) ReferralsByID(ids []string) (map[string]models.Referral, error) {
	out := map[string]models.Referral{}
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := scoped[referralRow](t).Select("practice_id", referralColumns...).Where("id IN ?", ids).Find(t.ctx)
	for _, row := range rows {
		if out[row.ID], err = t.referral(row); err != nil {
			return nil, err
		}
	}
	return out, err
}

// LockReferral is Referral that holds the row until the commit.
func (t *Tx) LockReferral(id models.ReferralID) (models.Referral, error) {
	row, err := scoped[referralRow](t).ForUpdate().Select("practice_id", referralColumns...).Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.Referral{}, missing(err, "referral")
	}
	return t.referral(row)
}

// LockReferralOfSeries is the inbound referral that came with an order,
// whichever of its versions is in force, held until the commit.
func (t *Tx) LockReferralOfSeries(id models.SeriesID) (r models.Referral, found bool, err error) {
	rows, err := scoped[referralRow](t).ForUpdate().Select("practice_id", referralColumns...).Where("direction = ?", string(models.Inbound)).
		Where("prescription_id IN (SELECT id FROM prescriptions WHERE practice_id = ? AND series_id = ?)", string(t.practice), string(id)).
		Order("id").Limit(1).Find(t.ctx)
	if err != nil || len(rows) == 0 {
		return r, false, err
	}
	r, err = t.referral(rows[0])
	return r, true, err
}

// UpdateReferral writes where a referral stands now; who was referred by whom
// and why never changes, except that a proposed client is settled.
func (t *Tx) UpdateReferral(r models.Referral, seen int) error {
	row, err := t.referralRow(r)
	if err != nil {
		return err
	}
	row.Version = seen + 1
	err = stale(scoped[referralRow](t).Where("id = ? AND version = ?", row.ID, seen).
		Select("client_id", "reason", "state", "business_status", "scheduled_at", "release_id", "document_id", "outcome", "attempts", "due_on", "sent_at",
			"answered_at", "first_visit_at", "last_visit_at", "outcome_at", "seen_at", "closed_at", "thanked_at", "version").Updates(t.ctx, row))
	if err != nil {
		return err
	}
	return t.placeReferral(r)
}

// ReferredBefore says that there was a referral in this direction within a
// relationship; the row of the relationship is held, so that of two first ones
// only one is the first.
func (t *Tx) ReferredBefore(id models.RelationshipID, d models.Direction) (bool, error) {
	if _, err := scoped[relationshipRow](t).Select("practice_id", "id").Where("id = ?", string(id)).ForUpdate().Take(t.ctx); err != nil {
		return false, missing(err, "relationship")
	}
	n, err := scoped[referralRow](t).Where("relationship_id = ? AND direction = ? AND state <> ?", string(id), string(d), string(models.ReferralEnteredInError)).
		Count(t.ctx, "id")
	return n > 0, err
}

type referralEventRow struct {
	PracticeID  string
	ID          string
	ReferralID  string
	At          time.Time
	Action      string
	Side        string
	FromState   string
	ToState     string
	Words       []byte // sealed
	ScheduledAt *time.Time
	ByWhom      string
	CreatedAt   time.Time
}

func (referralEventRow) TableName() string { return "referral_events" }

// eventWords is what is sealed of a step.
type eventWords struct{ Reason, Note, SaidBy string }

// AddReferralEvent appends a step; it is never changed.
func (t *Tx) AddReferralEvent(e models.ReferralEvent) error {
	row := referralEventRow{PracticeID: string(t.practice), ID: t.NewID(), ReferralID: string(e.ReferralID), At: e.At, Action: string(e.Action), Side: string(e.Side),
		FromState: string(e.From), ToState: string(e.To), ScheduledAt: e.ScheduledAt, ByWhom: e.By, CreatedAt: t.now}
	if w := (eventWords{e.Reason, e.Note, e.SaidBy}); w != (eventWords{}) {
		var err error
		if row.Words, err = t.seal("referral_events", row.ID, "words", w); err != nil {
			return err
		}
	}
	return shared[referralEventRow](t).Create(t.ctx, &row)
}

// ReferralEvents lists the steps of a referral, the first one first.
func (t *Tx) ReferralEvents(id models.ReferralID) ([]models.ReferralEvent, error) {
	rows, err := scoped[referralEventRow](t).Select("practice_id", "id", "referral_id", "at", "action", "side", "from_state", "to_state", "words", "scheduled_at",
		"by_whom", "created_at").Where("referral_id = ?", string(id)).Order("id").Find(t.ctx)
	out := make([]models.ReferralEvent, len(rows))
	for i, r := range rows {
		var w eventWords
		if err := t.open("referral_events", r.ID, "words", r.Words, &w); err != nil {
			return nil, err
		}
		out[i] = models.ReferralEvent{ID: r.ID, ReferralID: id, At: r.At, Action: models.ReferralAction(r.Action), Side: models.ReferralSide(r.Side),
			From: models.ReferralState(r.FromState), To: models.ReferralState(r.ToState), Reason: w.Reason, Note: w.Note, SaidBy: w.SaidBy,
			ScheduledAt: r.ScheduledAt, By: r.ByWhom, CreatedAt: r.CreatedAt}
	}
	return out, err
}
