// Package passkey runs the two ceremonies of WebAuthn: a new passkey, and a
// sign-in by one. It is the only importer of the library for them. Challenges
// are kept by the caller, once and for minutes; nothing is remembered here.
package passkey

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"rapport/models"
)

// Site is where passkeys are good: one name, reached in one way.
type Site struct{ w *webauthn.WebAuthn }

// ErrNoSite says that browsers make no passkeys for an address: one without a
// name, or reached without TLS from elsewhere than this machine.
var ErrNoSite = errors.New("no passkeys for this address")

// For returns the site of a public URL.
func For(publicURL string) (Site, error) {
	u, err := url.Parse(publicURL)
	if err != nil || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil || u.Scheme != "https" && u.Hostname() != "localhost" {
		return Site{}, ErrNoSite
	}
	need := true
	w, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: "Rapport", RPOrigins: []string{publicURL},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{RequireResidentKey: &need, ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired}})
	if err != nil {
		return Site{}, fmt.Errorf("passkeys: %w", err)
	}
	return Site{w}, nil
}

// holder is a person as the library sees them: the handle is the user's id,
// which says nothing.
type holder struct {
	user models.User
	keys []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.user.ID) }
func (h holder) WebAuthnName() string                       { return h.user.Email }
func (h holder) WebAuthnDisplayName() string                { return h.user.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func hold(u models.User, keys []models.Passkey) (holder, error) {
	h := holder{user: u}
	for _, k := range keys {
		c, err := read(k)
		if err != nil {
			return h, err
		}
		h.keys = append(h.keys, c)
	}
	return h, nil
}

func read(k models.Passkey) (webauthn.Credential, error) {
	var c webauthn.Credential
	if err := json.Unmarshal([]byte(k.Credential), &c); err != nil {
		return c, fmt.Errorf("stored passkey: %w", err)
	}
	c.Authenticator.SignCount = uint32(k.SignCount)
	return c, nil
}

// Begin asks for a new passkey of a person on a device that has none of theirs
// yet: the options for the browser, and what Add has to be given again.
func (s Site) Begin(u models.User, have []models.Passkey) (options, ceremony string, err error) {
	h, err := hold(u, have)
	if err != nil {
		return "", "", err
	}
	o, session, err := s.w.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return "", "", fmt.Errorf("new passkey: %w", err)
	}
	return written(o, session)
}

// Add checks what the browser answered and returns the passkey, still without
// id and name.
func (s Site) Add(u models.User, ceremony, response string) (models.Passkey, error) {
	var session webauthn.SessionData
	if err := json.Unmarshal([]byte(ceremony), &session); err != nil {
		return models.Passkey{}, fmt.Errorf("ceremony: %w", err)
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes([]byte(response))
	if err != nil {
		return models.Passkey{}, err
	}
	c, err := s.w.CreateCredential(holder{user: u}, session, answer)
	if err != nil {
		return models.Passkey{}, err
	}
	c.Attestation = webauthn.CredentialAttestation{} // nobody is asked who made the device
	return kept(models.Passkey{UserID: u.ID}, *c)
}

// BeginSignIn asks for a passkey of somebody who has not said who they are.
func (s Site) BeginSignIn() (options, ceremony string, err error) {
	o, session, err := s.w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return "", "", fmt.Errorf("passkey sign-in: %w", err)
	}
	return written(o, session)
}

// Credential names the passkey that an answer claims to be from; "" when it
// cannot be read.
func Credential(response string) string {
	answer, err := protocol.ParseCredentialRequestResponseBytes([]byte(response))
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(answer.RawID)
}

// SignIn checks an answer against the passkey that it names and returns the
// passkey as it is now. cloned says that its counter went back: somebody has a
// copy.
func (s Site) SignIn(ceremony, response string, u models.User, k models.Passkey) (now models.Passkey, cloned bool, err error) {
	var session webauthn.SessionData
	if err := json.Unmarshal([]byte(ceremony), &session); err != nil {
		return k, false, fmt.Errorf("ceremony: %w", err)
	}
	h, err := hold(u, []models.Passkey{k})
	if err != nil {
		return k, false, err
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes([]byte(response))
	if err != nil {
		return k, false, err
	}
	c, err := s.w.ValidateDiscoverableLogin(func(_, _ []byte) (webauthn.User, error) { return h, nil }, session, answer)
	if err != nil {
		return k, false, err
	}
	if c.Authenticator.CloneWarning {
		return k, true, nil
	}
	now, err = kept(k, *c)
	return now, false, err
}

func kept(k models.Passkey, c webauthn.Credential) (models.Passkey, error) {
	b, err := json.Marshal(c)
	k.Credential, k.CredentialID, k.SignCount = string(b), base64.RawURLEncoding.EncodeToString(c.ID), int64(c.Authenticator.SignCount)
	return k, err
}

func written(options any, session *webauthn.SessionData) (string, string, error) {
	o, err1 := json.Marshal(options)
	c, err2 := json.Marshal(session)
	return string(o), string(c), errors.Join(err1, err2)
}
