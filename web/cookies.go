package web

import (
	"encoding/base64"
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"rapport/api/wire"
	"rapport/models"
)

// realm is a part of the portal with its own cookie: who signs in to a
// practice is not signed in to the providers' pages.
type realm string

const (
	nobody         realm = ""         // works without sign-in
	practiceRealm  realm = "practice" // owner, therapist, front desk
	providerRealm  realm = "provider" // providers and their staff
	eitherRealm    realm = "either"   // signed in anywhere
	formCookie           = "rapport_form"
	saidCookie           = "rapport_said"
	pendingCookie        = "rapport_pending" // a sign-in that waits for its code
	practiceCookie       = "rapport_practice"
	providerCookie       = "rapport_portal"
)

func (r realm) cookie() string {
	if r == providerRealm {
		return providerCookie
	}
	return practiceCookie
}

// home is where a realm begins.
func (r realm) home() string {
	if r == providerRealm {
		return "/provider"
	}
	return "/today"
}

// realmOf is where a role belongs.
func realmOf(provider models.ProviderID) realm {
	if provider != "" {
		return providerRealm
	}
	return practiceRealm
}

// host gives a cookie the prefix that binds it to this host and to https.
func host(name string) string { return "__Host-" + name }

// plainHTTP says that the portal runs without https and the caller is on this
// machine, where browsers differ: Chromium keeps a Secure cookie from loopback,
// others drop it. There a plain cookie is set beside the prefixed one.
func (p *portal) plainHTTP(c *fiber.Ctx) bool { return !p.https && wire.Loopback(c) }

func (p *portal) setCookie(c *fiber.Ctx, name, value string, life time.Duration) {
	k := fiber.Cookie{Name: host(name), Value: value, Path: "/", Secure: true, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: life == 0}
	if life != 0 {
		k.MaxAge = int(life.Seconds())
	}
	if life < 0 {
		k.Expires = time.Unix(1, 0)
	}
	c.Cookie(&k)
	if p.plainHTTP(c) {
		plain := k
		plain.Name, plain.Secure = name, false
		c.Cookie(&plain)
	}
}

func (p *portal) dropCookie(c *fiber.Ctx, name string) { p.setCookie(c, name, "", -time.Hour) }

func (p *portal) cookie(c *fiber.Ctx, name string) string {
	if v := c.Cookies(host(name)); v != "" {
		return v
	}
	if p.plainHTTP(c) {
		return c.Cookies(name)
	}
	return ""
}

// A session's cookie is its secret and the place where the person acts, if
// they chose one.
func sessionValue(secret, place string) string { return secret + "~" + place }

func splitSession(value string) (secret, place string) {
	secret, place, _ = strings.Cut(value, "~")
	return secret, place
}

// fresh is a random text for tokens and keys of forms.
func (p *portal) fresh() (string, error) {
	b := make([]byte, 24)
	_, err := io.ReadFull(p.set.Random, b)
	return base64.RawURLEncoding.EncodeToString(b), err
}
