package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"rapport/models/fault"
	"rapport/web/static"
)

// asset serves one embedded file. Its name holds its hash, so it never changes
// and a browser keeps it for a year.
func asset(c *fiber.Ctx) error {
	a, ok := static.Lookup(c.Path())
	if !ok {
		return fault.Missing("file")
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderContentType, a.MediaType)
	body := a.Bytes
	if a.Gzip != nil {
		c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
		if strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
			c.Set(fiber.HeaderContentEncoding, "gzip")
			body = a.Gzip
		}
	}
	return c.Send(body)
}

// robots keeps search engines away.
func robots(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.SendString("User-agent: *\nDisallow: /\n")
}

// favicon answers browsers that ask without reading the page.
func favicon(c *fiber.Ctx) error {
	c.Set(fiber.HeaderLocation, static.URL("icon.svg"))
	return c.SendStatus(fiber.StatusFound)
}
