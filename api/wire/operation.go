package wire

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
)

// Operation is one line of the route table.
type Operation struct {
	ID, Method, Path, Summary string
	Tag                       string
	Status                    int  // of success; 200 when zero
	Public                    bool // works without sign-in
	SignIn                    bool // takes a password: refused where others could read it
	KeyRequired               bool // Idempotency-Key required (400 without)
	MatchRequired             bool // If-Match required (428 without)
	Upload                    bool // multipart/form-data
}

// Handle registers an operation: media type, Idempotency-Key, If-Match and
// sign-in are settled before the handler, faults become problems after it.
func Handle[I, O any](api huma.API, op Operation, handler func(context.Context, *I) (*O, error)) {
	h := huma.Operation{OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, Tags: []string{op.Tag}, DefaultStatus: op.Status,
		MaxBodyBytes: MaxUpload, Errors: []int{400, 401, 403, 404, 409, 415, 422, 429, 503}}
	if !op.Public {
		h.Security = []map[string][]string{{"bearer": {}}}
	}
	if op.Method == http.MethodPost {
		h.Parameters = append(h.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header", Required: op.KeyRequired,
			Description: "The same key and body give the same answer for 7 days.", Schema: &huma.Schema{Type: "string"}})
	}
	if op.MatchRequired {
		h.Parameters = append(h.Parameters, &huma.Param{Name: "If-Match", In: "header", Required: true,
			Description: "The ETag you last saw.", Schema: &huma.Schema{Type: "string"}})
	}
	h.Middlewares = huma.Middlewares{prepare(api, op)}
	huma.Register(api, h, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			p := ProblemOf(err)
			r := requestOf(ctx)
			p.RequestID = r.id
			if p.Status >= 500 {
				r.cause = err
			}
			return nil, p
		}
		return out, nil
	})
}

// prepare checks what every operation needs before its body is looked at.
func prepare(api huma.API, op Operation) func(huma.Context, func(huma.Context)) {
	refuse := func(ctx huma.Context, err error) {
		p := ProblemOf(err)
		r := requestOf(ctx.Context())
		p.RequestID = r.id
		if p.Status >= 500 {
			r.cause = err
		}
		for k, v := range p.GetHeaders() {
			ctx.SetHeader(k, v[0])
		}
		ctx.SetHeader("Content-Type", "application/problem+json")
		ctx.SetStatus(p.Status)
		_ = api.Marshal(ctx.BodyWriter(), "application/json", p)
	}
	return func(ctx huma.Context, next func(huma.Context)) {
		c := humafiber.Unwrap(ctx)
		if err := admit(ctx.Context(), op); err != nil {
			refuse(ctx, err)
			return
		}
		if f := mediaType(op, ctx.Header("Content-Type"), len(c.Request().Body())); f != nil {
			refuse(ctx, f)
			return
		}
		key := ctx.Header("Idempotency-Key")
		if op.KeyRequired && key == "" {
			refuse(ctx, fault.New(fault.Malformed, "idempotency.key_required", "Send an Idempotency-Key header: a fresh random text for each new request."))
			return
		}
		if len(key) > 200 {
			refuse(ctx, fault.New(fault.Malformed, "idempotency.key_invalid", "An Idempotency-Key has at most 200 characters."))
			return
		}
		std := ctx.Context()
		if key != "" && op.Method == http.MethodPost {
			std = models.WithIdempotency(std, models.Idempotency{Route: op.Method + " " + op.Path, Key: key, BodySHA256: bodyHash(c, op)})
		}
		match := ctx.Header("If-Match")
		if op.MatchRequired && match == "" {
			refuse(ctx, fault.New(fault.Precondition, "if_match.required", "Send the ETag you last saw as If-Match."))
			return
		}
		if match != "" {
			v, err := strconv.Atoi(strings.Trim(strings.TrimPrefix(match, "W/"), `"`))
			if err != nil || v < 1 {
				refuse(ctx, fault.New(fault.Stale, "version.stale", "This If-Match names no version of this object."))
				return
			}
			std = models.WithIfMatch(std, v)
		}
		next(huma.WithContext(ctx, std))
	}
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
	return fault.New(fault.Unauthenticated, "sign_in.required", "Sign in first: send the access token as Authorization: Bearer.")
}

// bodyHash says which request a key stands for. A form's boundary differs from
// try to try, so its parts are hashed, each with its length before it.
func bodyHash(c *fiber.Ctx, op Operation) string {
	h := sha256.New()
	part := func(b []byte) {
		fmt.Fprintf(h, "%d:", len(b))
		h.Write(b)
	}
	part([]byte(c.OriginalURL()))
	form, err := (*multipart.Form)(nil), error(nil)
	if op.Upload {
		form, err = c.MultipartForm()
	}
	if form == nil || err != nil {
		part(c.Request().Body())
		return hex.EncodeToString(h.Sum(nil))
	}
	for _, name := range slices.Sorted(maps.Keys(form.Value)) {
		for _, v := range form.Value[name] {
			part([]byte(name))
			part([]byte(v))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(form.File)) {
		for _, f := range form.File[name] {
			part([]byte(name))
			part([]byte(f.Filename))
			if r, err := f.Open(); err == nil {
				b, _ := io.ReadAll(r)
				_ = r.Close()
				part(b)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func mediaType(op Operation, sent string, size int) *fault.Error {
	want := "application/json"
	if op.Upload {
		want = "multipart/form-data"
	}
	if op.Method == http.MethodGet || op.Method == http.MethodDelete || (size == 0 && sent == "") {
		return nil
	}
	if t, _, _ := strings.Cut(sent, ";"); !strings.EqualFold(strings.TrimSpace(t), want) {
		return fault.New(fault.Unsupported, "media_type", "Send the body as "+want+".")
	}
	return nil
}

// ETag is the strong tag of a version.
func ETag(version int) string { return `"` + strconv.Itoa(version) + `"` }

// PageIn is the query of a list.
type PageIn struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"At most this many items"`
	Cursor string `query:"cursor" maxLength:"400" doc:"next_cursor of the page before"`
}

// Page is the domain form; a cursor that is not ours is 422.
func (p PageIn) Page() (models.Page, error) {
	if _, err := base64.RawURLEncoding.DecodeString(p.Cursor); err != nil {
		return models.Page{}, fault.New(fault.Invalid, "cursor.invalid", "This cursor is not one of ours; begin without it.")
	}
	return models.Page{Limit: p.Limit, Cursor: p.Cursor}, nil
}

// ListOut is the body of every list.
type ListOut[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor,omitempty"`
}

// MapList gives each item its shape.
func MapList[S, T any](l models.List[S], f func(S) T) ListOut[T] {
	out := ListOut[T]{Items: make([]T, len(l.Items)), NextCursor: l.NextCursor}
	for i, x := range l.Items {
		out.Items[i] = f(x)
	}
	return out
}
