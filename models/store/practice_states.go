package store

import (
	"slices"
	"time"

	"rapport/models"
)

type practiceStateRow struct {
	ID, Name                                            string
	Suspended                                           bool
	CreatedAt                                           time.Time
	People, Owners, Clients, Sessions, Reports, Waiting int
}

const practiceState = `SELECT p.id, p.name, p.suspended, p.created_at,
	(SELECT COUNT(DISTINCT user_id) FROM user_roles WHERE practice_id = p.id AND provider_id IS NULL) AS people,
	(SELECT COUNT(*) FROM user_roles r WHERE r.practice_id = p.id AND r.role = ?) AS owners,
	(SELECT COUNT(*) FROM clients WHERE practice_id = p.id AND state = 'active') AS clients,
	(SELECT COUNT(*) FROM sessions WHERE practice_id = p.id) AS sessions,
	(SELECT COUNT(*) FROM reports WHERE practice_id = p.id) AS reports,
	(SELECT COUNT(*) FROM messages WHERE practice_id = p.id AND state = ?) AS waiting
	FROM practices p WHERE p.id = ?`

// PracticeState counts what the transaction's practice holds, suspended or not.
func (t *Tx) PracticeState() (models.PracticeState, error) {
	rows, err := asked[practiceStateRow](t, practiceState, string(models.Owner), string(models.MessageQueued), string(t.practice))
	if err != nil {
		return models.PracticeState{}, err
	}
	if err := one(len(rows), nil, "practice"); err != nil {
		return models.PracticeState{}, err
	}
	r := rows[0]
	s := models.PracticeState{ID: models.PracticeID(r.ID), Name: r.Name, Suspended: r.Suspended, CreatedAt: r.CreatedAt, People: r.People, Owners: r.Owners,
		Clients: r.Clients, Sessions: r.Sessions, Reports: r.Reports, Waiting: r.Waiting}
	if s.Owners == 0 {
		s.Asked, err = t.ownerAsked()
	}
	return s, err
}

// PracticesNamed lists the tenants of a name, however it is capitalized and
// marked. The names are few and compared here: the engines' LOWER differ.
func (t *Tx) PracticesNamed(name string) ([]models.PracticeID, error) {
	rows, err := shared[practiceRow](t).Select("id", "name").Order("id").Find(t.ctx)
	name = Fold(name)
	return practiceIDs(slices.DeleteFunc(rows, func(r practiceRow) bool { return Fold(r.Name) != name })), err
}

// PracticesAtWork lists the tenants that are not suspended, for periodic passes.
func (t *Tx) PracticesAtWork() ([]models.PracticeID, error) {
	rows, err := shared[practiceRow](t).Select("id").Where("suspended = ?", false).Order("id").Find(t.ctx)
	return practiceIDs(rows), err
}

func practiceIDs(rows []practiceRow) []models.PracticeID {
	out := make([]models.PracticeID, len(rows))
	for i, r := range rows {
		out[i] = models.PracticeID(r.ID)
	}
	return out
}

// EnqueueWaiting asks for every queued message of the practice to be sent after
// the commit: those that came up while it was suspended were left as they are.
func (t *Tx) EnqueueWaiting() error {
	rows, err := scoped[messageRow](t).Select("id").Where("state = ?", string(models.MessageQueued)).Order("id").Find(t.ctx)
	for _, r := range rows {
		if err == nil {
			err = t.EnqueueMessage(models.MessageID(r.ID))
		}
	}
	return err
}
