package store

import (
	"time"

	"rapport/models"
)

type signingKeyRow struct {
	Kid       string
	State     string
	Sealed    []byte
	CreatedAt time.Time
	RetiredAt *time.Time
}

func (signingKeyRow) TableName() string { return "signing_keys" }

func keyPlace(kid string) string { return "signing_keys\x00" + kid }

// SigningKeys reads all keys, opened by the master key.
func (t *Tx) SigningKeys() ([]models.SigningKey, error) {
	rows, err := shared[signingKeyRow](t).Select("kid", "state", "sealed", "created_at", "retired_at").Order("created_at").Order("kid").Find(t.ctx)
	if err != nil {
		return nil, err
	}
	out := make([]models.SigningKey, len(rows))
	for i, r := range rows {
		seed, err := t.db.cfg.Master.Open(r.Sealed, keyPlace(r.Kid))
		if err != nil {
			return nil, err
		}
		out[i] = models.SigningKey{ID: r.Kid, State: models.KeyState(r.State), Seed: seed, CreatedAt: r.CreatedAt, RetiredAt: r.RetiredAt}
	}
	return out, nil
}

// AddSigningKey stores a key under the master key.
func (t *Tx) AddSigningKey(k models.SigningKey) error {
	sealed, err := t.db.cfg.Master.Seal(k.Seed, keyPlace(k.ID))
	if err != nil {
		return err
	}
	return shared[signingKeyRow](t).Create(t.ctx, &signingKeyRow{Kid: k.ID, State: string(k.State), Sealed: sealed, CreatedAt: t.now})
}

// TurnSigningKeys retires the active key, lets the next one sign, and deletes
// what was retired before the moment given.
func (t *Tx) TurnSigningKeys(forget time.Time) error {
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{"DELETE FROM signing_keys WHERE state = 'retired' AND retired_at < ?", []any{forget}},
		{"UPDATE signing_keys SET state = 'retired', retired_at = ? WHERE state = 'active'", []any{t.now}},
		{"UPDATE signing_keys SET state = 'active' WHERE state = 'next'", nil},
	} {
		if err := t.g.Exec(step.sql, step.args...).Error; err != nil {
			return err
		}
	}
	return nil
}
