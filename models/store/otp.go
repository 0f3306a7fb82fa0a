package store

import (
	"errors"
	"time"

	"gorm.io/gorm"

	"rapport/models"
)

type otpRow struct {
	UserID      string `gorm:"primaryKey"`
	Sealed      []byte
	LastStep    int64
	CreatedAt   time.Time
	ConfirmedAt *time.Time
}

func (otpRow) TableName() string { return "otp_secrets" }

type recoveryRow struct {
	CodeHash  string
	UserID    string
	CreatedAt time.Time
	UsedAt    *time.Time
}

func (recoveryRow) TableName() string { return "recovery_codes" }

func otpPlace(user string) string { return "otp_secrets\x00" + user }

// OTP reads a person's authenticator app; who has none gets an empty one.
func (t *Tx) OTP(user models.UserID) (models.OTP, error) {
	return t.otp(shared[otpRow](t), user)
}

// LockOTP is OTP with the row held until the commit: of codes shown at the same
// moment each sees what the one before it left.
func (t *Tx) LockOTP(user models.UserID) (models.OTP, error) {
	return t.otp(shared[otpRow](t).ForUpdate(), user)
}

func (t *Tx) otp(q rows[otpRow], user models.UserID) (models.OTP, error) {
	r, err := q.Select("user_id", "sealed", "last_step", "created_at", "confirmed_at").Where("user_id = ?", string(user)).Take(t.ctx)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.OTP{}, nil
	}
	if err != nil {
		return models.OTP{}, err
	}
	secret, err := t.db.cfg.Master.Open(r.Sealed, otpPlace(r.UserID))
	if err != nil {
		return models.OTP{}, err
	}
	left, err := shared[recoveryRow](t).Where("user_id = ? AND used_at IS NULL", r.UserID).Count(t.ctx, "code_hash")
	return models.OTP{UserID: user, Secret: string(secret), LastStep: r.LastStep, CreatedAt: r.CreatedAt, ConfirmedAt: r.ConfirmedAt, Recovery: int(left)}, err
}

// DraftOTP stores a drawn secret, sealed, in place of one that no code was
// shown of; drawn is false where one counts already.
func (t *Tx) DraftOTP(user models.UserID, secret string) (drawn bool, err error) {
	sealed, err := t.db.cfg.Master.Seal([]byte(secret), otpPlace(string(user)))
	if err != nil {
		return false, err
	}
	done := t.g.Exec(`INSERT INTO otp_secrets (user_id, sealed, last_step, created_at) VALUES (?, ?, 0, ?) ON CONFLICT (user_id) DO UPDATE
		SET sealed = excluded.sealed, last_step = 0, created_at = excluded.created_at WHERE otp_secrets.confirmed_at IS NULL`, string(user), sealed, t.now)
	return done.RowsAffected == 1, done.Error
}

// ConfirmOTP makes a drawn secret count.
func (t *Tx) ConfirmOTP(user models.UserID) error {
	n, err := shared[otpRow](t).Where("user_id = ? AND confirmed_at IS NULL", string(user)).Update(t.ctx, "confirmed_at", t.now)
	return one(n, err, "authenticator app")
}

// SpendStep takes the code of a step once: of any number at the same moment one
// meets the row, and no earlier step counts after it.
func (t *Tx) SpendStep(user models.UserID, step int64) (taken bool, err error) {
	n, err := shared[otpRow](t).Where("user_id = ? AND last_step < ?", string(user), step).Update(t.ctx, "last_step", step)
	return n == 1, err
}

// SpendRecovery takes a recovery code once.
func (t *Tx) SpendRecovery(user models.UserID, code string) (taken bool, err error) {
	n, err := shared[recoveryRow](t).Where("code_hash = ? AND user_id = ? AND used_at IS NULL", models.HashToken(code), string(user)).Update(t.ctx, "used_at", t.now)
	return n == 1, err
}

// SetRecoveryCodes replaces a person's codes, hashed.
func (t *Tx) SetRecoveryCodes(user models.UserID, codes []string) error {
	if _, err := shared[recoveryRow](t).Where("user_id = ?", string(user)).Delete(t.ctx); err != nil || len(codes) == 0 {
		return err
	}
	rows := make([]recoveryRow, len(codes))
	for i, c := range codes {
		rows[i] = recoveryRow{CodeHash: models.HashToken(models.NormalCode(c)), UserID: string(user), CreatedAt: t.now}
	}
	return shared[recoveryRow](t).CreateInBatches(t.ctx, &rows, len(rows))
}

// RemoveOTP forgets a person's authenticator app and its recovery codes.
func (t *Tx) RemoveOTP(user models.UserID) error {
	if err := t.SetRecoveryCodes(user, nil); err != nil {
		return err
	}
	_, err := shared[otpRow](t).Where("user_id = ?", string(user)).Delete(t.ctx)
	return err
}
