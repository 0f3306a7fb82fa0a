// Package web is the portal: pages rendered on the server for a practice, for
// providers, and for those who hold a one-time link. Each page works without a
// script. It reads a form, calls one verb and shows a page; it decides nothing.
package web

import (
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"rapport/api/wire"
	"rapport/referral"
	"rapport/web/static"
	"rapport/web/view"
)

// Settings are handed in from cmd.
type Settings struct {
	PublicURL string // https makes cookies Secure; plain http signs in from this machine only
	Now       func() time.Time
	Random    io.Reader
	Log       *slog.Logger
	Mails     func() ([]Mail, error) // lists what was mailed, for the demo; nil elsewhere
}

// portal is what the pages share.
type portal struct {
	net    *referral.Network
	set    Settings
	https  bool
	assets view.Assets
}

// Mount adds the portal's routes to an app made by wire.New.
func Mount(app *fiber.App, net *referral.Network, set Settings) {
	p := &portal{net: net, set: set, https: strings.HasPrefix(set.PublicURL, "https://"), assets: view.Assets{
		Style: static.URL("rapport.css"), Script: static.URL("rapport.js"), Signature: static.URL("vendor/signature_pad.js"), Passkey: static.URL("passkey.js"),
		Icon: static.URL("icon.svg"), Body: static.URL("fonts/inter-latin.woff2"), Heading: static.URL("fonts/source-serif-latin.woff2")}}
	pages := wire.ErrorPages(p.problem)
	app.Use(func(c *fiber.Ctx) error {
		if path := c.Path(); path == "/api" || strings.HasPrefix(path, "/api/") {
			return c.Next()
		}
		return pages(c)
	})
	p.routes(app)
}
