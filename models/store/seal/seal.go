// Package seal keeps clinical words unreadable at rest: AES-256-GCM by Tink, a
// keyset for each practice wrapped by the master keyset, and associated data
// that ties a ciphertext to its practice, table, row and column.
package seal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Master wraps the keysets of all practices. It lives in a file of mode 0600
// beside the database, never in it.
type Master struct {
	handle *keyset.Handle
	aead   tink.AEAD
}

// NewMaster makes a master keyset with one fresh key.
func NewMaster() (*Master, error) {
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	return master(h)
}

func master(h *keyset.Handle) (*Master, error) {
	a, err := aead.New(h)
	if err != nil {
		return nil, err
	}
	return &Master{handle: h, aead: a}, nil
}

// ReadMaster reads what Bytes wrote.
func ReadMaster(b []byte) (*Master, error) {
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(b)))
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	return master(h)
}

// Bytes is the secret file's content.
func (m *Master) Bytes() ([]byte, error) {
	var b bytes.Buffer
	err := insecurecleartextkeyset.Write(m.handle, keyset.NewJSONWriter(&b))
	return b.Bytes(), err
}

// ID names the key that wraps now.
func (m *Master) ID() string {
	p, err := m.handle.Primary()
	if err != nil {
		return ""
	}
	return strconv.FormatUint(uint64(p.KeyID()), 10)
}

// Rotated returns a master whose primary key is new and that still unwraps
// what the old ones wrapped.
func (m *Master) Rotated() (*Master, error) {
	h, err := withNewPrimary(m.handle)
	if err != nil {
		return nil, err
	}
	return master(h)
}

func withNewPrimary(h *keyset.Handle) (*keyset.Handle, error) {
	mgr := keyset.NewManagerFromHandle(h)
	id, err := mgr.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	if err := mgr.SetPrimary(id); err != nil {
		return nil, err
	}
	return mgr.Handle()
}

// Seal wraps a small secret that belongs to no practice (a signing key).
func (m *Master) Seal(plain []byte, name string) ([]byte, error) {
	return m.aead.Encrypt(plain, []byte(name))
}

// Open undoes Seal.
func (m *Master) Open(sealed []byte, name string) ([]byte, error) {
	return m.aead.Decrypt(sealed, []byte(name))
}

// Keys seals and opens for one practice.
type Keys struct {
	handle *keyset.Handle
	aead   tink.AEAD
}

// NewKeys makes a practice's keyset.
func NewKeys() (*Keys, error) {
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	return keys(h)
}

func keys(h *keyset.Handle) (*Keys, error) {
	a, err := aead.New(h)
	if err != nil {
		return nil, err
	}
	return &Keys{handle: h, aead: a}, nil
}

// Wrap encrypts the keyset under the master for one practice.
func (k *Keys) Wrap(m *Master, practice string) ([]byte, error) {
	var b bytes.Buffer
	err := k.handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&b), m.aead, []byte(practice))
	return b.Bytes(), err
}

// Unwrap undoes Wrap; another practice's keyset does not open.
func Unwrap(m *Master, wrapped []byte, practice string) (*Keys, error) {
	h, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(wrapped)), m.aead, []byte(practice))
	if err != nil {
		return nil, fmt.Errorf("practice key: %w", err)
	}
	return keys(h)
}

// Rotated returns a keyset whose primary key is new; old ciphertexts open.
func (k *Keys) Rotated() (*Keys, error) {
	h, err := withNewPrimary(k.handle)
	if err != nil {
		return nil, err
	}
	return keys(h)
}

// Seal encrypts one column of one row.
func (k *Keys) Seal(plain []byte, practice, table, row, column string) ([]byte, error) {
	return k.aead.Encrypt(plain, place(practice, table, row, column))
}

// Open decrypts one column of one row; moved ciphertexts are refused.
func (k *Keys) Open(sealed []byte, practice, table, row, column string) ([]byte, error) {
	return k.aead.Decrypt(sealed, place(practice, table, row, column))
}

// place is the associated data: each part with its length before it, so that
// no two places read the same.
func place(parts ...string) []byte {
	var b []byte
	for _, p := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return b
}
