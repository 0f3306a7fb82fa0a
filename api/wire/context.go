package wire

import (
	"context"
	"net/netip"
	"slices"
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
	address      netip.Addr // of who asks, past trusted proxies
	confidential bool       // nobody between can read it
	refused      error      // why the credential it came with does not count
	cause        error      // of a 5xx, for the log
	low          func() bool
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

// Blame keeps the cause of a 5xx that a handler answers itself; it is logged
// once, when the request ends.
func Blame(ctx context.Context, err error) {
	if err != errPanic {
		requestOf(ctx).cause = err
	}
}

// Confidential says that a password may come with this request: over https, or
// from this machine.
func Confidential(ctx context.Context) bool { return requestOf(ctx).confidential }

// Loopback says that the request comes from this machine.
func Loopback(c *fiber.Ctx) bool { return requestOf(c.UserContext()).address.IsLoopback() }

// Deadline gives every request an end: nothing in Fiber cancels a handler.
func Deadline(s Settings) fiber.Handler {
	https, proxies := strings.HasPrefix(s.PublicURL, "https://"), networks(s.TrustedProxies)
	return func(c *fiber.Ctx) error {
		r := &request{id: s.NewID(), address: asker(c, proxies), low: s.DiskLow}
		r.confidential = https || c.Secure() || r.address.IsLoopback()
		ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), requestKey, r), s.Budget)
		defer cancel()
		ip := ""
		if r.address.IsValid() {
			ip = r.address.String()
		}
		c.SetUserContext(WithActor(ctx, models.Anonymous(ip, clip(c.Get(fiber.HeaderUserAgent), 200))))
		c.Set(RequestIDHeader, r.id)
		return c.Next()
	}
}

func clip(s string, n int) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s[:min(len(s), n)], ""), "\x00", "")
}

// networks reads addresses and networks; what is neither is trusted by nobody.
func networks(list []string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		if p, err := netip.ParsePrefix(s); err == nil {
			out = append(out, p)
		} else if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		}
	}
	return out
}

// asker is the address a request comes from. Each trusted proxy put the one it
// saw behind the others, so X-Forwarded-For is read from its end: what a client
// wrote into it stands further left and is never reached. A forwarded request
// from a stranger has no address, so that it does not pass for this machine.
func asker(c *fiber.Ctx, proxies []netip.Prefix) netip.Addr {
	peer, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	peer = peer.Unmap()
	trusted := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	var hops []string
	for _, h := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		hops = append(hops, strings.Split(string(h), ",")...)
	}
	if !trusted(peer) {
		if len(hops) > 0 && peer.IsLoopback() {
			return netip.Addr{}
		}
		return peer
	}
	for _, hop := range slices.Backward(hops) {
		a, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return netip.Addr{}
		}
		if peer = a.Unmap().WithZone(""); !trusted(peer) {
			break
		}
	}
	return peer
}
