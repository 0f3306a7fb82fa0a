package wire

import (
	"context"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"

	"rapport/models"
)

type ctxKey int

const (
	actorKey ctxKey = iota
	requestKey
)

// request is what the middleware knows and learns about one request.
type request struct {
	id           string
	confidential bool  // nobody between can read it
	refused      error // why the credential it came with does not count
	cause        error // of a 5xx, for the log
}

func requestOf(ctx context.Context) *request {
	r, ok := ctx.Value(requestKey).(*request)
	if !ok {
		return &request{}
	}
	return r
}

// Actor is who made the request; anonymous when nobody signed in.
func Actor(ctx context.Context) models.Actor {
	a, ok := ctx.Value(actorKey).(models.Actor)
	if !ok {
		return models.Anonymous("", "")
	}
	return a
}

// WithActor puts the caller into a context.
func WithActor(ctx context.Context, a models.Actor) context.Context {
	return context.WithValue(ctx, actorKey, a)
}

// RequestID names the request in log and problems.
func RequestID(ctx context.Context) string { return requestOf(ctx).id }

// Refuse remembers why the request's credential does not count: operations
// that need a sign-in answer with it, public ones go on without.
func Refuse(ctx context.Context, err error) { requestOf(ctx).refused = err }

// Confidential says that a password may come with this request: over https, or
// from this machine.
func Confidential(ctx context.Context) bool { return requestOf(ctx).confidential }

// Deadline gives every request an end: nothing in Fiber cancels a handler.
func Deadline(s Settings) fiber.Handler {
	https := strings.HasPrefix(s.PublicURL, "https://")
	return func(c *fiber.Ctx) error {
		r := &request{id: s.NewID(), confidential: https || c.Secure() || Loopback(c)}
		ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), requestKey, r), s.Budget)
		defer cancel()
		c.SetUserContext(WithActor(ctx, models.Anonymous(c.IP(), clip(c.Get(fiber.HeaderUserAgent), 200))))
		return c.Next()
	}
}

func clip(s string, n int) string { return strings.ToValidUTF8(s[:min(len(s), n)], "") }

// Loopback says that the connection comes from this machine.
func Loopback(c *fiber.Ctx) bool {
	a, err := netip.ParseAddr(c.IP())
	return err == nil && a.Unmap().IsLoopback()
}
