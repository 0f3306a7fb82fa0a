package wire

import (
	"context"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"rapport/models"
	"rapport/models/fault"
)

// Operation is one line of the route table.
type Operation struct {
	ID, Method, Path, Summary string
	Tag                       string
	Status                    int      // of success; 200 when zero
	Public                    bool     // works without sign-in
	SignIn                    bool     // takes a password: refused where others could read it
	KeyRequired               bool     // Idempotency-Key required (400 without)
	MatchRequired             bool     // If-Match required (428 without)
	Always                    bool     // goes on while the disk is nearly full: takes access away, or signs in or out
	Upload                    bool     // multipart/form-data, one part named file
	Produces                  []string // media types of an answer of bytes; a PDF when empty
}

// keyed operations take an Idempotency-Key. Public ones do not: strangers have
// no name to keep their answers under.
func (op Operation) keyed() bool { return op.Method == http.MethodPost && !op.Public }

// Handle registers an operation: media type, Idempotency-Key, If-Match and
// sign-in are settled before the handler, faults become problems after it. What
// differs between operations is read from the two types here, once. A copy of
// huma.Register for each of them would be a tenth of the program.
func Handle[I, O any](api huma.API, op Operation, handler func(context.Context, *I) (*O, error)) {
	register(api, op, reflect.TypeFor[I](), reflect.TypeFor[O](), func(ctx context.Context, in any) (any, error) {
		return handler(ctx, in.(*I))
	})
}

func register(api huma.API, op Operation, in, out reflect.Type, handler func(context.Context, any) (any, error)) {
	h, known := op.described(), api.OpenAPI().Components.Schemas
	taken := inputOf(in, &h, known)
	describeBytes(op, out, &h)
	given := answerOf(out, &h, known)
	api.OpenAPI().AddOperation(&h)
	describeRefusals(api, op)
	parts := pathPart.FindAllStringSubmatch(op.Path, -1)
	api.Adapter().Handle(&h, func(ctx huma.Context) {
		std, err := op.ready(ctx, parts)
		if err != nil {
			refuse(api, ctx, err)
			return
		}
		ctx = huma.WithContext(ctx, std)
		value, wrong := taken.read(api, ctx)
		if len(wrong.found.Errors) > 0 {
			_ = huma.WriteErr(api, ctx, wrong.status, wrong.what, wrong.found.Errors...)
			return
		}
		result, err := handler(std, value.Interface())
		if err != nil {
			refuse(api, ctx, err)
			return
		}
		given.write(api, ctx, reflect.ValueOf(result).Elem())
	})
}

// refuse answers with the problem of an error.
func refuse(api huma.API, ctx huma.Context, err error) {
	p := answerable(ctx.Context(), err)
	for k, v := range p.GetHeaders() {
		ctx.SetHeader(k, v[0])
	}
	ctx.SetHeader("Content-Type", problemType)
	ctx.SetStatus(p.Status)
	_ = api.Marshal(ctx.BodyWriter(), "application/json", p)
}

var pathPart = regexp.MustCompile(`\{(\w+)\}`)

// plainID says whether a text can be an id: 1 to 200 of the characters that
// stand in URLs as they are. Counted by hand: a pattern with {1,200} is a
// program of two hundred steps.
func plainID(s string) bool {
	return len(s) >= 1 && len(s) <= 200 && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._~-", r)
	}) < 0
}

// ready returns the context for the handler, or why there is nothing to handle;
// parts are the names in the path.
func (op Operation) ready(ctx huma.Context, parts [][]string) (context.Context, error) {
	if err := admit(ctx.Context(), op); err != nil {
		return nil, err
	}
	if op.Method != http.MethodGet && !op.Always {
		if err := Writable(ctx.Context()); err != nil {
			return nil, err
		}
	}
	for _, part := range parts {
		if !plainID(ctx.Param(part[1])) {
			return nil, framework[http.StatusNotFound]
		}
	}
	c := humafiber.Unwrap(ctx)
	if !op.Upload && len(c.Request().Body()) > MaxBody {
		return nil, framework[http.StatusRequestEntityTooLarge]
	}
	if f := mediaType(op, ctx.Header("Content-Type"), len(c.Request().Body())); f != nil {
		return nil, f
	}
	std := ctx.Context()
	if op.keyed() {
		key := ctx.Header("Idempotency-Key")
		if err := checkKey(op, key); err != nil {
			return nil, err
		}
		if key != "" {
			std = models.WithIdempotency(std, models.Idempotency{Route: op.Method + " " + op.Path, Key: key, BodySHA256: bodyHash(c, op)})
		}
	}
	match := ctx.Header("If-Match")
	if match == "" || op.Method == http.MethodGet {
		if op.MatchRequired {
			return nil, fault.New(fault.Precondition, "if_match.required", "Send the ETag you last saw as If-Match.")
		}
		return std, nil
	}
	v, err := version(match)
	return models.WithIfMatch(std, v), err
}

// admit refuses who has not signed in, and passwords on an open wire.
func admit(ctx context.Context, op Operation) error {
	if op.SignIn && !Confidential(ctx) {
		return fault.New(fault.Forbidden, "sign_in.insecure", "Passwords are taken over https only; over plain http only from the server's own machine.")
	}
	if op.Public || Actor(ctx).Kind != models.ActorAnonymous {
		return nil
	}
	if err := requestOf(ctx).refused; err != nil {
		return err
	}
	return framework[http.StatusUnauthorized]
}

// plainKey says whether a text can be an Idempotency-Key.
func plainKey(s string) bool {
	return len(s) >= 1 && len(s) <= 200 && strings.IndexFunc(s, func(r rune) bool { return r < '!' || r > '~' }) < 0
}

func checkKey(op Operation, key string) error {
	if key == "" && op.KeyRequired {
		return fault.New(fault.Malformed, "idempotency.key_required", "Send an Idempotency-Key header: a fresh random text for each new request.")
	}
	if key != "" && !plainKey(key) {
		return fault.New(fault.Malformed, "idempotency.key_invalid", "An Idempotency-Key has 1 to 200 printable ASCII characters without spaces.")
	}
	return nil
}

// ETag is the strong tag of a version.
func ETag(version int) string { return `"` + strconv.Itoa(version) + `"` }

var (
	entityTag = regexp.MustCompile(`^(?:W/)?"([\x21\x23-\x7e]*)"$`)
	ourTag    = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)
)

// version reads If-Match: exactly one tag. A proxy that compresses makes our
// strong tags weak, so W/ is forgiven; "*" and lists would not say which version
// was seen.
func version(match string) (int, error) {
	tag := entityTag.FindStringSubmatch(match)
	if tag == nil {
		return 0, fault.New(fault.Malformed, "if_match.invalid", `Send exactly one ETag as If-Match, with its quotes, for example "3".`)
	}
	if !ourTag.MatchString(tag[1]) {
		return 0, fault.New(fault.Stale, "version.stale", "This If-Match names no version of this object. Load it again and repeat your change.")
	}
	return strconv.Atoi(tag[1])
}
