// Package api is the JSON contract: routes, shapes, handlers, one file for each
// noun. A handler reads, calls one verb and writes; it decides nothing.
package api

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/referral"
)

// API ties handlers to the network.
type API struct {
	net *referral.Network
	set wire.Settings
}

// Mount registers every operation under /api on the app.
func Mount(app *fiber.App, net *referral.Network, set wire.Settings) huma.API {
	a := &API{net: net, set: set}
	app.Use("/api/v1", a.authenticate)
	api := huma.NewAPI(described(), withHead{humafiber.New(app, huma.Config{OpenAPI: &huma.OpenAPI{}}).Adapter()})
	a.routes(api)
	documents(app, api)
	return api
}

// withHead answers HEAD wherever GET is answered; the server drops the body.
type withHead struct{ huma.Adapter }

// Handle registers an operation.
func (w withHead) Handle(op *huma.Operation, handler func(huma.Context)) {
	w.Adapter.Handle(op, handler)
	if op.Method == http.MethodGet {
		head := *op
		head.Method = http.MethodHead
		w.Adapter.Handle(&head, handler)
	}
}

// authenticate turns a bearer token into the actor; without one, or with one
// that does not count, the actor stays anonymous and each operation decides
// whether that is enough.
func (a *API) authenticate(c *fiber.Ctx) error {
	scheme, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if token == "" || !strings.EqualFold(scheme, "Bearer") {
		return c.Next()
	}
	seen := wire.Actor(c.UserContext())
	actor, err := a.net.Authenticate(c.UserContext(), token, models.PracticeID(c.Get("Rapport-Practice")))
	if err != nil {
		wire.Refuse(c.UserContext(), err)
		return c.Next()
	}
	actor.IP, actor.Agent = seen.IP, seen.Agent
	c.SetUserContext(wire.WithActor(c.UserContext(), actor))
	return c.Next()
}
