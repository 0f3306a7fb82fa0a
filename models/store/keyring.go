package store

import (
	"encoding/json"
	"sync"
	"time"

	"rapport/models"
	"rapport/models/store/seal"
)

// keyring keeps opened practice keysets in memory.
type keyring struct {
	mu   sync.RWMutex
	open map[models.PracticeID]*seal.Keys
}

func (k *keyring) init() { k.open = map[models.PracticeID]*seal.Keys{} }

func (k *keyring) get(p models.PracticeID) *seal.Keys {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.open[p]
}

func (k *keyring) put(p models.PracticeID, s *seal.Keys) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.open[p] = s
}

type practiceKeyRow struct {
	PracticeID string
	ID         string
	Wrapped    []byte
	MasterID   string
	CreatedAt  time.Time
	RotatedAt  time.Time
}

func (practiceKeyRow) TableName() string { return "practice_keys" }

// addPracticeKey makes the keyset of a new practice.
func (t *Tx) addPracticeKey() error {
	k, err := seal.NewKeys()
	if err != nil {
		return err
	}
	w, err := k.Wrap(t.db.cfg.Master, string(t.practice))
	if err != nil {
		return err
	}
	return shared[practiceKeyRow](t).Create(t.ctx, &practiceKeyRow{PracticeID: string(t.practice), ID: t.NewID(), Wrapped: w,
		MasterID: t.db.cfg.Master.ID(), CreatedAt: t.now, RotatedAt: t.now})
}

// practiceKeys opens the practice's keyset, from memory unless fresh is asked.
func (t *Tx) practiceKeys(fresh bool) (*seal.Keys, error) {
	if k := t.db.keys.get(t.practice); k != nil && !fresh {
		return k, nil
	}
	r, err := scoped[practiceKeyRow](t).Select("practice_id", "id", "wrapped").Order("created_at").Take(t.ctx)
	if err != nil {
		return nil, missing(err, "practice key")
	}
	k, err := seal.Unwrap(t.db.cfg.Master, r.Wrapped, string(t.practice))
	if err == nil {
		t.db.keys.put(t.practice, k)
	}
	return k, err
}

// sealBytes encrypts one column of one row.
func (t *Tx) sealBytes(table, row, column string, plain []byte) ([]byte, error) {
	k, err := t.practiceKeys(false)
	if err != nil {
		return nil, err
	}
	return k.Seal(plain, string(t.practice), table, row, column)
}

// openBytes decrypts one column of one row; after a rotation elsewhere the
// keyset is read again once.
func (t *Tx) openBytes(table, row, column string, sealed []byte) ([]byte, error) {
	for _, fresh := range []bool{false, true} {
		k, err := t.practiceKeys(fresh)
		if err != nil {
			return nil, err
		}
		plain, err := k.Open(sealed, string(t.practice), table, row, column)
		if err == nil || fresh {
			return plain, err
		}
	}
	return nil, nil
}

// seal encrypts a value as JSON.
func (t *Tx) seal(table, row, column string, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return t.sealBytes(table, row, column, b)
}

// open decrypts what seal wrote; nothing stored leaves v as it is.
func (t *Tx) open(table, row, column string, sealed []byte, v any) error {
	if len(sealed) == 0 {
		return nil
	}
	b, err := t.openBytes(table, row, column, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}
