package store

import (
	"errors"
	"time"

	"gorm.io/gorm"

	"rapport/models"
)

type challengeRow struct {
	TokenHash     string
	Kind          string
	UserID        *string
	SecurityStamp string
	Subject       string
	Ceremony      string
	ExpiresAt     time.Time
}

func (challengeRow) TableName() string { return "challenges" }

func (r challengeRow) challenge() models.Challenge {
	return models.Challenge{Kind: models.ChallengeKind(r.Kind), UserID: val[models.UserID](r.UserID), SecurityStamp: r.SecurityStamp, Subject: r.Subject,
		Ceremony: r.Ceremony, ExpiresAt: r.ExpiresAt}
}

// AddChallenge begins something that the token's holder may finish once. An
// address that has too many open loses its oldest; what ran out is forgotten.
func (t *Tx) AddChallenge(token string, c models.Challenge) error {
	if _, err := shared[challengeRow](t).Where("expires_at <= ?", t.now).Delete(t.ctx); err != nil {
		return err
	}
	err := t.g.Exec(`DELETE FROM challenges WHERE token_hash IN (SELECT token_hash FROM challenges WHERE subject = ? ORDER BY expires_at DESC, token_hash
		LIMIT 1000 OFFSET ?)`, c.Subject, models.OpenChallenges-1).Error
	if err != nil {
		return err
	}
	return shared[challengeRow](t).Create(t.ctx, &challengeRow{TokenHash: models.HashToken(token), Kind: string(c.Kind), UserID: opt(c.UserID),
		SecurityStamp: c.SecurityStamp, Subject: c.Subject, Ceremony: c.Ceremony, ExpiresAt: c.ExpiresAt})
}

// Challenge reads an open challenge; an unknown one has no kind.
func (t *Tx) Challenge(token string, kind models.ChallengeKind) (models.Challenge, error) {
	r, err := shared[challengeRow](t).Select("kind", "user_id", "security_stamp", "subject", "ceremony", "expires_at").
		Where("token_hash = ? AND kind = ? AND expires_at > ?", models.HashToken(token), string(kind), t.now).Take(t.ctx)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.Challenge{}, nil
	}
	return r.challenge(), err
}

// TakeChallenge is Challenge, used up: of any number at the same moment one
// gets it.
func (t *Tx) TakeChallenge(token string, kind models.ChallengeKind) (models.Challenge, error) {
	var r challengeRow
	err := t.g.Raw(`DELETE FROM challenges WHERE token_hash = ? AND kind = ? AND expires_at > ?
		RETURNING kind, user_id, security_stamp, subject, ceremony, expires_at`, models.HashToken(token), string(kind), t.now).Scan(&r).Error
	return r.challenge(), err
}
