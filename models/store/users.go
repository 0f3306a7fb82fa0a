package store

import (
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"rapport/models"
	"rapport/models/fault"
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

// AddUser inserts a person who signs in; an e-mail address that is known is 409
// user.exists.
func (t *Tx) AddUser(u models.User) error {
	err := shared[userRow](t).Create(t.ctx, &userRow{ID: string(u.ID), Email: u.Email, Name: u.Name, PasswordHash: u.PasswordHash,
		SecurityStamp: u.SecurityStamp, Disabled: u.Disabled, Licence: jsonOf(u.Licence), CreatedAt: u.CreatedAt})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, "user.exists", "Somebody signs in with this e-mail address already.").Because(err)
	}
	return err
}

// AddRole ties a user to a practice or a provider; a role that is held stays.
func (t *Tx) AddRole(u models.UserID, g models.RoleGrant) error {
	return t.g.Clauses(clause.OnConflict{DoNothing: true}).Create(&userRoleRow{ID: t.NewID(), UserID: string(u), Role: string(g.Role),
		PracticeID: opt(g.PracticeID), ProviderID: opt(g.ProviderID)}).Error
}

// User reads a person by id with the roles.
func (t *Tx) User(id models.UserID) (models.User, error) { return t.user("id = ?", string(id)) }

// LockUser holds a person's row until the commit.
func (t *Tx) LockUser(id models.UserID) error {
	_, err := shared[userRow](t).Select("id").Where("id = ?", string(id)).ForUpdate().Take(t.ctx)
	return missing(err, "user")
}

// Licence reads a therapist's licence.
func (t *Tx) Licence(id models.UserID) (models.Licence, error) {
	r, err := shared[userRow](t).Select("licence").Where("id = ?", string(id)).Take(t.ctx)
	return r.Licence.V, missing(err, "user")
}

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

// RemoveRole takes a role away.
func (t *Tx) RemoveRole(u models.UserID, g models.RoleGrant) error {
	return t.g.Exec("DELETE FROM user_roles WHERE user_id = ? AND role = ? AND COALESCE(practice_id, '') = ? AND COALESCE(provider_id, '') = ?",
		string(u), string(g.Role), string(g.PracticeID), string(g.ProviderID)).Error
}

// SetLicence writes a user's licence.
func (t *Tx) SetLicence(u models.UserID, l models.Licence) error {
	n, err := shared[userRow](t).Where("id = ?", string(u)).Select("licence").Updates(t.ctx, userRow{Licence: jsonOf(l)})
	return one(n, err, "user")
}

// Colleagues lists who holds a role in the transaction's practice, with the
// roles held there, by name.
func (t *Tx) Colleagues() ([]models.User, error) {
	var rows []struct {
		ID       string
		Email    string
		Name     string
		Disabled bool
		Licence  asJSON[models.Licence]
		Role     string
	}
	err := t.g.Raw(`SELECT u.id, u.email, u.name, u.disabled, u.licence, r.role FROM user_roles r JOIN users u ON u.id = r.user_id
		WHERE r.practice_id = ? AND r.provider_id IS NULL ORDER BY u.name, u.id, r.id`, string(t.practice)).Scan(&rows).Error
	var out []models.User
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].ID != models.UserID(r.ID) {
			out = append(out, models.User{ID: models.UserID(r.ID), Email: r.Email, Name: r.Name, Disabled: r.Disabled, Licence: r.Licence.V})
		}
		u := &out[len(out)-1]
		u.Roles = append(u.Roles, models.RoleGrant{Role: models.Role(r.Role), PracticeID: t.practice})
	}
	return out, err
}
