package seal

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// HeadKeys are derived from the master's keys, and so need no place of their
// own: the primary key's signs heads of audit trails, and what an earlier one
// signed still proves after a rotation.
func (m *Master) HeadKeys() (sign ed25519.PrivateKey, prove []ed25519.PublicKey, err error) {
	b, err := m.Bytes()
	if err != nil {
		return nil, nil, err
	}
	var set struct {
		PrimaryKeyID uint32 `json:"primaryKeyId"`
		Key          []struct {
			KeyID   uint32 `json:"keyId"`
			KeyData struct {
				Value []byte `json:"value"`
			} `json:"keyData"`
		} `json:"key"`
	}
	if err := json.Unmarshal(b, &set); err != nil {
		return nil, nil, fmt.Errorf("master key: %w", err)
	}
	for _, k := range set.Key {
		mac := hmac.New(sha256.New, k.KeyData.Value)
		mac.Write([]byte("rapport audit head ed25519 1"))
		key := ed25519.NewKeyFromSeed(mac.Sum(nil))
		prove = append(prove, key.Public().(ed25519.PublicKey))
		if k.KeyID == set.PrimaryKeyID {
			sign = key
		}
	}
	if sign == nil {
		return nil, nil, fmt.Errorf("master key: no primary key")
	}
	return sign, prove, nil
}
