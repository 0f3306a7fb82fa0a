package store

import (
	"time"

	"rapport/models"
)

type contactRow struct {
	PracticeID     string
	ID             string
	RelationshipID string
	At             time.Time
	Channel        string
	Direction      string
	StaffID        *string
	Words          []byte // sealed
	Outcome        string
	NextStepOn     *string
	CallBackAt     *time.Time
	Checklist      asJSON[models.Checklist]
	Breach         bool
	CreatedBy      string
	CreatedAt      time.Time
}

func (contactRow) TableName() string { return "contacts" }

// contactWords is what is sealed of a contact.
type contactWords struct{ Note, NextStep, WithName, WithRole string }

// AddContact appends a touch to the log; it is never changed.
func (t *Tx) AddContact(c models.Contact) error {
	row := contactRow{PracticeID: string(t.practice), ID: string(c.ID), RelationshipID: string(c.RelationshipID), At: c.At, Channel: string(c.Channel),
		Direction: c.Direction, StaffID: opt(c.StaffID), Outcome: string(c.Outcome), NextStepOn: opt(c.NextStepOn), CallBackAt: c.CallBackAt,
		Checklist: jsonOf(c.Checklist), Breach: c.Breach, CreatedBy: string(c.CreatedBy), CreatedAt: c.CreatedAt}
	if w := (contactWords{c.Note, c.NextStep, c.WithName, c.WithRole}); w != (contactWords{}) {
		var err error
		if row.Words, err = t.seal("contacts", row.ID, "words", w); err != nil {
			return err
		}
	}
	return shared[contactRow](t).Create(t.ctx, &row)
}
