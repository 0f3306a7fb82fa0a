package store

import (
	"errors"
	"time"

	"gorm.io/gorm"

	"rapport/models"
	"rapport/models/fault"
)

type passkeyRow struct {
	ID           string
	UserID       string
	CredentialID string
	Credential   string
	Name         string
	SignCount    int64
	CreatedAt    time.Time
	UsedAt       *time.Time
}

func (passkeyRow) TableName() string { return "passkeys" }

func (r passkeyRow) passkey() models.Passkey {
	return models.Passkey{ID: r.ID, UserID: models.UserID(r.UserID), CredentialID: r.CredentialID, Credential: r.Credential, Name: r.Name,
		SignCount: r.SignCount, CreatedAt: r.CreatedAt, UsedAt: r.UsedAt}
}

var passkeyColumns = []any{"user_id", "credential_id", "credential", "name", "sign_count", "created_at", "used_at"}

// Passkeys lists a person's passkeys in the order they were made.
func (t *Tx) Passkeys(user models.UserID) ([]models.Passkey, error) {
	list, err := shared[passkeyRow](t).Select("id", passkeyColumns...).Where("user_id = ?", string(user)).Order("created_at").Order("id").Find(t.ctx)
	out := make([]models.Passkey, len(list))
	for i, r := range list {
		out[i] = r.passkey()
	}
	return out, err
}

// PasskeyByCredential reads a passkey by what its device calls it and holds it
// until the commit; an unknown one has no id.
func (t *Tx) PasskeyByCredential(credential string) (models.Passkey, error) {
	r, err := shared[passkeyRow](t).ForUpdate().Select("id", passkeyColumns...).Where("credential_id = ?", credential).Take(t.ctx)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.Passkey{}, nil
	}
	return r.passkey(), err
}

// AddPasskey keeps a new passkey; one that is known is 409 passkey.known.
func (t *Tx) AddPasskey(k models.Passkey) error {
	err := shared[passkeyRow](t).Create(t.ctx, &passkeyRow{ID: t.NewID(), UserID: string(k.UserID), CredentialID: k.CredentialID, Credential: k.Credential,
		Name: k.Name, SignCount: k.SignCount, CreatedAt: t.now})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, "passkey.known", "This passkey is set up already.").Because(err)
	}
	return err
}

// UsePasskey keeps what a sign-in changed: flags, counter, and when it was.
func (t *Tx) UsePasskey(k models.Passkey) error {
	n, err := shared[passkeyRow](t).Where("id = ?", k.ID).Select("credential", "sign_count", "used_at").
		Updates(t.ctx, passkeyRow{Credential: k.Credential, SignCount: k.SignCount, UsedAt: &t.now})
	return one(n, err, "passkey")
}

// RemovePasskey forgets one of a person's passkeys; another's is not found.
func (t *Tx) RemovePasskey(user models.UserID, id string) error {
	n, err := shared[passkeyRow](t).Where("id = ? AND user_id = ?", id, string(user)).Delete(t.ctx)
	return one(n, err, "passkey")
}

// RemovePasskeys forgets all of them.
func (t *Tx) RemovePasskeys(user models.UserID) error {
	_, err := shared[passkeyRow](t).Where("user_id = ?", string(user)).Delete(t.ctx)
	return err
}
