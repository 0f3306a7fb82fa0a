package store

import (
	"time"

	"rapport/models"
)

type userRow struct {
	ID            string
	Email         string
	Name          string
	PasswordHash  string
	SecurityStamp string
	Disabled      bool
	Licence       asJSON[models.Licence]
	CreatedAt     time.Time
}

func (userRow) TableName() string { return "users" }

type userRoleRow struct {
	ID         string
	UserID     string
	Role       string
	PracticeID *string
	ProviderID *string
}

func (userRoleRow) TableName() string { return "user_roles" }

// AddUser inserts a person who signs in; e-mail addresses are unique.
func (t *Tx) AddUser(u models.User) error {
	return shared[userRow](t).Create(t.ctx, &userRow{ID: string(u.ID), Email: u.Email, Name: u.Name, PasswordHash: u.PasswordHash,
		SecurityStamp: u.SecurityStamp, Disabled: u.Disabled, Licence: jsonOf(u.Licence), CreatedAt: u.CreatedAt})
}

// AddRole ties a user to a practice or a provider.
func (t *Tx) AddRole(u models.UserID, g models.RoleGrant) error {
	return shared[userRoleRow](t).Create(t.ctx, &userRoleRow{ID: t.NewID(), UserID: string(u), Role: string(g.Role), PracticeID: opt(g.PracticeID), ProviderID: opt(g.ProviderID)})
}

// User reads a person by id with the roles.
func (t *Tx) User(id models.UserID) (models.User, error) { return t.user("id = ?", string(id)) }

// UserByEmail reads a person by e-mail address in lower case.
func (t *Tx) UserByEmail(email string) (models.User, error) { return t.user("email = ?", email) }

func (t *Tx) user(where, arg string) (models.User, error) {
	r, err := shared[userRow](t).Select("id", "email", "name", "password_hash", "security_stamp", "disabled", "licence", "created_at").Where(where, arg).Take(t.ctx)
	if err != nil {
		return models.User{}, missing(err, "user")
	}
	u := models.User{ID: models.UserID(r.ID), Email: r.Email, Name: r.Name, PasswordHash: r.PasswordHash, SecurityStamp: r.SecurityStamp,
		Disabled: r.Disabled, Licence: r.Licence.V, CreatedAt: r.CreatedAt}
	roles, err := shared[userRoleRow](t).Select("id", "role", "practice_id", "provider_id").Where("user_id = ?", r.ID).Order("id").Find(t.ctx)
	for _, g := range roles {
		u.Roles = append(u.Roles, models.RoleGrant{Role: models.Role(g.Role), PracticeID: val[models.PracticeID](g.PracticeID), ProviderID: val[models.ProviderID](g.ProviderID)})
	}
	return u, err
}

// SetPassword writes a new hash with a new stamp, so that older sessions end.
func (t *Tx) SetPassword(id models.UserID, hash, stamp string) error {
	n, err := shared[userRow](t).Where("id = ?", string(id)).Select("password_hash", "security_stamp").
		Updates(t.ctx, userRow{PasswordHash: hash, SecurityStamp: stamp})
	return one(n, err, "user")
}

// SetDisabled closes an account or opens it again.
func (t *Tx) SetDisabled(id models.UserID, disabled bool) error {
	n, err := shared[userRow](t).Where("id = ?", string(id)).Update(t.ctx, "disabled", disabled)
	return one(n, err, "user")
}
