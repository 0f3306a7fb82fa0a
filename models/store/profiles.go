package store

import (
	"time"

	"gorm.io/gorm/clause"

	"rapport/models"
)

// profileRow is the one profile of a practice; its id is the practice's.
type profileRow struct {
	PracticeID string
	ID         string
	Profile    asJSON[models.PracticeProfile]
	UpdatedAt  time.Time
	Version    int
}

func (profileRow) TableName() string { return "practice_profiles" }

// Profile reads how the practice introduces itself; one that nobody has written
// is empty and has the version models.UnwrittenProfile.
func (t *Tx) Profile() (models.PracticeProfile, error) {
	rows, err := scoped[profileRow](t).Select("practice_id", "id", "profile", "updated_at", "version").Find(t.ctx)
	if err != nil || len(rows) == 0 {
		return models.PracticeProfile{Version: models.UnwrittenProfile}, err
	}
	p := rows[0].Profile.V
	p.UpdatedAt, p.Version = &rows[0].UpdatedAt, rows[0].Version
	return p, nil
}

// SetProfile writes the profile when the version is still the one seen.
func (t *Tx) SetProfile(p models.PracticeProfile, seen int) error {
	r := profileRow{PracticeID: string(t.practice), ID: string(t.practice), Profile: jsonOf(p), UpdatedAt: t.now, Version: seen + 1}
	if seen == models.UnwrittenProfile {
		made := t.g.Clauses(clause.OnConflict{DoNothing: true}).Create(&r)
		return stale(int(made.RowsAffected), made.Error)
	}
	return stale(scoped[profileRow](t).Where("version = ?", seen).Select("profile", "updated_at", "version").Updates(t.ctx, r))
}
