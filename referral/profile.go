package referral

import (
	"context"

	"rapport/models"
	"rapport/models/store"
)

// Profile is how the caller's practice introduces itself; while nobody has
// written it, it begins with the techniques of the settings.
func (n *Network) Profile(ctx context.Context, by models.Actor) (models.PracticeProfile, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.PracticeProfile, error) {
		if err := by.May(models.ReadPractice); err != nil {
			return models.PracticeProfile{}, err
		}
		p, err := tx.Profile()
		if err != nil || p.Written() {
			return p, err
		}
		practice, err := tx.Practice(tx.PracticeID())
		for _, t := range practice.Settings.Techniques {
			p.Techniques = append(p.Techniques, models.Technique(t))
		}
		return p.Tidy(), err
	})
}

// WriteProfile replaces the profile, when it is still the one that was seen.
func (n *Network) WriteProfile(ctx context.Context, by models.Actor, p models.PracticeProfile) (models.PracticeProfile, error) {
	return decide(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.PracticeProfile, error) {
		if err := by.May(models.WriteProfile); err != nil {
			return p, err
		}
		p = p.Tidy()
		if err := p.Validate(); err != nil {
			return p, err
		}
		old, err := tx.Profile()
		if err != nil {
			return p, err
		}
		tx.Log("practice.profile", "practice", string(tx.PracticeID()), "", "")
		if err := fresh(ctx, old.Version); err != nil {
			return p, err
		}
		if err := tx.SetProfile(p, old.Version); err != nil {
			return p, err
		}
		at := tx.Now()
		p.UpdatedAt, p.Version = &at, old.Version+1
		return p, nil
	})
}
