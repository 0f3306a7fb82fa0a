package models

import (
	"crypto/ed25519"
	"encoding/binary"
	"strconv"
	"time"
)

// AuditHead says where a practice's trail ended at a moment, signed, to be kept
// where nobody who can write to the database can write: a trail that was cut or
// written anew from its start hangs together in itself, and differs from it.
type AuditHead struct {
	Practice  PracticeID `json:"practice"`
	Events    int64      `json:"events"`
	Hash      string     `json:"hash"`
	At        time.Time  `json:"at"`
	Signature []byte     `json:"signature"`
	Line      int        `json:"-"` // of the file that it was read from, from 1; not signed
}

// signed are the bytes that the signature covers, each part with its length.
func (h AuditHead) signed() []byte {
	var b []byte
	for _, s := range []string{"rapport audit head 1", string(h.Practice), strconv.FormatInt(h.Events, 10), h.Hash, h.At.UTC().Format(time.RFC3339Nano)} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return b
}

// Sign returns the head with its signature.
func (h AuditHead) Sign(key ed25519.PrivateKey) AuditHead {
	h.Signature = ed25519.Sign(key, h.signed())
	return h
}

// SignedBy says whether one of the keys signed exactly this.
func (h AuditHead) SignedBy(keys []ed25519.PublicKey) bool {
	for _, k := range keys {
		if ed25519.Verify(k, h.signed(), h.Signature) {
			return true
		}
	}
	return false
}
