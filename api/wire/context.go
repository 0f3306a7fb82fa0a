package wire

import (
	"context"
	"net/netip"
	"time"

	"github.com/gofiber/fiber/v2"

	"rapport/models"
)

type ctxKey int

const (
	actorKey ctxKey = iota
	requestKey
)

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
func RequestID(ctx context.Context) string {
	s, _ := ctx.Value(requestKey).(string)
	return s
}

// Deadline gives every request an end: nothing in Fiber cancels a handler.
func Deadline(d time.Duration, newID func() string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), requestKey, newID()), d)
		defer cancel()
		ctx = WithActor(ctx, models.Anonymous(c.IP(), clip(c.Get(fiber.HeaderUserAgent), 200)))
		c.SetUserContext(ctx)
		return c.Next()
	}
}

func clip(s string, n int) string { return s[:min(len(s), n)] }

// Loopback says that the connection comes from this machine.
func Loopback(c *fiber.Ctx) bool {
	a, err := netip.ParseAddr(c.IP())
	return err == nil && a.Unmap().IsLoopback()
}
