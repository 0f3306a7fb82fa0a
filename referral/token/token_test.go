package token_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/referral/token"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const issuer = "https://rapport.example"

// kit is Tokens with one active key and the means to forge.
type kit struct {
	*token.Tokens
	now   time.Time
	key   models.SigningKey
	rogue ed25519.PrivateKey
}

func newKit(t *testing.T) *kit {
	t.Helper()
	k := &kit{now: noon}
	k.Tokens = token.New(token.Config{Issuer: issuer, Now: func() time.Time { return k.now }, Random: rand.NewChaCha8([32]byte{7})})
	var err error
	if k.key, err = k.NewKey(models.KeyActive); err != nil {
		t.Fatal(err)
	}
	if err := k.Use([]models.SigningKey{k.key}); err != nil {
		t.Fatal(err)
	}
	k.rogue = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	return k
}

type object = map[string]any

func part(v any) string {
	b, _ := json.Marshal(v)
	return base64.RawURLEncoding.EncodeToString(b)
}

func (k *kit) header(change object) object {
	return merge(object{"alg": "EdDSA", "typ": "JWT", "kid": k.key.ID}, change)
}

func (k *kit) claims(change object) object {
	return merge(object{"iss": issuer, "aud": []string{token.Audience}, "sub": "user", "sid": "sign-in", "iat": noon.Unix(), "exp": noon.Add(token.Life).Unix()}, change)
}

func merge(base, change object) object {
	for k, v := range change {
		if base[k] = v; v == nil {
			delete(base, k)
		}
	}
	return base
}

func (k *kit) forge(header, claims object, with ed25519.PrivateKey) string {
	s := part(k.header(header)) + "." + part(k.claims(claims))
	return s + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(with, []byte(s)))
}

func TestVerifyTakesOnlyWhatIssueGave(t *testing.T) {
	k := newKit(t)
	own := ed25519.NewKeyFromSeed(k.key.Seed)
	public := own.Public().(ed25519.PublicKey)
	good, seconds, err := k.Issue("user", "sign-in")
	if err != nil || seconds != 600 {
		t.Fatalf("issue: %v, %d s", err, seconds)
	}
	hs := func(alg string) string {
		s := part(k.header(object{"alg": alg})) + "." + part(k.claims(nil))
		m := hmac.New(sha256.New, public)
		m.Write([]byte(s))
		return s + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil))
	}
	parts := strings.Split(good, ".")
	flipped := []byte(parts[2])
	flipped[10] ^= 1
	cases := []struct{ name, token, code string }{
		{"the issued one", good, ""},
		{"one forged with the right key", k.forge(nil, nil, own), ""},
		{"an empty one", "", "token.invalid"},
		{"one without a signature", parts[0] + "." + parts[1] + ".", "token.invalid"},
		{"a flipped signature", parts[0] + "." + parts[1] + "." + string(flipped), "token.invalid"},
		{"changed claims", parts[0] + "." + part(k.claims(object{"sub": "other"})) + "." + parts[2], "token.invalid"},
		{"alg none", part(k.header(object{"alg": "none"})) + "." + part(k.claims(nil)) + ".", "token.invalid"},
		{"alg NONE with the signature", part(k.header(object{"alg": "NONE"})) + "." + part(k.claims(nil)) + "." + parts[2], "token.invalid"},
		{"HS256 keyed with the public key", hs("HS256"), "token.invalid"},
		{"HS384 in the header", hs("HS384"), "token.invalid"},
		{"another's key under our kid", k.forge(nil, nil, k.rogue), "token.invalid"},
		{"a key brought along", k.forge(object{"jwk": object{"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(k.rogue.Public().(ed25519.PublicKey))}}, nil, k.rogue), "token.invalid"},
		{"no kid", k.forge(object{"kid": nil}, nil, own), "token.invalid"},
		{"an unknown kid", k.forge(object{"kid": "../../keys/a"}, nil, own), "token.invalid"},
		{"a kid that is no text", k.forge(object{"kid": []string{k.key.ID}}, nil, own), "token.invalid"},
		{"no exp", k.forge(nil, object{"exp": nil}, own), "token.invalid"},
		{"an exp long past", k.forge(nil, object{"iat": noon.Add(-time.Hour).Unix(), "exp": noon.Add(-50 * time.Minute).Unix()}, own), "token.expired"},
		{"a life of a year", k.forge(nil, object{"exp": noon.AddDate(1, 0, 0).Unix()}, own), "token.invalid"},
		{"an iat in the future", k.forge(nil, object{"iat": noon.Add(time.Minute).Unix()}, own), "token.invalid"},
		{"no iat", k.forge(nil, object{"iat": nil}, own), "token.invalid"},
		{"an nbf in the future", k.forge(nil, object{"nbf": noon.Add(time.Minute).Unix()}, own), "token.invalid"},
		{"another issuer", k.forge(nil, object{"iss": "https://elsewhere.example"}, own), "token.invalid"},
		{"no issuer", k.forge(nil, object{"iss": nil}, own), "token.invalid"},
		{"another audience", k.forge(nil, object{"aud": "rapport-portal"}, own), "token.invalid"},
		{"no audience", k.forge(nil, object{"aud": nil}, own), "token.invalid"},
		{"no user", k.forge(nil, object{"sub": nil}, own), "token.invalid"},
		{"no sign-in", k.forge(nil, object{"sid": nil}, own), "token.invalid"},
		{"padding that strict decoding refuses", parts[0] + "." + parts[1] + "." + parts[2] + "==", "token.invalid"},
		{"four parts", good + ".x", "token.invalid"},
		{"very many dots", strings.Repeat(".", 5000), "token.invalid"},
	}
	for _, c := range cases {
		user, id, err := k.Verify(c.token)
		if c.code == "" {
			if err != nil || user != "user" || id != "sign-in" {
				t.Errorf("%s: got %q, %q, %v", c.name, user, id, err)
			}
			continue
		}
		if fault.CodeOf(err) != c.code || user != "" || id != "" {
			t.Errorf("%s: got %q, %q, %v, want %s and nothing else", c.name, user, id, err, c.code)
		}
	}
}

func TestTokenHoldsOnlyUserSignInAndTimes(t *testing.T) {
	k := newKit(t)
	s, _, _ := k.Issue("user", "sign-in")
	b, err := base64.RawURLEncoding.DecodeString(strings.Split(s, ".")[1])
	var got object
	if err != nil || json.Unmarshal(b, &got) != nil {
		t.Fatal(err)
	}
	for name := range got {
		if !strings.Contains(" iss aud sub sid iat exp ", " "+name+" ") {
			t.Errorf("a token says %s", name)
		}
	}
}

func TestKeysTurnWithoutEndingTokens(t *testing.T) {
	k := newKit(t)
	old, _, _ := k.Issue("user", "sign-in")
	next, err := k.NewKey(models.KeyActive)
	if err != nil {
		t.Fatal(err)
	}
	k.key.State = models.KeyRetired
	if err := k.Use([]models.SigningKey{k.key, next}); err != nil {
		t.Fatal(err)
	}
	fresh, _, _ := k.Issue("user", "sign-in")
	for _, s := range []string{old, fresh} {
		if _, _, err := k.Verify(s); err != nil {
			t.Error(err)
		}
	}
	if err := k.Use([]models.SigningKey{next}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.Verify(old); !errors.Is(err, models.ErrUnknownKey) || !errors.Is(err, fault.Unauthenticated) {
		t.Errorf("a forgotten key: %v", err)
	}
	if err := k.Use([]models.SigningKey{k.key}); !errors.Is(err, models.ErrUnknownKey) {
		t.Errorf("no active key: %v", err)
	}
	if err := k.Use([]models.SigningKey{{ID: "a", State: models.KeyActive, Seed: []byte("short")}}); err == nil {
		t.Error("a short seed was taken")
	}
}

func TestWithoutKeysNothingIsIssuedOrTaken(t *testing.T) {
	k := token.New(token.Config{Issuer: issuer, Now: func() time.Time { return noon }, Random: strings.NewReader("")})
	if _, _, err := k.Issue("u", "s"); !errors.Is(err, models.ErrUnknownKey) {
		t.Error(err)
	}
	if _, err := k.NewKey(models.KeyNext); err == nil {
		t.Error("a key without randomness")
	}
}

func TestAProvenTokenStillExpiresAndEndsWithItsKey(t *testing.T) {
	k := newKit(t)
	signed, _, err := k.Issue("user", "sign-in")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if u, s, err := k.Verify(signed); u != "user" || s != "sign-in" || err != nil {
			t.Fatalf("got %q, %q, %v", u, s, err)
		}
	}
	if _, _, err := k.Verify(signed[:len(signed)-4] + "AAAA"); fault.CodeOf(err) != "token.invalid" {
		t.Errorf("the same claims under another signature: %v", err)
	}
	k.now = noon.Add(token.Life + token.Leeway + time.Second)
	if u, _, err := k.Verify(signed); u != "" || fault.CodeOf(err) != "token.expired" {
		t.Errorf("after its life: %q, %v", u, err)
	}
	k.now = noon
	next, err := k.NewKey(models.KeyActive)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Use([]models.SigningKey{next}); err != nil {
		t.Fatal(err)
	}
	if u, _, err := k.Verify(signed); u != "" || !errors.Is(err, models.ErrUnknownKey) {
		t.Errorf("after its key: %q, %v", u, err)
	}
}
