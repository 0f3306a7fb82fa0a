package web

import (
	"crypto/subtle"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"rapport/models/fault"
)

var errForeign = fault.New(fault.Forbidden, "csrf.origin", "This form was not sent from a page of this site. Open the page again and send it from there.")

var errToken = fault.New(fault.Forbidden, "csrf.token", "This page is out of date or belongs to another sign-in. Open it again and send it once more; nothing was saved.")

// sameSite refuses a request that another site made. A browser that hides the
// origin (our referrer policy asks it to) says "same-origin" beside it.
func sameSite(c *fiber.Ctx) error {
	site, origin := c.Get("Sec-Fetch-Site"), c.Get(fiber.HeaderOrigin)
	if site != "" && site != "same-origin" && site != "none" {
		return errForeign
	}
	switch origin {
	case "":
		return nil
	case "null":
		if site == "same-origin" {
			return nil
		}
		return errForeign
	}
	u, err := url.Parse(origin)
	if err != nil || !strings.EqualFold(u.Host, string(c.Request().Host())) {
		return errForeign
	}
	return nil
}

// guarded refuses a form without the token of its session.
func guarded(sent, token string) error {
	if token == "" || subtle.ConstantTimeCompare([]byte(sent), []byte(token)) != 1 {
		return errToken
	}
	return nil
}
