package store

import (
	"time"

	"rapport/models"
	"rapport/models/fault"
)

type signInRow struct {
	ID            string
	UserID        string
	Realm         string
	SecretHash    string
	CSRF          string `gorm:"column:csrf"`
	SecurityStamp string
	CreatedAt     time.Time
	SeenAt        time.Time
	ExpiresAt     time.Time
	EndedAt       *time.Time
	EndedWhy      string
	Agent         string
}

func (signInRow) TableName() string { return "sign_ins" }

// AddSignIn begins a session of a user.
func (t *Tx) AddSignIn(s models.SignIn) error {
	return shared[signInRow](t).Create(t.ctx, &signInRow{ID: string(s.ID), UserID: string(s.UserID), Realm: string(s.Realm), SecretHash: s.SecretHash,
		CSRF: s.CSRF, SecurityStamp: s.SecurityStamp, CreatedAt: t.now, SeenAt: t.now, ExpiresAt: s.ExpiresAt, Agent: s.Agent})
}

// SignInsOf lists a user's sessions that are open, the one used last first.
func (t *Tx) SignInsOf(u models.UserID) ([]models.SignIn, error) {
	list, err := shared[signInRow](t).Select("id", "realm", "created_at", "seen_at", "expires_at", "agent").
		Where("user_id = ? AND ended_at IS NULL AND expires_at > ? AND (realm = ? OR seen_at > ?)", string(u), t.now, string(models.RealmAPI), t.now.Add(-models.PortalIdle)).
		Order("seen_at DESC").Order("id").Limit(100).Find(t.ctx)
	out := make([]models.SignIn, len(list))
	for i, r := range list {
		out[i] = models.SignIn{ID: models.SignInID(r.ID), UserID: u, Realm: models.Realm(r.Realm), CreatedAt: r.CreatedAt, SeenAt: r.SeenAt, ExpiresAt: r.ExpiresAt, Agent: r.Agent}
	}
	return out, err
}

// EndSignInOf ends one session of a user; another's is not found.
func (t *Tx) EndSignInOf(u models.UserID, id models.SignInID, why string) error {
	n, err := shared[signInRow](t).Where("id = ? AND user_id = ? AND ended_at IS NULL", string(id), string(u)).Select("ended_at", "ended_why").
		Updates(t.ctx, signInRow{EndedAt: &t.now, EndedWhy: why})
	return one(n, err, "session")
}

// EndSignIn ends one session; an ended one stays as it is.
func (t *Tx) EndSignIn(id models.SignInID, why string) error {
	return t.g.Exec("UPDATE sign_ins SET ended_at = ?, ended_why = ? WHERE id = ? AND ended_at IS NULL", t.now, why, string(id)).Error
}

// EndSignIns ends all sessions of a user but one, which goes on under the new
// stamp; keep may be empty.
func (t *Tx) EndSignIns(user models.UserID, keep models.SignInID, stamp, why string) error {
	if err := t.g.Exec("UPDATE sign_ins SET ended_at = ?, ended_why = ? WHERE user_id = ? AND id <> ? AND ended_at IS NULL",
		t.now, why, string(user), string(keep)).Error; err != nil {
		return err
	}
	return t.g.Exec("UPDATE sign_ins SET security_stamp = ? WHERE user_id = ? AND id = ?", stamp, string(user), string(keep)).Error
}

// TouchSignIn keeps a portal session from being idle.
func (t *Tx) TouchSignIn(id models.SignInID) error {
	return t.g.Exec("UPDATE sign_ins SET seen_at = ? WHERE id = ? AND ended_at IS NULL", t.now, string(id)).Error
}

type standingRow struct {
	ID            string
	UserID        string
	Realm         string
	CSRF          string `gorm:"column:csrf"`
	SecurityStamp string
	SeenAt        time.Time
	ExpiresAt     time.Time
	EndedAt       *time.Time
	Name          string
	Stamp         string
	Disabled      bool
	Role          *string
	PracticeID    *string
	ProviderID    *string
	Closed        bool
}

// standing is everything that one request needs to know about its credential;
// roles in a suspended practice do not count, and are told apart.
const standing = `SELECT s.id, s.user_id, s.realm, s.csrf, s.security_stamp, s.seen_at, s.expires_at, s.ended_at,
	u.name, u.security_stamp AS stamp, u.disabled, r.role, r.practice_id, r.provider_id, COALESCE(p.suspended, false) AS closed
	FROM sign_ins s JOIN users u ON u.id = s.user_id
	LEFT JOIN user_roles r ON r.user_id = u.id LEFT JOIN practices p ON p.id = r.practice_id
	WHERE `

// StandingOf reads the sign-in that an access token names, in one statement;
// an unknown one has no id.
func (t *Tx) StandingOf(user models.UserID, id models.SignInID) (models.Standing, error) {
	return t.standing("s.id = ? AND s.user_id = ? ORDER BY r.id", string(id), string(user))
}

// StandingBySecret reads the sign-in that a portal cookie opens, in one statement.
func (t *Tx) StandingBySecret(secret string) (models.Standing, error) {
	return t.standing("s.secret_hash = ? ORDER BY r.id", models.HashToken(secret))
}

func (t *Tx) standing(where string, args ...any) (models.Standing, error) {
	rows, err := asked[standingRow](t, standing+where, args...)
	if err != nil || len(rows) == 0 {
		return models.Standing{}, err
	}
	r := rows[0]
	s := models.Standing{
		SignIn: models.SignIn{ID: models.SignInID(r.ID), UserID: models.UserID(r.UserID), Realm: models.Realm(r.Realm), CSRF: r.CSRF,
			SecurityStamp: r.SecurityStamp, SeenAt: r.SeenAt, ExpiresAt: r.ExpiresAt, EndedAt: r.EndedAt},
		User: models.User{ID: models.UserID(r.UserID), Name: r.Name, SecurityStamp: r.Stamp, Disabled: r.Disabled}}
	for _, r := range rows {
		if r.Role == nil {
			continue
		}
		g := models.RoleGrant{Role: models.Role(*r.Role), PracticeID: val[models.PracticeID](r.PracticeID), ProviderID: val[models.ProviderID](r.ProviderID)}
		if r.Closed {
			s.Closed = append(s.Closed, g)
			continue
		}
		s.User.Roles = append(s.User.Roles, g)
	}
	return s, nil
}

// AddRefresh stores a refresh token hashed.
func (t *Tx) AddRefresh(token string, of models.SignInID, expires time.Time) error {
	return t.g.Exec("INSERT INTO refresh_tokens (token_hash, sign_in_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
		models.HashToken(token), string(of), t.now, expires).Error
}

// SpendRefresh uses a refresh token up. reused says that it was used before,
// which only a thief or their victim does.
func (t *Tx) SpendRefresh(token string) (of models.SignInID, user models.UserID, reused bool, err error) {
	var r struct {
		SignInID  string
		UserID    string
		ExpiresAt time.Time
		UsedAt    *time.Time
	}
	q := t.forUpdate("SELECT r.sign_in_id, s.user_id, r.expires_at, r.used_at FROM refresh_tokens r JOIN sign_ins s ON s.id = r.sign_in_id WHERE r.token_hash = ?")
	if err := t.g.Raw(q, models.HashToken(token)).Scan(&r).Error; err != nil {
		return "", "", false, err
	}
	of, user = models.SignInID(r.SignInID), models.UserID(r.UserID)
	if of == "" || r.UsedAt == nil && !t.now.Before(r.ExpiresAt) {
		return "", "", false, fault.New(fault.Unauthenticated, "refresh.invalid", "This refresh token is not valid. Sign in again.")
	}
	if r.UsedAt != nil {
		return of, user, true, nil
	}
	return of, user, false, t.g.Exec("UPDATE refresh_tokens SET used_at = ? WHERE token_hash = ?", t.now, models.HashToken(token)).Error
}

// ForgetSignIns deletes sessions that ended or ran out before a moment.
func (t *Tx) ForgetSignIns(before time.Time) error {
	const gone = "SELECT id FROM sign_ins WHERE expires_at < ?"
	if err := t.g.Exec("DELETE FROM refresh_tokens WHERE sign_in_id IN ("+gone+")", before).Error; err != nil {
		return err
	}
	if err := t.g.Exec("DELETE FROM sign_ins WHERE expires_at < ?", before).Error; err != nil {
		return err
	}
	if _, err := shared[challengeRow](t).Where("expires_at <= ?", t.now).Delete(t.ctx); err != nil {
		return err
	}
	return t.g.Exec("DELETE FROM sign_in_failures WHERE window_start < ?", before).Error
}
