package models

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"

	"rapport/models/fault"
)

// Canonical is the one form of an order that is hashed and signed: JSON with
// sorted keys and no blanks, texts as Normalised left them. Anybody can make
// it again from the order's content and compare the hash.
func (c OrderContent) Canonical() []byte {
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		panic(err) // plain structs of texts and numbers always marshal
	}
	return canonicalJSON(bytes.TrimRight(plain.Bytes(), "\n"))
}

// SHA256 is the hash of the canonical form in hex.
func (c OrderContent) SHA256() string {
	sum := sha256.Sum256(c.Canonical())
	return hex.EncodeToString(sum[:])
}

// Verify refuses an order whose content is not what was signed: order.damaged.
func (p Prescription) Verify() error {
	sum := p.Content.SHA256()
	signed := p.Signature == nil || p.Signature.DocumentSHA256 == p.ContentSHA256
	if subtle.ConstantTimeCompare([]byte(sum), []byte(p.ContentSHA256)) != 1 || !signed {
		return fault.New(fault.Internal, "order.damaged", "The stored order does not match its hash. The operator has been told.")
	}
	return nil
}
