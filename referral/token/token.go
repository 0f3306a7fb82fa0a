// Package token issues and checks access tokens: EdDSA only, short, and with
// nothing in them but who signed in and by which sign-in. Roles are read from
// the database at each request. It is the only importer of golang-jwt.
package token

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"rapport/models"
	"rapport/models/fault"
)

const (
	// Life is how long an access token works.
	Life = 10 * time.Minute
	// Leeway forgives clocks that differ.
	Leeway = 30 * time.Second
	// Audience keeps our tokens from working anywhere else, and theirs here.
	Audience = "rapport-api"
	maxBytes = 2048
)

// Config is what Tokens are made of; time and randomness are handed in.
type Config struct {
	Issuer string // the server's public address
	Now    func() time.Time
	Random io.Reader
}

// Tokens signs with the active key and checks with every key it was given.
type Tokens struct {
	cfg    Config
	parser *jwt.Parser
	checks *jwt.Validator
	mu     sync.RWMutex
	signer string
	proven map[[sha256.Size]byte]claims // tokens whose signature held under these keys
	secret ed25519.PrivateKey
	public map[string]ed25519.PublicKey
}

// New returns Tokens without keys: until Use, issuing and checking answer
// models.ErrUnknownKey.
func New(cfg Config) *Tokens {
	rules := []jwt.ParserOption{jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithIssuer(cfg.Issuer), jwt.WithAudience(Audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithStrictDecoding(), jwt.WithLeeway(Leeway), jwt.WithTimeFunc(cfg.Now)}
	return &Tokens{cfg: cfg, parser: jwt.NewParser(rules...), checks: jwt.NewValidator(rules...)}
}

// NewKey draws a fresh signing key.
func (t *Tokens) NewKey(state models.KeyState) (models.SigningKey, error) {
	b := make([]byte, ed25519.SeedSize+8)
	if _, err := io.ReadFull(t.cfg.Random, b); err != nil {
		return models.SigningKey{}, fmt.Errorf("signing key: %w", err)
	}
	return models.SigningKey{ID: hex.EncodeToString(b[ed25519.SeedSize:]), State: state, Seed: b[:ed25519.SeedSize]}, nil
}

// Use replaces the keys; one of them is active.
func (t *Tokens) Use(keys []models.SigningKey) error {
	signer, public := "", map[string]ed25519.PublicKey{}
	var secret ed25519.PrivateKey
	for _, k := range keys {
		if len(k.Seed) != ed25519.SeedSize || k.ID == "" {
			return fmt.Errorf("signing key %q has the wrong form", k.ID)
		}
		p := ed25519.NewKeyFromSeed(k.Seed)
		public[k.ID] = p.Public().(ed25519.PublicKey)
		if k.State == models.KeyActive {
			signer, secret = k.ID, p
		}
	}
	if signer == "" {
		return models.ErrUnknownKey
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.signer, t.secret, t.public, t.proven = signer, secret, public, map[[sha256.Size]byte]claims{}
	return nil
}

type claims struct {
	SignIn string `json:"sid"`
	jwt.RegisteredClaims
}

// Issue signs a token for a user's sign-in.
func (t *Tokens) Issue(user models.UserID, signIn models.SignInID) (string, int, error) {
	t.mu.RLock()
	kid, secret := t.signer, t.secret
	t.mu.RUnlock()
	if kid == "" {
		return "", 0, models.ErrUnknownKey
	}
	now := t.cfg.Now()
	j := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims{SignIn: string(signIn), RegisteredClaims: jwt.RegisteredClaims{
		Issuer: t.cfg.Issuer, Audience: jwt.ClaimStrings{Audience}, Subject: string(user),
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(Life))}})
	j.Header["kid"] = kid
	s, err := j.SignedString(secret)
	return s, int(Life / time.Second), err
}

// Verify returns whom a token speaks for, and nothing at all when anything is
// wrong with it. A key that is not loaded is models.ErrUnknownKey inside.
func (t *Tokens) Verify(token string) (models.UserID, models.SignInID, error) {
	if len(token) > maxBytes {
		return "", "", invalid(errors.New("too long"))
	}
	c, err := t.read(token)
	switch {
	case errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return "", "", fault.New(fault.Unauthenticated, "token.expired", "This access token has expired. Get a new one with the refresh token.").Because(err)
	case err != nil:
		return "", "", invalid(err)
	case c.Subject == "" || c.SignIn == "" || c.IssuedAt == nil || c.ExpiresAt.Sub(c.IssuedAt.Time) > Life:
		return "", "", invalid(errors.New("claims"))
	}
	return models.UserID(c.Subject), models.SignInID(c.SignIn), nil
}

// maxProven bounds what is remembered; a token lives ten minutes.
const maxProven = 4096

// read checks a token; a signature that held is not computed again, because
// one token comes with many requests. Times are judged at each of them.
func (t *Tokens) read(token string) (claims, error) {
	name := sha256.Sum256([]byte(token))
	t.mu.RLock()
	c, known := t.proven[name]
	keys := t.proven
	t.mu.RUnlock()
	if known {
		return c, t.checks.Validate(c)
	}
	if _, err := t.parser.ParseWithClaims(token, &c, t.key); err != nil {
		return c, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(keys) >= maxProven {
		clear(keys)
	}
	if keys != nil {
		keys[name] = c // of the keys it was checked with, which Use may have replaced
	}
	return c, nil
}

func invalid(cause error) error {
	return fault.New(fault.Unauthenticated, "token.invalid", "This access token is not valid. Sign in again.").Because(cause)
}

// key finds the public key that kid names; nothing else in a token's header
// counts.
func (t *Tokens) key(j *jwt.Token) (any, error) {
	kid, _ := j.Header["kid"].(string)
	t.mu.RLock()
	defer t.mu.RUnlock()
	k, ok := t.public[kid]
	if !ok {
		return nil, models.ErrUnknownKey
	}
	return k, nil
}
