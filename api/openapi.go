package api

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"rapport/api/wire"
)

// tags are the nouns of the API in the order of the main loop; the documents
// follow it.
var tags = []*huma.Tag{
	{Name: "sign-in", Description: "Access tokens live ten minutes; a refresh token gives the next pair once. Who holds roles in several places names one in the header Rapport-Practice."},
	{Name: "practice", Description: "The practices of the network, their settings and the people who work there."},
	{Name: "directory", Description: "Providers and their offices, common to all practices."},
	{Name: "clients", Description: "The people in a practice's care, and who treats them besides."},
	{Name: "releases", Description: "A client's signed permission to tell named recipients named kinds of information (45 CFR 164.508)."},
	{Name: "signing links", Description: "What a client does with a link that was mailed to them, after giving their birth date."},
	{Name: "disclosures", Description: "Who was told what, and on which ground."},
	{Name: "server", Description: "For operators: practices with their state and how much they hold. No clinical content."},
	{Name: "audit", Description: "Who read, wrote or was refused what: append-only, each event chained to the one before."},
	{Name: "prescriptions", Description: "Orders of a provider: the scope that sessions keep to."},
	{Name: "change requests", Description: "A wish beyond the scope goes to the prescriber, who answers by account, link, fax or phone."},
	{Name: "bookings", Description: "Planned sessions, judged by the same rules as done ones."},
	{Name: "sessions", Description: "What was done: notes, visit numbers, signatures, addenda."},
	{Name: "measures", Description: "Readings of instruments with their change since the baseline."},
	{Name: "reports", Description: "Letters to the prescriber or payer, frozen when they are signed."},
	{Name: "referrals", Description: "People sent from one professional to another, followed until the outcome was seen."},
	{Name: "relationships", Description: "One practice and one provider: contacts, how often to be in touch, and how it stands between them. Private to the practice."},
	{Name: "promises", Description: "A paper or call that somebody owes somebody by a day."},
	{Name: "document requests", Description: "A provider asks for a paper; the release gate answers when it is sent."},
	{Name: "worklists", Description: "Every open thing once: whose turn, which clock, what settles it."},
	{Name: "network", Description: "Who refers to whom, in counts."},
	{Name: "deliveries", Description: "How a report went out, and what is known of its arrival."},
	{Name: "report links", Description: "What a recipient without an account does with a one-time link."},
	{Name: "messages", Description: "Mails of the practice: what went out, failed, or waits for a person."},
	{Name: "vocabulary", Description: "The keys that regions, techniques, precautions, findings and instruments have."},
}

const schemaPrefix = "#/components/schemas/"

const about = "An interprofessional referral network: releases, prescriptions that lock the scope of sessions, sessions, reports."

// described is the configuration of huma and the head of the OpenAPI document.
func described() huma.Config {
	cfg := huma.DefaultConfig("Rapport", "1")
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath, cfg.CreateHooks = "", "", "", nil
	cfg.RejectUnknownQueryParameters, cfg.Formats = true, wire.Formats()
	cfg.Info.Description, cfg.Tags = about, tags
	cfg.Components.Schemas = huma.NewMapRegistry(schemaPrefix, schemaName)
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"bearer": {Type: "http", Scheme: "bearer", BearerFormat: "JWT",
		Description: "The access token of POST /api/v1/auth/token"}}
	return cfg
}

// schemaName makes "Accept-prescriptionRequest" AcceptPrescriptionRequest and
// "ListOutClientOut" ClientOutList.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	if of, list := strings.CutPrefix(name, "ListOut"); list {
		name = of + "List"
	}
	parts := strings.Split(name, "-")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}

// documents serves the contract for machines and for people; both are made once,
// when every route is known.
func documents(app *fiber.App, api huma.API) {
	contract := sync.OnceValues(func() ([]byte, error) { return json.Marshal(api.OpenAPI()) })
	page := sync.OnceValues(func() ([]byte, error) { return docsPage(api.OpenAPI()) })
	serve := func(contentType string, body func() ([]byte, error)) fiber.Handler {
		return func(c *fiber.Ctx) error {
			b, err := body()
			if err != nil {
				return err
			}
			c.Set(fiber.HeaderContentType, contentType)
			return c.Send(b)
		}
	}
	app.Get("/api/openapi.json", serve("application/openapi+json", contract))
	app.Get("/api/docs", serve(fiber.MIMETextHTMLCharsetUTF8, page))
	app.Get("/api/docs.css", serve("text/css; charset=utf-8", func() ([]byte, error) { return docsStyle, nil }))
}
