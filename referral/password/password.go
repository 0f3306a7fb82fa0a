// Package password hashes passwords with argon2id, a few at a time, so that a
// flood of sign-ins takes neither all memory nor all processors.
package password

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"rapport/models/fault"
)

// The costs of OWASP's first recommendation for argon2id, and how many hashes
// run at once.
const (
	memory   = 19 * 1024 // KiB
	passes   = 2
	lanes    = 1
	keyBytes = 32
	salt     = 16
	atOnce   = 2
)

// Hasher hashes and checks.
type Hasher struct {
	random io.Reader
	slots  chan struct{}
	dummy  hash
}

type hash struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

// New returns a Hasher; salts are read from random.
func New(random io.Reader) *Hasher {
	return &Hasher{random: random, slots: make(chan struct{}, atOnce),
		dummy: hash{memory: memory, passes: passes, lanes: lanes, salt: make([]byte, salt), key: make([]byte, keyBytes)}}
}

// Hash returns the PHC text to store.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	s := make([]byte, salt)
	if _, err := io.ReadFull(h.random, s); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	w := hash{memory: memory, passes: passes, lanes: lanes, salt: s, key: make([]byte, keyBytes)}
	k, err := h.derive(ctx, password, w)
	if err != nil {
		return "", err
	}
	e := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, w.memory, w.passes, w.lanes, e.EncodeToString(s), e.EncodeToString(k)), nil
}

// Matches compares a password with what Hash returned. Without a stored hash
// (an unknown account) the same work is done and the answer is no.
func (h *Hasher) Matches(ctx context.Context, password, stored string) (bool, error) {
	w, known := parse(stored)
	if !known {
		w = h.dummy
	}
	k, err := h.derive(ctx, password, w)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(k, w.key) == 1 && known, nil
}

// derive waits for a slot; a request whose time runs out meanwhile is 503. The
// same password typed on another keyboard has the same bytes (NFKC).
func (h *Hasher) derive(ctx context.Context, password string, w hash) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fault.New(fault.Unavailable, "busy", "The server is busy. Nothing was saved; try again.").Because(ctx.Err())
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(norm.NFKC.String(password)), w.salt, w.passes, w.memory, w.lanes, uint32(len(w.key))), nil
}

// parse reads PHC text; costs far from ours are refused, so that a written
// row cannot stop the server.
func parse(s string) (hash, bool) {
	var w hash
	var version int
	p := strings.Split(s, "$")
	if len(p) != 6 || p[0] != "" || p[1] != "argon2id" {
		return w, false
	}
	if n, err := fmt.Sscanf(p[2], "v=%d", &version); n != 1 || err != nil || version != argon2.Version {
		return w, false
	}
	if n, err := fmt.Sscanf(p[3], "m=%d,t=%d,p=%d", &w.memory, &w.passes, &w.lanes); n != 3 || err != nil {
		return w, false
	}
	var err1, err2 error
	w.salt, err1 = base64.RawStdEncoding.DecodeString(p[4])
	w.key, err2 = base64.RawStdEncoding.DecodeString(p[5])
	ok := err1 == nil && err2 == nil && len(w.salt) >= 8 && len(w.key) >= 16 && len(w.key) <= 64 && w.memory >= 8 && w.memory <= 256*1024 &&
		w.passes >= 1 && w.passes <= 10 && w.lanes >= 1 && w.lanes <= 8
	return w, ok
}
