package store

import (
	"time"

	"gorm.io/gorm/clause"

	"rapport/models"
)

type relationshipRow struct {
	PracticeID         string
	ID                 string
	ProviderID         string
	Tier               string
	WantedIntervalDays int
	PreferredChannel   string
	Accepting          string
	AcceptingOn        *string
	Notes              []byte // sealed; NULL while there are none
	Checklist          asJSON[models.Checklist]
	StatedRate         *float64
	FirstContactAt     *time.Time
	LastContactAt      *time.Time
	LastReachedAt      *time.Time
	NextStep           []byte // sealed
	NextStepOn         *string
	CallBackAt         *time.Time
	CreatedAt          time.Time
	Version            int
}

func (relationshipRow) TableName() string { return "relationships" }

var relationshipColumns = []any{"id", "provider_id", "tier", "wanted_interval_days", "preferred_channel", "accepting", "accepting_on", "notes", "checklist",
	"first_contact_at", "last_contact_at", "last_reached_at", "next_step", "next_step_on", "call_back_at", "created_at", "version"}

func (t *Tx) relationship(r relationshipRow) (models.Relationship, error) {
	v := models.Relationship{ID: models.RelationshipID(r.ID), PracticeID: models.PracticeID(r.PracticeID), ProviderID: models.ProviderID(r.ProviderID),
		Tier: models.Tier(r.Tier), WantedIntervalDays: r.WantedIntervalDays, PreferredChannel: models.Channel(r.PreferredChannel),
		Accepting: models.Accepting(r.Accepting), AcceptingOn: val[models.Date](r.AcceptingOn), Checklist: r.Checklist.V, FirstContactAt: r.FirstContactAt,
		LastContactAt: r.LastContactAt, LastReachedAt: r.LastReachedAt, NextStepOn: val[models.Date](r.NextStepOn), CallBackAt: r.CallBackAt,
		CreatedAt: r.CreatedAt, Version: r.Version}
	if err := t.open("relationships", r.ID, "notes", r.Notes, &v.Notes); err != nil {
		return v, err
	}
	return v, t.open("relationships", r.ID, "next_step", r.NextStep, &v.NextStep)
}

// EnsureRelationship is the practice's relationship with a provider, begun now
// where there is none yet. Of two verbs that begin it at the same moment both
// get the one row.
func (t *Tx) EnsureRelationship(p models.ProviderID) (models.Relationship, error) {
	rows, err := scoped[relationshipRow](t).Select("practice_id", relationshipColumns...).Where("provider_id = ?", string(p)).Limit(1).Find(t.ctx)
	if err != nil {
		return models.Relationship{}, err
	}
	if len(rows) == 1 {
		return t.relationship(rows[0])
	}
	r := relationshipRow{PracticeID: string(t.practice), ID: t.NewID(), ProviderID: string(p), CreatedAt: t.now, Version: 1}
	if err := t.g.Clauses(clause.OnConflict{DoNothing: true}).Create(&r).Error; err != nil {
		return models.Relationship{}, err
	}
	return t.RelationshipWith(p)
}

// RelationshipWith reads the practice's relationship with a provider; none yet
// is not found.
func (t *Tx) RelationshipWith(p models.ProviderID) (models.Relationship, error) {
	r, err := scoped[relationshipRow](t).Select("practice_id", relationshipColumns...).Where("provider_id = ?", string(p)).Take(t.ctx)
	if err != nil {
		return models.Relationship{}, missing(err, "relationship")
	}
	return t.relationship(r)
}

// Relationship reads one; another practice's is not found.
func (t *Tx) Relationship(id models.RelationshipID) (models.Relationship, error) {
	r, err := scoped[relationshipRow](t).Select("practice_id", relationshipColumns...).Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.Relationship{}, missing(err, "relationship")
	}
	return t.relationship(r)
}
